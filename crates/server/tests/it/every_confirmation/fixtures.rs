//! What must be confirmed: for each such tool an object, and a call that would change it.

use okta_catalog::Effect;
use serde_json::{Value, json};

use super::{
    objects::{
        apps, assurances, bookmark, groups, id, member, policies, rule, rule_data, turned, users,
        with,
    },
    place::Place,
};
use crate::client::Client;

/// A request that somebody else makes: method, path, body.
pub(super) struct Aside(pub(super) &'static str, pub(super) String, pub(super) Value);

impl Aside {
    pub(super) async fn happens(&self, place: &Place) {
        place.admin(self.0, &self.1, &self.2).await;
    }
}

/// A call that a person must agree to, with everything that it needs.
pub(super) struct Case {
    pub(super) tool: &'static str,
    pub(super) args: Value,
    /// Other arguments, with which the tool would work too.
    pub(super) other: Value,
    /// What goes to Okta.
    pub(super) sends: Vec<String>,
    /// How the object that is changed becomes another than was shown. None: there is no object.
    pub(super) meanwhile: Option<Aside>,
    /// How everything becomes again as it was before the call. None: it cannot.
    pub(super) back: Option<Vec<Aside>>,
}

/// What is played, by tool: the grave ones, and the writes that their arguments raise.
pub(super) fn fixtures() -> Vec<&'static str> {
    let of = |tool: &'static okta_catalog::ToolDef| match (tool.effect(), tool.name) {
        (Effect::Write, "undo_change") => vec![
            "undo_change: new group",
            "undo_change: new application",
            "undo_change: new membership",
            "undo_change: new brand",
        ],
        (Effect::Sensitive | Effect::Destructive, name)
        | (
            Effect::Write,
            name @ ("add_user_to_group" | "update_application" | "create_application"
            | "install_oin_app"),
        ) => vec![name],
        // Never raised; a call that was approved is played with the tool that it is of.
        (
            Effect::Write,
            "create_user"
            | "update_user"
            | "create_group"
            | "update_group"
            | "create_device_assurance_policy"
            | "create_brand"
            | "replace_preview_error_page"
            | "replace_preview_sign_in_page"
            | "send_test_email"
            | "run_approved",
        )
        | (Effect::Read, _) => vec![],
        (Effect::Write, name) => panic!("{name}: can its arguments make it sensitive?"),
    };
    okta_catalog::tools().flat_map(of).collect()
}

/// The tool of a fixture.
pub(super) fn tool_of(fixture: &'static str) -> &'static str {
    fixture.split(':').next().unwrap()
}

impl Case {
    /// Makes everything for a fixture. The client is one that the server knows: what can be taken
    /// back was done by it.
    pub(super) async fn new(fixture: &'static str, place: &Place, client: &mut Client) -> Self {
        match fixture.split('_').next_back().unwrap() {
            _ if fixture.starts_with("undo_change") => Self::of_undo(fixture, place, client).await,
            "rule" => Self::of_rule(fixture, place).await,
            "policy" if fixture.contains("assurance") => Self::of_assurance(fixture, place).await,
            "policy" => Self::of_policy(fixture, place).await,
            "application" | "app" => Self::of_app(fixture, place).await,
            "page" => Self::of_page(fixture, place).await,
            "settings" if fixture.contains("email") => {
                Self::of_email_settings(fixture, place).await
            }
            "settings" => Self::of_sign_out(fixture, place).await,
            "customization" | "customizations" => Self::of_email(fixture, place).await,
            "brand" => Self::of_brand(fixture, place).await,
            "theme" => Self::of_theme(fixture, place).await,
            "logo" | "favicon" | "image" => Self::of_image(fixture, place).await,
            "domain" if fixture.contains("email") => Self::of_email_domain(fixture, place).await,
            "domain" => Self::of_domain(fixture, place).await,
            "certificate" => Self::of_certificate(fixture, place).await,
            _ => Self::of_person(fixture, place).await,
        }
    }

    async fn of_person(tool: &'static str, place: &Place) -> Self {
        match tool {
            "deactivate_user" => {
                let (user, other) = (place.user().await, place.user().await);
                let path = users(id(&user));
                let profile = json!({ "profile": { "title": "CISO" } });
                Self {
                    args: json!({ "user_id": id(&user) }),
                    other: json!({ "user_id": id(&other) }),
                    sends: vec![format!("POST {}", turned(&path, "deactivate"))],
                    meanwhile: Some(Aside("POST", path.clone(), profile)),
                    back: Some(vec![Aside("POST", turned(&path, "activate"), Value::Null)]),
                    tool,
                }
            }
            "delete_deactivated_user" => {
                let (user, other) = (place.gone_user().await, place.gone_user().await);
                let path = users(id(&user));
                Self {
                    args: json!({ "user_id": id(&user) }),
                    other: json!({ "user_id": id(&other) }),
                    sends: vec![format!("DELETE {path}")],
                    meanwhile: Some(Aside("POST", turned(&path, "activate"), Value::Null)),
                    back: None,
                    tool,
                }
            }
            "delete_group" => {
                let (group, other) = (place.group().await, place.group().await);
                Self {
                    args: json!({ "group_id": id(&group) }),
                    other: json!({ "group_id": id(&other) }),
                    sends: vec![format!("DELETE {}", groups(id(&group)))],
                    meanwhile: Some(renamed(place, &group)),
                    back: None,
                    tool,
                }
            }
            "remove_user_from_group" => {
                let (group, [user, other]) =
                    (place.group().await, [place.user().await, place.user().await]);
                for user in [&user, &other] {
                    place.admin("PUT", &member(id(&group), id(user)), &Value::Null).await;
                }
                Self::of_member(tool, place, &group, [&user, &other], ["DELETE", "PUT"])
            }
            // To a group that grants an admin role.
            "add_user_to_group" => {
                let (group, [user, other]) =
                    (place.known_group("Help").await, [place.user().await, place.user().await]);
                Self::of_member(tool, place, &group, [&user, &other], ["PUT", "DELETE"])
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    fn of_member(
        tool: &'static str,
        place: &Place,
        group: &Value,
        [user, other]: [&Value; 2],
        [way, back]: [&'static str; 2],
    ) -> Self {
        let path = member(id(group), id(user));
        Self {
            args: json!({ "group_id": id(group), "user_id": id(user) }),
            other: json!({ "group_id": id(group), "user_id": id(other) }),
            sends: vec![format!("{way} {path}")],
            meanwhile: Some(described(place, group)),
            back: Some(vec![Aside(back, path, Value::Null)]),
            tool,
        }
    }

    async fn of_app(tool: &'static str, place: &Place) -> Self {
        match tool {
            // Everybody gets it.
            "create_application" => {
                let app = |label: String| {
                    let mut app = bookmark(&label);
                    app["settings"]["implicitAssignment"] = json!(true);
                    json!({ "app_config": app })
                };
                Self::creating(tool, "/api/v1/apps", app(place.name()), app(place.name()))
            }
            "install_oin_app" => {
                let app = |label: String| {
                    let app =
                        json!({ "instanceType": "PRODUCTION", "integrationType": "STANDARD" });
                    json!({
                        "name": "salesforce", "label": label, "sign_on_mode": "SAML_2_0",
                        "settings": { "app": app, "implicitAssignment": true },
                    })
                };
                Self::creating(tool, "/api/v1/apps", app(place.name()), app(place.name()))
            }
            // Where people land when they sign in.
            "update_application" => {
                let app = place.web_app().await;
                let args = |uri: &str| {
                    let oauth = json!({ "redirect_uris": [uri] });
                    let settings = json!({ "settings": { "oauthClient": oauth } });
                    json!({ "app_id": id(&app), "app_config": settings })
                };
                let path = apps(id(&app));
                Self {
                    args: args("https://one.example/cb"),
                    other: args("https://two.example/cb"),
                    sends: vec![format!("PUT {path}")],
                    meanwhile: Some(Aside("PUT", path.clone(), with(&app, "label", "Other"))),
                    back: Some(vec![Aside("PUT", path, app)]),
                    tool,
                }
            }
            "delete_application" => {
                let (app, other) = (place.app(false).await, place.app(false).await);
                Self {
                    args: json!({ "app_id": id(&app) }),
                    other: json!({ "app_id": id(&other) }),
                    sends: vec![format!("DELETE {}", apps(id(&app)))],
                    meanwhile: Some(Aside("PUT", apps(id(&app)), with(&app, "label", "Other"))),
                    back: None,
                    tool,
                }
            }
            "activate_application" | "deactivate_application" => {
                let on = tool.starts_with("activate");
                let (app, other) = (place.app(!on).await, place.app(!on).await);
                let label = with(&app, "label", "Other");
                Self {
                    args: json!({ "app_id": id(&app) }),
                    other: json!({ "app_id": id(&other) }),
                    ..Self::turning(tool, &apps(id(&app)), label)
                }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    async fn of_policy(tool: &'static str, place: &Place) -> Self {
        if tool == "create_policy" {
            let args = json!({ "policy_data": place.policy_data().await });
            let other = json!({ "policy_data": place.policy_data().await });
            return Self::creating(tool, "/api/v1/policies", args, other);
        }
        let on = tool.starts_with("activate");
        let (policy, other) = (place.policy(!on).await, place.policy(!on).await);
        let path = policies(id(&policy));
        let changed = with(&policy, "description", "changed meanwhile");
        let case = Self {
            args: json!({ "policy_id": id(&policy) }),
            other: json!({ "policy_id": id(&other) }),
            ..Self::turning(tool, &path, changed)
        };
        match tool {
            "activate_policy" | "deactivate_policy" => case,
            "delete_policy" => Self { sends: vec![format!("DELETE {path}")], back: None, ..case },
            "update_policy" => {
                let args = |text: &str| {
                    let data = json!({ "description": text });
                    json!({ "policy_id": id(&policy), "policy_data": data })
                };
                Self {
                    args: args("new"),
                    other: args("newer"),
                    sends: vec![format!("PUT {path}")],
                    back: Some(vec![Aside("PUT", path, policy.clone())]),
                    ..case
                }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    async fn of_rule(tool: &'static str, place: &Place) -> Self {
        if tool == "create_policy_rule" {
            let policy = place.policy(true).await;
            let path = policies(id(&policy));
            let args =
                |name: String| json!({ "policy_id": id(&policy), "rule_data": rule_data(&name) });
            let changed = with(&policy, "description", "changed meanwhile");
            let creating = Self::creating(
                tool,
                &format!("{path}/rules"),
                args(place.name()),
                args(place.name()),
            );
            return Self { meanwhile: Some(Aside("PUT", path, changed)), ..creating };
        }
        let on = tool.starts_with("activate");
        let ((policy, one), (other_policy, other)) = (place.rule(!on).await, place.rule(!on).await);
        let path = rule(&policy, id(&one));
        let case = Self {
            args: json!({ "policy_id": policy, "rule_id": id(&one) }),
            other: json!({ "policy_id": other_policy, "rule_id": id(&other) }),
            ..Self::turning(tool, &path, with(&one, "name", "Changed meanwhile"))
        };
        match tool {
            "activate_policy_rule" | "deactivate_policy_rule" => case,
            "delete_policy_rule" => {
                Self { sends: vec![format!("DELETE {path}")], back: None, ..case }
            }
            "update_policy_rule" => {
                let args = |name: &str| {
                    let data = json!({ "name": name });
                    json!({ "policy_id": policy, "rule_id": id(&one), "rule_data": data })
                };
                Self {
                    args: args("New"),
                    other: args("Newer"),
                    sends: vec![format!("PUT {path}")],
                    back: Some(vec![Aside("PUT", path, one.clone())]),
                    ..case
                }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    async fn of_assurance(tool: &'static str, place: &Place) -> Self {
        let (policy, other) = (place.assurance().await, place.assurance().await);
        let path = assurances(id(&policy));
        let meanwhile = Some(Aside("PUT", path.clone(), with(&policy, "name", &place.name())));
        match tool {
            "delete_device_assurance_policy" => Self {
                args: json!({ "device_assurance_id": id(&policy) }),
                other: json!({ "device_assurance_id": id(&other) }),
                sends: vec![format!("DELETE {path}")],
                meanwhile,
                back: None,
                tool,
            },
            "replace_device_assurance_policy" => {
                let args = |version: &str| {
                    json!({
                        "device_assurance_id": id(&policy),
                        "policy_data": { "osVersion": { "minimum": version } },
                        "user_stated_os_version": version,
                    })
                };
                Self {
                    args: args("14.2.0"),
                    other: args("14.3.0"),
                    sends: vec![format!("PUT {path}")],
                    meanwhile,
                    back: Some(vec![Aside("PUT", path, policy.clone())]),
                    tool,
                }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    /// Something new, of which there is nothing that could change meanwhile.
    fn creating(tool: &'static str, path: &str, args: Value, other: Value) -> Self {
        let sends = vec![format!("POST {path}")];
        Self { tool, args, other, sends, meanwhile: None, back: Some(Vec::new()) }
    }

    /// Switching on or off, with arguments still to come.
    fn turning(tool: &'static str, path: &str, changed: Value) -> Self {
        let on = tool.starts_with("activate");
        let [way, back] = if on { ["activate", "deactivate"] } else { ["deactivate", "activate"] };
        Self {
            tool,
            args: Value::Null,
            other: Value::Null,
            sends: vec![format!("POST {}", turned(path, way))],
            meanwhile: Some(Aside("PUT", path.to_owned(), changed)),
            back: Some(vec![Aside("POST", turned(path, back), Value::Null)]),
        }
    }
}

/// The group under another name.
pub(super) fn renamed(place: &Place, group: &Value) -> Aside {
    let profile = json!({ "profile": { "name": place.name(), "description": "as it was" } });
    Aside("PUT", groups(id(group)), profile)
}

/// The group with another description.
fn described(place: &Place, group: &Value) -> Aside {
    let mut profile = group["profile"].clone();
    profile["description"] = json!(place.name());
    Aside("PUT", groups(id(group)), json!({ "profile": profile }))
}

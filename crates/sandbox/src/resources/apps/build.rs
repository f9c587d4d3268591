//! What Okta makes of an app that is sent to it: defaults filled in, read-only properties kept.
//!
//! A create and a replace go through the same function, as a replace keeps nothing but what is read-only.

use serde_json::{Map, Value, json};

use super::{kind::Kind, oauth, sign_on};

/// What an app has that its sender does not decide.
pub(super) struct Given<'a> {
    pub(super) id: &'a str,
    /// The name it was created with; `None` for a new app.
    pub(super) name: Option<&'a str>,
    pub(super) org_id: &'a str,
    /// The first label of the org's host name, which names custom apps.
    pub(super) subdomain: &'a str,
    pub(super) status: &'a str,
    pub(super) created: &'a str,
    pub(super) now: &'a str,
    pub(super) signing_kid: &'a str,
    /// The secret in force, or the one to give out if the app needs one.
    pub(super) client_secret: &'a str,
    /// A number no other custom app of the org has.
    pub(super) serial: usize,
    /// New ids of client keys, one per key that is sent.
    pub(super) key_ids: &'a [String],
}

/// Why an app was refused: the part of it, and what is wrong with that part.
#[derive(Debug)]
pub(super) struct Invalid {
    pub(super) part: &'static str,
    pub(super) causes: Vec<String>,
}

impl Invalid {
    pub(super) fn new(part: &'static str, cause: impl Into<String>) -> Self {
        Self { part, causes: vec![cause.into()] }
    }
}

/// The app that Okta keeps for `body`.
pub(super) fn app(body: &Value, given: &Given<'_>) -> Result<Map<String, Value>, Invalid> {
    let label = body.get("label").and_then(Value::as_str).unwrap_or_default();
    if label.trim().is_empty() {
        return Err(Invalid::new("label", "label: The field cannot be left blank"));
    }
    if label.chars().count() > 100 {
        return Err(Invalid::new(
            "label",
            "label: The field cannot exceed the maximum allowed length of 100",
        ));
    }
    let kind = Kind::of(body, given.name)?;
    let mode = kind.mode(body.get("signOnMode").and_then(Value::as_str))?;
    let name = match (given.name, kind) {
        (Some(name), _) => name.to_owned(),
        (None, Kind::Template(template)) => template.name.to_owned(),
        (None, Kind::Catalog(entry)) => entry.name.to_owned(),
        (None, Kind::Custom) => custom_name(label, given),
    };
    let mut app = Map::new();
    app.insert("id".into(), given.id.into());
    app.insert(
        "orn".into(),
        format!("orn:okta:idp:{}:apps:{name}:{}", given.org_id, given.id).into(),
    );
    app.insert("name".into(), name.as_str().into());
    app.insert("label".into(), label.into());
    app.insert("status".into(), given.status.into());
    app.insert("lastUpdated".into(), given.now.into());
    app.insert("created".into(), given.created.into());
    app.insert("accessibility".into(), accessibility(body));
    if let Kind::Catalog(entry) = kind
        && entry.licensed
    {
        let seats = body.pointer("/licensing/seatCount").cloned().unwrap_or_else(|| 0.into());
        app.insert("licensing".into(), json!({ "seatCount": seats }));
    }
    app.insert("visibility".into(), visibility(body, kind, mode, &name));
    app.insert("features".into(), json!([]));
    app.insert("signOnMode".into(), mode.map_or(Value::Null, Value::from));
    app.insert("credentials".into(), credentials(body, kind, mode, given)?);
    if let Some(logout) = universal_logout(body, kind, mode) {
        app.insert("universalLogout".into(), logout);
    }
    app.insert("settings".into(), settings(body, kind, mode, given)?);
    if let Some(profile) = body.get("profile").filter(|profile| profile.is_object()) {
        app.insert("profile".into(), profile.clone());
    }
    Ok(app)
}

fn custom_name(label: &str, given: &Given<'_>) -> String {
    let word: String =
        label.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{}_{word}_{}", given.subdomain, given.serial)
}

/// One of the apps that are part of Okta: no client, no notes, and a link for the console only.
pub(super) fn system(
    id: &str,
    name: &str,
    label: &str,
    now: &str,
    kid: &str,
) -> Map<String, Value> {
    let links = if name == "saasure" { json!({ "admin": true }) } else { json!({}) };
    let app = json!({
        "id": id,
        "orn": "",
        "name": name,
        "label": label,
        "status": "ACTIVE",
        "lastUpdated": now,
        "created": now,
        "accessibility": accessibility(&Value::Null),
        "visibility": {
            "autoSubmitToolbar": false,
            "hide": { "iOS": false, "web": false },
            "appLinks": links,
        },
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "userNameTemplate": user_name_template(&Value::Null),
            "signing": { "kid": kid },
        },
        "universalLogout": { "status": "UNSUPPORTED" },
        "settings": {
            "app": {},
            "notifications": { "vpn": {
                "network": { "connection": "DISABLED" },
                "message": null,
                "helpUrl": null,
            } },
            "manualProvisioning": false,
            "implicitAssignment": false,
            "emOptInStatus": if name == "saasure" { "ENABLED" } else { "NONE" },
        },
    });
    if let Value::Object(app) = app { app } else { Map::new() }
}

fn accessibility(body: &Value) -> Value {
    let text = |name: &str| text_or_null(body.pointer(&format!("/accessibility/{name}")));
    json!({
        "selfService": flag(body, "/accessibility/selfService", false),
        "errorRedirectUrl": text("errorRedirectUrl"),
        "loginRedirectUrl": text("loginRedirectUrl"),
    })
}

fn visibility(body: &Value, kind: Kind, mode: Option<&str>, name: &str) -> Value {
    let hidden = mode == Some("OPENID_CONNECT");
    let links = match body.pointer("/visibility/appLinks") {
        Some(Value::Object(links)) if !links.is_empty() => Value::Object(links.clone()),
        _ => json!({ link_name(kind, mode, name): true }),
    };
    json!({
        "autoLaunch": flag(body, "/visibility/autoLaunch", false),
        "autoSubmitToolbar": flag(body, "/visibility/autoSubmitToolbar", false),
        "hide": {
            "iOS": flag(body, "/visibility/hide/iOS", hidden),
            "web": flag(body, "/visibility/hide/web", hidden),
        },
        "appLinks": links,
    })
}

/// The one link that most apps show on the dashboard.
fn link_name(kind: Kind, mode: Option<&str>, name: &str) -> String {
    match kind {
        Kind::Template(_) if mode != Some("OPENID_CONNECT") => "login".to_owned(),
        Kind::Catalog(entry) => {
            entry.link.map_or_else(|| format!("{name}_link"), ToOwned::to_owned)
        }
        Kind::Template(_) | Kind::Custom => format!("{name}_link"),
    }
}

fn credentials(
    body: &Value,
    kind: Kind,
    mode: Option<&str>,
    given: &Given<'_>,
) -> Result<Value, Invalid> {
    let mut credentials = Map::new();
    let with_password = matches!(
        mode,
        Some("AUTO_LOGIN" | "BROWSER_PLUGIN" | "BASIC_AUTH" | "SECURE_PASSWORD_STORE")
    );
    let scheme = body
        .pointer("/credentials/scheme")
        .and_then(Value::as_str)
        .unwrap_or("EDIT_USERNAME_AND_PASSWORD");
    if with_password {
        credentials.insert("scheme".into(), scheme.into());
    }
    credentials.insert("userNameTemplate".into(), user_name_template(body));
    if with_password && scheme.starts_with("SHARED_") {
        let user_name = body.pointer("/credentials/userName").cloned().unwrap_or_default();
        credentials.insert("userName".into(), user_name);
        credentials.insert("password".into(), json!({}));
    }
    if with_password {
        credentials.insert(
            "revealPassword".into(),
            flag(body, "/credentials/revealPassword", false).into(),
        );
    }
    let signs = matches!(mode, Some("OPENID_CONNECT" | "SAML_2_0" | "SAML_1_1" | "WS_FEDERATION"));
    let key = body
        .pointer("/credentials/signing/kid")
        .and_then(Value::as_str)
        .unwrap_or(given.signing_kid);
    credentials.insert("signing".into(), if signs { json!({ "kid": key }) } else { json!({}) });
    if mode == Some("OPENID_CONNECT") && matches!(kind, Kind::Template(_)) {
        credentials.insert("oauthClient".into(), oauth::credentials(body, given)?);
    }
    Ok(Value::Object(credentials))
}

fn user_name_template(body: &Value) -> Value {
    let at = |name: &str| {
        body.pointer(&format!("/credentials/userNameTemplate/{name}")).and_then(Value::as_str)
    };
    let kind = at("type").unwrap_or("BUILT_IN");
    let mut template = Map::new();
    template.insert("template".into(), at("template").unwrap_or("${source.login}").into());
    template.insert("type".into(), kind.into());
    if let Some(suffix) = at("suffix") {
        template.insert("suffix".into(), suffix.into());
    }
    if kind == "CUSTOM" || at("pushStatus").is_some() {
        template.insert("pushStatus".into(), at("pushStatus").unwrap_or("DONT_PUSH").into());
    }
    Value::Object(template)
}

/// Whether Okta can end the app's sessions; the older templates do not have the property at all.
fn universal_logout(body: &Value, kind: Kind, mode: Option<&str>) -> Option<Value> {
    let full = |protocol: &str| {
        let status = body.pointer("/universalLogout/status").and_then(Value::as_str);
        json!({
            "status": status.unwrap_or("DISABLED"),
            "supportType": "FULL",
            "identityStack": "NOT_SHARED",
            "protocol": protocol,
        })
    };
    let native = body.pointer("/settings/oauthClient/application_type") == Some(&json!("native"));
    match (kind, mode) {
        (Kind::Catalog(entry), _) if entry.logout => Some(full("PROPRIETARY")),
        (Kind::Catalog(_), _) | (_, Some("BOOKMARK")) => Some(json!({ "status": "UNSUPPORTED" })),
        (_, Some("OPENID_CONNECT")) if native => Some(Value::Null),
        (_, Some("OPENID_CONNECT" | "SAML_2_0")) => Some(full("GLOBAL_TOKEN_REVOCATION")),
        (_, Some("BASIC_AUTH")) => Some(Value::Null),
        _ => None,
    }
}

fn settings(
    body: &Value,
    kind: Kind,
    mode: Option<&str>,
    given: &Given<'_>,
) -> Result<Value, Invalid> {
    let mut settings = Map::new();
    settings.insert("app".into(), app_settings(body, kind)?);
    let vpn =
        |name: &str| text_or_null(body.pointer(&format!("/settings/notifications/vpn/{name}")));
    let connection = body
        .pointer("/settings/notifications/vpn/network/connection")
        .and_then(Value::as_str)
        .unwrap_or("DISABLED");
    settings.insert(
        "notifications".into(),
        json!({ "vpn": {
            "network": { "connection": connection },
            "message": vpn("message"),
            "helpUrl": vpn("helpUrl"),
        } }),
    );
    settings.insert(
        "manualProvisioning".into(),
        flag(body, "/settings/manualProvisioning", false).into(),
    );
    settings.insert(
        "implicitAssignment".into(),
        flag(body, "/settings/implicitAssignment", false).into(),
    );
    let has_opt_in = matches!(kind, Kind::Catalog(_))
        || matches!(mode, Some("BOOKMARK" | "OPENID_CONNECT" | "SAML_2_0"));
    if has_opt_in {
        let status = body.pointer("/settings/emOptInStatus").and_then(Value::as_str);
        settings.insert("emOptInStatus".into(), status.unwrap_or("NONE").into());
    }
    let note = |name: &str| text_or_null(body.pointer(&format!("/settings/notes/{name}")));
    settings.insert("notes".into(), json!({ "admin": note("admin"), "enduser": note("enduser") }));
    if let Some(sign_on) = sign_on::settings(body, kind, mode)? {
        settings.insert("signOn".into(), sign_on);
    }
    if mode == Some("OPENID_CONNECT") && matches!(kind, Kind::Template(_)) {
        settings.insert("oauthClient".into(), oauth::settings(body, given)?);
    }
    Ok(Value::Object(settings))
}

fn app_settings(body: &Value, kind: Kind) -> Result<Value, Invalid> {
    let sent = body.pointer("/settings/app").and_then(Value::as_object);
    let mut kept = Map::new();
    match kind {
        Kind::Custom => {}
        Kind::Template(template) => {
            let mut causes = Vec::new();
            for (name, required) in template.settings {
                let value = sent.and_then(|sent| sent.get(*name)).cloned().unwrap_or_default();
                if *required && (value.is_null() || value == "") {
                    causes.push(format!("{name}: The field cannot be left blank"));
                }
                let value = match (*name, value) {
                    ("requestIntegration" | "wReplyOverride", Value::Null) => Value::Bool(false),
                    // The optional fields of the form-post template stay away when they are not sent.
                    (name, Value::Null) if name.starts_with("optional") => continue,
                    (_, value) => value,
                };
                kept.insert((*name).to_owned(), value);
            }
            if !causes.is_empty() {
                return Err(Invalid { part: "settings", causes });
            }
        }
        Kind::Catalog(entry) => {
            for (name, default) in &entry.settings {
                let value = sent.and_then(|sent| sent.get(*name)).cloned();
                let value = value.unwrap_or_else(|| default.map_or(Value::Null, Value::from));
                kept.insert((*name).to_owned(), value);
            }
            for (name, value) in sent.into_iter().flatten() {
                kept.insert(name.clone(), value.clone());
            }
        }
    }
    Ok(Value::Object(kept))
}

/// The flag at `pointer`, or what Okta takes when it is not sent.
pub(super) fn flag(body: &Value, pointer: &str, default: bool) -> bool {
    body.pointer(pointer).and_then(Value::as_bool).unwrap_or(default)
}

/// A string as it is; nothing and anything else is null.
pub(super) fn text_or_null(value: Option<&Value>) -> Value {
    value.and_then(Value::as_str).map_or(Value::Null, Value::from)
}

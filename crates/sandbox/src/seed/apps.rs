//! The apps of a new org, and who has them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::{
    config::Config,
    id::Id,
    resources::{apps, policies::POLICIES},
    store::{Assignment, Scope, State},
};

/// Who has an app.
enum Has {
    Everyone,
    /// Groups, by the names that an org may have for them: the first one found counts.
    Groups(&'static [&'static [&'static str]]),
    /// This many people, one by one.
    People(usize),
    Nobody,
}

const ENGINEERING: &[&str] = &["Engineering", "Developers", "R&D"];
const CLOUD: &[&str] = &["AWS Production Admins", "Engineering"];
const SALES: &[&str] = &["Sales"];
const FINANCE: &[&str] = &["Finance", "Accounting"];
const PEOPLE: &[&str] = &["People", "Human Resources", "HR"];
const SUPPORT: &[&str] = &["Customer Support", "Support", "Customer Success"];
const MARKETING: &[&str] = &["Marketing"];
const SECURITY: &[&str] = &["Security", "IT Admins", "IT"];

/// Adds them, and gives the apps that are there already (the service app) the form of the others.
pub(crate) fn add(state: &mut State, _: &Config, now: Timestamp) {
    let there: Vec<Value> =
        state.docs(apps::APPS).iter().map(|(_, app)| Value::Object(app.clone())).collect();
    for app in there {
        if let Some(id) = app.get("id").and_then(Value::as_str).and_then(Id::parse) {
            apps::settle(state, id, &app, now, "ACTIVE");
        }
    }
    for (name, label) in [
        ("saasure", "Okta Admin Console"),
        ("okta_enduser", "Okta Dashboard"),
        ("okta_browser_plugin", "Okta Browser Plugin"),
    ] {
        let id = apps::add_system(state, name, label, now);
        if name == "saasure" {
            guard(state, id, "Okta Admin Console");
        } else {
            assign(state, id, &Has::Everyone, now);
        }
    }
    for (body, status, policy, has) in from_catalog().into_iter().chain(own()) {
        let id = state.maker.id("0oa");
        // Apps have come one after the other over the years.
        let age = i64::try_from(state.docs(apps::APPS).len()).unwrap_or(0);
        let since = now - SignedDuration::from_hours(24 * (900 - 27 * age.min(32)));
        if apps::settle(state, id, &body, since, status) {
            guard(state, id, policy);
            assign(state, id, &has, since);
        }
    }
}

/// What is sent to make an app, its status, its authentication policy, and who has it.
type Made = (Value, &'static str, &'static str, Has);

const TWO: &str = "Any two factors";
const MANAGED: &str = "Managed devices only";
const PASSWORD: &str = "Password only";

/// What the admins of the org have taken from the catalog.
fn from_catalog() -> Vec<Made> {
    let saml =
        |name: &str, label: &str| json!({ "name": name, "label": label, "signOnMode": "SAML_2_0" });
    let plugin = |name: &str, label: &str| json!({ "name": name, "label": label, "signOnMode": "BROWSER_PLUGIN" });
    let zendesk = json!({
        "name": "zendesk",
        "label": "Zendesk",
        "signOnMode": "BROWSER_PLUGIN",
        "credentials": { "userNameTemplate": { "template": "user.login", "type": "CUSTOM" } },
        "settings": { "app": { "companySubDomain": "acme" } },
    });
    vec![
        (saml("salesforce", "Salesforce"), "ACTIVE", MANAGED, Has::Groups(&[SALES, SUPPORT])),
        (saml("slack", "Slack"), "ACTIVE", TWO, Has::Everyone),
        (saml("zoomus", "Zoom"), "ACTIVE", TWO, Has::Everyone),
        (saml("google", "Google Workspace"), "ACTIVE", TWO, Has::Everyone),
        (saml("workday", "Workday"), "ACTIVE", MANAGED, Has::Groups(&[PEOPLE, FINANCE])),
        (saml("githubcloud", "GitHub"), "ACTIVE", TWO, Has::Groups(&[ENGINEERING])),
        (saml("amazon_aws", "AWS production"), "ACTIVE", MANAGED, Has::Groups(&[CLOUD, SECURITY])),
        (saml("datadog", "Datadog"), "ACTIVE", TWO, Has::Groups(&[ENGINEERING])),
        (saml("docusign", "DocuSign"), "ACTIVE", TWO, Has::Groups(&[FINANCE, PEOPLE])),
        (saml("figma", "Figma"), "ACTIVE", TWO, Has::Groups(&[MARKETING])),
        (plugin("netsuite", "NetSuite"), "ACTIVE", MANAGED, Has::Groups(&[FINANCE])),
        (zendesk, "ACTIVE", TWO, Has::Groups(&[SUPPORT])),
        // Paid for by the year, and nobody has it any more.
        (plugin("smartsheet", "Smartsheet"), "ACTIVE", TWO, Has::Nobody),
    ]
}

/// What the admins of the org have set up themselves.
fn own() -> Vec<Made> {
    let bookmark = |label: &str, url: &str| {
        json!({
            "name": "bookmark", "label": label, "signOnMode": "BOOKMARK", "settings": { "app": { "url": url } },
        })
    };
    vec![
        (
            custom_saml("Data warehouse", "https://warehouse.example.com/saml"),
            "ACTIVE",
            TWO,
            Has::People(6),
        ),
        (
            custom_saml("Old intranet", "https://intranet.example.com/saml"),
            "INACTIVE",
            TWO,
            Has::Nobody,
        ),
        (client("Time sheets", "web", "client_secret_basic"), "ACTIVE", TWO, Has::Everyone),
        (client("Customer portal", "browser", "none"), "ACTIVE", TWO, Has::Groups(&[SUPPORT])),
        (client("Field app", "native", "none"), "ACTIVE", TWO, Has::Groups(&[SALES])),
        (client("Report builder", "service", "client_secret_basic"), "ACTIVE", TWO, Has::Nobody),
        (
            json!({
                "label": "Parking", "signOnMode": "AUTO_LOGIN",
                "settings": { "signOn": { "loginUrl": "https://parking.example.com/login" } },
            }),
            "ACTIVE",
            PASSWORD,
            Has::People(12),
        ),
        (
            json!({
                "name": "template_swa", "label": "Supplier portal", "signOnMode": "BROWSER_PLUGIN",
                "settings": { "app": {
                    "usernameField": "user", "passwordField": "pass", "buttonField": "go",
                    "url": "https://suppliers.example.com/login",
                } },
            }),
            "ACTIVE",
            PASSWORD,
            Has::Groups(&[FINANCE]),
        ),
        (
            json!({
                "name": "template_basic_auth", "label": "Build logs", "signOnMode": "BASIC_AUTH",
                "settings": { "app": { "url": "https://logs.example.com", "authURL": "https://logs.example.com/auth" } },
            }),
            "ACTIVE",
            PASSWORD,
            Has::Groups(&[ENGINEERING]),
        ),
        (
            json!({
                "name": "template_sps", "label": "Fax gateway", "signOnMode": "SECURE_PASSWORD_STORE",
                "settings": { "app": {
                    "usernameField": "user", "passwordField": "pass", "url": "https://fax.example.com",
                    "optionalField1": "site", "optionalField1Value": "main",
                    "optionalField2": "mode", "optionalField2Value": "send",
                    "optionalField3": "lang", "optionalField3Value": "en",
                } },
            }),
            "ACTIVE",
            PASSWORD,
            Has::People(2),
        ),
        (
            json!({
                "name": "template_wsfed", "label": "Document archive", "signOnMode": "WS_FEDERATION",
                "settings": { "app": {
                    "realm": "urn:archive", "wReplyURL": "https://archive.example.com/", "siteURL": "https://archive.example.com",
                    "nameIDFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
                    "audienceRestriction": "urn:archive",
                    "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
                    "groupValueFormat": "windowsDomainQualifiedName", "usernameAttribute": "username",
                } },
            }),
            "ACTIVE",
            TWO,
            Has::Groups(&[FINANCE]),
        ),
        (
            bookmark("Company handbook", "https://handbook.example.com"),
            "ACTIVE",
            PASSWORD,
            Has::Everyone,
        ),
        (bookmark("Canteen menu", "https://menu.example.com"), "ACTIVE", PASSWORD, Has::Everyone),
    ]
}

fn custom_saml(label: &str, url: &str) -> Value {
    json!({
        "label": label,
        "signOnMode": "SAML_2_0",
        "settings": { "signOn": {
            "ssoAcsUrl": url,
            "audience": url,
            "recipient": url,
            "destination": url,
            "subjectNameIdTemplate": "${user.userName}",
            "subjectNameIdFormat": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "signatureAlgorithm": "RSA_SHA256",
            "digestAlgorithm": "SHA256",
            "authnContextClassRef": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
        } },
    })
}

fn client(label: &str, kind: &str, method: &str) -> Value {
    let word = label.to_lowercase().replace(' ', "-");
    let (grants, responses, redirects) = match kind {
        "service" => (json!(["client_credentials"]), json!(["token"]), json!([])),
        "native" => (
            json!(["authorization_code", "refresh_token"]),
            json!(["code"]),
            json!([format!("com.example.{}:/callback", word.replace('-', ""))]),
        ),
        _ => (
            json!(["authorization_code"]),
            json!(["code"]),
            json!([format!("https://{word}.example.com/callback")]),
        ),
    };
    json!({
        "name": "oidc_client",
        "label": label,
        "signOnMode": "OPENID_CONNECT",
        "visibility": { "hide": { "iOS": kind == "service", "web": kind == "service" } },
        "credentials": { "oauthClient": { "token_endpoint_auth_method": method } },
        "settings": { "oauthClient": {
            "application_type": kind,
            "grant_types": grants,
            "response_types": responses,
            "redirect_uris": redirects,
        } },
    })
}

/// Puts an app under the authentication policy with this name.
fn guard(state: &mut State, app: Id, policy: &str) {
    let found = state.docs(POLICIES).iter().find(|(_, found)| {
        found.get("type") == Some(&json!("ACCESS_POLICY"))
            && found.get("name") == Some(&json!(policy))
    });
    if let Some(policy) = found.map(|(id, _)| id.clone()) {
        apps::put_under(state, app, &policy);
    }
}

fn assign(state: &mut State, app: Id, has: &Has, since: Timestamp) {
    let row = |scope| Assignment {
        created: since,
        last_updated: since,
        scope,
        via: None,
        priority: 0,
        user_name: None,
        profile: None,
    };
    match has {
        Has::Nobody => {}
        Has::Everyone => {
            state.assignments.groups.insert((app, state.groups.everyone), row(Scope::Group));
        }
        Has::Groups(groups) => {
            let groups = groups.iter().filter_map(|names| {
                names.iter().find_map(|name| state.groups.named(name)).map(|group| group.id)
            });
            let found: Vec<Id> = groups.collect();
            for (priority, group) in (0_i64..).zip(found) {
                let row = Assignment { priority, ..row(Scope::Group) };
                state.assignments.groups.insert((app, group), row);
            }
        }
        Has::People(count) => {
            // Every seventh person, so that it is not the same ones for every app of this kind.
            let people = state.users.iter().map(|user| user.id);
            let chosen: Vec<Id> = people.skip(count % 5).step_by(7).take(*count).collect();
            for user in chosen {
                let mut row = row(Scope::User);
                row.profile = Some(Box::new(Map::new()));
                state.assignments.users.insert((app, user), row);
            }
        }
    }
}

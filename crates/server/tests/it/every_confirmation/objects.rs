//! The objects that are changed, made past the server.

use serde_json::{Value, json};

use super::place::Place;

pub(super) fn users(id: &str) -> String {
    format!("/api/v1/users/{id}")
}

pub(super) fn groups(id: &str) -> String {
    format!("/api/v1/groups/{id}")
}

pub(super) fn apps(id: &str) -> String {
    format!("/api/v1/apps/{id}")
}

pub(super) fn policies(id: &str) -> String {
    format!("/api/v1/policies/{id}")
}

pub(super) fn assurances(id: &str) -> String {
    format!("/api/v1/device-assurances/{id}")
}

pub(super) fn member(group: &str, user: &str) -> String {
    format!("/api/v1/groups/{group}/users/{user}")
}

pub(super) fn rule(policy: &str, rule: &str) -> String {
    format!("/api/v1/policies/{policy}/rules/{rule}")
}

pub(super) fn turned(path: &str, way: &str) -> String {
    format!("{path}/lifecycle/{way}")
}

/// The object with another text at that property.
pub(super) fn with(object: &Value, property: &str, text: &str) -> Value {
    let mut object = object.clone();
    object[property] = json!(text);
    object
}

pub(super) fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

impl Place {
    pub(super) async fn user(&self) -> Value {
        let login = format!("{}@acme.example", self.name().replace(' ', ""));
        let profile =
            json!({ "firstName": "Eda", "lastName": "Case", "email": login, "login": login });
        self.admin("POST", "/api/v1/users", &json!({ "profile": profile })).await
    }

    pub(super) async fn gone_user(&self) -> Value {
        let user = self.user().await;
        let path = turned(&users(id(&user)), "deactivate");
        self.admin("POST", &path, &Value::Null).await;
        user
    }

    pub(super) async fn group(&self) -> Value {
        let profile = json!({ "name": self.name(), "description": "as it was" });
        self.admin("POST", "/api/v1/groups", &json!({ "profile": profile })).await
    }

    /// A group of the org by its name.
    pub(super) async fn known_group(&self, name: &str) -> Value {
        self.admin("GET", &format!("/api/v1/groups?q={name}"), &Value::Null).await[0].clone()
    }

    pub(super) async fn app(&self, active: bool) -> Value {
        let path = format!("/api/v1/apps?activate={active}");
        self.admin("POST", &path, &bookmark(&self.name())).await
    }

    pub(super) async fn web_app(&self) -> Value {
        self.admin("POST", "/api/v1/apps", &web(&self.name())).await
    }

    pub(super) async fn policy(&self, active: bool) -> Value {
        let body = self.policy_data().await;
        self.admin("POST", &format!("/api/v1/policies?activate={active}"), &body).await
    }

    pub(super) async fn policy_data(&self) -> Value {
        let everyone = self.known_group("Everyone").await;
        json!({
            "type": "OKTA_SIGN_ON",
            "name": self.name(),
            "description": "as it was",
            "conditions": { "people": { "groups": { "include": [id(&everyone)] } } },
        })
    }

    /// A policy, and a rule of it.
    pub(super) async fn rule(&self, active: bool) -> (String, Value) {
        let policy = id(&self.policy(true).await).to_owned();
        let path = format!("{}/rules?activate={active}", policies(&policy));
        let rule = self.admin("POST", &path, &rule_data(&self.name())).await;
        (policy, rule)
    }

    pub(super) async fn assurance(&self) -> Value {
        let body = json!({
            "name": self.name(), "platform": "MACOS", "osVersion": { "minimum": "14.1.0" },
        });
        self.admin("POST", "/api/v1/device-assurances", &body).await
    }
}

pub(super) fn bookmark(label: &str) -> Value {
    let app = json!({ "url": "https://example.com", "requestIntegration": false });
    json!({
        "name": "bookmark", "label": label, "signOnMode": "BOOKMARK", "settings": { "app": app },
    })
}

pub(super) fn web(label: &str) -> Value {
    let oauth = json!({
        "client_uri": "https://example.com",
        "redirect_uris": ["https://example.com/cb"],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "application_type": "web",
    });
    json!({
        "name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT",
        "credentials": { "oauthClient": { "token_endpoint_auth_method": "client_secret_basic" } },
        "settings": { "oauthClient": oauth },
    })
}

pub(super) fn rule_data(name: &str) -> Value {
    let session = json!({ "usePersistentCookie": false, "maxSessionIdleMinutes": 60 });
    let signon = json!({ "access": "DENY", "requireFactor": false, "session": session });
    json!({ "type": "SIGN_ON", "name": name, "actions": { "signon": signon } })
}

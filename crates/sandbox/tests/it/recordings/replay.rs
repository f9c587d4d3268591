//! Does to a sandbox what was done to a real org: ids are put in the place of ids.

use std::collections::{BTreeMap, BTreeSet};

use okta_sandbox::Config;
use serde_json::{Map, Value, json};

use super::{corpus::Exchange, variant::resource};
use crate::support::{Reply, Sandbox};

/// A sandbox that stands for the org of one recording.
pub(super) struct Replay {
    pub(super) sandbox: Sandbox,
    /// Recorded ids and other secrets, and what the sandbox has in their place.
    ids: BTreeMap<String, String>,
    everyone: String,
    admin: String,
}

impl Replay {
    pub(super) async fn new() -> Self {
        let config = Config {
            users: 20,
            groups: 10,
            log_events: 20,
            rate_limits: false,
            ..Config::default()
        };
        let sandbox = Sandbox::with(config);
        let id = |reply: &Reply, pointer: &str| {
            reply.body.pointer(pointer).and_then(Value::as_str).unwrap_or("none").to_owned()
        };
        let everyone = id(&sandbox.get("/api/v1/groups?q=Everyone").await, "/0/id");
        let admin = id(&sandbox.get("/api/v1/users/me").await, "/id");
        Self { sandbox, ids: BTreeMap::new(), everyone, admin }
    }

    /// The answer of the sandbox to what was asked, or why it cannot be asked the same.
    pub(super) async fn ask(&mut self, exchange: &Exchange) -> Result<Reply, &'static str> {
        self.find_policies(exchange).await;
        self.find_brand(exchange).await;
        let path = renamed(&self.translated(&exchange.path));
        let good = exchange.status < 300;
        let coded = exchange.reply.as_ref().is_some_and(|reply| reply.get("errorCode").is_some());
        if !good && !coded {
            return Err("refused by a gateway, not by Okta");
        }
        if good && exchange.query.iter().any(|(name, _)| name == "after") {
            return Err("behind a cursor of the recorded org");
        }
        if exchange.status != 404 && self.is_foreign(exchange, &path) {
            return Err("about something made before the recording began");
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &exchange.query {
            query.append_pair(name, &self.translated(value));
        }
        let query = query.finish();
        let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
        let body = match (&exchange.request, exchange.method.as_str()) {
            (Some(body), _) => Some(body.clone()),
            (None, "POST" | "PUT") => {
                exchange.reply.as_ref().filter(|_| good).and_then(|reply| guessed(exchange, reply))
            }
            (None, _) => None,
        };
        let body = body.map(|body| {
            let text = self.known_references(&self.translated(&body.to_string()));
            serde_json::from_str(&text).unwrap()
        });
        let reply = self.sandbox.call(&exchange.method, &uri, body).await;
        if let Some(recorded) = &exchange.reply {
            self.pair(recorded, &reply.body);
        }
        self.sandbox.forward(1);
        Ok(reply)
    }

    /// Whether a path names something that the sandbox does not know.
    fn is_foreign(&self, exchange: &Exchange, path: &str) -> bool {
        let own: BTreeSet<&str> = self.ids.values().map(String::as_str).collect();
        let mut parts = exchange.template.split('/').zip(path.split('/'));
        parts.any(|(template, part)| {
            template.starts_with('{')
                && template != "{templateName}"
                // The role's name in base 32, which is the same in every org.
                && (template != "{roleAssignmentId}" || is_id(part))
                && !own.contains(part)
                && ![self.everyone.as_str(), &self.admin, "me", "default"].contains(&part)
                && !part.contains('@')
                && !part.contains("%40")
        })
    }

    fn translated(&self, text: &str) -> String {
        self.ids.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }

    /// Groups and people that were there before the recording began: `Everyone` and the admin stand for them.
    fn known_references(&self, body: &str) -> String {
        let own: BTreeSet<&str> = self.ids.values().map(String::as_str).collect();
        let parts = body.split('"').map(|part| match part.get(..3) {
            Some("00g") if is_id(part) && !own.contains(part) => self.everyone.as_str(),
            Some("00u") if is_id(part) && !own.contains(part) => self.admin.as_str(),
            _ => part,
        });
        parts.collect::<Vec<_>>().join("\"")
    }

    /// Policies that every org has stand for those that the recording takes for given.
    async fn find_policies(&mut self, exchange: &Exchange) {
        let Some(id) = exchange
            .path
            .split('/')
            .nth(4)
            .filter(|_| exchange.path.starts_with("/api/v1/policies/"))
        else {
            return;
        };
        let reply = exchange.reply.as_ref().map(|reply| reply.get(0).unwrap_or(reply));
        let kind = reply.and_then(|reply| reply.get("type")).and_then(Value::as_str);
        let Some(kind) = kind.filter(|_| !self.ids.contains_key(id)) else { return };
        let kind = if kind == "SIGN_ON" { "OKTA_SIGN_ON" } else { kind };
        let policies = self.sandbox.get(&format!("/api/v1/policies?type={kind}")).await.body;
        let found = policies
            .as_array()
            .into_iter()
            .flatten()
            .find(|policy| policy["system"] == json!(true));
        if let Some(found) = found {
            self.ids.insert(id.to_owned(), found["id"].as_str().unwrap().to_owned());
        }
    }

    /// A brand that was there before the recording began: the one for partners stands for it.
    async fn find_brand(&mut self, exchange: &Exchange) {
        let id = exchange.path.strip_prefix("/api/v1/brands/").and_then(|id| id.split('/').next());
        let Some(id) = id.filter(|id| is_id(id) && exchange.status != 404) else { return };
        if self.ids.contains_key(id) {
            return;
        }
        let brands = self.sandbox.get("/api/v1/brands").await.body;
        let mut brands = brands.as_array().unwrap().iter();
        if let Some(brand) = brands.find(|brand| brand["name"] == "Acme Partners") {
            self.ids.insert(id.to_owned(), brand["id"].as_str().unwrap().to_owned());
        }
    }

    /// Learns which id stands for which: those at the same place in both answers.
    fn pair(&mut self, recorded: &Value, own: &Value) {
        match (recorded, own) {
            (Value::Object(recorded), Value::Object(own)) => {
                for (name, value) in recorded {
                    if let Some(own) = own.get(name) {
                        self.pair(value, own);
                    }
                }
            }
            // What every org has is the same thing under another id.
            (Value::Array(recorded), Value::Array(own)) => {
                // In 2022 an org had one brand, and nothing said that it is the default.
                let only_brand = recorded.len() == 1 && recorded[0].get("isDefault").is_none();
                let built_in = |item: &Value| {
                    item["system"] == json!(true)
                        || item["type"] == json!("BUILT_IN")
                        || item["isDefault"] == json!(true)
                        || only_brand
                            && item.get("removePoweredByOkta").is_some()
                            && item.get("isDefault").is_none()
                };
                for wanted in [true, false] {
                    let of = |items: &[Value]| -> Vec<Value> {
                        items.iter().filter(|item| built_in(item) == wanted).cloned().collect()
                    };
                    if let ([theirs], [ours]) = (of(recorded).as_slice(), of(own).as_slice()) {
                        self.pair(theirs, ours);
                    }
                }
            }
            (Value::String(recorded), Value::String(own))
                if is_id(recorded) && is_id(own) && recorded.get(..3) == own.get(..3) =>
            {
                self.ids.entry(recorded.clone()).or_insert_with(|| own.clone());
            }
            _ => {}
        }
    }
}

/// Twenty letters and digits with a prefix that Okta uses.
fn is_id(text: &str) -> bool {
    const PREFIXES: [&str; 19] = [
        "00u", "00g", "0oa", "00p", "rst", "0pr", "rul", "dae", "pks", "osc", "oty", "bnd", "the",
        "oel", "OcD", "OeD", "ra1", "gra", "oag",
    ];
    text.len() == 20
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// A path with the names that e-mail templates have had since 2022 in the place of those before.
fn renamed(path: &str) -> String {
    const NAMES: [(&str, &str); 3] = [
        ("/welcome", "/UserActivation"),
        ("/forgotPassword", "/ForgotPassword"),
        ("/tempPassword", "/PasswordResetByAdmin"),
    ];
    let before = path.split_once("/templates/email").map(|(before, _)| before.len());
    let Some((brand, template)) = before.map(|at| path.split_at(at)) else { return path.into() };
    let template =
        NAMES.iter().fold(template.to_owned(), |path, (old, new)| path.replace(old, new));
    format!("{brand}{template}")
}

/// A body that was not recorded, made from the answer to it.
fn guessed(exchange: &Exchange, reply: &Value) -> Option<Value> {
    let reply = reply.as_object()?;
    let keys: &[&str] = match resource(&exchange.template) {
        "app" => &[
            "label",
            "name",
            "signOnMode",
            "settings",
            "credentials",
            "visibility",
            "accessibility",
        ],
        "app user" => &["id", "scope", "credentials", "profile"],
        "app group" => &["priority"],
        "policy" => &["type", "name", "description", "conditions", "settings"],
        "rule" => &["type", "name", "conditions", "actions"],
        "user" | "group" => &["profile"],
        "brand" => &["name", "customPrivacyPolicyUrl", "agreeToCustomPrivacyPolicy"],
        "customization" => &["subject", "body", "language"],
        "role" => &["type"],
        "grant" => &["scopeId", "issuer"],
        _ => return None,
    };
    let mut body: Map<String, Value> =
        keys.iter().filter_map(|key| Some(((*key).to_owned(), reply.get(*key)?.clone()))).collect();
    if resource(&exchange.template) == "user" {
        body.extend(secrets(reply));
    }
    if let Some(client) =
        body.get_mut("credentials").and_then(|all| all.pointer_mut("/oauthClient"))
    {
        client.as_object_mut()?.retain(|name, _| !name.starts_with("client_"));
    }
    Some(Value::Object(body))
}

/// What a user must have been created with to look like this.
fn secrets(user: &Map<String, Value>) -> Option<(String, Value)> {
    let shown = user.get("credentials")?;
    let mut sent = Map::new();
    if shown.get("password").is_some() {
        sent.insert("password".into(), json!({ "value": "Tr0ub4dor&3-horse" }));
    }
    if let Some(question) = shown.pointer("/recovery_question/question") {
        sent.insert(
            "recovery_question".into(),
            json!({ "question": question, "answer": "an answer" }),
        );
    }
    Some(("credentials".to_owned(), Value::Object(sent)))
}

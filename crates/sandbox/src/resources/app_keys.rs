//! The public keys that an app proves itself with.

use serde_json::{Map, Value};

use crate::{
    answer::Answer,
    call::{Call, stamp_text},
    error::{ApiError, Result},
    resources::apps,
    route::{Route, delete, get, post},
};

const READ: &str = "okta.apps.read";
const MANAGE: &str = "okta.apps.manage";
const KIND: &str = "OAuth2ClientJsonWebKey";

/// As many as Okta takes.
const MOST: usize = 50;

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/apps/{appId}/credentials/jwks", READ, list),
    post("/api/v1/apps/{appId}/credentials/jwks", MANAGE, add),
    get("/api/v1/apps/{appId}/credentials/jwks/{keyId}", READ, read),
    delete("/api/v1/apps/{appId}/credentials/jwks/{keyId}", MANAGE, remove),
    post("/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/activate", MANAGE, activate),
    post("/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate", MANAGE, deactivate),
];

fn list(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(keys(call)?.iter().map(|key| view(call, key)).collect()))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (_, key) = find(call)?;
    Ok(Answer::ok(view(call, &key)))
}

fn add(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let known = keys(call)?;
    check(&body, &known)?;
    let id = call.state.maker.id("pks").to_string();
    let mut key = apps::public_key(&Value::Object(body), &id);
    if let Some(key) = key.as_object_mut() {
        key.insert("created".to_owned(), stamp_text(call.now).into());
        key.insert("lastUpdated".to_owned(), stamp_text(call.now).into());
    }
    let shown = view(call, &key);
    change(call, |keys| keys.push(key))?;
    Ok(Answer::json(201, shown))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let (at, key) = find(call)?;
    if is_active(&key) {
        return Err(ApiError::invalid("keyId", "keyId: An active key cannot be deleted."));
    }
    change(call, |keys| drop(keys.remove(at)))?;
    Ok(Answer::empty(204))
}

fn activate(call: &mut Call<'_>) -> Result<Answer> {
    set(call, "ACTIVE")
}

fn deactivate(call: &mut Call<'_>) -> Result<Answer> {
    let active = keys(call)?.iter().filter(|key| is_active(key)).count();
    let (_, key) = find(call)?;
    if is_active(&key) && active == 1 {
        let cause = "keyId: The last active key of the client cannot be deactivated.";
        return Err(ApiError::invalid("keyId", cause));
    }
    set(call, "INACTIVE")
}

fn set(call: &mut Call<'_>, status: &str) -> Result<Answer> {
    let (at, _) = find(call)?;
    let now = stamp_text(call.now);
    change(call, |keys| {
        if let Some(Value::Object(key)) = keys.get_mut(at) {
            key.insert("status".to_owned(), status.into());
            key.insert("lastUpdated".to_owned(), now.into());
        }
    })?;
    let (_, key) = find(call)?;
    Ok(Answer::ok(view(call, &key)))
}

fn is_active(key: &Value) -> bool {
    key.get("status").and_then(Value::as_str) != Some("INACTIVE")
}

/// The keys of the app in the path.
fn keys(call: &Call<'_>) -> Result<Vec<Value>> {
    let (_, app) = apps::of_path(call)?;
    let Some(client) = app.get("settings").and_then(|settings| settings.get("oauthClient")) else {
        return Err(ApiError::not_found(call.param("appId"), "OAuth2Client"));
    };
    let keys = client.pointer("/jwks/keys").and_then(Value::as_array);
    Ok(keys.cloned().unwrap_or_default())
}

/// The key of the path, and where it stands.
fn find(call: &Call<'_>) -> Result<(usize, Value)> {
    let id = call.param("keyId");
    let mut keys = keys(call)?.into_iter().enumerate();
    keys.find(|(_, key)| key.get("id").and_then(Value::as_str) == Some(id))
        .ok_or_else(|| ApiError::not_found(id, KIND))
}

/// Changes the keys of the app, and logs it.
fn change(call: &mut Call<'_>, with: impl FnOnce(&mut Vec<Value>)) -> Result<()> {
    let (id, app) = apps::of_path(call)?;
    let target = apps::target(app);
    let mut keys = keys(call)?;
    with(&mut keys);
    let app = call.state.docs_mut("apps").get_mut(id.as_str());
    let client = app.and_then(|app| app.get_mut("settings")?.get_mut("oauthClient"));
    if let Some(Value::Object(client)) = client {
        let mut jwks = Map::new();
        jwks.insert("keys".to_owned(), keys.into());
        client.insert("jwks".to_owned(), jwks.into());
    }
    call.log("application.lifecycle.update", vec![target]);
    Ok(())
}

/// Refuses what is no public key, and one that is there already.
fn check(body: &Map<String, Value>, known: &[Value]) -> Result<()> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let parts: &[&str] = match text("kty") {
        "RSA" => &["n", "e"],
        "EC" => &["crv", "x", "y"],
        _ => return Err(ApiError::invalid("kty", "kty: 'kty' must be RSA or EC.")),
    };
    if let Some(part) = parts.iter().find(|part| text(part).is_empty()) {
        return Err(ApiError::blank(part));
    }
    if ["d", "p", "q"].iter().any(|part| body.contains_key(*part)) {
        return Err(ApiError::invalid("jwks", "jwks: A private key must not be given."));
    }
    if text("kid").is_empty() {
        return Err(ApiError::blank("kid"));
    }
    if known.iter().any(|key| key.get("kid").and_then(Value::as_str) == Some(text("kid"))) {
        return Err(ApiError::invalid("kid", "kid: 'kid' must be unique within the client."));
    }
    if known.len() >= MOST {
        return Err(ApiError::invalid("jwks", format!("jwks: At most {MOST} keys are allowed.")));
    }
    Ok(())
}

/// A key as Okta shows it, with what can be done about it.
fn view(call: &Call<'_>, key: &Value) -> Value {
    let mut shown = key.clone();
    let id = key.get("id").and_then(Value::as_str).unwrap_or_default();
    let own = format!("/api/v1/apps/{}/credentials/jwks/{id}", call.param("appId"));
    let link = if is_active(key) {
        ("deactivate", call.allowing(&format!("{own}/lifecycle/deactivate"), &["POST"]))
    } else {
        ("activate", call.allowing(&format!("{own}/lifecycle/activate"), &["POST"]))
    };
    if let Some(shown) = shown.as_object_mut() {
        let links = [(link.0.to_owned(), link.1)];
        shown.insert("_links".to_owned(), links.into_iter().collect::<Map<_, _>>().into());
    }
    shown
}

//! The scopes of this API that an app was granted.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    log::Target,
    resources::apps,
    route::{Route, delete, get, post},
};

const READ: &str = "okta.appGrants.read";
const MANAGE: &str = "okta.appGrants.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/apps/{appId}/grants", READ, list),
    post("/api/v1/apps/{appId}/grants", MANAGE, grant),
    get("/api/v1/apps/{appId}/grants/{grantId}", READ, read),
    delete("/api/v1/apps/{appId}/grants/{grantId}", MANAGE, revoke),
];

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let (app, doc) = apps::of_path(call)?;
    let granted = call.state.grants.get(&app).into_iter().flatten();
    let shown = granted.map(|scope| view(call, app, doc, scope));
    Ok(Answer::ok(shown.collect()))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (app, scope) = find(call)?;
    let doc = apps::of_path(call)?.1;
    Ok(Answer::ok(view(call, app, doc, &scope)))
}

/// Grants a scope; one that is granted already stays as it is.
fn grant(call: &mut Call<'_>) -> Result<Answer> {
    let (app, doc) = apps::of_path(call)?;
    let target = apps::target(doc);
    let body = call.json()?;
    let Some(scope) = body.get("scopeId").and_then(Value::as_str) else {
        return Err(ApiError::blank("scopeId"));
    };
    let client = doc.get("settings").and_then(|settings| settings.get("oauthClient"));
    if client.is_none() || !scope.starts_with("okta.") {
        return Err(ApiError::invalid("scopeId", "scopeId: The field has an invalid value"));
    }
    let new = call.state.grants.entry(app).or_default().insert(scope.to_owned());
    if new {
        log(call, "app.oauth2.admin.consent.grant", target, scope);
    }
    let doc = apps::of_path(call)?.1;
    let mut shown = view(call, app, doc, scope);
    if let Some(shown) = shown.as_object_mut() {
        shown.insert("_embedded".to_owned(), json!({ "scope": { "id": scope } }));
    }
    Ok(Answer::ok(shown))
}

fn revoke(call: &mut Call<'_>) -> Result<Answer> {
    let (app, scope) = find(call)?;
    let target = apps::target(apps::of_path(call)?.1);
    if let Some(granted) = call.state.grants.get_mut(&app) {
        granted.remove(&scope);
    }
    log(call, "app.oauth2.admin.consent.revoke", target, &scope);
    Ok(Answer::empty(204))
}

fn log(call: &mut Call<'_>, event: &'static str, app: Target, scope: &str) {
    call.log(event, vec![app, Target::new(scope, "scope", scope, scope)]);
}

/// The app and the scope of the path.
fn find(call: &Call<'_>) -> Result<(Id, String)> {
    let app = apps::of_path(call)?.0;
    let wanted = call.param("grantId");
    let mut granted = call.state.grants.get(&app).into_iter().flatten();
    let found = granted.find(|scope| grant_id(app, scope) == wanted).cloned();
    let scope = found.ok_or_else(|| ApiError::not_found(wanted, "OAuth2ScopeConsentGrant"))?;
    Ok((app, scope))
}

/// Follows from the app and the scope, which is all that there is to a grant.
fn grant_id(app: Id, scope: &str) -> String {
    let digest = STANDARD.encode(Sha256::digest(format!("{app} {scope}")));
    let letters = digest.chars().filter(char::is_ascii_alphanumeric).take(17);
    format!("oag{}", letters.collect::<String>())
}

fn view(call: &Call<'_>, app: Id, doc: &Map<String, Value>, scope: &str) -> Value {
    let id = grant_id(app, scope);
    let of_app = |name: &str| doc.get(name).cloned().unwrap_or_default();
    let own = format!("/api/v1/apps/{app}/grants/{id}");
    let titled = |path: &str| json!({ "href": call.href(path), "title": of_app("label") });
    json!({
        "id": id,
        "status": "ACTIVE",
        "created": of_app("created"),
        "createdBy": { "id": call.state.admin, "type": "User" },
        "lastUpdated": of_app("created"),
        "issuer": call.base,
        "clientId": app,
        "scopeId": scope,
        "source": "ADMIN",
        "_links": {
            "app": titled(&format!("/api/v1/apps/{app}")),
            "self": call.allowing(&own, &["GET", "DELETE"]),
            "client": titled(&format!("/oauth2/v1/clients/{app}")),
        },
    })
}

//! Apps: what people sign in to.

mod build;
mod filter;
mod kind;
mod oauth;
mod sign_on;
mod view;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use self::{
    build::{Given, Invalid},
    filter::Filter,
    view::{ACCESS_POLICY, ENROLLMENT_POLICY},
};
pub(crate) use self::{
    oauth::public_key,
    view::{Secret, app as shown, home, logo_url},
};
use crate::{
    answer::Answer,
    call::{Call, stamp_text},
    error::{ApiError, Result},
    id::Id,
    log::Target,
    oauth::Key,
    route::{Route, delete, get, post, put},
    store::State,
};

/// The collection that apps are kept in.
pub(crate) const APPS: &str = "apps";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/apps", "okta.apps.read", list).limit(100),
    post("/api/v1/apps", "okta.apps.manage", create).limit(100),
    get("/api/v1/apps/{appId}", "okta.apps.read", read).limit(500),
    put("/api/v1/apps/{appId}", "okta.apps.manage", replace),
    delete("/api/v1/apps/{appId}", "okta.apps.manage", remove),
    post("/api/v1/apps/{appId}/lifecycle/activate", "okta.apps.manage", activate),
    post("/api/v1/apps/{appId}/lifecycle/deactivate", "okta.apps.manage", deactivate),
    put("/api/v1/apps/{appId}/policies/{policyId}", "okta.apps.manage", assign_policy),
];

/// The app whose id stands in the path.
pub(crate) fn of_path<'a>(call: &'a Call<'_>) -> Result<(Id, &'a Map<String, Value>)> {
    let text = call.param("appId");
    let found = Id::parse(text).zip(call.state.docs(APPS).get(text));
    found.ok_or_else(|| ApiError::not_found(text, "AppInstance"))
}

/// Whether the app is part of Okta.
pub(crate) fn is_system(app: &Map<String, Value>) -> bool {
    view::is_system(app.get("name").and_then(Value::as_str).unwrap_or_default())
}

/// How the System Log names an app.
pub(crate) fn target(app: &Map<String, Value>) -> Target {
    let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
    Target::app(text("id"), text("name"), text("label"))
}

/// A list with its limit in the `self` link, as Okta sends it even where the caller did not.
pub(super) fn limit(call: &mut Call<'_>, default: usize, max: usize) -> Result<usize> {
    let limit = call.limit(default, max)?;
    if call.query("limit").is_none() {
        call.query.push(("limit".to_owned(), default.to_string()));
    }
    Ok(limit)
}

/// The cursor of a list; 400 E0000029 where it is none that Okta gave out.
pub(super) fn cursor(call: &Call<'_>, prefix: &str) -> Result<Option<Id>> {
    let Some(after) = call.query("after") else { return Ok(None) };
    match Id::parse(after).filter(|id| id.has_prefix(prefix)) {
        Some(id) => Ok(Some(id)),
        None => {
            Err(ApiError::new(400, "E0000029", "Invalid paging request.").cause("Invalid cursor."))
        }
    }
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let limit = limit(call, 20, 200)?;
    let after = cursor(call, "0oa")?;
    let filter = call.query("filter").map(Filter::parse).transpose()?;
    let words = call.query("q").map(str::to_lowercase);
    let expanded = expanded_user(call)?;
    let call = &*call;
    let found = call
        .state
        .docs(APPS)
        .after(after.as_ref().map(Id::as_str))
        .filter(|(_, app)| words.as_deref().is_none_or(|words| starts_with(app, words)))
        .filter(|(_, app)| filter.as_ref().is_none_or(|filter| filter.matches(app, call.state)));
    Ok(call.page_of(
        found,
        limit,
        |(id, _)| (*id).clone(),
        |(id, app)| {
            let mut shown = shown(app, call, Secret::Hidden);
            let user = expanded
                .zip(Id::parse(id))
                .and_then(|(user, app)| super::app_assignments::embedded_user(call, app, user));
            if let Some((user, shown)) = user.zip(shown.as_object_mut()) {
                shown.insert("_embedded".into(), json!({ "user": user }));
            }
            shown
        },
    ))
}

fn starts_with(app: &Map<String, Value>, words: &str) -> bool {
    ["name", "label"].into_iter().any(|key| {
        let text = app.get(key).and_then(Value::as_str).unwrap_or_default();
        text.to_lowercase().starts_with(words)
    })
}

/// `expand=user/{id}`, the only expansion of apps.
fn expanded_user(call: &Call<'_>) -> Result<Option<Id>> {
    let Some(expand) = call.query("expand") else { return Ok(None) };
    match expand.strip_prefix("user/").and_then(Id::parse) {
        Some(user) => Ok(Some(user)),
        None => Err(ApiError::invalid("RequestParams", "Expand query is malformed.")),
    }
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = Value::Object(call.json()?);
    let id = call.new_id("0oa");
    let status = if call.flag("activate", true) { "ACTIVE" } else { "INACTIVE" };
    let secret = call.state.maker.text(64);
    let mut app = built(
        call.state,
        call.base,
        call.now,
        &body,
        &Existing { id, status, name: None, created: None, secret },
    )?;
    let default = |kind: &str| super::policies::default_of(call.state, kind);
    app.insert(ACCESS_POLICY.into(), default("ACCESS_POLICY").into());
    app.insert(ENROLLMENT_POLICY.into(), default("PROFILE_ENROLLMENT").into());
    let answer = Answer::ok(shown(&app, call, Secret::Shown));
    call.log("application.lifecycle.create", vec![target(&app)]);
    if status == "ACTIVE" {
        call.log("application.lifecycle.activate", vec![target(&app)]);
    }
    call.state.docs_mut(APPS).put(id.as_str(), app);
    Ok(answer)
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (id, app) = of_path(call)?;
    let mut shown = shown(app, call, Secret::Hidden);
    if let Some(user) = expanded_user(call)?
        && let Some(user) = super::app_assignments::embedded_user(call, id, user)
        && let Some(shown) = shown.as_object_mut()
    {
        shown.insert("_embedded".into(), json!({ "user": user }));
    }
    Ok(Answer::ok(shown))
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let (id, old) = of_path(call)?;
    let old = old.clone();
    let body = Value::Object(call.json()?);
    let text = |name: &str| old.get(name).and_then(Value::as_str).unwrap_or_default();
    let secret = old
        .get("credentials")
        .and_then(|credentials| credentials.pointer("/oauthClient/client_secret"))
        .and_then(Value::as_str)
        .map_or_else(|| call.state.maker.text(64), ToOwned::to_owned);
    let existing = Existing {
        id,
        status: text("status"),
        name: Some(text("name")),
        created: Some(text("created")),
        secret,
    };
    let mut app = built(call.state, call.base, call.now, &body, &existing)?;
    for key in [ACCESS_POLICY, ENROLLMENT_POLICY] {
        app.insert(key.to_owned(), old.get(key).cloned().unwrap_or_default());
    }
    let answer = Answer::ok(shown(&app, call, Secret::Shown));
    call.log("application.lifecycle.update", vec![target(&app)]);
    call.state.docs_mut(APPS).put(id.as_str(), app);
    Ok(answer)
}

/// What a new app starts with, or a replaced one keeps.
struct Existing<'a> {
    id: Id,
    status: &'a str,
    name: Option<&'a str>,
    created: Option<&'a str>,
    secret: String,
}

fn built(
    state: &mut State,
    base: &str,
    now: Timestamp,
    body: &Value,
    existing: &Existing<'_>,
) -> Result<Map<String, Value>> {
    let keys = body.pointer("/settings/oauthClient/jwks/keys").and_then(Value::as_array);
    let key_ids: Vec<String> =
        (0..keys.map_or(0, Vec::len)).map(|_| state.maker.id("pks").to_string()).collect();
    let now = stamp_text(now);
    let signing_kid = signing_kid(state);
    let given = Given {
        id: existing.id.as_str(),
        name: existing.name,
        org_id: state.org_id.as_str(),
        subdomain: subdomain(base),
        status: existing.status,
        created: existing.created.unwrap_or(&now),
        now: &now,
        signing_kid: &signing_kid,
        client_secret: &existing.secret,
        serial: state.docs(APPS).len() + 1,
        key_ids: &key_ids,
    };
    build::app(body, &given).map_err(refused)
}

/// Keeps an app of a new org, made like any other; false where it is none.
pub(crate) fn settle(
    state: &mut State,
    id: Id,
    body: &Value,
    now: Timestamp,
    status: &str,
) -> bool {
    let secret = state.maker.text(64);
    let existing = Existing { id, status, name: None, created: None, secret };
    match built(state, "", now, body, &existing) {
        Ok(app) => {
            state.docs_mut(APPS).put(id.as_str(), app);
            true
        }
        Err(_) => false,
    }
}

/// Keeps one of the apps that are part of Okta.
pub(crate) fn add_system(state: &mut State, name: &str, label: &str, now: Timestamp) -> Id {
    let id = state.maker.id("0oa");
    let kid = signing_kid(state);
    let mut app = build::system(id.as_str(), name, label, &stamp_text(now), &kid);
    app.insert("orn".into(), format!("orn:okta:idp:{}:apps:{name}:{id}", state.org_id).into());
    state.docs_mut(APPS).put(id.as_str(), app);
    id
}

/// Puts an app under an authentication policy.
pub(crate) fn put_under(state: &mut State, app: Id, policy: &str) {
    if let Some(app) = state.docs_mut(APPS).get_mut(app.as_str()) {
        app.insert(ACCESS_POLICY.into(), policy.into());
    }
}

fn refused(invalid: Invalid) -> ApiError {
    invalid.causes.into_iter().fold(ApiError::validation(invalid.part), ApiError::cause)
}

/// The key that signs for all apps of the org.
fn signing_kid(state: &State) -> String {
    state.signing_key.as_ref().map(Key::id).unwrap_or_default()
}

/// The first label of the org's host name; an address has none.
fn subdomain(base: &str) -> &str {
    let host = base.split("//").nth(1).unwrap_or(base);
    let label = host.split(['.', ':', '/']).next().unwrap_or_default();
    let name = !label.is_empty() && label != "localhost" && !label.starts_with('[');
    if name && !label.bytes().all(|byte| byte.is_ascii_digit()) { label } else { "sandbox" }
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let (id, app) = of_path(call)?;
    if app.get("status") == Some(&json!("ACTIVE")) {
        return Err(ApiError::new(403, "E0000056", "Delete application forbidden.")
            .cause("The application must be deactivated before deletion."));
    }
    let target = target(app);
    call.state.docs_mut(APPS).remove(id.as_str());
    call.state.assignments.forget_app(id);
    call.state.grants.remove(&id);
    call.state.roles.remove(&id);
    call.state.visits.forget(id);
    call.log("application.lifecycle.delete", vec![target]);
    Ok(Answer::empty(204))
}

fn activate(call: &mut Call<'_>) -> Result<Answer> {
    set_status(call, "ACTIVE", "application.lifecycle.activate")
}

fn deactivate(call: &mut Call<'_>) -> Result<Answer> {
    if is_system(of_path(call)?.1) {
        return Err(ApiError::forbidden());
    }
    set_status(call, "INACTIVE", "application.lifecycle.deactivate")
}

/// Okta answers 200 and `{}`, and does not mind when nothing changes.
fn set_status(call: &mut Call<'_>, status: &str, event: &'static str) -> Result<Answer> {
    let (id, app) = of_path(call)?;
    let target = target(app);
    if app.get("status").and_then(Value::as_str) != Some(status) {
        let now = stamp_text(call.now);
        if let Some(app) = call.state.docs_mut(APPS).get_mut(id.as_str()) {
            app.insert("status".into(), status.into());
            app.insert("lastUpdated".into(), now.into());
        }
        call.log(event, vec![target]);
    }
    Ok(Answer::ok(json!({})))
}

/// Puts an app under an authentication policy.
fn assign_policy(call: &mut Call<'_>) -> Result<Answer> {
    let (id, app) = of_path(call)?;
    let app_target = target(app);
    let (policy_id, policy) = super::policies::of_path(call)?;
    let kind = policy.get("type").and_then(Value::as_str).unwrap_or_default();
    let key = match kind {
        "ACCESS_POLICY" => ACCESS_POLICY,
        "PROFILE_ENROLLMENT" => ENROLLMENT_POLICY,
        _ => {
            return Err(ApiError::invalid(
                "Policy",
                "The policy cannot be assigned to an application",
            ));
        }
    };
    let policy_target = super::policies::target(policy);
    let policy_id = policy_id.to_owned();
    if let Some(app) = call.state.docs_mut(APPS).get_mut(id.as_str()) {
        app.insert(key.into(), policy_id.into());
    }
    call.log("application.policy.sign_on.update", vec![app_target, policy_target]);
    Ok(Answer::empty(204))
}

/// Whether an app stands under the policy.
pub(super) fn under_policy(app: &Map<String, Value>, policy: &str) -> bool {
    [ACCESS_POLICY, ENROLLMENT_POLICY]
        .into_iter()
        .any(|key| app.get(key).and_then(Value::as_str) == Some(policy))
}

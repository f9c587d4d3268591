//! Policies: which people and apps a set of rules is for.

mod build;
pub(crate) mod order;
mod view;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(crate) use self::build::{check_groups, filled};
use self::view::view;
use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    id::Id,
    log::Target,
    resources::{
        apps::{self, APPS},
        policy_rules::{self, RULES},
    },
    route::{Route, delete, get, post, put},
    store::State,
};

/// The collection that policies are kept in.
pub(crate) const POLICIES: &str = "policies";

const READ: &str = "okta.policies.read";
const MANAGE: &str = "okta.policies.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/policies", READ, list),
    post("/api/v1/policies", MANAGE, create),
    get("/api/v1/policies/{policyId}", READ, read),
    put("/api/v1/policies/{policyId}", MANAGE, replace),
    delete("/api/v1/policies/{policyId}", MANAGE, remove),
    get("/api/v1/policies/{policyId}/app", READ, apps_of),
    post("/api/v1/policies/{policyId}/lifecycle/activate", MANAGE, activate),
    post("/api/v1/policies/{policyId}/lifecycle/deactivate", MANAGE, deactivate),
];

/// The types of policy, each with what the System Log calls it.
const TYPES: [(&str, &str); 12] = [
    ("ACCESS_POLICY", "AuthenticationPolicy"),
    ("CLIENT_UPDATE", "ClientUpdate"),
    ("DEVICE_SIGNAL_COLLECTION", "DeviceSignalCollection"),
    ("ENTITY_RISK", "EntityRisk"),
    ("IDENTITY_CLAIM_SOURCING", "IdentityClaimSourcing"),
    ("IDP_DISCOVERY", "IdpDiscovery"),
    ("MFA_ENROLL", "MfaEnroll"),
    ("OKTA_SIGN_ON", "OktaSignOn"),
    ("PASSWORD", "Password"),
    ("POST_AUTH_SESSION", "PostAuthSession"),
    ("PROFILE_ENROLLMENT", "ProfileEnrollment"),
    ("SESSION_VIOLATION_DETECTION", "SessionViolationDetection"),
];

/// The text of a property; empty where it has none.
pub(crate) fn text<'a>(doc: &'a Map<String, Value>, name: &str) -> &'a str {
    doc.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a policy or rule is part of the org and not made by anybody.
pub(crate) fn is_system(doc: &Map<String, Value>) -> bool {
    doc.get("system") == Some(&Value::Bool(true))
}

/// The policy whose id stands in the path.
pub(crate) fn of_path<'a>(call: &'a Call<'_>) -> Result<(&'a str, &'a Map<String, Value>)> {
    let id = call.param("policyId");
    let found = call.state.docs(POLICIES).get(id);
    found.map(|policy| (id, policy)).ok_or_else(|| ApiError::not_found(id, "Policy"))
}

/// How the System Log names a policy.
pub(crate) fn target(policy: &Map<String, Value>) -> Target {
    let kind = TYPES.iter().find(|(name, _)| *name == text(policy, "type"));
    Target::new(text(policy, "id"), "PolicyEntity", "unknown", text(policy, "name"))
        .detail("policyType", kind.map_or("Unknown", |(_, name)| name))
}

/// The id of the policy of a type that is in force where no other is; empty where there is none.
pub(crate) fn default_of(state: &State, kind: &str) -> String {
    let mut policies = state.docs(POLICIES).iter();
    let found = policies.find(|(_, policy)| is_system(policy) && text(policy, "type") == kind);
    found.map(|(id, _)| id.clone()).unwrap_or_default()
}

/// What Okta answers to a change of something that is part of the org.
pub(crate) fn read_only(what: &str) -> ApiError {
    let summary = format!("Cannot modify the {what} object because it is read-only.");
    ApiError::new(403, "E0000111", summary)
}

/// What Okta answers to a change of one property that cannot change.
pub(crate) fn read_only_attribute(name: &str) -> ApiError {
    let summary = format!("Cannot modify the {name} attribute because it is read-only.");
    ApiError::new(403, "E0000077", summary)
}

fn known_type(kind: &str) -> Result<&str> {
    let known = TYPES.iter().any(|(name, _)| *name == kind);
    let summary = "The request was not valid: Invalid policy type specified.";
    if known { Ok(kind) } else { Err(ApiError::new(400, "E0000002", summary)) }
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let Some(kind) = call.query("type") else {
        let summary = "The request is missing a required parameter.";
        return Err(
            ApiError::new(400, "E0000028", summary).cause("type: The field cannot be left blank")
        );
    };
    let kind = known_type(kind)?;
    let limit = call.limit(200, 200)?;
    let rules = call.query("expand") == Some("rules");
    let (after, status, resource) =
        (call.query("after"), call.query("status"), call.query("resourceId"));
    let words = call.query("q").map(str::to_lowercase);
    let mut found: Vec<&Map<String, Value>> = call
        .state
        .docs(POLICIES)
        .iter()
        .map(|(_, policy)| policy)
        .filter(|policy| text(policy, "type") == kind)
        .filter(|policy| status.is_none_or(|status| text(policy, "status") == status))
        .filter(|policy| resource.is_none_or(|app| guards(call.state, policy, app)))
        .filter(|policy| {
            words
                .as_deref()
                .is_none_or(|words| text(policy, "name").to_lowercase().starts_with(words))
        })
        .collect();
    found.sort_by_key(|policy| (order::priority(policy), text(policy, "id")));
    let from = match after {
        None => 0,
        Some(after) => match found.iter().position(|policy| text(policy, "id") == after) {
            Some(at) => at + 1,
            None => {
                return Err(ApiError::new(400, "E0000029", "Invalid paging request.")
                    .cause("Invalid cursor."));
            }
        },
    };
    Ok(call.page_of(
        found.into_iter().skip(from),
        limit,
        |policy| text(policy, "id").to_owned(),
        |policy| {
            let mut shown = view(policy, call, rules);
            // Lists tell what kind of thing an authentication policy guards; a policy alone does not.
            if kind == "ACCESS_POLICY"
                && let Some(shown) = shown.as_object_mut()
            {
                let embedded = shown.entry("_embedded").or_insert_with(|| json!({}));
                if let Some(embedded) = embedded.as_object_mut() {
                    embedded.insert("resourceType".into(), "APP".into());
                }
            }
            shown
        },
    ))
}

fn guards(state: &State, policy: &Map<String, Value>, app: &str) -> bool {
    let app = state.docs(APPS).get(app);
    app.is_some_and(|app| apps::under_policy(app, text(policy, "id")))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let mut body = call.json()?;
    let Some(kind) = body.get("type").and_then(Value::as_str) else {
        return Err(ApiError::invalid("type", "type: The field cannot be left blank"));
    };
    let kind = known_type(kind)?.to_owned();
    if !build::may_be_created(&kind) {
        return Err(ApiError::invalid(
            "type",
            format!("type: Another policy of type {kind} cannot be created"),
        ));
    }
    checked_name(call, &body, &kind, None)?;
    build::check_groups(call.state, &body)?;
    let id = call.new_id(prefix(&kind));
    let priority = order::place(call.state, &kind, body.get("priority"));
    body.insert("priority".into(), priority.into());
    body.insert("system".into(), false.into());
    if !call.flag("activate", true) {
        body.insert("status".into(), "INACTIVE".into());
    }
    let policy = built(call.state, id, &kind, &body, call.now);
    order::make_room(call.state, &kind, priority);
    call.state.docs_mut(POLICIES).put(id.as_str(), policy.clone());
    order::settle(call.state, &kind);
    policy_rules::add_catch_all(call.state, id.as_str(), &kind, call.now);
    call.log("policy.lifecycle.create", vec![target(&policy)]);
    Ok(Answer::ok(view(&policy, call, false)))
}

/// Adds a policy as it is, without the checks that a request gets: for what an org starts with.
pub(crate) fn add(state: &mut State, now: Timestamp, given: &Value) -> String {
    let nothing = Map::new();
    let body = given.as_object().unwrap_or(&nothing);
    let kind = text(body, "type").to_owned();
    let id = state.maker.id(prefix(&kind));
    let policy = built(state, id, &kind, body, now);
    state.docs_mut(POLICIES).put(id.as_str(), policy);
    id.to_string()
}

/// What is kept of a new policy.
fn built(
    state: &State,
    id: Id,
    kind: &str,
    body: &Map<String, Value>,
    now: Timestamp,
) -> Map<String, Value> {
    let mut policy = Map::new();
    policy.insert("id".into(), id.into());
    policy.insert("status".into(), body.get("status").cloned().unwrap_or_else(|| "ACTIVE".into()));
    build::described(&mut policy, body);
    policy.insert("priority".into(), order::priority(body).into());
    policy.insert("system".into(), is_system(body).into());
    policy.insert("conditions".into(), build::conditions(kind, body, state));
    policy.insert("created".into(), stamp(now));
    policy.insert("lastUpdated".into(), stamp(now));
    if let Some(settings) = build::settings(kind, body.get("settings")) {
        policy.insert("settings".into(), settings);
    }
    policy.insert("type".into(), kind.into());
    policy
}

fn prefix(kind: &str) -> &'static str {
    if matches!(kind, "OKTA_SIGN_ON" | "PASSWORD" | "MFA_ENROLL") { "00p" } else { "rst" }
}

/// The name of a policy, which no other of its type has.
fn checked_name(
    call: &Call<'_>,
    body: &Map<String, Value>,
    kind: &str,
    own: Option<&str>,
) -> Result<()> {
    let name = text(body, "name");
    if name.trim().is_empty() {
        return Err(ApiError::invalid("name", "name: The field cannot be left blank"));
    }
    let mut others = call.state.docs(POLICIES).iter();
    if others.any(|(id, other)| {
        Some(id.as_str()) != own && text(other, "type") == kind && text(other, "name") == name
    }) {
        return Err(ApiError::invalid("name", "name: Policy name already in use"));
    }
    Ok(())
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let policy = of_path(call)?.1;
    Ok(Answer::ok(view(policy, call, call.query("expand") == Some("rules"))))
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let (id, old) = of_path(call)?;
    let body = call.json()?;
    let kind = text(old, "type").to_owned();
    if body.get("type").is_some_and(|sent| *sent != kind) {
        return Err(ApiError::invalid("type", "type: The type of a policy cannot be changed"));
    }
    checked_name(call, &body, &kind, Some(id))?;
    build::check_groups(call.state, &body)?;
    let conditions = match body.get("conditions") {
        None if is_system(old) => old.get("conditions").cloned().unwrap_or_default(),
        _ => build::conditions(&kind, &body, call.state),
    };
    if is_system(old) {
        let changed =
            |name: &str, new: Option<&Value>| new.is_some_and(|new| old.get(name) != Some(new));
        if changed("priority", body.get("priority")) {
            return Err(read_only_attribute("priority"));
        }
        if changed("conditions", Some(&conditions)) {
            return Err(read_only_attribute("conditions"));
        }
    }
    let mut policy = old.clone();
    let (id, old_priority) = (id.to_owned(), order::priority(old));
    for key in ["name", "description"] {
        policy.shift_remove(key);
    }
    let mut described = Map::new();
    for (name, value) in policy {
        described.insert(name.clone(), value);
        if name == "status" {
            build::described(&mut described, &body);
        }
    }
    let mut policy = described;
    policy.insert("conditions".into(), conditions);
    policy.insert("lastUpdated".into(), stamp(call.now));
    if let Some(settings) = build::settings(&kind, body.get("settings")) {
        policy.insert("settings".into(), settings);
    }
    if let Some(status) = body.get("status").filter(|_| !is_system(&policy)) {
        policy.insert("status".into(), status.clone());
    }
    let priority = body.get("priority").and_then(Value::as_i64).unwrap_or(old_priority);
    if priority != old_priority {
        call.state.docs_mut(POLICIES).remove(&id);
        order::settle(call.state, &kind);
        let priority = order::place(call.state, &kind, body.get("priority"));
        order::make_room(call.state, &kind, priority);
        policy.insert("priority".into(), priority.into());
    }
    call.state.docs_mut(POLICIES).put(id.as_str(), policy);
    order::settle(call.state, &kind);
    let policy = of_path(call)?.1;
    let (shown, target) = (view(policy, call, false), target(policy));
    call.log("policy.lifecycle.update", vec![target]);
    Ok(Answer::ok(shown))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let policy = changeable(call)?;
    let (id, kind) = (text(policy, "id").to_owned(), text(policy, "type").to_owned());
    let target = target(policy);
    in_use(call, &id)?;
    call.state.docs_mut(POLICIES).remove(&id);
    for rule in policy_rules::of_policy(call.state, &id) {
        call.state.docs_mut(RULES).remove(&rule);
    }
    order::settle(call.state, &kind);
    call.log("policy.lifecycle.delete", vec![target]);
    Ok(Answer::empty(204))
}

/// The policy of the path, which must not be part of the org.
fn changeable<'a>(call: &'a Call<'_>) -> Result<&'a Map<String, Value>> {
    let policy = of_path(call)?.1;
    if is_system(policy) { Err(read_only("policy")) } else { Ok(policy) }
}

/// A policy that guards apps can neither go nor rest.
fn in_use(call: &Call<'_>, id: &str) -> Result<()> {
    let mut apps = call.state.docs(APPS).iter();
    match apps.find(|(_, app)| apps::under_policy(app, id)) {
        None => Ok(()),
        Some((_, app)) => Err(ApiError::invalid(
            "policy",
            format!("The policy is assigned to one or more applications: {}", text(app, "label")),
        )),
    }
}

fn activate(call: &mut Call<'_>) -> Result<Answer> {
    changeable(call)?;
    set_status(call, "ACTIVE", "policy.lifecycle.activate")
}

fn deactivate(call: &mut Call<'_>) -> Result<Answer> {
    let policy = changeable(call)?;
    in_use(call, text(policy, "id"))?;
    set_status(call, "INACTIVE", "policy.lifecycle.deactivate")
}

fn set_status(call: &mut Call<'_>, status: &str, event: &'static str) -> Result<Answer> {
    let (id, policy) = of_path(call)?;
    let (id, target, now) = (id.to_owned(), target(policy), stamp(call.now));
    if text(policy, "status") != status {
        if let Some(policy) = call.state.docs_mut(POLICIES).get_mut(&id) {
            policy.insert("status".into(), status.into());
            policy.insert("lastUpdated".into(), now);
        }
        call.log(event, vec![target]);
    }
    Ok(Answer::empty(204))
}

/// The apps that a policy guards.
fn apps_of(call: &mut Call<'_>) -> Result<Answer> {
    let id = of_path(call)?.0;
    let shown = call
        .state
        .docs(APPS)
        .iter()
        .filter(|(_, app)| apps::under_policy(app, id))
        .map(|(_, app)| apps::shown(app, call, apps::Secret::Hidden))
        .collect();
    Ok(Answer::ok(Value::Array(shown)))
}

//! The rules of policies: when something applies, and what happens then.

mod build;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp},
    error::{ApiError, Result},
    log::Target,
    resources::policies::{
        self, POLICIES, is_system,
        order::{self, priority},
        read_only, read_only_attribute, text,
    },
    route::{Route, delete, get, post, put},
    store::State,
};

/// The collection that rules are kept in, all policies together.
pub(crate) const RULES: &str = "policyRules";
/// The key, in what is kept of a rule, of its policy; it is not shown.
const POLICY: &str = "_policy";
/// Where the rule stands that catches what no other does.
const LAST: i64 = 99;

const READ: &str = "okta.policies.read";
const MANAGE: &str = "okta.policies.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/policies/{policyId}/rules", READ, list),
    post("/api/v1/policies/{policyId}/rules", MANAGE, create),
    get("/api/v1/policies/{policyId}/rules/{ruleId}", READ, read),
    put("/api/v1/policies/{policyId}/rules/{ruleId}", MANAGE, replace),
    delete("/api/v1/policies/{policyId}/rules/{ruleId}", MANAGE, remove),
    post("/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate", MANAGE, activate),
    post("/api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate", MANAGE, deactivate),
];

/// The type of the rules of a policy.
fn rule_type(policy_type: &str) -> &str {
    if policy_type == "OKTA_SIGN_ON" { "SIGN_ON" } else { policy_type }
}

/// The rules of a policy in their order.
pub(super) fn of_policy(state: &State, policy: &str) -> Vec<String> {
    let mut rules: Vec<(i64, String)> = state
        .docs(RULES)
        .iter()
        .filter(|(_, rule)| text(rule, POLICY) == policy)
        .map(|(id, rule)| (priority(rule), id.clone()))
        .collect();
    rules.sort();
    rules.into_iter().map(|(_, id)| id).collect()
}

/// The rules of a policy as Okta shows them.
pub(super) fn shown_of(call: &Call<'_>, policy: &str) -> Value {
    let rules = of_policy(call.state, policy);
    let shown =
        rules.iter().filter_map(|id| call.state.docs(RULES).get(id)).map(|rule| view(rule, call));
    Value::Array(shown.collect())
}

/// The rule whose id stands in the path, of the policy in the path.
fn of_path<'a>(call: &'a Call<'_>) -> Result<(&'a str, &'a Map<String, Value>)> {
    let policy = policies::of_path(call)?.0;
    let id = call.param("ruleId");
    let rule = call.state.docs(RULES).get(id).filter(|rule| text(rule, POLICY) == policy);
    rule.map(|rule| (id, rule)).ok_or_else(|| ApiError::not_found(id, "PolicyRule"))
}

fn target(rule: &Map<String, Value>) -> Target {
    Target::new(text(rule, "id"), "PolicyRule", "unknown", text(rule, "name"))
}

fn log(call: &mut Call<'_>, event: &'static str, rule: &Map<String, Value>) {
    let policy = call.state.docs(POLICIES).get(text(rule, POLICY)).map(policies::target);
    call.log(event, policy.into_iter().chain([target(rule)]).collect());
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let policy = policies::of_path(call)?.0;
    let limit = call.limit(usize::MAX, usize::MAX)?;
    let mut shown = shown_of(call, policy);
    if let Some(rules) = shown.as_array_mut() {
        rules.truncate(limit);
    }
    Ok(Answer::ok(shown))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let (policy_id, policy) = policies::of_path(call)?;
    let (policy_id, kind) = (policy_id.to_owned(), rule_type(text(policy, "type")).to_owned());
    let body = call.json()?;
    check(call, &policy_id, &kind, &body, None)?;
    let status = if call.flag("activate", true) { "ACTIVE" } else { "INACTIVE" };
    let id = call.new_id(if kind == "SIGN_ON" || kind == "PASSWORD" || kind == "MFA_ENROLL" {
        "0pr"
    } else {
        "rul"
    });
    let place = place(call.state, &policy_id, body.get("priority"));
    make_room(call.state, &policy_id, place);
    let now = stamp(call.now);
    let mut rule = Map::new();
    rule.insert("id".into(), id.into());
    rule.insert("status".into(), body.get("status").cloned().unwrap_or_else(|| status.into()));
    rule.insert("name".into(), body.get("name").cloned().unwrap_or_default());
    rule.insert("priority".into(), place.into());
    rule.insert("created".into(), now.clone());
    rule.insert("lastUpdated".into(), now);
    rule.insert("system".into(), false.into());
    rule.insert("conditions".into(), build::conditions(&kind, body.get("conditions")));
    rule.insert("actions".into(), build::actions(&kind, body.get("actions")));
    rule.insert("type".into(), kind.into());
    rule.insert(POLICY.into(), policy_id.into());
    call.state.docs_mut(RULES).put(id.as_str(), rule.clone());
    log(call, "policy.rule.add", &rule);
    Ok(Answer::ok(view(&rule, call)))
}

/// What a rule that is sent must keep to.
fn check(
    call: &Call<'_>,
    policy: &str,
    kind: &str,
    body: &Map<String, Value>,
    own: Option<&str>,
) -> Result<()> {
    let name = text(body, "name");
    if name.trim().is_empty() {
        return Err(ApiError::invalid("name", "name: The field cannot be left blank"));
    }
    if name.chars().count() > 50 {
        return Err(ApiError::invalid(
            "name",
            "name: The field cannot exceed the maximum allowed length of 50",
        ));
    }
    if body.get("type").is_some_and(|sent| *sent != kind) {
        return Err(ApiError::invalid("type", format!("type: The rule must be of type {kind}")));
    }
    let mut others = call.state.docs(RULES).iter();
    if others.any(|(id, other)| {
        Some(id.as_str()) != own && text(other, POLICY) == policy && text(other, "name") == name
    }) {
        return Err(ApiError::invalid("name", "name: Policy rule name already in use"));
    }
    policies::check_groups(call.state, body)?;
    for id in assurances(body) {
        if call.state.docs(super::device_assurance::ASSURANCES).get(id).is_none() {
            return Err(ApiError::invalid(
                "conditions.device.assurance",
                format!("include: The device assurance policy '{id}' does not exist."),
            ));
        }
    }
    Ok(())
}

/// The device assurance policies that a rule asks for.
fn assurances(rule: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let list = rule
        .get("conditions")
        .and_then(|conditions| conditions.pointer("/device/assurance/include"));
    list.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// The name of a rule that asks for a device assurance policy.
pub(super) fn asking_for<'a>(state: &'a State, assurance: &str) -> Option<&'a str> {
    let mut rules = state.docs(RULES).iter();
    let found = rules.find(|(_, rule)| assurances(rule).any(|id| id == assurance));
    found.map(|(_, rule)| text(rule, "name"))
}

/// Where a rule goes that asks for a place, or for none: behind those that people made.
fn place(state: &State, policy: &str, asked: Option<&Value>) -> i64 {
    let made = of_policy(state, policy)
        .into_iter()
        .filter_map(|id| state.docs(RULES).get(&id))
        .filter(|rule| !is_system(rule))
        .map(order::priority);
    let behind = made.max().map_or(1, |last| last + 1);
    asked.and_then(Value::as_i64).unwrap_or(behind).clamp(0, behind)
}

/// Moves what stands at `from` and behind it one place back, if that place is taken.
fn make_room(state: &mut State, policy: &str, from: i64) {
    let rules = of_policy(state, policy);
    let taken =
        rules.iter().filter_map(|id| state.docs(RULES).get(id)).any(|rule| priority(rule) == from);
    for id in rules.iter().filter(|_| taken) {
        if let Some(rule) = state.docs_mut(RULES).get_mut(id)
            && priority(rule) >= from
            && priority(rule) != LAST
        {
            rule.insert("priority".into(), (priority(rule) + 1).into());
        }
    }
}

/// Closes the gap that a rule leaves.
fn close_gap(state: &mut State, policy: &str, at: i64) {
    for id in of_policy(state, policy) {
        if let Some(rule) = state.docs_mut(RULES).get_mut(&id)
            && priority(rule) > at
            && priority(rule) != LAST
        {
            rule.insert("priority".into(), (priority(rule) - 1).into());
        }
    }
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let rule = of_path(call)?.1;
    Ok(Answer::ok(view(rule, call)))
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let (id, old) = of_path(call)?;
    let body = call.json()?;
    let (policy, kind) = (text(old, POLICY).to_owned(), text(old, "type").to_owned());
    check(call, &policy, &kind, &body, Some(id))?;
    let mut rule = old.clone();
    let sent = body.get("conditions");
    if is_system(old) {
        if matches!(kind.as_str(), "MFA_ENROLL" | "IDP_DISCOVERY") {
            return Err(read_only("rule"));
        }
        if sent.is_some_and(|sent| !sent.is_null() && Some(sent) != old.get("conditions")) {
            return Err(read_only_attribute("conditions"));
        }
        if body.get("priority").is_some_and(|sent| Some(sent) != old.get("priority")) {
            return Err(read_only_attribute("priority"));
        }
    } else {
        rule.insert("conditions".into(), build::conditions(&kind, sent));
        if let Some(status) = body.get("status") {
            rule.insert("status".into(), status.clone());
        }
    }
    rule.insert("name".into(), body.get("name").cloned().unwrap_or_default());
    rule.insert("actions".into(), build::actions(&kind, body.get("actions")));
    rule.insert("lastUpdated".into(), stamp(call.now));
    let id = id.to_owned();
    let old_priority = priority(&rule);
    if body.get("priority").and_then(Value::as_i64).is_some_and(|asked| asked != old_priority) {
        call.state.docs_mut(RULES).remove(&id);
        close_gap(call.state, &policy, old_priority);
        let place = place(call.state, &policy, body.get("priority"));
        make_room(call.state, &policy, place);
        rule.insert("priority".into(), place.into());
    }
    call.state.docs_mut(RULES).put(id.as_str(), rule.clone());
    log(call, "policy.rule.update", &rule);
    Ok(Answer::ok(view(&rule, call)))
}

/// The rule of the path, which must not be part of the org.
fn changeable(call: &Call<'_>) -> Result<Map<String, Value>> {
    let rule = of_path(call)?.1;
    if is_system(rule) { Err(read_only("rule")) } else { Ok(rule.clone()) }
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let rule = changeable(call)?;
    call.state.docs_mut(RULES).remove(text(&rule, "id"));
    close_gap(call.state, text(&rule, POLICY), priority(&rule));
    log(call, "policy.rule.delete", &rule);
    Ok(Answer::empty(204))
}

fn activate(call: &mut Call<'_>) -> Result<Answer> {
    set_status(call, "ACTIVE", "policy.rule.activate")
}

fn deactivate(call: &mut Call<'_>) -> Result<Answer> {
    set_status(call, "INACTIVE", "policy.rule.deactivate")
}

fn set_status(call: &mut Call<'_>, status: &str, event: &'static str) -> Result<Answer> {
    let mut rule = changeable(call)?;
    if text(&rule, "status") != status {
        rule.insert("status".into(), status.into());
        rule.insert("lastUpdated".into(), stamp(call.now));
        log(call, event, &rule);
        let id = text(&rule, "id").to_owned();
        call.state.docs_mut(RULES).put(id, rule);
    }
    Ok(Answer::empty(204))
}

/// The rule that a new policy of some types comes with: it catches what no other rule does.
pub(crate) fn add_catch_all(state: &mut State, policy: &str, kind: &str, now: Timestamp) {
    let Some(actions) = build::catch_all(kind) else { return };
    add(
        state,
        policy,
        now,
        &json!({
            "name": "Catch-all Rule",
            "priority": LAST,
            "system": true,
            "conditions": null,
            "actions": actions,
        }),
    );
}

/// Adds a rule as it is, without the checks that a request gets: for what an org starts with.
pub(crate) fn add(state: &mut State, policy: &str, now: Timestamp, given: &Value) {
    let kind = state
        .docs(POLICIES)
        .get(policy)
        .map_or("", |policy| rule_type(text(policy, "type")))
        .to_owned();
    let id = state.maker.id(if matches!(kind.as_str(), "SIGN_ON" | "PASSWORD" | "MFA_ENROLL") {
        "0pr"
    } else {
        "rul"
    });
    let system = given.get("system") == Some(&Value::Bool(true));
    let conditions = match given.get("conditions") {
        Some(Value::Null) => Value::Null,
        conditions => build::conditions(&kind, conditions),
    };
    let rule = json!({
        "id": id,
        "status": given.get("status").cloned().unwrap_or_else(|| "ACTIVE".into()),
        "name": given.get("name"),
        "priority": given.get("priority").cloned().unwrap_or_else(|| 1.into()),
        "created": stamp(now),
        "lastUpdated": stamp(now),
        "system": system,
        "conditions": conditions,
        "actions": build::actions(&kind, given.get("actions")),
        "type": kind,
        POLICY: policy,
    });
    if let Value::Object(rule) = rule {
        state.docs_mut(RULES).put(id.as_str(), rule);
    }
}

fn view(rule: &Map<String, Value>, call: &Call<'_>) -> Value {
    let (id, policy) = (text(rule, "id"), text(rule, POLICY));
    let system = is_system(rule);
    let link = |rest: &str, allow: &[&str]| {
        let href = call.href(&format!("/api/v1/policies/{policy}/rules/{id}{rest}"));
        json!({ "href": href, "hints": { "allow": allow } })
    };
    let own: &[&str] = if system { &["GET", "PUT"] } else { &["GET", "PUT", "DELETE"] };
    let mut links = Map::new();
    links.insert("self".into(), link("", own));
    if !system {
        let next = if text(rule, "status") == "ACTIVE" { "deactivate" } else { "activate" };
        links.insert(next.into(), link(&format!("/lifecycle/{next}"), &["POST"]));
    }
    let mut shown = rule.clone();
    shown.shift_remove(POLICY);
    let kind = shown.shift_remove("type").unwrap_or_default();
    shown.insert("_links".into(), Value::Object(links));
    shown.insert("type".into(), kind);
    Value::Object(shown)
}

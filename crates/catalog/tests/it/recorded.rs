//! What was recorded with real orgs, replayed as tool calls: nothing fails, nothing is lost.

use okta_catalog::Plan;
use okta_client::Method;
use serde_json::{Map, Value, json};

use crate::{
    desk::{EVERYWHERE, Fake, answer, plan},
    shared,
};

/// Tools that read, by the template they read.
const READS: &[(&str, &str)] = &[
    ("/api/v1/apps", "list_applications"),
    ("/api/v1/apps/{appId}", "get_application"),
    ("/api/v1/apps/{appId}/groups", "list_application_groups"),
    ("/api/v1/apps/{appId}/users", "list_application_users"),
    ("/api/v1/device-assurances", "list_device_assurance_policies"),
    ("/api/v1/device-assurances/{deviceAssuranceId}", "get_device_assurance_policy"),
    ("/api/v1/groups", "list_groups"),
    ("/api/v1/groups/{groupId}", "get_group"),
    ("/api/v1/groups/{groupId}/apps", "list_group_apps"),
    ("/api/v1/groups/{groupId}/users", "list_group_users"),
    ("/api/v1/logs", "get_logs"),
    ("/api/v1/policies", "list_policies"),
    ("/api/v1/policies/{policyId}", "get_policy"),
    ("/api/v1/policies/{policyId}/rules", "list_policy_rules"),
    ("/api/v1/policies/{policyId}/rules/{ruleId}", "get_policy_rule"),
    ("/api/v1/users", "list_users"),
    ("/api/v1/users/{id}", "get_user"),
    ("/api/v1/users/{id}/groups", "list_user_groups"),
];

/// Tools that write a body, by method and template, and the argument that is the body.
const WRITES: &[(Method, &str, &str, &str)] = &[
    (Method::Post, "/api/v1/apps", "create_application", "app_config"),
    (Method::Put, "/api/v1/apps/{appId}", "update_application", "app_config"),
    (Method::Post, "/api/v1/device-assurances", "create_device_assurance_policy", "policy_data"),
    (
        Method::Put,
        "/api/v1/device-assurances/{deviceAssuranceId}",
        "replace_device_assurance_policy",
        "policy_data",
    ),
    (Method::Post, "/api/v1/groups", "create_group", "profile"),
    (Method::Put, "/api/v1/groups/{groupId}", "update_group", "profile"),
    (Method::Post, "/api/v1/policies", "create_policy", "policy_data"),
    (Method::Put, "/api/v1/policies/{policyId}", "update_policy", "policy_data"),
    (Method::Post, "/api/v1/policies/{policyId}/rules", "create_policy_rule", "rule_data"),
    (Method::Put, "/api/v1/policies/{policyId}/rules/{ruleId}", "update_policy_rule", "rule_data"),
    (Method::Post, "/api/v1/users", "create_user", "profile"),
];

/// The exchanges that Okta answered with success, less what is no JSON.
fn exchanges() -> Vec<Value> {
    let mut exchanges = shared::lines("recordings/recordings.jsonl.gz").unwrap_or_default();
    exchanges.retain(|exchange| exchange["status"].as_u64().is_some_and(|status| status < 300));
    for exchange in &mut exchanges {
        for side in ["body", "req_body"] {
            if let Some(text) = exchange[side].as_str() {
                exchange[side] = serde_json::from_str(text).unwrap_or(Value::Null);
            }
        }
    }
    exchanges
}

/// Ids for all that a tool needs.
fn needed(tool: &str) -> Map<String, Value> {
    let (_, schema) = okta_catalog::find(tool).unwrap().describe();
    let needed = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    needed.iter().map(|name| (name.as_str().unwrap().to_owned(), json!("x"))).collect()
}

#[test]
fn reads_lose_nothing() {
    let mut replayed = 0;
    for exchange in exchanges() {
        let template = exchange["template"].as_str().unwrap_or_default();
        let Some((_, tool)) = READS.iter().find(|(path, _)| *path == template) else { continue };
        let body = &exchange["body"];
        if exchange["method"] != "GET" || body.is_null() {
            continue;
        }
        let desk = Fake::new().on(EVERYWHERE, body.clone());
        let value = answer(tool, Value::Object(needed(tool)), &desk).value;
        let shown = if body.is_array() { &value["items"] } else { &value };
        assert_eq!(shown.to_string(), body.to_string(), "{tool}");
        replayed += 1;
    }
    println!("{replayed} reads");
}

#[test]
fn writes_say_what_was_asked() {
    let mut replayed = 0;
    for exchange in exchanges() {
        let template = exchange["template"].as_str().unwrap_or_default();
        let Some((method, _, tool, argument)) = WRITES
            .iter()
            .find(|(method, path, ..)| *path == template && exchange["method"] == method.as_str())
        else {
            continue;
        };
        let body = &exchange["req_body"];
        let given = if *argument == "profile" { &body["profile"] } else { body };
        if !given.is_object() {
            continue;
        }
        let mut args = needed(tool);
        args.insert((*argument).to_owned(), given.clone());
        if *method == Method::Put {
            args.insert("full_replace".to_owned(), json!(true));
        }
        // What is there already is what Okta answered.
        let desk = Fake::new().on(EVERYWHERE, exchange["body"].clone());
        let plan = prepared(tool, args.clone(), &desk);
        let sent = plan.requests[0].json().unwrap();
        let sent = if *argument == "profile" { &sent["profile"] } else { sent };
        assert_eq!(sent.to_string(), given.to_string(), "{tool}");
        if *method == Method::Put {
            args.shift_remove("full_replace");
            let merged = prepared(tool, args, &desk);
            contains(merged.requests[0].json().unwrap(), body, tool);
        }
        replayed += 1;
    }
    println!("{replayed} writes");
}

fn prepared(tool: &str, args: Map<String, Value>, desk: &Fake) -> Plan {
    plan(tool, Value::Object(args), desk)
}

/// Fails unless everything in `given` stands in `sent`.
fn contains(sent: &Value, given: &Value, what: &str) {
    match (sent, given) {
        (Value::Object(sent), Value::Object(given)) => {
            for (key, value) in given {
                let there = sent.get(key).unwrap_or_else(|| panic!("{what} drops {key}"));
                contains(there, value, what);
            }
        }
        (sent, given) => assert_eq!(sent, given, "{what}"),
    }
}

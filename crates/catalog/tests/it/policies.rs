//! Policies and their rules.

use okta_catalog::{Effect, Failure, find};
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, plan, snapshot};

const POLICY: &str = "/api/v1/policies/00p1";
const RULE: &str = "/api/v1/policies/00p1/rules/0pr1";

/// A password policy, as Okta answers with it.
fn policy() -> Value {
    json!({
        "id": "00p1",
        "status": "ACTIVE",
        "name": "Staff passwords",
        "description": "",
        "priority": 1,
        "system": false,
        "conditions": { "people": { "groups": { "include": ["00g1"] } } },
        "settings": {
            "password": {
                "complexity": { "minLength": 8, "excludeAttributes": ["firstName"] },
                "age": { "maxAgeDays": 0, "historyCount": 4 },
            },
            "recovery": {
                "factors": {
                    "recovery_question": {
                        "status": "ACTIVE",
                        "properties": { "complexity": { "minLength": 4 } },
                    },
                },
            },
        },
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "type": "PASSWORD",
        "_links": { "self": { "href": "https://acme.okta.com/api/v1/policies/00p1" } },
    })
}

fn rule(status: &str) -> Value {
    json!({
        "id": "0pr1",
        "status": status,
        "name": "Anywhere",
        "priority": 1,
        "system": false,
        "conditions": { "network": { "connection": "ANYWHERE" }, "people": { "users": { "exclude": [] } } },
        "actions": { "passwordChange": { "access": "ALLOW" } },
        "type": "PASSWORD",
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": null,
        "_links": {},
    })
}

fn desk() -> Fake {
    Fake::new()
        .on(POLICY, policy())
        .on("/api/v1/policies/00p1/rules", json!([{ "name": "Anywhere" }, { "name": "VPN" }]))
        .on(RULE, rule("ACTIVE"))
}

#[test]
fn creates_what_was_given() {
    let data = json!({
        "type": "PASSWORD", "name": "Staff", "description": "",
        "conditions": { "people": { "groups": { "include": ["00g1"], "exclude": [] } } },
        "settings": { "password": { "complexity": { "minLength": 14, "dictionary": null } } },
    });
    let args = json!({ "policy_data": data, "activate": false });
    snapshot("create_policy", "create_policy", args, &desk());
}

#[test]
fn an_update_merges_less_what_okta_sets() {
    let args = json!({
        "policy_id": "00p1",
        "policy_data": { "settings": { "password": { "complexity": { "minLength": 14 } } } },
    });
    snapshot("update_policy", "update_policy", args, &desk());
}

#[test]
fn a_policy_of_another_type_is_sent_alone() {
    let data = json!({ "type": "OKTA_SIGN_ON", "name": "S" });
    let args = json!({ "policy_id": "00p1", "policy_data": data });
    let plan = plan("update_policy", args, &desk());
    assert_eq!(plan.requests[0].json().unwrap(), &data);
}

#[test]
fn deleting_tells_the_rules() {
    snapshot("delete_policy", "delete_policy", json!({ "policy_id": "00p1" }), &desk());
}

#[test]
fn rules_may_be_unknown_or_none() {
    let desk = Fake::new()
        .on(POLICY, policy())
        .reply("/api/v1/policies/00p1/rules", okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    let args = json!({ "policy_id": "00p1" });
    let lost = plan("delete_policy", args.clone(), &desk).loss;
    assert_eq!(lost[0], "Which rules it has is unknown: Okta refused (E0000009).");
    let desk = Fake::new().on(POLICY, policy()).on("/api/v1/policies/00p1/rules", json!([]));
    assert_eq!(plan("deactivate_policy", args, &desk).loss, ["It has no rules."]);
}

#[test]
fn a_switch_can_be_taken_back() {
    let args = json!({ "policy_id": "00p1" });
    snapshot("deactivate_policy", "deactivate_policy", args.clone(), &desk());
    let plan = plan("activate_policy", args, &desk());
    assert!(plan.undo.is_empty(), "it is active already");
}

#[test]
fn a_policy_that_is_not_there_ends_it() {
    let desk = Fake::new().reply(POLICY, okta_error(ErrorKind::NotFound, 404, "E0000007"));
    for tool in ["delete_policy", "activate_policy", "deactivate_policy"] {
        let failure = failure(tool, json!({ "policy_id": "00p1" }), &desk);
        let Failure::Okta(error) = failure else { panic!("{failure:?}") };
        assert_eq!(error.kind, ErrorKind::NotFound);
    }
}

#[test]
fn rules_are_created_changed_and_removed() {
    let data = json!({ "type": "PASSWORD", "name": "VPN", "conditions": { "people": { "users": { "exclude": [] } } } });
    let args = json!({ "policy_id": "00p1", "rule_data": data });
    snapshot("create_policy_rule", "create_policy_rule", args, &desk());
    let data = json!({ "actions": { "passwordChange": { "access": "DENY" } }, "conditions": null });
    let args = json!({ "policy_id": "00p1", "rule_id": "0pr1", "rule_data": data });
    snapshot("update_policy_rule", "update_policy_rule", args, &desk());
    let args = json!({ "policy_id": "00p1", "rule_id": "0pr1" });
    snapshot("delete_policy_rule", "delete_policy_rule", args.clone(), &desk());
    snapshot("deactivate_policy_rule", "deactivate_policy_rule", args.clone(), &desk());
    let desk = Fake::new().on(POLICY, policy()).on(RULE, rule("INACTIVE"));
    snapshot("activate_policy_rule", "activate_policy_rule", args, &desk);
}

#[test]
fn a_rule_can_be_replaced_whole() {
    let data = json!({ "name": "Anywhere", "type": "PASSWORD" });
    let args = json!({
        "policy_id": "00p1", "rule_id": "0pr1", "rule_data": data, "full_replace": true,
    });
    let plan = plan("update_policy_rule", args, &desk());
    assert_eq!(plan.requests[0].json().unwrap(), &data);
    let undo = plan.undo[0].json().unwrap();
    assert_eq!(undo["conditions"], rule("ACTIVE")["conditions"]);
    assert!(undo.get("id").is_none() && undo.get("created").is_none());
}

#[test]
fn a_marker_is_no_value_for_what_is_new() {
    let data = json!({ "name": "x", "settings": { "a": [{ "b": "[redacted]" }] } });
    let failed = failure("create_policy", json!({ "policy_data": data }), &desk());
    assert!(failed.to_string().contains("`policy_data.settings.a[0].b`"), "{failed}");
    let data = json!({ "name": "[redacted]" });
    let args = json!({ "policy_id": "00p1", "rule_data": data });
    assert!(matches!(failure("create_policy_rule", args, &desk()), Failure::Arguments(_)));
}

#[test]
fn policies_are_listed_by_type() {
    let desk = Fake::new().on("/api/v1/policies", json!([]));
    answer("list_policies", json!({ "type": "MFA_ENROLL", "status": "ACTIVE", "limit": 5 }), &desk);
    assert_eq!(desk.asked(), ["/api/v1/policies?type=MFA_ENROLL&status=ACTIVE&limit=5"]);
    let failed = failure("list_policies", json!({}), &desk);
    assert!(failed.to_string().contains("type"), "{failed}");
}

#[test]
fn whoever_changes_a_policy_is_asked() {
    for tool in ["create_policy", "update_policy", "create_policy_rule", "update_policy_rule"] {
        assert_eq!(find(tool).unwrap().effect(), Effect::Sensitive, "{tool}");
    }
}

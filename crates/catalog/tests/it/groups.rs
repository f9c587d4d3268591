//! Groups and who is in them.

use okta_catalog::Effect;
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page, plan, snapshot};

const GROUP: &str = "/api/v1/groups/00g1";

fn group() -> Value {
    json!({
        "id": "00g1",
        "type": "OKTA_GROUP",
        "objectClass": ["okta:user_group"],
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "profile": { "name": "Finance", "description": "Money", "costCenter": "4711" },
        "_links": {},
    })
}

fn desk() -> Fake {
    let members: Vec<Value> = (0..12)
        .map(|at| json!({ "id": format!("00u{at}"), "profile": { "login": format!("u{at}@acme.test") } }))
        .collect();
    Fake::new()
        .on(GROUP, group())
        .on("/api/v1/groups/00g1/users", json!(members))
        .on("/api/v1/groups/00g1/apps", json!([{ "label": "Payroll" }]))
        .on("/api/v1/groups/00g1/roles", json!([]))
        .on(
            "/api/v1/users/00u1",
            json!({ "id": "00u1", "profile": { "login": "ana@acme.test", "firstName": "Ana", "lastName": "Ng" } }),
        )
}

#[test]
fn creates_what_was_given() {
    let args = json!({ "profile": { "name": "Ops", "description": "", "level": 1.10 } });
    snapshot("create_group", "create_group", args, &Fake::new());
    let args = json!({ "profile": { "name": "[redacted]" } });
    assert!(failure("create_group", args, &Fake::new()).to_string().contains("profile.name"));
}

#[test]
fn an_update_keeps_custom_attributes() {
    let args = json!({ "group_id": "00g1", "profile": { "description": null } });
    snapshot("update_group", "update_group", args, &desk());
    let args = json!({ "group_id": "00g1", "profile": { "name": "F" }, "full_replace": true });
    let plan = plan("update_group", args, &desk());
    assert_eq!(plan.requests[0].json().unwrap(), &json!({ "profile": { "name": "F" } }));
}

#[test]
fn deleting_tells_who_loses_what() {
    snapshot("delete_group", "delete_group", json!({ "group_id": "00g1" }), &desk());
    let desk = Fake::new()
        .on(GROUP, group())
        .reply("/api/v1/groups/00g1/users", page(json!([{ "id": "00u1" }]), "c"))
        .reply("/api/v1/groups/00g1/apps", okta_error(ErrorKind::MissingRole, 403, "E0000006"));
    let plan = plan("delete_group", json!({ "group_id": "00g1" }), &desk);
    assert_eq!(
        plan.loss,
        [
            "It has more than 1 members: 00u1 and more.",
            "Which applications it grants is unknown: Okta refused (E0000006).",
        ]
    );
}

#[test]
fn joining_a_group_is_a_write() {
    let args = json!({ "group_id": "00g1", "user_id": "00u1" });
    snapshot("add_user_to_group", "add_user_to_group", args, &desk());
}

#[test]
fn joining_a_group_that_makes_an_admin_is_sensitive() {
    let args = json!({ "group_id": "00g1", "user_id": "00u1" });
    let user = json!({ "id": "00u1", "profile": { "login": "ana@acme.test" } });
    let roles = json!([{ "type": "SUPER_ADMIN", "label": "Super Administrator" }]);
    let desk = Fake::new()
        .on(GROUP, group())
        .on("/api/v1/users/00u1", user.clone())
        .on("/api/v1/groups/00g1/roles", roles);
    let (effect, reason) = plan("add_user_to_group", args.clone(), &desk).raised.unwrap();
    assert_eq!(effect, Effect::Sensitive);
    assert!(reason.contains("Super Administrator"), "{reason}");

    let desk = Fake::with_scopes(&["okta.groups.manage"]).on(GROUP, group());
    let plan = plan("add_user_to_group", args, &desk);
    let (effect, reason) = plan.raised.unwrap();
    assert_eq!(effect, Effect::Sensitive, "what cannot be seen is not taken for harmless");
    assert!(reason.contains("needs okta.roles.read"), "{reason}");
    assert_eq!(plan.summary, "Add user 00u1 to group \"Finance\"");
    assert_eq!(desk.asked(), [GROUP], "nothing is asked for that no scope allows");
}

#[test]
fn leaving_a_group_tells_what_is_lost() {
    let args = json!({ "group_id": "00g1", "user_id": "00u1" });
    snapshot("remove_user_from_group", "remove_user_from_group", args, &desk());
}

#[test]
fn groups_are_listed() {
    let desk = desk().on("/api/v1/groups", json!([]));
    answer("list_groups", json!({ "search": "type eq \"OKTA_GROUP\"", "q": "" }), &desk);
    answer("list_group_users", json!({ "group_id": "00g1" }), &desk);
    answer("list_group_apps", json!({ "group_id": "00g1", "limit": 20 }), &desk);
    answer("get_group", json!({ "group_id": "00g1" }), &desk);
    assert_eq!(
        desk.asked(),
        [
            "/api/v1/groups?search=type eq \"OKTA_GROUP\"",
            "/api/v1/groups/00g1/users",
            "/api/v1/groups/00g1/apps?limit=20",
            GROUP,
        ]
    );
}

//! Users, one by one and as a file.

use okta_catalog::Failure;
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page, plan, reply, snapshot};

const USER: &str = "/api/v1/users/00u1";

fn user(status: &str) -> Value {
    json!({
        "id": "00u1",
        "status": status,
        "profile": {
            "firstName": "Ana", "lastName": "Ng", "login": "ana@acme.test", "title": "CFO",
            "nicknames": ["a"],
        },
    })
}

#[test]
fn creates_what_was_given() {
    let profile = json!({
        "login": "bo@acme.test", "email": "bo@acme.test", "title": "", "manager": null, "tags": [],
    });
    let args = json!({ "profile": profile, "activate": false });
    snapshot("create_user", "create_user", args, &Fake::new());
    let args = json!({ "profile": { "login": "x", "email": "[redacted]" } });
    assert!(matches!(failure("create_user", args, &Fake::new()), Failure::Arguments(_)));
}

#[test]
fn an_update_sends_the_given_attributes_and_the_etag() {
    let mut read = reply(user("ACTIVE"));
    read.etag = Some("W/\"7\"".to_owned());
    let desk = Fake::new().reply(USER, Ok(read));
    let profile =
        json!({ "title": null, "nicknames": [], "costCenter": "", "email": "[redacted]" });
    let args = json!({ "user_id": "00u1", "profile": profile });
    snapshot("update_user", "update_user", args, &desk);
}

#[test]
fn a_marker_inside_an_attribute_means_unchanged() {
    let desk = Fake::new().on(USER, user("ACTIVE"));
    let args = json!({ "user_id": "00u1", "profile": { "nicknames": ["[redacted]", "b"] } });
    let plan = plan("update_user", args, &desk);
    assert_eq!(
        plan.requests[0].json().unwrap(),
        &json!({ "profile": { "nicknames": ["a", "b"] } })
    );
}

#[test]
fn an_update_of_nothing_is_refused() {
    let desk = Fake::new().on(USER, user("ACTIVE"));
    for profile in [json!({}), json!({ "title": "[redacted]" })] {
        let args = json!({ "user_id": "00u1", "profile": profile });
        assert!(matches!(failure("update_user", args, &desk), Failure::Arguments(_)));
    }
}

#[test]
fn deactivating_tells_what_is_lost() {
    let desk = Fake::new()
        .on(USER, user("ACTIVE"))
        .on("/api/v1/users/00u1/appLinks", json!([{ "label": "Zoom" }, { "label": "Payroll" }]));
    snapshot("deactivate_user", "deactivate_user", json!({ "user_id": "00u1" }), &desk);
    let desk = Fake::new()
        .on(USER, user("ACTIVE"))
        .reply("/api/v1/users/00u1/appLinks", okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    let plan = plan("deactivate_user", json!({ "user_id": "00u1" }), &desk);
    assert!(plan.loss[0].contains("unknown"), "{:?}", plan.loss);
}

#[test]
fn only_a_deactivated_user_is_deleted() {
    let args = json!({ "user_id": "00u1" });
    for status in ["ACTIVE", "SUSPENDED", "SOMETHING_NEW"] {
        let desk = Fake::new().on(USER, user(status));
        let failure = failure("delete_deactivated_user", args.clone(), &desk);
        let Failure::Refused { message, .. } = failure else { panic!("{failure:?}") };
        assert!(message.contains(status), "{message}");
    }
    let desk = Fake::new().on(USER, user("DEPROVISIONED"));
    snapshot("delete_deactivated_user", "delete_deactivated_user", args, &desk);
}

#[test]
fn a_login_stays_in_its_segment() {
    let desk = Fake::new().on("/api/v1/users/o%27brien%2Fx%40acme.test", user("ACTIVE"));
    answer("get_user", json!({ "user_id": "o'brien/x@acme.test" }), &desk);
    for id in ["", ".", "..", "a\nb"] {
        assert!(matches!(
            failure("get_user", json!({ "user_id": id }), &desk),
            Failure::Arguments(_)
        ));
    }
}

#[test]
fn attributes_come_from_the_schema_where_it_may_be_read() {
    let schema = json!({
        "definitions": {
            "base": {
                "properties": {
                    "login": { "title": "Username", "type": "string", "required": true },
                    "roles": { "title": "Roles", "type": "array", "items": { "type": "string" } },
                },
                "required": ["login"],
            },
            "custom": { "properties": { "badge": { "title": "Badge", "type": "integer" } } },
        },
    });
    let desk = Fake::new().on("/api/v1/meta/schemas/user/default", schema);
    let value = answer("get_user_profile_attributes", json!({}), &desk).value;
    assert_eq!(value["complete"], true);
    assert_eq!(
        value["attributes"],
        json!([
            { "name": "login", "title": "Username", "type": "string", "required": true, "custom": false },
            { "name": "roles", "title": "Roles", "type": "array", "items": "string", "custom": false },
            { "name": "badge", "title": "Badge", "type": "integer", "custom": true },
        ])
    );
}

#[test]
fn attributes_seen_in_profiles_hold_no_values() {
    let users = json!([
        { "profile": { "login": "ana@acme.test", "manager": null } },
        { "profile": { "manager": "Bo", "badge": 7 } },
    ]);
    let desk = Fake::with_scopes(&["okta.users.read"]).on("/api/v1/users", users);
    let value = answer("get_user_profile_attributes", json!({}), &desk).value;
    assert_eq!(value["complete"], false);
    assert_eq!(
        value["attributes"],
        json!([
            { "name": "login", "type": "string" },
            { "name": "manager", "type": "string" },
            { "name": "badge", "type": "number" },
        ])
    );
    assert!(!value.to_string().contains("ana@acme.test"));
}

#[test]
fn an_export_writes_every_page() {
    let desk = Fake::new()
        .reply("/api/v1/users?search=a&limit=200", page(json!([user("ACTIVE")]), "c1"))
        .on("/api/v1/users?after=c1", json!([{ "id": "00u2", "profile": { "login": "=1+1" } }]));
    let args = json!({ "search": "a", "q": "", "fields": "id,profile.login,profile.nicknames" });
    let value = answer("export_users_csv", args, &desk).value;
    assert_eq!((&value["total_users"], &value["complete"]), (&json!(2), &json!(true)));
    assert_eq!(value["output_path"], "exports/okta-users.csv");
    let file = desk.file.lock().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&file.rows),
        "id,profile.login,profile.nicknames\n00u1,ana@acme.test,a\n00u2,'=1+1,\n"
    );
    assert!(file.finished);
    drop(file);
    assert_eq!(desk.told(), ["1 users written"]);
    assert!(!value.to_string().contains("ana@acme.test"), "the answer holds no content");
}

#[test]
fn an_export_that_breaks_off_goes_on() {
    let args = json!({ "output_path": "u.csv", "fields": "id" });
    let desk = Fake::new()
        .reply("/api/v1/users?limit=200", page(json!([{ "id": "00u1" }]), "c1"))
        .reply("/api/v1/users?after=c1", okta_error(ErrorKind::Network, 0, "x"))
        .on("/api/v1/users?limit=200&after=c1", json!([{ "id": "00u2" }]));
    let Failure::Okta(error) = failure("export_users_csv", args.clone(), &desk) else { panic!() };
    assert!(error.message.contains("1 users are in"), "{}", error.message);

    let other = json!({ "output_path": "u.csv", "fields": "id,status", "resume": true });
    assert!(matches!(failure("export_users_csv", other, &desk), Failure::Arguments(_)));
    let again = json!({ "output_path": "u.csv", "fields": "id", "resume": true });
    let value = answer("export_users_csv", again, &desk).value;
    assert_eq!(value["total_users"], 2);
    assert_eq!(String::from_utf8_lossy(&desk.file.lock().unwrap().rows), "id\n00u1\n00u2\n");

    let nameless = json!({ "resume": true });
    assert!(matches!(failure("export_users_csv", nameless, &desk), Failure::Arguments(_)));
}

#[test]
fn a_users_groups_are_one_list() {
    let desk = Fake::new().on("/api/v1/users/00u1/groups", json!([{ "id": "00g1" }]));
    let value = answer("list_user_groups", json!({ "user_id": "00u1" }), &desk).value;
    assert_eq!(value["total_fetched"], 1);
    assert_eq!(value["has_more"], false);
}

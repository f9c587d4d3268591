//! What is a person's own.

use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page};

const LINKS: &str = "/api/v1/users/me/appLinks";

fn link(label: &str, name: &str, place: &Value) -> Value {
    json!({
        "id": "00u1", "label": label, "linkUrl": format!("https://acme.test/{name}"),
        "logoUrl": "https://acme.test/logo.png", "appName": name, "sortOrder": place, "new": 1.50,
    })
}

fn desk() -> Fake {
    Fake::new().on(
        LINKS,
        json!([
            link("Zoom", "zoomus", &json!(2)),
            link("Payroll", "payroll", &Value::Null),
            link("Google Mail", "google", &json!(0)),
            link("Google Drive", "google", &json!(1)),
        ]),
    )
}

#[test]
fn the_profile_goes_through_as_okta_has_it() {
    let user = json!({
        "id": "00u1", "status": "ACTIVE",
        "profile": { "department": "Legal", "title": null, "manager": "Eda", "nickNames": [] },
    });
    let desk = Fake::new().on("/api/v1/users/me", user.clone());
    let whole = answer("get_my_user_profile", json!({}), &desk);
    assert_eq!((whole.value, whole.rows), (user, 1));
    let part = answer("get_my_user_profile", json!({ "fields": "profile.manager, status" }), &desk);
    assert_eq!(part.value, json!({ "status": "ACTIVE", "profile": { "manager": "Eda" } }));
    failure("get_my_user_profile", json!({ "user_id": "00u2" }), &desk);
}

#[test]
fn applications_come_as_on_the_dashboard() {
    let all = answer("list_assigned_applications", json!({ "fields": "label" }), &desk());
    let labels = ["Google Mail", "Google Drive", "Zoom", "Payroll"];
    let items: Vec<Value> = labels.iter().map(|label| json!({ "label": label })).collect();
    assert_eq!(
        all.value,
        json!({ "items": items, "total_fetched": 4, "has_more": false, "next_cursor": null })
    );
    assert_eq!(all.rows, 4);
    let whole = answer("list_assigned_applications", json!({}), &desk()).value;
    assert_eq!(whole["items"][2], link("Zoom", "zoomus", &json!(2)), "nothing is left out");
    let none = Fake::new().on(LINKS, json!([]));
    assert_eq!(answer("list_assigned_applications", json!({}), &none).value["total_fetched"], 0);
}

#[test]
fn a_list_of_several_pages_is_sorted_as_a_whole() {
    let desk = Fake::new()
        .reply(LINKS, page(json!([link("Later", "b", &json!(7))]), "c1"))
        .on(&format!("{LINKS}?after=c1"), json!([link("First", "a", &json!(0.5))]));
    let all = answer("list_assigned_applications", json!({ "fields": "label" }), &desk).value;
    assert_eq!(all["items"], json!([{ "label": "First" }, { "label": "Later" }]));
}

#[test]
fn one_application_that_fits_is_the_answer() {
    for name in ["Zoom", "zOOm ", "zooom", "Zo om", "zoomus"] {
        let found = answer("get_application_sso_link", json!({ "name": name }), &desk());
        assert_eq!(found.value, link("Zoom", "zoomus", &json!(2)), "{name}");
        assert_eq!(found.rows, 1);
    }
    let args = json!({ "name": "payrol", "fields": "linkUrl" });
    let found = answer("get_application_sso_link", args, &desk()).value;
    assert_eq!(found, json!({ "linkUrl": "https://acme.test/payroll" }));
}

#[test]
fn several_that_fit_are_asked_back() {
    let args = json!({ "name": "gogle", "fields": "label,linkUrl" });
    let found = answer("get_application_sso_link", args, &desk());
    assert_eq!(
        found.value,
        json!({
            "message": "\"gogle\" may be 2 applications: which one is meant?",
            "candidates": [
                { "label": "Google Mail", "linkUrl": "https://acme.test/google" },
                { "label": "Google Drive", "linkUrl": "https://acme.test/google" },
            ],
        })
    );
    assert_eq!(found.rows, 2);
}

#[test]
fn where_none_fits_the_nearest_are_named_without_their_links() {
    let found = answer("get_application_sso_link", json!({ "name": "Zoom Phone" }), &desk());
    assert_eq!(
        found.value,
        json!({
            "message": "no application on the dashboard is called \"Zoom Phone\"",
            "nearest": ["Zoom"],
        })
    );
    assert_eq!(found.rows, 0);
    let none = Fake::new().on(LINKS, json!([]));
    let found = answer("get_application_sso_link", json!({ "name": "Zoom" }), &none).value;
    assert_eq!(found["nearest"], json!([]));
}

#[test]
fn an_error_is_no_empty_dashboard() {
    let refused = okta_error(ErrorKind::MissingScope, 403, "E0000006");
    let desk = Fake::new().reply(LINKS, refused);
    failure("list_assigned_applications", json!({}), &desk);
    failure("get_application_sso_link", json!({ "name": "Zoom" }), &desk);
    failure("get_application_sso_link", json!({ "name": " " }), &Fake::new());
    failure("get_application_sso_link", json!({}), &Fake::new());
    let desk = Fake::new()
        .reply(LINKS, page(json!([link("Zoom", "zoomus", &json!(1))]), "c1"))
        .reply(&format!("{LINKS}?after=c1"), okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    failure("get_application_sso_link", json!({ "name": "Zoom" }), &desk);
}

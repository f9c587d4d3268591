//! Lists: pages, budgets, projections.

use jiff::SignedDuration;
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page};

fn items(from: usize, count: usize) -> Value {
    (from..from + count).map(|at| json!({ "id": at.to_string() })).collect()
}

#[test]
fn one_page_has_a_cursor() {
    let desk = Fake::new().reply("/api/v1/users", page(items(0, 2), "c1"));
    let value = answer("list_users", json!({ "limit": 2 }), &desk).value;
    assert_eq!(
        value,
        json!({ "items": items(0, 2), "total_fetched": 2, "has_more": true, "next_cursor": "c1" })
    );
}

#[test]
fn an_empty_list_is_an_answer() {
    let desk = Fake::new().on("/api/v1/users", json!([]));
    let value = answer("list_users", json!({}), &desk).value;
    assert_eq!(
        value,
        json!({ "items": [], "total_fetched": 0, "has_more": false, "next_cursor": null })
    );
}

#[test]
fn all_pages_are_fetched_with_progress() {
    let desk = Fake::new()
        .reply("/api/v1/users?search=x", page(items(0, 2), "c1"))
        .reply("/api/v1/users?after=c1", page(items(2, 2), "c2"))
        .on("/api/v1/users?after=c2", items(4, 1));
    let value = answer("list_users", json!({ "search": "x", "fetch_all": "TRUE" }), &desk).value;
    assert_eq!(value["items"], items(0, 5));
    assert_eq!((&value["complete"], &value["has_more"]), (&json!(true), &json!(false)));
    assert_eq!(desk.told(), ["2 fetched", "4 fetched"]);
}

#[test]
fn an_empty_page_in_the_middle_is_not_the_end() {
    let desk = Fake::new()
        .reply("/api/v1/apps", page(items(0, 1), "c1"))
        .reply("/api/v1/apps?after=c1", page(json!([]), "c2"))
        .on("/api/v1/apps?after=c2", items(1, 1));
    let value = answer("list_applications", json!({ "fetch_all": true }), &desk).value;
    assert_eq!(value["items"], items(0, 2));
    assert_eq!(value["complete"], true);
}

#[test]
fn bytes_have_a_budget() {
    let big: Vec<Value> =
        (0..3).map(|at| json!({ "id": at, "text": "x".repeat(400_000) })).collect();
    let desk = Fake::new().reply("/api/v1/users", page(json!(big), "c1"));
    let value = answer("list_users", json!({ "fetch_all": true }), &desk).value;
    assert_eq!((&value["complete"], &value["next_cursor"]), (&json!(false), &json!("c1")));
    assert!(value["notes"][0].as_str().unwrap().contains("byte budget"), "{}", value["notes"]);
    assert_eq!(desk.asked().len(), 1);
    let desk = Fake::new()
        .reply("/api/v1/users", page(json!(big), "c1"))
        .on("/api/v1/users?after=c1", json!([]));
    let value = answer("list_users", json!({ "fetch_all": true, "fields": "id" }), &desk).value;
    assert_eq!(value["complete"], true, "what is not asked for costs nothing");
}

#[test]
fn time_has_a_budget() {
    let desk = Fake::new()
        .tick(SignedDuration::from_secs(40))
        .reply("/api/v1/users", page(items(0, 1), "c1"))
        .reply("/api/v1/users?after=c1", page(items(1, 1), "c2"));
    let value = answer("list_users", json!({ "fetch_all": true }), &desk).value;
    assert_eq!((&value["complete"], &value["next_cursor"]), (&json!(false), &json!("c2")));
    assert!(value["notes"][0].as_str().unwrap().contains("time"), "{}", value["notes"]);
}

#[test]
fn a_circle_ends() {
    let desk = Fake::new()
        .reply("/api/v1/users", page(items(0, 1), "c1"))
        .reply("/api/v1/users?after=c1", page(items(1, 1), "c2"))
        .reply("/api/v1/users?after=c2", page(items(2, 1), "c1"));
    let value = answer("list_users", json!({ "fetch_all": true }), &desk).value;
    assert_eq!(value["items"], items(0, 3));
    assert_eq!(value["complete"], false);
    assert!(value["error"]["message"].as_str().unwrap().contains("twice"), "{value}");
    assert_eq!(desk.asked().len(), 3);
}

#[test]
fn a_page_that_names_itself_ends() {
    let desk = Fake::new().reply("/api/v1/users", page(items(0, 1), "c1"));
    let value = answer("list_users", json!({ "after": "c1" }), &desk).value;
    assert_eq!(value["complete"], false);
    assert!(value["error"].is_object(), "{value}");
}

#[test]
fn an_error_on_the_way_keeps_what_was_fetched() {
    let limited = okta_error(ErrorKind::RateLimited { until: None }, 429, "E0000047");
    let desk = Fake::new()
        .reply("/api/v1/users", page(items(0, 2), "c1"))
        .reply("/api/v1/users?after=c1", limited);
    let answer = answer("list_users", json!({ "fetch_all": true }), &desk);
    assert_eq!(answer.rows, 2);
    let value = answer.value;
    assert_eq!(value["items"], items(0, 2));
    assert_eq!(
        (&value["complete"], &value["has_more"], &value["next_cursor"]),
        (&json!(false), &json!(true), &json!("c1"))
    );
    assert_eq!(
        value["error"],
        json!({
            "message": "Okta refused (E0000047)", "code": "E0000047", "request_id": "req-bad",
        })
    );
}

#[test]
fn an_error_on_the_first_page_is_an_error() {
    let desk =
        Fake::new().reply("/api/v1/users", okta_error(ErrorKind::MissingRole, 403, "E0000006"));
    failure("list_users", json!({}), &desk);
    let desk = Fake::new().on("/api/v1/users", json!({ "no": "list" }));
    failure("list_users", json!({ "fetch_all": true }), &desk);
}

#[test]
fn a_limit_is_clamped_and_said() {
    let desk = Fake::new().on("/api/v1/users", json!([]));
    let value = answer("list_users", json!({ "limit": 5000 }), &desk).value;
    assert_eq!(value["notes"], json!(["limit 5000 is more than Okta allows: 200 was asked for."]));
    answer("list_users", json!({ "limit": "99999999999" }), &desk);
    answer("list_users", json!({ "limit": "7" }), &desk);
    assert_eq!(
        desk.asked(),
        ["/api/v1/users?limit=200", "/api/v1/users?limit=200", "/api/v1/users?limit=7"]
    );
}

#[test]
fn fields_are_projected() {
    let user = json!({
        "id": "1", "status": "NEW_ONE",
        "profile": { "login": "a", "email": "b", "managers": [{ "id": "m", "x": 1 }] },
        "_links": { "self": { "href": "h" } },
    });
    let desk = Fake::new().on("/api/v1/users", json!([user])).on("/api/v1/users/1", user.clone());
    let args = json!({ "fields": "id, profile.login,profile.managers.id,nothing" });
    let value = answer("list_users", args, &desk);
    assert_eq!(
        value.value["items"],
        json!([{ "id": "1", "profile": { "login": "a", "managers": [{ "id": "m" }] } }])
    );
    assert_eq!(value.value["notes"], json!(["No item has the field nothing."]));
    assert!(!value.links);

    let linked = answer("list_users", json!({ "fields": ["id", "_links.self"] }), &desk);
    assert!(linked.links, "asked for by name");
    assert_eq!(
        linked.value["items"],
        json!([{ "id": "1", "_links": { "self": { "href": "h" } } }])
    );
    let one = answer("get_user", json!({ "user_id": "1", "fields": "status" }), &desk);
    assert_eq!(one.value, json!({ "status": "NEW_ONE" }));
    let whole = answer("get_user", json!({ "user_id": "1" }), &desk);
    assert_eq!(whole.value, user);
}

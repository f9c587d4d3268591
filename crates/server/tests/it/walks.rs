//! Lists of many pages: nothing is lost, and what is missing is told.

use std::collections::BTreeSet;

use okta_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::client::{Era, OrgBox};

fn ids(list: &Value) -> BTreeSet<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn all_pages_arrive_and_progress_is_told() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    let arguments = json!({ "fetch_all": true, "limit": 20, "fields": "id" });
    let all = client.done("list_users", arguments).await;
    assert_eq!(all["complete"], true, "{all}");
    assert_eq!(all["has_more"], false);
    assert_eq!(all["next_cursor"], Value::Null);
    assert_eq!(ids(&all).len() as u64, all["total_fetched"].as_u64().unwrap());
    let told: Vec<f64> = client
        .aside
        .iter()
        .filter(|message| message["method"] == "notifications/progress")
        .map(|message| message["params"]["progress"].as_f64().unwrap())
        .collect();
    assert!(told.len() > 5 && told.is_sorted(), "{told:?}");
}

#[tokio::test]
async fn a_list_that_breaks_off_keeps_what_it_has_and_goes_on() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    let whole = client.done("list_users", json!({ "fetch_all": true, "fields": "id" })).await;
    let mut environment = sandbox.environment();
    environment.insert("OKTA_MCP_READ_ATTEMPTS", "1".to_owned());
    let mut client = sandbox.connect_with(&environment, Era::Modern, json!({})).await;
    // The first page is asked for by itself, so that the fault meets the second.
    let first = client.done("list_users", json!({ "limit": 50, "fields": "id" })).await;
    let after = first["next_cursor"].clone();
    let broken = |kind| Fault { kind, method: None, path: "/api/v1/users".to_owned(), times: 1 };
    sandbox.org.inject(broken(FaultKind::Slow(0)));
    sandbox.org.inject(broken(FaultKind::Cut));
    let arguments = json!({ "fetch_all": true, "limit": 50, "fields": "id", "after": after });
    let part = client.done("list_users", arguments).await;
    assert_eq!(part["complete"], false, "{part}");
    assert_eq!(part["has_more"], true);
    assert!(part["error"]["message"].is_string(), "{part}");
    let rest = json!({
        "fetch_all": true, "limit": 50, "fields": "id", "after": part["next_cursor"],
    });
    let rest = client.done("list_users", rest).await;
    assert_eq!(rest["complete"], true, "{rest}");
    let mut together = ids(&first);
    together.extend(ids(&part));
    together.extend(ids(&rest));
    assert_eq!(together, ids(&whole));
}

#[tokio::test]
async fn polling_the_log_ends_on_an_empty_page_with_a_cursor_to_go_on() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    let arguments = json!({ "fetch_all": true, "limit": 1000, "fields": "uuid" });
    let polled = client.done("get_logs", arguments).await;
    assert_eq!(polled["complete"], true);
    assert_eq!(polled["has_more"], false);
    let cursor = polled["next_cursor"].clone();
    assert!(cursor.is_string(), "{}", polled["next_cursor"]);
    client.done("create_group", json!({ "profile": { "name": "Polled" } })).await;
    let arguments = json!({ "fetch_all": true, "after": cursor, "fields": "eventType,target" });
    let later = client.done("get_logs", arguments).await;
    let kinds: Vec<&str> = later["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["eventType"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "group.lifecycle.create").count(),
        1,
        "{later}"
    );
}

//! What every client sees, in every protocol era.

use okta_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};

use crate::client::{ERAS, Era, OrgBox, text};

fn names(list: &Value) -> Vec<String> {
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_era_lists_the_same_tools_and_calls_them() {
    let sandbox = OrgBox::new().await;
    let mut lists = Vec::new();
    for era in ERAS {
        let mut client = sandbox.connect(*era, json!({})).await;
        let list = client.request("tools/list", json!({})).await;
        lists.push(list["result"]["tools"].clone());
        let users = client.done("list_users", json!({ "limit": 3 })).await;
        assert_eq!(users["total_fetched"], 3, "{era:?}");
        assert_eq!(users["has_more"], true, "{era:?}");
        client.close().await;
    }
    assert!(lists.iter().all(|list| *list == lists[0]));
    for tool in lists[0].as_array().unwrap() {
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{tool}");
        }
        assert!(tool["description"].as_str().is_some_and(|text| !text.is_empty()), "{tool}");
    }
}

#[tokio::test]
async fn a_modern_client_discovers_without_a_handshake() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    let found = client.request("server/discover", json!({})).await;
    let versions = found["result"]["supportedVersions"].as_array().unwrap();
    for version in ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"] {
        assert!(versions.contains(&json!(version)), "{found}");
    }
    let list = client.request("tools/list", json!({})).await;
    assert_eq!(list["result"]["cacheScope"], "private");
    assert!(list["result"]["ttlMs"].as_u64().is_some());
    let about = &list["result"]["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(about["name"], "okta-mcp");
}

/// How many tools are there for a service app.
fn of_an_app() -> usize {
    okta_catalog::tools().filter(|tool| !tool.needs_person()).count()
}

#[tokio::test]
async fn the_list_has_one_order_and_one_page() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    let first = client.request("tools/list", json!({})).await;
    client.done("list_groups", json!({ "limit": 1 })).await;
    let second = client.request("tools/list", json!({})).await;
    assert_eq!(first["result"]["tools"], second["result"]["tools"]);
    assert!(first["result"].get("nextCursor").is_none());
    assert_eq!(names(&first).len(), of_an_app());
}

#[tokio::test]
async fn only_a_name_that_does_not_exist_is_a_protocol_error() {
    let sandbox = OrgBox::new().await;
    let mut environment = sandbox.environment();
    environment.insert("OKTA_SCOPES", "okta.groups.read,okta.logs.read".to_owned());
    for era in ERAS {
        let mut client = sandbox.connect_with(&environment, *era, json!({})).await;
        assert_eq!(client.call("no_such_tool", json!({})).await["error"]["code"], -32602);
        // Known, and not granted: the model is told which scope is missing.
        let refused = client.call("get_user", json!({ "user_id": "a" })).await;
        assert_eq!(refused["result"]["isError"], true, "{refused}");
        let told = text(&refused);
        assert_eq!(told["error"]["kind"], "missing_scope");
        assert!(told["error"]["message"].as_str().unwrap().contains("okta.users.read"));
        for arguments in [json!({}), json!({ "group_id": 5 }), json!({ "group_id": "a", "x": 1 })] {
            let refused = client.call("get_group", arguments).await;
            assert_eq!(refused["result"]["isError"], true, "{refused}");
            assert_eq!(text(&refused)["error"]["kind"], "bad_argument");
        }
        let missing = client.call("get_group", json!({ "group_id": "00gnobody" })).await;
        assert_eq!(missing["result"]["isError"], true);
        let told = text(&missing);
        assert_eq!(told["error"]["kind"], "not_found");
        assert_eq!(told["error"]["okta"]["code"], "E0000007");
        assert!(told["error"]["okta"]["request_id"].is_string());
    }
}

#[tokio::test]
async fn what_is_not_offered_is_not_there() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    for method in ["prompts/list", "resources/list", "resources/templates/list"] {
        assert_eq!(client.request(method, json!({})).await["error"]["code"], -32601, "{method}");
    }
}

#[tokio::test]
async fn batches_and_endless_lines_get_one_clear_answer() {
    let sandbox = OrgBox::new().await;
    let mut client = sandbox.connect(Era::Modern, json!({})).await;
    client.request("server/discover", json!({})).await;
    client.send_text(r#" [{"jsonrpc":"2.0","id":1,"method":"ping"}]"#).await;
    let answer = client.receive().await;
    assert_eq!(answer["error"]["code"], -32600);
    assert!(answer["error"]["message"].as_str().unwrap().contains("batches"));
    let long = "x".repeat(16 * 1024 * 1024);
    client.send_text(&format!(r#"{{"jsonrpc":"2.0","id":2,"method":"{long}"}}"#)).await;
    let answer = client.receive().await;
    assert!(answer["error"]["message"].as_str().unwrap().contains("16 MiB"));
    for (line, code, id) in [
        ("{nonsense", -32700, Value::Null),
        (r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":7}"#, -32600, json!(7)),
        (r#"{"jsonrpc":"1.0","id":"a","method":"tools/list"}"#, -32600, json!("a")),
        (r#"{"hello":1}"#, -32600, Value::Null),
    ] {
        client.send_text(line).await;
        let answer = client.receive().await;
        assert_eq!(answer["error"]["code"], code, "{line}: {answer}");
        assert_eq!(answer["id"], id, "{line}: {answer}");
    }
    client.send_text("").await;
    let list = client.request("tools/list", json!({})).await;
    assert!(list["result"]["tools"].is_array());
}

#[tokio::test]
async fn without_okta_the_tools_are_listed_and_the_first_call_says_why() {
    let sandbox = OrgBox::new().await;
    let mut environment = sandbox.environment();
    // Nothing listens on the discard port of the loopback interface.
    environment.insert("OKTA_ORG_URL", "http://127.0.0.1:9".to_owned());
    for era in ERAS {
        let mut client = sandbox.connect_with(&environment, *era, json!({})).await;
        let list = client.request("tools/list", json!({})).await;
        assert_eq!(names(&list).len(), of_an_app());
        let failed = client.call("list_users", json!({})).await;
        assert_eq!(failed["result"]["isError"], true, "{failed}");
        assert_eq!(text(&failed)["error"]["kind"], "network", "{failed}");
    }
}

#[tokio::test]
async fn a_key_that_okta_does_not_know_is_told_by_the_first_call() {
    let sandbox = OrgBox::new().await;
    let mut environment = sandbox.environment();
    environment.insert("OKTA_KEY_ID", "another".to_owned());
    let mut client = sandbox.connect_with(&environment, Era::Modern, json!({})).await;
    let failed = client.call("list_users", json!({})).await;
    let told = text(&failed);
    assert_eq!(told["error"]["kind"], "sign_in", "{told}");
    assert_eq!(told["error"]["okta"]["code"], "invalid_client", "{told}");
}

#[tokio::test]
async fn an_error_of_okta_is_never_an_empty_list() {
    let sandbox = OrgBox::new().await;
    let mut environment = sandbox.environment();
    environment.insert("OKTA_MCP_READ_ATTEMPTS", "1".to_owned());
    let mut client = sandbox.connect_with(&environment, Era::Modern, json!({})).await;
    client.done("list_users", json!({ "limit": 1 })).await;
    let lists = [
        ("list_users", "/api/v1/users"),
        ("list_groups", "/api/v1/groups"),
        ("list_applications", "/api/v1/apps"),
        ("get_logs", "/api/v1/logs"),
        ("get_login_failures", "/api/v1/logs"),
    ];
    let faults = [
        FaultKind::TooMany(60),
        FaultKind::Status(500),
        FaultKind::Status(503),
        FaultKind::Garbage,
        FaultKind::Cut,
        FaultKind::Reset,
    ];
    for (tool, path) in lists {
        for kind in faults {
            sandbox.org.inject(Fault { kind, method: None, path: path.to_owned(), times: 1 });
            let failed = client.call(tool, json!({})).await;
            assert_eq!(failed["result"]["isError"], true, "{tool} {kind:?}: {failed}");
        }
    }
}

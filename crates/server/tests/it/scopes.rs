//! What is listed follows what Okta granted, and the client is told when that differs.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::oneshot,
};

use crate::client::{Client, Era, OrgBox};

/// An authorization server that waits for `go`, then grants one scope whatever was asked.
async fn grants(scope: &'static str, go: oneshot::Receiver<()>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 16 * 1024];
        let _ = stream.read(&mut request).await.unwrap();
        go.await.unwrap();
        let body = json!({
            "token_type": "Bearer", "expires_in": 3600, "access_token": "t", "scope": scope,
        });
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        // The connection stays open until the test has ended.
        std::future::pending::<()>().await;
    });
    origin
}

async fn listed(client: &mut Client) -> Vec<String> {
    let list = client.request("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

async fn until(client: &mut Client, method: &str) -> Value {
    loop {
        let message = client.receive().await;
        if message["method"] == method {
            return message;
        }
    }
}

#[tokio::test]
async fn the_list_follows_the_granted_scopes_in_both_eras() {
    for era in [Era::Modern, Era::Legacy("2025-11-25")] {
        let sandbox = OrgBox::new().await;
        let (go, granted) = oneshot::channel();
        let mut environment = sandbox.environment();
        environment.insert("OKTA_ORG_URL", grants("okta.groups.read", granted).await);
        environment.insert("OKTA_SCOPES", "okta.users.manage okta.groups.read".to_owned());
        let mut client = sandbox.connect_with(&environment, era, json!({})).await;
        let before = listed(&mut client).await;
        assert!(before.contains(&"deactivate_user".to_owned()), "{before:?}");
        if era == Era::Modern {
            let wanted = json!({ "notifications": { "toolsListChanged": true } });
            client.start("subscriptions/listen", wanted).await;
            until(&mut client, "notifications/subscriptions/acknowledged").await;
        }
        go.send(()).unwrap();
        until(&mut client, "notifications/tools/list_changed").await;
        let after = listed(&mut client).await;
        assert!(after.contains(&"list_groups".to_owned()), "{after:?}");
        assert!(!after.iter().any(|name| name.contains("user_profile") || name == "get_user"));
        let status = client.done("get_scope_status", json!({})).await;
        assert_eq!(status["granted_scopes"], json!(["okta.groups.read"]));
        assert_eq!(status["not_granted"], json!(["okta.users.manage"]));
        assert_eq!(status["disabled_tools"]["get_user"], "okta.users.read");
    }
}

//! Groups.

use serde_json::json;

use crate::support::Sandbox;

#[tokio::test]
async fn a_group_lives_and_dies() {
    let sandbox = Sandbox::new();
    let made =
        sandbox.post("/api/v1/groups", json!({ "profile": { "name": "Night shift" } })).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let path = format!("/api/v1/groups/{}", made.body["id"].as_str().unwrap());
    assert_eq!(sandbox.get(&path).await.body, made.body);
    let changed = json!({ "profile": { "name": "Day shift", "description": "Days" } });
    assert_eq!(sandbox.put(&path, changed).await.body["profile"]["name"], "Day shift");
    assert_eq!(sandbox.delete(&path).await.status, 204);
    let gone = sandbox.get(&path).await;
    assert_eq!((gone.status.as_u16(), gone.code()), (404, "E0000007"));
}

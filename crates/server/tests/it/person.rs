//! What Okta does for the person who is signed in.

use serde_json::json;

use crate::client::{Era, OrgBox, text};

const TOOLS: [&str; 2] = ["get_email_default_content_preview", "send_test_email"];

#[tokio::test]
async fn a_service_app_is_told_that_it_is_no_person() {
    let sandbox = OrgBox::new().await;
    let mut app = sandbox.connect(Era::Modern, json!({})).await;
    let mut admin =
        sandbox.connect_with(&sandbox.admin_environment(), Era::Modern, json!({})).await;
    let brands = app.done("list_brands", json!({})).await;
    let of = |template| json!({ "brand_id": brands["items"][0]["id"], "template_name": template });
    for tool in TOOLS {
        let refused = app.call(tool, of("UserActivation")).await;
        assert_eq!(refused["result"]["isError"], true, "{tool}: {refused}");
        let error = &text(&refused)["error"];
        assert_eq!((&error["kind"], &error["okta"]["status"]), (&json!("no_person"), &json!(404)));
        let message = error["message"].as_str().unwrap();
        assert!(message.ends_with("a service app is no user"), "{message}");
        let next = error["next"].as_str().unwrap();
        assert!(next.contains("admin's API token (OKTA_API_TOKEN)"), "{next}");
        admin.done(tool, of("UserActivation")).await;

        // What else is not there is not found.
        let missing = text(&app.call(tool, of("Nonsense")).await);
        assert_eq!(missing["error"]["kind"], "not_found", "{missing}");
    }
    // A user by that id is what was asked for.
    let id = sandbox.org.service_app().client_id;
    let missing = text(&app.call("get_user", json!({ "user_id": id })).await);
    assert_eq!(missing["error"]["kind"], "not_found", "{missing}");
}

//! Who decides, and what is known of it afterwards.

use okta_client::Clock as _;
use serde_json::{Value, json};

use super::{Scene, TWO_FACTORS};
use crate::client::text;

#[tokio::test]
async fn whoever_signs_in_approves_and_stands_on_every_row() {
    let mut scene = Scene::with("", &[("OKTA_MCP_APPROVER_ACR", TWO_FACTORS)]).await;
    let waiting = scene.asked().await;
    assert_eq!(waiting.told["level"], "person", "{}", waiting.told);
    let page = scene.browser().open(&waiting.link).await;
    page.says(200, "Sign in and approve");
    assert!(!page.text.contains("passphrase"), "it does not do here: {}", page.text);

    let admin = scene.admin();
    let shown = scene.decide(&waiting, "approve", &admin).await;
    shown.says(200, "<h1>Approved</h1>");
    shown.says(200, &format!("Decided by {admin}."));
    let status = scene.status(&waiting).await;
    assert_eq!((&status["status"], &status["level"]), (&json!("approved"), &json!("person")));
    assert_eq!(status["approver"], admin.as_str());
    assert!(scene.is_there(&waiting).await, "approving does nothing by itself");
    let decision = scene.approval(&waiting).await.decided.unwrap();
    let approver = decision.approver.unwrap();
    assert_eq!(approver.acr.as_deref(), Some(TWO_FACTORS));
    assert_eq!(approver.amr, ["mfa", "otp", "pwd"]);
    assert_eq!(approver.signed_in, scene.org.clock.now());

    scene.delete(&waiting.group).await;
    assert!(!scene.is_there(&waiting).await);
    let decided = scene.about("approval.decided", &waiting);
    assert_eq!(decided.len(), 1, "{decided:?}");
    for (name, value) in [
        ("result", json!("approved")),
        ("level", json!("person")),
        ("by", json!("page")),
        ("approver", json!(admin)),
        ("approver_id", json!(approver.id)),
        ("acr", json!(TWO_FACTORS)),
        ("amr", json!(["mfa", "otp", "pwd"])),
    ] {
        assert_eq!(decided[0][name], value, "{name}: {decided:?}");
    }
    let intent = scene.about("intent", &waiting);
    assert_eq!(intent[0]["confirmed"], "person", "{intent:?}");
    assert_eq!(intent[0]["approver"], admin.as_str(), "{intent:?}");
    let trail = scene.rows().iter().map(Value::to_string).collect::<String>();
    for secret in ["id_token", "access_token", "eyJ", "code="] {
        assert!(!trail.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn whoever_signs_in_declines() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let employee = scene.employee();
    scene.decide(&waiting, "decline", &employee).await.says(200, "<h1>Declined</h1>");
    assert_eq!(scene.status(&waiting).await["approver"], employee.as_str());
    let answer = scene.delete(&waiting.group).await;
    assert_eq!(text(&answer)["error"]["kind"], "not_confirmed", "{answer}");
    assert!(scene.is_there(&waiting).await);
}

#[tokio::test]
async fn who_is_signed_in_at_okta_already_signs_in_once_more() {
    let mut scene = Scene::new("").await;
    let mut browser = scene.browser();
    for _ in 0..2 {
        let waiting = scene.asked().await;
        browser.open(&waiting.link).await;
        let okta = browser.press("approve").await.leads_to();
        // It asserts that the password is asked for.
        let landing = browser.sign_in(&okta, &scene.admin()).await;
        let back = browser.land(&landing).await.leads_to();
        browser.open(&back).await.says(200, "<h1>Approved</h1>");
    }
}

const SECURITY: &str = "[[profiles.default.rules]]\ntools = ['delete_*']\ndecision = 'confirm'\n\
                        level = 'person'\napprovers = ['nobody@*', '{}']\n";

#[tokio::test]
async fn only_whom_the_rule_names_decides() {
    let org = crate::client::OrgBox::patient().await;
    let admin = org.org.sign_in().super_admin;
    let mut scene = Scene::new(&SECURITY.replace("{}", &admin)).await;
    let waiting = scene.asked().await;
    assert_eq!(waiting.told["approvers"], format!("a person, one of nobody@*, {admin}"));
    let employee = scene.employee();
    for decision in ["approve", "decline"] {
        let shown = scene.decide(&waiting, decision, &employee).await;
        shown.says(403, &format!("You signed in as {employee}: the policy lets only"));
        shown.says(403, "Sign in and approve");
    }
    assert!(scene.is_pending(&waiting).await);
    let refused = scene.about("approval.refused", &waiting);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(refused[0]["approver"], employee.as_str(), "{refused:?}");
    assert!(scene.about("approval.decided", &waiting).is_empty());
    scene.decide(&waiting, "approve", &admin).await.says(200, "<h1>Approved</h1>");
}

const FOUR_EYES: &str = "[[profiles.default.rules]]\ntools = ['delete_*']\ndecision = 'confirm'\n\
                         level = 'person'\nanother_person = true\n";

#[tokio::test]
async fn with_four_eyes_another_person_than_asked_approves() {
    let scopes = "openid profile offline_access okta.groups.manage okta.users.read okta.apps.read";
    let org = crate::client::OrgBox::new().await.org.sign_in().native.client_id;
    let mut scene = Scene::with(
        FOUR_EYES,
        &[
            ("OKTA_PRIVATE_KEY", ""),
            ("OKTA_KEY_ID", ""),
            // The app that people sign in to anyway serves for approvals, too.
            ("OKTA_MCP_APPROVER_CLIENT_ID", ""),
            ("OKTA_CLIENT_ID", &org),
            ("OKTA_MCP_SIGN_IN", "browser"),
            ("OKTA_SCOPES", scopes),
        ],
    )
    .await;
    let (admin, employee) = (scene.admin(), scene.employee());
    let needed = scene.client.call("list_groups", json!({ "limit": 1 })).await;
    let url = text(&needed)["error"]["sign_in"]["url"].as_str().unwrap().to_owned();
    let mut browser = scene.browser();
    let landing = browser.sign_in(&url, &admin).await;
    browser.land(&landing).await.says(200, "You can close this page");

    let waiting = scene.asked().await;
    assert_eq!(waiting.told["approvers"], "another person than asked");
    let approval = scene.approval(&waiting).await;
    assert_eq!(approval.principal, admin);
    assert!(approval.asker.unwrap().starts_with("00u"));
    let shown = scene.decide(&waiting, "approve", &admin).await;
    shown.says(403, "the policy wants another person");
    assert!(scene.is_pending(&waiting).await);
    scene.decide(&waiting, "approve", &employee).await.says(200, "<h1>Approved</h1>");
    let rows = scene.rows();
    scene.delete(&waiting.group).await;
    assert!(!scene.is_there(&waiting).await);
    let intent = &scene.about("intent", &waiting)[0];
    assert_eq!(intent["approver"], employee.as_str(), "{intent}");
    let signed_in = rows.iter().filter(|row| row["kind"] == "sign_in").count();
    assert_eq!(signed_in, 1, "who approves is not signed in here: {rows:?}");

    // Whoever asked may say no.
    let next = scene.asked().await;
    scene.decide(&next, "decline", &admin).await.says(200, "<h1>Declined</h1>");
}

#[tokio::test]
async fn where_the_passphrase_suffices_both_ways_are_offered() {
    let rule = "[[profiles.default.rules]]\ntools = ['delete_*']\ndecision = 'confirm'\n\
                level = 'desktop'\n";
    let mut scene = Scene::new(rule).await;
    let waiting = scene.asked().await;
    assert_eq!(waiting.told["level"], "desktop");
    let page = scene.browser().open(&waiting.link).await;
    page.says(200, "Sign in and approve");
    assert!(!page.text.contains("name=\"passphrase\""), "none is set");

    let words = "four words of mine";
    let hash = okta_storage::hash_passphrase(words.to_owned().into(), [7; 16]).await.unwrap();
    assert!(scene.store().set_passphrase(&hash, None).await.unwrap());
    let mut browser = scene.browser();
    let page = browser.open(&waiting.link).await;
    page.says(200, "Sign in and approve");
    page.says(200, "Or with the passphrase");
    let token = browser.token.clone();
    let form = [("csrf", &*token), ("passphrase", "wrong"), ("decision", "approve")];
    browser.send(&form).await.says(403, "That is not the passphrase");
    let form = [("csrf", &*token), ("passphrase", words), ("decision", "approve")];
    browser.send(&form).await.says(200, "<h1>Approved</h1>");
    assert_eq!(scene.status(&waiting).await["level"], "desktop");
    scene.delete(&waiting.group).await;
    assert!(!scene.is_there(&waiting).await);

    let next = scene.asked().await;
    let admin = scene.admin();
    scene.decide(&next, "approve", &admin).await.says(200, "<h1>Approved</h1>");
    assert_eq!(scene.status(&next).await["level"], "person", "more than is asked for");
    scene.delete(&next.group).await;
    assert!(!scene.is_there(&next).await);
}

#[tokio::test]
async fn the_passphrase_is_not_enough_for_a_person() {
    let mut scene = Scene::new("").await;
    let words = "four words of mine";
    let hash = okta_storage::hash_passphrase(words.to_owned().into(), [7; 16]).await.unwrap();
    assert!(scene.store().set_passphrase(&hash, None).await.unwrap());
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    let page = browser.open(&waiting.link).await;
    assert!(!page.text.contains("name=\"passphrase\""), "{}", page.text);
    let token = browser.token.clone();
    let form = [("csrf", &*token), ("passphrase", words), ("decision", "approve")];
    browser.send(&form).await.says(200, "Sign in and approve");
    assert!(scene.is_pending(&waiting).await);
}

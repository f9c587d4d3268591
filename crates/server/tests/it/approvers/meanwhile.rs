//! What happens between the page and the way back.

use std::time::Duration;

use okta_client::Clock as _;
use serde_json::json;

use super::Scene;

#[tokio::test]
async fn too_late_is_no_yes() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    // Something else keeps the page open.
    scene.org.clock.forward(Duration::from_secs(200));
    let other = scene.asked().await;
    let back = browser.land(&landing).await.leads_to();
    scene.org.clock.forward(Duration::from_secs(100));
    browser.open(&back).await.says(410, "<h1>Too late</h1>");
    assert_eq!(scene.status(&waiting).await["status"], "expired");
    assert!(scene.about("approval.decided", &waiting).is_empty());
    assert!(scene.is_pending(&other).await);
}

#[tokio::test]
async fn what_was_decided_meanwhile_stays_so() {
    let mut scene = Scene::new("").await;
    let (waiting, _keeps) = (scene.asked().await, scene.asked().await);
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    let back = browser.land(&landing).await.leads_to();
    let (store, now) = (scene.store(), scene.org.clock.now());
    store.decide(&waiting.id, false, "person", "page", None, now).await.unwrap();
    browser.open(&back).await.says(409, "<h1>Declined</h1>");
    assert_eq!(scene.status(&waiting).await["status"], "declined");
    assert!(scene.is_there(&waiting).await);
}

#[tokio::test]
async fn what_changed_since_it_was_shown_is_asked_anew() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let admin = scene.admin();
    scene.decide(&waiting, "approve", &admin).await.says(200, "<h1>Approved</h1>");
    let people = scene.client.done("list_users", json!({ "limit": 1 })).await;
    let person = people["items"][0]["id"].clone();
    let url = format!("{}/api/v1/groups/{}/users/", scene.org.url(), waiting.group);
    let token = format!("SSWS {}", scene.org.org.api_token());
    let http = reqwest::Client::builder().build().unwrap();
    let url = format!("{url}{}", person.as_str().unwrap());
    let added = http.put(url).header("authorization", token).send().await.unwrap();
    assert!(added.status().is_success());
    let answer = scene.delete(&waiting.group).await;
    let told = &crate::client::text(&answer)["approval_required"];
    assert_ne!(told["approval_id"], waiting.id.as_str(), "{answer}");
    assert!(scene.is_there(&waiting).await);
}

#[tokio::test]
async fn who_is_denied_at_okta_is_told_why_and_tries_again() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    let okta = browser.press("approve").await.leads_to();
    let state = okta.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let redirect = scene.environment["OKTA_MCP_REDIRECT_URI"].clone();
    let denied = format!(
        "{redirect}?error=access_denied&error_description=User%20is%20not%20assigned&state={state}"
    );
    let back = browser.land(&denied).await.leads_to();
    let shown = browser.open(&back).await;
    shown.says(403, "the app is not assigned to whoever signed in");
    shown.says(403, "Sign in and approve");
    assert!(scene.is_pending(&waiting).await);
    // An older sign-in of the same browser is given up with the next.
    let old = browser.press("approve").await.leads_to();
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&old, &scene.admin()).await;
    browser.land(&landing).await.says(400, "not the sign-in");
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    let back = browser.land(&landing).await.leads_to();
    browser.open(&back).await.says(200, "<h1>Approved</h1>");
}

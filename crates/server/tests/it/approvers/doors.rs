//! Whoever knows a link, an address or half of a sign-in cannot decide.

use jiff::SignedDuration;
use okta_client::Clock as _;
use okta_storage::NewApproval;

use super::Scene;

#[tokio::test]
async fn a_sign_in_counts_in_the_browser_that_began_it() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    // Somebody begins, and has another person sign in who never saw the page.
    let mut begun = scene.browser();
    begun.open(&waiting.link).await;
    let okta = begun.press("approve").await.leads_to();
    let mut other = scene.browser();
    let landing = other.sign_in(&okta, &scene.admin()).await;
    let back = other.land(&landing).await.leads_to();
    // Without a cookie the browser comes once more, now from this page.
    let again = other.open(&back).await.leads_to();
    assert!(again.ends_with("&here=1"), "{again}");
    other.open(&again).await.says(403, "Another browser began this sign-in");
    assert!(scene.is_pending(&waiting).await);
    let refused = scene.about("approval.refused", &waiting);
    assert_eq!(refused[0]["why"], "another browser began the sign-in");
    // It was used by that: the one that began it cannot go on either.
    begun.open(&back).await.says(403, "This sign-in is over");
    assert!(scene.is_pending(&waiting).await);

    // A browser that has a page open, and so a cookie, is another one too.
    let mut third = scene.browser();
    third.open(&waiting.link).await;
    begun.open(&waiting.link).await;
    let okta = begun.press("approve").await.leads_to();
    let landing = third.sign_in(&okta, &scene.admin()).await;
    let back = third.land(&landing).await.leads_to();
    third.open(&back).await.says(403, "Another browser began this sign-in");
    assert!(scene.is_pending(&waiting).await);
}

#[tokio::test]
async fn what_okta_did_not_send_is_not_taken() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    let okta = browser.press("approve").await.leads_to();
    let redirect = scene.environment["OKTA_MCP_REDIRECT_URI"].clone();
    let state = okta.split("state=").nth(1).unwrap().split('&').next().unwrap().to_owned();

    for forged in ["?code=x&state=forged", "?code=x", "", "?error=access_denied&state=forged"] {
        browser.land(&format!("{redirect}{forged}")).await.says(400, "not the sign-in");
    }
    // Back without having been at Okta.
    let early = format!("{}/signed-in?state={state}", waiting.link);
    browser.open(&early).await.says(403, "This sign-in is over");
    for query in ["", "?state=", "?state=forged", "?state=a&more=b"] {
        let url = format!("{}/signed-in{query}", waiting.link);
        let shown = browser.open(&url).await;
        assert!([400, 403].contains(&shown.status), "{query}: {}", shown.text);
    }
    // The one that is under way goes on: with a code that Okta does not know it fails.
    let back = browser.land(&format!("{redirect}?code=forged&state={state}")).await.leads_to();
    browser.open(&back).await.says(403, "Okta refused the sign-in");
    assert!(scene.is_pending(&waiting).await);
    let refused = scene.about("approval.refused", &waiting);
    let last = refused.last().unwrap()["why"].as_str().unwrap();
    assert!(last.contains("invalid_grant") && !last.contains("forged"), "{last}");

    // And once more, as it should be.
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    let back = browser.land(&landing).await.leads_to();
    browser.open(&back).await.says(200, "<h1>Approved</h1>");
}

#[tokio::test]
async fn a_way_back_is_gone_once() {
    let mut scene = Scene::new("").await;
    let (first, second) = (scene.asked().await, scene.asked().await);
    let mut browser = scene.browser();
    browser.open(&first.link).await;
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    let back = browser.land(&landing).await.leads_to();
    // For the other approval it is no sign-in.
    let elsewhere = back.replace(&first.id, &second.id);
    browser.open(&elsewhere).await.says(403, "This sign-in is over");
    browser.open(&back).await.says(200, "<h1>Approved</h1>");
    browser.open(&back).await.says(409, "<h1>Approved</h1>");
    assert_eq!(scene.about("approval.decided", &first).len(), 1);
    assert!(scene.is_pending(&second).await);
}

#[tokio::test]
async fn a_form_from_elsewhere_begins_nothing() {
    let mut scene = Scene::new("").await;
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    let token = browser.token.clone();
    for form in [
        vec![("csrf", "forged"), ("decision", "approve")],
        vec![("csrf", ""), ("decision", "approve")],
        vec![("csrf", &*token), ("decision", "approve"), ("state", "x")],
        vec![("csrf", &*token)],
    ] {
        let shown = browser.send(&form).await;
        assert!([403, 422].contains(&shown.status), "{form:?}: {}", shown.text);
    }
    browser.visitor.origin_of_forms = Some("http://evil.example".to_owned());
    browser.press("approve").await.says(403, "not sent by the page itself");
    let callback = scene.environment["OKTA_MCP_REDIRECT_URI"].parse::<url::Url>().unwrap();
    let at = ("127.0.0.1", callback.port().unwrap());
    assert!(tokio::net::TcpStream::connect(at).await.is_err(), "nobody listens there");
}

#[tokio::test]
async fn approvals_of_another_org_or_profile_are_decided_there() {
    let mut scene = Scene::new("").await;
    let ours = scene.asked().await;
    let (now, own) = (scene.org.clock.now(), scene.approval(&ours).await);
    for (id, org, profile) in [
        ("other-org", "other.okta.com", own.profile.as_str()),
        ("other-profile", own.org.as_str(), "prod"),
    ] {
        let new = NewApproval {
            id: id.to_owned(),
            binding: id.to_owned(),
            tool: own.tool.clone(),
            effect: own.effect.clone(),
            level: "person".to_owned(),
            summary: own.summary.clone(),
            question: own.question.clone(),
            principal: own.principal.clone(),
            asker: None,
            approvers: None,
            org: org.to_owned(),
            profile: profile.to_owned(),
            client: own.client.clone(),
            call_id: own.call_id.clone(),
            sealed: Vec::new(),
            expires: now + SignedDuration::from_mins(5),
        };
        scene.store().open(new, now).await.unwrap();
        let mut browser = scene.browser();
        // A form of this page, with a token that is good: for ours.
        browser.open(&ours.link).await;
        let shown = browser.open(&ours.link.replace(&ours.id, id)).await;
        shown.says(200, "cannot be had on this page");
        assert!(!shown.text.contains("<form"), "{}", shown.text);
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_told() {
    let mut scene = Scene::new("").await;
    let callback = scene.environment["OKTA_MCP_REDIRECT_URI"].parse::<url::Url>().unwrap();
    let port = callback.port().unwrap();
    let taken = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let waiting = scene.asked().await;
    let mut browser = scene.browser();
    browser.open(&waiting.link).await;
    browser.press("approve").await.says(403, &format!("port {port} cannot be had"));
    assert!(scene.is_pending(&waiting).await);
    drop(taken);
    let okta = browser.press("approve").await.leads_to();
    let landing = browser.sign_in(&okta, &scene.admin()).await;
    let back = browser.land(&landing).await.leads_to();
    browser.open(&back).await.says(200, "<h1>Approved</h1>");
}

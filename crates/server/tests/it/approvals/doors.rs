//! Nothing but the page's own form in the person's browser decides.

use okta_storage::State;
use reqwest::{
    Method,
    header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN, SET_COOKIE},
};

use super::{Machine, PASSPHRASE, browser::Forged, decided};

#[tokio::test]
async fn the_form_decides_once() {
    let machine = Machine::new().await;
    let mut yes = machine.asked("a").await;
    let mut no = machine.asked("b").await;
    assert_eq!(yes.host, no.host);
    yes.open().await.says(200, "Delete the group Night shift?");
    no.cookie.clone_from(&yes.cookie);
    no.open().await;
    yes.approve().await.says(200, "<h1>Approved</h1>");
    assert_eq!(machine.state("a").await, State::Approved);
    assert_eq!(machine.state("b").await, State::Pending);
    let decision = machine.approvals.get("a").await.unwrap().unwrap().decided.unwrap();
    assert_eq!((decision.level.as_str(), decision.by.as_str()), ("desktop", "page"));
    no.press("decline", PASSPHRASE).await.says(200, "<h1>Declined</h1>");
    assert_eq!(machine.state("b").await, State::Declined);
    assert_eq!(machine.rows(), [decided("a", "approved"), decided("b", "declined")]);
}

#[tokio::test]
async fn what_was_decided_stays_so() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    let _open = machine.asked("b").await;
    browser.open().await;
    machine.store.decide("a", false, "desktop", "terminal", None, machine.now()).await.unwrap();
    browser.approve().await.says(409, "<h1>Declined</h1>");
    browser.open().await.says(200, "<h1>Declined</h1>");
    assert_eq!((machine.state("a").await, machine.rows()), (State::Declined, Vec::new()));
}

#[tokio::test]
async fn only_its_own_address_reaches_it() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let port = browser.host.split(':').nth(1).unwrap().to_owned();
    for host in [
        format!("localhost:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{port}.evil.example"),
        format!("evil.example:{port}"),
        format!("127.0.0.1.:{port}"),
        "127.0.0.1:1".to_owned(),
    ] {
        let read = browser.request(Method::GET).header(HOST, &host);
        browser.send(read).await.says(421, "another address");
        let forged = Forged {
            host: Some(host.clone()),
            origin: Some(format!("http://{host}")),
            ..Forged::default()
        };
        browser.forge(&forged, "approve", PASSPHRASE).await.says(421, "another address");
    }
    assert_eq!((machine.state("a").await, machine.rows()), (State::Pending, Vec::new()));
}

#[tokio::test]
async fn only_its_own_form_is_taken() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let port = browser.host.split(':').nth(1).unwrap().to_owned();
    for origin in [
        String::new(),
        "null".to_owned(),
        "http://127.0.0.1".to_owned(),
        "http://127.0.0.1:1".to_owned(),
        format!("https://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://127.0.0.1:{port}/"),
        "https://evil.example".to_owned(),
    ] {
        let forged = Forged { origin: Some(origin), ..Forged::default() };
        browser.forge(&forged, "approve", PASSPHRASE).await.says(403, "not sent by the page");
    }
    assert_eq!((machine.state("a").await, machine.rows()), (State::Pending, Vec::new()));
}

#[tokio::test]
async fn the_token_holds_for_one_session_and_one_approval() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let mut other = machine.asked("b").await;
    other.open().await;
    assert_ne!((&browser.cookie, &browser.token), (&other.cookie, &other.token));
    let mut same_session = machine.asked("b").await;
    same_session.cookie.clone_from(&browser.cookie);
    same_session.open().await;
    let forged = |cookie: Option<&str>, token: Option<&str>| Forged {
        cookie: cookie.map(str::to_owned),
        token: token.map(str::to_owned),
        ..Forged::default()
    };
    let cookie = browser.cookie.clone().unwrap();
    let (name, _) = cookie.split_once('=').unwrap();
    for forged in [
        forged(Some(""), None),
        forged(other.cookie.as_deref(), None),
        forged(Some(&format!("{name}=")), None),
        forged(Some(&cookie.replace("okta_mcp", "okta_mcq")), None),
        forged(None, Some("")),
        forged(None, Some(&other.token)),
        forged(None, Some(&same_session.token)),
        forged(None, Some(&browser.token[1..])),
    ] {
        let shown = browser.forge(&forged, "approve", PASSPHRASE).await;
        shown.says(403, "Open the link again");
    }
    assert_eq!((machine.state("a").await, machine.rows()), (State::Pending, Vec::new()));
    browser.approve().await.says(200, "Approved");
}

#[tokio::test]
async fn the_cookie_is_for_this_page_alone() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    let shown = browser.open().await;
    let cookie = shown.headers[SET_COOKIE].to_str().unwrap();
    let port = browser.host.split(':').nth(1).unwrap();
    assert!(cookie.starts_with(&format!("okta_mcp_{port}=")), "{cookie}");
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict"), "{cookie}");
    // A browser that has one keeps it, among others.
    let kept = format!("x=1; {}; y=2", browser.cookie.as_ref().unwrap());
    let again = browser.send(browser.request(Method::GET).header(COOKIE, kept)).await;
    assert!(!again.headers.contains_key(SET_COOKIE));
    assert!(again.html.contains(&browser.token));
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    let nowhere = format!("{}/else", browser.origin());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for shown in [
        browser.open().await,
        browser.press("approve", "wrong").await,
        browser.send(browser.request(Method::GET).header(HOST, "evil.example")).await,
        browser.send(browser.request(Method::PUT)).await,
        browser.send(http.get(nowhere)).await,
        browser.approve().await,
    ] {
        let mut told = String::new();
        for name in [
            "content-security-policy",
            "x-frame-options",
            "referrer-policy",
            "cache-control",
            "x-content-type-options",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy",
            "content-type",
        ] {
            assert_eq!(shown.headers.get_all(name).iter().count(), 1, "{name}");
            told = format!("{told}{name}: {}\n", shown.headers[name].to_str().unwrap());
        }
        insta::with_settings!({ filters => [("sha256-[A-Za-z0-9+/=]{44}", "[hash]")] }, {
            insta::assert_snapshot!("headers", told);
        });
        assert!(!shown.html.contains("<script"));
    }
}

#[tokio::test]
async fn what_cannot_be_read_decides_nothing() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let (token, cookie) = (browser.token.clone(), browser.cookie.clone().unwrap());
    let form = "application/x-www-form-urlencoded";
    let post = |body: &str, kind: &str| {
        browser
            .request(Method::POST)
            .header(ORIGIN, browser.origin())
            .header(COOKIE, &cookie)
            .header(CONTENT_TYPE, kind)
            .body(body.to_owned())
    };
    let good = format!("csrf={token}&passphrase={}", PASSPHRASE.replace(' ', "+"));
    for (body, status) in [
        (good.clone(), 422),
        (format!("{good}&decision=maybe"), 422),
        (format!("{good}&decision=decline&decision=approve"), 422),
        (format!("{good}&decision=approve&more=1"), 422),
        (format!("{good}&decision=approve&{}", "x".repeat(20_000)), 413),
    ] {
        browser.send(post(&body, form)).await.says(status, "cannot be read");
    }
    browser.send(post("{}", "application/json")).await.says(415, "cannot be read");
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let shown = browser.send(browser.request(method)).await;
        assert_eq!(shown.status.as_u16(), 405);
        assert_eq!(shown.headers["allow"], "GET, HEAD, POST");
    }
    assert_eq!((machine.state("a").await, machine.rows()), (State::Pending, Vec::new()));
    let whole = format!("{good}&decision=approve");
    browser.send(post(&whole, form)).await.says(200, "Approved");
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let link = browser.link.clone();
    for id in ["nobody", "a%00", "..%2f..%2fetc", "%3Cscript%3E", &"a".repeat(9_000)] {
        browser.link = link.replace("/approvals/a", &format!("/approvals/{id}"));
        let shown = browser.open().await;
        shown.says(404, "There is no such approval");
        assert!(!shown.html.contains("<script"));
    }
    for path in ["/", "/approvals", "/approvals/", "/approvals/a/b", "/favicon.ico"] {
        browser.link = format!("{}{path}", browser.origin());
        browser.open().await.says(404, "There is no such page");
    }
}

//! The page listens while something waits, and no longer.

use okta_mcp_server::approvals::PageError;
use okta_storage::State;

use super::{Machine, OPEN, PASSPHRASE};

#[tokio::test]
async fn it_closes_once_all_is_decided() {
    let machine = Machine::new().await;
    machine.page.closed().await;
    let mut first = machine.asked("a").await;
    let mut second = machine.asked("b").await;
    first.open().await;
    first.approve().await.says(200, "Approved");
    second.open().await.says(200, "Delete the group");
    second.press("decline", PASSPHRASE).await.says(200, "Declined");
    machine.page.closed().await;
    assert!(!second.reaches().await);
    // The next opens it again, and a form of the time before is nothing to it.
    let third = machine.asked("c").await;
    assert!(third.reaches().await);
    let old = super::browser::Forged {
        cookie: second.cookie.clone().map(|cookie| {
            let port = |browser: &super::Browser| browser.host.replace("127.0.0.1:", "okta_mcp_");
            cookie.replace(&port(&second), &port(&third))
        }),
        token: Some(second.token.clone()),
        ..Default::default()
    };
    third.forge(&old, "approve", PASSPHRASE).await.says(403, "Open the link again");
}

#[tokio::test]
async fn it_closes_when_time_is_up() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await.says(200, "Open until");
    machine.clock.advance(OPEN);
    machine.page.closed().await;
    assert!(!browser.reaches().await);
    assert_eq!(machine.state("a").await, State::Expired);
    assert_eq!(machine.rows(), []);
}

#[tokio::test]
async fn what_expired_is_told_while_another_waits() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    machine.clock.advance(OPEN - 1);
    let mut other = machine.asked("b").await;
    machine.clock.advance(1);
    browser.approve().await.says(410, "<h1>Too late</h1>");
    browser.open().await.says(410, "let your client ask again");
    other.open().await.says(200, "Approve");
    assert_eq!((machine.state("a").await, machine.rows()), (State::Expired, Vec::new()));
}

#[tokio::test]
async fn it_closes_when_a_terminal_decided() {
    let machine = Machine::new().await;
    let browser = machine.asked("a").await;
    let decided = machine.approvals.decide("a", PASSPHRASE.into(), true, "terminal").await.unwrap();
    assert_eq!(decided, okta_mcp_server::approvals::Judged::Approved);
    machine.clock.advance(10);
    machine.page.closed().await;
    assert!(!browser.reaches().await);
}

#[tokio::test]
async fn there_is_no_link_to_what_does_not_wait() {
    let machine = Machine::new().await;
    let _browser = machine.asked("a").await;
    machine.store.decide("a", true, "desktop", "terminal", None, machine.now()).await.unwrap();
    for id in ["a", "nobody"] {
        let error = machine.page.link(id).await.unwrap_err();
        assert!(matches!(error, PageError::NotPending(_)), "{error}");
        assert_eq!(error.to_string(), format!("no approval {id} waits for a decision"));
    }
}

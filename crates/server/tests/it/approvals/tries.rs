//! The passphrase, and tries to guess it.

use futures::future::join_all;
use okta_mcp_server::approvals::{Judged, Proof, Refused};
use okta_storage::{NewApproval, State};
use serde_json::{Value, json};

use super::{Machine, PASSPHRASE, ask, decided};

fn refused(id: &str, why: &str, left: Option<u32>) -> (String, Value) {
    let mut row = json!({ "by": "page", "why": why });
    if let Some(left) = left {
        row["left"] = left.into();
    }
    row["approval"] = id.into();
    row["tool"] = "delete_group".into();
    ("approval.refused".to_owned(), row)
}

#[tokio::test]
async fn wrong_ones_are_told_and_counted() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let wrong = |words: &'static str| {
        let browser = &browser;
        async move { browser.press("approve", "wrong").await.says(403, words) }
    };
    wrong("not the passphrase. 4 more tries are left.").await;
    // Declining takes it too.
    browser.press("decline", "wrong").await.says(403, "3 more tries are left.");
    browser.press("approve", "").await.says(403, "2 more tries are left.");
    wrong("One more try is left.").await;
    wrong("No more is taken until 12:15:00 UTC.").await;
    // Now the right one is not taken either, nor compared.
    browser.approve().await.says(429, "None is taken until 12:15:00 UTC.");
    assert_eq!(machine.state("a").await, State::Pending);
    let mut rows: Vec<_> =
        (0..5).rev().map(|left| refused("a", "wrong passphrase", Some(left))).collect();
    rows.push(refused("a", "locked", None));
    assert_eq!(machine.rows(), rows);
}

#[tokio::test]
async fn after_the_lock_each_wrong_one_locks_again() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    for _ in 0..5 {
        browser.press("approve", "wrong").await;
    }
    machine.clock.advance(15 * 60 - 1);
    let mut browser = machine.asked("b").await;
    browser.open().await.says(200, "Approval passphrase");
    browser.approve().await.says(429, "None is taken until 12:15:00 UTC.");
    machine.clock.advance(1);
    browser.press("approve", "wrong").await.says(403, "No more is taken until 12:30:00 UTC.");
    machine.clock.advance(15 * 60);
    let mut browser = machine.asked("c").await;
    browser.open().await;
    browser.approve().await.says(200, "Approved");
    assert_eq!(machine.rows().last(), Some(&decided("c", "approved")));
    // The wrong ones are forgotten.
    let mut browser = machine.asked("d").await;
    browser.open().await;
    browser.press("approve", "wrong").await.says(403, "4 more tries are left.");
}

#[tokio::test]
async fn guesses_at_once_are_limited() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let all = (0..12).map(|_| browser.press("approve", "wrong"));
    let all = join_all(all).await;
    let compared = all.iter().filter(|shown| shown.status.as_u16() == 403).count();
    assert_eq!(compared, 5);
    assert!(all.iter().all(|shown| [403, 429].contains(&shown.status.as_u16())));
}

#[tokio::test]
async fn what_is_over_costs_no_try() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    browser.open().await;
    let _open = machine.asked("b").await;
    machine.store.decide("a", false, "desktop", "terminal", None, machine.now()).await.unwrap();
    for _ in 0..6 {
        browser.press("approve", "wrong").await.says(409, "Declined");
    }
    assert_eq!(machine.rows(), []);
}

#[tokio::test]
async fn without_a_passphrase_the_page_says_how_to_set_one() {
    let machine = Machine::without_passphrase();
    let mut browser = machine.asked("a").await;
    let shown = browser.open().await;
    shown.says(200, "`okta-mcp approvals setup`");
    shown.says(200, "Delete the group Night shift?");
    assert!(!shown.html.contains("<form"), "{}", shown.html);
    assert_eq!(browser.approve().await.status.as_u16(), 403);
    assert_eq!(machine.state("a").await, State::Pending);
}

#[tokio::test]
async fn a_higher_level_cannot_be_had_here() {
    let machine = Machine::new().await;
    for level in ["person", "two persons", ""] {
        let id = format!("id{}", level.len());
        let new = NewApproval { level: level.to_owned(), ..ask(&id) };
        let mut browser = machine.asked_as(new).await;
        let shown = browser.open().await;
        shown.says(200, "which cannot be had on this page");
        assert!(!shown.html.contains("<form"), "{}", shown.html);
        // Nor with the passphrase.
        let judged = machine.approvals.decide(&id, PASSPHRASE.into(), true, "page").await.unwrap();
        let needed = level.to_owned();
        assert_eq!(judged, Judged::TooLow { needed });
        assert_eq!(machine.state(&id).await, State::Pending);
    }
    let client = NewApproval { level: "client".to_owned(), ..ask("c") };
    let mut browser = machine.asked_as(client).await;
    browser.open().await;
    browser.approve().await.says(200, "Approved");
}

#[tokio::test]
async fn changing_the_passphrase_takes_the_old_one() {
    let machine = Machine::new().await;
    let approvals = &machine.approvals;
    let wrong = approvals.prove("wrong".into(), "terminal").await.unwrap();
    assert!(matches!(wrong, Proof::Refused(Refused::Wrong { left: 4, .. })), "{wrong:?}");
    let Proof::Right(old) = approvals.prove(PASSPHRASE.into(), "terminal").await.unwrap() else {
        panic!("it is the right one");
    };
    let new = "another four words";
    assert!(!approvals.set_passphrase(new.into(), None, "terminal").await.unwrap());
    assert!(approvals.set_passphrase("short".into(), Some(&old), "terminal").await.is_err());
    assert!(approvals.set_passphrase(new.into(), Some(&old), "terminal").await.unwrap());
    // What was proven then holds no longer.
    assert!(!approvals.set_passphrase(new.into(), Some(&old), "terminal").await.unwrap());
    let mut browser = machine.asked("a").await;
    browser.open().await;
    browser.approve().await.says(403, "4 more tries are left.");
    browser.press("approve", new).await.says(200, "Approved");
    let kinds: Vec<String> = machine.rows().into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(
        kinds,
        ["approval.refused", "approval.passphrase_set", "approval.refused", "approval.decided"]
    );
}

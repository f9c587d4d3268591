//! Deciding about what waits, on the page: over real HTTP, with a clock that the test moves.

mod browser;
mod doors;
mod life;
mod looks;
mod tries;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use okta_client::{BoxFuture, Clock, Entropy};
use okta_mcp_server::approvals::{Approvals, Page};
use okta_storage::{NewApproval, Sqlite, State, Store};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use browser::Browser;

const PASSPHRASE: &str = "correct horse battery";

/// How long approvals wait here, in seconds.
const OPEN: i64 = 300;

/// A clock that the test moves.
struct Hand(watch::Sender<Timestamp>);

impl Hand {
    fn advance(&self, seconds: i64) {
        self.0.send_modify(|now: &mut Timestamp| *now += SignedDuration::from_secs(seconds));
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.now() + duration;
        let mut clock = self.0.subscribe();
        Box::pin(async move {
            // A clock that is gone wakes nobody.
            if clock.wait_for(|now| *now >= until).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

/// Bytes that count up.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0];
        }
    }
}

/// A machine with a store, and its page.
struct Machine {
    clock: Arc<Hand>,
    store: Arc<dyn Store>,
    approvals: Approvals,
    page: Page,
    rows: Arc<Mutex<Vec<(String, Value)>>>,
    _folder: TempDir,
}

impl Machine {
    /// One where the passphrase is set.
    async fn new() -> Self {
        let machine = Self::without_passphrase();
        assert!(machine.approvals.set_passphrase(PASSPHRASE.into(), None, "test").await.unwrap());
        machine.rows.lock().unwrap().clear();
        machine
    }

    fn without_passphrase() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(Sqlite::new(folder.path()));
        let noon = "2026-03-01T12:00:00Z".parse().unwrap();
        let clock = Arc::new(Hand(watch::Sender::new(noon)));
        let rows = Arc::<Mutex<Vec<_>>>::default();
        let kept = Arc::clone(&rows);
        let approvals = Approvals::new(
            Arc::clone(&store),
            Arc::clone(&clock) as _,
            Arc::new(Counting::default()),
            Arc::new(move |kind, row| kept.lock().unwrap().push((kind.to_owned(), row))),
        );
        let page = Page::new(approvals.clone());
        Self { clock, store, approvals, page, rows, _folder: folder }
    }

    /// One that waits, and a browser that knows its link.
    async fn asked(&self, id: &str) -> Browser {
        self.asked_as(ask(id)).await
    }

    async fn asked_as(&self, new: NewApproval) -> Browser {
        let now = self.clock.now();
        let expires = now + SignedDuration::from_secs(OPEN);
        let id = new.id.clone();
        self.store.open(NewApproval { expires, ..new }, now).await.unwrap();
        Browser::new(self.page.link(&id).await.unwrap())
    }

    async fn state(&self, id: &str) -> State {
        self.approvals.get(id).await.unwrap().unwrap().state
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn rows(&self) -> Vec<(String, Value)> {
        self.rows.lock().unwrap().clone()
    }
}

fn ask(id: &str) -> NewApproval {
    NewApproval {
        id: id.to_owned(),
        binding: id.to_owned(),
        tool: "delete_group".to_owned(),
        effect: "destructive".to_owned(),
        level: "desktop".to_owned(),
        summary: "Delete the group Night shift".to_owned(),
        question:
            "Delete the group Night shift?\n12 members lose it.\nIt is assigned to: Salesforce"
                .to_owned(),
        principal: "0oa1b2c3d4".to_owned(),
        asker: None,
        approvers: None,
        org: "acme.okta.com".to_owned(),
        profile: "default".to_owned(),
        client: "Claude".to_owned(),
        call_id: "7-0123456789abcdef".to_owned(),
        sealed: Vec::new(),
        expires: Timestamp::UNIX_EPOCH,
    }
}

/// The row of a decision.
fn decided(id: &str, result: &str) -> (String, Value) {
    let row = json!({
        "approval": id,
        "tool": "delete_group",
        "level": "desktop",
        "by": "page",
        "result": result,
    });
    ("approval.decided".to_owned(), row)
}

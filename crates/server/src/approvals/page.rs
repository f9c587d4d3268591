//! The page's life: it listens while something waits, and no longer.

use std::{collections::HashMap, io, net::Ipv4Addr, sync::Arc, time::Duration};

use jiff::Timestamp;
use okta_storage::State;
use tokio::{
    net::TcpListener,
    sync::{Mutex, Notify, watch},
};
use tokio_util::sync::CancellationToken;

use super::{Approvals, ApprovalsError, guard::Guard, routes};

/// How often it is looked whether a terminal or another process decided.
const LOOK: Duration = Duration::from_secs(10);

/// A page on the loopback interface where a person reads what waits, and decides. It takes a free
/// port when the first approval waits, and closes once nothing waits that it was asked a link for.
#[derive(Clone, Debug)]
pub struct Page(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    approvals: Approvals,
    open: Mutex<Option<Open>>,
    /// Something was decided on the page.
    decided: Arc<Notify>,
    /// How many ports it listens on: one that closes may still answer while the next is open.
    ports: watch::Sender<usize>,
}

#[derive(Debug)]
struct Open {
    origin: String,
    stop: CancellationToken,
    /// What waits, and until when.
    waiting: HashMap<String, Timestamp>,
}

/// There is no page to decide on.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// No port of the loopback interface can be had.
    #[error("the approval page cannot listen on 127.0.0.1: {0}; decide in a terminal instead")]
    Listen(#[from] io::Error),
    /// The approval cannot be read.
    #[error(transparent)]
    Approvals(#[from] ApprovalsError),
    /// Nothing waits under that id.
    #[error("no approval {0} waits for a decision")]
    NotPending(String),
}

impl Page {
    /// A page that is closed yet.
    pub fn new(approvals: Approvals) -> Self {
        Self(Arc::new(Inner {
            approvals,
            open: Mutex::default(),
            decided: Arc::default(),
            ports: watch::Sender::new(0),
        }))
    }

    /// The address where a person decides about what waits. The page is open when this answers.
    pub async fn link(&self, id: &str) -> Result<String, PageError> {
        let found = self.0.approvals.get(id).await?;
        let approval = found
            .filter(|approval| approval.state == State::Pending)
            .ok_or_else(|| PageError::NotPending(id.to_owned()))?;
        let mut slot = self.0.open.lock().await;
        let open = match &mut *slot {
            Some(open) => open,
            None => slot.insert(self.start().await?),
        };
        let link = format!("{}/approvals/{}", open.origin, approval.id);
        open.waiting.insert(approval.id, approval.expires);
        Ok(link)
    }

    /// Waits until the page is closed.
    pub async fn closed(&self) {
        // The sender lives as long as this does.
        let _ = self.0.ports.subscribe().wait_for(|ports| *ports == 0).await;
    }

    async fn start(&self) -> Result<Open, PageError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let Approvals { entropy, .. } = &self.0.approvals;
        let guard = Guard::new(listener.local_addr()?.port(), entropy.as_ref());
        let origin = guard.origin().to_owned();
        let router = routes::router(guard, self.0.approvals.clone(), Arc::clone(&self.0.decided));
        let stop = CancellationToken::new();
        let serve =
            axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        let inner = Arc::clone(&self.0);
        inner.ports.send_modify(|ports| *ports += 1);
        tokio::spawn(async move {
            if let Err(error) = serve.await {
                tracing::error!(%error, "the approval page stopped");
            }
            // Only now is the port free.
            inner.ports.send_modify(|ports| *ports -= 1);
        });
        tokio::spawn(Arc::clone(&self.0).watch());
        Ok(Open { origin, stop, waiting: HashMap::new() })
    }
}

impl Inner {
    /// Closes the page once nothing waits.
    async fn watch(self: Arc<Self>) {
        loop {
            let decided = self.decided.notified();
            let mut slot = self.open.lock().await;
            let Some(open) = &mut *slot else { return };
            let Some(next) = self.next(&mut open.waiting).await else {
                open.stop.cancel();
                *slot = None;
                return;
            };
            drop(slot);
            tokio::select! {
                () = decided => {}
                () = self.approvals.clock.sleep(next) => {}
            }
        }
    }

    /// Forgets what no longer waits; how long until it is worth looking again, if anything waits.
    async fn next(&self, waiting: &mut HashMap<String, Timestamp>) -> Option<Duration> {
        for id in waiting.keys().cloned().collect::<Vec<_>>() {
            // What cannot be read now may be read the next time; its expiry is known.
            if let Ok(found) = self.approvals.get(&id).await
                && found.is_none_or(|approval| approval.state != State::Pending)
            {
                waiting.remove(&id);
            }
        }
        let now = self.approvals.clock.now();
        waiting.retain(|_, expires| *expires > now);
        let soonest = *waiting.values().min()?;
        Some(Duration::try_from(soonest.duration_since(now)).unwrap_or(LOOK).min(LOOK))
    }
}

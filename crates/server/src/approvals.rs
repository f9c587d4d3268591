//! Deciding about calls that wait for a person: on a page of this machine, or in a terminal.
//!
//! A link or an id only shows what waits. Deciding takes the approval passphrase, which neither the
//! client nor the model ever sees, or a fresh sign-in to Okta.

mod desk;
mod guard;
mod page;
mod person;
mod refused;
mod routes;
mod view;

use std::{fmt, path::Path, sync::Arc};

use jiff::Timestamp;
use okta_client::{Clock, Entropy};
use okta_gate::Level;
use okta_storage::{
    Approval, Approver, Decided, PassphraseError, PassphraseHash, Sqlite, State, Store, Try, Which,
    hash_passphrase,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinError;

use crate::{AuditSettings, trail};

pub use desk::SignInDesk;
pub use page::{Page, PageError};
pub use person::who_may;
pub use refused::Refused;

/// How sure it is that a person decides here: somebody who knows the passphrase of this machine.
const LEVEL: Level = Level::Desktop;

/// Keeps a row of the trail: its kind and its values.
pub type Tell = Arc<dyn Fn(&str, Value) + Send + Sync>;

/// The approvals of this machine, and who may decide about them.
#[derive(Clone)]
pub struct Approvals {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    tell: Tell,
    desk: Option<SignInDesk>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is approved now.
    Approved,
    /// It is declined now.
    Declined,
    /// It was not pending, and stays as it was.
    NotPending(State),
    /// It is too late.
    Expired,
    /// There is none with that id.
    Unknown,
    /// It takes a level that cannot be had here.
    TooLow {
        /// The level that it takes.
        needed: String,
    },
    /// The passphrase was not given, or nobody who may signed in; nothing is decided.
    Refused(Refused),
}

/// What came of giving the passphrase.
#[derive(Debug)]
pub enum Proof {
    /// It is the one that is kept so.
    Right(PassphraseHash),
    /// It does not count.
    Refused(Refused),
}

/// Nothing could be decided.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalsError {
    /// The store.
    #[error(transparent)]
    Store(#[from] okta_storage::Error),
    /// The passphrase.
    #[error(transparent)]
    Passphrase(#[from] PassphraseError),
    /// The task that decides is gone.
    #[error("the decision was interrupted: look with `okta-mcp approvals list --all`")]
    Stopped(#[from] JoinError),
}

type Result<T> = std::result::Result<T, ApprovalsError>;

impl Approvals {
    /// The approvals of that store. `tell` keeps rows of the trail: `approval.decided`,
    /// `approval.refused`, `approval.passphrase_set`.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        tell: Tell,
    ) -> Self {
        Self { store, clock, entropy, tell, desk: None }
    }

    /// The same, where approvers can sign in to Okta.
    #[must_use]
    pub fn with_sign_in(self, desk: SignInDesk) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// The approvals of a state folder, with its trail: what commands need that no org is
    /// configured for.
    pub fn in_folder(
        state: &Path,
        audit: &AuditSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let recorder = trail::of(state, audit, &clock, &entropy);
        Self::new(Arc::new(Sqlite::new(state)), clock, entropy, trail::tell(recorder))
    }

    /// An approval, as it stands now.
    pub async fn get(&self, id: &str) -> Result<Option<Approval>> {
        Ok(self.store.approval(id, self.clock.now()).await?)
    }

    /// At most `limit` approvals, the newest first.
    pub async fn list(&self, which: Which, limit: u32) -> Result<Vec<Approval>> {
        Ok(self.store.approvals(which, limit, self.clock.now()).await?)
    }

    /// True once a passphrase is set.
    pub async fn is_set_up(&self) -> Result<bool> {
        Ok(self.store.passphrase().await?.is_some())
    }

    /// Approves or declines, for whoever knows the passphrase. `by` says where: `page`,
    /// `terminal`. It goes on when the answer is no longer waited for, so that no decision is
    /// without its row.
    pub async fn decide(
        &self,
        id: &str,
        passphrase: SecretString,
        approve: bool,
        by: &'static str,
    ) -> Result<Judged> {
        let (this, id) = (self.clone(), id.to_owned());
        let task = async move { this.judge(&id, passphrase, approve, by).await };
        tokio::spawn(task).await?
    }

    async fn judge(
        &self,
        id: &str,
        passphrase: SecretString,
        approve: bool,
        by: &str,
    ) -> Result<Judged> {
        let approval = match self.pending(id).await? {
            Ok(approval) => approval,
            Err(judged) => return Ok(judged),
        };
        if !takes_passphrase(&approval) {
            return Ok(Judged::TooLow { needed: approval.level });
        }
        if let Proof::Refused(refused) = self.compare(passphrase, by, Some(&approval)).await? {
            return Ok(Judged::Refused(refused));
        }
        self.settle(&approval, approve, LEVEL, by, None).await
    }

    /// What waits under an id; else what is to be said instead.
    async fn pending(&self, id: &str) -> Result<std::result::Result<Approval, Judged>> {
        let Some(approval) = self.get(id).await? else { return Ok(Err(Judged::Unknown)) };
        Ok(match approval.state {
            State::Pending => Ok(approval),
            State::Expired => Err(Judged::Expired),
            state => Err(Judged::NotPending(state)),
        })
    }

    /// Decides, and keeps the row of it.
    async fn settle(
        &self,
        approval: &Approval,
        approve: bool,
        level: Level,
        by: &str,
        approver: Option<&Approver>,
    ) -> Result<Judged> {
        let now = self.clock.now();
        let decided =
            self.store.decide(&approval.id, approve, level.as_str(), by, approver, now).await?;
        let (judged, result) = match decided {
            Decided::Approved => (Judged::Approved, "approved"),
            Decided::Declined => (Judged::Declined, "declined"),
            Decided::NotPending(state) => return Ok(Judged::NotPending(state)),
            Decided::Expired => return Ok(Judged::Expired),
            Decided::Unknown => return Ok(Judged::Unknown),
        };
        let mut row = json!({
            "approval": approval.id,
            "tool": approval.tool,
            "level": level.as_str(),
            "by": by,
            "result": result,
        });
        if let (Some(approver), Value::Object(row)) = (approver, &mut row) {
            row.extend(person::told(approver));
        }
        (self.tell)("approval.decided", row);
        Ok(judged)
    }

    /// Compares the passphrase, for what is no decision, such as changing it.
    pub async fn prove(&self, passphrase: SecretString, by: &'static str) -> Result<Proof> {
        let this = self.clone();
        tokio::spawn(async move { this.compare(passphrase, by, None).await }).await?
    }

    async fn compare(
        &self,
        passphrase: SecretString,
        by: &str,
        about: Option<&Approval>,
    ) -> Result<Proof> {
        let Some(kept) = self.store.passphrase().await? else {
            return Ok(Proof::Refused(Refused::NotSet));
        };
        // Counted before it is compared: guesses at the same time are limited too.
        let refused = match self.store.begin_try(self.clock.now()).await? {
            Try::LockedUntil(until) => Refused::Locked { until },
            Try::Allowed { left, else_locked } => {
                if kept.matches(passphrase).await? {
                    self.store.try_succeeded().await?;
                    return Ok(Proof::Right(kept));
                }
                Refused::Wrong { left, locked_until: else_locked }
            }
        };
        (self.tell)("approval.refused", refused.row(about, by));
        Ok(Proof::Refused(refused))
    }

    /// Sets the passphrase; `proven` is what [`Self::prove`] answered with where one is set. False
    /// where it was set or changed by somebody else meanwhile.
    pub async fn set_passphrase(
        &self,
        new: SecretString,
        proven: Option<&PassphraseHash>,
        by: &str,
    ) -> Result<bool> {
        let mut salt = [0; 16];
        self.entropy.fill(&mut salt);
        let new = hash_passphrase(new, salt).await?;
        let set = self.store.set_passphrase(&new, proven).await?;
        if set {
            let row = json!({ "by": by, "changed": proven.is_some() });
            (self.tell)("approval.passphrase_set", row);
        }
        Ok(set)
    }
}

impl fmt::Debug for Approvals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Approvals").finish_non_exhaustive()
    }
}

/// True if the passphrase suffices. For a level that nobody here knows it does not.
pub fn takes_passphrase(approval: &Approval) -> bool {
    approval.level.parse().is_ok_and(|needed: Level| needed <= LEVEL)
}

/// A time of this day or the next, for people.
pub fn clock_time(time: Timestamp) -> String {
    time.strftime("%H:%M:%S UTC").to_string()
}

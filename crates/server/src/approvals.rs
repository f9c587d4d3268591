//! Deciding about calls that wait for a person: on a page of this machine, or in a terminal.
//!
//! A link or an id only shows what waits. Deciding takes the approval passphrase, which neither the
//! client nor the model ever sees.

mod guard;
mod page;
mod routes;
mod view;

use std::{fmt, path::Path, sync::Arc};

use jiff::Timestamp;
use okta_client::{Clock, Entropy};
use okta_gate::Level;
use okta_storage::{
    Approval, Decided, PassphraseError, PassphraseHash, Sqlite, State, Store, Try, Which,
    hash_passphrase,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::task::JoinError;

use crate::{AuditSettings, trail};

pub use page::{Page, PageError};

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
    /// The passphrase was not given; nothing is decided.
    Refused(Refused),
}

/// Why the passphrase does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// None is set.
    NotSet,
    /// It is another.
    Wrong {
        /// How many tries are left.
        left: u32,
        /// Until when none is taken, where none is left.
        locked_until: Option<Timestamp>,
    },
    /// Too many were wrong: it was not compared.
    Locked {
        /// Until when.
        until: Timestamp,
    },
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
        Self { store, clock, entropy, tell }
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
        let Some(approval) = self.get(id).await? else { return Ok(Judged::Unknown) };
        match approval.state {
            State::Pending => {}
            State::Expired => return Ok(Judged::Expired),
            state => return Ok(Judged::NotPending(state)),
        }
        if !can_decide(&approval) {
            return Ok(Judged::TooLow { needed: approval.level });
        }
        if let Proof::Refused(refused) = self.compare(passphrase, by, Some(&approval)).await? {
            return Ok(Judged::Refused(refused));
        }
        let decided = self.store.decide(id, approve, LEVEL.as_str(), by, self.clock.now()).await?;
        let (judged, result) = match decided {
            Decided::Approved => (Judged::Approved, "approved"),
            Decided::Declined => (Judged::Declined, "declined"),
            Decided::NotPending(state) => return Ok(Judged::NotPending(state)),
            Decided::Expired => return Ok(Judged::Expired),
            Decided::Unknown => return Ok(Judged::Unknown),
        };
        let row = json!({
            "approval": approval.id,
            "tool": approval.tool,
            "level": LEVEL.as_str(),
            "by": by,
            "result": result,
        });
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

/// True if what it takes can be had here. A level that nobody here knows cannot.
pub fn can_decide(approval: &Approval) -> bool {
    approval.level.parse().is_ok_and(|needed: Level| needed <= LEVEL)
}

impl Refused {
    /// True if no passphrase is taken for a while.
    pub(crate) const fn locks(&self) -> bool {
        matches!(self, Self::Locked { .. } | Self::Wrong { locked_until: Some(_), .. })
    }

    fn row(&self, about: Option<&Approval>, by: &str) -> Value {
        let (why, left) = match self {
            Self::NotSet => ("no passphrase is set", None),
            Self::Wrong { left, .. } => ("wrong passphrase", Some(*left)),
            Self::Locked { .. } => ("locked", None),
        };
        let left = left.map(|left| ("left", Value::from(left)));
        let about = about.map(|approval| {
            [("approval", approval.id.as_str().into()), ("tool", approval.tool.as_str().into())]
        });
        [("by", by.into()), ("why", why.into())]
            .into_iter()
            .chain(left)
            .chain(about.into_iter().flatten())
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// For people.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSet => f.write_str(
                "No approval passphrase is set: set one in a terminal with `okta-mcp approvals \
                 setup`",
            ),
            Self::Wrong { locked_until: Some(until), .. } => write!(
                f,
                "That is not the passphrase. No more is taken until {}",
                clock_time(*until)
            ),
            Self::Wrong { left: 1, .. } => {
                f.write_str("That is not the passphrase. One more try is left")
            }
            Self::Wrong { left, .. } => {
                write!(f, "That is not the passphrase. {left} more tries are left")
            }
            Self::Locked { until } => write!(
                f,
                "Too many wrong passphrases were given. None is taken until {}",
                clock_time(*until)
            ),
        }
    }
}

/// A time of this day or the next, for people.
pub fn clock_time(time: Timestamp) -> String {
    time.strftime("%H:%M:%S UTC").to_string()
}

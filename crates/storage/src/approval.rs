//! Approvals: a call that waits for a person.

use jiff::Timestamp;

/// A call that is to wait for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApproval {
    /// Its id, from [`crate::new_id`]; what is sealed is sealed under it.
    pub id: String,
    /// Digest of what is approved: tool, arguments, principal, org, tool definition and the state
    /// of the target. An approval holds for this alone.
    pub binding: String,
    /// The tool.
    pub tool: String,
    /// The gravity: `sensitive`, `destructive`, …
    pub effect: String,
    /// The level that the decision needs: `client`, `desktop`, `person`.
    pub level: String,
    /// What will happen, in one line.
    pub summary: String,
    /// What the person is shown, line by line.
    pub question: String,
    /// Who is responsible for the call.
    pub principal: String,
    /// The id at Okta of the person who asked; `None` where an app or an API token did.
    pub asker: Option<String>,
    /// Who may approve, as the policy writes it; `None` where everybody may.
    pub approvers: Option<String>,
    /// The host of the org.
    pub org: String,
    /// The profile of the configuration.
    pub profile: String,
    /// The client's name, as it says.
    pub client: String,
    /// The id of the call that asked.
    pub call_id: String,
    /// The arguments of the tool, sealed.
    pub sealed: Vec<u8>,
    /// Until when it can be decided and used.
    pub expires: Timestamp,
}

/// An approval, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: String,
    /// Digest of what is approved.
    pub binding: String,
    /// The tool.
    pub tool: String,
    /// The gravity.
    pub effect: String,
    /// The level that the decision needs.
    pub level: String,
    /// What will happen, in one line.
    pub summary: String,
    /// What the person is shown, line by line.
    pub question: String,
    /// Who is responsible for the call.
    pub principal: String,
    /// The id at Okta of the person who asked; `None` where an app or an API token did.
    pub asker: Option<String>,
    /// Who may approve, as the policy writes it; `None` where everybody may.
    pub approvers: Option<String>,
    /// The host of the org.
    pub org: String,
    /// The profile of the configuration.
    pub profile: String,
    /// The client's name, as it says.
    pub client: String,
    /// The id of the call that asked.
    pub call_id: String,
    /// The arguments of the tool, sealed under `id`.
    pub sealed: Vec<u8>,
    /// Where it stands.
    pub state: State,
    /// When it was asked for, to the microsecond.
    pub created: Timestamp,
    /// Until when it can be decided and used, to the microsecond.
    pub expires: Timestamp,
    /// Who decided, once somebody did.
    pub decided: Option<Decision>,
}

impl Approval {
    /// The kind that its arguments are sealed under, with its id.
    pub const KIND: &str = "approval";
}

/// Who decided an approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// Where: `page`, `terminal`.
    pub by: String,
    /// At which level.
    pub level: String,
    /// Who, where they signed in to Okta for it.
    pub approver: Option<Approver>,
}

/// A person who signed in to Okta to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// The id at Okta.
    pub id: String,
    /// The login, where Okta named it.
    pub login: Option<String>,
    /// When they signed in, by Okta's clock (`auth_time`).
    pub signed_in: Timestamp,
    /// How surely (`acr`), where Okta says so.
    pub acr: Option<String>,
    /// What they proved (`amr`), where Okta says so.
    pub amr: Vec<String>,
}

impl Approver {
    /// The login, or else the id.
    pub fn name(&self) -> &str {
        self.login.as_deref().unwrap_or(&self.id)
    }
}

/// Where an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Nobody decided yet.
    Pending,
    /// A person agreed; not used yet.
    Approved,
    /// A person declined.
    Declined,
    /// It was approved and used.
    Consumed,
    /// It was taken back by whoever asked.
    Withdrawn,
    /// It was not decided, or not used, in time.
    Expired,
}

impl State {
    /// The word for it: `pending`, `approved`, `declined`, `consumed`, `withdrawn`, `expired`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Consumed => "consumed",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// The state that a store wrote; `None` for other words. Nobody writes that time has passed.
    pub(crate) fn written(text: &str) -> Option<Self> {
        [Self::Pending, Self::Approved, Self::Declined, Self::Consumed, Self::Withdrawn]
            .into_iter()
            .find(|state| state.as_str() == text)
    }

    /// The state as it reads at `now`.
    pub(crate) fn at(self, now: Timestamp, expires: Timestamp) -> Self {
        match self {
            Self::Pending | Self::Approved if now >= expires => Self::Expired,
            other => other,
        }
    }
}

/// What came of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
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
}

/// Which approvals are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Those that wait for a person.
    Pending,
    /// All that are kept: 30 days.
    All,
}

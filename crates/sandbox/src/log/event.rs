//! One event, packed; it becomes JSON when it is read.

use jiff::Timestamp;

use super::kinds::{self, Kind};
use crate::{
    call::Principal,
    id::Id,
    store::{State, User},
};

/// Who did it.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) id: Box<str>,
    /// `User`, `PublicClientApp`, `SystemPrincipal`.
    pub(crate) kind: &'static str,
    pub(crate) alternate_id: Box<str>,
    pub(crate) display_name: Box<str>,
}

impl Actor {
    pub(crate) fn user(user: &User) -> Self {
        Self {
            id: user.id.as_str().into(),
            kind: "User",
            alternate_id: user.login().into(),
            display_name: user.display_name().into(),
        }
    }

    pub(crate) fn system() -> Self {
        Self {
            id: "okta.unknown".into(),
            kind: "SystemPrincipal",
            alternate_id: "system@okta.com".into(),
            display_name: "Okta System".into(),
        }
    }

    /// Somebody whom the org does not know, by the name that was typed.
    pub(crate) fn unknown(name: &str) -> Self {
        Self {
            id: "unknown".into(),
            kind: "User",
            alternate_id: name.into(),
            display_name: "unknown".into(),
        }
    }

    /// A service app, by its client id.
    pub(crate) fn app(id: &str, label: &str) -> Self {
        Self {
            id: id.into(),
            kind: "PublicClientApp",
            alternate_id: id.into(),
            display_name: label.into(),
        }
    }

    pub(crate) fn of(state: &State, principal: &Principal) -> Self {
        match principal {
            Principal::Nobody => Self::system(),
            Principal::User(id) | Principal::Person { user: id, .. } => {
                state.users.get(*id).map_or_else(Self::system, Self::user)
            }
            Principal::App(id) => Self::app(id.as_str(), state.app_label(*id)),
        }
    }
}

/// What it was done to.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) id: Box<str>,
    /// `User`, `UserGroup`, `AppInstance`, `PolicyEntity`, `PolicyRule`, …
    pub(crate) kind: &'static str,
    pub(crate) alternate_id: Box<str>,
    pub(crate) display_name: Box<str>,
    /// `detailEntry`: attributes that changed, a role, …
    pub(crate) details: Vec<(&'static str, Box<str>)>,
}

impl Target {
    pub(crate) fn new(
        id: impl AsRef<str>,
        kind: &'static str,
        alternate_id: impl AsRef<str>,
        display_name: impl AsRef<str>,
    ) -> Self {
        Self {
            id: id.as_ref().into(),
            kind,
            alternate_id: alternate_id.as_ref().into(),
            display_name: display_name.as_ref().into(),
            details: Vec::new(),
        }
    }

    pub(crate) fn user(user: &User) -> Self {
        Self::new(user.id.as_str(), "User", user.login(), user.display_name())
    }

    pub(crate) fn group(id: Id, name: &str) -> Self {
        Self::new(id.as_str(), "UserGroup", "unknown", name)
    }

    /// `name` is what the app is (`salesforce`), `label` what the admin called it.
    pub(crate) fn app(id: &str, name: &str, label: &str) -> Self {
        Self::new(id, "AppInstance", label, name)
    }

    pub(crate) fn detail(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.details.push((name, value.as_ref().into()));
        self
    }
}

/// A place that addresses are in.
#[derive(Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) city: &'static str,
    pub(crate) state: &'static str,
    pub(crate) country: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    pub(crate) as_number: u32,
    pub(crate) as_org: &'static str,
    pub(crate) isp: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) is_proxy: bool,
}

/// The other end of the connection.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// The OAuth client that asked; with an API token there is none.
    pub(crate) id: Option<Id>,
    pub(crate) user_agent: Box<str>,
    pub(crate) ip: Box<str>,
    pub(crate) place: Option<&'static Place>,
    pub(crate) zone: &'static str,
    pub(crate) session: Option<Box<str>>,
    pub(crate) request_id: Box<str>,
    pub(crate) request_uri: Box<str>,
}

impl Client {
    /// The client of a request to this sandbox.
    pub(crate) fn of_request(
        principal: &Principal,
        user_agent: &str,
        ip: &str,
        request_id: &str,
        uri: &str,
    ) -> Self {
        Self {
            id: principal.app(),
            user_agent: user_agent.into(),
            ip: ip.into(),
            place: None,
            zone: "null",
            session: None,
            request_id: request_id.into(),
            request_uri: uri.into(),
        }
    }
}

/// How it ended.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// `SUCCESS`, `FAILURE`, `ALLOW`, `DENY`, `CHALLENGE`, …
    pub(crate) result: &'static str,
    pub(crate) reason: Option<&'static str>,
}

/// An event that is still being told.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    kind: &'static Kind,
    severity: &'static str,
    outcome: Outcome,
    targets: Vec<Target>,
    debug: Vec<(&'static str, Box<str>)>,
    credential: Option<&'static str>,
}

impl Draft {
    pub(crate) fn new(event_type: &'static str) -> Self {
        Self {
            kind: kinds::of(event_type),
            severity: "INFO",
            outcome: Outcome { result: "SUCCESS", reason: None },
            targets: Vec::new(),
            debug: Vec::new(),
            credential: None,
        }
    }

    pub(crate) fn targets(mut self, targets: Vec<Target>) -> Self {
        self.targets = targets;
        self
    }

    pub(crate) const fn outcome(
        mut self,
        result: &'static str,
        reason: Option<&'static str>,
    ) -> Self {
        self.outcome = Outcome { result, reason };
        self
    }

    pub(crate) const fn severity(mut self, severity: &'static str) -> Self {
        self.severity = severity;
        self
    }

    /// `authenticationContext.credentialType`, as `PASSWORD`.
    pub(crate) const fn credential(mut self, kind: &'static str) -> Self {
        self.credential = Some(kind);
        self
    }

    /// One entry of `debugContext.debugData`.
    pub(crate) fn debug(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.debug.push((name, value.as_ref().into()));
        self
    }

    pub(crate) fn finish(
        self,
        published: Timestamp,
        uuid: String,
        actor: Actor,
        client: Client,
    ) -> Event {
        Event { published, uuid: uuid.into(), actor, client, draft: self }
    }
}

/// An event as the log keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) published: Timestamp,
    pub(crate) uuid: Box<str>,
    pub(crate) actor: Actor,
    pub(crate) client: Client,
    draft: Draft,
}

impl Event {
    pub(crate) const fn kind(&self) -> &'static Kind {
        self.draft.kind
    }

    pub(crate) const fn severity(&self) -> &'static str {
        self.draft.severity
    }

    pub(crate) const fn outcome(&self) -> &Outcome {
        &self.draft.outcome
    }

    pub(crate) fn targets(&self) -> &[Target] {
        &self.draft.targets
    }

    pub(crate) fn debug(&self) -> &[(&'static str, Box<str>)] {
        &self.draft.debug
    }

    pub(crate) const fn credential(&self) -> Option<&'static str> {
        self.draft.credential
    }
}

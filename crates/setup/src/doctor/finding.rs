//! What a check found.

use serde_json::{Value, json};

use crate::Trouble;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Check {
    /// Whether the configuration can be read and says enough.
    Configuration,
    /// Whether what has to be private is.
    Files,
    /// Whether the system's keyring can be asked.
    Keyring,
    /// Whether the clients of this machine start okta-mcp as they should.
    Clients,
    /// Whether a proxy is on the way, and whether it answers.
    Proxy,
    /// Whether the host has an address.
    Dns,
    /// Whether somebody listens there.
    Connection,
    /// Whether the certificate is to be trusted.
    Tls,
    /// Whether it is an Okta org.
    Org,
    /// How far this machine's clock is from Okta's.
    Clock,
    /// Whether Okta knows the app.
    ClientId,
    /// Whether Okta takes what the app proves itself with.
    Key,
    /// Whether tokens are bound to a key.
    Dpop,
    /// Whether the token is good.
    Token,
    /// What was granted of what is asked for.
    Scopes,
    /// Whether there is an admin role behind it.
    AdminRole,
    /// How much of Okta's rate limits is left.
    RateLimits,
}

impl Check {
    /// Each, in the order in which they are made.
    pub const ALL: [Self; 17] = [
        Self::Configuration,
        Self::Files,
        Self::Keyring,
        Self::Clients,
        Self::Proxy,
        Self::Dns,
        Self::Connection,
        Self::Tls,
        Self::Org,
        Self::Clock,
        Self::ClientId,
        Self::Key,
        Self::Dpop,
        Self::Token,
        Self::Scopes,
        Self::AdminRole,
        Self::RateLimits,
    ];

    /// The way to the org: nothing of Okta can be seen where one of these fails.
    pub(super) const WAY: &[Self] =
        &[Self::Proxy, Self::Dns, Self::Connection, Self::Tls, Self::Org];

    /// Its name, as scripts see it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Files => "files",
            Self::Keyring => "keyring",
            Self::Clients => "clients",
            Self::Proxy => "proxy",
            Self::Dns => "dns",
            Self::Connection => "connection",
            Self::Tls => "tls",
            Self::Org => "org",
            Self::Clock => "clock",
            Self::ClientId => "client_id",
            Self::Key => "key",
            Self::Dpop => "dpop",
            Self::Token => "token",
            Self::Scopes => "scopes",
            Self::AdminRole => "admin_role",
            Self::RateLimits => "rate_limits",
        }
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// All is well.
    Pass,
    /// It could not be looked at, or there is nothing to look at.
    Skip,
    /// It works, and may not for long or not as meant.
    Warn,
    /// It does not work.
    Fail,
}

impl Outcome {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// What came of it.
    pub outcome: Outcome,
    /// What was seen; one sentence without a full stop. Never holds a secret.
    pub told: String,
    /// What is wrong, where something is.
    pub trouble: Option<&'static Trouble>,
}

impl Finding {
    pub(super) fn pass(check: Check, told: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Pass, told: told.into(), trouble: None }
    }

    pub(super) fn skip(check: Check, told: impl Into<String>) -> Self {
        Self { check, outcome: Outcome::Skip, told: told.into(), trouble: None }
    }

    pub(super) fn warn(trouble: &'static Trouble, told: impl Into<String>) -> Self {
        Self { outcome: Outcome::Warn, ..Self::fail(trouble, told) }
    }

    pub(super) fn fail(trouble: &'static Trouble, told: impl Into<String>) -> Self {
        let (check, told) = (trouble.check, told.into());
        Self { check, outcome: Outcome::Fail, told, trouble: Some(trouble) }
    }
}

/// What all checks found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The profile, where the configuration can be read.
    pub profile: Option<String>,
    /// The org's URL, where it is known.
    pub org: Option<String>,
    /// What was found, in the order of the checks.
    pub findings: Vec<Finding>,
}

impl Report {
    /// True where nothing fails.
    pub fn is_good(&self) -> bool {
        self.count(Outcome::Fail) == 0
    }

    /// How many checks came to that.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.findings.iter().filter(|finding| finding.outcome == outcome).count()
    }

    /// As scripts get it.
    pub fn json(&self) -> Value {
        let findings = self.findings.iter().map(|finding| {
            let mut told = json!({
                "check": finding.check.name(),
                "outcome": finding.outcome.name(),
                "told": finding.told,
            });
            if let (Some(trouble), Some(told)) = (finding.trouble, told.as_object_mut()) {
                told.insert("trouble".to_owned(), trouble.id.into());
                told.insert("remedy".to_owned(), trouble.remedy.into());
            }
            told
        });
        json!({
            "ok": self.is_good(),
            "profile": self.profile,
            "org": self.org,
            "checks": findings.collect::<Vec<_>>(),
        })
    }

    /// One for each check: what is worse stays.
    pub(super) fn add(&mut self, finding: Finding) {
        let known = self.findings.iter_mut().find(|known| known.check == finding.check);
        match known {
            Some(known) if known.outcome < finding.outcome => *known = finding,
            Some(_) => {}
            None => self.findings.push(finding),
        }
        self.findings.sort_by_key(|finding| finding.check);
    }

    pub(super) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|finding| self.add(finding));
    }

    /// True where one of these fails.
    pub(super) fn is_bad_at(&self, checks: &[Check]) -> bool {
        let bad =
            |finding: &Finding| finding.outcome == Outcome::Fail && checks.contains(&finding.check);
        self.findings.iter().any(bad)
    }

    /// Tells of each check that was not made why it was not.
    pub(super) fn skip_all(&mut self, why: &str) {
        for check in Check::ALL {
            if self.findings.iter().all(|finding| finding.check != check) {
                self.add(Finding::skip(check, format!("not looked at: {why}")));
            }
        }
    }
}

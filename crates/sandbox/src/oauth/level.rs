//! How surely a person signed in, and the words that requests and ID tokens have for it.

/// How surely a person signed in; a higher one stands for all below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Password,
    TwoFactors,
    PhishingResistant,
    HardwareProtected,
}

impl Level {
    /// The `acr` of a sign-in that nobody asked a certain one of.
    pub(crate) const fn acr(self) -> Acr {
        let name = match self {
            Self::Password => "urn:okta:loa:1fa:pwd",
            Self::TwoFactors => "urn:okta:loa:2fa:any",
            Self::PhishingResistant => "phr",
            Self::HardwareProtected => "phrh",
        };
        Acr { name, level: self }
    }

    /// The `amr`: what was proven.
    pub(crate) const fn amr(self) -> &'static [&'static str] {
        match self {
            Self::Password => &["pwd"],
            Self::TwoFactors => &["mfa", "otp", "pwd"],
            Self::PhishingResistant => &["swk", "mfa", "pwd"],
            Self::HardwareProtected => &["hwk", "mfa", "pwd"],
        }
    }
}

/// One of the values of `acr_values`, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acr {
    pub(crate) name: &'static str,
    pub(crate) level: Level,
}

/// Okta's own values.
pub(crate) const ACRS: [Acr; 6] = [
    Acr { name: "urn:okta:loa:1fa:any", level: Level::Password },
    Level::Password.acr(),
    Level::TwoFactors.acr(),
    // Everybody in the sandbox can take the second step.
    Acr { name: "urn:okta:loa:2fa:any:ifpossible", level: Level::TwoFactors },
    Level::PhishingResistant.acr(),
    Level::HardwareProtected.acr(),
];

impl Acr {
    /// The first value of `acr_values` that Okta knows.
    pub(crate) fn first(values: &str) -> Option<Self> {
        let find = |name: &str| ACRS.into_iter().find(|acr| acr.name == name);
        values.split_whitespace().find_map(find)
    }
}

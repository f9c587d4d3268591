//! The words of a policy: effects, decisions, levels.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word, as configuration and trail have it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { given: text.to_owned(), known: &[$($word),+] }),
                }
            }
        }
    };
}

/// A word that is none of those known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is none of {}", known.join(", "))]
pub struct UnknownWord {
    /// The word.
    pub given: String,
    /// What it could be.
    pub known: &'static [&'static str],
}

/// What a call does to the org, from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds or changes something that can be changed back.
    Write,
    /// Grants access, weakens a control, or changes what people see at sign-in.
    Sensitive,
    /// Takes something away.
    Destructive,
}

words!(Effect:
    Read = "read", Write = "write", Sensitive = "sensitive", Destructive = "destructive");

/// What becomes of a call, from weak to strong: the strongest that matches decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// It is done.
    Allow,
    /// It is done once a person agreed.
    Confirm,
    /// It is not done.
    Deny,
}

words!(Decision: Allow = "allow", Confirm = "confirm", Deny = "deny");

/// How sure it is that a person confirmed, from weak to strong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The MCP client says that its person did; a hook in the client can answer for them.
    Client,
    /// Somebody who knows the approval passphrase did, on a page or terminal of this machine.
    Desktop,
    /// The approver did, signed in to Okta for it.
    Person,
}

words!(Level: Client = "client", Desktop = "desktop", Person = "person");

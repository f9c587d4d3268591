//! Switching an object on or off: applications, policies, rules.

use okta_client::Request;
use serde_json::Value;

use crate::{desk::Plan, label};

/// Which way an object is switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// To ACTIVE.
    On,
    /// To INACTIVE.
    Off,
}

impl Turn {
    /// The plan that switches `what`, which was read as `object`; `[on, off]` are the requests.
    pub(crate) fn plan(self, what: &str, [on, off]: [Request; 2], object: &Value) -> Plan {
        let (verb, done, change, back) = match self {
            Self::On => ("Activate", "active", on, off),
            Self::Off => ("Deactivate", "deactivated", off, on),
        };
        let plan = Plan::new(format!("{verb} {what}"), change)
            .done(format!("{} is {done}.", capital(what)));
        if label::text(object, "/status") == Some(self.status()) {
            // Nothing to take back: it would end up in another state than before.
            return plan.note(format!("It was {} already.", self.status()));
        }
        plan.undo(back)
    }

    /// How `tool` shows that it was done.
    pub(crate) fn check(self, tool: &str) -> String {
        format!("{tool}: status {} means done", self.status())
    }

    /// The status that the object then has.
    const fn status(self) -> &'static str {
        match self {
            Self::On => "ACTIVE",
            Self::Off => "INACTIVE",
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

//! A person confirms, never the model.

use okta_catalog::Effect;
use okta_client::BoxFuture;
use okta_policy::Level;

/// What a person is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The words, made from Okta's answers, never from the model's.
    pub text: String,
    /// The gravity.
    pub effect: Effect,
    /// Names the call: tool and its definition, arguments, principal, org, and the target as it
    /// was shown. A yes holds for this alone.
    pub binding: String,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The person agreed.
    Yes {
        /// How sure that is.
        level: Level,
        /// True where the call waited for it; false where the answer came with the call.
        waited: bool,
    },
    /// The person declined.
    Declined,
    /// The person closed the question.
    Cancelled,
    /// Nobody answered in time.
    TimedOut,
    /// The client answered with an error.
    Failed(String),
    /// The question is on its way; the same call comes again with the answer.
    Later,
}

/// A way to a person.
pub trait Asker: Send + Sync {
    /// How sure a yes would be; `None` where it cannot ask.
    fn level(&self) -> Option<Level>;

    /// How the person goes on where it cannot ask.
    fn unable(&self) -> Option<String>;

    /// Asks. Whatever is no clear yes is a no.
    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Verdict>;
}

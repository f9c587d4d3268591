//! What may be wrong, and what helps: the words of `doctor` and of the guides.

use crate::AppKind;

/// Something that may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name, as scripts see it.
    pub id: &'static str,
    /// The kinds of apps that may have it.
    pub kinds: &'static [AppKind],
    /// What is seen, for people; one sentence without a full stop.
    pub sign: &'static str,
    /// What to do about it; whole sentences.
    pub remedy: &'static str,
}

/// All of them, in the order in which `doctor` looks for them.
pub const TROUBLES: &[&Trouble] = &[];

//! What outlives a call, and the people of this machine.

use std::sync::Arc;

use okta_client::{BoxFuture, Entropy};
use okta_policy::Level;
use okta_storage::{Approval, Error, Seal, Store, new_id};

/// What outlives a call.
#[derive(Clone)]
pub struct Memory {
    /// Approvals, undo, counts.
    pub store: Arc<dyn Store>,
    /// Seals what is stored.
    pub seal: Arc<Seal>,
    /// Where the people of this machine decide.
    pub approvers: Arc<dyn Approvers>,
    /// For ids.
    pub entropy: Arc<dyn Entropy>,
}

/// Where the people of this machine decide, without the client.
pub trait Approvers: Send + Sync + 'static {
    /// Where a person reads about an approval and decides: a link, or the words to go on with.
    fn place<'a>(&'a self, approval: &'a Approval) -> BoxFuture<'a, String>;

    /// Whether people sign in to Okta to decide here.
    fn sign_in(&self) -> ApproverSignIn;

    /// How a level is set up that is not.
    fn set_up(&self, level: Level) -> String;
}

/// Whether people sign in to Okta to decide, which is level `person`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApproverSignIn {
    /// They cannot.
    Never,
    /// They can, and do where that is asked for.
    Possible,
    /// They do, where nothing else is said.
    Usual,
}

/// The levels of confirmation that can be had here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    /// What is taken where nothing is said: the best that was set up.
    pub(crate) best: Level,
    /// The highest that can be had.
    pub(crate) highest: Level,
}

impl Memory {
    /// The best level of confirmation that is set up.
    pub(crate) async fn best(&self) -> Result<Level, Error> {
        Ok(self.levels().await?.best)
    }

    /// The levels of confirmation that can be had here.
    pub(crate) async fn levels(&self) -> Result<Levels, Error> {
        let sign_in = self.approvers.sign_in();
        if sign_in == ApproverSignIn::Usual {
            return Ok(Levels { best: Level::Person, highest: Level::Person });
        }
        let passphrase = self.store.passphrase().await?.is_some();
        let best = if passphrase { Level::Desktop } else { Level::Client };
        let highest = if sign_in == ApproverSignIn::Never { best } else { Level::Person };
        Ok(Levels { best, highest })
    }

    /// An id that nobody guesses.
    pub(crate) fn id(&self) -> String {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        new_id(random)
    }
}

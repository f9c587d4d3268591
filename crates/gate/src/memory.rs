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

    /// How a level is set up that is not.
    fn set_up(&self, level: Level) -> String;
}

impl Memory {
    /// The best level of confirmation that is set up.
    pub(crate) async fn best(&self) -> Result<Level, Error> {
        let desktop = self.store.passphrase().await?.is_some();
        Ok(if desktop { Level::Desktop } else { Level::Client })
    }

    /// An id that nobody guesses.
    pub(crate) fn id(&self) -> String {
        let mut random = [0; 16];
        self.entropy.fill(&mut random);
        new_id(random)
    }
}

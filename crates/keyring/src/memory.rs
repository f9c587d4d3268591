//! A keyring that lasts as long as the process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use secrecy::SecretSlice;

use crate::{Entries, KeyringError};

/// A keyring in memory, which can be locked: for tests of what depends on one. Clones are the same
/// keyring.
#[derive(Clone, Debug, Default)]
pub struct InMemory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    entries: BTreeMap<String, SecretSlice<u8>>,
    closed: Option<KeyringError>,
    asked: usize,
}

impl InMemory {
    /// From now on it answers with that error; with `None` it works again.
    pub fn close(&self, why: Option<KeyringError>) {
        self.state().closed = why;
    }

    /// The names of its entries.
    pub fn names(&self) -> Vec<String> {
        self.state().entries.keys().cloned().collect()
    }

    /// How often something was asked of it.
    pub fn asked(&self) -> usize {
        self.state().asked
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, State>, KeyringError> {
        let mut state = self.state();
        state.asked += 1;
        state.closed.clone().map_or(Ok(state), Err)
    }
}

impl Entries for InMemory {
    fn name(&self) -> &'static str {
        "keyring in memory"
    }

    fn state(&self) -> Result<(), KeyringError> {
        self.open().map(drop)
    }

    fn get(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        Ok(self.open()?.entries.get(entry).cloned())
    }

    fn put(&self, entry: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError> {
        self.open()?.entries.insert(entry.to_owned(), secret.clone());
        Ok(())
    }

    fn remove(&self, entry: &str) -> Result<bool, KeyringError> {
        Ok(self.open()?.entries.remove(entry).is_some())
    }
}

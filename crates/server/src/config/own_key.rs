//! Where the private key that signs in lies, and where its id stands.

use super::{
    At, KeySource, Settings,
    layers::Layer,
    setting::{Group, Kind},
    table,
};

/// The private key that signs in, as the settings name it.
#[derive(Clone, Debug)]
pub struct OwnKey {
    /// Where it lies.
    pub source: KeySource,
    /// What says so.
    pub at: At,
    /// True where that is the configuration file.
    pub in_file: bool,
    /// What names its id, where something does beside the key itself.
    pub id: Option<IdAt>,
}

/// What names the id of a key.
#[derive(Clone, Debug)]
pub struct IdAt {
    /// Where it stands.
    pub at: At,
    /// True where that is the configuration file.
    pub in_file: bool,
}

impl Settings {
    /// The private key that signs in; `None` where something else does.
    pub fn own_key(&self) -> Option<OwnKey> {
        let given = self.one_of(Group::SignIn)?;
        let is_key = given.setting.kind == Kind::Key || given.is(&table::PRIVATE_KEY_FILE);
        let id = self
            .get(&table::KEY_ID)
            .map(|id| IdAt { at: id.at(), in_file: id.layer() == Layer::File });
        is_key.then(|| OwnKey {
            source: KeySource::of(given),
            at: given.at(),
            in_file: given.layer() == Layer::File,
            id,
        })
    }
}

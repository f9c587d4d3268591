//! What the settings say for those who cannot read the whole configuration, or not yet: the org, the
//! way to it, and where secrets are.

use std::path::PathBuf;

use okta_client::{OrgUrl, Reach};

use super::{ConfigError, Settings, secret::KeySource, setting::Group, table};

impl Settings {
    /// The org.
    pub fn org_url(&self) -> Result<OrgUrl, ConfigError> {
        let org = self.get(&table::ORG);
        let org = org.ok_or_else(|| self.missing(&table::ORG, "it names the Okta org"))?;
        OrgUrl::parse(org.text()).map_err(|error| org.bad(error))
    }

    /// The way to it: proxy and trusted certificates.
    pub fn reach(&self) -> Reach {
        Reach {
            https_proxy: self.text(&table::PROXY).map(str::to_owned),
            no_proxy: self.text(&table::NO_PROXY).map(str::to_owned),
            ca_file: self.path(&table::CA_FILE),
            ca_dir: self.path(&table::CA_DIR),
            ..Reach::default()
        }
    }

    /// The setting that names the keyring, where one does.
    pub fn secret_in_keyring(&self) -> Option<&'static str> {
        let groups = [Group::SignIn, Group::Approvers];
        let mut given = groups.into_iter().filter_map(|group| self.one_of(group));
        let named = given.find(|given| matches!(KeySource::of(given), KeySource::Keyring));
        named.map(|given| given.setting.name())
    }

    /// The files that secrets are read from.
    pub fn secret_files(&self) -> Vec<PathBuf> {
        let groups = [Group::SignIn, Group::Approvers, Group::DomainKey];
        let sources = groups.into_iter().filter_map(|group| self.one_of(group)).map(KeySource::of);
        sources
            .filter_map(|source| match source {
                KeySource::File(path) => Some(path),
                KeySource::Inline(_) | KeySource::Keyring => None,
            })
            .collect()
    }
}

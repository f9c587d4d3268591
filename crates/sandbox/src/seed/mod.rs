//! Fills a new org.

pub(crate) mod apps;
pub(crate) mod devices;
mod groups;
mod names;
mod people;
pub(crate) mod policies;
mod service_app;
mod stories;
mod world;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, json};

use crate::{
    config::Config,
    id::Maker,
    log::Log,
    oauth::Tokens,
    org::ServiceApp,
    resources,
    store::{Assignments, Group, GroupType, Groups, State, Users},
    time::before,
};

/// A new org.
pub(crate) struct Seeded {
    pub(crate) state: State,
    pub(crate) service_app: ServiceApp,
}

/// Builds the org of `config`. Times are relative to `now`.
pub(crate) fn build(config: &Config, now: Timestamp) -> Seeded {
    let mut maker = Maker::new(config.seed);
    let born = before(now, 6 * 365 * 86_400);
    let everyone = Group {
        id: maker.id("00g"),
        kind: GroupType::BuiltIn,
        created: born,
        last_updated: born,
        last_membership_updated: now,
        profile: Map::from_iter([
            ("name".to_owned(), json!("Everyone")),
            ("description".to_owned(), json!("All users in your organization")),
        ]),
        source: None,
    };
    let (org_id, user_type, admin) = (maker.id("00o"), maker.id("oty"), maker.id("00u"));
    let mut state = State {
        maker,
        org_id,
        admin,
        born,
        user_type,
        signing_key: service_app::key(config.seed, "sandbox", born).1,
        users: Users::default(),
        groups: Groups::new(everyone),
        docs: BTreeMap::new(),
        assignments: Assignments::default(),
        grants: BTreeMap::new(),
        roles: BTreeMap::new(),
        log: Log::default(),
        tokens: Tokens::default(),
    };
    let service_app = service_app::add(&mut state, config, now);
    people::add(&mut state, config, now);
    groups::add(&mut state, config, now);
    for seed in resources::SEEDS {
        seed(&mut state, config, now);
    }
    stories::tell(&mut state, config, now);
    Seeded { state, service_app }
}

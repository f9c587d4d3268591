//! Fills a new org.

pub(crate) mod apps;
pub(crate) mod brands;
mod client_apps;
pub(crate) mod devices;
mod groups;
mod names;
mod people;
pub(crate) mod policies;
pub(crate) mod service_app;
mod stories;
mod world;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, json};

use crate::{
    config::Config,
    id::Maker,
    log::{Log, Past},
    oauth::{Codes, Devices, Key, Tokens},
    org::{ServiceApp, SignIn},
    resources,
    store::{
        Assignments, Files, Group, GroupType, Groups, Passwords, Sessions, State, Users, Visits,
    },
    time::before,
};

/// The password of everybody whom a new org begins with. It opens nothing but a sandbox.
pub(crate) const PASSWORD: &str = "Sandbox-Pass-1";

/// A new org.
pub(crate) struct Seeded {
    pub(crate) state: State,
    pub(crate) service_app: ServiceApp,
    pub(crate) sign_in: SignIn,
}

/// Orgs with more people than this tell their past at once: building them twice takes longer.
const LARGE: usize = 2_000;

/// Builds the org of `config`. Times are relative to `now`.
pub(crate) fn build(config: &Config, now: Timestamp) -> Seeded {
    let mut seeded = assemble(config, now);
    let count = config.log_events;
    let past: Past = if config.users > LARGE {
        let events = stories::tell(&mut seeded.state, config, now);
        Box::new(move || events)
    } else {
        // From an org of the same seed, whatever has been done to this one by then.
        let config = config.clone();
        Box::new(move || stories::tell(&mut assemble(&config, now).state, &config, now))
    };
    seeded.state.log = Log::with_past(count, past);
    seeded
}

fn assemble(config: &Config, now: Timestamp) -> Seeded {
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
        signing_key: Key::ec(config.seed, "sandbox"),
        users: Users::default(),
        groups: Groups::new(everyone),
        docs: BTreeMap::new(),
        files: Files::default(),
        assignments: Assignments::default(),
        grants: BTreeMap::new(),
        roles: BTreeMap::new(),
        log: Log::default(),
        tokens: Tokens::default(),
        codes: Codes::default(),
        devices: Devices::default(),
        passwords: Passwords::default(),
        sessions: Sessions::default(),
        visits: Visits::default(),
    };
    let service_app = service_app::add(&mut state, config, now);
    people::add(&mut state, config, now);
    groups::add(&mut state, config, now);
    for seed in resources::SEEDS {
        seed(&mut state, config, now);
    }
    stories::settle(&mut state, now);
    let sign_in = client_apps::add(&mut state, config, &service_app.client_id, now);
    Seeded { state, service_app, sign_in }
}

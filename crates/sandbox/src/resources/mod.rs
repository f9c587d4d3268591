//! The operations, one file per resource.
//!
//! A resource is a file with `pub(super) const ROUTES: &[Route]` and a function per operation, listed
//! in [`TABLES`]; what a new org has of it is added by a function in [`SEEDS`].

pub(crate) mod app_assignments;
pub(crate) mod apps;
pub(crate) mod catalog;
pub(crate) mod device_assurance;
mod group_rules;
mod groups;
mod logs;
mod oauth;
pub(crate) mod policies;
pub(crate) mod policy_rules;
pub(crate) mod roles;
mod schemas;
mod users;

use jiff::Timestamp;

use crate::{config::Config, route::Route, seed, store::State};

/// Every operation of the API.
pub(crate) const TABLES: &[&[Route]] = &[
    app_assignments::ROUTES,
    apps::ROUTES,
    catalog::ROUTES,
    device_assurance::ROUTES,
    group_rules::ROUTES,
    groups::ROUTES,
    logs::ROUTES,
    oauth::ROUTES,
    policies::ROUTES,
    policy_rules::ROUTES,
    roles::ROUTES,
    schemas::ROUTES,
    users::ROUTES,
];

/// Adds what a new org has of a resource; runs in this order, after people and groups.
pub(crate) type Seed = fn(&mut State, &Config, Timestamp);

/// What fills a new org, after people and groups.
pub(crate) const SEEDS: &[Seed] =
    &[group_rules::seed, seed::devices::add, seed::policies::add, seed::apps::add];

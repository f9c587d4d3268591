//! The operations, one file per resource.
//!
//! A resource is a file with `pub(super) const ROUTES: &[Route]` and a function per operation, listed
//! in [`TABLES`]; what a new org has of it is added by a function in [`SEEDS`].

pub(crate) mod app_assignments;
mod app_grants;
mod app_keys;
pub(crate) mod apps;
pub(crate) mod brands;
pub(crate) mod catalog;
pub(crate) mod device_assurance;
pub(crate) mod domains;
pub(crate) mod email_customizations;
pub(crate) mod email_domains;
mod email_templates;
mod files;
mod group_rules;
mod groups;
mod logs;
mod oauth;
pub(crate) mod pages;
pub(crate) mod policies;
pub(crate) mod policy_rules;
pub(crate) mod roles;
mod schemas;
mod sign_in;
pub(crate) mod themes;
mod users;

use jiff::Timestamp;

use crate::{config::Config, route::Route, seed, store::State};

/// Every operation of the API.
pub(crate) const TABLES: &[&[Route]] = &[
    app_assignments::ROUTES,
    app_grants::ROUTES,
    app_keys::ROUTES,
    apps::ROUTES,
    brands::ROUTES,
    catalog::ROUTES,
    device_assurance::ROUTES,
    domains::ROUTES,
    email_customizations::ROUTES,
    email_domains::ROUTES,
    email_templates::ROUTES,
    files::ROUTES,
    group_rules::ROUTES,
    groups::ROUTES,
    logs::ROUTES,
    oauth::ROUTES,
    pages::ROUTES,
    policies::ROUTES,
    policy_rules::ROUTES,
    roles::ROUTES,
    schemas::ROUTES,
    sign_in::ROUTES,
    themes::ROUTES,
    users::ROUTES,
];

/// Adds what a new org has of a resource; runs in this order, after people and groups.
pub(crate) type Seed = fn(&mut State, &Config, Timestamp);

/// What fills a new org, after people and groups.
pub(crate) const SEEDS: &[Seed] = &[
    group_rules::seed,
    seed::devices::add,
    seed::policies::add,
    seed::apps::add,
    seed::brands::add,
];

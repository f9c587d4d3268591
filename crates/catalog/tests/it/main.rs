//! The catalog as its callers see it.

#![cfg(test)]

mod apps;
mod args;
mod assurance;
mod brands;
mod budget;
mod catalog;
mod certificates;
mod custom_pages;
mod desk;
mod domains;
mod emails;
mod end_user;
mod facts;
mod groups;
mod lists;
mod logs;
mod official;
mod policies;
mod secrets;
mod shared;
mod themes;
mod users;

//! People who sign in with a browser: the login page, what may follow it, and the page for devices.
//!
//! A sign-in that is under way is a visit. Its forms bring the visit's id and token, and the browser
//! a cookie that the visit began with. After each step [`steps::go_on`] finds what is still missing.

#![expect(clippy::unnecessary_wraps, reason = "all operations have one signature")]

mod activate;
mod authorize;
mod logout;
mod pages;
mod password;
mod steps;

use crate::route::{Route, get, post};

pub(super) const ROUTES: &[Route] = &[
    get("/oauth2/v1/authorize", "", authorize::authorize).limit(60),
    post("/oauth2/v1/authorize", "", authorize::posted).limit(60),
    get("/oauth2/v1/logout", "", logout::logout),
    get("/login/signout", "", logout::sign_out),
    get("/activate", "", activate::show),
    post("/activate", "", activate::enter),
    post("/activate/confirm", "", activate::confirm),
    post("/signin/password", "", password::give),
    post("/signin/new-password", "", password::renew),
    post("/signin/code", "", steps::second),
    post("/signin/consent", "", steps::consent),
    post("/signin/other", "", steps::other),
];

//! The Okta of these properties, and what is grave there.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::okta::{Answer, LISTS, Seen};

/// A small Okta, in which every id is an object and nothing is ever gone: what was agreed to once
/// could be done again and again.
#[derive(Default)]
pub(super) struct Little {
    /// How often each object was changed.
    versions: Mutex<HashMap<String, usize>>,
    made: AtomicUsize,
}

/// The path of the object that a request is about.
fn about(path: &str) -> &str {
    path.split("/lifecycle/").next().unwrap()
}

/// An object: what it is named like changes with each version.
fn object(path: &str, version: usize) -> Value {
    let id = path.rsplit('/').next().unwrap();
    let status = match (id.ends_with('2'), path.contains("/users/")) {
        (false, _) => "ACTIVE",
        (true, true) => "DEPROVISIONED",
        (true, false) => "INACTIVE",
    };
    let name = format!("n{version}");
    json!({
        "id": id, "status": status, "name": name, "label": name, "type": "OKTA_SIGN_ON",
        "platform": "MACOS", "signOnMode": "OPENID_CONNECT",
        "profile": { "name": name, "login": "l@a.b" },
        "settings": { "oauthClient": { "redirect_uris": ["https://good.example"] } },
    })
}

impl Little {
    pub(super) fn change(&self, path: &str) {
        *self.versions.lock().unwrap().entry(path.to_owned()).or_default() += 1;
    }

    fn read(&self, path: &str) -> Value {
        let version = self.versions.lock().unwrap().get(path).copied().unwrap_or_default();
        object(path, version)
    }

    pub(super) fn answer(&self, seen: &Seen) -> Answer {
        let path = seen.path.as_str();
        let last = path.rsplit('/').next().unwrap();
        match (seen.method.as_str(), path) {
            ("GET", "/api/v1/users/00ua/roles") => {
                Answer::json(200, &json!([{ "type": "SUPER_ADMIN" }]))
            }
            ("GET", "/api/v1/groups/00g2/roles") => {
                Answer::json(200, &json!([{ "type": "HELP_DESK_ADMIN" }]))
            }
            ("GET", "/api/v1/groups/00g3/roles") => {
                Answer::json(403, &json!({ "errorCode": "E0000006", "errorSummary": "no" }))
            }
            ("GET", _) if LISTS.contains(&last) || last == "roles" => Answer::json(200, &json!([])),
            ("GET", _) => Answer::json(200, &self.read(path)),
            ("POST", _) if LISTS.contains(&last) => {
                let number = self.made.fetch_add(1, Ordering::Relaxed);
                Answer::json(200, &self.read(&format!("{path}/new{number}")))
            }
            _ => {
                self.change(about(path));
                Answer::json(200, &self.read(about(path)))
            }
        }
    }
}

/// What takes something away, grants access, weakens a control or changes where people land when
/// they sign in: by what is sent, whatever the catalog and the pipeline think of it. What is not
/// known to be harmless is grave.
pub(super) fn is_grave(seen: &Seen) -> bool {
    let parts: Vec<&str> = seen.path.split('/').skip(3).collect();
    let body = seen.body.clone().unwrap_or_default();
    match (seen.method.as_str(), parts.as_slice()) {
        // Profiles, and new objects that nobody has access by, or sees; a page that nobody lands on; a
        // mail to the caller.
        (
            "POST",
            ["users" | "groups" | "device-assurances" | "brands"]
            | ["users", _]
            | ["brands", _, "templates", "email", _, "test"],
        )
        | ("PUT", ["groups", _] | ["brands", _, "pages", _, "preview"]) => false,
        // Membership, unless the group makes admins, or may do so.
        ("PUT", ["groups", group, "users", _]) => *group != "00g1" && !group.starts_with("new"),
        // A new application, unless people get in without an assignment, or it does.
        ("POST", ["apps"]) => {
            body.pointer("/settings/implicitAssignment") == Some(&json!(true))
                || body.pointer("/settings/oauthClient/grant_types").is_some()
        }
        // An application, unless it changes how people sign in.
        ("PUT", ["apps", _]) => {
            let before = object(&seen.path, 0);
            let guarded = ["/signOnMode", "/settings/oauthClient", "/settings/implicitAssignment"];
            guarded.iter().any(|part| body.pointer(part) != before.pointer(part))
        }
        _ => true,
    }
}

//! Protected objects.

use okta_policy::Kind;
use serde_json::json;

use crate::support::policy;

#[test]
fn objects_are_known_by_id_or_name() {
    let policy = policy(
        "[protect]
        users = ['breakglass@acme.example', '00u1admin']
        groups = ['Break Glass', '00g1admins']
        apps = ['Okta MCP']
        super_admins = false",
    );
    let protect = policy.protect();
    assert!(!protect.super_admins);
    let user = |id: &str, login: &str| {
        let user = json!({ "id": id, "profile": { "login": login, "name": "Break Glass" } });
        protect.object(Kind::User, &user).map(str::to_owned)
    };
    assert_eq!(user("00u1admin", "x@y.example").as_deref(), Some("00u1admin"));
    assert_eq!(user("00u2", "BreakGlass@ACME.example").as_deref(), Some("breakglass@acme.example"));
    assert_eq!(user("00u2", "breakglass2@acme.example"), None);
    let group = json!({ "id": "00g9", "profile": { "name": "break glass" } });
    assert_eq!(protect.object(Kind::Group, &group), Some("Break Glass"));
    let app = json!({ "id": "0oa1", "label": "Okta MCP", "name": "oidc_client" });
    assert_eq!(protect.object(Kind::App, &app), Some("Okta MCP"));
    assert_eq!(protect.object(Kind::App, &json!({ "id": 5, "label": null })), None);
    // An argument may be a login, or the part of it before the @.
    for name in ["breakglass", "breakglass@acme.example", " BREAKGLASS "] {
        assert!(protect.named(Kind::User, name).is_some(), "{name}");
    }
    assert_eq!(protect.named(Kind::User, "break"), None);
    assert_eq!(protect.named(Kind::Group, "00g1admins"), Some("00g1admins"));
    assert_eq!(protect.named(Kind::App, "00g1admins"), None);
}

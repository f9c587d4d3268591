//! Applications and Okta's catalog of integrations.

use okta_catalog::{Effect, Failure};
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page, plan, snapshot, told};

const APP: &str = "/api/v1/apps/0oa1";

/// A web application, as Okta answers with it.
fn web(status: &str) -> Value {
    json!({
        "id": "0oa1",
        "orn": "orn:okta:idp:00o1:apps:oidc_client:0oa1",
        "name": "oidc_client",
        "label": "Payroll",
        "status": status,
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "accessibility": { "selfService": false, "errorRedirectUrl": null },
        "visibility": { "autoLaunch": false, "hide": { "iOS": false, "web": true } },
        "features": [],
        "signOnMode": "OPENID_CONNECT",
        "credentials": {
            "userNameTemplate": { "template": "${source.login}", "type": "BUILT_IN" },
            "signing": { "kid": "k1", "lastRotated": "2026-01-01T00:00:00.000Z" },
            "oauthClient": {
                "client_id": "0oa1",
                "client_secret": "kept-by-the-merge",
                "token_endpoint_auth_method": "client_secret_basic",
            },
        },
        "settings": {
            "app": {},
            "notes": { "admin": null, "enduser": "Ask Ana" },
            "oauthClient": {
                "redirect_uris": ["https://payroll.example/cb"],
                "grant_types": ["authorization_code"],
                "jwks": { "keys": [{ "kty": "RSA", "kid": "a", "id": "pks1", "n": "n" }] },
            },
        },
        "_links": { "self": { "href": "https://acme.okta.com/api/v1/apps/0oa1" } },
    })
}

/// The application, its groups and users.
fn desk(app: Value) -> Fake {
    Fake::new()
        .on(APP, app)
        .on(
            "/api/v1/apps/0oa1/groups",
            json!([
                { "id": "00g1", "_embedded": { "group": { "profile": { "name": "Finance" } } } },
                { "id": "00g2", "profile": {} },
            ]),
        )
        .on(
            "/api/v1/apps/0oa1/users",
            json!([
                { "id": "00u1", "credentials": { "userName": "ana@acme.test" } },
                { "id": "00u2", "credentials": {}, "profile": { "email": "bo@acme.test" } },
                { "id": "00u3" },
            ]),
        )
}

#[test]
fn creates_what_was_given() {
    let config = json!({
        "label": "Docs", "signOnMode": "BOOKMARK", "name": "bookmark",
        "settings": { "app": { "url": "https://docs.test", "requestIntegration": false, "x": null } },
    });
    let args = json!({ "app_config": config, "activate": false, "secret_file": "docs.secret" });
    snapshot("create_application", "create_application", args, &Fake::new());
}

#[test]
fn an_application_that_lets_people_in_by_itself_is_more_than_a_write() {
    let with = |settings: Value| {
        let config = json!({ "label": "X", "signOnMode": "OPENID_CONNECT", "settings": settings });
        plan("create_application", json!({ "app_config": config }), &Fake::new())
    };
    for settings in [
        json!({ "implicitAssignment": true }),
        json!({ "oauthClient": { "grant_types": ["authorization_code", "client_credentials"] } }),
        json!({ "oauthClient": { "grant_types": ["implicit"] } }),
        json!({ "oauthClient": { "grant_types": ["password"] } }),
    ] {
        let plan = with(settings.clone());
        assert_eq!(plan.raised.unwrap().0, Effect::Sensitive, "{settings}");
        assert_eq!(plan.loss.len(), 1, "{settings}");
    }
    let plan = with(json!({
        "implicitAssignment": false, "oauthClient": { "grant_types": ["authorization_code"] },
    }));
    assert_eq!(plan.raised, None);
    let config = json!({ "label": "X", "accessibility": { "selfService": true } });
    let plan = plan_of("create_application", json!({ "app_config": config }));
    assert_eq!(plan.raised.unwrap().0, Effect::Sensitive);
    let plan = plan_of(
        "install_oin_app",
        json!({
            "name": "zoom", "label": "Zoom", "sign_on_mode": "SAML_2_0",
            "settings": { "implicitAssignment": true },
        }),
    );
    assert_eq!(plan.raised.unwrap().0, Effect::Sensitive);
}

fn plan_of(tool: &str, args: Value) -> okta_catalog::Plan {
    plan(tool, args, &Fake::new())
}

#[test]
fn an_update_merges() {
    let args = json!({
        "app_id": "0oa1",
        "app_config": {
            "label": "Payroll EU",
            "visibility": { "hide": { "web": false } },
            "settings": { "notes": { "enduser": null } },
        },
    });
    snapshot("update_application", "update_application", args, &desk(web("ACTIVE")));
}

#[test]
fn an_update_that_changes_sign_in_is_sensitive() {
    for config in [
        json!({ "settings": { "oauthClient": { "redirect_uris": ["https://evil.test"] } } }),
        json!({ "settings": { "signOn": { "ssoAcsUrl": "https://evil.test" } } }),
        json!({ "settings": { "app": { "url": "https://evil.test" } } }),
        json!({ "settings": { "implicitAssignment": true } }),
        json!({ "accessibility": { "selfService": true } }),
        json!({ "credentials": { "oauthClient": { "pkce_required": false } } }),
        json!({ "signOnMode": "SAML_2_0" }),
    ] {
        let args = json!({ "app_id": "0oa1", "app_config": config });
        let plan = plan("update_application", args.clone(), &desk(web("ACTIVE")));
        let (effect, reason) = plan.raised.unwrap_or_else(|| panic!("{args}"));
        assert_eq!(effect, Effect::Sensitive, "{reason}");
    }
    for config in [
        json!({ "label": "Payroll EU" }),
        json!({ "credentials": { "oauthClient": { "client_secret": "[redacted]" } } }),
        json!({ "accessibility": { "selfService": false } }),
        json!({ "settings": { "notes": { "admin": "mine" } } }),
    ] {
        let args = json!({ "app_id": "0oa1", "app_config": config });
        let plan = plan("update_application", args.clone(), &desk(web("ACTIVE")));
        assert_eq!(plan.raised, None, "{args}");
    }
}

#[test]
fn a_full_replace_sends_what_was_given_alone() {
    let args = json!({
        "app_id": "0oa1",
        "full_replace": true,
        "app_config": {
            "label": "Payroll", "signOnMode": "OPENID_CONNECT", "name": "oidc_client",
            "credentials": { "oauthClient": { "client_secret": "[redacted]" } },
        },
    });
    let desk = desk(web("ACTIVE"));
    let plan = plan("update_application", args, &desk);
    assert_eq!(
        plan.requests[0].json().unwrap(),
        &json!({
            "label": "Payroll", "signOnMode": "OPENID_CONNECT", "name": "oidc_client",
            "credentials": { "oauthClient": { "client_secret": "kept-by-the-merge" } },
        })
    );
    assert_eq!(plan.raised.as_ref().unwrap().0, Effect::Sensitive, "it drops redirect_uris");
    let told = told(&plan, &desk);
    let fields: Vec<&Value> =
        told["changes"].as_array().unwrap().iter().map(|change| &change["field"]).collect();
    assert!(fields.contains(&&json!("settings")) && !fields.contains(&&json!("id")), "{fields:?}");
}

#[test]
fn a_name_that_okta_sets_is_left_out_for_some_sign_on_modes() {
    for (mode, named) in [("SAML_2_0", false), ("AUTO_LOGIN", false), ("SAML_1_1", true)] {
        let app = json!({ "id": "0oa1", "name": "n", "label": "L", "signOnMode": mode });
        let args = json!({ "app_id": "0oa1", "app_config": { "label": "M" } });
        let plan = plan("update_application", args, &desk(app));
        let body = plan.requests[0].json().unwrap();
        assert_eq!(body.get("name").is_some(), named, "{mode}");
        assert_eq!(plan.after.unwrap()["name"], "n", "Okta keeps it");
    }
    let app = json!({ "id": "0oa1", "name": "n", "label": "L", "signOnMode": "SAML_2_0" });
    let args = json!({ "app_id": "0oa1", "app_config": { "name": "given" } });
    let plan = plan("update_application", args, &desk(app));
    assert_eq!(plan.requests[0].json().unwrap()["name"], "given", "never what the caller gave");
}

#[test]
fn what_okta_keeps_as_it_is_gets_a_word() {
    let args = json!({ "app_id": "0oa1", "app_config": { "status": "INACTIVE", "label": "P" } });
    let plan = plan("update_application", args, &desk(web("ACTIVE")));
    assert_eq!(plan.requests[0].json().unwrap()["status"], "INACTIVE");
    assert_eq!(plan.after.unwrap()["status"], "ACTIVE");
    assert!(plan.notes[0].contains("status"), "{:?}", plan.notes);
}

#[test]
fn an_update_needs_something_to_change() {
    let args = json!({ "app_id": "0oa1", "app_config": {} });
    let failure = failure("update_application", args, &desk(web("ACTIVE")));
    assert!(matches!(failure, Failure::Arguments(_)), "{failure:?}");
}

#[test]
fn a_switch_tells_who_is_affected_and_can_be_taken_back() {
    let args = json!({ "app_id": "0oa1" });
    snapshot("activate_application", "activate_application", args.clone(), &desk(web("INACTIVE")));
    snapshot("deactivate_application", "deactivate_application", args, &desk(web("ACTIVE")));
}

#[test]
fn what_is_off_already_is_not_switched_on_by_an_undo() {
    let args = json!({ "app_id": "0oa1" });
    let plan = plan("deactivate_application", args, &desk(web("INACTIVE")));
    assert!(plan.undo.is_empty());
    assert_eq!(plan.notes, ["It was INACTIVE already."]);
}

#[test]
fn who_has_it_may_be_unknown() {
    let desk = Fake::new()
        .on(APP, web("ACTIVE"))
        .reply("/api/v1/apps/0oa1/groups", okta_error(ErrorKind::MissingRole, 403, "E0000006"))
        .reply("/api/v1/apps/0oa1/users", page(json!([{ "id": "00u1" }]), "c"));
    let plan = plan("deactivate_application", json!({ "app_id": "0oa1" }), &desk);
    assert_eq!(
        plan.loss,
        [
            "Which groups it is assigned to is unknown: Okta refused (E0000006).",
            "Used by more than 1 users: 00u1 and more.",
        ]
    );
}

#[test]
fn nobody_has_it() {
    let desk = Fake::new()
        .on(APP, web("INACTIVE"))
        .on("/api/v1/apps/0oa1/groups", json!([]))
        .on("/api/v1/apps/0oa1/users", json!([]));
    let plan = plan("activate_application", json!({ "app_id": "0oa1" }), &desk);
    assert_eq!(plan.loss, ["Assigned to no group.", "Used by no user."]);
}

#[test]
fn an_inactive_application_can_be_deleted() {
    let args = json!({ "app_id": "0oa1" });
    snapshot("delete_application", "delete_application", args, &desk(web("INACTIVE")));
}

#[test]
fn an_active_application_is_not_deleted() {
    let desk = desk(web("ACTIVE"));
    let failure = failure("delete_application", json!({ "app_id": "0oa1" }), &desk);
    let Failure::Refused { message, next } = failure else { panic!("{failure:?}") };
    assert!(message.contains("\"Payroll\""), "{message}");
    assert_eq!(next, "call deactivate_application first");
    assert_eq!(desk.asked(), [APP], "nothing else is looked up");
}

#[test]
fn installs_from_the_catalog() {
    let args = json!({
        "name": "zoomus", "label": "Zoom", "sign_on_mode": "SAML_2_0",
        "settings": { "app": { "subDomain": "" } }, "activate": "true",
    });
    snapshot("install_oin_app", "install_oin_app", args, &Fake::new());
}

/// A page of the catalog from `from`, `count` long.
fn entries(from: usize, count: usize) -> Value {
    (from..from + count).map(|at| json!({ "name": format!("app{at}") })).collect()
}

#[test]
fn the_catalog_goes_on_after_the_last_name_of_a_full_page() {
    let desk = Fake::new()
        .on("/api/v1/catalog/apps?q=a", entries(0, 20))
        .on("/api/v1/catalog/apps?q=a&after=app19", entries(20, 20))
        .on("/api/v1/catalog/apps?q=a&after=app39", entries(40, 3));
    let one = answer("list_catalog_apps", json!({ "q": "a" }), &desk).value;
    assert_eq!(one["has_more"], true);
    assert_eq!(one["next_cursor"], "app19");
    let all = answer("list_catalog_apps", json!({ "q": "a", "fetch_all": true }), &desk).value;
    assert_eq!(all["total_fetched"], 43);
    assert_eq!(all["complete"], true);
    assert_eq!(all["next_cursor"], Value::Null);
}

#[test]
fn a_full_last_page_of_the_catalog_is_followed_by_an_empty_one() {
    let desk = Fake::new()
        .on("/api/v1/catalog/apps?limit=2", entries(0, 2))
        .on("/api/v1/catalog/apps?limit=2&after=app1", json!([]));
    let all = answer("list_catalog_apps", json!({ "limit": 2, "fetch_all": true }), &desk).value;
    assert_eq!((&all["total_fetched"], &all["complete"]), (&json!(2), &json!(true)));
}

#[test]
fn a_limit_that_okta_caps_does_not_end_the_catalog() {
    let desk = Fake::new().on("/api/v1/catalog/apps", entries(0, 20));
    let page = answer("list_catalog_apps", json!({ "limit": 500 }), &desk).value;
    assert_eq!(page["next_cursor"], "app19");
}

#[test]
fn a_catalog_that_does_not_advance_ends() {
    let desk = Fake::new().on("/api/v1/catalog/apps", entries(0, 20));
    let all = answer("list_catalog_apps", json!({ "fetch_all": true }), &desk).value;
    assert_eq!(all["complete"], false);
    assert!(all["error"]["message"].as_str().unwrap().contains("twice"), "{}", all["error"]);
}

#[test]
fn a_catalog_app_comes_with_its_schema() {
    let app = json!({ "name": "zoomus", "_embedded": {} });
    let desk = Fake::new().on("/api/v1/catalog/apps/zoomus", app);
    answer("get_catalog_app", json!({ "app_name": "zoomus" }), &desk);
    assert_eq!(desk.asked(), ["/api/v1/catalog/apps/zoomus?expand=schema"]);
}

#[test]
fn assignments_are_listed() {
    let desk = desk(web("ACTIVE"));
    answer("list_application_users", json!({ "app_id": "0oa1", "q": "ana" }), &desk);
    let groups = answer("list_application_groups", json!({ "app_id": "0oa1", "limit": 5 }), &desk);
    assert_eq!(
        desk.asked(),
        ["/api/v1/apps/0oa1/users?q=ana", "/api/v1/apps/0oa1/groups?limit=20"]
    );
    assert_eq!(
        groups.value["notes"],
        json!(["limit 5 is less than Okta allows: 20 was asked for."])
    );
}

#[test]
fn expand_goes_out_as_given() {
    let desk = desk(web("ACTIVE")).on("/api/v1/apps", json!([]));
    answer("get_application", json!({ "app_id": "0oa1", "expand": "user/00u1" }), &desk);
    let args = json!({ "filter": "user.id eq \"00u1\"", "include_non_deleted": true, "expand": "user/00u1" });
    answer("list_applications", args, &desk);
    assert_eq!(
        desk.asked(),
        [
            "/api/v1/apps/0oa1?expand=user/00u1",
            "/api/v1/apps?filter=user.id eq \"00u1\"&expand=user/00u1&includeNonDeleted=true",
        ]
    );
}

//! What a token opens is what its scopes say and its person may.

use serde_json::{Value, json};

use crate::{
    device, oauth,
    support::{Reply, Sandbox, texts},
};

/// An access token of a person.
async fn token(sandbox: &Sandbox, login: &str, scope: &str) -> String {
    let granted = device::tokens(sandbox, login, scope).await;
    granted.body["access_token"].as_str().unwrap().to_owned()
}

fn outcome(reply: &Reply) -> (u16, &str) {
    (reply.status.as_u16(), reply.code())
}

const FORBIDDEN: (u16, &str) = (403, "E0000006");

#[tokio::test]
async fn who_is_no_admin_has_no_use_of_an_admins_scope() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let scope = "openid okta.users.read okta.users.manage okta.logs.read";
    let token = token(&sandbox, &sign_in.employee, scope).await;
    for (method, uri) in [
        ("GET", "/api/v1/users"),
        ("GET", "/api/v1/users/me"),
        ("GET", "/api/v1/users/me/appLinks"),
        ("GET", "/api/v1/logs"),
        ("POST", "/api/v1/users/ana.silva@acme.example/lifecycle/unlock"),
    ] {
        let reply = sandbox.bearer(method, uri, &token).await;
        assert_eq!(outcome(&reply), FORBIDDEN, "{method} {uri}");
        // The scope is there: it is not the token that lacks something.
        assert!(reply.headers.get("www-authenticate").is_none(), "{method} {uri}");
    }
    let person = sandbox.bearer("GET", "/oauth2/v1/userinfo", &token).await;
    assert_eq!(person.status, 200);
}

#[tokio::test]
async fn people_see_themselves_with_a_scope_of_their_own() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let token = token(&sandbox, &sign_in.employee, "openid okta.users.read.self").await;
    let me = sandbox.bearer("GET", "/api/v1/users/me", &token).await;
    assert_eq!(me.status, 200, "{}", me.text);
    assert_eq!(me.body["profile"]["login"], sign_in.employee);
    assert_eq!(me.body["profile"]["department"], "People");
    let id = me.body["id"].as_str().unwrap();
    for name in ["me", id, &sign_in.employee] {
        let same = sandbox.bearer("GET", &format!("/api/v1/users/{name}"), &token).await;
        assert_eq!(same.body["id"], id, "{name}");
        let links = sandbox.bearer("GET", &format!("/api/v1/users/{name}/appLinks"), &token).await;
        assert_eq!(links.status, 200, "{name}: {}", links.text);
    }
    for uri in [
        format!("/api/v1/users/{}", sign_in.super_admin),
        format!("/api/v1/users/{}/appLinks", sign_in.super_admin),
        "/api/v1/users".to_owned(),
        "/api/v1/users/me/groups".to_owned(),
        "/api/v1/users/me/roles".to_owned(),
        "/api/v1/logs".to_owned(),
    ] {
        let reply = sandbox.bearer("GET", &uri, &token).await;
        assert_eq!(outcome(&reply), FORBIDDEN, "{uri}");
        assert!(reply.header("www-authenticate").contains("insufficient_scope"), "{uri}");
    }
    let change = sandbox.bearer("POST", "/api/v1/users/me", &token).await;
    assert_eq!(outcome(&change), FORBIDDEN);
}

#[tokio::test]
async fn the_dashboard_shows_what_is_assigned_and_not_hidden() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let token = token(&sandbox, &sign_in.employee, "okta.users.read.self").await;
    let links = sandbox.bearer("GET", "/api/v1/users/me/appLinks", &token).await.body;
    let links = links.as_array().unwrap();
    let labels = texts(links, "/label");
    for label in ["Slack", "Google Workspace", "Workday", "Company handbook"] {
        assert!(labels.contains(&label.to_owned()), "{label} in {labels:?}");
    }
    for label in ["Okta MCP", "Okta MCP for people", "Okta MCP on the web", "Datadog", "GitHub"] {
        assert!(!labels.contains(&label.to_owned()), "{label} in {labels:?}");
    }
    let mut sorted = labels.clone();
    sorted.sort_by_key(|label| label.to_lowercase());
    assert_eq!(labels, sorted);
    let me = sandbox.bearer("GET", "/api/v1/users/me", &token).await.body;
    for (at, link) in links.iter().enumerate() {
        let keys: Vec<&String> = link.as_object().unwrap().keys().collect();
        let expected = [
            "id",
            "label",
            "linkUrl",
            "logoUrl",
            "appName",
            "appInstanceId",
            "appAssignmentId",
            "credentialsSetup",
            "hidden",
            "sortOrder",
        ];
        assert_eq!(keys, expected);
        assert_eq!((&link["id"], &link["sortOrder"]), (&me["id"], &json!(at)));
        assert_eq!(link["hidden"], false);
        assert!(link["linkUrl"].as_str().unwrap().starts_with("http://localhost/home/"));
        let account = link["appAssignmentId"].as_str().unwrap();
        assert!(account.starts_with("0ua") && account.len() == 20, "{account}");
    }
    // An admin sees the same of them.
    let uri = format!("/api/v1/users/{}/appLinks", sign_in.employee);
    assert_eq!(sandbox.get(&uri).await.body.as_array().unwrap(), links);
}

/// Operations that tell roles apart, and the roles that may do each.
const OPERATIONS: [(&str, &str, &[&str]); 10] = [
    (
        "GET",
        "/api/v1/users?limit=1",
        &[
            "SUPER_ADMIN",
            "ORG_ADMIN",
            "APP_ADMIN",
            "USER_ADMIN",
            "HELP_DESK_ADMIN",
            "GROUP_MEMBERSHIP_ADMIN",
            "READ_ONLY_ADMIN",
            "MOBILE_ADMIN",
            "API_ACCESS_MANAGEMENT_ADMIN",
        ],
    ),
    (
        "POST",
        "/api/v1/users/ana.silva@acme.example/lifecycle/expire_password",
        &["SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN"],
    ),
    (
        "POST",
        "/api/v1/users/priya.nair@acme.example/lifecycle/deactivate",
        &["SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN"],
    ),
    (
        "PUT",
        "/api/v1/groups/{group}/users/{user}",
        &["SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN", "GROUP_MEMBERSHIP_ADMIN"],
    ),
    ("DELETE", "/api/v1/groups/{group}", &["SUPER_ADMIN", "ORG_ADMIN", "USER_ADMIN"]),
    ("POST", "/api/v1/apps/{app}/lifecycle/deactivate", &["SUPER_ADMIN", "APP_ADMIN"]),
    (
        "GET",
        "/api/v1/policies?type=PASSWORD",
        &["SUPER_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN", "APP_ADMIN"],
    ),
    (
        "GET",
        "/api/v1/device-assurances",
        &["SUPER_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN", "MOBILE_ADMIN"],
    ),
    ("GET", "/api/v1/users/me/roles", &["SUPER_ADMIN", "ORG_ADMIN", "READ_ONLY_ADMIN"]),
    ("DELETE", "/api/v1/users/{user}/roles/none", &["SUPER_ADMIN"]),
];

const ROLES: [&str; 10] = [
    "SUPER_ADMIN",
    "ORG_ADMIN",
    "APP_ADMIN",
    "USER_ADMIN",
    "HELP_DESK_ADMIN",
    "READ_ONLY_ADMIN",
    "MOBILE_ADMIN",
    "API_ACCESS_MANAGEMENT_ADMIN",
    "REPORT_ADMIN",
    "GROUP_MEMBERSHIP_ADMIN",
];

#[tokio::test]
async fn each_role_opens_what_it_is_for() {
    let scopes: Vec<String> = ["users", "groups", "apps", "policies", "deviceAssurance", "roles"]
        .iter()
        .flat_map(|stem| [format!("okta.{stem}.read"), format!("okta.{stem}.manage")])
        .collect();
    for role in ROLES {
        let sandbox = Sandbox::new();
        let employee = sandbox.org.sign_in().employee;
        let roles = format!("/api/v1/users/{employee}/roles");
        let given = sandbox.post(&roles, json!({ "type": role })).await;
        assert_eq!(given.status, 201, "{}", given.text);
        assert_eq!(
            (&given.body["type"], &given.body["assignmentType"]),
            (&json!(role), &json!("USER"))
        );
        let token =
            token(&sandbox, &employee, &format!("{} okta.logs.read", scopes.join(" "))).await;
        let id = |items: &Value| items[0]["id"].as_str().unwrap().to_owned();
        let group = id(&sandbox.get("/api/v1/groups?q=VPN").await.body);
        let app = id(&sandbox.get("/api/v1/apps?q=Slack").await.body);
        let user = id(&sandbox.get("/api/v1/users?q=Daniel&limit=1").await.body);
        for (method, template, may) in OPERATIONS {
            let uri = template.replace("{group}", &group).replace("{app}", &app);
            let uri = uri.replace("{user}", &user);
            let reply = sandbox.bearer(method, &uri, &token).await;
            let allowed = outcome(&reply) != FORBIDDEN;
            assert_eq!(allowed, may.contains(&role), "{role}: {method} {template}: {}", reply.text);
        }
        assert_eq!(
            outcome(&sandbox.post(&roles, json!({ "type": role })).await),
            (409, "E0000090")
        );
        let gone = format!("{roles}/{}", given.body["id"].as_str().unwrap());
        assert_eq!(sandbox.delete(&gone).await.status, 204);
        assert_eq!(outcome(&sandbox.delete(&gone).await), (404, "E0000007"));
        let after = sandbox.bearer("GET", "/api/v1/users?limit=1", &token).await;
        assert_eq!(outcome(&after), FORBIDDEN, "{role} was taken away");
    }
}

#[tokio::test]
async fn admins_are_changed_by_admins_above_them() {
    let sandbox = Sandbox::new();
    let sign_in = sandbox.org.sign_in();
    let expire = |login: &str| format!("/api/v1/users/{login}/lifecycle/expire_password");
    let give = async |login: &str, role: &str| {
        let uri = format!("/api/v1/users/{login}/roles");
        assert_eq!(sandbox.post(&uri, json!({ "type": role })).await.status, 201);
    };
    let (employee, other) = (sign_in.employee.as_str(), "priya.nair@acme.example");
    give(employee, "HELP_DESK_ADMIN").await;
    let token = token(&sandbox, employee, "okta.users.read okta.users.manage").await;
    let try_it = async |login: &str| sandbox.bearer("POST", &expire(login), &token).await;
    assert_eq!(try_it(other).await.status, 200);
    give(other, "REPORT_ADMIN").await;
    for login in [&sign_in.super_admin, other] {
        assert_eq!(outcome(&try_it(login).await), FORBIDDEN, "{login}");
        let read = sandbox.bearer("GET", &format!("/api/v1/users/{login}"), &token).await;
        assert_eq!(read.status, 200, "{login}");
    }
    give(employee, "ORG_ADMIN").await;
    assert_eq!(try_it(other).await.status, 200);
    assert_eq!(outcome(&try_it(&sign_in.super_admin).await), FORBIDDEN);
    give(employee, "SUPER_ADMIN").await;
    assert_eq!(try_it(&sign_in.super_admin).await.status, 200);
}

#[tokio::test]
async fn a_role_of_a_group_counts_for_its_members() {
    let sandbox = Sandbox::new();
    let employee = sandbox.org.sign_in().employee;
    let token = token(&sandbox, &employee, "okta.users.read").await;
    let groups = sandbox.get("/api/v1/groups?q=VPN").await.body;
    let group = format!("/api/v1/groups/{}", groups[0]["id"].as_str().unwrap());
    let me = sandbox.get(&format!("/api/v1/users/{employee}")).await.body;
    let member = format!("{group}/users/{}", me["id"].as_str().unwrap());
    sandbox.delete(&member).await;
    let given = sandbox.post(&format!("{group}/roles"), json!({ "type": "READ_ONLY_ADMIN" })).await;
    assert_eq!((given.status.as_u16(), &given.body["assignmentType"]), (201, &json!("GROUP")));
    assert_eq!(outcome(&sandbox.bearer("GET", "/api/v1/users", &token).await), FORBIDDEN);
    sandbox.call("PUT", &member, None).await;
    assert_eq!(sandbox.bearer("GET", "/api/v1/users", &token).await.status, 200);
}

#[tokio::test]
async fn a_service_app_needs_a_role_too() {
    let sandbox = Sandbox::new();
    let granted = oauth::token(&sandbox, "okta.users.read okta.users.manage").await;
    let token = granted.body["access_token"].as_str().unwrap();
    assert_eq!(sandbox.bearer("GET", "/api/v1/users?limit=1", token).await.status, 200);
    let roles = format!("/oauth2/v1/clients/{}/roles", sandbox.org.service_app().client_id);
    let held = sandbox.get(&roles).await.body;
    assert_eq!(texts(held.as_array().unwrap(), "/type"), ["SUPER_ADMIN"]);
    let own = format!("{roles}/{}", held[0]["id"].as_str().unwrap());
    assert_eq!(sandbox.delete(&own).await.status, 204);
    let refused = sandbox.bearer("GET", "/api/v1/users?limit=1", token).await;
    assert_eq!(outcome(&refused), FORBIDDEN);
    // A token is still given: Okta does not ask for the role there.
    assert_eq!(oauth::token(&sandbox, "okta.users.read").await.status, 200);
    let given = sandbox.post(&roles, json!({ "type": "READ_ONLY_ADMIN" })).await;
    assert_eq!((given.status.as_u16(), &given.body["assignmentType"]), (201, &json!("CLIENT")));
    assert_eq!(sandbox.bearer("GET", "/api/v1/users?limit=1", token).await.status, 200);
    let unlock = "/api/v1/users/ana.silva@acme.example/lifecycle/unlock";
    assert_eq!(outcome(&sandbox.bearer("POST", unlock, token).await), FORBIDDEN);
    for (body, code) in
        [(json!({ "type": "EMPEROR" }), (400, "E0000001")), (json!({}), (400, "E0000001"))]
    {
        assert_eq!(outcome(&sandbox.post(&roles, body).await), code);
    }
    let nobody = "/oauth2/v1/clients/0oanothere0000000000/roles";
    assert_eq!(outcome(&sandbox.get(nobody).await), (404, "E0000007"));
}

//! The System Log as the witness of what a client did: every write can be found by the id of its
//! request, by its `User-Agent` and by its client.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use okta_sandbox::{Fault, FaultKind, Org};
use serde_json::{Value, json};

use crate::{
    oauth,
    support::{Reply, Sandbox, form, png, shared, texts},
};

const SCOPES: &str = "okta.users.manage okta.groups.manage okta.apps.manage okta.policies.manage \
                      okta.roles.manage okta.appGrants.manage okta.deviceAssurance.manage \
                      okta.brands.manage okta.templates.manage okta.domains.manage \
                      okta.emailDomains.manage";

/// What happened since the org was made.
const LOG: &str = "/api/v1/logs?since=2026-06-15T09:30:00Z&until=2027-01-01";

/// A service app that writes, and looks at what the log says of it.
struct Writer {
    sandbox: Sandbox,
    token: String,
    /// The operations that were called, method and path template.
    called: BTreeSet<(&'static str, &'static str)>,
    /// The types of the events that were written.
    written: BTreeSet<String>,
    number: usize,
}

impl Writer {
    async fn new() -> Self {
        let sandbox = Sandbox::new();
        let granted = oauth::token(&sandbox, SCOPES).await;
        let token = granted.body["access_token"].as_str().unwrap().to_owned();
        let (called, written) = (BTreeSet::new(), BTreeSet::new());
        Self { sandbox, token, called, written, number: 0 }
    }

    async fn send(&mut self, method: &str, uri: &str, body: Value) -> (Reply, String) {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send_as("application/json", method, uri, body).await
    }

    async fn send_as(
        &mut self,
        kind: &str,
        method: &str,
        uri: &str,
        body: Vec<u8>,
    ) -> (Reply, String) {
        self.number += 1;
        let agent = format!("okta-mcp/0.1.0 (call/{}-00ff00ff00ff00ff)", self.number);
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header("host", "localhost")
            .header("user-agent", &agent)
            .header("authorization", format!("Bearer {}", self.token));
        if !body.is_empty() {
            request = request.header("content-type", kind);
        }
        (self.sandbox.send(request.body(Body::from(body)).unwrap()).await, agent)
    }

    /// The events of one request.
    async fn events(&self, reply: &Reply) -> Vec<Value> {
        let id = reply.header("x-okta-request-id");
        assert_eq!(id.len(), 32);
        self.sandbox.all(&format!("{LOG}&filter=transaction.id eq \"{id}\"")).await
    }

    /// Calls an operation, and checks that the log has these events of it; gives the answer.
    async fn write(&mut self, method: &str, uri: &str, body: Value, events: &[&str]) -> Value {
        let sent = self.send(method, uri, body).await;
        self.witnessed(method, uri, sent, events).await
    }

    /// Uploads an image.
    async fn upload(&mut self, uri: &str, file: &[u8], events: &[&str]) {
        let (kind, body) = form("file", file);
        let sent = self.send_as(kind, "POST", uri, body).await;
        self.witnessed("POST", uri, sent, events).await;
    }

    /// Checks that the log has these events of a request, and no others; gives the answer.
    async fn witnessed(
        &mut self,
        method: &str,
        uri: &str,
        (reply, agent): (Reply, String),
        events: &[&str],
    ) -> Value {
        assert!(reply.status.is_success(), "{method} {uri}: {}", reply.text);
        let found = self.events(&reply).await;
        assert_eq!(texts(&found, "/eventType"), events, "{method} {uri}");
        let app = self.sandbox.org.service_app();
        for event in &found {
            let request = reply.header("x-okta-request-id");
            assert_eq!(event["transaction"], json!({ "type": "WEB", "id": request, "detail": {} }));
            assert_eq!(event["debugContext"]["debugData"]["requestId"], request);
            let path = uri.split('?').next().unwrap();
            assert_eq!(event["debugContext"]["debugData"]["requestUri"], path);
            assert_eq!(event["client"]["userAgent"]["rawUserAgent"], agent);
            assert_eq!(event["client"]["id"], app.client_id);
            assert_eq!(event["actor"]["id"], app.client_id);
            assert_eq!(event["actor"]["type"], "PublicClientApp");
            assert_eq!(event["outcome"]["result"], "SUCCESS");
            assert!(!event["target"].as_array().unwrap().is_empty(), "{method} {uri}");
        }
        self.called.insert(operation(method, uri));
        self.written.extend(events.iter().map(ToString::to_string));
        reply.body
    }

    /// POSTs with the API token what a service app is refused, and checks the events of both.
    async fn go_as_admin(&mut self, uri: &str, events: &[&str]) {
        let (refused, _) = self.send("POST", uri, Value::Null).await;
        assert_eq!(refused.status, 404, "{uri}");
        assert!(self.events(&refused).await.is_empty(), "{uri}");
        let reply = self.sandbox.call("POST", uri, None).await;
        assert!(reply.status.is_success(), "{uri}: {}", reply.text);
        let found = self.events(&reply).await;
        assert_eq!(texts(&found, "/eventType"), events, "{uri}");
        assert_eq!(found[0]["actor"]["alternateId"], "morgan.hale@acme.example");
        self.called.insert(operation("POST", uri));
        self.written.extend(events.iter().map(ToString::to_string));
    }

    /// Creates something, and gives its path.
    async fn create(&mut self, uri: &str, body: Value, events: &[&str]) -> String {
        let made = self.write("POST", uri, body, events).await;
        format!("{}/{}", uri.split('?').next().unwrap(), made["id"].as_str().unwrap())
    }

    /// POSTs without a body: a change of state.
    async fn go(&mut self, uri: &str, events: &[&str]) {
        self.write("POST", uri, Value::Null, events).await;
    }
}

/// The operation that a request means: the route that fits it with the fewest placeholders.
fn operation(method: &str, uri: &str) -> (&'static str, &'static str) {
    let path: Vec<&str> = uri.split('?').next().unwrap().split('/').collect();
    let fits = |template: &str| {
        let parts: Vec<&str> = template.split('/').collect();
        parts.len() == path.len()
            && parts.iter().zip(&path).all(|(part, given)| part.starts_with('{') || part == given)
    };
    let routes = Org::routes().into_iter().filter(|(known, path)| *known == method && fits(path));
    routes.min_by_key(|(_, path)| path.matches('{').count()).unwrap()
}

async fn people(writer: &mut Writer) {
    let profile =
        |login: &str| json!({ "firstName": "L", "lastName": "O", "email": login, "login": login });
    let (created, activated) = ("user.lifecycle.create", "user.lifecycle.activate");
    let body = json!({
        "profile": profile("log@x.example"),
        "credentials": { "password": { "value": "Tr0ub4dor" } },
    });
    let user = writer.create("/api/v1/users?activate=false", body, &[created]).await;
    writer.go(&format!("{user}/lifecycle/activate"), &[activated]).await;
    let title = json!({ "profile": { "title": "T" } });
    writer.write("POST", &user, title, &["user.account.update_profile"]).await;
    let password = json!({ "credentials": { "password": { "value": "An0therOne" } } });
    writer.write("POST", &user, password, &["user.account.update_password"]).await;
    let whole = json!({ "profile": profile("log@x.example") });
    writer.write("PUT", &user, whole, &["user.account.update_profile"]).await;
    for (step, event) in [
        ("suspend", "user.lifecycle.suspend"),
        ("unsuspend", "user.lifecycle.unsuspend"),
        ("reset_factors", "user.mfa.factor.reset_all"),
        ("expire_password", "user.account.expire_password"),
        ("expire_password_with_temp_password", "user.account.expire_password"),
        ("reset_password", "user.account.reset_password"),
        ("reactivate", "user.lifecycle.reactivate"),
        ("deactivate", "user.lifecycle.deactivate"),
    ] {
        writer.go(&format!("{user}/lifecycle/{step}"), &[event]).await;
    }
    let gone = ["user.lifecycle.delete.initiated", "user.lifecycle.delete.completed"];
    writer.write("DELETE", &user, Value::Null, &gone).await;
    let unlock = "/api/v1/users/ana.silva@acme.example/lifecycle/unlock";
    writer.go(unlock, &["user.account.unlock_by_admin"]).await;
}

async fn roles(writer: &mut Writer) {
    let role = json!({ "type": "REPORT_ADMIN" });
    for (holder, granted, revoked) in [
        ("/api/v1/users", "user.account.privilege.grant", "user.account.privilege.revoke"),
        ("/api/v1/groups", "group.privilege.grant", "group.privilege.revoke"),
    ] {
        let all = writer.sandbox.all(&format!("{holder}?limit=200")).await;
        let roles = format!("{holder}/{}/roles", all[9]["id"].as_str().unwrap());
        let given = writer.create(&roles, role.clone(), &[granted]).await;
        writer.write("DELETE", &given, Value::Null, &[revoked]).await;
    }
}

/// The public keys of an app.
async fn keys(writer: &mut Writer) {
    let update = ["application.lifecycle.update"];
    let client = writer.sandbox.org.service_app().client_id;
    let keys = format!("/api/v1/apps/{client}/credentials/jwks");
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": "eA", "y": "eQ", "kid": "k2" });
    let key = writer.create(&keys, jwk, &update).await;
    for step in ["deactivate", "activate", "deactivate"] {
        writer.write("POST", &format!("{key}/lifecycle/{step}"), Value::Null, &update).await;
    }
    writer.write("DELETE", &key, Value::Null, &update).await;
}

async fn groups(writer: &mut Writer) {
    let named = |name: &str| json!({ "profile": { "name": name } });
    let groups = "/api/v1/groups";
    let group = writer.create(groups, named("Logged"), &["group.lifecycle.create"]).await;
    let users = writer.sandbox.all("/api/v1/users?limit=200").await;
    let member = format!("{group}/users/{}", users[9]["id"].as_str().unwrap());
    writer.write("PUT", &group, named("Logged again"), &["group.profile.update"]).await;
    writer.write("PUT", &member, Value::Null, &["group.user_membership.add"]).await;
    writer.write("PUT", &member, Value::Null, &[]).await;
    writer.write("DELETE", &member, Value::Null, &["group.user_membership.remove"]).await;
    writer.write("DELETE", &group, Value::Null, &["group.lifecycle.delete"]).await;
}

async fn apps(writer: &mut Writer) {
    let body = json!({
        "name": "bookmark",
        "label": "Menu",
        "signOnMode": "BOOKMARK",
        "settings": { "app": { "url": "https://example.com" } },
    });
    let made = ["application.lifecycle.create", "application.lifecycle.activate"];
    let app = writer.create("/api/v1/apps", body.clone(), &made).await;
    writer.write("PUT", &app, body, &["application.lifecycle.update"]).await;
    let policies = writer.sandbox.all("/api/v1/policies?type=ACCESS_POLICY").await;
    let policy = format!("{app}/policies/{}", policies[0]["id"].as_str().unwrap());
    let moved = ["application.policy.sign_on.update"];
    writer.write("PUT", &policy, Value::Null, &moved).await;
    let (granted, revoked) = ("app.oauth2.admin.consent.grant", "app.oauth2.admin.consent.revoke");
    let grants = format!("/api/v1/apps/{}/grants", writer.sandbox.org.sign_in().web.client_id);
    let scope = json!({ "scopeId": "okta.events.read" });
    let given = writer.create(&grants, scope, &[granted]).await;
    writer.write("DELETE", &given, Value::Null, &[revoked]).await;

    keys(writer).await;

    let users = writer.sandbox.all("/api/v1/users?limit=200").await;
    let user = users[9]["id"].as_str().unwrap();
    let (add, update, remove) = (
        "application.user_membership.add",
        "application.user_membership.update",
        "application.user_membership.remove",
    );
    let held = writer.create(&format!("{app}/users"), json!({ "id": user }), &[add]).await;
    writer.write("POST", &held, json!({ "profile": { "role": "r" } }), &[update]).await;
    writer.write("DELETE", &held, Value::Null, &[remove]).await;

    let groups = writer.sandbox.all("/api/v1/groups?limit=50").await;
    let held = format!("{app}/groups/{}", groups[3]["id"].as_str().unwrap());
    let (add, update, remove) = (
        "group.application_assignment.add",
        "group.application_assignment.update",
        "group.application_assignment.remove",
    );
    writer.write("PUT", &held, json!({}), &[add]).await;
    writer.write("PUT", &held, json!({ "priority": 2 }), &[update]).await;
    writer.write("DELETE", &held, Value::Null, &[remove]).await;

    writer.go(&format!("{app}/lifecycle/deactivate"), &["application.lifecycle.deactivate"]).await;
    writer.go(&format!("{app}/lifecycle/deactivate"), &[]).await;
    writer.go(&format!("{app}/lifecycle/activate"), &["application.lifecycle.activate"]).await;
    writer.go(&format!("{app}/lifecycle/deactivate"), &["application.lifecycle.deactivate"]).await;
    writer.write("DELETE", &app, Value::Null, &["application.lifecycle.delete"]).await;
}

async fn policies(writer: &mut Writer) {
    let body = json!({ "type": "OKTA_SIGN_ON", "name": "Mine" });
    let policy =
        writer.create("/api/v1/policies", body.clone(), &["policy.lifecycle.create"]).await;
    writer.write("PUT", &policy, body, &["policy.lifecycle.update"]).await;
    let body = json!({ "name": "Never", "type": "SIGN_ON", "actions": { "signon": { "access": "DENY" } } });
    let rule = writer.create(&format!("{policy}/rules"), body.clone(), &["policy.rule.add"]).await;
    writer.write("PUT", &rule, body, &["policy.rule.update"]).await;
    for (path, kind) in [(&rule, "policy.rule"), (&policy, "policy.lifecycle")] {
        for step in ["deactivate", "activate"] {
            writer.go(&format!("{path}/lifecycle/{step}"), &[&format!("{kind}.{step}")]).await;
        }
        writer.write("DELETE", path, Value::Null, &[&format!("{kind}.delete")]).await;
    }
}

async fn device_assurance(writer: &mut Writer) {
    let body =
        json!({ "name": "Up to date", "platform": "IOS", "osVersion": { "minimum": "18.1" } });
    let all = "/api/v1/device-assurances";
    let one = writer.create(all, body.clone(), &["device.assurance.policy.add"]).await;
    writer.write("PUT", &one, body, &["device.assurance.policy.update"]).await;
    writer.write("DELETE", &one, Value::Null, &["device.assurance.policy.delete"]).await;
}

/// Brands, themes and pages; gives the path of a brand that stays.
async fn brands(writer: &mut Writer) -> String {
    let named = |name: &str| json!({ "name": name });
    let all = "/api/v1/brands";
    let brand = writer.create(all, named("Logged"), &["system.brand.create"]).await;
    let other = writer.create(all, named("Other"), &["system.brand.create"]).await;
    writer.write("PUT", &brand, named("Logged again"), &["system.brand.update"]).await;
    writer.write("DELETE", &other, Value::Null, &["system.brand.delete"]).await;

    let themes = writer.sandbox.get(&format!("{brand}/themes")).await.body;
    let theme = format!("{brand}/themes/{}", themes[0]["id"].as_str().unwrap());
    let changed = ["system.theme.update"];
    writer.write("PUT", &theme, themes[0].clone(), &changed).await;
    for image in ["logo", "favicon", "background-image"] {
        let path = format!("{theme}/{image}");
        writer.upload(&path, &png(64, 64, 0), &changed).await;
        writer.write("DELETE", &path, Value::Null, &changed).await;
        writer.write("DELETE", &path, Value::Null, &[]).await;
    }

    for (page, event) in [("sign-in", "system.custom_signin"), ("error", "system.custom_error")] {
        for version in ["customized", "preview"] {
            let path = format!("{brand}/pages/{page}/{version}");
            let body = json!({ "pageContent": "<p>" });
            writer.write("PUT", &path, body, &[&format!("{event}.update")]).await;
            writer.write("DELETE", &path, Value::Null, &[&format!("{event}.delete")]).await;
            writer.write("DELETE", &path, Value::Null, &[]).await;
        }
    }
    let path = format!("{brand}/pages/sign-out/customized");
    let body = json!({ "type": "OKTA_DEFAULT" });
    writer.write("PUT", &path, body, &["system.custom_signout.update"]).await;
    brand
}

async fn emails(writer: &mut Writer, brand: &str) {
    let template = format!("{brand}/templates/email/PasswordChanged");
    let body = |language: &str| json!({ "language": language, "subject": "S", "body": "B" });
    let all = format!("{template}/customizations");
    let (made, gone) = ("system.email.template.create", "system.email.template.delete");
    let first = writer.create(&all, body("en"), &[made]).await;
    writer.write("PUT", &first, body("en"), &["system.email.template.update"]).await;
    writer.write("DELETE", &first, Value::Null, &[gone]).await;
    writer.create(&all, body("de"), &[made]).await;
    writer.write("DELETE", &all, Value::Null, &[gone]).await;
    writer.write("DELETE", &all, Value::Null, &[]).await;
    let settings = json!({ "recipients": "NO_USERS" });
    let changed = ["system.email.template.settings_changed"];
    writer.write("PUT", &format!("{template}/settings"), settings, &changed).await;
    writer.go_as_admin(&format!("{template}/test"), &["system.email.delivery"]).await;
}

async fn domains(writer: &mut Writer, brand: &str) {
    let id = brand.rsplit('/').next().unwrap();
    let body = json!({ "domain": "logged.acme.example", "certificateSourceType": "MANUAL" });
    let made = ["system.brand.create", "system.custom_url_domain.initiate"];
    let domain = writer.create("/api/v1/domains", body, &made).await;
    let moved = ["system.custom_url_domain.update"];
    writer.write("PUT", &domain, json!({ "brandId": id }), &moved).await;
    writer.go(&format!("{domain}/verify"), &["system.custom_url_domain.verify"]).await;
    let certificate = crate::domains::certificate("logged.acme.example");
    let uploaded = ["system.custom_url_domain.cert_upload"];
    writer.write("PUT", &format!("{domain}/certificate"), certificate, &uploaded).await;
    writer.write("DELETE", &domain, Value::Null, &["system.custom_url_domain.delete"]).await;

    let body = json!({
        "domain": "logged.acme.example",
        "brandId": id,
        "displayName": "Logged",
        "userName": "noreply",
    });
    let all = "/api/v1/email-domains";
    let domain = writer.create(all, body.clone(), &["system.email_domain.create"]).await;
    writer.write("PUT", &domain, body, &["system.email_domain.update"]).await;
    writer.go(&format!("{domain}/verify"), &["system.email_domain.verify"]).await;
    writer.write("DELETE", &domain, Value::Null, &["system.email_domain.delete"]).await;
}

/// A request that changes nothing (joining where one is a member) leaves no event; those are shown
/// above with an empty list.
#[tokio::test]
async fn every_write_can_be_found_in_the_log() {
    let mut writer = Writer::new().await;
    people(&mut writer).await;
    roles(&mut writer).await;
    groups(&mut writer).await;
    apps(&mut writer).await;
    policies(&mut writer).await;
    device_assurance(&mut writer).await;
    let brand = brands(&mut writer).await;
    emails(&mut writer, &brand).await;
    domains(&mut writer, &brand).await;
    let routes = Org::routes().into_iter();
    let changing: BTreeSet<_> =
        routes.filter(|(method, path)| *method != "GET" && path.starts_with("/api/")).collect();
    assert_eq!(writer.called, changing, "every write of the API is walked");

    let Some(shared) = shared() else { return println!("skipped: no list of event types") };
    let list = std::fs::read_to_string(shared.join("okta/event_types.json")).unwrap();
    let known: Vec<Value> = serde_json::from_str(&list).unwrap();
    let known = texts(&known, "/id");
    for kind in &writer.written {
        assert!(known.contains(kind), "Okta knows no event {kind}");
    }
}

#[tokio::test]
async fn what_was_refused_is_not_in_the_log() {
    let mut writer = Writer::new().await;
    let nameless = json!({ "profile": {} });
    for (method, uri, body, status) in [
        ("POST", "/api/v1/groups", nameless, 400),
        ("DELETE", "/api/v1/groups/00g00000000000000000", Value::Null, 404),
        ("GET", "/api/v1/logs", Value::Null, 403),
    ] {
        let (reply, _) = writer.send(method, uri, body).await;
        assert_eq!(reply.status, status, "{}", reply.text);
        assert!(writer.events(&reply).await.is_empty());
    }
}

/// What was done is in the log, whoever saw the answer: by the `User-Agent` it is found.
#[tokio::test]
async fn a_write_whose_answer_is_lost_is_found_by_its_user_agent() {
    let mut writer = Writer::new().await;
    let lost = Fault { kind: FaultKind::Lost, method: None, path: String::new(), times: 1 };
    writer.sandbox.org.inject(lost);
    let body = json!({ "profile": { "name": "Lost" } });
    let (reply, agent) = writer.send("POST", "/api/v1/groups", body).await;
    assert_eq!(reply.header("x-okta-request-id"), "");
    let events = writer.sandbox.all(LOG).await;
    let ours: Vec<&Value> = events
        .iter()
        .filter(|event| event["client"]["userAgent"]["rawUserAgent"] == agent)
        .collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0]["target"][0]["displayName"], "Lost");
}

/// With an API token there is no client: the admin whose token it is did it.
#[tokio::test]
async fn an_api_token_stands_for_its_admin() {
    let sandbox = Sandbox::new();
    sandbox.post("/api/v1/groups", json!({ "profile": { "name": "By hand" } })).await;
    let events = sandbox.get("/api/v1/logs?since=2026-06-15T09:30:00Z").await.body;
    assert_eq!(events[0]["client"]["id"], Value::Null);
    assert_eq!(events[0]["actor"]["alternateId"], "morgan.hale@acme.example");
}

//! Protected objects over HTTP: the real client, against an org that answers as Okta does.

use std::sync::Arc;

use okta_catalog::{Plan, Scope};
use okta_client::{
    BoxFuture, Clock, Credentials, Error,
    Method::{self, Delete, Post, Put},
    OrgUrl, Reply, Request, Settings, Surroundings,
};
use okta_gate::protect::{Own, Protect, Protection, Reader, judge};
use okta_sandbox::{Config, Org, Server};
use serde_json::{Value, json};

use crate::{
    protect_org::{nothing, only, refused, request},
    setup::{Counting, Still},
};

const ADMIN: &str = "morgan.hale@acme.example";
const ORDINARY: &str = "victor.lindqvist@acme.example";
const DEACTIVATE: &str = "/api/v1/users/{id}/lifecycle/deactivate";
const GROUP: &str = "/api/v1/groups/{groupId}";
const MEMBER: &str = "/api/v1/groups/{groupId}/users/{userId}";

/// A sandbox, and a client that reads.
struct Rig {
    client: okta_client::Okta,
    client_id: String,
    _server: Server,
}

impl Rig {
    async fn new() -> Self {
        let config = Config { users: 40, log_events: 0, ..Config::default() };
        let org = Org::new(config, Arc::new(|| Still::default().now()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(org.clone(), listener, None).await.unwrap();
        let credentials = Credentials::ApiToken(org.api_token().to_owned().into());
        let surroundings = Surroundings {
            clock: Arc::new(Still::default()),
            entropy: Arc::new(Counting::default()),
        };
        let url = OrgUrl::parse(&server.url()).unwrap();
        let client = okta_client::Okta::new(Settings::new(url, credentials), surroundings).unwrap();
        Self { client, client_id: org.service_app().client_id, _server: server }
    }

    async fn judge(&self, request: Request, protect: &Protect, own: &Own) -> Protection {
        judge(&Plan::new("Do it", request), self, protect, own).await
    }

    async fn read(&self, template: &str, argument: &[&str]) -> Value {
        self.client.send(&request(Method::Get, template, argument), "1-test").await.unwrap().body
    }

    /// The id of the group of that name.
    async fn group(&self, name: &str) -> String {
        let groups = self.read("/api/v1/groups", &[]).await;
        let groups = groups.as_array().unwrap().iter();
        let mut found = groups.filter(|group| group["profile"]["name"] == name);
        found.next().unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// The first rule that puts people into that group.
    async fn rule(&self, group: &str) -> String {
        let rules = self.read("/api/v1/groups/rules", &[]).await;
        let rules = rules.as_array().unwrap().iter();
        let groups = |rule: &Value| rule["actions"]["assignUserToGroups"]["groupIds"].clone();
        let mut found = rules.filter(|rule| groups(rule) == json!([group]));
        found.next().unwrap()["id"].as_str().unwrap().to_owned()
    }
}

impl Reader for Rig {
    fn get<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, Error>> {
        assert_eq!(request.method(), Method::Get);
        Box::pin(self.client.send(request, "1-test"))
    }

    fn allows(&self, _: Scope) -> bool {
        true
    }
}

#[tokio::test]
async fn people_groups_and_applications_that_the_profile_names() {
    let rig = Rig::new().await;
    let engineering = rig.group("Engineering").await;
    let rule = rig.rule(&engineering).await;
    let victor = rig.read("/api/v1/users/{id}", &[ORDINARY]).await["id"].clone();
    let victor = victor.as_str().unwrap();
    let protect = only(&["Victor.Lindqvist@ACME.example"], &["engineering"], &["okta mcp"]);
    let sales = rig.group("Sales").await;
    for request in [
        request(Post, DEACTIVATE, &[victor]),
        request(Post, DEACTIVATE, &["VICTOR.lindqvist@acme.example"]),
        request(Put, MEMBER, &[&sales, victor]),
        request(Delete, GROUP, &[&engineering]),
        request(Delete, "/api/v1/groups/rules/{groupRuleId}", &[&rule]),
        request(Post, "/api/v1/groups/rules/{groupRuleId}/lifecycle/activate", &[&rule]),
        request(Delete, "/api/v1/apps/{appId}", &[&rig.client_id]),
    ] {
        let path = request.path().to_owned();
        let judged = rig.judge(request, &protect, &Own::default()).await;
        assert!(refused(&judged).contains("names it"), "{path}: {judged:?}");
    }
    let sam = request(Put, MEMBER, &[&sales, "sam.whitfield@acme.example"]);
    assert_eq!(rig.judge(sam, &protect, &Own::default()).await, Protection::Free);
    let gone = request(Post, DEACTIVATE, &["nobody@acme.example"]);
    let judged = rig.judge(gone, &protect, &Own::default()).await;
    assert!(refused(&judged).contains("cannot be told"), "{judged:?}");
}

#[tokio::test]
async fn what_this_server_depends_on() {
    let rig = Rig::new().await;
    let own = Own { client_id: Some(rig.client_id.clone()), admin: true };
    for named in [ADMIN, "me"] {
        let judged = rig.judge(request(Post, DEACTIVATE, &[named]), &nothing(), &own).await;
        let message = refused(&judged);
        assert!(message.starts_with("user Morgan Hale (morgan.hale@acme.example)"), "{message}");
    }
    let admins = rig.group("IT Admins").await;
    let judged = rig.judge(request(Put, MEMBER, &[&admins, ORDINARY]), &nothing(), &own).await;
    assert!(
        refused(&judged).starts_with("group \"IT Admins\" is protected: it gives"),
        "{judged:?}"
    );
    let keys = request(Post, "/api/v1/apps/{appId}/credentials/jwks", &[&rig.client_id]);
    assert!(refused(&rig.judge(keys, &nothing(), &own).await).contains("signs in with it"));
    let desk = rig.group("Help Desk").await;
    let join = request(Put, MEMBER, &[&desk, ORDINARY]);
    assert_eq!(rig.judge(join, &nothing(), &own).await, Protection::Free);
}

#[tokio::test]
async fn super_admins() {
    let rig = Rig::new().await;
    let (protect, own) = (Protect::default(), Own::default());
    let judged = rig.judge(request(Post, DEACTIVATE, &[ADMIN]), &protect, &own).await;
    assert!(refused(&judged).ends_with("is protected: super admin"), "{judged:?}");
    let ordinary = request(Post, DEACTIVATE, &[ORDINARY]);
    assert_eq!(rig.judge(ordinary, &protect, &own).await, Protection::Free);
}

#[tokio::test]
async fn the_last_super_admin() {
    let rig = Rig::new().await;
    let own = Own::default();
    let holders = rig.read("/api/v1/iam/assignees/users", &[]).await;
    let holders = holders["value"].as_array().unwrap();
    assert!(holders.len() > 1, "{holders:?}");
    // Others administer the org too; only Morgan can give that to others.
    for holder in holders {
        let id = holder["id"].as_str().unwrap();
        let login = rig.read("/api/v1/users/{id}", &[id]).await["profile"]["login"].clone();
        let judged = rig.judge(request(Post, DEACTIVATE, &[id]), &nothing(), &own).await;
        if login == ADMIN {
            assert!(
                refused(&judged).ends_with("no other active super admin was found"),
                "{judged:?}"
            );
        } else {
            assert_eq!(judged, Protection::Free, "{login}");
        }
    }
}

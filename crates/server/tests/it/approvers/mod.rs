//! Approvals by people who sign in to Okta for it: the whole way, from the call to the trail.

mod approver;
mod deciding;
mod doors;
mod meanwhile;

use std::{collections::HashMap, sync::Arc};

use okta_storage::{Approval, Sqlite, State, Store};
use serde_json::{Value, json};

use crate::{
    client::{Client, Era, OrgBox, text},
    signing_in::trail,
    visitor::Visitor,
};

use approver::{Browser, Shown};

const TWO_FACTORS: &str = "urn:okta:loa:2fa:any";

/// An org, a server whose approvers sign in there, and a call that waits for one.
struct Scene {
    org: OrgBox,
    environment: HashMap<&'static str, String>,
    client: Client,
    /// How many groups were made.
    groups: u32,
}

/// A call that waits.
struct Waiting {
    id: String,
    /// The page.
    link: String,
    group: String,
    told: Value,
}

impl Scene {
    /// A server whose approvers sign in to the native app, under these rules.
    async fn new(rules: &str) -> Self {
        Self::with(rules, &[]).await
    }

    /// The same with more variables; an empty one takes one away.
    async fn with(rules: &str, more: &[(&'static str, &str)]) -> Self {
        let org = OrgBox::patient().await;
        let redirect = org.redirect_on_a_free_port().await;
        let mut environment = org.environment();
        environment.insert("OKTA_MCP_APPROVER_CLIENT_ID", org.org.sign_in().native.client_id);
        environment.insert("OKTA_MCP_REDIRECT_URI", redirect);
        let state = environment["OKTA_MCP_STATE_DIR"].clone();
        let file = format!("{state}.toml");
        std::fs::create_dir_all(std::path::Path::new(&file).parent().unwrap()).unwrap();
        std::fs::write(&file, format!("[profiles.default]\n{rules}")).unwrap();
        environment.insert("OKTA_MCP_CONFIG", file);
        for (name, value) in more {
            environment.remove(name);
            if !value.is_empty() {
                environment.insert(name, (*value).to_owned());
            }
        }
        let client = org.connect_with(&environment, Era::Legacy("2025-11-25"), json!({})).await;
        Self { org, environment, client, groups: 0 }
    }

    /// A group that waits for being deleted.
    async fn asked(&mut self) -> Waiting {
        self.groups += 1;
        let name = format!("Night shift {}", self.groups);
        let made = self.client.done("create_group", json!({ "profile": { "name": name } })).await;
        let group = made["id"].as_str().unwrap().to_owned();
        let answer = self.delete(&group).await;
        let told = text(&answer)["approval_required"].clone();
        let id = told["approval_id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        let place = told["where"].as_str().unwrap();
        let link = place.split(' ').next().unwrap().to_owned();
        Waiting { id, link, group, told }
    }

    async fn delete(&mut self, group: &str) -> Value {
        self.client.call("delete_group", json!({ "group_id": group })).await
    }

    async fn is_there(&mut self, waiting: &Waiting) -> bool {
        let found = self.client.call("get_group", json!({ "group_id": waiting.group })).await;
        found["result"]["isError"] != true
    }

    async fn status(&mut self, waiting: &Waiting) -> Value {
        self.client.done("get_approval_status", json!({ "approval_id": waiting.id })).await
    }

    fn store(&self) -> Arc<dyn Store> {
        Arc::new(Sqlite::new(std::path::Path::new(&self.environment["OKTA_MCP_STATE_DIR"])))
    }

    async fn approval(&self, waiting: &Waiting) -> Approval {
        let now = okta_client::Clock::now(&*self.org.clock);
        self.store().approval(&waiting.id, now).await.unwrap().unwrap()
    }

    async fn is_pending(&self, waiting: &Waiting) -> bool {
        self.approval(waiting).await.state == State::Pending
    }

    /// The rows of that kind about an approval.
    fn about(&self, kind: &str, waiting: &Waiting) -> Vec<Value> {
        let about = |row: &Value| row["kind"] == kind && row["approval"] == waiting.id.as_str();
        self.rows().into_iter().filter(about).collect()
    }

    fn rows(&self) -> Vec<Value> {
        let rows = trail(&self.environment);
        rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
    }

    fn admin(&self) -> String {
        self.org.org.sign_in().super_admin
    }

    fn employee(&self) -> String {
        self.org.org.sign_in().employee
    }

    /// A browser that nobody used before.
    fn browser(&self) -> Browser {
        Browser::new(Visitor::new(&self.org.org, &self.org.url()))
    }

    /// Opens the page in a new browser, presses the button, and signs in as `login`.
    async fn decide(&self, waiting: &Waiting, decision: &str, login: &str) -> Shown {
        let mut browser = self.browser();
        browser.open(&waiting.link).await;
        let okta = browser.press(decision).await;
        let landing = browser.sign_in(&okta.leads_to(), login).await;
        let page = browser.land(&landing).await;
        browser.open(&page.leads_to()).await
    }
}

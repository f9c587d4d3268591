//! An org, okta-mcp with a credential for it, and others that have the same one.

use std::{
    path::PathBuf,
    sync::{Arc, mpsc},
    thread::{self, JoinHandle},
};

use okta_client::{
    Clock as _, Credentials, Method, Okta, OrgUrl, PrivateKey, Request, Settings, Surroundings,
};
use okta_mcp_server::{SystemClock, SystemEntropy};
use okta_sandbox::{Config, Org, Server};
use okta_trail::{Entry, Rows};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    runtime::{Builder, Handle},
    sync::oneshot,
    task::JoinSet,
};

use crate::support::{Home, Ran};

pub(super) const ANA: &str = "ana.silva@acme.example";

/// What nobody need confirm here, and what nobody may do.
const POLICY: &str = r#"
[[profiles.default.rules]]
name = "trusted"
effects = ["sensitive", "destructive"]
decision = "allow"

[[profiles.default.rules]]
name = "apps stay"
tools = ["delete_application"]
decision = "deny"
"#;

pub(super) struct World {
    pub(super) org: Org,
    home: Home,
    env: Vec<(&'static str, String)>,
    token: bool,
    url: String,
    serving: Serving,
}

/// A thread that serves the org, until this is dropped.
struct Serving {
    runtime: Handle,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Serving {
    /// Serves the org, and tells where.
    fn start(org: Org) -> (Self, String) {
        let (end, ended) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let server = Server::start(org, listener, None).await.unwrap();
                tell.send((Handle::current(), server.url())).unwrap();
                ended.await.unwrap();
                server.stop().await;
            });
        });
        let (runtime, url) = told.recv().unwrap();
        (Self { runtime, end: Some(end), thread: Some(thread) }, url)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
        self.thread.take().unwrap().join().unwrap();
    }
}

impl World {
    pub(super) fn new() -> Self {
        Self::start(false)
    }

    pub(super) fn with_api_token() -> Self {
        Self::start(true)
    }

    fn start(token: bool) -> Self {
        let home = Home::new();
        let config = Config { rate_limits: false, ..Config::default() };
        let org = Org::new(config, Arc::new(|| SystemClock.now()));
        let (serving, url) = Serving::start(org.clone());
        let policy = home.path().join("okta-mcp.toml");
        fs_err::write(&policy, POLICY).unwrap();
        let state = home.path().join("kept");
        let mut env = vec![
            ("OKTA_ORG_URL", url.clone()),
            ("OKTA_MCP_CONFIG", policy.to_str().unwrap().to_owned()),
            ("OKTA_MCP_STATE_DIR", state.to_str().unwrap().to_owned()),
        ];
        let app = org.service_app();
        if token {
            env.push(("OKTA_API_TOKEN", org.api_token().to_owned()));
            env.push(("OKTA_SCOPES", app.scopes.join(" ")));
        } else {
            env.push(("OKTA_CLIENT_ID", app.client_id.clone()));
            env.push(("OKTA_PRIVATE_KEY", app.private_key_pem.clone()));
            env.push(("OKTA_KEY_ID", app.key_id.clone()));
            env.push(("OKTA_SCOPES", app.scopes.join(" ")));
        }
        Self { org, home, env, token, url, serving }
    }

    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(&[], args)
    }

    /// Runs with other values for some of the settings.
    pub(super) fn run_with(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        let own = self.env.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<(&str, &str)> = own.chain(env.iter().copied()).collect();
        self.home.run_with(&all, args)
    }

    /// Calls a tool; it must be done.
    pub(super) fn call(&self, args: &[&str]) -> Value {
        self.run(&[&["call"], args].concat()).json()
    }

    /// Makes a group, and gives the argument that names it.
    pub(super) fn group(&self, name: &str) -> String {
        let made = self.call(&["create_group", &format!("profile.name={name}")]);
        format!("group_id={}", made["id"].as_str().unwrap())
    }

    /// The argument that names an app that nothing depends on.
    pub(super) fn app(&self) -> String {
        let list = self.call(&["list_applications"]);
        let own = self.org.service_app().client_id;
        let apps = list["items"].as_array().unwrap().iter().map(|app| app["id"].as_str().unwrap());
        let mut others = apps.filter(|id| *id != own);
        format!("app_id={}", others.next().unwrap())
    }

    /// The argument that names a policy that is active.
    pub(super) fn policy(&self) -> String {
        let list = self.call(&["list_policies", "type=OKTA_SIGN_ON"]);
        format!("policy_id={}", list["items"][0]["id"].as_str().unwrap())
    }

    /// Compares the last hour; it must end with that code.
    pub(super) fn reconcile(&self, code: i32) -> Value {
        let ran = self.run(&["audit", "reconcile", "--since", "1h", "--json"]);
        assert_eq!(ran.code, Some(code), "{ran:?}");
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// The folder of the keys.
    pub(super) fn state(&self) -> PathBuf {
        self.home.path().join("kept")
    }

    /// The folder of the segments.
    pub(super) fn folder(&self) -> PathBuf {
        self.state().join("audit")
    }

    /// The rows of that kind, the oldest first.
    pub(super) fn rows(&self, kind: &str) -> Vec<Entry> {
        let rows = Rows::open(&self.folder(), None, None).unwrap().map(Result::unwrap);
        rows.filter(|row| row.kind() == kind).collect()
    }

    /// Another program with the same credential, which says that it is `agent`.
    pub(super) fn other(&self, agent: &str) -> Other<'_> {
        let app = self.org.service_app();
        let credentials = if self.token {
            Credentials::ApiToken(self.org.api_token().to_owned().into())
        } else {
            let key = PrivateKey::parse(&app.private_key_pem, Some(&app.key_id)).unwrap();
            let (client_id, scopes) = (app.client_id, vec!["okta.groups.manage".to_owned()]);
            Credentials::PrivateKey { client_id, key, scopes }
        };
        let mut settings = Settings::new(OrgUrl::parse(&self.url).unwrap(), credentials);
        agent.clone_into(&mut settings.user_agent);
        let around =
            Surroundings { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) };
        // Its connections belong to the runtime.
        let _inside = self.serving.runtime.enter();
        Other { okta: Okta::new(settings, around).unwrap(), runtime: &self.serving.runtime }
    }
}

/// Another program with the same credential.
pub(super) struct Other<'a> {
    okta: Okta,
    runtime: &'a Handle,
}

impl Other<'_> {
    /// Makes a group, and calls that `call`.
    pub(super) fn create_group(&self, name: &str, call: &str) {
        self.runtime.block_on(self.okta.send(&group(name), call)).unwrap();
    }

    /// Makes so many groups, several at once.
    pub(super) fn create_groups(&self, count: usize) {
        let mut under_way = JoinSet::new();
        for number in 0..count {
            let (okta, request) = (self.okta.clone(), group(&number.to_string()));
            under_way
                .spawn_on(async move { okta.send(&request, "x").await.map(drop) }, self.runtime);
        }
        let done = self.runtime.block_on(under_way.join_all());
        assert!(done.iter().all(Result::is_ok));
    }
}

/// The request that makes a group.
fn group(name: &str) -> Request {
    let request = Request::new(Method::Post, "/api/v1/groups", |_| None).unwrap();
    request.body(json!({ "profile": { "name": name } }))
}

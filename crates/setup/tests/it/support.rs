//! An org in memory, and a machine that is set up for it.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use okta_client::{BoxFuture, Clock, Entropy};
use okta_mcp_server::Flags;
use okta_mcp_setup::doctor::{Patient, Report};
use okta_sandbox::{Org, Server, Tls};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A clock that stands still, so far from the org's. Who tries again does so at once; who waits for
/// a person waits for good.
#[derive(Clone, Copy)]
struct Still(SignedDuration);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        start() + self.0
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if duration < Duration::from_secs(5) {
            Box::pin(tokio::task::yield_now())
        } else {
            Box::pin(std::future::pending())
        }
    }
}

fn start() -> Timestamp {
    "2026-03-04T05:06:07Z".parse().unwrap()
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes()[7];
        }
    }
}

/// An org, and a machine that is set up for it.
pub(crate) struct Ward {
    pub(crate) org: Org,
    pub(crate) home: TempDir,
    pub(crate) env: HashMap<&'static str, String>,
    pub(crate) program: PathBuf,
    /// How far the machine's clock is ahead of the org's.
    pub(crate) ahead: SignedDuration,
    server: Server,
    http: reqwest::Client,
}

impl Ward {
    pub(crate) async fn new() -> Self {
        Self::with(okta_sandbox::Config { rate_limits: false, ..Default::default() }, None).await
    }

    /// A machine that signs in as the service app, and everything is well.
    pub(crate) async fn with(config: okta_sandbox::Config, tls: Option<Tls>) -> Self {
        let org = Org::new(config, Arc::new(start));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(org.clone(), listener, tls).await.unwrap();
        // The system's certificates take long to read.
        let http = reqwest::Client::builder().tls_certs_only([]).build().unwrap();
        let home = tempfile::tempdir().unwrap();
        let app = org.service_app();
        let path = |name: &str| home.path().join(name).display().to_string();
        let env = HashMap::from([
            ("OKTA_MCP_KEYRING", "off".to_owned()),
            ("HOME", home.path().display().to_string()),
            ("OKTA_ORG_URL", server.url()),
            ("OKTA_CLIENT_ID", app.client_id),
            ("OKTA_PRIVATE_KEY", app.private_key_pem),
            ("OKTA_KEY_ID", app.key_id),
            ("OKTA_SCOPES", app.scopes.join(" ")),
            ("OKTA_MCP_STATE_DIR", path("state")),
            ("OKTA_MCP_EXPORT_DIR", path("exports")),
        ]);
        let program = home.path().join("okta-mcp");
        std::fs::write(&program, "").unwrap();
        Self { org, home, env, program, ahead: SignedDuration::ZERO, server, http }
    }

    /// The same, with an admin's API token.
    pub(crate) fn api_token(mut self) -> Self {
        for name in ["OKTA_CLIENT_ID", "OKTA_PRIVATE_KEY", "OKTA_KEY_ID"] {
            self.env.remove(name);
        }
        self.env.insert("OKTA_API_TOKEN", self.org.api_token().to_owned());
        self
    }

    /// The same, for people: with the device grant, or in a browser that comes back to that port.
    pub(crate) fn people(mut self, port: Option<u16>) -> Self {
        for name in ["OKTA_PRIVATE_KEY", "OKTA_KEY_ID"] {
            self.env.remove(name);
        }
        self.env.insert("OKTA_CLIENT_ID", self.org.sign_in().native.client_id);
        self.env.insert("OKTA_SCOPES", "openid offline_access okta.users.read".to_owned());
        if let Some(port) = port {
            self.env.insert("OKTA_MCP_SIGN_IN", "browser".to_owned());
            self.env.insert("OKTA_MCP_REDIRECT_PORT", port.to_string());
        }
        self
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.env.insert(name, value.into());
    }

    pub(crate) async fn examine(&self) -> Report {
        // Okta takes the id of an assertion only once.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let seed = NEXT.fetch_add(7, Ordering::Relaxed);
        let patient = Patient {
            environment: &|name: &str| self.env.get(name).cloned(),
            flags: &Flags::default(),
            program: &self.program,
            clock: Arc::new(Still(self.ahead)),
            entropy: Arc::new(Counting(AtomicU64::new(seed))),
        };
        patient.examine().await
    }

    /// Asks the org as an admin.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self
            .http
            .request(method, format!("{}{path}", self.server.url()))
            .header("authorization", format!("SSWS {}", self.org.api_token()));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        if text.is_empty() { json!(null) } else { serde_json::from_str(&text).unwrap() }
    }

    /// Changes the app that the machine signs in with.
    pub(crate) async fn change_app(&self, change: impl Fn(&mut Value)) {
        let path = format!("/api/v1/apps/{}", self.env["OKTA_CLIENT_ID"]);
        let mut app = self.admin(Method::GET, &path, None).await;
        change(&mut app);
        self.admin(Method::PUT, &path, Some(app)).await;
    }
}

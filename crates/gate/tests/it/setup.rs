//! A pipeline over a programmed Okta, with a clock that does not move by itself.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use okta_catalog::Caller;
use okta_client::{
    BoxFuture, Clock, Credentials, Entropy, Error, Grant, OrgUrl, Reply, Request, Settings,
    Surroundings,
};
use okta_gate::{
    ApproverSignIn, Approvers, Asker, Called, Client, Configured, Context, ExportFolder, Gate,
    Level, Memory, Own, Question, Recorded, Recorder, Row, Setup, Sources, SwitchedOff, TrailError,
    Verdict, Wire,
};
use okta_policy::Policy;
use okta_storage::{Approval, KeyFile, Seal, Sqlite};
use serde_json::{Map, Value};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::okta::Okta;

/// A clock that only waiting moves.
pub(crate) struct Still(Mutex<Timestamp>);

impl Default for Still {
    fn default() -> Self {
        Self(Mutex::new("2026-01-02T03:04:05Z".parse().unwrap()))
    }
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(duration).unwrap();
        Box::pin(std::future::ready(()))
    }
}

/// Bytes that are others each time, and the same in each run.
#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, digit) in bytes.iter_mut().zip(number.iter().rev().cycle()) {
            *byte = *digit;
        }
    }
}

/// A trail in memory, that can be made to fail.
#[derive(Default)]
pub(crate) struct Trail {
    /// The rows of calls, and whether each had to be durable.
    pub(crate) rows: Mutex<Vec<(Map<String, Value>, bool)>>,
    /// The rows about the server itself.
    pub(crate) about: Mutex<Vec<Map<String, Value>>>,
    pub(crate) full: Mutex<bool>,
}

impl Recorder for Trail {
    fn record(&self, row: Row, durable: bool) -> Result<Recorded, TrailError> {
        if *self.full.lock().unwrap() {
            let cause = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(TrailError::Write { place: "memory".to_owned(), cause });
        }
        let row = row.into_json();
        if ["policy", "sign_in"].contains(&row["kind"].as_str().unwrap()) {
            self.about.lock().unwrap().push(row);
            return Ok(Recorded { seq: 0, hash: [7; 32] });
        }
        let mut rows = self.rows.lock().unwrap();
        rows.push((row, durable));
        Ok(Recorded { seq: rows.len() as u64, hash: [7; 32] })
    }
}

impl Trail {
    pub(crate) fn kinds(&self) -> Vec<String> {
        let rows = self.rows.lock().unwrap();
        rows.iter().map(|(row, _)| row["kind"].as_str().unwrap().to_owned()).collect()
    }

    /// Everything that is kept of calls, as text.
    pub(crate) fn text(&self) -> String {
        let rows = self.rows.lock().unwrap();
        rows.iter().map(|(row, _)| Value::Object(row.clone()).to_string()).collect()
    }
}

/// A client whose person always gives the same verdict.
pub(crate) struct Person {
    pub(crate) verdict: Verdict,
    /// How sure the verdict is; `None` where the client cannot ask.
    pub(crate) level: Option<Level>,
    pub(crate) asked: Mutex<Vec<Question>>,
    pub(crate) progress: Mutex<Vec<(u64, String)>>,
}

impl Person {
    pub(crate) fn who(verdict: Verdict) -> Self {
        let level = Some(Level::Client);
        Self { verdict, level, asked: Mutex::default(), progress: Mutex::default() }
    }

    /// A client that cannot ask.
    pub(crate) fn mute() -> Self {
        Self { level: None, ..Self::who(Verdict::Declined) }
    }

    pub(crate) fn agrees() -> Self {
        Self::who(Verdict::Yes { level: Level::Client, waited: true })
    }
}

impl Asker for Person {
    fn level(&self) -> Option<Level> {
        self.level
    }

    fn unable(&self) -> Option<String> {
        self.level.is_none().then(|| "ask elsewhere".to_owned())
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Verdict> {
        self.asked.lock().unwrap().push(question.clone());
        Box::pin(std::future::ready(self.verdict.clone()))
    }
}

impl Client for Person {
    fn asker(&self) -> &dyn Asker {
        self
    }

    fn progress(&self, done: u64, message: String) -> BoxFuture<'_, ()> {
        self.progress.lock().unwrap().push((done, message));
        Box::pin(std::future::ready(()))
    }
}

/// Tells where a person decides, and whether people sign in to Okta for it.
pub(crate) struct Elsewhere(pub(crate) ApproverSignIn);

impl Approvers for Elsewhere {
    fn sign_in(&self) -> ApproverSignIn {
        self.0
    }

    fn place<'a>(&'a self, approval: &'a Approval) -> BoxFuture<'a, String> {
        Box::pin(std::future::ready(format!("page of {}", approval.id)))
    }

    fn set_up(&self, level: Level) -> String {
        format!("set up level {level}")
    }
}

/// What outlives a call, in a folder of its own.
pub(crate) fn memory(state: &Path) -> Memory {
    let entropy: Arc<dyn Entropy> = Arc::new(Counting::default());
    let random = Arc::clone(&entropy);
    Memory {
        store: Arc::new(Sqlite::new(state)),
        seal: Arc::new(Seal::new(
            KeyFile::new(state),
            Arc::new(move |bytes: &mut [u8]| random.fill(bytes)),
        )),
        approvers: Arc::new(Elsewhere(ApproverSignIn::Never)),
        entropy,
    }
}

/// The way to Okta, after a sign-in that went so.
pub(crate) struct SignedIn {
    pub(crate) wire: Arc<dyn Wire>,
    pub(crate) sign_in: fn() -> Result<Grant, Error>,
}

impl Wire for SignedIn {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        call_id: &'a str,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        self.wire.send(request, call_id)
    }

    fn grant(&self) -> BoxFuture<'_, Result<Grant, Error>> {
        Box::pin(std::future::ready((self.sign_in)()))
    }

    fn grants(&self) -> watch::Receiver<Option<Grant>> {
        watch::channel((self.sign_in)().ok()).1
    }
}

/// What stands in the variable for the key of a domain's certificate.
pub(crate) const DOMAIN_KEY: &str =
    "-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----\n";

/// A text that fits an argument of that name, where a tool looks at it before anything is sent.
pub(crate) fn fitting_text(argument: &str) -> Option<&'static str> {
    Some(match argument {
        // A PNG's header, which is all that is looked at.
        "file_path" => "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAAA=",
        "certificate" | "certificate_chain" => {
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----"
        }
        "private_key_file_path" => "$OKTA_MCP_DOMAIN_KEY",
        "certificate_source_type" => "MANUAL",
        "domain" => "login.acme.test",
        _ => return None,
    })
}

/// A pipeline and what is around it.
pub(crate) struct Rig {
    pub(crate) okta: Okta,
    pub(crate) gate: Gate,
    pub(crate) trail: Arc<Trail>,
    pub(crate) memory: Memory,
    pub(crate) exports: PathBuf,
    /// Gone with it.
    _home: TempDir,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::arranged(|_| {}).await
    }

    pub(crate) async fn with(scopes: Vec<String>, allow_sensitive: bool) -> Self {
        Self::under(Policy::default(), scopes, allow_sensitive).await
    }

    /// A pipeline under that policy.
    pub(crate) async fn under(policy: Policy, scopes: Vec<String>, allow_sensitive: bool) -> Self {
        Self::arranged(|setup| {
            setup.policy = policy;
            setup.configured.scopes = scopes;
            setup.allow_sensitive = allow_sensitive;
        })
        .await
    }

    /// A pipeline, with what is other than usual.
    pub(crate) async fn arranged(arrange: impl FnOnce(&mut Setup)) -> Self {
        let okta = Okta::start().await;
        let org = OrgUrl::parse(&okta.origin).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(Still::default());
        let surroundings =
            Surroundings { clock: Arc::clone(&clock), entropy: Arc::new(Counting::default()) };
        let credentials = Credentials::ApiToken("00token".to_owned().into());
        let client = okta_client::Okta::new(Settings::new(org, credentials), surroundings).unwrap();
        let trail = Arc::new(Trail::default());
        let home = tempfile::tempdir().unwrap();
        let exports = home.path().join("exports");
        let memory = memory(&home.path().join("state"));
        let mut setup = Setup {
            wire: Arc::new(client),
            recorder: Arc::clone(&trail) as Arc<dyn Recorder>,
            clock,
            configured: Configured {
                scopes: every_scope(),
                // In the name of a person: for them every tool is there.
                caller: Caller::Person,
                off: SwitchedOff::default(),
            },
            exports: ExportFolder::new(&exports),
            sources: Sources {
                uploads: vec![exports.join("uploads")],
                keys: vec![exports.join("keys")],
                key: Some(DOMAIN_KEY.into()),
            },
            allow_sensitive: false,
            policy: Policy::default(),
            audit_required: false,
            own: Own::default(),
            memory: memory.clone(),
        };
        arrange(&mut setup);
        Self { okta, gate: Gate::new(setup), trail, memory, exports, _home: home }
    }

    pub(crate) async fn call(&self, tool: &str, args: Value, person: &Person) -> Called {
        let Value::Object(args) = args else { panic!("arguments are an object") };
        self.gate.call(&context(), tool, args, person).await
    }

    /// The answer of a call that is done.
    pub(crate) async fn done_text(&self, tool: &str, args: Value) -> String {
        match self.call(tool, args, &Person::agrees()).await {
            Called::Done(text) => text,
            other => panic!("{tool}: {other:?}"),
        }
    }

    /// The same, decoded.
    pub(crate) async fn done(&self, tool: &str, args: Value) -> Value {
        serde_json::from_str(&self.done_text(tool, args).await).unwrap()
    }
}

pub(crate) fn context() -> Context {
    Context {
        principal: "0oaservice".to_owned(),
        person: None,
        client: "tests".to_owned(),
        client_version: "1".to_owned(),
        org: "acme.okta.com".to_owned(),
        profile: "default".to_owned(),
        era: "2026-07-28".to_owned(),
        trace: None,
    }
}

/// Every scope that a tool or one of its looks around needs.
pub(crate) fn every_scope() -> Vec<String> {
    let operations = okta_catalog::tools().flat_map(okta_catalog::ToolDef::operations);
    let mut scopes: Vec<String> = operations.map(|operation| operation.scope.to_string()).collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

//! An org of programmed answers, and what was asked of it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use okta_catalog::{
    Access, Answer, Args, Caller, Desk, Export, ExportFile, Failure, KeyPlace, Plan, Prepared,
    Scope, diff, find,
};
use okta_client::{BoxFuture, Error, ErrorKind, OktaError, Reply, Request, SecretString};
use serde_json::{Value, json};

/// Programmed for this path: what any other is answered with.
pub(crate) const EVERYWHERE: &str = "*";

/// What a programmed answer is.
pub(crate) type Programmed = Result<Reply, Error>;

/// A desk whose replies are programmed by path, with or without the query.
pub(crate) struct Fake {
    scopes: Vec<String>,
    replies: Mutex<HashMap<String, VecDeque<Programmed>>>,
    asked: Mutex<Vec<String>>,
    told: Mutex<Vec<String>>,
    clock: Mutex<Timestamp>,
    tick: SignedDuration,
    sources: HashMap<String, Vec<u8>>,
    pub(crate) file: Arc<Mutex<File>>,
}

/// The file that an export writes.
#[derive(Default)]
pub(crate) struct File {
    pub(crate) rows: Vec<u8>,
    pub(crate) checkpoint: Option<Value>,
    pub(crate) finished: bool,
    pub(crate) opened: Option<ExportFile>,
}

impl Fake {
    /// A desk with every scope.
    pub(crate) fn new() -> Self {
        Self::with_scopes(&[
            "okta.apps.manage",
            "okta.brands.manage",
            "okta.deviceAssurance.manage",
            "okta.domains.manage",
            "okta.emailDomains.manage",
            "okta.groups.manage",
            "okta.logs.read",
            "okta.policies.manage",
            "okta.roles.read",
            "okta.schemas.read",
            "okta.templates.manage",
            "okta.users.manage",
        ])
    }

    pub(crate) fn with_scopes(scopes: &[&str]) -> Self {
        Self {
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            replies: Mutex::default(),
            asked: Mutex::default(),
            told: Mutex::default(),
            clock: Mutex::new("2026-03-01T12:00:00Z".parse().unwrap()),
            tick: SignedDuration::ZERO,
            sources: HashMap::new(),
            file: Arc::default(),
        }
    }

    /// Lets this much time pass with every request.
    pub(crate) fn tick(mut self, tick: SignedDuration) -> Self {
        self.tick = tick;
        self
    }

    /// A file that tools may read; called `$`, the variable that holds a key.
    pub(crate) fn source(mut self, path: &str, content: &[u8]) -> Self {
        self.sources.insert(path.to_owned(), content.to_vec());
        self
    }

    /// Answers `path` with `body`; asked again, with what was programmed next, the last for ever.
    pub(crate) fn on(self, path: &str, body: Value) -> Self {
        self.reply(path, Ok(reply(body)))
    }

    pub(crate) fn reply(self, path: &str, reply: Programmed) -> Self {
        self.replies.lock().unwrap().entry(path.to_owned()).or_default().push_back(reply);
        self
    }

    /// Every GET, with its query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// Every word of progress.
    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    fn answer(&self, request: &Request) -> Programmed {
        assert!(request.method().is_read(), "a desk only reads");
        let full = shown(request);
        self.asked.lock().unwrap().push(full.clone());
        let mut clock = self.clock.lock().unwrap();
        *clock = clock.checked_add(self.tick).unwrap();
        let mut replies = self.replies.lock().unwrap();
        let keys = [full.as_str(), request.path(), EVERYWHERE];
        let key = keys.into_iter().find(|key| replies.contains_key(*key)).unwrap_or_default();
        let queue = replies.get_mut(key).unwrap_or_else(|| panic!("nobody answers GET {full}"));
        if queue.len() > 1 { queue.pop_front().unwrap() } else { queue[0].clone() }
    }
}

/// A request's path and query, as one reads it.
pub(crate) fn shown(request: &Request) -> String {
    let pairs: Vec<String> =
        request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
    if pairs.is_empty() {
        request.path().to_owned()
    } else {
        format!("{}?{}", request.path(), pairs.join("&"))
    }
}

/// A successful reply.
pub(crate) fn reply(body: Value) -> Reply {
    Reply {
        status: 200,
        body,
        etag: None,
        next: None,
        request_ids: vec!["req-1".to_owned()],
        rate_limit: None,
        bytes: 0,
        took: Duration::ZERO,
    }
}

/// A page that names a next one.
#[expect(clippy::unnecessary_wraps, reason = "stands where an error may stand")]
pub(crate) fn page(items: Value, next: &str) -> Programmed {
    let mut reply = reply(items);
    reply.next = Some(vec![("after".to_owned(), next.to_owned())]);
    Ok(reply)
}

/// An error that Okta answers with.
pub(crate) fn okta_error(kind: ErrorKind, status: u16, code: &str) -> Programmed {
    let mut error = Error::new(kind, format!("Okta refused ({code})"));
    error.okta =
        Some(Box::new(OktaError { status, code: Some(code.to_owned()), ..OktaError::default() }));
    error.request_ids = vec!["req-bad".to_owned()];
    Err(error)
}

impl Desk for Fake {
    fn get(&self, request: Request) -> BoxFuture<'_, Result<Reply, Error>> {
        Box::pin(async move { self.answer(&request) })
    }

    fn allows(&self, scope: Scope) -> bool {
        self.access().has(scope)
    }

    fn access(&self) -> Access {
        Access {
            configured: self.scopes.clone(),
            granted: Some(self.scopes.clone()),
            caller: Caller::Person,
            off: Arc::default(),
        }
    }

    fn now(&self) -> Timestamp {
        *self.clock.lock().unwrap()
    }

    fn progress(&self, _: u64, message: String) -> BoxFuture<'_, ()> {
        self.told.lock().unwrap().push(message);
        Box::pin(async {})
    }

    fn export(&self, file: ExportFile) -> Result<Box<dyn Export>, Failure> {
        self.file.lock().unwrap().opened = Some(file);
        Ok(Box::new(Writer(Arc::clone(&self.file))))
    }

    fn upload(&self, path: &str, below: u64) -> Result<Vec<u8>, Failure> {
        let content = self.sources.get(path).filter(|content| (content.len() as u64) < below);
        content.cloned().ok_or_else(|| Failure::File(format!("{path} cannot be read")))
    }

    fn private_key(&self, place: KeyPlace<'_>) -> Result<SecretString, Failure> {
        let path = match place {
            KeyPlace::Variable => "$",
            KeyPlace::File(path) => path,
        };
        let key = self.sources.get(path).ok_or_else(|| Failure::File("no key".to_owned()))?;
        Ok(String::from_utf8(key.clone()).unwrap().into())
    }
}

struct Writer(Arc<Mutex<File>>);

impl Export for Writer {
    fn resumed(&self) -> Option<Value> {
        let file = self.0.lock().unwrap();
        file.opened.as_ref().filter(|opened| opened.resume)?;
        file.checkpoint.clone()
    }

    fn write(&mut self, rows: &[u8]) -> Result<(), Failure> {
        self.0.lock().unwrap().rows.extend_from_slice(rows);
        Ok(())
    }

    fn checkpoint(&mut self, state: &Value) -> Result<(), Failure> {
        self.0.lock().unwrap().checkpoint = Some(state.clone());
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Failure> {
        let mut file = self.0.lock().unwrap();
        file.checkpoint = None;
        file.finished = true;
        Ok(())
    }

    fn path(&self) -> String {
        "exports/okta-users.csv".to_owned()
    }
}

/// What may be done with these scopes, where a person signs in.
pub(crate) fn access(scopes: &[&str]) -> Access {
    Access {
        configured: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        granted: None,
        caller: Caller::Person,
        off: Arc::default(),
    }
}

/// What a tool prepares.
pub(crate) fn prepare(tool: &str, args: Value, desk: &Fake) -> Result<Prepared, Failure> {
    let Value::Object(args) = args else { panic!("arguments are an object") };
    let args: Args = args;
    let def = find(tool).unwrap_or_else(|| panic!("no tool {tool}"));
    futures::executor::block_on(def.prepare(args, desk))
}

/// The answer of a tool that only reads.
pub(crate) fn answer(tool: &str, args: Value, desk: &Fake) -> Answer {
    match prepare(tool, args, desk) {
        Ok(Prepared::Answer(answer)) => answer,
        other => panic!("{tool}: {other:?}"),
    }
}

/// The plan of a tool that changes something.
pub(crate) fn plan(tool: &str, args: Value, desk: &Fake) -> Plan {
    match prepare(tool, args, desk) {
        Ok(Prepared::Plan(plan)) => *plan,
        other => panic!("{tool}: {other:?}"),
    }
}

/// Why a tool could not prepare.
pub(crate) fn failure(tool: &str, args: Value, desk: &Fake) -> Failure {
    match prepare(tool, args, desk) {
        Err(failure) => failure,
        Ok(prepared) => panic!("{tool}: {prepared:?}"),
    }
}

/// A plan and what was read for it, as one reads it.
pub(crate) fn told(plan: &Plan, desk: &Fake) -> Value {
    let requests = |requests: &[Request]| -> Vec<Value> {
        requests
            .iter()
            .map(|request| {
                let mut line =
                    json!({ "send": format!("{} {}", request.method(), shown(request)) });
                if let Some(body) = request.json() {
                    line["body"] = body.clone();
                }
                if let Some(file) = request.file() {
                    line["file"] = json!([file.name(), file.media_type(), file.bytes().len()]);
                }
                if request.hidden_digest().is_some() {
                    line["hidden"] = json!(true);
                }
                if let Some(etag) = request.etag() {
                    line["if_match"] = json!(etag);
                }
                line
            })
            .collect()
    };
    let target = plan.target.as_ref();
    let created = plan.created.as_ref().and_then(|created| created.known(&json!({ "id": "new" })));
    let (reread, remove) = created.unzip();
    let mut told = json!({
        "read": desk.asked(),
        "summary": plan.summary,
        "requests": requests(&plan.requests),
        "raised": plan.raised,
        "target": target.map(|target| shown(&target.read)),
        "changes": target.zip(plan.after.as_ref()).map(|(target, after)| diff(&target.seen, after)),
        "loss": plan.loss,
        "undo": requests(&plan.undo),
        "undo_created": remove.map(|remove| requests(&remove)),
        "reread_created": reread.map(|reread| shown(&reread)),
        "done": plan.done,
        "check": plan.check,
        "notes": plan.notes,
        "secret_file": plan.secret_file,
    });
    if let Some(read) = &plan.read_back {
        told["read_back"] = json!(shown(read.request()));
    }
    told
}

/// Plans `tool`, and snapshots the plan under `name`.
pub(crate) fn snapshot(name: &str, tool: &str, args: Value, desk: &Fake) {
    let plan = plan(tool, args, desk);
    let text = serde_json::to_string_pretty(&told(&plan, desk)).unwrap();
    settings(name).bind(|| insta::assert_snapshot!("plan", text));
}

/// Snapshots that are called `<what>@<name>.snap`, in one folder.
pub(crate) fn settings(name: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_suffix(name);
    settings
}

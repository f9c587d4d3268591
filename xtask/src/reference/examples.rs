//! An example of every tool: a call that was really made, on the sandbox, and its answer.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use okta_client::{BoxFuture, Clock, Entropy};
use okta_gate::{Asker, Called, Client, Context, Level, Question, Verdict};
use okta_mcp_server::{App, Config};
use okta_sandbox::{Org, Server, SignIn};
use okta_storage::{Sqlite, Store as _, hash_passphrase};
use serde::Deserialize;
use serde_json::{Map, Value};
use tempfile::TempDir;

use super::{
    abridged::abridged,
    person::{self, Waiting},
};
use crate::Result;

/// What is called.
const FILE: &str = include_str!("../../examples.toml");

/// A certificate of a domain that nobody has, and its key: for the sandbox only.
const CERTIFICATE: &str = include_str!("../../example-domain/certificate.pem");
const KEY: &str = include_str!("../../example-domain/key.pem");

/// When the examples are called: the reference is the same whenever it is written.
const NOW: &str = "2026-01-12T09:00:00Z";

/// An example as the reference shows it.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) arguments: Value,
    pub(crate) answer: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    example: Vec<Step>,
}

/// A call; `examples.toml` says what its parts are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    tool: String,
    #[serde(default)]
    arguments: Map<String, Value>,
    #[serde(default)]
    keep: BTreeMap<String, String>,
    by: Option<By>,
    #[serde(default)]
    approvals: bool,
    approve: Option<String>,
    #[serde(default)]
    hidden: bool,
}

/// Who calls, where it is not the service app.
#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum By {
    ApiToken,
    Person,
}

/// Calls them all: the first example of each tool, by its name.
pub(crate) fn all() -> Result<BTreeMap<String, Example>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let file: File = toml::from_str(FILE)?;
        let mut bench = Bench::new().await?;
        let mut examples = BTreeMap::new();
        for step in file.example {
            let (tool, hidden) = (step.tool.clone(), step.hidden);
            let example =
                bench.call(step).await.map_err(|error| format!("example of {tool}: {error}"))?;
            if !hidden {
                examples.entry(tool).or_insert(example);
            }
        }
        Ok(examples)
    })
}

/// An org, three servers on it, and what was kept of the answers.
struct Bench {
    /// Signed in as a service app.
    app: App,
    /// Signed in with an admin's API token.
    admin: App,
    /// Signed in by an employee, once that is needed.
    employee: App,
    signing_in: Option<(SignIn, Arc<Waiting>)>,
    sandbox: Server,
    store: Sqlite,
    home: TempDir,
    kept: BTreeMap<String, String>,
    person: Agrees,
}

impl Bench {
    async fn new() -> Result<Self> {
        let org = Org::new(okta_sandbox::Config::default(), Arc::new(|| Still.now()));
        let (service, token) = (org.service_app(), org.api_token().to_owned());
        let people = org.sign_in();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let sandbox = Server::start(org, listener, None).await?;
        let home = tempfile::tempdir()?;
        let folder = |name: &str| home.path().join(name).display().to_string();
        let server = |sign_in: &[(&'static str, String)], clock: Arc<dyn Clock>| -> Result<App> {
            let mut environment = BTreeMap::from([
                ("OKTA_ORG_URL", sandbox.url()),
                ("OKTA_SCOPES", service.scopes.join(" ")),
                ("OKTA_MCP_STATE_DIR", folder("state")),
                ("OKTA_MCP_EXPORT_DIR", folder("exports")),
                ("OKTA_MCP_DOMAIN_KEY", KEY.to_owned()),
                ("OKTA_MCP_KEYRING", "off".to_owned()),
            ]);
            environment.extend(sign_in.iter().cloned());
            let config = Config::from_environment(&|name| environment.get(name).cloned())?;
            Ok(App::for_one_call(config, clock, Arc::new(Counting::default()))?)
        };
        let key = [
            ("OKTA_CLIENT_ID", service.client_id.clone()),
            ("OKTA_PRIVATE_KEY", service.private_key_pem.clone()),
            ("OKTA_KEY_ID", service.key_id.clone()),
        ];
        let app = server(&key, Arc::new(Still))?;
        let admin = server(&[("OKTA_API_TOKEN", token)], Arc::new(Still))?;
        let waiting = Waiting::new(Still.now());
        let own = [
            ("OKTA_CLIENT_ID", people.native.client_id.clone()),
            ("OKTA_SCOPES", "openid okta.users.read.self".to_owned()),
        ];
        let employee = server(&own, Arc::clone(&waiting) as Arc<dyn Clock>)?;
        let store = Sqlite::new(&home.path().join("state"));
        let person = Agrees { here: true };
        let kept = BTreeMap::from([("certificate".to_owned(), CERTIFICATE.to_owned())]);
        let signing_in = Some((people, waiting));
        Ok(Self { app, admin, employee, signing_in, sandbox, store, home, kept, person })
    }

    async fn call(&mut self, step: Step) -> Result<Example> {
        if step.approvals {
            let hash = hash_passphrase("for the examples".to_owned().into(), [7; 16]).await?;
            self.store.set_passphrase(&hash, None).await?;
            self.person.here = false;
        }
        if let Some(approval) = &step.approve {
            let id = self.filled(approval)?;
            self.store
                .decide(&id, true, Level::Desktop.as_str(), "example", None, Still.now())
                .await?;
        }
        let arguments = self.fill(Value::Object(step.arguments))?;
        let given = arguments.as_object().cloned().unwrap_or_default();
        if step.by == Some(By::Person)
            && let Some((people, clock)) = self.signing_in.take()
        {
            person::sign_in(&self.employee, &clock, &self.sandbox.url(), &people).await?;
        }
        let app = match step.by {
            Some(By::Person) => &self.employee,
            Some(By::ApiToken) => &self.admin,
            None => &self.app,
        };
        let gate = app.handler.gate();
        let text = match gate.call(&context(), &step.tool, given, &self.person).await {
            Called::Done(text) => text,
            Called::Failed(error) => return Err(error.envelope().to_string().into()),
            other => return Err(format!("{other:?}").into()),
        };
        let answer: Value = serde_json::from_str(&self.anywhere(&text))?;
        for (name, pointer) in &step.keep {
            let value = answer.pointer(pointer).and_then(Value::as_str);
            let value = value.ok_or_else(|| format!("{pointer} is not in {answer}"))?;
            self.kept.insert(name.clone(), value.to_owned());
        }
        Ok(Example { arguments, answer: abridged(&answer) })
    }

    /// The text without what differs from run to run: port and folder.
    fn anywhere(&self, text: &str) -> String {
        let home = self.home.path().display().to_string();
        text.replace(&self.sandbox.url(), "https://acme.okta.com").replace(&home, "~/okta-mcp")
    }

    fn fill(&self, value: Value) -> Result<Value> {
        Ok(match value {
            Value::String(text) => Value::String(self.filled(&text)?),
            Value::Array(items) => {
                items.into_iter().map(|item| self.fill(item)).collect::<Result<_>>()?
            }
            Value::Object(map) => map
                .into_iter()
                .map(|(name, value)| Ok((name, self.fill(value)?)))
                .collect::<Result<Map<_, _>>>()?
                .into(),
            other => other,
        })
    }

    /// What was kept under the name in braces; any other text as it is.
    fn filled(&self, text: &str) -> Result<String> {
        let Some(name) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
            return Ok(text.to_owned());
        };
        let kept = self.kept.get(name).cloned();
        kept.ok_or_else(|| format!("nothing is kept under {text}").into())
    }
}

fn context() -> Context {
    Context {
        principal: "0oaexample".to_owned(),
        person: None,
        client: "reference".to_owned(),
        client_version: String::new(),
        org: "acme.okta.com".to_owned(),
        profile: "default".to_owned(),
        era: String::new(),
        trace: None,
    }
}

/// A clock that stands.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW.parse().unwrap_or_default()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// The same numbers in every run.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            for (byte, random) in chunk.iter_mut().zip(next.to_be_bytes()) {
                *byte = random;
            }
        }
    }
}

/// A person who agrees to everything that they are asked, as long as they are there.
struct Agrees {
    here: bool,
}

impl Asker for Agrees {
    fn level(&self) -> Option<Level> {
        self.here.then_some(Level::Client)
    }

    fn unable(&self) -> Option<String> {
        None
    }

    fn ask<'a>(&'a self, _: &'a Question) -> BoxFuture<'a, Verdict> {
        Box::pin(std::future::ready(Verdict::Yes { level: Level::Client, waited: true }))
    }
}

impl Client for Agrees {
    fn asker(&self) -> &dyn Asker {
        self
    }

    fn progress(&self, _: u64, _: String) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

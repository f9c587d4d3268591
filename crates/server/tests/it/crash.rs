//! The process dies at each step of a write: the trail stays whole, nothing is done unrecorded,
//! nothing is done twice.
//!
//! The test starts itself again as the process that dies; the org lives in the test.

use std::{collections::HashMap, path::Path, process::Command, sync::Arc};

use okta_client::{BoxFuture, Clock, Entropy};
use okta_gate::{Asker, Called, Client, Context, Level, Question, Verdict};
use okta_mcp_server::{App, Config};
use serde_json::{Value, json};

use crate::client::OrgBox;

/// How often the process dies at each step.
const RUNS: usize = 250;

/// Where the process that dies is told to.
const CRASH_AT: &str = "OKTA_MCP_TEST_CRASH_AT";

/// The name of the group that it is to create.
const GROUP: &str = "OKTA_MCP_TEST_GROUP";

/// Whether a write that was begun there can have reached Okta.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    No,
    Yes,
}

#[tokio::test]
async fn before_the_intent() {
    dies_at("before-intent", Reached::No).await;
}

#[tokio::test]
async fn after_the_intent() {
    dies_at("after-intent", Reached::No).await;
}

#[tokio::test]
async fn after_sending() {
    dies_at("after-sending", Reached::Yes).await;
}

#[tokio::test]
async fn before_the_outcome() {
    dies_at("before-outcome", Reached::Yes).await;
}

async fn dies_at(point: &'static str, reached: Reached) {
    let sandbox = OrgBox::new().await;
    // The org's clock stands still, so that an assertion made by the wall clock would not do.
    let environment = sandbox.admin_environment();
    for run in 0..RUNS {
        let name = format!("{point} {run}");
        let died = run_child(&environment, point, &name).await;
        assert!(!died, "{name}: the process was to die, and ended well");
    }
    // One more process, which lives: it completes what the last one left.
    assert!(run_child(&environment, "", &format!("{point} end")).await);
    let folder = Path::new(&environment["OKTA_MCP_STATE_DIR"]).join("audit");
    let report = okta_trail::verify(&folder, None, &[]).unwrap();
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let rows = rows(&folder);
    let created = groups(&sandbox, &environment["OKTA_ORG_URL"]).await;
    for run in 0..RUNS {
        let name = format!("{point} {run}");
        let count = created.iter().filter(|created| **created == name).count();
        assert_eq!(count, usize::from(reached == Reached::Yes), "{name}");
        let intent = rows.iter().find(|row| {
            row["kind"] == "intent"
                && row["summary"].as_str().unwrap().contains(&format!("\"{name}\""))
        });
        // Nothing is done unrecorded.
        assert!(count == 0 || intent.is_some(), "{name} is done, and no intent tells of it");
        if let Some(intent) = intent {
            let outcomes: Vec<&Value> = rows
                .iter()
                .filter(|row| row["kind"] == "outcome" && row["call"] == intent["call"])
                .filter(|row| row["recovered"] == true && row["segment"] == intent["_segment"])
                .collect();
            assert_eq!(outcomes.len(), 1, "{name}: {outcomes:?}");
            assert_eq!(outcomes[0]["outcome"], "unknown", "{name}");
        }
    }
}

/// The names of the org's groups, by its own API.
async fn groups(sandbox: &OrgBox, url: &str) -> Vec<String> {
    let client = reqwest::Client::builder().build().unwrap();
    let token = format!("SSWS {}", sandbox.org.api_token());
    let request = client.get(format!("{url}/api/v1/groups?limit=10000"));
    let groups = request.header("authorization", token).send().await.unwrap();
    let groups: Value = serde_json::from_str(&groups.text().await.unwrap()).unwrap();
    let name = |group: &Value| group["profile"]["name"].as_str().unwrap().to_owned();
    groups.as_array().unwrap().iter().map(name).collect()
}

/// Starts this test again as the process that dies; true if it lived.
async fn run_child(environment: &HashMap<&'static str, String>, point: &str, group: &str) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["crash::child", "--exact", "--nocapture", "--test-threads=1"]);
    command.envs(environment).env(CRASH_AT, point).env(GROUP, group);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{group}: {said}");
    output.status.success()
}

/// Every row of every segment, with the segment's name.
fn rows(folder: &Path) -> Vec<Value> {
    let mut rows = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["_segment"] = json!(name);
            rows.push(row);
        }
    }
    rows
}

/// The process that dies: it creates a group. As a test of its own it does nothing.
#[tokio::test]
async fn child() {
    #[expect(clippy::disallowed_methods, reason = "this is the process that is told what to do")]
    let env = |name: &str| std::env::var(name).ok();
    let Some(point) = env(CRASH_AT) else { return };
    if !point.is_empty() {
        fail::cfg_callback(point, || std::process::abort()).unwrap();
    }
    let config = Config::from_environment(&env).unwrap();
    let app = App::new(config, Arc::new(Wall), Arc::new(Random)).unwrap();
    let context = Context {
        person: None,
        principal: "crash".to_owned(),
        client: "crash".to_owned(),
        client_version: "1".to_owned(),
        org: "127.0.0.1".to_owned(),
        profile: "default".to_owned(),
        era: "test".to_owned(),
        trace: None,
    };
    let args = json!({ "profile": { "name": env(GROUP).unwrap() } });
    let Value::Object(args) = args else { unreachable!() };
    let called = app.handler.gate().call(&context, "create_group", args, &Nobody).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
}

struct Wall;

impl Clock for Wall {
    fn now(&self) -> jiff::Timestamp {
        okta_mcp_server::SystemClock.now()
    }

    fn sleep(&self, duration: std::time::Duration) -> BoxFuture<'static, ()> {
        okta_mcp_server::SystemClock.sleep(duration)
    }
}

struct Random;

impl Entropy for Random {
    fn fill(&self, bytes: &mut [u8]) {
        okta_mcp_server::SystemEntropy.fill(bytes);
    }
}

struct Nobody;

impl Asker for Nobody {
    fn level(&self) -> Option<Level> {
        None
    }

    fn unable(&self) -> Option<String> {
        None
    }

    fn ask<'a>(&'a self, _: &'a Question) -> BoxFuture<'a, Verdict> {
        Box::pin(std::future::ready(Verdict::Declined))
    }
}

impl Client for Nobody {
    fn asker(&self) -> &dyn Asker {
        self
    }

    fn progress(&self, _: u64, _: String) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

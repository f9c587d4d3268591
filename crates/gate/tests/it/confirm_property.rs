//! Whatever a client calls, in whatever order: nothing grave reaches Okta without a person's yes,
//! and nothing that a person agreed to reaches it twice.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use okta_catalog::{Effect, ToolDef};
use okta_gate::{Called, Level, Verdict};
use okta_storage::{Decided, PassphraseHash, State, Which};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

/// How many sequences are tried for each property.
const SEQUENCES: u32 = 60;

/// How long they get.
const LONGEST: usize = 24;

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// The client calls a tool, some times at once; what its person says, and what the arguments
    /// are drawn with.
    Call { tool: usize, dice: [u8; 6], verdict: usize, times: usize },
    /// Time passes: seconds.
    Wait(u64),
    /// Somebody else changes an object.
    Elsewhere(u8),
    /// A person of this machine decides about one of the calls that wait.
    Decide { which: u8, approve: bool, level: Level },
}

fn place(fits: impl Fn(&&'static ToolDef) -> bool) -> impl Strategy<Value = usize> {
    let all = okta_catalog::tools().enumerate();
    let places: Vec<usize> = all.filter(|(_, tool)| fits(tool)).map(|(place, _)| place).collect();
    prop::sample::select(places)
}

fn call() -> impl Strategy<Value = Step> {
    let tool = prop_oneof![
        6 => place(|tool| tool.operation.is_some() && tool.effect() != Effect::Read),
        5 => place(|tool| tool.operation.is_none()),
        1 => place(|_| true),
    ];
    let times = prop_oneof![4 => Just(1_usize), 1 => 2_usize..4];
    (tool, any::<[u8; 6]>(), 0_usize..7, times)
        .prop_map(|(tool, dice, verdict, times)| Step::Call { tool, dice, verdict, times })
}

fn time() -> impl Strategy<Value = Step> {
    prop_oneof![Just(1), Just(299), Just(301), Just(31 * 24 * 3600)].prop_map(Step::Wait)
}

fn decision() -> impl Strategy<Value = Step> {
    let level = prop_oneof![4 => Just(Level::Desktop), 1 => Just(Level::Client)];
    (any::<u8>(), prop::bool::weighted(0.8), level)
        .prop_map(|(which, approve, level)| Step::Decide { which, approve, level })
}

/// Draws, from few bytes.
struct Dice {
    bytes: [u8; 6],
    at: usize,
}

impl Dice {
    fn next(&mut self) -> usize {
        self.at += 1;
        usize::from(self.bytes[self.at % 6]).rotate_left(self.at as u32 / 6)
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next() % from.len()]
    }
}

/// What was seen so far that a client could come back with.
#[derive(Default)]
struct Known {
    approvals: Vec<String>,
    undos: Vec<String>,
}

impl Known {
    /// Keeps the ids of an answer.
    fn learn(&mut self, called: &Called) {
        let Called::Done(text) = called else { return };
        let told: Value = serde_json::from_str(text).unwrap();
        for (into, pointer) in
            [(&mut self.approvals, "/approval_required/approval_id"), (&mut self.undos, "/_undo")]
        {
            let id = told.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            into.extend(id.filter(|id| !into.contains(id)));
        }
    }
}

/// The newest, an older one, or none that is known.
fn one_of(ids: &[String], dice: &mut Dice) -> Value {
    match dice.next() % 8 {
        0 => json!("AAAAAAAAAAAAAAAAAAAAAA"),
        1..=4 => json!(ids.last()),
        number => json!(ids.get(number % ids.len().max(1))),
    }
}

/// Arguments for the tool, by their names.
fn arguments(tool: &ToolDef, dice: &mut Dice, known: &Known) -> Map<String, Value> {
    let (_, schema) = tool.describe();
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut args = Map::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        let optional = !required.contains(&json!(name));
        if optional && (dice.next() % 2 == 0 || !["activate", "full_replace"].contains(&&**name)) {
            continue;
        }
        args.insert(name.clone(), argument(name, dice, known));
    }
    args
}

fn argument(name: &str, dice: &mut Dice, known: &Known) -> Value {
    match name {
        "user_id" => json!(dice.pick(&["00u1", "00u2", "00ua"])),
        "group_id" => json!(dice.pick(&["00g1", "00g2", "00g3"])),
        "app_id" => json!(dice.pick(&["0oa1", "0oa2"])),
        "policy_id" => json!(dice.pick(&["00p1", "00p2"])),
        "rule_id" => json!(dice.pick(&["0pr1", "0pr2"])),
        "device_assurance_id" => json!("dae1"),
        "approval_id" => one_of(&known.approvals, dice),
        "undo_id" => one_of(&known.undos, dice),
        "tool" => json!(picked(dice).name),
        "arguments" => Value::Object(arguments(picked(dice), dice, known)),
        "profile" => json!({ "name": "n", "login": "l@a.b", "title": dice.pick(&["a", "b"]) }),
        "app_config" => configs()[dice.next() % configs().len()].clone(),
        "settings" => configs()[dice.next() % configs().len()]["settings"].clone(),
        "policy_data" | "rule_data" => json!({
            "name": dice.pick(&["a", "b"]), "type": "OKTA_SIGN_ON", "platform": "MACOS",
        }),
        "activate" | "full_replace" => json!(dice.next() % 2 == 0),
        _ => json!("x1"),
    }
}

fn picked(dice: &mut Dice) -> &'static ToolDef {
    let grave = okta_catalog::tools().filter(|tool| tool.effect() > Effect::Read);
    let grave: Vec<_> = grave.collect();
    grave[dice.next() % grave.len()]
}

/// What an application is made of or changed to: the first two are harmless.
fn configs() -> [Value; 6] {
    [
        json!({ "label": "l", "settings": {} }),
        json!({ "visibility": { "autoLaunch": true }, "settings": { "notes": {} } }),
        json!({ "settings": { "oauthClient": { "redirect_uris": ["https://evil.example"] } } }),
        json!({ "settings": { "implicitAssignment": true } }),
        json!({ "settings": { "oauthClient": { "grant_types": ["client_credentials"] } } }),
        json!({ "signOnMode": "BOOKMARK", "settings": {} }),
    ]
}

/// A small Okta, in which every id is an object and nothing is ever gone: what was agreed to once
/// could be done again and again.
#[derive(Default)]
struct Little {
    /// How often each object was changed.
    versions: Mutex<HashMap<String, usize>>,
    made: AtomicUsize,
}

/// The path of the object that a request is about.
fn about(path: &str) -> &str {
    path.split("/lifecycle/").next().unwrap()
}

/// An object: what it is named like changes with each version.
fn object(path: &str, version: usize) -> Value {
    let id = path.rsplit('/').next().unwrap();
    let status = match (id.ends_with('2'), path.contains("/users/")) {
        (false, _) => "ACTIVE",
        (true, true) => "DEPROVISIONED",
        (true, false) => "INACTIVE",
    };
    let name = format!("n{version}");
    json!({
        "id": id, "status": status, "name": name, "label": name, "type": "OKTA_SIGN_ON",
        "platform": "MACOS", "signOnMode": "OPENID_CONNECT",
        "profile": { "name": name, "login": "l@a.b" },
        "settings": { "oauthClient": { "redirect_uris": ["https://good.example"] } },
    })
}

impl Little {
    fn change(&self, path: &str) {
        *self.versions.lock().unwrap().entry(path.to_owned()).or_default() += 1;
    }

    fn read(&self, path: &str) -> Value {
        let version = self.versions.lock().unwrap().get(path).copied().unwrap_or_default();
        object(path, version)
    }

    fn answer(&self, seen: &Seen) -> Answer {
        const LISTS: [&str; 8] = [
            "users",
            "groups",
            "apps",
            "rules",
            "appLinks",
            "logs",
            "policies",
            "device-assurances",
        ];
        let path = seen.path.as_str();
        let last = path.rsplit('/').next().unwrap();
        match (seen.method.as_str(), path) {
            ("GET", "/api/v1/users/00ua/roles") => {
                Answer::json(200, &json!([{ "type": "SUPER_ADMIN" }]))
            }
            ("GET", "/api/v1/groups/00g2/roles") => {
                Answer::json(200, &json!([{ "type": "HELP_DESK_ADMIN" }]))
            }
            ("GET", "/api/v1/groups/00g3/roles") => {
                Answer::json(403, &json!({ "errorCode": "E0000006", "errorSummary": "no" }))
            }
            ("GET", _) if LISTS.contains(&last) || last == "roles" => Answer::json(200, &json!([])),
            ("GET", _) => Answer::json(200, &self.read(path)),
            ("POST", _) if LISTS.contains(&last) => {
                let number = self.made.fetch_add(1, Ordering::Relaxed);
                Answer::json(200, &self.read(&format!("{path}/new{number}")))
            }
            _ => {
                self.change(about(path));
                Answer::json(200, &self.read(about(path)))
            }
        }
    }
}

/// What takes something away, grants access, weakens a control or changes where people land when
/// they sign in: by what is sent, whatever the catalog and the pipeline think of it. What is not
/// known to be harmless is grave.
fn is_grave(seen: &Seen) -> bool {
    let parts: Vec<&str> = seen.path.split('/').skip(3).collect();
    let body = seen.body.clone().unwrap_or_default();
    match (seen.method.as_str(), parts.as_slice()) {
        // Profiles, and new objects that nobody has access by.
        ("POST", ["users" | "groups" | "device-assurances"] | ["users", _])
        | ("PUT", ["groups", _]) => false,
        // Membership, unless the group makes admins, or may do so.
        ("PUT", ["groups", group, "users", _]) => *group != "00g1" && !group.starts_with("new"),
        // A new application, unless people get in without an assignment, or it does.
        ("POST", ["apps"]) => {
            body.pointer("/settings/implicitAssignment") == Some(&json!(true))
                || body.pointer("/settings/oauthClient/grant_types").is_some()
        }
        // An application, unless it changes how people sign in.
        ("PUT", ["apps", _]) => {
            let before = object(&seen.path, 0);
            let guarded = ["/signOnMode", "/settings/oauthClient", "/settings/implicitAssignment"];
            guarded.iter().any(|part| body.pointer(part) != before.pointer(part))
        }
        _ => true,
    }
}

/// A pipeline, what a client knows of it, and what went out so far.
struct Run {
    rig: Rig,
    little: Arc<Little>,
    known: Known,
    passphrase: bool,
    sent: usize,
    /// Approved by somebody who knows the passphrase.
    approved: BTreeSet<String>,
    used: BTreeSet<String>,
}

/// What came of a step.
struct Outcome {
    /// What reached Okta and is no read.
    sent: Vec<Seen>,
    /// How many questions were answered with yes.
    yeses: usize,
    /// How many approvals were used.
    used: usize,
}

impl Run {
    async fn new(passphrase: bool) -> Self {
        let rig = Rig::new().await;
        if passphrase {
            // Only that there is one matters here.
            let hash = PassphraseHash::from_phc("$argon2id$".to_owned());
            assert!(rig.memory.store.set_passphrase(&hash, None).await.unwrap());
        }
        let little = Arc::new(Little::default());
        let shared = Arc::clone(&little);
        rig.okta.program(move |seen: &Seen| shared.answer(seen));
        Self {
            rig,
            little,
            known: Known::default(),
            passphrase,
            sent: 0,
            approved: BTreeSet::new(),
            used: BTreeSet::new(),
        }
    }

    async fn step(&mut self, step: &Step, confirms: bool) -> Outcome {
        let mut yeses = 0;
        match step {
            Step::Call { tool, dice, verdict, times } => {
                let tool = okta_catalog::tools().nth(*tool).unwrap();
                let mut dice = Dice { bytes: *dice, at: 0 };
                let args = Value::Object(arguments(tool, &mut dice, &self.known));
                let person = self.person(*verdict, confirms);
                let calls = (0..*times).map(|_| self.rig.call(tool.name, args.clone(), &person));
                for called in join_all(calls).await {
                    self.known.learn(&called);
                }
                if matches!(person.verdict, Verdict::Yes(_)) {
                    yeses = person.asked.lock().unwrap().len();
                }
            }
            Step::Wait(seconds) => {
                self.rig.gate.clock().sleep(Duration::from_secs(*seconds)).await;
            }
            Step::Elsewhere(number) => {
                let objects = [
                    "users/00u1",
                    "groups/00g1",
                    "groups/00g2",
                    "apps/0oa1",
                    "policies/00p1",
                    "policies/00p1/rules/0pr1",
                    "device-assurances/dae1",
                ];
                let object = objects[usize::from(*number) % objects.len()];
                self.little.change(&format!("/api/v1/{object}"));
            }
            Step::Decide { which, approve, level } => self.decide(*which, *approve, *level).await,
        }
        let sent = self.rig.okta.writes().split_off(self.sent);
        self.sent += sent.len();
        let used = self.newly_used().await;
        Outcome { sent, yeses, used }
    }

    /// Who is asked. Where the passphrase is set, the client's own yes is none.
    fn person(&self, verdict: usize, confirms: bool) -> Person {
        match verdict {
            0 => Person::who(Verdict::Declined),
            1 => Person::who(Verdict::Cancelled),
            2 => Person::who(Verdict::TimedOut),
            3 => Person::who(Verdict::Failed("broken".to_owned())),
            4 => Person::who(Verdict::Later),
            5 if !confirms && !self.passphrase => Person::mute(),
            6 if !confirms => Person::mute(),
            _ => Person::agrees(),
        }
    }

    async fn decide(&mut self, which: u8, approve: bool, level: Level) {
        let Some(id) = self.known.approvals.iter().rev().nth(usize::from(which % 3)) else {
            return;
        };
        let now = self.rig.gate.clock().now();
        let store = &self.rig.memory.store;
        let decided = store.decide(id, approve, level.as_str(), "test", now).await.unwrap();
        if decided == Decided::Approved && level == Level::Desktop {
            self.approved.insert(id.clone());
        }
    }

    /// How many good approvals were used since this was asked last.
    async fn newly_used(&mut self) -> usize {
        let now = self.rig.gate.clock().now();
        let all = self.rig.memory.store.approvals(Which::All, 1000, now).await.unwrap();
        let used = all.into_iter().filter(|approval| approval.state == State::Consumed);
        let good = used.map(|approval| approval.id).filter(|id| self.approved.contains(id));
        let before = self.used.len();
        let good: Vec<String> = good.collect();
        self.used.extend(good);
        self.used.len() - before
    }

    /// The intent that a request went out under: its row in the trail.
    fn intent(&self, seen: &Seen) -> Map<String, Value> {
        let agent = seen.headers["user-agent"].to_str().unwrap();
        let call = agent.split("call/").nth(1).unwrap();
        let number: usize = call.split('-').next().unwrap().parse().unwrap();
        let rows = self.rig.trail.rows.lock().unwrap();
        rows[number - 1].0.clone()
    }
}

/// How often something happened in all sequences of a property, so that it is not about nothing.
#[derive(Default)]
struct Tally {
    harmless: AtomicUsize,
    grave: AtomicUsize,
    approvals: AtomicUsize,
    undos: AtomicUsize,
}

impl Tally {
    fn add(&self, run: &Run, outcome: &Outcome) {
        let grave = outcome.sent.iter().filter(|seen| is_grave(seen)).count();
        self.grave.fetch_add(grave, Ordering::Relaxed);
        self.harmless.fetch_add(outcome.sent.len() - grave, Ordering::Relaxed);
        let undone = outcome.sent.iter().filter(|seen| run.intent(seen).contains_key("undoes"));
        self.undos.fetch_add(undone.count(), Ordering::Relaxed);
    }
}

/// Tries sequences of steps.
fn try_all(
    steps: impl Strategy<Value = Step>,
    confirms: bool,
    tally: &Tally,
    holds: impl Fn(&Run, &Outcome) -> Result<(), TestCaseError>,
) {
    let config = Config { cases: SEQUENCES, source_file: Some(file!()), ..Config::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sequences = (any::<bool>(), prop::collection::vec(steps, 1..LONGEST));
    let tried = TestRunner::new(config).run(&sequences, |(passphrase, steps)| {
        runtime.block_on(async {
            let mut run = Run::new(passphrase).await;
            for step in &steps {
                let outcome = run.step(step, confirms).await;
                tally.add(&run, &outcome);
                holds(&run, &outcome)?;
            }
            tally.approvals.fetch_add(run.known.approvals.len(), Ordering::Relaxed);
            Ok(())
        })
    });
    tried.unwrap_or_else(|failed| panic!("{failed}"));
}

#[test]
fn without_a_yes_nothing_grave_is_sent() {
    let steps = prop_oneof![
        12 => call(),
        1 => time(),
        1 => any::<u8>().prop_map(Step::Elsewhere),
    ];
    let tally = Tally::default();
    try_all(steps, false, &tally, |_, outcome| {
        for seen in &outcome.sent {
            prop_assert!(!is_grave(seen), "{} {} {:?}", seen.method, seen.path, seen.body);
        }
        Ok(())
    });
    let Tally { harmless, approvals, undos, .. } = tally;
    let seen = [harmless, approvals, undos].map(AtomicUsize::into_inner);
    eprintln!("{seen:?}");
    assert!(seen.iter().all(|number| *number > 0), "{seen:?}");
}

#[test]
fn each_yes_is_good_for_one_change() {
    let steps = prop_oneof![
        10 => call(),
        4 => decision(),
        1 => time(),
        1 => any::<u8>().prop_map(Step::Elsewhere),
    ];
    let tally = Tally::default();
    try_all(steps, true, &tally, |run, outcome| {
        let mut requests = BTreeSet::new();
        let mut changes = BTreeSet::new();
        for seen in &outcome.sent {
            let agent = seen.headers["user-agent"].to_str().unwrap().to_owned();
            let intent = run.intent(seen);
            prop_assert_eq!(&intent["kind"], "intent");
            let request = format!("{} {}", seen.method, seen.path);
            prop_assert!(intent["requests"].to_string().contains(&request), "{:?}", intent);
            prop_assert!(requests.insert((agent.clone(), request)), "twice: {:?}", seen);
            if is_grave(seen) {
                prop_assert!(intent.contains_key("confirmed"), "{:?}", intent);
                let level = if run.passphrase { "desktop" } else { "client" };
                prop_assert_eq!(&intent["confirmed"], level);
                changes.insert(agent);
            }
        }
        prop_assert!(changes.len() <= outcome.yeses + outcome.used, "{:?}", outcome.sent);
        let rows = run.rig.trail.rows.lock().unwrap();
        let used = rows.iter().filter(|(row, _)| row["kind"] == "intent");
        let used: Vec<&Value> = used.filter_map(|(row, _)| row.get("approval")).collect();
        let once: BTreeSet<String> = used.iter().map(ToString::to_string).collect();
        prop_assert_eq!(used.len(), once.len(), "{:?}", used);
        Ok(())
    });
    let Tally { harmless, grave, approvals, undos } = tally;
    let seen = [harmless, grave, approvals, undos].map(AtomicUsize::into_inner);
    eprintln!("{seen:?}");
    assert!(seen.iter().all(|number| *number > 0), "{seen:?}");
}

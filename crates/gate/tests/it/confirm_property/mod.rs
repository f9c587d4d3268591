//! Whatever a client calls, in whatever order: nothing grave reaches Okta without a person's yes,
//! and nothing that a person agreed to reaches it twice.

mod little;
mod steps;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use okta_gate::{Level, Verdict};
use okta_storage::{Decided, PassphraseHash, State, Which};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::{Map, Value};

use crate::{
    okta::Seen,
    setup::{Person, Rig},
};
use little::{Little, is_grave};
use steps::{Dice, Known, Step, arguments, call, decision, time};

/// How many sequences are tried for each property.
const SEQUENCES: u32 = 50;

/// How long they get.
const LONGEST: usize = 40;

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
                let mut dice = Dice::new(*dice);
                let args = Value::Object(arguments(tool, &mut dice, &self.known));
                let person = self.person(*verdict, confirms);
                let calls = (0..*times).map(|_| self.rig.call(tool.name, args.clone(), &person));
                for called in join_all(calls).await {
                    self.known.learn(&called);
                }
                if matches!(person.verdict, Verdict::Yes { .. }) {
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
                    "brands/x1/pages/sign-in/customized",
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
            5 => Person::mute(),
            _ if !confirms && !self.passphrase => Person::mute(),
            _ => Person::agrees(),
        }
    }

    async fn decide(&mut self, which: u8, approve: bool, level: Level) {
        let Some(id) = self.known.approvals.iter().rev().nth(usize::from(which % 3)) else {
            return;
        };
        let now = self.rig.gate.clock().now();
        let store = &self.rig.memory.store;
        let decided = store.decide(id, approve, level.as_str(), "test", None, now).await.unwrap();
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
    assert!(seen.iter().all(|number| *number > 0), "{seen:?}");
}

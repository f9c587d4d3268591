//! Approvals given at this machine: one yes, for one call, once.

use std::time::Duration;

use futures::future::join_all;
use okta_catalog::{Effect, ToolDef};
use okta_gate::{CallError, Called, Context, Level};
use okta_storage::{Decided, State, hash_passphrase};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    pipeline::{fitting, object, obliging},
    setup::{Person, Rig, context, fitting_text},
};

/// A pipeline on a machine where the approval passphrase is set.
async fn rig() -> Rig {
    let rig = Rig::new().await;
    let hash = hash_passphrase("four words of mine".to_owned().into(), [7; 16]).await.unwrap();
    assert!(rig.memory.store.set_passphrase(&hash, None).await.unwrap());
    rig
}

/// The tools that a person must agree to.
fn grave() -> impl Iterator<Item = &'static ToolDef> {
    okta_catalog::tools().filter(|tool| tool.effect() >= Effect::Sensitive)
}

/// What the client is told when it must wait: the id of the approval.
fn waits(tool: &str, called: Called) -> String {
    let Called::Done(text) = called else { panic!("{tool}: {called:?}") };
    let told: Value = serde_json::from_str(&text).unwrap();
    let required = &told["approval_required"];
    assert_eq!(required["status"], "pending", "{tool}: {text}");
    assert_eq!(required["level"], "desktop", "{tool}: {text}");
    let id = required["approval_id"].as_str().unwrap().to_owned();
    assert_eq!(required["where"], format!("page of {id}"), "{tool}: {text}");
    id
}

impl Rig {
    async fn decides(&self, id: &str, approve: bool, level: Level) -> Decided {
        let now = self.gate.clock().now();
        self.memory.store.decide(id, approve, level.as_str(), "test", None, now).await.unwrap()
    }

    async fn approves(&self, id: &str) {
        assert_eq!(self.decides(id, true, Level::Desktop).await, Decided::Approved);
    }

    async fn state(&self, id: &str) -> State {
        let now = self.gate.clock().now();
        self.memory.store.approval(id, now).await.unwrap().unwrap().state
    }

    async fn again(&self, tool: &'static ToolDef) -> Called {
        self.call(tool.name, fitting(tool), &Person::mute()).await
    }
}

#[tokio::test]
async fn an_approved_call_is_made_once() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        // A client that could answer for its person is not asked: this machine's person is.
        let person = Person::agrees();
        let id = waits(tool.name, rig.call(tool.name, fitting(tool), &person).await);
        assert_eq!(person.asked.lock().unwrap().len(), 0, "{}", tool.name);
        assert_eq!(waits(tool.name, rig.again_by(tool, &person).await), id, "{}", tool.name);
        assert_eq!(rig.okta.writes(), [], "{}", tool.name);
        rig.approves(&id).await;
        let called = rig.again_by(tool, &person).await;
        assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        assert_eq!(rig.okta.writes().len(), 1, "{}", tool.name);
        assert_eq!(rig.state(&id).await, State::Consumed, "{}", tool.name);
        let next = waits(tool.name, rig.again_by(tool, &person).await);
        assert_ne!(next, id, "{}", tool.name);
        assert_eq!(rig.okta.writes().len(), 1, "{}", tool.name);
    }
}

impl Rig {
    async fn again_by(&self, tool: &'static ToolDef, person: &Person) -> Called {
        self.call(tool.name, fitting(tool), person).await
    }
}

#[tokio::test]
async fn an_approved_call_runs_by_its_id() {
    let rig = rig().await;
    let status = |id: &str| rig.done("get_approval_status", json!({ "approval_id": id }));
    for tool in grave() {
        obliging(&rig, tool.name);
        let id = waits(tool.name, rig.again(tool).await);
        let run = json!({ "approval_id": id });
        let early = rig.call("run_approved", run.clone(), &Person::mute()).await;
        assert!(matches!(early, Called::Failed(CallError::Refused { .. })), "{early:?}");
        assert_eq!(status(&id).await["status"], "pending");
        rig.approves(&id).await;
        assert_eq!(status(&id).await["status"], "approved");
        let called = rig.call("run_approved", run.clone(), &Person::mute()).await;
        assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        assert_eq!(rig.okta.writes().len(), 1, "{}", tool.name);
        let late = rig.call("run_approved", run, &Person::mute()).await;
        assert!(matches!(late, Called::Failed(CallError::Refused { .. })), "{late:?}");
        assert_eq!(rig.okta.writes().len(), 1, "{}", tool.name);
    }
}

#[tokio::test]
async fn a_no_is_a_no() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let id = waits(tool.name, rig.again(tool).await);
        assert_eq!(rig.decides(&id, false, Level::Desktop).await, Decided::Declined);
        for _ in 0..2 {
            let called = rig.again(tool).await;
            assert!(matches!(called, Called::Failed(CallError::NotConfirmed(_))), "{called:?}");
        }
        let run = rig.call("run_approved", json!({ "approval_id": id }), &Person::mute()).await;
        assert!(matches!(run, Called::Failed(CallError::NotConfirmed(_))), "{run:?}");
        assert_eq!(rig.okta.writes(), [], "{}", tool.name);
    }
}

#[tokio::test]
async fn an_approval_holds_for_five_minutes() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let [early, late] = [299, 300];
        for (seconds, usable) in [(early, true), (late, false)] {
            let id = waits(tool.name, rig.again(tool).await);
            rig.approves(&id).await;
            rig.gate.clock().sleep(Duration::from_secs(seconds)).await;
            let before = rig.okta.writes().len();
            let called = rig.again(tool).await;
            assert_eq!(rig.okta.writes().len() > before, usable, "{} {called:?}", tool.name);
            if !usable {
                assert_ne!(waits(tool.name, called), id, "{}", tool.name);
            }
        }
    }
}

#[tokio::test]
async fn an_approval_is_for_these_arguments_this_caller_and_this_state() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let id = waits(tool.name, rig.again(tool).await);
        rig.approves(&id).await;
        let mut other = fitting(tool);
        // Of those that a tool looks at, only some texts fit.
        let plain = |(name, value): &(&String, &mut Value)| {
            value.is_string() && fitting_text(name).is_none()
        };
        let text = other.as_object_mut().unwrap().iter_mut().find(plain);
        if let Some((_, text)) = text {
            *text = json!("x2");
            let called = rig.call(tool.name, other, &Person::mute()).await;
            assert_ne!(waits(tool.name, called), id, "{}", tool.name);
        }
        let stranger = Context { principal: "0oaother".to_owned(), ..context() };
        let Value::Object(args) = fitting(tool) else { unreachable!() };
        let called = rig.gate.call(&stranger, tool.name, args, &Person::mute()).await;
        assert_ne!(waits(tool.name, called), id, "{}", tool.name);
        let run = json!({ "approval_id": id }).as_object().unwrap().clone();
        for name in ["run_approved", "get_approval_status"] {
            let called = rig.gate.call(&stranger, name, run.clone(), &Person::mute()).await;
            assert!(matches!(called, Called::Failed(CallError::Refused { .. })), "{called:?}");
        }
        assert_eq!(rig.okta.writes(), [], "{}", tool.name);
        if tool.operation.is_some_and(|operation| operation.path.contains('{')) {
            let name = tool.name;
            rig.okta.program(move |seen: &Seen| {
                let mut object = object(name);
                object["description"] = json!("changed meanwhile");
                match seen.path.rsplit('/').next().unwrap() {
                    "users" | "groups" | "apps" | "rules" | "roles" | "appLinks" => {
                        Answer::json(200, &json!([]))
                    }
                    "customizations" if seen.method == "GET" => Answer::json(200, &json!([object])),
                    _ => Answer::json(200, &object),
                }
            });
            assert_ne!(waits(tool.name, rig.again(tool).await), id, "{}", tool.name);
            assert_eq!(rig.okta.writes(), [], "{}", tool.name);
        }
    }
}

#[tokio::test]
async fn of_many_at_once_one_is_made() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let id = waits(tool.name, rig.again(tool).await);
        rig.approves(&id).await;
        let run = || rig.call("run_approved", json!({ "approval_id": id }), &MUTE);
        let mut all = join_all((0..4).map(|_| run())).await;
        // The others are told so; none of them asks a person anew.
        let failed = all.iter().filter(|called| matches!(called, Called::Failed(_))).count();
        assert_eq!(failed, 3, "{}: {all:?}", tool.name);
        all.extend(join_all((0..4).map(|_| rig.again(tool))).await);
        assert_eq!(rig.okta.writes().len(), 1, "{}: {all:?}", tool.name);
    }
}

static MUTE: std::sync::LazyLock<Person> = std::sync::LazyLock::new(Person::mute);

#[tokio::test]
async fn a_decision_below_the_level_does_not_count() {
    let rig = rig().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let id = waits(tool.name, rig.again(tool).await);
        assert_eq!(rig.decides(&id, true, Level::Client).await, Decided::Approved);
        let called = rig.again(tool).await;
        assert!(!matches!(called, Called::Asked), "{}", tool.name);
        assert_eq!(rig.okta.writes(), [], "{}: {called:?}", tool.name);
    }
}

#[tokio::test]
async fn where_nothing_is_set_up_a_mute_client_is_told_how() {
    let rig = Rig::new().await;
    for tool in grave() {
        obliging(&rig, tool.name);
        let Called::Failed(error) = rig.again(tool).await else { panic!("{}", tool.name) };
        let told = error.envelope();
        assert_eq!(told["error"]["kind"], "confirmation_unavailable", "{told}");
        assert_eq!(told["error"]["next"], "ask elsewhere; or set up level desktop", "{told}");
        assert_eq!(rig.okta.writes(), [], "{}", tool.name);
    }
}

#[tokio::test]
async fn the_trail_names_approval_and_level() {
    let rig = rig().await;
    let tool = okta_catalog::find("delete_group").unwrap();
    obliging(&rig, tool.name);
    let id = waits(tool.name, rig.again(tool).await);
    rig.approves(&id).await;
    rig.again(tool).await;
    let kinds = rig.trail.kinds();
    let wanted = ["call", "approval.requested", "outcome", "call", "intent", "outcome"];
    assert_eq!(kinds, wanted);
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows[1].0["approval"], id.as_str());
    assert_eq!(rows[2].0["outcome"], "approval_required");
    assert_eq!(rows[4].0["approval"], id.as_str());
    assert_eq!(rows[4].0["confirmed"], "desktop");
    assert_eq!(rows[4].0["decision"], "confirm");
}

//! Level `person`: who may approve, and that it is looked at once more when the yes is used.

use std::sync::Arc;

use okta_catalog::Caller;
use okta_gate::{ApproverSignIn, CallError, Called, Context};
use okta_policy::{Policy, Source};
use okta_storage::{Approval, Approver, Decided, State, hash_passphrase};
use serde_json::{Value, json};

use crate::{
    pipeline::{fitting, obliging},
    setup::{Elsewhere, Person, Rig, context, every_scope},
};

const ANA: &str = "00uAna00000000000000";
const BO: &str = "00uBo000000000000000";

/// Rules that want a person to confirm deletions, each with what else it says.
fn person<const N: usize>(more: [Value; N]) -> Vec<Value> {
    let rule = |more: Value| {
        let mut rule =
            json!({ "tools": ["delete_group"], "decision": "confirm", "level": "person" });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    more.map(rule).into()
}

fn four_eyes() -> Vec<Value> {
    person([json!({ "another_person": true })])
}

fn policy(rules: &[Value]) -> Policy {
    let source = json!({ "rules": rules });
    Policy::new(serde_json::from_value::<Source>(source).unwrap()).unwrap()
}

async fn rig(rules: &[Value], sign_in: ApproverSignIn, caller: Caller) -> Rig {
    let rig = Rig::arranged(|setup| {
        setup.policy = policy(rules);
        setup.configured.caller = caller;
        setup.configured.scopes = every_scope();
        setup.memory.approvers = Arc::new(Elsewhere(sign_in));
    })
    .await;
    obliging(&rig, "delete_group");
    rig
}

/// A call in the name of Ana.
fn of_ana() -> Context {
    Context { principal: "ana@acme.example".to_owned(), person: Some(ANA.to_owned()), ..context() }
}

/// Who signed in to approve.
fn approver(id: &str, login: &str) -> Approver {
    let signed_in = "2026-01-02T03:04:00Z".parse().unwrap();
    let login = Some(login.to_owned());
    Approver { id: id.to_owned(), login, signed_in, acr: None, amr: Vec::new() }
}

impl Rig {
    async fn delete(&self, context: &Context) -> Called {
        let tool = okta_catalog::find("delete_group").unwrap();
        let Value::Object(args) = fitting(tool) else { unreachable!() };
        self.gate.call(context, tool.name, args, &Person::mute()).await
    }

    /// The approval that a call waits for, and what the client is told of it.
    async fn waiting(&self, context: &Context) -> (Approval, Value) {
        let called = self.delete(context).await;
        let Called::Done(text) = called else { panic!("{called:?}") };
        let told: Value = serde_json::from_str(&text).unwrap();
        let required = told["approval_required"].clone();
        let id = required["approval_id"].as_str().unwrap_or_else(|| panic!("{text}"));
        let now = self.gate.clock().now();
        (self.memory.store.approval(id, now).await.unwrap().unwrap(), required)
    }

    async fn approved_by(&self, approval: &Approval, level: &str, who: Option<&Approver>) {
        let (store, now) = (&self.memory.store, self.gate.clock().now());
        let decided = store.decide(&approval.id, true, level, "page", who, now).await.unwrap();
        assert_eq!(decided, Decided::Approved);
    }

    /// Whether the call goes through once that person approved it.
    async fn goes_through(&self, context: &Context, who: &Approver) -> bool {
        let (approval, _) = self.waiting(context).await;
        let before = self.okta.writes().len();
        self.approved_by(&approval, "person", Some(who)).await;
        let called = self.delete(context).await;
        assert!(matches!(called, Called::Done(_)), "{called:?}");
        self.okta.writes().len() > before
    }
}

#[tokio::test]
async fn a_rule_that_demands_a_person_waits_for_one() {
    for sign_in in [ApproverSignIn::Possible, ApproverSignIn::Usual] {
        let rig = rig(&person([json!({})]), sign_in, Caller::App).await;
        let (approval, told) = rig.waiting(&context()).await;
        assert_eq!((told["level"].as_str(), told["approvers"].as_str()), (Some("person"), None));
        assert_eq!((approval.level.as_str(), approval.approvers.as_deref()), ("person", None));
        // The passphrase does not do.
        rig.approved_by(&approval, "desktop", None).await;
        let (next, _) = rig.waiting(&context()).await;
        assert_ne!(next.id, approval.id);
        assert_eq!(rig.okta.writes(), []);
        rig.approved_by(&next, "person", Some(&approver(BO, "bo@acme.example"))).await;
        rig.delete(&context()).await;
        assert_eq!(rig.okta.writes().len(), 1);
    }
}

#[tokio::test]
async fn where_nobody_can_sign_in_it_is_refused() {
    let rig = rig(&person([json!({})]), ApproverSignIn::Never, Caller::App).await;
    let hash = hash_passphrase("four words of mine".to_owned().into(), [7; 16]).await.unwrap();
    assert!(rig.memory.store.set_passphrase(&hash, None).await.unwrap());
    let Called::Failed(error) = rig.delete(&context()).await else { panic!("done") };
    let told = error.envelope();
    assert_eq!(told["error"]["kind"], "confirmation_unavailable", "{told}");
    assert_eq!(told["error"]["next"], "ask elsewhere; or set up level person", "{told}");
}

#[tokio::test]
async fn what_is_set_up_for_it_is_the_usual_level() {
    for (sign_in, passphrase, level) in [
        (ApproverSignIn::Usual, false, "person"),
        (ApproverSignIn::Usual, true, "person"),
        (ApproverSignIn::Possible, true, "desktop"),
        // Better than a client that cannot ask.
        (ApproverSignIn::Possible, false, "desktop"),
    ] {
        let rig = rig(&[], sign_in, Caller::App).await;
        if passphrase {
            let hash = hash_passphrase("four words of mine".to_owned().into(), [7; 16]);
            let hash = hash.await.unwrap();
            assert!(rig.memory.store.set_passphrase(&hash, None).await.unwrap());
        }
        let (approval, _) = rig.waiting(&context()).await;
        assert_eq!(approval.level, level, "{sign_in:?} {passphrase}");
        // Whoever signs in gives more than is asked.
        rig.approved_by(&approval, "person", Some(&approver(BO, "bo@acme.example"))).await;
        rig.delete(&context()).await;
        assert_eq!(rig.okta.writes().len(), 1, "{sign_in:?} {passphrase}");
    }
}

#[tokio::test]
async fn a_client_that_can_ask_is_asked_where_no_sign_in_was_set_up() {
    let rig = rig(&[], ApproverSignIn::Possible, Caller::Person).await;
    let person = Person::agrees();
    let tool = okta_catalog::find("delete_group").unwrap();
    let called = rig.call(tool.name, fitting(tool), &person).await;
    assert!(matches!(called, Called::Done(_)), "{called:?}");
    assert_eq!(person.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn with_four_eyes_whoever_asked_is_not_enough() {
    let rig = rig(&four_eyes(), ApproverSignIn::Possible, Caller::Person).await;
    let (approval, told) = rig.waiting(&of_ana()).await;
    assert_eq!(told["approvers"], "another person than asked");
    assert_eq!(approval.asker.as_deref(), Some(ANA));
    // Even where the page was talked into it, by another login of the same person.
    for login in ["ana@acme.example", "renamed@acme.example"] {
        assert!(!rig.goes_through(&of_ana(), &approver(ANA, login)).await, "{login}");
    }
    assert!(rig.goes_through(&of_ana(), &approver(BO, "bo@acme.example")).await);
    assert_eq!(rig.okta.writes().len(), 1);
}

#[tokio::test]
async fn who_asks_has_to_be_known_where_it_takes_another() {
    let rules = four_eyes();
    let people = rig(&rules, ApproverSignIn::Possible, Caller::Person).await;
    let called = people.delete(&context()).await;
    let Called::Failed(CallError::Refused { message, .. }) = called else { panic!("{called:?}") };
    assert!(message.contains("who asks is not known"), "{message}");
    // Behind an app or an API token there is no person who asked: everybody is another.
    for caller in [Caller::App, Caller::ApiToken] {
        let rig = rig(&rules, ApproverSignIn::Possible, caller).await;
        assert!(rig.goes_through(&context(), &approver(ANA, "ana@acme.example")).await);
    }
}

#[tokio::test]
async fn only_whom_every_rule_names_approves() {
    let rules =
        person([json!({ "approvers": ["*@security.example"] }), json!({ "approvers": ["bo@*"] })]);
    let rig = rig(&rules, ApproverSignIn::Possible, Caller::App).await;
    for login in ["bo@acme.example", "carl@security.example"] {
        assert!(!rig.goes_through(&context(), &approver(BO, login)).await, "{login}");
    }
    assert!(rig.goes_through(&context(), &approver(BO, "bo@security.example")).await);
}

#[tokio::test]
async fn an_approval_from_before_a_stricter_policy_does_not_count() {
    let lax = rig(&person([json!({})]), ApproverSignIn::Possible, Caller::Person).await;
    let (approval, _) = lax.waiting(&of_ana()).await;
    lax.approved_by(&approval, "person", Some(&approver(ANA, "ana@acme.example"))).await;

    // The server was started anew with another policy, on the same store.
    let memory = lax.memory.clone();
    let strict = Rig::arranged(|setup| {
        setup.policy = policy(&four_eyes());
        setup.memory = memory;
        setup.memory.approvers = Arc::new(Elsewhere(ApproverSignIn::Possible));
    })
    .await;
    obliging(&strict, "delete_group");
    let called = strict.delete(&of_ana()).await;
    let Called::Done(text) = called else { panic!("{called:?}") };
    assert!(text.contains("approval_required"), "{text}");
    assert_eq!(strict.okta.writes(), []);
    let now = lax.gate.clock().now();
    let spent = lax.memory.store.approval(&approval.id, now).await.unwrap().unwrap();
    assert_eq!(spent.state, State::Consumed);
}

#[tokio::test]
async fn status_and_trail_say_who_approved() {
    let rules = person([json!({ "approvers": ["*@security.example"] })]);
    let rig = rig(&rules, ApproverSignIn::Possible, Caller::App).await;
    let (approval, told) = rig.waiting(&context()).await;
    assert_eq!(told["approvers"], "a person, one of *@security.example");
    rig.approved_by(&approval, "person", Some(&approver(BO, "bo@security.example"))).await;
    let status = rig.done("get_approval_status", json!({ "approval_id": approval.id })).await;
    assert_eq!(
        (&status["level"], &status["approver"]),
        (&json!("person"), &json!("bo@security.example"))
    );
    rig.delete(&context()).await;
    let rows = rig.trail.rows.lock().unwrap();
    let row = |kind: &str| rows.iter().map(|(row, _)| row).find(|row| row["kind"] == kind).unwrap();
    let asked = row("approval.requested");
    assert_eq!(asked["may_approve"]["of"], json!([["*@security.example"]]), "{asked:?}");
    let intent = row("intent");
    assert_eq!(
        (&intent["confirmed"], &intent["approver"]),
        (&json!("person"), &json!("bo@security.example"))
    );
}

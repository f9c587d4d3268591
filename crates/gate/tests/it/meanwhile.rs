//! What becomes of an object while a person makes up their mind about it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use okta_client::{BoxFuture, Error, Grant, Reply, Request};
use okta_gate::{Asker, CallError, Called, Client, Level, Question, Verdict, Wire};
use okta_storage::{Decided, hash_passphrase};
use serde_json::{Value, json};
use tokio::sync::{Barrier, watch};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig, context},
};

/// What there is to read of a group with members and applications, and of a person.
#[derive(Clone, Default)]
struct Org {
    /// The roles of whatever has roles; None: nobody may read them.
    roles: Option<Value>,
    members: Vec<Value>,
    apps: Vec<Value>,
}

impl Org {
    fn with_roles(types: &[&str]) -> Self {
        let roles = types.iter().map(|kind| json!({ "type": kind, "label": kind })).collect();
        Self { roles: Some(roles), ..Self::default() }
    }
}

/// An Okta that answers by what is there now.
fn live(rig: &Rig, org: Org) -> Arc<Mutex<Org>> {
    let org = Arc::new(Mutex::new(org));
    let shared = Arc::clone(&org);
    rig.okta.program(move |seen: &Seen| {
        let org = shared.lock().unwrap();
        let last = seen.path.rsplit('/').next().unwrap();
        match (seen.method.as_str(), last) {
            ("GET", "roles") => org.roles.as_ref().map_or_else(
                || Answer::json(403, &json!({ "errorCode": "E0000006", "errorSummary": "no" })),
                |roles| Answer::json(200, roles),
            ),
            ("GET", "users") => Answer::json(200, &json!(org.members)),
            ("GET", "apps" | "appLinks") => Answer::json(200, &json!(org.apps)),
            ("GET", id) => Answer::json(
                200,
                &json!({
                    "id": id, "status": "ACTIVE", "type": "OKTA_GROUP",
                    "profile": { "name": "Ops", "login": format!("{id}@acme.example") },
                }),
            ),
            _ => Answer { status: 204, headers: Vec::new(), body: String::new() },
        }
    });
    org
}

/// A person who says yes, after something happened.
pub(crate) struct Slow<F>(pub(crate) F);

impl<F: Fn() + Send + Sync> Asker for Slow<F> {
    fn level(&self) -> Option<Level> {
        Some(Level::Client)
    }

    fn unable(&self) -> Option<String> {
        None
    }

    fn ask<'a>(&'a self, _: &'a Question) -> BoxFuture<'a, Verdict> {
        (self.0)();
        Box::pin(std::future::ready(Verdict::Yes { level: Level::Client, waited: true }))
    }
}

impl<F: Fn() + Send + Sync> Client for Slow<F> {
    fn asker(&self) -> &dyn Asker {
        self
    }

    fn progress(&self, _: u64, _: String) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Makes the call while `now` comes to be; the person then says yes.
async fn slowly(rig: &Rig, tool: &str, with: &Value, org: &Mutex<Org>, now: &Org) -> Called {
    let client = Slow(|| *org.lock().unwrap() = now.clone());
    rig.gate.call(&context(), tool, with.as_object().unwrap().clone(), &client).await
}

/// Sensitive and destructive calls about a person or a group.
fn calls() -> [(&'static str, Value); 4] {
    [
        ("deactivate_user", json!({ "user_id": "00u1" })),
        ("delete_group", json!({ "group_id": "00g1" })),
        ("add_user_to_group", json!({ "group_id": "00g1", "user_id": "00u1" })),
        ("remove_user_from_group", json!({ "group_id": "00g1", "user_id": "00u1" })),
    ]
}

#[tokio::test]
async fn who_became_super_admin_is_left_alone() {
    for (tool, with) in calls() {
        let rig = Rig::new().await;
        let org = live(&rig, Org::with_roles(&["HELP_DESK_ADMIN"]));
        let crowned = Org::with_roles(&["HELP_DESK_ADMIN", "SUPER_ADMIN"]);
        let called = slowly(&rig, tool, &with, &org, &crowned).await;
        assert!(
            matches!(called, Called::Failed(CallError::Protected { .. } | CallError::Changed)),
            "{tool}: {called:?}"
        );
        assert_eq!(rig.okta.writes(), [], "{tool}");
        let rows = rig.trail.rows.lock().unwrap();
        assert!(rows.iter().all(|(row, _)| row["kind"] != "intent"), "{tool}");
    }
}

/// Before the question and after the answer.
#[tokio::test]
async fn who_is_super_admin_by_any_look_is_left_alone() {
    for looks in 0.. {
        let rig = Rig::new().await;
        let looked = AtomicUsize::new(0);
        rig.okta.program(move |seen: &Seen| {
            let is_role = seen.path.ends_with("/roles");
            let crowned = is_role && looked.fetch_add(1, Ordering::Relaxed) >= looks;
            match seen.method.as_str() {
                "GET" if crowned => Answer::json(200, &json!([{ "type": "SUPER_ADMIN" }])),
                "GET" if is_role || seen.path.ends_with("/appLinks") => {
                    Answer::json(200, &json!([]))
                }
                _ => Answer::json(200, &json!({ "id": "00u1", "status": "ACTIVE" })),
            }
        });
        let args = json!({ "user_id": "00u1" });
        let called = rig.call("deactivate_user", args, &Person::agrees()).await;
        if matches!(called, Called::Done(_)) {
            assert!(looks >= 2, "{looks}");
            return;
        }
        assert!(matches!(called, Called::Failed(CallError::Protected { .. })), "{called:?}");
        assert_eq!(rig.okta.writes(), []);
    }
}

#[tokio::test]
async fn what_stayed_as_it_was_is_done() {
    for (tool, with) in calls() {
        let rig = Rig::new().await;
        let same = Org::with_roles(&["HELP_DESK_ADMIN"]);
        let org = live(&rig, same.clone());
        let called = slowly(&rig, tool, &with, &org, &same).await;
        assert!(matches!(called, Called::Done(_)), "{tool}: {called:?}");
        assert_eq!(rig.okta.writes().len(), 1, "{tool}");
    }
}

#[tokio::test]
async fn a_yes_holds_for_what_was_shown() {
    // What is lost, what it counts as, and what is not known, are shown and read again.
    let one = || json!({ "profile": { "login": "one@acme.example" } });
    let before = Org { members: vec![one()], ..Org::with_roles(&["HELP_DESK_ADMIN"]) };
    let joined = Org { members: vec![one(), one()], ..before.clone() };
    let given = Org { apps: vec![json!({ "label": "Payroll" })], ..before.clone() };
    let raised = Org { members: vec![one()], ..Org::with_roles(&["ORG_ADMIN"]) };
    let hidden = Org { roles: None, ..before.clone() };
    let [deactivate, delete, add, remove] = calls();
    for (what, (tool, with), now) in [
        ("an application more", &deactivate, &given),
        ("a member more", &delete, &joined),
        ("an application more", &delete, &given),
        ("another role", &add, &raised),
        ("an application more", &remove, &given),
        ("roles that nobody may read", &deactivate, &hidden),
        ("roles that nobody may read", &add, &hidden),
    ] {
        let rig = Rig::new().await;
        let org = live(&rig, before.clone());
        let called = slowly(&rig, tool, with, &org, now).await;
        let conflict = matches!(called, Called::Failed(CallError::Changed));
        assert!(conflict, "{tool}, {what}: {called:?}");
        assert_eq!(rig.okta.writes(), [], "{tool}, {what}");
    }
}

/// The same, where the answer comes with another call: the question is another one by then.
#[tokio::test]
async fn what_is_shown_is_what_is_bound() {
    let before = Org::with_roles(&["HELP_DESK_ADMIN"]);
    let raised = Org::with_roles(&["ORG_ADMIN"]);
    let hidden = Org { roles: None, ..before.clone() };
    for (tool, with) in [calls()[0].clone(), calls()[2].clone()] {
        let rig = Rig::new().await;
        let org = live(&rig, before.clone());
        let mut bindings = Vec::new();
        for now in [&before, &before, &raised, &hidden] {
            *org.lock().unwrap() = now.clone();
            let person = Person::who(Verdict::Later);
            rig.call(tool, with.clone(), &person).await;
            let asked = person.asked.into_inner().unwrap().remove(0);
            bindings.push((asked.binding, asked.text));
        }
        assert_eq!(bindings[0], bindings[1], "{tool}");
        for (one, other) in [(0, 2), (0, 3), (2, 3)] {
            let differs = bindings[one].1 != bindings[other].1;
            assert_eq!(bindings[one].0 != bindings[other].0, differs, "{tool}: {bindings:?}");
        }
        assert_ne!(bindings[0].1, bindings[3].1, "{tool}");
    }
}

#[tokio::test]
async fn an_approval_of_what_became_protected_is_worth_nothing() {
    let crowned = Org::with_roles(&["SUPER_ADMIN"]);
    for (tool, with) in calls() {
        let rig = Rig::new().await;
        let hash = hash_passphrase("four words of mine".to_owned().into(), [7; 16]).await.unwrap();
        assert!(rig.memory.store.set_passphrase(&hash, None).await.unwrap());
        let org = live(&rig, Org::with_roles(&["HELP_DESK_ADMIN"]));
        let person = Person::agrees();
        let called = rig.call(tool, with.clone(), &person).await;
        let Called::Done(told) = called else { panic!("{tool}: {called:?}") };
        let told: Value = serde_json::from_str(&told).unwrap();
        let id = told["approval_required"]["approval_id"].as_str().unwrap();
        let now = rig.gate.clock().now();
        let decided =
            rig.memory.store.decide(id, true, "desktop", "test", None, now).await.unwrap();
        assert_eq!(decided, Decided::Approved);
        *org.lock().unwrap() = crowned.clone();
        for (tool, with) in [(tool, with.clone()), ("run_approved", json!({ "approval_id": id }))] {
            let called = rig.call(tool, with, &person).await;
            let refused = matches!(called, Called::Failed(CallError::Protected { .. }));
            assert!(refused, "{tool}: {called:?}");
        }
        assert_eq!(rig.okta.writes(), [], "{tool}");
    }
}

/// Lets nobody go on with what they read first until both have read it.
struct Together {
    wire: Arc<dyn Wire>,
    read: AtomicUsize,
    both: Barrier,
}

impl Wire for Together {
    fn send<'a>(
        &'a self,
        request: &'a Request,
        call_id: &'a str,
    ) -> BoxFuture<'a, Result<Reply, Error>> {
        Box::pin(async move {
            let reply = self.wire.send(request, call_id).await;
            if request.path() == "/api/v1/groups/00g1"
                && self.read.fetch_add(1, Ordering::Relaxed) < 2
            {
                self.both.wait().await;
            }
            reply
        })
    }

    fn grant(&self) -> BoxFuture<'_, Result<Grant, Error>> {
        self.wire.grant()
    }

    fn grants(&self) -> watch::Receiver<Option<Grant>> {
        self.wire.grants()
    }
}

#[tokio::test]
async fn of_two_changes_at_once_the_second_sees_what_the_first_did() {
    let rig = Rig::arranged(|setup| {
        let wire = Arc::clone(&setup.wire);
        let (read, both) = (AtomicUsize::new(0), Barrier::new(2));
        setup.wire = Arc::new(Together { wire, read, both });
    })
    .await;
    let group = Mutex::new(json!({ "id": "00g1", "profile": { "name": "Ops" } }));
    rig.okta.program(move |seen: &Seen| {
        let mut group = group.lock().unwrap();
        if seen.path.ends_with("/roles") {
            return Answer::json(200, &json!([]));
        }
        if let Some(body) = &seen.body {
            group["profile"] = body["profile"].clone();
        }
        Answer::json(200, &group)
    });
    let person = Person::agrees();
    let change = |text: &str| {
        let args = json!({ "group_id": "00g1", "profile": { "description": text } });
        rig.call("update_group", args, &person)
    };
    let called = <[Called; 2]>::from(futures::join!(change("one"), change("two")));
    let done = called.iter().filter(|called| matches!(called, Called::Done(_))).count();
    let conflicts = called.iter().filter(|it| matches!(it, Called::Failed(CallError::Changed)));
    assert_eq!((done, conflicts.count()), (1, 1), "{called:?}");
    assert_eq!(rig.okta.writes().len(), 1);
}

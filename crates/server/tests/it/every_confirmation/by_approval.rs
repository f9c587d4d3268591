//! Level `desktop`: where the approval passphrase is set, a person of this machine decides, and
//! nothing that the client says is a yes.

use std::{path::Path, sync::Arc, time::Duration};

use okta_client::Clock as _;
use okta_mcp_server::approvals::{Approvals, Judged};
use okta_storage::{Decided, Sqlite, State, Store, hash_passphrase};
use serde_json::{Value, json};

use super::{
    BOTH, Called, Case, LEGACY, MODERN, Scene, error, fixtures::fixtures, is_done, is_moot,
    place::Place, yes,
};
use crate::client::{Counting, Era, asks, text};

const PASSPHRASE: &str = "four words of mine";

/// What a client is told of an approval of this machine, or of its own person.
const DESKTOP: &str = "desktop";
const CLIENT: &str = "client";

/// A scene on a machine where the passphrase is set, and a look into its store, as another process
/// has it.
struct Desk<'a> {
    scene: Scene<'a>,
    store: Arc<dyn Store>,
}

impl<'a> Desk<'a> {
    async fn new(place: &'a Place, era: Era, capabilities: Value) -> Self {
        let environment = place.environment();
        let state = Path::new(&environment["OKTA_MCP_STATE_DIR"]);
        let store: Arc<dyn Store> = Arc::new(Sqlite::new(state));
        let client = place.connect(&environment, era, capabilities).await;
        let scene = Scene { place, client, name: String::new(), fixture: "" };
        Self { scene, store }
    }

    async fn set_up(&self) {
        let hash = hash_passphrase(PASSPHRASE.to_owned().into(), [7; 16]).await.unwrap();
        assert!(self.store.set_passphrase(&hash, None).await.unwrap());
    }

    /// Calls; the client is never asked.
    async fn call(&mut self, case: &Case, args: &Value) -> Value {
        match self.scene.call(case.tool, args).await {
            Called::Answered(answer) => answer,
            Called::Asks(_) => panic!("{}: the client is asked", self.scene.name),
        }
    }

    /// Calls; it waits for a person of this machine. The approval's id.
    async fn waits(&mut self, case: &Case) -> String {
        self.waits_with(case, &case.args).await
    }

    async fn waits_with(&mut self, case: &Case, args: &Value) -> String {
        let answer = self.call(case, args).await;
        self.id(&answer)
    }

    fn id(&self, answer: &Value) -> String {
        assert_ne!(answer["result"]["isError"], true, "{}: {answer}", self.scene.name);
        let required = &text(answer)["approval_required"];
        assert_eq!(required["level"], DESKTOP, "{}: {answer}", self.scene.name);
        assert_eq!(required["status"], "pending", "{}: {answer}", self.scene.name);
        self.scene.nothing("nobody decided");
        required["approval_id"].as_str().unwrap().to_owned()
    }

    /// The call is not made: it waits for another decision, or there is nothing left to decide.
    fn anew(&self, answer: &Value, id: &str) {
        if answer["result"]["isError"] != true {
            assert_ne!(self.id(answer), id, "{}", self.scene.name);
        }
    }

    async fn run(&mut self, id: &str) -> Value {
        self.scene.client.call("run_approved", json!({ "approval_id": id })).await
    }

    async fn decides(&self, id: &str, approve: bool, level: &str) -> Decided {
        let now = self.scene.place.sandbox.clock.now();
        self.store.decide(id, approve, level, "test", None, now).await.unwrap()
    }

    async fn approves(&self, id: &str) {
        assert_eq!(self.decides(id, true, DESKTOP).await, Decided::Approved);
    }

    async fn state(&self, id: &str) -> State {
        let now = self.scene.place.sandbox.clock.now();
        self.store.approval(id, now).await.unwrap().unwrap().state
    }

    fn forward(&self, seconds: u64) {
        self.scene.place.sandbox.clock.forward(Duration::from_secs(seconds));
    }
}

/// Plays a situation with every call that a person must agree to, in both eras.
async fn each(capabilities: Value, play: impl AsyncFn(&mut Desk<'_>, Case)) {
    let place = &Place::new().await;
    for era in BOTH {
        let mut desk = Desk::new(place, *era, capabilities.clone()).await;
        desk.set_up().await;
        for fixture in fixtures() {
            desk.scene.name = format!("{fixture}, {era:?}");
            desk.scene.fixture = fixture;
            let case = desk.scene.case().await;
            play(&mut desk, case).await;
        }
        let asked = |message: &Value| message["method"] == "elicitation/create";
        assert!(!desk.scene.client.aside.iter().any(asked), "{era:?}: the client is asked");
        desk.scene.client.close().await;
        assert_eq!(place.sent(), [""; 0], "{era:?}: late");
    }
}

#[tokio::test]
async fn approved_and_called_again() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        assert_eq!(desk.waits(&case).await, id, "{}", desk.scene.name);
        desk.approves(&id).await;
        let answer = desk.call(&case, &case.args).await;
        assert!(is_done(&answer), "{}: {answer}", desk.scene.name);
        desk.scene.once(&case);
        assert_eq!(desk.state(&id).await, State::Consumed, "{}", desk.scene.name);
    })
    .await;
}

#[tokio::test]
async fn approved_and_run_by_a_client_without_elicitation() {
    each(json!({}), async |desk, case| {
        let id = desk.waits(&case).await;
        let early = desk.run(&id).await;
        assert_eq!(error(&early), "refused", "{}", desk.scene.name);
        desk.scene.nothing("nobody decided");
        desk.approves(&id).await;
        let answer = desk.run(&id).await;
        assert!(is_done(&answer), "{}: {answer}", desk.scene.name);
        desk.scene.once(&case);
        assert_eq!(desk.state(&id).await, State::Consumed, "{}", desk.scene.name);
    })
    .await;
}

#[tokio::test]
async fn the_clients_own_yes_does_not_suffice() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        if desk.scene.client.era == MODERN {
            // The client pretends to have been asked.
            for state in [Value::Null, json!("rs1.x.y"), json!(id)] {
                let params = json!({ "name": case.tool, "arguments": case.args });
                let answer = desk.scene.client.again(params, yes(), state).await;
                assert_eq!(desk.id(&answer), id, "{}", desk.scene.name);
            }
        }
        // Nor does a decision that is worth no more than the client's.
        assert_eq!(desk.decides(&id, true, CLIENT).await, Decided::Approved);
        let answer = desk.call(&case, &case.args).await;
        assert!(!is_done(&answer), "{}: {answer}", desk.scene.name);
        let answer = desk.run(&id).await;
        assert!(!is_done(&answer), "{}: {answer}", desk.scene.name);
        desk.scene.nothing("the level is too low");
    })
    .await;
}

#[tokio::test]
async fn declined() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        assert_eq!(desk.decides(&id, false, DESKTOP).await, Decided::Declined);
        let answers = [desk.call(&case, &case.args).await, desk.run(&id).await];
        for answer in &answers {
            assert_eq!(error(answer), "not_confirmed", "{}", desk.scene.name);
        }
        desk.scene.nothing("a no");
    })
    .await;
}

#[tokio::test]
async fn cancelled() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        desk.approves(&id).await;
        assert!(desk.store.withdraw(&id).await.unwrap());
        assert_eq!(error(&desk.run(&id).await), "refused", "{}", desk.scene.name);
        let answer = desk.call(&case, &case.args).await;
        desk.anew(&answer, &id);
        desk.scene.nothing("the approval was taken back");
    })
    .await;
}

#[tokio::test]
async fn time_out_and_expired() {
    each(asks(), async |desk, case| {
        let late = desk.waits(&case).await;
        desk.forward(300);
        assert_eq!(desk.decides(&late, true, DESKTOP).await, Decided::Expired);
        let unused = desk.waits(&case).await;
        desk.approves(&unused).await;
        desk.forward(300);
        for id in [&late, &unused] {
            assert_eq!(error(&desk.run(id).await), "refused", "{}", desk.scene.name);
        }
        let anew = desk.waits(&case).await;
        assert!(![late, unused].contains(&anew), "{}", desk.scene.name);
    })
    .await;
}

#[tokio::test]
async fn replayed() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        desk.approves(&id).await;
        let answer = desk.run(&id).await;
        assert!(is_done(&answer), "{}: {answer}", desk.scene.name);
        desk.scene.once(&case);
        for aside in case.back.iter().flatten() {
            aside.happens(desk.scene.place).await;
        }
        assert_eq!(error(&desk.run(&id).await), "refused", "{}", desk.scene.name);
        let answer = desk.call(&case, &case.args).await;
        if case.back.is_some() && case.tool != "undo_change" {
            assert_ne!(desk.id(&answer), id, "{}", desk.scene.name);
        } else {
            let ended = answer["result"]["isError"] == true || is_moot(&answer);
            assert!(ended, "{}: {answer}", desk.scene.name);
        }
        desk.scene.nothing("the approval was used");
    })
    .await;
}

#[tokio::test]
async fn for_other_arguments() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        desk.approves(&id).await;
        assert_ne!(desk.waits_with(&case, &case.other).await, id, "{}", desk.scene.name);
        let answer = desk.run(&id).await;
        assert!(is_done(&answer), "{}: {answer}", desk.scene.name);
        desk.scene.once(&case);
    })
    .await;
}

#[tokio::test]
async fn changed_meanwhile() {
    each(asks(), async |desk, case| {
        let Some(meanwhile) = &case.meanwhile else { return };
        let id = desk.waits(&case).await;
        desk.approves(&id).await;
        meanwhile.happens(desk.scene.place).await;
        let answers = [desk.run(&id).await, desk.call(&case, &case.args).await];
        for answer in &answers {
            desk.anew(answer, &id);
        }
        desk.scene.nothing("the approval was of something else");
    })
    .await;
}

#[tokio::test]
async fn two_at_once() {
    each(asks(), async |desk, case| {
        let id = desk.waits(&case).await;
        desk.approves(&id).await;
        let run = json!({ "name": "run_approved", "arguments": { "approval_id": id } });
        let call = json!({ "name": case.tool, "arguments": case.args });
        let mut calls = Vec::new();
        for params in [&run, &call, &run, &call] {
            calls.push(desk.scene.client.start("tools/call", params.clone()).await);
        }
        let mut done = 0;
        for call in calls {
            done += usize::from(is_done(&desk.scene.client.answer(call).await));
        }
        assert_eq!(done, 1, "{}", desk.scene.name);
        desk.scene.once(&case);
    })
    .await;
}

#[tokio::test]
async fn a_question_from_before_the_passphrase_was_set() {
    let place = Place::new().await;
    let mut desk = Desk::new(&place, MODERN, asks()).await;
    let mut open = Vec::new();
    for fixture in fixtures() {
        desk.scene.name = fixture.to_owned();
        desk.scene.fixture = fixture;
        let case = desk.scene.case().await;
        open.push(desk.scene.ask(&case).await);
    }
    desk.set_up().await;
    for question in open {
        let answer = desk.scene.answer(&question, yes()).await;
        desk.id(&answer);
    }
}

#[tokio::test]
async fn only_who_knows_the_passphrase_approves() {
    let place = Place::new().await;
    for era in [MODERN, LEGACY] {
        let mut desk = Desk::new(&place, era, asks()).await;
        desk.set_up().await;
        desk.scene.fixture = "delete_group";
        let case = desk.scene.case().await;
        let id = desk.waits(&case).await;
        let approvals = Approvals::new(
            Arc::clone(&desk.store),
            Arc::clone(&place.sandbox.clock) as _,
            Arc::new(Counting::default()),
            Arc::new(|_: &str, _| {}),
        );
        let decide = |passphrase: &str| {
            approvals.decide(&id, passphrase.to_owned().into(), true, "terminal")
        };
        let wrong = decide("four words of yours").await.unwrap();
        assert!(matches!(wrong, Judged::Refused(_)), "{wrong:?}");
        assert_eq!(desk.waits(&case).await, id);
        assert_eq!(decide(PASSPHRASE).await.unwrap(), Judged::Approved);
        assert!(is_done(&desk.run(&id).await));
        desk.scene.once(&case);
    }
}

//! Every call that a person must agree to, through the whole server: MCP lines on one side, what
//! reaches the org over HTTP on the other. Only what was confirmed reaches it, and once.

mod brand;
mod by_approval;
mod by_client;
mod domains;
mod fixtures;
mod objects;
mod place;
mod themes;
mod undo;

use serde_json::{Value, json};

use crate::client::{Client, Era, is_answer};
use fixtures::{Case, fixtures};
use place::Place;

const MODERN: Era = Era::Modern;
const LEGACY: Era = Era::Legacy("2025-11-25");

/// The newest of each kind.
const BOTH: &[Era] = &[MODERN, LEGACY];

/// All that can ask a person.
const ASKING: &[Era] = &[MODERN, LEGACY, Era::Legacy("2025-06-18")];

/// One tool in one era: what a situation is played with.
struct Scene<'a> {
    place: &'a Place,
    client: Client,
    /// What is played, for messages.
    name: String,
    fixture: &'static str,
}

/// A question that a person has before them.
enum Question {
    /// To 2025-11-25: the call that waits, and the question's own id.
    Live { call: u64, id: Value },
    /// From 2026-07-28: the call, and the sealed state that goes with an answer.
    Trip { params: Value, state: Value },
}

/// What came of a call.
enum Called {
    /// A person is asked.
    Asks(Question),
    /// It is answered.
    Answered(Value),
}

/// Plays a situation with every call that a person must agree to, in these eras.
async fn each(eras: &[Era], capabilities: Value, play: impl AsyncFn(&mut Scene<'_>)) {
    let place = &Place::new().await;
    for era in eras {
        let client = place.connect(&place.environment(), *era, capabilities.clone()).await;
        let mut scene = Scene { place, client, name: String::new(), fixture: "" };
        for fixture in fixtures() {
            scene.name = format!("{fixture}, {era:?}");
            scene.fixture = fixture;
            play(&mut scene).await;
        }
        // Whatever was begun is done when the server has ended.
        scene.client.close().await;
        assert_eq!(place.sent(), [""; 0], "{era:?}: late");
    }
}

impl Scene<'_> {
    /// Everything that the call needs is there; nothing was sent for anything else.
    async fn case(&mut self) -> Case {
        assert_eq!(self.place.sent(), [""; 0], "{}: late, of what was played before", self.name);
        let case = Case::new(self.fixture, self.place, &mut self.client).await;
        assert_eq!(self.place.sent(), [""; 0], "{}: of the fixture itself", self.name);
        case
    }

    /// Nothing was sent.
    fn nothing(&self, when: &str) {
        assert_eq!(self.place.sent(), [""; 0], "{}: {when}", self.name);
    }

    /// What was confirmed was sent, once.
    fn once(&self, case: &Case) {
        assert_eq!(self.place.sent(), case.sends, "{}", self.name);
    }

    async fn call(&mut self, tool: &str, args: &Value) -> Called {
        let params = json!({ "name": tool, "arguments": args });
        if self.client.era == MODERN {
            let answer = self.client.request("tools/call", params.clone()).await;
            return if is_asked(&answer) {
                let state = answer["result"]["requestState"].clone();
                Called::Asks(Question::Trip { params, state })
            } else {
                Called::Answered(answer)
            };
        }
        let call = self.client.start("tools/call", params).await;
        let is_question = |message: &Value| message["method"] == "elicitation/create";
        let message =
            self.client.find(|message| is_question(message) || is_answer(message, call)).await;
        if is_question(&message) {
            Called::Asks(Question::Live { call, id: message["id"].clone() })
        } else {
            Called::Answered(message)
        }
    }

    /// Calls; a person is asked, and nothing is sent meanwhile.
    async fn ask(&mut self, case: &Case) -> Question {
        self.ask_with(case, &case.args).await
    }

    async fn ask_with(&mut self, case: &Case, args: &Value) -> Question {
        match self.call(case.tool, args).await {
            Called::Asks(question) => {
                self.nothing("before an answer");
                question
            }
            Called::Answered(answer) => panic!("{}: nobody is asked: {answer}", self.name),
        }
    }

    /// Answers the question, and waits for what comes of it.
    async fn answer(&mut self, question: &Question, reply: Value) -> Value {
        match question {
            Question::Trip { params, state } => {
                self.client.again(params.clone(), reply, state.clone()).await
            }
            Question::Live { call, id } => {
                self.reply(id, reply).await;
                self.client.answer(*call).await
            }
        }
    }

    /// Sends an answer to a question of the server: a result, or an error where it has a code.
    async fn reply(&mut self, id: &Value, reply: Value) {
        let part = if reply.get("code").is_some() { "error" } else { "result" };
        self.client.send(&json!({ "jsonrpc": "2.0", "id": id, part: reply })).await;
    }
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "confirm": true } })
}

/// True if the call is answered with a question (2026-07-28).
fn is_asked(answer: &Value) -> bool {
    answer["result"]["resultType"] == "input_required"
}

/// True if the call was made.
fn is_done(answer: &Value) -> bool {
    answer["result"]["content"].is_array()
        && answer["result"]["isError"] != true
        && !answer.to_string().contains("approval_required")
        && !is_moot(answer)
}

/// True if all is as the call would make it: there is nothing to ask, and nothing to send.
fn is_moot(answer: &Value) -> bool {
    answer["result"]["content"].to_string().contains("nothing was sent")
}

/// The kind of error that the call is answered with.
fn error(answer: &Value) -> String {
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    crate::client::text(answer)["error"]["kind"].as_str().unwrap().to_owned()
}

// What is confirmed must be known for each tool: a new one fails here until it is said.
#[test]
fn the_list_covers_the_catalog() {
    let tools: Vec<&str> = fixtures().into_iter().map(fixtures::tool_of).collect();
    let grave = okta_catalog::tools().filter(|tool| tool.effect() > okta_catalog::Effect::Write);
    for tool in grave {
        assert!(tools.contains(&tool.name), "{}", tool.name);
    }
    assert!(tools.len() > 25, "{tools:?}");
}

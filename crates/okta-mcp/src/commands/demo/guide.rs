//! The MCP client of the demo: it calls, answers what it is asked, and shows both.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use rmcp::{
    ClientHandler, ErrorData, RoleClient, ServiceExt as _,
    model::{
        CallToolRequestParams, ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult,
        ElicitationAction, FormElicitationCapability, Implementation,
    },
    service::{RequestContext, RunningService},
    transport::TokioChildProcess,
};
use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::{failure::Failure, printer};

/// How much of an answer is shown, in characters.
const SHOWN: usize = 420;

/// What the person of the demo says to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Say {
    Yes,
    No,
}

/// The client's side of questions. The demo knows in advance what its person will say.
#[derive(Clone, Default)]
struct Person(Arc<Mutex<VecDeque<Say>>>);

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let mut capabilities = ClientCapabilities::default();
        let elicitation =
            capabilities.elicitation.insert(rmcp::model::ElicitationCapability::default());
        elicitation.form = Some(FormElicitationCapability::default());
        ClientConfig::new(
            capabilities,
            Implementation::new("okta-mcp-demo", env!("CARGO_PKG_VERSION")),
        )
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let say = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            return Ok(ElicitResult::new(ElicitationAction::Decline));
        };
        let said = if say == Some(Say::Yes) { "yes" } else { "no" };
        let mut lines = vec![printer::strong("   The server asks the person, not the model:")];
        lines.extend(message.lines().map(|line| format!("   │ {line}")));
        lines.push(format!("   The person says {}", printer::strong(said)));
        // Who does not see the question must not have answered it.
        if printer::data(&lines.join("\n")).is_err() {
            return Ok(ElicitResult::new(ElicitationAction::Cancel));
        }
        Ok(match say {
            Some(Say::Yes) => ElicitResult::new(ElicitationAction::Accept)
                .with_content(json!({ "confirm": true })),
            _ => ElicitResult::new(ElicitationAction::Decline),
        })
    }
}

/// Says what there is to see in an answer.
pub(super) fn remark(text: &str) -> Result<(), Failure> {
    printer::data(&format!("   {text}"))
}

/// Calls tools, and counts.
pub(super) struct Guide {
    client: RunningService<RoleClient, Person>,
    person: Person,
    started: Duration,
    listed: Listed,
    titles: usize,
    calls: usize,
    bytes: usize,
    took: Duration,
}

/// What `tools/list` answered.
struct Listed {
    tools: usize,
    bytes: usize,
    ready: Duration,
}

impl Guide {
    /// Starts the server, and lists its tools.
    pub(super) async fn start(command: Command) -> Result<Self, Failure> {
        let begin = Instant::now();
        let child = TokioChildProcess::new(command).map_err(Failure::unexpected)?;
        let person = Person::default();
        let client = person.clone().serve(child).await.map_err(Failure::unexpected)?;
        let started = begin.elapsed();
        let tools = client.list_all_tools().await.map_err(Failure::unexpected)?;
        // What goes into a model's context: clients leave the rest out.
        let seen: Vec<Value> = tools
            .iter()
            .map(|tool| {
                json!({
                    "name": tool.name,
                    "description": tool.description,
                    "input_schema": tool.input_schema,
                })
            })
            .collect();
        let bytes = Value::from(seen).to_string().len();
        let listed = Listed { tools: tools.len(), bytes, ready: begin.elapsed() };
        let guide = Self {
            client,
            person,
            started,
            listed,
            titles: 0,
            calls: 0,
            bytes: 0,
            took: Duration::ZERO,
        };
        guide.welcome()?;
        Ok(guide)
    }

    fn welcome(&self) -> Result<(), Failure> {
        let info = self.client.peer_info();
        let version =
            info.as_deref().map_or_else(String::new, |info| info.protocol_version.to_string());
        printer::data(&format!(
            "{}\n\nAn Okta org with 250 people in memory, this program as its MCP server, and an MCP client \
             (protocol\n{version}) that calls what an administrator's questions come down to",
            printer::strong("okta-mcp demo")
        ))
    }

    /// Says what an administrator wants to know.
    pub(super) fn title(&mut self, text: &str) -> Result<(), Failure> {
        self.titles += 1;
        printer::data(&format!("\n{}", printer::strong(&format!("{}. {text}", self.titles))))
    }

    /// Calls a tool, and shows call and answer.
    pub(super) async fn call(&mut self, tool: &'static str, args: Value) -> Result<Value, Failure> {
        let args = match args {
            Value::Object(args) => args,
            _ => Map::new(),
        };
        printer::data(&format!("   {tool} {}", Value::Object(args.clone())))?;
        let asked = Instant::now();
        let params = CallToolRequestParams::new(tool).with_arguments(args);
        let result = self.client.call_tool(params).await.map_err(Failure::unexpected)?;
        let elapsed = asked.elapsed();
        let text: String = result
            .content
            .iter()
            .filter_map(|block| block.as_text())
            .map(|text| text.text.as_str())
            .collect();
        self.calls += 1;
        self.bytes += text.len();
        self.took += elapsed;
        let mark = if result.is_error == Some(true) { "✗" } else { "→" };
        let figures = format!("{} bytes, {}", grouped(text.len()), millis(elapsed));
        printer::data(&format!("   {mark} {}\n   {}", cut(&text), printer::weak(&figures)))?;
        serde_json::from_str(&text).map_err(Failure::unexpected)
    }

    /// Calls a tool that asks, with what the person will say to it.
    pub(super) async fn confirmed(
        &mut self,
        say: Say,
        tool: &'static str,
        args: Value,
    ) -> Result<Value, Failure> {
        self.person.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(say);
        let answer = self.call(tool, args).await;
        self.person.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
        answer
    }

    /// Ends the server, and tells the totals.
    pub(super) async fn end(self) -> Result<(), Failure> {
        let text = format!(
            "\n{}\n   {} calls, {} bytes of answers, {} in all\n   Server started in {}, tools listed \
             after {}\n   {} tools take {} bytes of a model's context",
            printer::strong("Done"),
            self.calls,
            grouped(self.bytes),
            millis(self.took),
            millis(self.started),
            millis(self.listed.ready),
            self.listed.tools,
            grouped(self.listed.bytes),
        );
        self.client.cancel().await.map_err(Failure::unexpected)?;
        printer::data(&text)
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}

/// The number with a comma before every third digit.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

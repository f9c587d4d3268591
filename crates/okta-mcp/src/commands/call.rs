//! `okta-mcp call`: one call, through the same pipeline as a client's.

use okta_catalog::{Args, Effect, PREVIEW_CHANGE, ToolDef, UNDO_CHANGE};
use okta_gate::{CallError, Called};
use okta_mcp_server::App;
use serde_json::Value;

use super::login;
use crate::{
    arguments,
    cli::{CallArgs, Output, UndoArgs},
    failure::Failure,
    org::{self, Given},
    printer, table,
    terminal::Person,
};

/// How near a name must be to be suggested.
const NEAR: f64 = 0.7;

/// Calls the tool, and prints its answer.
pub(crate) async fn run(args: &CallArgs, given: &Given) -> Result<(), Failure> {
    let tool = find(&args.tool)?;
    let arguments = match &args.json {
        Some(source) => arguments::from_json("--json", source),
        None => arguments::from_pairs(tool, &args.arguments),
    };
    let arguments = arguments.map_err(Failure::usage)?;
    if args.dry_run {
        let meant = Args::from_iter([
            ("tool".to_owned(), tool.name.into()),
            ("arguments".to_owned(), Value::Object(arguments)),
        ]);
        return make(PREVIEW_CHANGE, meant, given, args.output).await;
    }
    make(tool, arguments, given, args.output).await
}

/// Takes a change back, and prints the answer.
pub(crate) async fn undo(args: &UndoArgs, given: &Given) -> Result<(), Failure> {
    let meant = Args::from_iter([("undo_id".to_owned(), args.id.as_str().into())]);
    make(UNDO_CHANGE, meant, given, args.output).await
}

async fn make(
    tool: &ToolDef,
    arguments: Args,
    given: &Given,
    output: Option<Output>,
) -> Result<(), Failure> {
    let org = org::connect(given, App::for_one_call).await?;
    login::ensure(&org).await?;
    if tool.operation.is_none() {
        // It tells what is granted. That nothing could be, its answer says too.
        if let Err(error) = org.app.okta().sign_in().await {
            printer::note(&format!("warning: {error}"));
        }
    }
    let context = org.context("okta-mcp call").await;
    let gate = org.app.handler.gate();
    let person = Person::new(org.app.approvals().clone(), tool.effect() > Effect::Read).await?;
    let called = gate.call(&context, tool.name, arguments, &person).await;
    gate.drain().await;
    match called {
        Called::Done(text) => print(&text, output),
        Called::Failed(error) => Err(failure(&error)),
        Called::Unknown | Called::Asked => {
            Err(Failure::unexpected(format!("{} was neither done nor refused", tool.name)))
        }
    }
}

pub(super) fn find(name: &str) -> Result<&'static ToolDef, Failure> {
    okta_catalog::find(name).ok_or_else(|| {
        let near = |tool: &&ToolDef| strsim::jaro_winkler(name, tool.name);
        let nearest = okta_catalog::tools().max_by(|a, b| near(a).total_cmp(&near(b)));
        let hint = match nearest.filter(|tool| near(tool) >= NEAR) {
            Some(tool) => format!("did you mean {}?", tool.name),
            None => "`okta-mcp tools --all` lists them".to_owned(),
        };
        Failure::usage(format!("there is no tool {name:?}: {hint}"))
    })
}

fn print(text: &str, output: Option<Output>) -> Result<(), Failure> {
    let tables = output.map_or_else(printer::on_terminal, |output| output == Output::Table);
    let Ok(answer) = serde_json::from_str::<Value>(text) else {
        return printer::data(text);
    };
    match table::list(&answer, printer::width()).filter(|_| tables) {
        Some(table) => {
            printer::data(&table)?;
            beside(&answer);
            Ok(())
        }
        // As it is: what is invisible in it stays escaped.
        None if !printer::on_terminal() => printer::data(text),
        None => printer::data(&okta_gate::escaped(&format!("{answer:#}"))),
    }
}

/// What an answer says beside its list.
fn beside(answer: &Value) {
    for note in answer.get("notes").and_then(Value::as_array).into_iter().flatten() {
        if let Some(note) = note.as_str() {
            printer::note(&okta_gate::escaped(note));
        }
    }
    if let Some(cursor) = answer.get("next_cursor").and_then(Value::as_str) {
        printer::note(&format!("There is more: add after={}", okta_gate::escaped(cursor)));
    }
}

/// The envelope of a failure, for a person.
pub(super) fn failure(error: &CallError) -> Failure {
    let envelope = error.envelope();
    let told = |pointer: &str| envelope.pointer(pointer).map(text);
    let mut message = match error {
        CallError::CannotAsk { .. } => {
            "a person must confirm this, and there is no terminal to ask on".to_owned()
        }
        error => error.to_string(),
    };
    let causes = envelope.pointer("/error/okta/causes").and_then(Value::as_array);
    let causes = causes.into_iter().flatten().map(|cause| ("cause", text(cause)));
    let known = [("request id", "/error/okta/request_id"), ("until", "/error/until")];
    let known = known.into_iter().filter_map(|(name, at)| Some((name, told(at)?)));
    for (name, value) in causes.chain(known) {
        message = format!("{message}\n  {name}: {value}");
    }
    Failure::Failed { message: okta_gate::escaped(&message), next: told("/error/next") }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

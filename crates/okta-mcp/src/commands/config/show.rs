//! `okta-mcp config show`: each setting, and where it comes from.

use okta_mcp_server::{Config, Origin, Row, Settings};
use serde_json::{Value, json};

use crate::{
    cli::ShowConfigArgs,
    failure::Failure,
    org::{self, Given},
    printer, table,
};

/// Shows the settings. What is missing is told beside them.
pub(super) fn run(args: &ShowConfigArgs, given: &Given) -> Result<(), Failure> {
    let settings = given.settings()?;
    let (problem, remarks) = match Config::read(&org::environment, &given.flags) {
        Ok(config) => (None, config.remarks),
        Err(error) => (Some(error.to_string()), Vec::new()),
    };
    let rows = settings.rows().into_iter().filter(|row| !args.set || row.origin.is_some());
    if args.json {
        let rows: Vec<Value> = rows.map(|row| json(&row)).collect();
        return printer::json(&json!({
            "profile": settings.profile(),
            "file": settings.file().map(|path| path.display().to_string()),
            "settings": rows,
            "problem": problem,
            "remarks": remarks,
        }));
    }
    printer::data(&heading(&settings))?;
    let headings = ["setting", "value", "from"].map(str::to_owned);
    printer::data(&format!("\n{}", table::render(&headings, rows.map(|row| cells(&row)))))?;
    for remark in remarks {
        printer::note(&format!("note: {remark}"));
    }
    if let Some(problem) = problem {
        printer::note(&format!("note: the server would not start: {problem}"));
    }
    Ok(())
}

fn heading(settings: &Settings) -> String {
    let profile = printer::strong(settings.profile());
    match settings.file() {
        Some(file) => format!("Profile {profile} of {}", file.display()),
        None => format!("Profile {profile}, without a configuration file"),
    }
}

fn cells(row: &Row) -> Vec<String> {
    let value = match &row.value {
        Some(value) => text(value),
        None => row.setting.default.to_owned(),
    };
    let from = match (&row.origin, &row.instead) {
        (None, _) => "default".to_owned(),
        (Some(origin), None) => place(origin),
        (Some(origin), Some(instead)) => format!("{}; not used: {instead} holds", place(origin)),
    };
    vec![row.setting.name().to_owned(), value, from]
}

/// Where it comes from; of the file, which is named above, only where in it.
fn place(origin: &Origin) -> String {
    match origin {
        Origin::File { line, .. } => format!("file, line {line}"),
        Origin::Variable(name) | Origin::Flag(name) => (*name).to_owned(),
    }
}

fn text(value: &Value) -> String {
    let plain = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    };
    okta_gate::escaped(&plain)
}

fn json(row: &Row) -> Value {
    let origin = match &row.origin {
        None => json!({ "layer": "default" }),
        Some(Origin::File { path, line, column }) => json!({
            "layer": "file", "path": path.display().to_string(), "line": line, "column": column,
        }),
        Some(Origin::Variable(name)) => json!({ "layer": "environment", "name": name }),
        Some(Origin::Flag(name)) => json!({ "layer": "flag", "name": name }),
    };
    json!({
        "setting": row.setting.name(),
        "variable": row.setting.variable,
        "flag": row.setting.flag,
        "value": row.value,
        "default": row.setting.default,
        "origin": origin,
        "not_used_because_of": row.instead,
    })
}

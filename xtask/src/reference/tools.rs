//! The page of tools.

use std::collections::BTreeMap;

use okta_catalog::{Args, Operation, Scope, TOOLSETS, ToolDef};
use serde_json::Value;

use super::{examples::Example, template::Page};

pub(crate) fn page(examples: &BTreeMap<String, Example>) -> String {
    let count: usize = TOOLSETS.iter().map(|set| set.tools.len()).sum();
    let mut page = Page::new(
        "Tools",
        &format!(
            "The {count} tools, by toolset, in the order in which clients see them. A tool is \
             listed when its scope is granted; a `manage` scope includes its `read`. A `.self` \
             scope is for people who sign in: no service app and no API token has it. By default \
             `read` and `write` are done at once, `sensitive` and `destructive` are confirmed by a \
             person; what a call turns out to do can raise that. The examples were called on the \
             sandbox; `…` stands for what is left out."
        ),
    );
    for set in TOOLSETS {
        page.heading(2, set.name);
        for tool in set.tools {
            add(&mut page, tool, examples.get(tool.name));
        }
    }
    page.end()
}

fn add(page: &mut Page, tool: &ToolDef, example: Option<&Example>) {
    let (description, schema) = tool.made();
    page.heading(3, tool.name);
    page.paragraph(&description);
    let mut facts =
        vec![format!("* Title: {}", tool.title), format!("* Effect: {}", tool.effect().as_str())];
    facts.push(match tool.scopes().as_slice() {
        [] => "* Scope: none".to_owned(),
        [scope] => format!("* Scope: `{scope}`"),
        scopes => format!(
            "* One of the scopes: {}",
            scopes.iter().map(quoted).collect::<Vec<_>>().join(", ")
        ),
    });
    if let Some(operation) = tool.operation {
        facts.push(format!("* Okta operation: {}", operation_text(&operation)));
    }
    if !tool.also.is_empty() {
        let also: Vec<String> = tool.also.iter().map(operation_text).collect();
        facts.push(format!("* Also reads: {}", also.join(", ")));
    }
    if let Some(most) = tool.max_limit {
        facts.push(format!("* Page size: {} to {most}", tool.min_limit));
    }
    page.paragraph(&facts.join("\n"));
    let rows = parameters(&schema);
    if rows.is_empty() {
        page.paragraph("No parameters.");
    } else {
        page.table(&["Parameter", "Type", "Required", "Description"], &rows);
    }
    if let Some(example) = example {
        page.json(&example.arguments);
        page.json(&example.answer);
    }
}

fn quoted(scope: &Scope) -> String {
    format!("`{scope}`")
}

fn operation_text(operation: &Operation) -> String {
    format!("`{} {}`", operation.method.as_str(), operation.path)
}

fn parameters(schema: &Args) -> Vec<Vec<String>> {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|names| names.iter().any(|required| required.as_str() == Some(name)))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let row = |(name, property): (&String, &Value)| {
        let text = |key: &str| property.get(key).and_then(Value::as_str).unwrap_or_default();
        vec![
            format!("`{name}`"),
            kind(property),
            if is_required(name) { "yes" } else { "" }.to_owned(),
            text("description").to_owned(),
        ]
    };
    properties.into_iter().flatten().map(row).collect()
}

fn kind(property: &Value) -> String {
    match property.get("type") {
        Some(Value::String(kind)) => match property.get("items") {
            Some(items) => format!("{kind} of {}", self::kind(items)),
            None => kind.clone(),
        },
        _ => "any".to_owned(),
    }
}

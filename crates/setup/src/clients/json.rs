//! Servers in JSON, with comments where the client allows them.

use jsonc_parser::{
    ParseOptions,
    cst::{CstContainerNode, CstInputValue, CstLeafNode, CstNode, CstObject, CstRootNode},
};

use super::{
    Entry, Server, Text, Unreadable,
    entry::{HIDDEN, Hides, names_secret},
};

/// What holds settings of a server that is elsewhere: an entry that is started has none of them.
const ELSEWHERE: [&str; 5] = ["url", "serverUrl", "headers", "oauth", "auth"];

pub(super) fn servers(
    text: &Text<'_>,
    section: &str,
    comments: bool,
) -> Result<Vec<Server>, Unreadable> {
    let root = parse(text, comments)?;
    let Some(top) = top(&root)? else { return Ok(Vec::new()) };
    let Some(section) = object(&top, section)? else { return Ok(Vec::new()) };
    let mut servers: Vec<Server> = Vec::new();
    for property in section.properties() {
        let name = property.decoded_name().unwrap_or_default();
        if servers.iter().any(|server| server.name == name) {
            return Err(Unreadable::Twice(name));
        }
        let Some(one) = property.object_value() else { return Err(Unreadable::Shape(name)) };
        servers.push(Server { entry: entry(&one)?, name });
    }
    Ok(servers)
}

pub(super) fn with(
    text: &Text<'_>,
    section: &str,
    comments: bool,
    name: &str,
    entry: &Entry,
    typed: bool,
) -> Result<String, Unreadable> {
    let root = parse(text, comments)?;
    if top(&root)?.is_none() {
        root.set_value(CstInputValue::Object(Vec::new()));
    }
    let Some(top) = top(&root)? else { return Err(Unreadable::Nameless) };
    let Some(servers) = top.object_value_or_create(section) else {
        return Err(Unreadable::Shape(section.to_owned()));
    };
    match object(&servers, name)? {
        Some(there) => replace(&there, entry, typed)?,
        None => drop(servers.append(name, whole(entry, typed))),
    }
    Ok(text.again(&root.to_string()))
}

/// The text with `…` for what may be a secret.
pub(super) fn shown(text: &Text<'_>, comments: bool) -> Result<String, Unreadable> {
    let root = parse(text, comments)?;
    if let Some(value) = root.value() {
        hide(&value, Hides::Secrets);
    }
    Ok(text.again(&root.to_string()))
}

fn parse(text: &Text<'_>, comments: bool) -> Result<CstRootNode, Unreadable> {
    // The reader below lets comments pass whatever its options say.
    if !comments && !text.body.trim().is_empty() {
        let strict = serde_json::from_str::<serde_json::Value>(text.body);
        strict.map_err(|error| Unreadable::Syntax {
            line: error.line(),
            why: format!(
                "this is no JSON, in which comments and trailing commas are wrong: {error}"
            ),
        })?;
    }
    let options = ParseOptions {
        allow_comments: comments,
        allow_trailing_commas: comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text.body, &options).map_err(|error| Unreadable::Syntax {
        line: text.line(error.range().start),
        why: error.kind().to_string(),
    })
}

/// What the file holds; `None` where it holds nothing.
fn top(root: &CstRootNode) -> Result<Option<CstObject>, Unreadable> {
    match root.value() {
        None => Ok(None),
        Some(value) => match value.as_object() {
            Some(object) => Ok(Some(object)),
            None => Err(Unreadable::Nameless),
        },
    }
}

/// The object of that name; `None` where there is none.
fn object(of: &CstObject, name: &str) -> Result<Option<CstObject>, Unreadable> {
    let named = |property: &jsonc_parser::cst::CstObjectProp| {
        property.decoded_name().is_some_and(|decoded| decoded == name)
    };
    let mut found = of.properties().into_iter().filter(named);
    let Some(property) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(Unreadable::Twice(name.to_owned()));
    }
    property.object_value().map(Some).ok_or_else(|| Unreadable::Shape(name.to_owned()))
}

fn entry(one: &CstObject) -> Result<Entry, Unreadable> {
    let command = one.get("command").and_then(|property| property.value());
    // Zed once had the program and its arguments in an object of that name.
    let (command, inside) = match command {
        Some(value) => match value.as_object() {
            Some(inside) => (inside.get("path").and_then(|path| path.value()), Some(inside)),
            None => (Some(value), None),
        },
        None => (None, None),
    };
    let place = inside.as_ref().unwrap_or(one);
    let args = place.array_value("args").map(|args| args.elements()).unwrap_or_default();
    let env = object(place, "env")?.map(|env| env.properties()).unwrap_or_default();
    Ok(Entry {
        command: command.as_ref().and_then(text_of).unwrap_or_default(),
        args: args.iter().filter_map(text_of).collect(),
        env: env
            .iter()
            .filter_map(|property| {
                Some((property.decoded_name()?, text_of(&property.value()?).unwrap_or_default()))
            })
            .collect(),
    })
}

fn text_of(value: &CstNode) -> Option<String> {
    value.as_string_lit()?.decoded_value().ok()
}

fn list(texts: &[String]) -> CstInputValue {
    CstInputValue::Array(texts.iter().cloned().map(CstInputValue::String).collect())
}

fn whole(entry: &Entry, typed: bool) -> CstInputValue {
    let mut parts = Vec::new();
    if typed {
        parts.push(("type".to_owned(), CstInputValue::from("stdio")));
    }
    parts.push(("command".to_owned(), CstInputValue::from(entry.command.as_str())));
    parts.push(("args".to_owned(), list(&entry.args)));
    CstInputValue::Object(parts)
}

/// Sets what the entry decides, and keeps what else the person set, such as a timeout.
fn replace(there: &CstObject, entry: &Entry, typed: bool) -> Result<(), Unreadable> {
    for name in ELSEWHERE {
        if let Some(property) = there.get(name) {
            property.remove();
        }
    }
    if typed || there.get("type").is_some() {
        set(there, "type", CstInputValue::from("stdio"));
    }
    set(there, "command", CstInputValue::from(entry.command.as_str()));
    set(there, "args", list(&entry.args));
    if let Some(env) = object(there, "env")? {
        for property in env.properties() {
            if !property.decoded_name().is_some_and(|name| Entry::keeps(&name)) {
                property.remove();
            }
        }
        if env.properties().is_empty()
            && let Some(property) = there.get("env")
        {
            property.remove();
        }
    }
    Ok(())
}

fn set(there: &CstObject, name: &str, value: CstInputValue) {
    match there.get(name) {
        Some(property) => property.set_value(value),
        None => drop(there.append(name, value)),
    }
}

/// Hides what may be a secret in a value, by the name that it stands under.
fn hide(value: &CstNode, by: Hides) {
    match value {
        CstNode::Leaf(CstLeafNode::StringLit(text)) => {
            if text.decoded_value().map_or(true, |text| by.text(&text)) {
                text.set_raw_value(format!("\"{HIDDEN}\""));
            }
        }
        CstNode::Container(CstContainerNode::Object(object)) => {
            for property in object.properties() {
                let name = property.decoded_name().unwrap_or_default();
                if let Some(value) = property.value() {
                    hide(&value, Hides::below(by, &name));
                }
            }
        }
        CstNode::Container(CstContainerNode::Array(array)) => {
            let mut told = false;
            for element in array.elements() {
                // What follows an argument such as `--token`.
                let names = text_of(&element).is_some_and(|text| names_secret(&text));
                hide(&element, if told { Hides::All } else { by });
                told = names;
            }
        }
        CstNode::Leaf(_) | CstNode::Container(_) => {}
    }
}

//! Servers in TOML.

use toml_edit::{
    Array, DocumentMut, Item, Table, TableLike, Value, value,
    visit_mut::{VisitMut, visit_table_like_kv_mut, visit_value_mut},
};

use super::{
    Entry, Server, Text, Unreadable,
    entry::{HIDDEN, Hides, names_secret},
};

/// What holds settings of a server that is elsewhere: an entry that is started has none of them.
const ELSEWHERE: [&str; 4] = ["url", "bearer_token_env_var", "http_headers", "env_http_headers"];

pub(super) fn servers(text: &Text<'_>, section: &str) -> Result<Vec<Server>, Unreadable> {
    let document = parse(text)?;
    let Some(servers) = document.get(section) else { return Ok(Vec::new()) };
    let shape = |name: &str| Unreadable::Shape(name.to_owned());
    let servers = servers.as_table_like().ok_or_else(|| shape(section))?;
    let one = |(name, item): (&str, &Item)| {
        let one = item.as_table_like().ok_or_else(|| shape(name))?;
        Ok(Server { name: name.to_owned(), entry: entry(one) })
    };
    servers.iter().map(one).collect()
}

pub(super) fn with(
    text: &str,
    section: &str,
    name: &str,
    entry: &Entry,
) -> Result<String, Unreadable> {
    edited(text, |document| set_server(document, section, name, entry))
}

fn set_server(
    document: &mut DocumentMut,
    section: &str,
    name: &str,
    entry: &Entry,
) -> Result<(), Unreadable> {
    let implicit = || {
        let mut table = Table::new();
        table.set_implicit(true);
        Item::Table(table)
    };
    let servers = document.as_table_mut().entry(section).or_insert_with(implicit);
    let servers = servers.as_table_like_mut();
    let servers = servers.ok_or_else(|| Unreadable::Shape(section.to_owned()))?;
    if let Some(there) = servers.get_mut(name) {
        let there = there.as_table_like_mut();
        replace(there.ok_or_else(|| Unreadable::Shape(name.to_owned()))?, entry);
    } else {
        let mut table = Table::new();
        replace(&mut table, entry);
        servers.insert(name, Item::Table(table));
    }
    Ok(())
}

/// The text as `edit` changes what it says.
pub(crate) fn edited<E: From<Unreadable>>(
    text: &str,
    edit: impl FnOnce(&mut DocumentMut) -> Result<(), E>,
) -> Result<String, E> {
    let text = Text::of(text);
    let mut document = parse(&text)?;
    edit(&mut document)?;
    Ok(text.again(&document.to_string()))
}

/// The text with `…` for what may be a secret.
pub(crate) fn shown(text: &str) -> Result<String, Unreadable> {
    edited(text, |document| {
        Hide { by: Hides::Secrets }.visit_document_mut(document);
        Ok(())
    })
}

fn parse(text: &Text<'_>) -> Result<DocumentMut, Unreadable> {
    text.body.parse().map_err(|error: toml_edit::TomlError| Unreadable::Syntax {
        line: text.line(error.span().map_or(0, |span| span.start)),
        why: error.message().lines().collect::<Vec<_>>().join(", "),
    })
}

fn entry(one: &dyn TableLike) -> Entry {
    let text = |item: &Item| item.as_str().map(str::to_owned);
    let args = one.get("args").and_then(Item::as_array).into_iter().flatten();
    let env = one.get("env").and_then(Item::as_table_like);
    let env = env.into_iter().flat_map(|env| env.iter());
    Entry {
        command: one.get("command").and_then(text).unwrap_or_default(),
        args: args.filter_map(|arg| arg.as_str().map(str::to_owned)).collect(),
        env: env.map(|(name, item)| (name.to_owned(), text(item).unwrap_or_default())).collect(),
    }
}

/// Sets what the entry decides, and keeps what else the person set, such as a timeout.
fn replace(there: &mut dyn TableLike, entry: &Entry) {
    for name in ELSEWHERE {
        there.remove(name);
    }
    set(there, "command", entry.command.as_str().into());
    set(there, "args", Value::Array(entry.args.iter().map(String::as_str).collect::<Array>()));
    let Some(env) = there.get_mut("env").and_then(Item::as_table_like_mut) else { return };
    let names: Vec<String> = env.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names.iter().filter(|name| !Entry::keeps(name)) {
        env.remove(name);
    }
    if env.is_empty() {
        there.remove("env");
    }
}

/// Sets a value; what stands around the one before stays.
fn set(there: &mut dyn TableLike, name: &str, new: Value) {
    match there.get_mut(name) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        _ => drop(there.insert(name, value(new))),
    }
}

/// Hides what may be a secret, by the name that it stands under.
struct Hide {
    by: Hides,
}

impl VisitMut for Hide {
    fn visit_table_like_kv_mut(&mut self, key: toml_edit::KeyMut<'_>, node: &mut Item) {
        let outer = self.by;
        self.by = Hides::below(outer, &key);
        visit_table_like_kv_mut(self, key, node);
        self.by = outer;
    }

    fn visit_array_mut(&mut self, node: &mut Array) {
        let (outer, mut told) = (self.by, false);
        for element in node.iter_mut() {
            // What follows an argument such as `--token`.
            let names = element.as_str().is_some_and(names_secret);
            self.by = if told { Hides::All } else { outer };
            self.visit_value_mut(element);
            told = names;
        }
        self.by = outer;
    }

    fn visit_value_mut(&mut self, node: &mut Value) {
        match node {
            Value::String(text) if self.by.text(text.value()) => {
                let decor = node.decor().clone();
                *node = HIDDEN.into();
                *node.decor_mut() = decor;
            }
            _ => visit_value_mut(self, node),
        }
    }
}

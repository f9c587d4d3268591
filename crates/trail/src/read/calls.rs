//! The rows of one call together.

use std::{collections::HashMap, io};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::Entry;

/// A call: what was asked for, what was decided, what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its rows, in the order of time; at least one.
    rows: Vec<Entry>,
}

/// A call, or a row that belongs to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A call.
    Call(Call),
    /// A row about something else.
    Row(Box<Entry>),
}

impl Item {
    /// When it began.
    pub fn time(&self) -> Option<Timestamp> {
        self.rows().first().and_then(Entry::time)
    }

    /// Its rows.
    pub fn rows(&self) -> &[Entry] {
        match self {
            Self::Call(call) => &call.rows,
            Self::Row(row) => std::slice::from_ref(row),
        }
    }
}

/// A call in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// When it began, UTC.
    pub time: String,
    /// Its id.
    pub id: String,
    /// Who is responsible.
    pub principal: String,
    /// The client, with its version.
    pub client: String,
    /// The tool.
    pub tool: String,
    /// How grave it is: read, write, sensitive, destructive.
    pub effect: String,
    /// The objects that the arguments name.
    pub target: String,
    /// What came of it; empty where nothing is recorded yet.
    pub outcome: String,
    /// The rule of the policy that decided.
    pub rule: String,
    /// How it was confirmed.
    pub approval: String,
    /// Okta's request ids.
    pub request_ids: Vec<String>,
    /// How long it took, in milliseconds.
    pub ms: Option<u64>,
}

impl Call {
    /// A call of these rows; `None` without any.
    pub(super) fn new(rows: Vec<Entry>) -> Option<Self> {
        (!rows.is_empty()).then_some(Self { rows })
    }

    /// Its rows, in the order of time.
    pub fn rows(&self) -> &[Entry] {
        &self.rows
    }

    /// Its id.
    pub fn id(&self) -> String {
        let first = self.of_kind("call").and_then(Entry::id);
        first.or_else(|| self.text("call").map(str::to_owned)).unwrap_or_default()
    }

    /// Its first row of that kind.
    pub fn of_kind(&self, kind: &str) -> Option<&Entry> {
        self.rows.iter().find(|row| row.kind() == kind)
    }

    /// A member that is text: the last that is said of it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.rows.iter().rev().find_map(|row| row.text(name))
    }

    /// A member: the last that is said of it.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.rows.iter().rev().find_map(|row| row.row.get(name))
    }

    /// The word for what came of it; `asked` where the client asks its person.
    pub fn outcome(&self) -> &str {
        match self.text("outcome") {
            Some(outcome) => outcome,
            None if self.of_kind("asked").is_some() => "asked",
            None => "",
        }
    }

    /// The objects that the arguments name: the argument's name, and the value.
    pub fn targets(&self) -> Vec<(&str, &str)> {
        let args = self.of_kind("call").and_then(|call| call.row.get("args")?.as_object());
        let named = args.into_iter().flatten().filter_map(|(name, value)| {
            let kind = name.strip_suffix("_id").or_else(|| name.strip_suffix("_name"))?;
            Some((kind, value.as_str()?))
        });
        named.collect()
    }

    /// Okta's request ids.
    pub fn request_ids(&self) -> Vec<String> {
        let ids = self.member("okta_request_ids").and_then(Value::as_array);
        ids.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The call in short.
    pub fn summary(&self) -> Summary {
        let text = |name: &str| self.text(name).unwrap_or_default().to_owned();
        let client = |name: &str| {
            self.member("client").and_then(|client| client.get(name)?.as_str()).unwrap_or_default()
        };
        let approval: Vec<&str> = ["confirmed", "approval", "approver"]
            .iter()
            .filter_map(|name| self.text(name))
            .collect();
        let targets: Vec<&str> = self.targets().into_iter().map(|(_, value)| value).collect();
        Summary {
            time: self.rows.first().and_then(|row| row.text("time")).unwrap_or_default().to_owned(),
            id: self.id(),
            principal: text("principal"),
            client: format!("{} {}", client("name"), client("version")).trim().to_owned(),
            tool: text("tool"),
            effect: text("effect"),
            target: targets.join(" "),
            outcome: self.outcome().to_owned(),
            rule: text("rule"),
            approval: approval.join(" "),
            request_ids: self.request_ids(),
            ms: self.member("ms").and_then(Value::as_u64),
        }
    }
}

/// Puts the rows of one call together. A call comes when it is at its end; those that have none
/// come last.
pub struct Calls<I> {
    rows: I,
    open: HashMap<String, (u64, Vec<Entry>)>,
    count: u64,
    rest: Option<std::vec::IntoIter<Call>>,
}

impl<I: Iterator<Item = io::Result<Entry>>> Calls<I> {
    /// The calls of these rows.
    pub fn new(rows: I) -> Self {
        Self { rows, open: HashMap::new(), count: 0, rest: None }
    }

    /// Takes a row in; answers with what is complete with it.
    fn take(&mut self, row: Entry) -> Option<Item> {
        self.count += 1;
        let id = match row.kind() {
            "call" => row.id(),
            _ => row.text("call").map(str::to_owned),
        };
        let opens = matches!(row.kind(), "call" | "intent" | "outcome");
        let Some(id) = id.filter(|id| opens || self.open.contains_key(id)) else {
            return Some(Item::Row(Box::new(row)));
        };
        let ends = matches!(row.kind(), "outcome" | "asked");
        let (_, rows) = self.open.entry(id.clone()).or_insert((self.count, Vec::new()));
        rows.push(row);
        if !ends {
            return None;
        }
        let (_, rows) = self.open.remove(&id)?;
        Call::new(rows).map(Item::Call)
    }
}

impl<I: Iterator<Item = io::Result<Entry>>> Iterator for Calls<I> {
    type Item = io::Result<Item>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.rest.is_none() {
            match self.rows.next() {
                Some(Ok(row)) => {
                    if let Some(item) = self.take(row) {
                        return Some(Ok(item));
                    }
                }
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    let mut open: Vec<_> = self.open.drain().map(|(_, call)| call).collect();
                    open.sort_unstable_by_key(|(began, _)| *began);
                    let calls: Vec<Call> =
                        open.into_iter().filter_map(|(_, rows)| Call::new(rows)).collect();
                    self.rest = Some(calls.into_iter());
                }
            }
        }
        self.rest.as_mut()?.next().map(|call| Ok(Item::Call(call)))
    }
}

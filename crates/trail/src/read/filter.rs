//! Which calls and rows are wanted.

use std::{io, path::Path};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Call, Calls, Item, Rows};
use crate::{Entry, text::text_of};

/// Which calls and rows are wanted: those for which all holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Begun at this time or later.
    pub since: Option<Timestamp>,
    /// Begun before this time.
    pub until: Option<Timestamp>,
    /// Of this tool.
    pub tool: Option<String>,
    /// By this principal.
    pub principal: Option<String>,
    /// With this outcome.
    pub outcome: Option<String>,
    /// With a row of this kind.
    pub kind: Option<String>,
    /// With this id: the call's, or the one under which its write went to Okta.
    pub call: Option<String>,
    /// With this request id of Okta.
    pub request_id: Option<String>,
    /// With this text anywhere, whatever its case.
    pub text: Option<String>,
}

impl Filter {
    /// True where the call, or the row that belongs to none, is wanted.
    pub fn takes(&self, item: &Item) -> bool {
        let time = item.time();
        let begun = time.is_none_or(|time| {
            self.since.is_none_or(|since| time >= since)
                && self.until.is_none_or(|until| time < until)
        });
        // Of a call from before the window only the end may have been read.
        let whole = match item {
            Item::Call(call) => self.since.is_none() || call.of_kind("call").is_some(),
            Item::Row(_) => true,
        };
        begun && whole && self.takes_rows(item.rows())
    }

    fn takes_rows(&self, rows: &[Entry]) -> bool {
        let member = |name: &str, wanted: &Option<String>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| rows.iter().any(|row| row.text(name) == Some(wanted)))
        };
        member("tool", &self.tool)
            && member("principal", &self.principal)
            && member("outcome", &self.outcome)
            && member("kind", &self.kind)
            && self.call.as_deref().is_none_or(|id| rows.iter().any(|row| is_of(row, id)))
            && self.request_id.as_deref().is_none_or(|id| rows.iter().any(|row| has(row, id)))
            && self.text.as_deref().is_none_or(|text| rows.iter().any(|row| contains(row, text)))
    }
}

/// How much earlier than a window is read: a call may have rows about something else before its
/// last one, and all of them belong to it.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// The calls of a folder, and the rows that belong to none, as far as they are wanted.
pub fn search(
    folder: &Path,
    filter: &Filter,
) -> io::Result<impl Iterator<Item = io::Result<Item>>> {
    let since = filter.since.and_then(|since| since.checked_sub(BEFORE).ok());
    // What came of a call may stand behind the window.
    let items = Calls::new(Rows::open(folder, since, None)?);
    let filter = filter.clone();
    Ok(items.filter(move |item| item.as_ref().map_or(true, |item| filter.takes(item))))
}

/// True where the row is of the call with that id, or went to Okta under it.
pub(super) fn is_of(row: &Entry, id: &str) -> bool {
    row.text("call") == Some(id)
        || row.text("intent") == Some(id)
        || (matches!(row.kind(), "call" | "intent") && row.id().as_deref() == Some(id))
}

fn has(row: &Entry, request_id: &str) -> bool {
    let ids = row.row.get("okta_request_ids").and_then(Value::as_array);
    ids.into_iter().flatten().any(|id| id.as_str() == Some(request_id))
}

fn contains(row: &Entry, text: &str) -> bool {
    text_of(&row.row).to_lowercase().contains(&text.to_lowercase())
}

impl Call {
    /// All rows of the call with that id, which may be the one under which its write went to
    /// Okta; and those of its approval.
    pub fn find(id: &str, rows: impl Fn() -> io::Result<Rows>) -> io::Result<Option<Self>> {
        let mut call = None;
        for row in rows()? {
            let row = row?;
            if is_of(&row, id) {
                let own = || row.id().filter(|_| row.kind() == "call");
                call = row.text("call").map(str::to_owned).or_else(own);
                break;
            }
        }
        let Some(call) = call else { return Ok(None) };
        let mut found: Vec<Entry> = Vec::new();
        for row in rows()? {
            let row = row?;
            if is_of(&row, &call) {
                found.push(row);
            }
        }
        let approval = found.iter().find_map(|row| row.text("approval")).map(str::to_owned);
        if let Some(approval) = approval {
            found.clear();
            for row in rows()? {
                let row = row?;
                let decides = row.kind().starts_with("approval")
                    && row.text("approval") == Some(approval.as_str());
                if is_of(&row, &call) || decides {
                    found.push(row);
                }
            }
        }
        Ok(Self::new(found))
    }
}

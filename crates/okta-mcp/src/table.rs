//! Lists as tables, for people.

use comfy_table::{Table, TableStyle};
use okta_gate::{cut, escaped};
use serde_json::Value;

/// The longest cell, in characters.
const CELL: usize = 44;

/// What tells objects of Okta apart, the most telling first. Other columns follow as there is room.
const TELLING: &[&str] = &[
    "id",
    "published",
    "eventType",
    "displayMessage",
    "name",
    "label",
    "displayName",
    "profile.login",
    "profile.name",
    "status",
    "type",
    "actor.alternateId",
    "outcome.result",
    "outcome.reason",
    "client.ipAddress",
    "profile.firstName",
    "profile.lastName",
    "profile.description",
    "signOnMode",
    "priority",
    "lastUpdated",
];

/// An answer that is a list as a table not wider than `width`; `None` for other answers.
pub(crate) fn list(answer: &Value, width: usize) -> Option<String> {
    let items = answer.get("items")?.as_array()?;
    let rows: Vec<Vec<(String, String)>> = items.iter().map(cells).collect();
    if rows.is_empty() || rows.iter().any(Vec::is_empty) {
        return None;
    }
    let columns = fitting(&rows, width);
    let body = rows.iter().map(|row| {
        columns.iter().map(|column| cell(row, column).unwrap_or_default().to_owned()).collect()
    });
    Some(render(&columns, body))
}

/// A table with these headings.
pub(crate) fn render(headings: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new());
    table.set_header(headings.iter().map(|heading| heading.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    let last = table.column_count().saturating_sub(1);
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if at == last { 0 } else { 2 }));
    }
    table.trim_fmt()
}

/// The simple values of an object, by dotted path.
fn cells(item: &Value) -> Vec<(String, String)> {
    let mut cells = Vec::new();
    flatten(item, String::new(), &mut cells);
    cells
}

fn flatten(value: &Value, path: String, cells: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(value, format!("{path}{dot}{name}"), cells);
            }
        }
        Value::Null | Value::Array(_) => {}
        Value::String(text) => cells.push((path, line(text, CELL))),
        other => cells.push((path, other.to_string())),
    }
}

/// One visible line, cut at so many characters.
pub(crate) fn line(text: &str, most: usize) -> String {
    cut(&escaped(&text.replace('\n', " ")), most)
}

fn cell<'a>(row: &'a [(String, String)], column: &str) -> Option<&'a str> {
    row.iter().find(|(name, _)| name == column).map(|(_, text)| text.as_str())
}

/// The columns that there is room for, the most telling first, in the order of the answer.
fn fitting(rows: &[Vec<(String, String)>], width: usize) -> Vec<String> {
    let mut all: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flatten() {
        if !all.contains(&name.as_str()) {
            all.push(name);
        }
    }
    let rank = |name: &str| TELLING.iter().position(|known| *known == name).unwrap_or(usize::MAX);
    let mut ranked = all.clone();
    ranked.sort_by_key(|name| rank(name));
    let mut left = width;
    let mut chosen: Vec<&str> = Vec::new();
    for name in ranked {
        let widest = rows.iter().filter_map(|row| cell(row, name)).map(|text| text.chars().count());
        let needed = widest.max().unwrap_or_default().max(name.chars().count()) + 2;
        if chosen.is_empty() || needed <= left {
            left = left.saturating_sub(needed);
            chosen.push(name);
        }
    }
    all.into_iter().filter(|name| chosen.contains(name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn telling_columns_come_first_as_there_is_room() {
        let answer = json!({ "items": [
            { "created": "2026-01-01", "id": "1", "profile": { "login": "ana", "city": "x\ny\u{202e}" } },
            { "created": "2026-01-02", "id": "2", "profile": { "login": "bo", "nickName": null } },
        ]});
        assert_eq!(list(&answer, 20).unwrap(), "ID  PROFILE.LOGIN\n1   ana\n2   bo");
        let wide = list(&answer, 80).unwrap();
        assert_eq!(
            wide,
            "CREATED     ID  PROFILE.LOGIN  PROFILE.CITY\n\
             2026-01-01  1   ana            x y\\u202e\n\
             2026-01-02  2   bo"
        );
    }

    #[test]
    fn what_is_no_list_of_objects_is_no_table() {
        for answer in [json!({}), json!({ "items": [] }), json!({ "items": ["a", {}] })] {
            if answer["items"][0].is_string() {
                assert!(list(&answer, 80).is_none(), "{answer}");
            }
        }
        assert!(list(&json!({ "id": "1" }), 80).is_none());
        assert!(list(&json!({ "items": [] }), 80).is_none());
    }
}

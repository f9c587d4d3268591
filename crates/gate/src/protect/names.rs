//! Comparing what the profile names with what Okta says, and what people call Okta's objects.

use serde_json::Value;

use crate::text::escaped;

/// The text at a JSON pointer, where there is one that is not empty.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// True if one of the profile's entries is this id or one of these names, compared as Okta compares
/// logins: without regard to case. No two of Okta's ids differ by case alone in practice, and an
/// entry that was typed in another case is to protect all the same.
pub(super) fn listed(entries: &[String], id: &str, names: &[Option<&str>]) -> bool {
    let known: Vec<String> = names.iter().copied().flatten().chain([id]).map(fold).collect();
    entries.iter().map(|entry| fold(entry)).any(|entry| !entry.is_empty() && known.contains(&entry))
}

/// By way of the capitals, so that letters with two small forms (`σ`, `ς`) and those that capitals
/// write as two (`ß`) come out the same.
fn fold(name: &str) -> String {
    name.trim().chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// A person: name and login.
pub(super) fn user(user: &Value) -> String {
    let login = text(user, "/profile/login").or_else(|| text(user, "/id")).unwrap_or("?");
    let name: Vec<&str> = ["/profile/firstName", "/profile/lastName"]
        .iter()
        .filter_map(|pointer| text(user, pointer))
        .collect();
    let label =
        if name.is_empty() { login.to_owned() } else { format!("{} ({login})", name.join(" ")) };
    format!("user {}", shown(&label))
}

/// A group, by its name.
pub(super) fn group(group: &Value) -> String {
    let name = text(group, "/profile/name").or_else(|| text(group, "/id")).unwrap_or("?");
    format!("group \"{}\"", shown(name))
}

/// An application, by its label.
pub(super) fn app(app: &Value) -> String {
    let label = text(app, "/label").or_else(|| text(app, "/id")).unwrap_or("?");
    format!("application \"{}\"", shown(label))
}

/// One line, with nothing invisible in it: others choose these names.
pub(super) fn shown(name: &str) -> String {
    const MOST: usize = 200;
    let line: String = escaped(name).replace('\n', "\\n");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

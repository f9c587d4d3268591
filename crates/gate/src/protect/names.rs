//! What people call Okta's objects.

use okta_trail::{cut, escaped};
use serde_json::Value;

/// The text at a JSON pointer, where there is one that is not empty.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
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
    cut(&escaped(name).replace('\n', "\\n"), MOST)
}

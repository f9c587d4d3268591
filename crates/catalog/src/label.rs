//! What a person calls Okta's objects: their names, beside the id where that helps.

use serde_json::Value;

/// The text at a JSON pointer, where there is one that is not empty.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A user's name and login.
pub(crate) fn user(user: &Value) -> String {
    let login = text(user, "/profile/login").or_else(|| text(user, "/id")).unwrap_or("?");
    let name: Vec<&str> = ["/profile/firstName", "/profile/lastName"]
        .iter()
        .filter_map(|pointer| text(user, pointer))
        .collect();
    if name.is_empty() { login.to_owned() } else { format!("{} ({login})", name.join(" ")) }
}

/// A group's name.
pub(crate) fn group(group: &Value) -> String {
    quoted(group, &["/profile/name", "/id"])
}

/// An application's label.
pub(crate) fn app(app: &Value) -> String {
    quoted(app, &["/label", "/name", "/id"])
}

/// A group as an application's assignments name it: by its name where that was asked for.
pub(crate) fn assigned_group(assignment: &Value) -> String {
    quoted(assignment, &["/_embedded/group/profile/name", "/profile/name", "/id"])
}

/// A user as an application's assignments name them.
pub(crate) fn assigned_user(assignment: &Value) -> String {
    let pointers = ["/credentials/userName", "/profile/login", "/profile/email", "/id"];
    pointers.iter().find_map(|pointer| text(assignment, pointer)).unwrap_or("?").to_owned()
}

/// The name of a policy, of a rule, of a device assurance policy.
pub(crate) fn named(object: &Value) -> String {
    quoted(object, &["/name", "/id"])
}

/// The name of a domain, for sign-in or for e-mail.
pub(crate) fn domain(domain: &Value) -> String {
    quoted(domain, &["/domain", "/id"])
}

fn quoted(object: &Value, pointers: &[&str]) -> String {
    let name = pointers.iter().find_map(|pointer| text(object, pointer)).unwrap_or("?");
    format!("\"{name}\"")
}

/// The first few of `items` by their labels, and how many more there are.
pub(crate) fn some(items: &[Value], label: fn(&Value) -> String, more: bool) -> String {
    const SHOWN: usize = 10;
    let names: Vec<String> = items.iter().take(SHOWN).map(label).collect();
    let rest = items.len().saturating_sub(SHOWN);
    match (rest, more) {
        (0, false) => names.join(", "),
        (rest, false) => format!("{} and {rest} more", names.join(", ")),
        (_, true) => format!("{} and more", names.join(", ")),
    }
}

/// How many of what, as far as one page shows it.
pub(crate) fn count(items: &[Value], more: bool, what: &str) -> String {
    match (items.len(), more) {
        (1, false) => format!("1 {what}"),
        (number, false) => format!("{number} {what}s"),
        (number, true) => format!("more than {number} {what}s"),
    }
}

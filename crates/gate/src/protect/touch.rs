//! What a request touches, by the table.

use okta_client::{Method, Request};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::table::{ENDS, Ends, Finds, Kind, Line, TABLE};

/// Something that a request touches.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Touch {
    /// This object, by the reference that the request holds.
    Object(Kind, String),
    /// What the object that this request reads names at this place.
    Behind(Request, &'static str, Kind),
    /// Somebody of that kind: the request does not say whom in Okta's terms.
    Somebody(Kind),
    /// A new super admin.
    SuperAdmin,
}

/// What a request touches, and what it takes away.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Touched {
    pub(super) touches: Vec<Touch>,
    pub(super) ends: Ends,
}

/// What a request touches; nothing for one that reads.
pub(super) fn touched(request: &Request) -> Touched {
    if request.method().is_read() {
        return Touched::default();
    }
    let path = segments(request.path());
    let mut touches: Vec<Touch> = Vec::new();
    let lines = TABLE.iter().filter(|line| line.method.is_none_or(|it| it == request.method()));
    for line in lines {
        let Some(captured) = fit(line.path, &path) else { continue };
        for touch in found(line, &captured, request.json()) {
            if !touches.contains(&touch) {
                touches.push(touch);
            }
        }
    }
    Touched { touches, ends: ends(request.method(), &path) }
}

fn ends(method: Method, path: &[String]) -> Ends {
    let fits = |(on, pattern, _): &&(Method, &'static str, Ends)| {
        *on == method && fit(pattern, path).is_some()
    };
    ENDS.iter().find(fits).map_or(Ends::Nothing, |(_, _, ends)| *ends)
}

fn segments(path: &str) -> Vec<String> {
    let parts = path.split('/').skip(1);
    parts.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect()
}

type Captured<'a> = Vec<(&'static str, &'a str)>;

/// What the pattern captures of the path, where it fits.
fn fit<'a>(pattern: &'static str, path: &'a [String]) -> Option<Captured<'a>> {
    let mut captured = Vec::new();
    let mut rest = path.iter();
    for part in pattern.split('/').skip(1) {
        if part == "**" {
            return Some(captured);
        }
        let segment = rest.next()?;
        match part.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            // Okta reads `/api/v1/groups/rules` as the rules, never as a group of that id.
            Some("group") if segment == "rules" => return None,
            Some(name) => captured.push((name, segment.as_str())),
            None if part == "*" || part == segment => {}
            None => return None,
        }
    }
    rest.next().is_none().then_some(captured)
}

fn found(line: &Line, captured: &Captured<'_>, body: Option<&Value>) -> Vec<Touch> {
    match line.finds {
        Finds::Path => captured
            .iter()
            .filter_map(|(name, value)| Some(Touch::Object(kind(name)?, (*value).to_owned())))
            .collect(),
        Finds::Body(place, kind) => objects(body, place, kind),
        Finds::Behind(template, place, kind) => {
            let argument =
                |name: &str| captured.iter().find(|(known, _)| *known == name).map(|(_, it)| *it);
            let read = Request::new(Method::Get, template, argument);
            // A path that was sent fits the rules for paths; if not, whom it touches is not known.
            vec![read.map_or(Touch::Somebody(kind), |read| Touch::Behind(read, place, kind))]
        }
        Finds::Caller => vec![Touch::Object(Kind::User, "me".to_owned())],
        Finds::Nowhere(kind) => vec![Touch::Somebody(kind)],
        Finds::Role => {
            let is_super = |role: &String| is_super_admin(role);
            let granted = texts(body, "type").iter().any(is_super);
            if granted { vec![Touch::SuperAdmin] } else { Vec::new() }
        }
    }
}

fn kind(placeholder: &str) -> Option<Kind> {
    match placeholder {
        "user" => Some(Kind::User),
        "group" => Some(Kind::Group),
        "app" => Some(Kind::App),
        _ => None,
    }
}

/// True for the type of the one role that may do everything.
pub(super) fn is_super_admin(role: &str) -> bool {
    role.eq_ignore_ascii_case("SUPER_ADMIN")
}

/// The objects that are named at a place of a body.
pub(super) fn objects(body: Option<&Value>, place: &str, kind: Kind) -> Vec<Touch> {
    texts(body, place).into_iter().map(|text| object(&text, kind)).collect()
}

/// The object that a reference is to: an id or a login, an address (`https://…/api/v1/users/{id}`)
/// or an ORN (`orn:okta:directory:{org}:users:{id}`).
fn object(text: &str, kind: Kind) -> Touch {
    let is_long = text.starts_with("orn:") || text.contains("://");
    let parts: Vec<&str> = if is_long { text.split([':', '/']).collect() } else { vec![text] };
    let last = parts.last().copied().unwrap_or_default().to_owned();
    let told = || {
        parts.iter().rev().find_map(|part| match *part {
            "users" => Some(Kind::User),
            "groups" => Some(Kind::Group),
            "apps" | "clients" => Some(Kind::App),
            _ => None,
        })
    };
    match kind {
        Kind::Told => told().map_or(Touch::Somebody(Kind::Told), |kind| Touch::Object(kind, last)),
        kind => Touch::Object(kind, last),
    }
}

/// Every text at a place of a body. Arrays are gone through on the way, and whatever stands at
/// the place itself is searched whole: Okta takes one value where it expects a list of one.
fn texts(body: Option<&Value>, place: &str) -> Vec<String> {
    let mut here: Vec<&Value> = body.into_iter().collect();
    for key in place.split('/') {
        here = here.into_iter().flat_map(elements).filter_map(|value| value.get(key)).collect();
    }
    let mut found = Vec::new();
    for value in here {
        collect(value, &mut found);
    }
    found
}

fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().flat_map(elements).collect(),
        other => vec![other],
    }
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(map) => map.values().for_each(|value| collect(value, found)),
        // Okta's ids are texts; one that is a number is compared as Okta would write it.
        Value::Number(number) => found.push(number.to_string()),
        Value::Null | Value::Bool(_) => {}
    }
}

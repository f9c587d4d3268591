//! The `filter` of the list of apps: a few attributes, `eq` only, joined by `and`.

use serde_json::{Map, Value};

use crate::{
    error::{ApiError, Result},
    id::Id,
    resources::app_assignments,
    store::State,
};

/// A filter: all of its terms hold.
pub(super) struct Filter(Vec<Term>);

enum Term {
    Status(String),
    Name(String),
    SigningKey(String),
    User(Option<Id>),
    Group(Option<Id>),
}

impl Filter {
    pub(super) fn parse(text: &str) -> Result<Self> {
        let terms: Option<Vec<Term>> = text.split(" and ").map(term).collect();
        terms.map(Self).ok_or_else(|| ApiError::search(format!("Invalid filter '{text}'")))
    }

    pub(super) fn matches(&self, app: &Map<String, Value>, state: &State) -> bool {
        let text = |name: &str| app.get(name).and_then(Value::as_str).unwrap_or_default();
        let id = Id::parse(text("id"));
        self.0.iter().all(|term| match term {
            Term::Status(status) => text("status") == status,
            Term::Name(name) => text("name") == name,
            Term::SigningKey(kid) => {
                app.get("credentials")
                    .and_then(|all| all.pointer("/signing/kid"))
                    .and_then(Value::as_str)
                    == Some(kid)
            }
            Term::User(user) => {
                id.zip(*user).is_some_and(|(app, user)| app_assignments::has_user(state, app, user))
            }
            Term::Group(group) => {
                id.zip(*group).is_some_and(|pair| state.assignments.groups.contains_key(&pair))
            }
        })
    }
}

fn term(text: &str) -> Option<Term> {
    let mut words = text.trim().splitn(3, char::is_whitespace);
    let (attribute, operator) = (words.next()?, words.next()?);
    let value = words.next()?.trim().strip_prefix('"')?.strip_suffix('"')?.to_owned();
    if !operator.eq_ignore_ascii_case("eq") || value.contains('"') {
        return None;
    }
    match attribute {
        "status" => Some(Term::Status(value)),
        "name" => Some(Term::Name(value)),
        "credentials.signing.kid" => Some(Term::SigningKey(value)),
        "user.id" => Some(Term::User(Id::parse(&value))),
        "group.id" => Some(Term::Group(Id::parse(&value))),
        _ => None,
    }
}

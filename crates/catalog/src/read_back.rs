//! Where Okta answers a change with an empty body: what reads the object then.

use okta_client::{Reply, Request};
use serde_json::Value;

/// How the object is read that a change made or left.
#[derive(Clone, Debug)]
pub struct ReadBack {
    request: Request,
    listed: Option<Listed>,
}

#[derive(Clone, Debug)]
struct Listed {
    /// Where in the answer the list stands (a JSON pointer, RFC 6901).
    under: &'static str,
    /// Where in an item its name stands.
    field: &'static str,
    name: String,
    same: fn(&str, &str) -> bool,
}

/// What an answer to a read says.
#[derive(Debug, PartialEq)]
pub enum Found {
    /// The object.
    This(Value),
    /// It may be on another page.
    Next(Request),
    /// It is not there.
    Nothing,
}

impl ReadBack {
    /// `request` reads the object itself.
    pub(crate) const fn one(request: Request) -> Self {
        Self { request, listed: None }
    }

    /// `request` reads the list that holds it: under `under` the item whose `field` is `name`, as
    /// `same` compares names.
    pub(crate) fn listed(
        request: Request,
        under: &'static str,
        (field, name): (&'static str, &str),
        same: fn(&str, &str) -> bool,
    ) -> Self {
        let listed = Some(Listed { under, field, name: name.to_owned(), same });
        Self { request, listed }
    }

    /// What is to be read first.
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// What `reply`, the answer to `asked`, says.
    pub fn found(&self, asked: &Request, reply: Reply) -> Found {
        let Reply { body, next, .. } = reply;
        let Some(listed) = &self.listed else {
            return if body.is_object() { Found::This(body) } else { Found::Nothing };
        };
        let items = body.pointer(listed.under).and_then(Value::as_array);
        let is = |item: &&Value| {
            let name = item.pointer(listed.field).and_then(Value::as_str);
            name.is_some_and(|name| (listed.same)(name, &listed.name))
        };
        match (items.into_iter().flatten().find(is), next) {
            (Some(item), _) => Found::This(item.clone()),
            (None, Some(next)) => Found::Next(asked.clone().with_query(next)),
            (None, None) => Found::Nothing,
        }
    }
}

//! Looking around before a change: what a person should see, where it can be read.

use okta_client::{BadRequest, ErrorKind, Reply, Request};
use serde_json::Value;

use crate::{
    desk::{Desk, Failure},
    pages::{self, Walk},
    tool::Operation,
};

/// Reads an object that the change is about.
pub(crate) async fn at(
    desk: &dyn Desk,
    operation: Operation,
    arguments: &[(&str, &str)],
) -> Result<Reply, Failure> {
    Ok(desk.get(operation.request(arguments)?).await?)
}

/// Reads an object that may not be there yet.
pub(crate) async fn maybe(desk: &dyn Desk, read: Request) -> Result<Option<Value>, Failure> {
    match desk.get(read).await {
        Ok(reply) => Ok(Some(reply.body)),
        Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reads a list to its end, page by page. One that breaks off is an error.
pub(crate) async fn whole(desk: &dyn Desk, first: Request) -> Result<Vec<Vec<Value>>, Failure> {
    let mut walk = Walk::new(first, pages::by_link);
    let mut pages = Vec::new();
    while let Some(page) = walk.page(desk).await? {
        pages.push(page);
    }
    Ok(pages)
}

/// What a look at a list showed.
pub(crate) enum Seen {
    /// The first page, and whether there is more.
    Page(Vec<Value>, bool),
    /// It cannot be read: the reason.
    Unknown(String),
}

/// Reads the first page of a list that only tells more about the change: where it cannot be read,
/// the person is told that it is unknown.
pub(crate) async fn around(
    desk: &dyn Desk,
    operation: Operation,
    arguments: &[(&str, &str)],
    query: &[(&str, &str)],
) -> Result<Seen, BadRequest> {
    if !desk.allows(operation.scope) {
        return Ok(Seen::Unknown(format!("needs {}", operation.scope)));
    }
    let mut request = operation.request(arguments)?;
    for (name, value) in query {
        request = request.query(*name, *value);
    }
    Ok(match desk.get(request).await {
        Ok(Reply { body: Value::Array(items), next, .. }) => Seen::Page(items, next.is_some()),
        Ok(_) => Seen::Unknown("Okta answered with no list".to_owned()),
        Err(error) => Seen::Unknown(error.message),
    })
}

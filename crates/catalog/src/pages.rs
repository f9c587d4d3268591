//! Lists: one page, or all within a budget, always with a cursor to go on.

use jiff::SignedDuration;
use okta_client::{Cursors, Error, ErrorKind, Reply, Request};
use serde_json::{Map, Value, json};

use crate::{
    args::Fields,
    desk::{Answer, Desk, Failure},
    shape,
};

/// How long `fetch_all` goes on before it answers with a cursor.
const FETCH_ALL_TIME: SignedDuration = SignedDuration::from_secs(60);

/// How many bytes of items `fetch_all` collects before it answers with a cursor.
const FETCH_ALL_BYTES: usize = 1024 * 1024;

/// The query of the page after `request`, which `reply` answers; `None` at the end.
pub(crate) type NextPage = fn(&Request, &Reply) -> Option<Vec<(String, String)>>;

/// The `Link` header says it, as nearly everywhere.
pub(crate) fn by_link(_: &Request, reply: &Reply) -> Option<Vec<(String, String)>> {
    reply.next.clone()
}

/// What to list.
pub(crate) struct Listing {
    /// The request for the first page.
    pub(crate) request: Request,
    /// Which fields of each item.
    pub(crate) fields: Fields,
    /// All pages, within the budget.
    pub(crate) fetch_all: bool,
    /// Where the query of the next page stands.
    pub(crate) next: NextPage,
    /// What is to be said already.
    pub(crate) notes: Vec<String>,
}

/// Lists: `items`, `total_fetched`, `has_more`, `next_cursor`, and with `fetch_all` whether the
/// list is `complete`.
pub(crate) async fn list(listing: Listing, desk: &dyn Desk) -> Result<Answer, Failure> {
    let Listing { request, fields, fetch_all, next, mut notes } = listing;
    let mut walk = Walk::new(request, next);
    let mut items = Vec::new();
    let started = desk.now();
    let mut bytes = 0;
    let mut broken = None;
    while let Some(page) = walk.page(desk).await.transpose() {
        match page {
            Ok(page) => {
                for item in page {
                    let item = shape::project(item, &fields);
                    if fetch_all {
                        bytes += shape::size(&item);
                    }
                    items.push(item);
                }
            }
            Err(error) if items.is_empty() && walk.pages == 0 => return Err(error.into()),
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
        if !fetch_all {
            break;
        }
        if bytes > FETCH_ALL_BYTES {
            notes.push(
                "The byte budget of one reply is used up: go on with next_cursor, or ask for \
                 fewer fields."
                    .to_owned(),
            );
            break;
        }
        if desk.now().duration_since(started) > FETCH_ALL_TIME {
            notes.push("The time of one call is used up: go on with next_cursor.".to_owned());
            break;
        }
        if walk.has_more() {
            let count = items.len() as u64;
            desk.progress(count, format!("{count} fetched")).await;
        }
    }
    let broken = broken.or_else(|| walk.circle.take());
    if let Some(note) = shape::missing(&items, &fields) {
        notes.push(note);
    }
    let rows = items.len() as u64;
    let mut answer = Map::new();
    answer.insert("items".to_owned(), Value::Array(items));
    answer.insert("total_fetched".to_owned(), rows.into());
    answer.insert("has_more".to_owned(), (walk.has_more() || broken.is_some()).into());
    answer.insert("next_cursor".to_owned(), walk.cursor().map_or(Value::Null, Value::from));
    if fetch_all || broken.is_some() {
        answer.insert("complete".to_owned(), (broken.is_none() && !walk.has_more()).into());
    }
    if let Some(error) = broken {
        answer.insert("error".to_owned(), told(&error));
        notes.push(
            "The list broke off: what was fetched is here, next_cursor goes on after it."
                .to_owned(),
        );
    }
    if !notes.is_empty() {
        answer.insert("notes".to_owned(), json!(notes));
    }
    Ok(Answer { value: Value::Object(answer), rows, links: shape::wants_links(&fields) })
}

/// Lists what Okta answers with whole, in an object: the array under `under` (a JSON pointer, RFC
/// 6901).
pub(crate) async fn whole(
    request: Request,
    under: &str,
    fields: &Fields,
    desk: &dyn Desk,
) -> Result<Answer, Failure> {
    Ok(complete(items(desk, request, under).await?, fields))
}

/// The answer that holds the whole of a list.
pub(crate) fn complete(items: Vec<Value>, fields: &Fields) -> Answer {
    let rows = items.len() as u64;
    let mut value = Map::new();
    value.insert("items".to_owned(), Value::Array(items));
    value.insert("total_fetched".to_owned(), rows.into());
    value.insert("has_more".to_owned(), false.into());
    value.insert("next_cursor".to_owned(), Value::Null);
    let mut answer = Answer { value: Value::Object(value), rows, links: false };
    project(&mut answer, fields);
    answer
}

/// The array under `under` of Okta's answer.
pub(crate) async fn items(
    desk: &dyn Desk,
    request: Request,
    under: &str,
) -> Result<Vec<Value>, Error> {
    let Reply { mut body, request_ids, .. } = desk.get(request).await?;
    match body.pointer_mut(under).map(Value::take) {
        Some(Value::Array(items)) => Ok(items),
        _ => Err(no_list(request_ids)),
    }
}

/// Okta answered a list with something else.
fn no_list(request_ids: Vec<String>) -> Error {
    let mut error = Error::new(
        ErrorKind::BadReply,
        "Okta answered with something that is no list, so what the list holds is unknown",
    );
    error.request_ids = request_ids;
    error
}

/// Keeps the named fields of the items of a list that was read whole.
pub(crate) fn project(answer: &mut Answer, fields: &Fields) {
    let Some(map) = answer.value.as_object_mut() else { return };
    let Some(Value::Array(items)) = map.get_mut("items") else { return };
    let note = shape::missing(items, fields);
    for item in items {
        *item = shape::project(item.take(), fields);
    }
    if let Some(note) = note
        && let Some(notes) = map.entry("notes").or_insert_with(|| json!([])).as_array_mut()
    {
        notes.push(note.into());
    }
    answer.links = shape::wants_links(fields);
}

fn told(error: &Error) -> Value {
    let okta = error.okta.as_deref();
    json!({
        "message": error.message,
        "code": okta.and_then(|okta| okta.code.clone()),
        "request_id": error.request_ids.last(),
    })
}

/// A walk over the pages of one list.
pub(crate) struct Walk {
    /// The request for the page to come; `None` at the end.
    next: Option<Request>,
    /// The cursor of the page to come.
    cursor: Option<String>,
    after: NextPage,
    seen: Cursors,
    empty: bool,
    /// Okta named a page that was read before.
    pub(crate) circle: Option<Error>,
    /// How many pages were read.
    pub(crate) pages: u64,
}

impl Walk {
    /// A walk that begins with `request`.
    pub(crate) fn new(request: Request, after: NextPage) -> Self {
        let cursor = request.query_pairs().iter().find(|(name, _)| name == "after");
        let cursor = cursor.map(|(_, value)| value.clone());
        let mut seen = Cursors::default();
        // The first cursor of a walk cannot come up again.
        let _ = cursor.as_deref().map(|cursor| seen.see(cursor));
        Self { seen, cursor, after, next: Some(request), empty: false, circle: None, pages: 0 }
    }

    /// True while there is a page to come. A list that is polled (the System Log without `until`)
    /// always names a next page: an empty page is its end for now.
    pub(crate) fn has_more(&self) -> bool {
        self.next.is_some() && !self.empty
    }

    /// The cursor to go on with.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.next.as_ref().and(self.cursor.as_deref())
    }

    /// The next page; `None` at the end. After an error the same page can be asked for again.
    pub(crate) async fn page(&mut self, desk: &dyn Desk) -> Result<Option<Vec<Value>>, Error> {
        if self.empty {
            return Ok(None);
        }
        if let Some(error) = self.circle.take() {
            return Err(error);
        }
        let Some(request) = self.next.clone() else { return Ok(None) };
        let reply = desk.get(request.clone()).await?;
        let next = (self.after)(&request, &reply);
        let Reply { body, request_ids, .. } = reply;
        let Value::Array(items) = body else {
            return Err(no_list(request_ids));
        };
        self.pages += 1;
        let cursor = next.as_deref().and_then(after);
        let again = cursor.as_deref().and_then(|cursor| self.seen.see(cursor).err());
        // A page of another list may be empty because all that is on it was left out.
        self.empty = items.is_empty() && (again.is_some() || is_polled(&request));
        self.circle = again.filter(|_| !self.empty);
        self.next = next.filter(|_| self.circle.is_none()).map(|pairs| request.with_query(pairs));
        self.cursor = cursor;
        Ok(Some(items))
    }
}

/// True for the System Log without an end: it always names a next page, for what is yet to come.
fn is_polled(request: &Request) -> bool {
    request.template() == "/api/v1/logs"
        && !request.query_pairs().iter().any(|(name, _)| name == "until")
}

fn after(pairs: &[(String, String)]) -> Option<String> {
    pairs.iter().find(|(name, _)| name == "after").map(|(_, value)| value.clone())
}

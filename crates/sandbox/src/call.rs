//! One request, as an operation sees it.

use axum::{body::Bytes, http::HeaderMap};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    answer::Answer,
    error::{ApiError, Result},
    id::Id,
    log::{Actor, Client, Draft, Target},
    store::State,
};

pub(crate) use crate::time::{stamp, stamp_or_null, stamp_text};

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) enum Principal {
    /// Nobody: a public operation.
    Nobody,
    /// The admin whose API token it is.
    User(Id),
    /// A service app with an access token.
    App(Id),
    /// A person with an access token that an app got for them.
    Person { user: Id, app: Id },
}

impl Principal {
    /// Whom `me` means.
    pub(crate) const fn user(&self) -> Option<Id> {
        match self {
            Self::User(user) | Self::Person { user, .. } => Some(*user),
            Self::Nobody | Self::App(_) => None,
        }
    }

    /// The OAuth client that asks.
    pub(crate) const fn app(&self) -> Option<Id> {
        match self {
            Self::App(app) | Self::Person { app, .. } => Some(*app),
            Self::Nobody | Self::User(_) => None,
        }
    }
}

/// One request. The org is locked while an operation runs, so an operation is one transaction.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) now: Timestamp,
    pub(crate) method: &'a str,
    /// `https://host:port` of the org as the caller named it.
    pub(crate) base: &'a str,
    pub(crate) path: &'a str,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) principal: Principal,
    pub(crate) request_id: &'a str,
    pub(crate) client_ip: &'a str,
}

impl Call<'_> {
    /// The value of a placeholder of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The id in a placeholder; E0000007 with `kind` where it is none.
    pub(crate) fn id_param(&self, name: &str, kind: &str) -> Result<Id> {
        let text = self.param(name);
        Id::parse(text).ok_or_else(|| ApiError::not_found(text, kind))
    }

    /// The first value of a query parameter that is not empty.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A boolean query parameter.
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        self.query(name).map_or(default, |value| value.eq_ignore_ascii_case("true"))
    }

    /// The `limit` of a list: a number from 1; what is above `max` becomes `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize> {
        let Some(text) = self.query("limit") else { return Ok(default) };
        match text.parse::<i64>() {
            Ok(number) if number >= 1 => Ok(usize::try_from(number).unwrap_or(max).min(max)),
            _ => Err(ApiError::invalid("limit", "The limit must be a number from 1.")),
        }
    }

    /// The `limit` of a list whose `Link` headers show it even where nobody asked for one.
    pub(crate) fn shown_limit(&mut self, default: usize, max: usize) -> Result<usize> {
        let limit = self.limit(default, max)?;
        if self.query("limit").is_none() {
            self.query.push(("limit".to_owned(), limit.to_string()));
        }
        Ok(limit)
    }

    /// Whether `expand` names `part`; it may come more than once, and hold several with commas.
    pub(crate) fn expands(&self, part: &str) -> bool {
        let asked = self.query.iter().filter(|(key, _)| key == "expand");
        asked.flat_map(|(_, value)| value.split(',')).any(|name| name.trim() == part)
    }

    /// The body, a JSON object; 400 E0000003 for anything else.
    pub(crate) fn json(&self) -> Result<Map<String, Value>> {
        match serde_json::from_slice(self.body) {
            Ok(Value::Object(map)) => Ok(map),
            _ => Err(ApiError::malformed()),
        }
    }

    /// The body as a JSON object; an empty one where there is no body.
    pub(crate) fn json_or_empty(&self) -> Result<Map<String, Value>> {
        if self.body.is_empty() { Ok(Map::new()) } else { self.json() }
    }

    /// A request header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as a form.
    pub(crate) fn form(&self) -> Form {
        let pairs = form_urlencoded::parse(self.body);
        Form(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// A cookie of the request.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        let lines = self.headers.get_all("cookie").iter().filter_map(|line| line.to_str().ok());
        let mut pairs =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    }

    /// A full URL of this org.
    pub(crate) fn href(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A `{"href": …}` link.
    pub(crate) fn link(&self, path: &str) -> Value {
        serde_json::json!({ "href": self.href(path) })
    }

    /// A `{"href": …, "method": …}` link.
    pub(crate) fn action(&self, path: &str, method: &str) -> Value {
        serde_json::json!({ "href": self.href(path), "method": method })
    }

    /// A `{"href": …, "hints": {"allow": […]}}` link.
    pub(crate) fn allowing(&self, path: &str, methods: &[&str]) -> Value {
        serde_json::json!({ "href": self.href(path), "hints": { "allow": methods } })
    }

    /// A new id.
    pub(crate) fn new_id(&mut self, prefix: &str) -> Id {
        self.state.maker.id(prefix)
    }

    /// A page of a list: `items`, with `Link` headers for this page and, where there is more, the
    /// next one, whose `after` is `next`.
    pub(crate) fn page(&self, items: Vec<Value>, next: Option<&str>) -> Answer {
        let answer = Answer::ok(Value::Array(items)).header("link", self.page_link(None));
        match next {
            Some(after) => answer.header("link", self.page_link(Some(after))),
            None => answer,
        }
    }

    /// `<url>; rel="self"`, or `rel="next"` with `after` replaced.
    pub(crate) fn page_link(&self, next_after: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(after) = next_after {
            query.append_pair("after", after);
        }
        for (name, value) in &self.query {
            if next_after.is_none() || name != "after" {
                query.append_pair(name, value);
            }
        }
        let query = query.finish();
        let mark = if query.is_empty() { "" } else { "?" };
        let rel = if next_after.is_some() { "next" } else { "self" };
        format!("<{}{}{mark}{query}>; rel=\"{rel}\"", self.base, self.path)
    }

    /// Takes `limit` of `all` (already in order, already behind `after`) and renders them: the
    /// common end of a list operation. `key` gives the cursor of an item.
    pub(crate) fn page_of<T>(
        &self,
        mut all: impl Iterator<Item = T>,
        limit: usize,
        key: impl Fn(&T) -> String,
        mut render: impl FnMut(&T) -> Value,
    ) -> Answer {
        let taken: Vec<T> = all.by_ref().take(limit).collect();
        let next = if all.next().is_some() { taken.last().map(&key) } else { None };
        self.page(taken.iter().map(&mut render).collect(), next.as_deref())
    }

    /// Writes an event to the System Log: who called, from where, what was done to `targets`.
    pub(crate) fn log(&mut self, event_type: &'static str, targets: Vec<Target>) {
        self.log_event(Draft::new(event_type).targets(targets));
    }

    /// Writes an event with more to say than its targets.
    pub(crate) fn log_event(&mut self, draft: Draft) {
        let actor = Actor::of(self.state, &self.principal);
        self.log_as(actor, None, draft);
    }

    /// Writes an event of somebody who is not who calls, as of the person in a browser's session.
    pub(crate) fn log_as(&mut self, actor: Actor, session: Option<&str>, draft: Draft) {
        let mut client = Client::of_request(
            &self.principal,
            self.header("user-agent").unwrap_or("UNKNOWN"),
            self.client_ip,
            self.request_id,
            self.path,
        );
        client.session = session.map(Into::into);
        let uuid = self.state.maker.uuid();
        self.state.log.push(draft.finish(self.now, uuid, actor, client));
    }
}

/// The fields of a form, in the order in which they came.
#[derive(Debug)]
pub(crate) struct Form(pub(crate) Vec<(String, String)>);

impl Form {
    /// The first value of a field that is not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

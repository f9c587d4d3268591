//! System Log: `/api/v1/logs`.

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    args::{Fields, Flag, Limit},
    desk::{Answer, Desk, Failure, Prepared},
    label,
    pages::{self, Listing},
    scope::Scope,
    shape,
    tool::{Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![GetLogs, GetLoginFailures];

/// The tool that searches the System Log.
pub const GET_LOGS: &ToolDef = &GetLogs::DEF;

const LIST: Operation = Operation::read("/api/v1/logs", Scope::LOGS_READ);

/// Search the System Log, from 7 days back unless `since` says otherwise. Why somebody cannot
/// sign in: `get_login_failures`.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetLogs {
    /// ISO 8601
    since: Option<String>,
    until: Option<String>,
    /// Such as `eventType eq "user.session.start" and outcome.result eq "FAILURE"`
    filter: Option<String>,
    /// Keywords
    q: Option<String>,
    /// ASCENDING or DESCENDING
    sort_order: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for GetLogs {
    const DEF: ToolDef = get::<Self>("get_logs", LIST.path, LIST.scope)
        .title("Search the System Log")
        .page(&["since", "until", "filter", "q", "sortOrder", "after", "limit"])
        .limit(1000);
}

/// Find failed and denied sign-ins, in the last 24 hours unless `since` says otherwise.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct GetLoginFailures {
    since: Option<String>,
    until: Option<String>,
    /// Id or login
    user_id: Option<String>,
    q: Option<String>,
    fields: Option<Fields>,
}

impl Tool for GetLoginFailures {
    const DEF: ToolDef = planned::<Self>("get_login_failures", LIST).title("Find failed sign-ins");
}

impl Prepare for GetLoginFailures {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let now = desk.now();
        let day = SignedDuration::from_hours(24);
        let since =
            self.since.clone().unwrap_or_else(|| iso(now.saturating_sub(day).unwrap_or(now)));
        let until = self.until.clone().unwrap_or_else(|| iso(now));
        // A query that fails fails the whole: half an answer would read as an all-clear.
        let (failures, denials) = futures::try_join!(
            self.outcome("FAILURE", &since, &until, desk),
            self.outcome("DENY", &since, &until, desk),
        )?;
        let rows = failures.total + denials.total;
        let complete = failures.complete && denials.complete;
        let summary = format!(
            "{} failed and {} denied sign-in events, {} other failures, {} other denials.",
            failures.login,
            denials.login,
            failures.other(),
            denials.other()
        );
        let mut answer = Map::new();
        answer.insert("summary".to_owned(), json!(summary));
        answer.insert("complete".to_owned(), json!(complete));
        answer.insert("time_window".to_owned(), json!({ "since": since, "until": until }));
        answer.insert("failures".to_owned(), failures.value);
        answer.insert("denials".to_owned(), denials.value);
        if !complete {
            answer.insert(
                "notes".to_owned(),
                json!(["There is more: narrow the time, or go on with get_logs, the filter and \
                        next_cursor given here."]),
            );
        }
        let fields = self.fields.unwrap_or_default();
        let answer =
            Answer { value: Value::Object(answer), rows, links: shape::wants_links(&fields) };
        Ok(answer.into())
    }
}

/// The events of one outcome.
struct Events {
    value: Value,
    total: u64,
    login: u64,
    complete: bool,
}

impl Events {
    const fn other(&self) -> u64 {
        self.total - self.login
    }
}

impl GetLoginFailures {
    async fn outcome(
        &self,
        result: &str,
        since: &str,
        until: &str,
        desk: &dyn Desk,
    ) -> Result<Events, Failure> {
        let mut filter = format!("outcome.result eq {}", quoted(result));
        if let Some(user) = self.user_id.as_deref().filter(|user| !user.is_empty()) {
            let attribute = if user.contains('@') { "actor.alternateId" } else { "actor.id" };
            filter = format!("{filter} and {attribute} eq {}", quoted(user));
        }
        let mut request = LIST
            .request(&[])?
            .query("since", since)
            .query("until", until)
            .query("filter", filter.as_str());
        if let Some(q) = self.q.as_deref().filter(|q| !q.is_empty()) {
            request = request.query("q", q);
        }
        // The event type sorts the events below, so it is read whatever fields are asked for.
        let listing = Listing {
            request: request.query("limit", "1000"),
            fields: Fields::default(),
            fetch_all: true,
            next: pages::by_link,
            notes: Vec::new(),
        };
        let mut answer = pages::list(listing, desk).await?.value;
        if let Some(error) = answer.get("error") {
            let what = label::text(error, "/message").unwrap_or("unknown");
            return Err(Failure::Refused {
                message: format!("the search for {result} events broke off: {what}"),
                next: "nothing is known about the rest: narrow the time, and call again".to_owned(),
            });
        }
        let items = answer.get_mut("items").map(Value::take).unwrap_or_default();
        let Value::Array(items) = items else {
            return Err(Failure::Arguments("no list".to_owned()));
        };
        let total = items.len() as u64;
        let (login, other): (Vec<Value>, Vec<Value>) = items.into_iter().partition(is_login);
        let count = login.len() as u64;
        let complete = answer.get("complete") == Some(&Value::Bool(true));
        let fields = self.fields.clone().unwrap_or_default();
        let shaped = |events: Vec<Value>| -> Vec<Value> {
            events.into_iter().map(|event| shape::project(event, &fields)).collect()
        };
        let mut value = Map::new();
        value.insert("login_events".to_owned(), json!(shaped(login)));
        value.insert("other_events".to_owned(), json!(shaped(other)));
        value.insert("total".to_owned(), json!(total));
        if !complete {
            value.insert("filter".to_owned(), json!(filter));
            let cursor = answer.get("next_cursor").cloned().unwrap_or_default();
            value.insert("next_cursor".to_owned(), cursor);
        }
        Ok(Events { value: Value::Object(value), total, login: count, complete })
    }
}

/// True for an event that is part of signing in.
fn is_login(event: &Value) -> bool {
    const PREFIXES: &[&str] = &[
        "user.session.",
        "user.authentication.",
        "user.mfa.",
        "policy.evaluate_sign_on",
        "app.generic.unauth_app_access_attempt",
        "app.oauth2.signon",
    ];
    let kind = label::text(event, "/eventType").unwrap_or_default();
    PREFIXES.iter().any(|prefix| kind.starts_with(prefix))
}

/// A string of a filter expression (RFC 7644 section 3.4.2.2: JSON's rules).
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// A time as the System Log writes it: UTC, milliseconds.
fn iso(time: Timestamp) -> String {
    format!("{time:.3}")
}

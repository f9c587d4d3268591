//! The System Log, read in bounds or polled.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    listing,
    log::Event,
    route::{Route, get},
    scim::{self, BadFilter, Case, Comparison, Filter, Op},
    time::before,
};

pub(super) const ROUTES: &[Route] = &[get("/api/v1/logs", "okta.logs.read", list).limit(120)];

/// How long events are kept, and how far back one may ask.
const KEPT: i64 = 90 * 86_400;
const ASKED: i64 = 180 * 86_400;
const WEEK: i64 = 7 * 86_400;

/// What a request asks for.
struct Ask {
    since: Timestamp,
    until: Option<Timestamp>,
    descending: bool,
    limit: usize,
    filter: Option<Filter>,
    keywords: Vec<String>,
    /// The number of the event that a page starts with (ascending), or ends before (descending).
    cursor: Option<u64>,
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let ask = read(call)?;
    call.state.log.recall();
    let kept = before(call.now, KEPT);
    let until = ask.until.unwrap_or(Timestamp::MAX);
    let events = call.state.log.since(ask.since.max(kept));
    let within = events.filter(|(_, event)| event.published < until);
    let behind = within.filter(|(number, _)| match ask.cursor {
        Some(cursor) if ask.descending => *number < cursor,
        Some(cursor) => *number >= cursor,
        None => true,
    });
    let fits = |(_, event): &(u64, &Event)| ask.fits(event);
    let mut found: Vec<(u64, &Event)> = if ask.descending {
        behind.rev().filter(fits).take(ask.limit + 1).collect()
    } else {
        behind.filter(fits).take(ask.limit + 1).collect()
    };
    let more = found.len() > ask.limit;
    found.truncate(ask.limit);
    let polling = ask.until.is_none() && !ask.descending;
    let next = match found.last() {
        Some((number, event)) if more || polling => {
            let next = if ask.descending { *number } else { number + 1 };
            Some(format!("{}_{next}", event.published.as_millisecond()))
        }
        // Nothing new: the same cursor again, or one that starts now.
        None if polling => Some(match call.query("after") {
            Some(after) => after.to_owned(),
            None => format!("{}_{}", call.now.as_millisecond(), call.state.log.end()),
        }),
        _ => None,
    };
    let items: Vec<Value> = found.iter().map(|(_, event)| event.to_json()).collect();
    Ok(call.page(items, next.as_deref()))
}

impl Ask {
    fn fits(&self, event: &Event) -> bool {
        let wanted = self.filter.as_ref();
        wanted.is_none_or(|filter| filter.matches(Case::Ignored, &|path| event.operand(path)))
            && (self.keywords.is_empty() || event.has_words(&self.keywords))
    }
}

fn read(call: &Call<'_>) -> Result<Ask> {
    let until = date(call, "until")?;
    let since = date(call, "since")?.unwrap_or_else(|| before(until.unwrap_or(call.now), WEEK));
    if since < before(call.now, ASKED) {
        return Err(bad("The since parameter is more than 180 days in the past"));
    }
    if until.is_some_and(|until| until < since) {
        return Err(bad("The since parameter is after the until parameter"));
    }
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => 100,
        Some(Ok(limit)) if limit <= 1_000 => limit,
        Some(_) => {
            return Err(ApiError::invalid("limit", "The limit must be a number from 0 to 1000."));
        }
    };
    let descending = match call.query("sortOrder") {
        None => false,
        Some(order) if order.eq_ignore_ascii_case("ASCENDING") => false,
        Some(order) if order.eq_ignore_ascii_case("DESCENDING") => true,
        Some(_) => {
            let cause = "The sortOrder must be ASCENDING or DESCENDING.";
            return Err(ApiError::invalid("sortOrder", cause));
        }
    };
    let cursor = call.query("after").map(|text| {
        let number = text.rsplit_once('_').and_then(|(_, number)| number.parse().ok());
        number.ok_or_else(listing::bad_cursor)
    });
    Ok(Ask {
        since,
        until,
        descending,
        limit,
        filter: call.query("filter").map(expression).transpose()?,
        keywords: keywords(call.query("q").unwrap_or_default())?,
        cursor: cursor.transpose()?,
    })
}

/// A date parameter. What is no date, or has no time zone, is refused.
fn date(call: &Call<'_>, name: &str) -> Result<Option<Timestamp>> {
    let Some(text) = call.query(name) else { return Ok(None) };
    let text = text.replace(' ', "+");
    let day_only = || format!("{text}T00:00:00Z").parse().ok();
    match text.parse().ok().or_else(day_only) {
        Some(time) => Ok(Some(time)),
        None => Err(bad(&format!("The {name} parameter is not a date: {text}"))),
    }
}

/// 400 E0000053.
fn bad(cause: &str) -> ApiError {
    ApiError::new(400, "E0000053", "Invalid SCIM filter.").cause(cause)
}

fn expression(text: &str) -> Result<Filter> {
    let filter = scim::parse(text).map_err(|BadFilter(why)| bad(&why))?;
    filter.check(&mut rule)?;
    Ok(filter)
}

/// All operators; not `published`, and not `co` on the two long texts.
fn rule(comparison: &Comparison) -> Result<()> {
    let Comparison { path, op, .. } = comparison;
    let long = ["debugContext.debugData.url", "debugContext.debugData.requestUri"];
    if path == "published" {
        return Err(bad("published cannot be filtered: use since and until"));
    }
    if *op == Op::Co && long.contains(&path.as_str()) {
        return Err(ApiError::search(format!("The co operator is not supported on {path}")));
    }
    let roots = [
        "actor",
        "authenticationContext",
        "client",
        "debugContext",
        "device",
        "displayMessage",
        "eventType",
        "legacyEventType",
        "outcome",
        "request",
        "securityContext",
        "severity",
        "target",
        "transaction",
        "uuid",
        "version",
    ];
    let root = path.split('.').next().unwrap_or_default();
    if roots.contains(&root) { Ok(()) } else { Err(bad(&format!("Unknown attribute: {path}"))) }
}

fn keywords(q: &str) -> Result<Vec<String>> {
    let words: Vec<String> = q.split_whitespace().map(str::to_lowercase).collect();
    if words.len() > 10 || words.iter().any(|word| word.chars().count() > 40) {
        let cause = "q: at most 10 keywords of at most 40 characters";
        return Err(ApiError::invalid("q", cause));
    }
    Ok(words)
}

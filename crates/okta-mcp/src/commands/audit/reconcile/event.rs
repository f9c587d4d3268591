//! An event of Okta's System Log, as the join wants it.

use std::collections::BTreeSet;

use okta_trail::{Event, Nature, named_call};
use serde_json::Value;

use super::facts;

/// What is read of an event.
pub(super) const FIELDS: &str = "uuid,published,eventType,outcome,actor.id,client.id,\
    client.ipAddress,client.userAgent.rawUserAgent,transaction,debugContext.debugData.requestId,\
    target.id,target.type,target.alternateId,target.displayName";

/// What our `User-Agent` starts with.
const PRODUCT: &str = "okta-mcp/";

/// The event; `None` where it has no time, and so is none.
pub(super) fn parse(event: &Value) -> Option<Event> {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let all = |pointers: [&str; 2]| {
        let mut all: Vec<String> = pointers.map(|pointer| text(pointer).to_owned()).into();
        all.retain(|text| !text.is_empty());
        all.dedup();
        all
    };
    let kind = text("/eventType");
    let agent = text("/client/userAgent/rawUserAgent");
    let reason = text("/outcome/reason");
    let colon = if reason.is_empty() { "" } else { ": " };
    Some(Event {
        id: text("/uuid").to_owned(),
        time: text("/published").parse().ok()?,
        kind: kind.to_owned(),
        result: format!("{}{colon}{reason}", text("/outcome/result")),
        by: all(["/actor/id", "/client/id"]),
        agent: agent.to_owned(),
        address: text("/client/ipAddress").to_owned(),
        targets: event
            .get("target")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(target)
            .collect(),
        request_ids: all(["/transaction/id", "/debugContext/debugData/requestId"]),
        call: named_call(agent).map(str::to_owned),
        nature: nature(kind, text("/outcome/result")),
        expected: is_expected(kind, agent, text("/transaction/type")),
    })
}

/// The name of a target.
fn target(target: &Value) -> String {
    let text = |name: &str| {
        let text = target.get(name).and_then(Value::as_str).unwrap_or_default();
        if text == "unknown" { "" } else { text }
    };
    let name =
        ["displayName", "alternateId", "id"].map(text).into_iter().find(|text| !text.is_empty());
    format!("{} {}", text("type"), name.unwrap_or_default()).trim().to_owned()
}

/// What it says about a write, by `outcome.result`.
fn nature(kind: &str, result: &str) -> Nature {
    let told = !facts::is_aside(kind);
    match result {
        "FAILURE" | "DENY" | "RATE_LIMIT" if told => Nature::Refused,
        "SUCCESS" | "ALLOW" | "DEFERRED" | "SCHEDULED" if told && !facts::is_sign_in(kind) => {
            Nature::Done
        }
        _ => Nature::Aside,
    }
}

/// True where a row must explain it.
fn is_expected(kind: &str, agent: &str, transaction: &str) -> bool {
    // What Okta does later has a transaction of its own, which no request names.
    if transaction == "JOB" || facts::is_aside(kind) {
        return false;
    }
    // A token is fetched before there is a call; nobody else has our name there.
    !facts::is_sign_in(kind) || !(agent.is_empty() || agent.starts_with(PRODUCT))
}

/// The ids of the API tokens that events of ours were made with. Okta names the token in
/// `transaction.detail`.
pub(super) fn tokens_of_ours(events: &[Value]) -> BTreeSet<&str> {
    let ours = |event: &&Value| {
        let agent = event.pointer("/client/userAgent/rawUserAgent").and_then(Value::as_str);
        agent.is_some_and(|agent| named_call(agent).is_some())
    };
    events.iter().filter(ours).filter_map(token).collect()
}

/// The id of the API token that an event was made with.
pub(super) fn token(event: &Value) -> Option<&str> {
    event.pointer("/transaction/detail/requestApiTokenId")?.as_str()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As Okta writes it.
    fn event(kind: &str, result: &str, agent: &Value, transaction: &str) -> Value {
        json!({
            "uuid": "82a42325-f290-11ec-b1c2-078cc65ecd5e",
            "published": "2026-01-02T03:04:05.678Z",
            "eventType": kind,
            "outcome": { "result": result, "reason": null },
            "actor": { "id": "0oa1" },
            "client": { "id": "0oa1", "ipAddress": "203.0.113.9", "userAgent": { "rawUserAgent": agent } },
            "transaction": { "type": transaction, "id": "YrO8", "detail": {} },
            "debugContext": { "debugData": { "requestId": "YrO8" } },
            "target": [
                { "id": "00u1", "type": "User", "alternateId": "ana@acme.example", "displayName": "Ana" },
                { "id": "00g1", "type": "UserGroup", "alternateId": "unknown", "displayName": null },
            ],
        })
    }

    #[test]
    fn what_matters_is_read() {
        let agent = "okta-mcp/0.1.0 (call/12-0123456789abcdef)";
        let mut value = event("group.user_membership.add", "SUCCESS", &json!(agent), "WEB");
        value["debugContext"]["debugData"]["requestId"] = json!("another");
        let read = parse(&value).unwrap();
        assert_eq!(read.request_ids, ["YrO8", "another"]);
        assert_eq!(read.by, ["0oa1"]);
        assert_eq!(read.call.as_deref(), Some("12-0123456789abcdef"));
        assert_eq!(read.targets, ["User Ana", "UserGroup 00g1"]);
        assert_eq!(
            (read.result.as_str(), read.nature, read.expected),
            ("SUCCESS", Nature::Done, true)
        );
        value["outcome"] = json!({ "result": "FAILURE", "reason": "no role" });
        let read = parse(&value).unwrap();
        assert_eq!((read.result.as_str(), read.nature), ("FAILURE: no role", Nature::Refused));
        // What is missing is nothing to stumble over.
        let least = parse(&json!({ "published": "2026-01-02T03:04:05Z", "client": null })).unwrap();
        assert_eq!((least.nature, least.expected, least.call), (Nature::Aside, true, None));
        assert!(least.request_ids.is_empty() && least.by.is_empty());
        assert!(parse(&json!({ "uuid": "1", "published": "soon" })).is_none());
    }

    #[test]
    fn rows_are_expected_for_what_requests_do() {
        let grant = "app.oauth2.token.grant.access_token";
        for (kind, result, agent, transaction, nature, expected) in [
            ("group.lifecycle.create", "SUCCESS", json!("curl/8"), "WEB", Nature::Done, true),
            ("group.lifecycle.create", "SUCCESS", Value::Null, "JOB", Nature::Done, false),
            (
                "system.org.rate_limit.violation",
                "DENY",
                json!("curl/8"),
                "WEB",
                Nature::Aside,
                false,
            ),
            (grant, "SUCCESS", json!("okta-mcp/0.1.0"), "WEB", Nature::Aside, false),
            (grant, "SUCCESS", json!("curl/8"), "WEB", Nature::Aside, true),
            (grant, "SUCCESS", json!("UNKNOWN"), "WEB", Nature::Aside, true),
            (grant, "SUCCESS", Value::Null, "WEB", Nature::Aside, false),
            (
                "app.oauth2.token.grant",
                "FAILURE",
                json!("okta-mcp/0.1.0"),
                "WEB",
                Nature::Refused,
                false,
            ),
            ("app.oauth2.token.grant", "FAILURE", json!("curl/8"), "WEB", Nature::Refused, true),
        ] {
            let read = parse(&event(kind, result, &agent, transaction)).unwrap();
            assert_eq!((read.nature, read.expected), (nature, expected), "{kind} {agent}");
        }
    }

    #[test]
    fn the_token_is_known_by_what_was_done_with_it() {
        let with = |agent: &str, token: &str| {
            let mut value = event("group.lifecycle.create", "SUCCESS", &json!(agent), "WEB");
            value["transaction"]["detail"] = json!({ "requestApiTokenId": token });
            value
        };
        let ours = with("okta-mcp/0.1.0 (call/12-0123456789abcdef)", "00T1");
        let events = [with("curl/8", "00T2"), ours, with("okta-mcp/0.1.0", "00T3")];
        assert_eq!(tokens_of_ours(&events), BTreeSet::from(["00T1"]));
        assert!(tokens_of_ours(&[event("x", "SUCCESS", &Value::Null, "WEB")]).is_empty());
    }
}

//! The System Log.

use okta_catalog::Failure;
use okta_client::ErrorKind;
use serde_json::{Value, json};

use crate::desk::{Fake, answer, failure, okta_error, page};

fn event(kind: &str) -> Value {
    json!({ "eventType": kind, "severity": "SOMETHING_NEW", "outcome": { "result": "X" } })
}

const FAILURES: &str = "/api/v1/logs?since=2026-02-28T12:00:00.000Z&until=2026-03-01T12:00:00.000Z\
                        &filter=outcome.result eq \"FAILURE\"&limit=1000";
const DENIALS: &str = "/api/v1/logs?since=2026-02-28T12:00:00.000Z&until=2026-03-01T12:00:00.000Z\
                       &filter=outcome.result eq \"DENY\"&limit=1000";

#[test]
fn failed_sign_ins_are_told_apart_from_the_rest() {
    let desk = Fake::new()
        .on(FAILURES, json!([event("user.session.start"), event("app.user_management.push")]))
        .on(DENIALS, json!([event("policy.evaluate_sign_on")]));
    let value = answer("get_login_failures", json!({}), &desk).value;
    assert_eq!(
        value["summary"],
        "1 failed and 1 denied sign-in events, 1 other failures, 0 other denials."
    );
    assert_eq!(value["complete"], true);
    assert_eq!(value["failures"]["total"], 2);
    assert_eq!(value["failures"]["other_events"][0]["eventType"], "app.user_management.push");
}

#[test]
fn a_search_that_fails_is_no_all_clear() {
    let limited = ErrorKind::RateLimited { until: None };
    let desk = Fake::new()
        .on(FAILURES, json!([]))
        .reply(DENIALS, okta_error(limited.clone(), 429, "E0000047"));
    let Failure::Okta(error) = failure("get_login_failures", json!({}), &desk) else { panic!() };
    assert_eq!(error.kind, limited);
    let desk = Fake::new()
        .reply(FAILURES, page(json!([event("user.session.start")]), "c"))
        .reply("/api/v1/logs?after=c", okta_error(ErrorKind::OktaFault, 500, "E0000009"))
        .on(DENIALS, json!([]));
    let failed = failure("get_login_failures", json!({}), &desk);
    assert!(matches!(failed, Failure::Refused { .. }), "{failed:?}");
}

#[test]
fn what_a_caller_says_stays_in_its_quotes() {
    let desk = Fake::new().on("/api/v1/logs", json!([]));
    let args =
        json!({ "user_id": "a\" or actor.id sw \"@x", "since": "s", "until": "u", "q": "k" });
    answer("get_login_failures", args, &desk);
    assert_eq!(
        desk.asked()[0],
        "/api/v1/logs?since=s&until=u&filter=outcome.result eq \"FAILURE\" and \
         actor.alternateId eq \"a\\\" or actor.id sw \\\"@x\"&q=k&limit=1000"
    );
}

#[test]
fn any_filter_goes_out_as_given() {
    let desk = Fake::new().on("/api/v1/logs", json!([event("a")]));
    let filter = "eventType eq \"user.mfa.factor.deactivate\"";
    let value = answer("get_logs", json!({ "filter": filter, "sort_order": "DESCENDING" }), &desk);
    assert_eq!(value.value["items"][0]["severity"], "SOMETHING_NEW");
    assert_eq!(desk.asked(), [format!("/api/v1/logs?filter={filter}&sortOrder=DESCENDING")]);
}

#[test]
fn an_empty_page_ends_the_poll_for_now() {
    let desk = Fake::new()
        .reply("/api/v1/logs", page(json!([event("a")]), "c1"))
        .reply("/api/v1/logs?after=c1", page(json!([]), "c1"));
    let value = answer("get_logs", json!({ "fetch_all": true }), &desk).value;
    assert_eq!(value["complete"], true);
    assert_eq!(value["has_more"], false);
    assert_eq!(value["next_cursor"], "c1", "to poll again from here");
    assert!(value.get("error").is_none());
    assert_eq!(desk.asked().len(), 2);
}

//! Every kind of difference is found, and none is invented.

mod histories;

use serde_json::{Value, json};

use super::*;
use crate::Entry;

const ORG: &str = "acme.okta.com";
const OURS: &str = "0oaservice";
const AGENT: &str = "okta-mcp/1.2.3";

/// So many minutes into the window.
fn minute(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-01-02T03:00:00Z".parse().unwrap();
    start.checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

fn silent(operation: &str) -> Option<&'static str> {
    (operation == "PUT /members/{id}").then_some("only where it changes something")
}

/// A window of ten hours, of which the log was read a minute after its end.
fn question() -> Question<'static> {
    let (since, until) = (minute(0), minute(600));
    Question { since, until, read: minute(601), org: ORG, principal: OURS, silent: &silent }
}

/// A hash that no other number has.
fn hash(number: u64) -> String {
    format!("{:016x}{:048x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15), 0)
}

/// A trail that is being written, and a log.
#[derive(Default)]
struct World {
    rows: Vec<Entry>,
    events: Vec<Event>,
}

impl World {
    fn row(&mut self, kind: &str, time: Timestamp, members: Value) -> String {
        let seq = self.rows.len() + 1;
        let hash = hash(seq as u64);
        let mut row = json!({ "seq": seq, "kind": kind, "time": time, "hash": hash });
        let Value::Object(members) = members else { panic!("members are an object") };
        row.as_object_mut().unwrap().extend(members);
        let Value::Object(row) = row else { panic!() };
        let entry = Entry { segment: "1.jsonl".to_owned(), row };
        let id = entry.id().unwrap();
        self.rows.push(entry);
        id
    }

    fn begin(&mut self, at: Timestamp, effect: &str) -> String {
        let members = json!({
            "tool": "delete_group", "effect": effect, "principal": OURS, "org": ORG,
        });
        self.row("call", at, members)
    }

    fn intent(&mut self, at: Timestamp, call: &str, requests: &[&str]) -> String {
        let requests: Vec<Value> = requests
            .iter()
            .map(|operation| json!({ "request": operation, "operation": operation.split_once(' ').unwrap().1 }))
            .collect();
        let members = json!({ "call": call, "summary": "Delete it", "requests": requests });
        self.row("intent", at, members)
    }

    fn outcome(&mut self, at: Timestamp, call: &str, word: &str, ids: &[&str]) {
        let members = json!({ "call": call, "outcome": word, "okta_request_ids": ids });
        self.row("outcome", at, members);
    }

    /// A write from its call to its outcome; the id under which it goes to Okta.
    fn write(&mut self, at: Timestamp, word: &str, ids: &[&str]) -> String {
        let call = self.begin(at, "destructive");
        let intent = self.intent(at, &call, &["DELETE /groups/{id}"]);
        self.outcome(at, &call, word, ids);
        intent
    }

    fn event(&mut self, at: Timestamp, call: &str, ids: &[&str]) -> &mut Event {
        let agent =
            if call.is_empty() { "curl/8".to_owned() } else { format!("{AGENT} (call/{call})") };
        self.events.push(Event {
            id: format!("event-{}", self.events.len()),
            time: at,
            kind: "group.lifecycle.delete".to_owned(),
            result: "SUCCESS".to_owned(),
            by: vec![OURS.to_owned()],
            call: named_call(&agent).map(str::to_owned),
            agent,
            address: "203.0.113.9".to_owned(),
            targets: vec!["Night shift".to_owned()],
            request_ids: ids.iter().map(ToString::to_string).collect(),
            nature: Nature::Done,
            expected: true,
        });
        self.events.last_mut().unwrap()
    }

    fn reconcile(&self) -> Reconciled {
        self.ask(question())
    }

    fn ask(&self, question: Question<'_>) -> Reconciled {
        join::join(self.rows.iter().cloned().map(Ok), question, &self.events).unwrap()
    }
}

/// The calls of accounts.
fn intents<'a>(accounts: impl IntoIterator<Item = &'a Account>) -> Vec<String> {
    accounts.into_iter().map(|account| account.intent.clone().unwrap_or_default()).collect()
}

fn why(found: &Reconciled) -> Vec<&Why> {
    found.unexplained.iter().map(|unexplained| &unexplained.why).collect()
}

#[test]
fn what_both_know_matches() {
    let mut world = World::default();
    // By both ids, by one of them, twice.
    let both = world.write(minute(1), "success", &["read-1", "req-1"]);
    world.event(minute(1), &both, &["req-1"]);
    world.write(minute(2), "success", &["req-2"]);
    world.event(minute(2), "", &["other", "req-2"]);
    let lost = world.write(minute(3), "success", &[]);
    world.event(minute(3), &lost, &["req-3"]);
    world.event(minute(3), &lost, &["req-3"]);
    let found = world.reconcile();
    assert!(found.matches(), "{found:#?}");
    assert_eq!((found.writes, found.witnessed), (3, 3));
    assert_eq!((found.events, found.explained), (4, 4));
    assert_eq!(
        found,
        Reconciled { writes: 3, witnessed: 3, events: 4, explained: 4, ..Reconciled::default() }
    );
}

#[test]
fn a_write_that_the_log_does_not_know_is_missing() {
    let mut world = World::default();
    let gone = world.write(minute(1), "success", &["req-1"]);
    let late = world.write(minute(595), "success", &["req-2"]);
    let call = world.begin(minute(2), "write");
    let quiet = world.intent(minute(2), &call, &["PUT /members/{id}"]);
    world.outcome(minute(2), &call, "success", &["req-3"]);
    // One of its requests is always in the log.
    let call = world.begin(minute(3), "write");
    let part = world.intent(minute(3), &call, &["PUT /members/{id}", "DELETE /groups/{id}"]);
    world.outcome(minute(3), &call, "success", &["req-4"]);
    // Nothing is sent by this one.
    let call = world.begin(minute(4), "write");
    world.intent(minute(4), &call, &[]);
    world.outcome(minute(4), &call, "success", &[]);
    let found = world.reconcile();
    assert!(!found.matches());
    assert_eq!(intents(&found.missing), [gone, part]);
    assert_eq!(intents(&found.late), [late]);
    assert_eq!(intents(found.silent.iter().map(|silent| &silent.call)), [quiet]);
    assert_eq!((found.writes, found.witnessed), (5, 0));
    assert_eq!(found.missing[0].requests, ["DELETE /groups/{id}"]);
}

#[test]
fn an_event_that_the_trail_does_not_know_is_foreign() {
    let mut world = World::default();
    world.event(minute(1), "", &["req-1"]);
    // A limit, a job of Okta's own: no row is there for it.
    world.event(minute(2), "", &["req-2"]).expected = false;
    // Outside of the window.
    world.event(minute(-1), "", &["req-3"]);
    world.event(minute(600), "", &["req-4"]);
    let found = world.reconcile();
    assert!(!found.matches());
    assert_eq!(why(&found), [&Why::Foreign]);
    assert_eq!(found.unexplained[0].event.request_ids, ["req-1"]);
    assert_eq!((found.events, found.explained, found.aside), (2, 0, 1));
}

#[test]
fn a_row_that_is_gone_is_told_by_the_event_that_names_it() {
    let mut world = World::default();
    world.write(minute(1), "success", &["req-2"]);
    let call = world.rows[0].id().unwrap();
    world.event(minute(1), "12-00000000000000ff", &["req-1"]);
    // Chained anew, the row has another hash; its outcome keeps Okta's id.
    world.event(minute(2), "13-00000000000000ff", &["req-2"]);
    // Even an event for which no row need be there.
    world.event(minute(3), "14-00000000000000ff", &["req-3"]).expected = false;
    let found = world.reconcile();
    assert_eq!(
        why(&found),
        [
            &Why::RowGone { recorded: None },
            &Why::RowGone { recorded: Some(call) },
            &Why::RowGone { recorded: None },
        ]
    );
    // It happened all the same.
    assert!(found.missing.is_empty() && !found.matches());
}

/// The rows that name a call prove nothing of its own row.
#[test]
fn an_outcome_alone_explains_no_id() {
    let mut world = World::default();
    let sent = world.write(minute(1), "success", &[]);
    let call = world.rows[0].id().unwrap();
    for id in [&call, &sent] {
        world.event(minute(1), id, &["req-1"]);
    }
    world.rows.retain(|row| row.kind() == "outcome");
    assert_eq!(why(&world.reconcile()), [&Why::RowGone { recorded: None }; 2]);
}

#[test]
fn a_borrowed_id_is_told_by_the_request() {
    let mut world = World::default();
    let sent = world.write(minute(1), "success", &["req-1"]);
    world.event(minute(1), &sent, &["req-1"]);
    world.event(minute(2), &sent, &["req-9"]);
    // A job names no request that anybody waited for.
    world.event(minute(3), &sent, &["job"]).expected = false;
    let found = world.reconcile();
    assert_eq!(why(&found), [&Why::Borrowed]);
    assert_eq!(found.unexplained[0].event.request_ids, ["req-9"]);
    // Where the log names requests otherwise than the trail does, nothing follows.
    world.events.remove(0);
    assert!(world.reconcile().matches());
    // Nor where the answer, and with it the request's id, was lost.
    let mut world = World::default();
    let sent = world.write(minute(1), "unknown", &["req-1"]);
    world.event(minute(1), &sent, &["req-1"]);
    world.event(minute(2), &sent, &["req-2"]);
    assert!(world.reconcile().matches());
}

#[test]
fn opposite_words_are_told() {
    let mut world = World::default();
    let denied = world.write(minute(1), "missing_admin_role", &["req-1"]);
    world.event(minute(1), &denied, &["req-1"]);
    let done = world.write(minute(2), "success", &["req-2"]);
    world.event(minute(2), &done, &["req-2"]).nature = Nature::Refused;
    let found = world.reconcile();
    assert!(!found.matches());
    let calls = found.contradicted.iter().filter_map(|pair| pair.call.as_ref());
    assert_eq!(intents(calls), [denied, done]);
    // The first of two requests was done, the second one refused.
    let mut world = World::default();
    let call = world.begin(minute(1), "write");
    let sent = world.intent(minute(1), &call, &["POST /a", "POST /b"]);
    world.outcome(minute(1), &call, "not_found", &["req-1", "req-2"]);
    world.event(minute(1), &sent, &["req-1"]);
    let found = world.reconcile();
    assert!(found.matches(), "{found:#?}");
    assert_eq!(found.refused.len(), 1);
}

#[test]
fn what_was_refused_stands_side_by_side() {
    let mut world = World::default();
    let refused = world.write(minute(1), "not_found", &["req-1"]);
    world.event(minute(1), &refused, &["req-1"]).nature = Nature::Refused;
    let call = world.begin(minute(2), "destructive");
    world.outcome(minute(2), &call, "denied", &[]);
    // A read that finds nothing is no refusal.
    let read = world.begin(minute(3), "read");
    world.outcome(minute(3), &read, "not_found", &["req-3"]);
    let waits = world.begin(minute(3), "write");
    world.outcome(minute(3), &waits, "approval_required", &[]);
    let failed = world.event(minute(4), "", &["req-4"]);
    (failed.nature, failed.expected) = (Nature::Refused, false);
    let found = world.reconcile();
    assert!(found.matches(), "{found:#?}");
    let pairs: Vec<(String, usize)> = found
        .refused
        .iter()
        .map(|pair| {
            let outcome = pair.call.as_ref().map(|call| call.outcome.clone());
            (outcome.unwrap_or_default(), pair.events.len())
        })
        .collect();
    assert_eq!(pairs, [("not_found".to_owned(), 1), ("denied".to_owned(), 0), (String::new(), 1)]);
}

#[test]
fn open_ends_are_settled() {
    let mut world = World::default();
    let mut wanted = Vec::new();
    for (at, event, verdict) in [
        (1, Some(Nature::Done), Verdict::Done),
        (2, Some(Nature::Refused), Verdict::Refused),
        (3, None, Verdict::Nothing),
        (590, None, Verdict::Late),
    ] {
        let sent = world.write(minute(at), "unknown", &[]);
        if let Some(nature) = event {
            world.event(minute(at), &sent, &["req"]).nature = nature;
        }
        wanted.push((sent, verdict));
    }
    let call = world.begin(minute(595), "write");
    wanted.push((world.intent(minute(595), &call, &["DELETE /groups/{id}"]), Verdict::Late));
    let call = world.begin(minute(4), "write");
    let quiet = world.intent(minute(4), &call, &["PUT /members/{id}"]);
    world.outcome(minute(4), &call, "unknown", &[]);
    wanted.insert(3, (quiet, Verdict::Silent));
    let found = world.reconcile();
    let settled: Vec<(String, Verdict)> = found
        .settled
        .iter()
        .map(|settled| (settled.call.intent.clone().unwrap(), settled.verdict))
        .collect();
    assert_eq!(settled, wanted);
    assert!(found.matches() && found.missing.is_empty(), "{found:#?}");
}

#[test]
fn only_our_own_writes_of_the_window_are_looked_for() {
    let mut world = World::default();
    world.write(minute(-1), "success", &["req-1"]);
    world.write(minute(600), "success", &["req-2"]);
    for (name, value) in [("principal", "0oaother"), ("org", "other.okta.com")] {
        let start = world.rows.len();
        world.write(minute(5), "success", &["req-3"]);
        world.rows[start].row.insert(name.to_owned(), value.into());
    }
    let found = world.reconcile();
    assert_eq!(found, Reconciled { elsewhere: 2, ..Reconciled::default() });
    // Rows from beyond the window explain events in it all the same.
    let early = world.rows[1].id().unwrap();
    world.event(minute(0), &early, &["req-1"]);
    world.event(minute(599), "", &["req-2"]);
    assert_eq!(world.reconcile().explained, 2);
}

#[test]
fn ids_are_read_from_user_agents_of_ours() {
    for (agent, id) in [
        ("okta-mcp/0.1.0 (call/12-0123456789abcdef)", Some("12-0123456789abcdef")),
        ("proxy okta-mcp/0.1.0 (call/1-0123456789abcdef) x", Some("1-0123456789abcdef")),
        ("okta-mcp/0.1.0 (call/0-unrecorded)", None),
        ("okta-mcp/0.1.0 (call/1-0123456789ABCDEF)", None),
        ("okta-mcp/0.1.0 (call/-0123456789abcdef)", None),
        ("okta-mcp/0.1.0 (call/1-0123456789abcde)", None),
        ("okta-mcp/0.1.0 (call/1-0123456789abcdef", None),
        ("okta-mcp/0.1.0", None),
        ("curl/8 (call/12-0123456789abcdef)", None),
        ("", None),
    ] {
        assert_eq!(named_call(agent), id, "{agent}");
    }
    let recorded = crate::Recorded { seq: u64::MAX / 4, hash: [0xab; 32] }.call_id();
    assert_eq!(named_call(&format!("{AGENT} (call/{recorded})")), Some(recorded.as_str()));
}

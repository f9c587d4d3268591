//! Rows of many processes, read as one trail.

use okta_trail::{
    Call, CallsCsv, Filter, Item, Recorded, Recorder as _, Rows, Trail, ocsf, search, tail,
};
use serde_json::{Value, json};

use crate::support::{World, row};

/// A call with all that the pipeline records of one.
fn call(trail: &Trail, tool: &str, effect: &str, args: &Value) -> Recorded {
    let members = json!({
        "tool": tool, "effect": effect, "principal": "0oaservice",
        "client": { "name": "tests", "version": "1.2" }, "org": "acme.okta.com",
        "profile": "default", "era": "2026-07-28", "args": args,
    });
    trail.record(row("call", members), false).unwrap()
}

fn delete(trail: &Trail) -> (String, String) {
    let id = call(trail, "delete_group", "destructive", &json!({ "group_id": "00g1" })).call_id();
    let intent = json!({
        "call": id, "summary": "Delete group \"Night shift\"", "effect": "destructive",
        "requests": [{
            "request": "DELETE /api/v1/groups/00g1", "operation": "/api/v1/groups/{groupId}",
        }],
        "decision": "confirm", "policy": "v1", "rule": "no-groups",
        "confirmed": "desktop", "approval": "apr-1",
    });
    let sent = trail.record(row("intent", intent), true).unwrap().call_id();
    let outcome = json!({
        "call": id, "outcome": "success", "okta_request_ids": ["req-read", "req-1"],
        "okta": [
            { "operation": "GET /api/v1/groups/{groupId}", "status": 200, "count": 1, "ms": 3 },
            { "operation": "DELETE /api/v1/groups/{groupId}", "status": 204, "count": 1, "ms": 5 },
        ],
        "ms": 12, "rows": 1, "bytes": 30,
    });
    trail.record(row("outcome", outcome), true).unwrap();
    (id, sent)
}

fn refused(trail: &Trail, outcome: &str) -> String {
    let id =
        call(trail, "create_user", "write", &json!({ "profile": { "login": "=1+1" } })).call_id();
    let members = json!({
        "call": id, "outcome": outcome, "okta_request_ids": [], "ms": 1, "message": "it was not done",
    });
    trail.record(row("outcome", members), false).unwrap();
    id
}

fn read(trail: &Trail) -> String {
    let id = call(trail, "get_user", "read", &json!({ "user_id": "Ana@acme.example" })).call_id();
    let members = json!({
        "call": id, "outcome": "success", "okta_request_ids": ["req-2"], "ms": 4,
        "okta": [{ "operation": "GET /api/v1/users/{id}", "status": 200, "count": 1, "ms": 3 }],
    });
    trail.record(row("outcome", members), false).unwrap();
    id
}

fn calls(world: &World, filter: &Filter) -> Vec<Call> {
    let items = search(world.folder(), filter).unwrap();
    let calls = items.filter_map(|item| match item.unwrap() {
        Item::Call(call) => Some(call),
        Item::Row(_) => None,
    });
    calls.collect()
}

#[test]
fn rows_come_in_the_order_of_time() {
    let mut world = World::new();
    world.settings.rotate_bytes = 4000;
    let (one, two) = (world.trail(), world.trail());
    for _ in 0..4 {
        delete(&one);
        read(&two);
        call(&one, "list_users", "read", &json!({}));
        refused(&two, "denied");
    }
    let rows: Vec<_> =
        Rows::open(world.folder(), None, None).unwrap().map(Result::unwrap).collect();
    let times: Vec<_> = rows.iter().map(|row| row.time().unwrap()).collect();
    assert!(times.is_sorted());
    let all: usize = world.segments().iter().map(|path| crate::support::rows(path).len()).sum();
    assert_eq!(rows.len(), all);
    // A part of it.
    let (since, until) = (times[10], times[20]);
    let part: Vec<_> =
        Rows::open(world.folder(), Some(since), Some(until)).unwrap().map(Result::unwrap).collect();
    assert_eq!(part, rows[10..20]);
    // The end of it, also where that is long ago.
    for days in [0, 2, 100] {
        world.wait(days);
        let now = (world.around().clock)();
        assert_eq!(tail(world.folder(), 7, now).unwrap(), rows[rows.len() - 7..]);
    }
    assert_eq!(tail(world.folder(), 1000, (world.around().clock)()).unwrap(), rows);
}

#[test]
fn what_is_no_row_is_left_out_and_counted() {
    let world = World::new();
    let trail = world.trail();
    read(&trail);
    drop(trail);
    let path = &world.segments()[0];
    let mut lines: Vec<String> =
        std::fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect();
    lines[1] = "garbage".to_owned();
    std::fs::write(path, lines.join("\n")).unwrap();
    let mut rows = Rows::open(world.folder(), None, None).unwrap();
    // Nor the last one, which has no end.
    assert_eq!(rows.by_ref().map(Result::unwrap).count(), lines.len() - 2);
    assert_eq!(rows.unreadable(), 1);
    assert_eq!(Rows::open(&world.settings.state, None, None).unwrap().count(), 0);
}

#[test]
fn the_rows_of_a_call_are_put_together() {
    let world = World::new();
    let trail = world.trail();
    let open = call(&trail, "list_users", "read", &json!({})).call_id();
    let (id, _) = delete(&trail);
    trail.record(row("tools_served", json!({ "about": { "tools": 3 } })), false).unwrap();
    let asked = call(&trail, "delete_group", "destructive", &json!({})).call_id();
    trail.record(row("asked", json!({ "call": asked })), false).unwrap();
    let found = calls(&world, &Filter::default());
    let ends: Vec<(String, usize, &str)> =
        found.iter().map(|call| (call.id(), call.rows().len(), call.outcome())).collect();
    assert_eq!(ends, [(id, 3, "success"), (asked, 2, "asked"), (open, 1, "")]);
    // Across a crash.
    let world = world.after_crash();
    read(&world.trail());
    let found = calls(&world, &Filter::default());
    assert!(found.iter().any(|call| call.outcome() == "interrupted" && call.rows().len() == 2));
}

#[test]
fn filters_narrow() {
    let world = World::new();
    let trail = world.trail();
    let (deleted, sent) = delete(&trail);
    world.wait(1);
    let denied = refused(&trail, "denied");
    let done = read(&trail);
    let start = calls(&world, &Filter::default());
    let second = start[1].rows()[0].time();
    let wanted = |change: fn(&mut Filter, String), value: &str| {
        let mut filter = Filter::default();
        change(&mut filter, value.to_owned());
        calls(&world, &filter).iter().map(Call::id).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(wanted(|f, v| f.tool = Some(v), "get_user"), done);
    assert_eq!(wanted(|f, v| f.outcome = Some(v), "denied"), denied);
    assert_eq!(wanted(|f, v| f.kind = Some(v), "intent"), deleted);
    assert_eq!(
        wanted(|f, v| f.principal = Some(v), "0oaservice"),
        format!("{deleted} {denied} {done}")
    );
    assert!(wanted(|f, v| f.principal = Some(v), "0oa").is_empty());
    assert_eq!(wanted(|f, v| f.request_id = Some(v), "req-1"), deleted);
    assert_eq!(wanted(|f, v| f.text = Some(v), "ANA@ACME"), done);
    for id in [&deleted, &sent] {
        assert_eq!(wanted(|f, v| f.call = Some(v), id), deleted);
    }
    let since = Filter { since: second, ..Filter::default() };
    assert_eq!(calls(&world, &since).iter().map(Call::id).collect::<Vec<_>>(), [denied, done]);
    let until = Filter { until: second, ..Filter::default() };
    assert_eq!(calls(&world, &until).iter().map(Call::id).collect::<Vec<_>>(), [deleted]);
}

#[test]
fn a_call_is_found_by_each_of_its_ids() {
    let world = World::new();
    let trail = world.trail();
    read(&trail);
    let (id, sent) = delete(&trail);
    let decided = json!({ "approval": "apr-1", "result": "approved" });
    trail.record(row("approval.decided", decided), true).unwrap();
    let find = |id: &str| Call::find(id, || Rows::open(world.folder(), None, None)).unwrap();
    for id in [&id, &sent] {
        let kinds: Vec<String> =
            find(id).unwrap().rows().iter().map(|row| row.kind().to_owned()).collect();
        assert_eq!(kinds, ["call", "intent", "outcome", "approval.decided"]);
    }
    assert!(find("1-0000000000000000").is_none());
    drop(trail);
    // The outcome that a later process completed.
    let crashed = world.trail();
    let lost = call(&crashed, "create_group", "write", &json!({})).call_id();
    let sent = crashed.record(row("intent", json!({ "call": lost })), true).unwrap().call_id();
    let world = world.after_crash();
    read(&world.trail());
    let found = Call::find(&sent, || Rows::open(world.folder(), None, None)).unwrap().unwrap();
    assert_eq!((found.id(), found.outcome()), (lost, "unknown"));
}

fn of_each_kind() -> World {
    let world = World::new();
    let trail = world.trail();
    delete(&trail);
    read(&trail);
    for outcome in ["denied", "not_confirmed", "missing_scope", "approval_required", "conflict"] {
        refused(&trail, outcome);
    }
    call(&trail, "list_users", "read", &json!({}));
    world
}

#[test]
fn spreadsheets_get_a_line_for_each_call() {
    let world = of_each_kind();
    let mut out = Vec::new();
    let mut csv = CallsCsv::new(&mut out).unwrap();
    for call in calls(&world, &Filter::default()) {
        csv.write(&call).unwrap();
    }
    csv.finish().unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn ocsf_events_have_what_the_class_demands() {
    let world = of_each_kind();
    let events: Vec<Value> = calls(&world, &Filter::default()).iter().map(ocsf).collect();
    for event in &events {
        for member in [
            "activity_id",
            "category_uid",
            "class_uid",
            "type_uid",
            "time",
            "severity_id",
            "metadata",
            "actor",
            "api",
            "src_endpoint",
        ] {
            assert!(!event[member].is_null(), "{member} is missing: {event:#}");
        }
        assert_eq!(event["metadata"]["version"], "1.8.0");
        assert_eq!(
            event["type_uid"].as_u64(),
            event["activity_id"].as_u64().map(|id| id + 600_300)
        );
        assert!(
            event["api"]["operation"].is_string() && event["api"]["request"]["uid"].is_string()
        );
    }
    let short: Vec<_> = events
        .iter()
        .map(|event| {
            let shown = ["activity_name", "status", "disposition", "action", "severity"];
            shown.map(|name| event[name].as_str().unwrap()).join(" ")
        })
        .collect();
    insta::assert_snapshot!("dispositions", short.join("\n"));
    let version = env!("CARGO_PKG_VERSION");
    insta::assert_snapshot!("event", format!("{:#}", events[0]).replace(version, "[version]"));
}

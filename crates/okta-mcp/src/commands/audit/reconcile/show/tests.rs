//! The text, with a line of each kind.

use jiff::Timestamp;
use okta_trail::{Event, Nature, Problem, ProblemKind, Reconciled, Report, Silent};

use super::*;

fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_767_322_800 + minutes * 60).unwrap()
}

fn account(minutes: i64, tool: &str, request: &str, outcome: &str) -> Account {
    Account {
        time: minute(minutes),
        call: format!("{minutes}-00000000000000aa"),
        intent: Some(format!("{}-00000000000000bb", minutes + 1)),
        tool: tool.to_owned(),
        effect: "destructive".to_owned(),
        summary: "Delete group Night shift".to_owned(),
        requests: vec![request.to_owned()],
        outcome: outcome.to_owned(),
        request_ids: vec![format!("req-{minutes}")],
    }
}

fn event(minutes: i64, agent: &str, result: &str) -> Event {
    Event {
        id: "82a42325-f290-11ec-b1c2-078cc65ecd5e".to_owned(),
        time: minute(minutes),
        kind: "group.lifecycle.delete".to_owned(),
        result: result.to_owned(),
        by: vec!["0oa1".to_owned()],
        agent: agent.to_owned(),
        address: "203.0.113.9".to_owned(),
        targets: vec!["UserGroup Night\u{202e} shift".to_owned()],
        request_ids: vec![format!("req-{minutes}")],
        call: okta_trail::named_call(agent).map(str::to_owned),
        nature: Nature::Done,
        expected: true,
    }
}

const DELETE: &str = "DELETE /api/v1/groups/00g1";

/// Something of each kind.
fn all() -> Reconciled {
    let ours = "okta-mcp/0.1.0 (call/12-0123456789abcdef)";
    let beside = |call: Option<Account>, events: Vec<Event>| Beside { call, events };
    let unexplained = |why, event| Unexplained { why, event };
    let settled = |minutes, verdict, events| {
        let call = account(minutes, "delete_group", DELETE, "unknown");
        Settled { verdict, call, events }
    };
    Reconciled {
        writes: 12,
        witnessed: 7,
        events: 13,
        explained: 7,
        aside: 2,
        missing: vec![account(1, "delete_group", DELETE, "success")],
        contradicted: vec![beside(
            Some(account(2, "delete_group", DELETE, "denied")),
            vec![event(2, ours, "SUCCESS"), event(2, ours, "SUCCESS")],
        )],
        unexplained: vec![
            unexplained(Why::Foreign, event(3, "curl/8\u{1b}[2J", "SUCCESS")),
            unexplained(Why::RowGone { recorded: None }, event(4, ours, "FAILURE: no role")),
            unexplained(
                Why::RowGone { recorded: Some("11-00000000000000cc".to_owned()) },
                event(5, ours, "SUCCESS"),
            ),
            unexplained(Why::Borrowed, event(6, ours, "SUCCESS")),
        ],
        late: vec![account(50, "create_group", "POST /api/v1/groups", "success")],
        silent: vec![Silent {
            why: "Okta logs it only where it changes something",
            call: account(7, "add_user_to_group", "PUT /api/v1/groups/00g1/users/00u1", "success"),
        }],
        settled: vec![
            settled(8, Verdict::Done, vec![event(8, ours, "SUCCESS")]),
            settled(9, Verdict::Refused, vec![event(9, ours, "FAILURE")]),
            settled(10, Verdict::Nothing, Vec::new()),
            settled(11, Verdict::Silent, Vec::new()),
            settled(51, Verdict::Late, Vec::new()),
        ],
        refused: vec![
            beside(Some(account(12, "delete_group", DELETE, "denied")), Vec::new()),
            beside(
                Some(account(13, "delete_group", DELETE, "missing_admin_role")),
                vec![event(13, ours, "FAILURE: no role")],
            ),
            beside(None, vec![event(14, "okta-mcp/0.1.0", "FAILURE: invalid_client")]),
        ],
        elsewhere: 2,
        unreadable: 1,
    }
}

fn told(found: Reconciled, problems: Vec<Problem>) -> Told {
    Told {
        window: Window { since: minute(0), until: minute(60) },
        org: "acme.okta.com".to_owned(),
        principal: "0oa1".to_owned(),
        actor: "0oa1".to_owned(),
        verified: Report { problems, ..Report::default() },
        found,
    }
}

fn problem() -> Problem {
    Problem {
        segment: "20260102T030000.000000Z-00000000".to_owned(),
        row: 3,
        kind: ProblemKind::Removed,
        sentence: "it is missing".to_owned(),
    }
}

#[test]
fn people_read_it() {
    let told = told(all(), vec![problem()]);
    let shown = format!("{}\n\n{}", told.text(), told.differences());
    let shown = anstream::adapter::strip_str(&shown).to_string();
    insta::assert_snapshot!("all", shown);
    assert!(!shown.contains(['\u{202e}', '\u{1b}']));
}

#[test]
fn what_matches_is_short() {
    let found =
        Reconciled { writes: 2, witnessed: 2, events: 3, explained: 3, ..Reconciled::default() };
    insta::assert_snapshot!("matching", told(found, Vec::new()).text());
}

#[test]
fn one_difference_of_each_kind_fails() {
    let pass = told(Reconciled::default(), Vec::new());
    assert_eq!(pass.json().unwrap()["matches"], true);
    let Reconciled { missing, contradicted, mut unexplained, .. } = all();
    unexplained.truncate(1);
    for (found, problems) in [
        (Reconciled { missing, ..Reconciled::default() }, vec![]),
        (Reconciled { contradicted, ..Reconciled::default() }, vec![]),
        (Reconciled { unexplained, ..Reconciled::default() }, vec![]),
        (Reconciled::default(), vec![problem()]),
    ] {
        let told = told(found, problems);
        assert_eq!(told.json().unwrap()["matches"], false);
        assert!(told.differences().contains(": 1 "), "{}", told.differences());
    }
    let others = Reconciled { missing: vec![], contradicted: vec![], unexplained: vec![], ..all() };
    assert_eq!(told(others, Vec::new()).json().unwrap()["matches"], true);
}

#[test]
fn programs_read_it() {
    let json = told(all(), vec![problem()]).json().unwrap();
    insta::assert_snapshot!("json", format!("{json:#}"));
}

//! `policy replay`: recorded calls under another policy.

use okta_policy::{Decision, Effect, Level, Operation, Policy, Recorded, Replay, Verdict};
use serde_json::json;

use crate::support::policy;

fn call(number: u32, minute: u32, group: &str) -> Recorded {
    let path = format!("/api/v1/groups/{group}");
    Recorded {
        id: format!("{number}-00"),
        at: format!("2026-11-21T09:{minute:02}:00Z").parse().unwrap(),
        tool: "update_group".to_owned(),
        toolset: "groups".to_owned(),
        effect: Effect::Write,
        prepared: true,
        operations: vec![Operation::sent("PUT", "/api/v1/groups/{groupId}", &path)],
        args: json!({ "group_id": group }),
        redacted: false,
        principal: "0oa1app".to_owned(),
        client: "claude".to_owned(),
        profile: "default".to_owned(),
        org: "acme.okta.com".to_owned(),
        decision: Some(Decision::Allow),
        raised: false,
        sent: true,
    }
}

fn verdict(policy: &Policy, call: &Recorded) -> Verdict {
    Replay::new(policy, Level::Client).judge(call).verdict
}

#[test]
fn calls_go_the_same_way_or_otherwise() {
    let call = call(1, 0, "00g1");
    assert_eq!(verdict(&Policy::default(), &call), Verdict::Same);
    let id = policy("[[rules]]\noperations = ['PUT /api/v1/groups/00g1']\ndecision = 'deny'");
    assert_eq!(verdict(&id, &call), Verdict::Otherwise);
    let raised = Recorded { raised: true, decision: Some(Decision::Confirm), ..call.clone() };
    assert_eq!(verdict(&Policy::default(), &raised), Verdict::Same);
    assert_eq!(verdict(&id, &raised), Verdict::Otherwise);
    let args = policy("[[rules]]\nwhen = 'args.group_id == \"00g1\"'\ndecision = 'confirm'");
    assert_eq!(verdict(&args, &call), Verdict::Otherwise);
}

#[test]
fn what_the_trail_does_not_hold_is_said() {
    let target = policy("[[rules]]\nname='eng'\nwhen = 'target.id == \"x\"'\ndecision = 'deny'");
    let one = call(1, 0, "00g1");
    let Verdict::Unknown(why) = verdict(&target, &one) else { panic!() };
    assert_eq!(why, "eng cannot be asked: the target is not known");
    let args = policy("[[rules]]\nname='a'\nwhen = 'args.password == \"x\"'\ndecision = 'deny'");
    let redacted = Recorded { redacted: true, ..one.clone() };
    let Verdict::Unknown(why) = verdict(&args, &redacted) else { panic!() };
    assert_eq!(why, "a looks at arguments, of which the trail does not hold all");
    // Of a rule about other calls nothing hangs on it.
    let other = policy("[[rules]]\ntools=['x']\nwhen = 'args.password == \"x\"'\ndecision='deny'");
    assert_eq!(verdict(&other, &redacted), Verdict::Same);
    let declared = Recorded { prepared: false, decision: Some(Decision::Deny), ..one.clone() };
    let Verdict::Unknown(why) = verdict(&Policy::default(), &declared) else { panic!() };
    assert_eq!(why, "the trail does not say what it would have sent");
    let read_only = Policy::default().with_read_only(true);
    assert_eq!(verdict(&read_only, &declared), Verdict::Same);
    let destructive = Recorded { effect: Effect::Destructive, ..declared };
    assert_eq!(verdict(&Policy::default(), &destructive), Verdict::Otherwise);
    let undecided = Recorded { decision: None, ..one };
    assert!(matches!(verdict(&Policy::default(), &undecided), Verdict::Unknown(_)));
}

#[test]
fn limits_count_what_was_sent_within_their_span() {
    let limited =
        policy("[[limits]]\nname = 'groups'\ntoolsets = ['groups']\nat_most = 2\nwithin = '10m'");
    let mut replay = Replay::new(&limited, Level::Client);
    let mut judge = |call: Recorded| replay.judge(&call).verdict;
    assert_eq!(judge(call(1, 0, "00g1")), Verdict::Same);
    assert_eq!(judge(call(2, 1, "00g2")), Verdict::Same);
    // The same object again is none more.
    assert_eq!(judge(call(3, 2, "00g1")), Verdict::Same);
    assert_eq!(judge(Recorded { sent: false, ..call(4, 3, "00g3") }), Verdict::Otherwise);
    assert_eq!(judge(call(5, 4, "00g2")), Verdict::Same);
    assert_eq!(judge(call(6, 5, "00g4")), Verdict::Otherwise);
    // 00g1 was last changed at minute 2, 00g2 at 4, 00g4 at 5.
    assert_eq!(judge(call(7, 14, "00g1")), Verdict::Same);
    assert_eq!(judge(call(8, 30, "00g5")), Verdict::Same);
}

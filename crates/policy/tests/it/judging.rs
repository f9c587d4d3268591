//! What decides.

use okta_policy::{Decision, Effect, Level, Matched, Policy, Stage};

use crate::support::{Call, policy, when};

#[test]
fn without_rules_what_is_grave_is_confirmed_at_the_best_level() {
    let none = Policy::default();
    for (effect, decision, level) in [
        (Effect::Read, Decision::Allow, None),
        (Effect::Write, Decision::Allow, None),
        (Effect::Sensitive, Decision::Confirm, Some(Level::Desktop)),
        (Effect::Destructive, Decision::Confirm, Some(Level::Desktop)),
    ] {
        let mut call = Call::update_group().best(Level::Desktop);
        call.effect = effect;
        let ruling = call.under(&none);
        assert_eq!((ruling.decision, ruling.level, ruling.rule), (decision, level, None));
    }
    assert!(none.protect().super_admins);
}

#[test]
fn deny_beats_confirm_beats_allow_and_the_first_of_the_strongest_is_named() {
    let text = "
        [[rules]]
        name = 'free'
        decision = 'allow'
        [[rules]]
        name = 'ask'
        tools = ['delete_*']
        decision = 'confirm'
        level = 'person'
        [[rules]]
        tools = ['delete_*']
        decision = 'deny'
        [[rules]]
        name = 'never'
        effects = ['destructive']
        decision = 'deny'";
    let policy = policy(text);
    let ruling = Call::delete_group().under(&policy);
    assert_eq!((ruling.decision, ruling.rule.as_deref()), (Decision::Deny, Some("rule 3")));
    insta::assert_snapshot!(ruling);
    let ruling = Call::update_group().under(&policy);
    assert_eq!((ruling.decision, ruling.rule.as_deref()), (Decision::Allow, Some("free")));
}

#[test]
fn who_may_approve_is_what_every_rule_that_matches_demands() {
    let text = "
        [[rules]]
        name = 'four eyes'
        effects = ['destructive']
        decision = 'confirm'
        level = 'person'
        another_person = true
        [[rules]]
        name = 'security'
        tools = ['*_group']
        decision = 'confirm'
        level = 'person'
        approvers = ['*@security.example', 'ana@acme.example']
        [[rules]]
        name = 'others'
        tools = ['*_user']
        decision = 'confirm'
        level = 'person'
        approvers = ['bo@acme.example']";
    let rules = policy(text);
    let ruling = Call::delete_group().under(&rules);
    assert_eq!(ruling.level, Some(Level::Person));
    assert!(ruling.approvers.another_person);
    assert_eq!(ruling.approvers.of, [["*@security.example", "ana@acme.example"]]);
    insta::assert_snapshot!(ruling);
    let ruling = Call::update_group().under(&rules);
    assert!(!ruling.approvers.another_person, "that rule does not match");
    assert!(Call::list_users().under(&rules).approvers.is_anybody());

    let denied = format!("{text}\n[[rules]]\ndecision = 'deny'");
    let ruling = Call::delete_group().under(&policy(&denied));
    assert!(ruling.approvers.is_anybody(), "nobody can approve what is denied");
}

#[test]
fn of_confirmations_the_highest_level_is_demanded() {
    let text = "
        [[rules]]
        name = 'best'
        decision = 'confirm'
        [[rules]]
        name = 'desktop'
        decision = 'confirm'
        level = 'desktop'
        [[rules]]
        name = 'client'
        decision = 'confirm'
        level = 'client'";
    let policy = policy(text);
    for (best, level, rule) in [
        (Level::Client, Level::Desktop, "desktop"),
        (Level::Desktop, Level::Desktop, "best"),
        (Level::Person, Level::Person, "best"),
    ] {
        let ruling = Call::update_group().best(best).under(&policy);
        assert_eq!((ruling.decision, ruling.level), (Decision::Confirm, Some(level)));
        assert_eq!(ruling.rule.as_deref(), Some(rule));
    }
}

#[test]
fn a_rule_can_let_through_what_is_destructive() {
    let policy = policy("[[rules]]\ntools = ['delete_group']\ndecision = 'allow'");
    let ruling = Call::delete_group().under(&policy);
    assert_eq!((ruling.decision, ruling.level), (Decision::Allow, None));
    assert_eq!(ruling.rule.as_deref(), Some("rule 1"));
}

#[test]
fn read_only_denies_everything_but_reads_whatever_the_rules_say() {
    let policy = policy("read_only = true\n[[rules]]\nname = 'free'\ndecision = 'allow'");
    for call in [Call::update_group(), Call::delete_group()] {
        let ruling = call.under(&policy);
        assert_eq!((ruling.decision, ruling.rule.as_deref()), (Decision::Deny, Some("read_only")));
    }
    assert_eq!(Call::list_users().under(&policy).rule.as_deref(), Some("free"));
    assert_eq!(Call::update_group().decision(&policy.with_read_only(false)), Decision::Allow);
    let read_only = Policy::default().with_read_only(true);
    assert_eq!(Call::update_group().decision(&read_only), Decision::Deny);
    assert_ne!(read_only.version(), Policy::default().version());
}

#[test]
fn what_hangs_on_the_target_waits_until_it_is_read() {
    let policy = when("target.profile.name.startsWith('eng-')", "deny");
    let call = Call::update_group();
    let early = policy.judge(Stage::BeforeReading, &call.facts());
    assert_eq!((early.decision, early.considered[0].matched), (Decision::Allow, Matched::LeftOut));
    assert_eq!(early.open().len(), 1);
    insta::assert_snapshot!(early);
    let ruling = call.under(&policy);
    assert_eq!((ruling.decision, ruling.open().len()), (Decision::Deny, 0));
    insta::assert_snapshot!(ruling);
    // What reads has no target that is known before.
    let ruling = Call::list_users().under(&policy);
    assert_eq!(ruling.decision, Decision::Allow);
    insta::assert_snapshot!(ruling);
}

#[test]
fn what_is_left_out_is_open_only_where_it_could_turn_the_ruling() {
    let text = |decision: &str| {
        format!("[[rules]]\nwhen = \"target.id == 'x'\"\ndecision = '{decision}'\n")
    };
    let open = |text: &str, call: Call| {
        policy(text).judge(Stage::BeforeReading, &call.facts()).open().len()
    };
    assert_eq!(open(&text("allow"), Call::update_group()), 0);
    // Where nothing matches, an allowing rule replaces the default.
    assert_eq!(open(&text("allow"), Call::delete_group()), 1);
    assert_eq!(open(&text("confirm"), Call::update_group()), 1);
    let denied = format!("{}[[rules]]\ndecision = 'deny'", text("confirm"));
    assert_eq!(open(&denied, Call::update_group()), 0);
}

#[test]
fn the_version_names_what_is_said_and_not_how() {
    let one = policy("# A comment\n[[rules]]\ntools = [ 'delete_*' ]\ndecision = 'deny'");
    let same = policy("rules = [{ decision = \"deny\", tools = [\"delete_*\"] }]");
    let other = policy("[[rules]]\ntools = ['delete_?']\ndecision = 'deny'");
    assert_eq!(one.version(), same.version());
    assert_ne!(one.version(), other.version());
    let hex = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(hex(one.version()), "{}", one.version());
}

#[test]
fn what_a_reader_may_overlook_is_remarked() {
    let remarks = policy(
        "
        [[rules]]
        decision = 'allow'
        [[rules]]
        name = 'groups'
        toolsets = ['groups']
        decision = 'allow'
        [[rules]]
        effects = ['destructive']
        decision = 'allow'
        [[rules]]
        effects = ['write']
        decision = 'allow'
        [[rules]]
        decision = 'confirm'",
    )
    .remarks();
    insta::assert_snapshot!(remarks.join("\n"));
}

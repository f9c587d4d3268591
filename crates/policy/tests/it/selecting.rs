//! Which calls a rule is about.

use okta_policy::{Decision, Known, Operation};

use crate::support::{Call, policy};

fn denies(selectors: &str, call: &Call) -> bool {
    let policy = policy(&format!("[[rules]]\n{selectors}\ndecision = 'deny'"));
    call.decision(&policy) == Decision::Deny
}

#[test]
fn every_selector_that_is_given_must_match() {
    let call = Call::delete_group();
    for (selectors, matches) in [
        ("", true),
        ("effects = ['destructive']", true),
        ("effects = ['read', 'write']", false),
        ("toolsets = ['groups']", true),
        ("toolsets = ['user*', 'gr*']", true),
        ("toolsets = ['users']", false),
        ("tools = ['delete_*']", true),
        ("tools = ['delete_{user,group}']", true),
        ("tools = ['Delete_Group']", false),
        ("tools = ['delete']", false),
        ("tools = ['delete_*']\neffects = ['destructive']\ntoolsets = ['groups']", true),
        ("tools = ['delete_*']\neffects = ['write']", false),
        ("tools = ['delete_*']\nwhen = 'args.group_id == \"00g1group\"'", true),
        ("tools = ['delete_*']\nwhen = 'args.group_id == \"00g2\"'", false),
    ] {
        assert_eq!(denies(selectors, &call), matches, "{selectors}");
    }
}

#[test]
fn operations_are_compared_as_templates_and_with_their_values() {
    let call = Call::delete_group();
    for (pattern, matches) in [
        ("DELETE /api/v1/groups/*", true),
        ("DELETE /api/v1/groups/{groupId}", true),
        // The same placeholder, as another page of the reference names it.
        ("DELETE /api/v1/groups/{id}", true),
        ("DELETE /api/v1/groups/00g1group", true),
        ("DELETE /api/v1/groups/00g2*", false),
        ("* /api/v1/groups/**", true),
        ("{PUT,DELETE} /api/v1/{groups,users}/*", true),
        ("PUT /api/v1/groups/*", false),
        ("DELETE **", true),
        // One star stays within a part of the path.
        ("DELETE /api/*", false),
        ("DELETE /api/v1/groups", false),
    ] {
        assert_eq!(denies(&format!("operations = ['{pattern}']"), &call), matches, "{pattern}");
    }
    let mut call = call;
    call.operations.clear();
    assert!(!denies("operations = ['DELETE **']", &call));
}

#[test]
fn one_operation_suffices_to_deny_and_all_must_match_to_allow() {
    let mut call = Call::delete_group();
    call.operations.push(Operation::declared("DELETE", "/api/v1/users/{userId}"));
    let with = |decision: &str| {
        let rule = "[[rules]]\noperations = ['DELETE /api/v1/groups/*']";
        call.decision(&policy(&format!("{rule}\ndecision = '{decision}'")))
    };
    assert_eq!(with("deny"), Decision::Deny);
    // The default holds.
    assert_eq!(with("allow"), Decision::Confirm);
}

#[test]
fn a_name_that_stands_for_nothing_is_found() {
    let policy = policy(
        "
        [[rules]]
        name = 'slips'
        toolsets = ['group']
        tools = ['delete_grup', 'delete_group', 'purge_*']
        operations = [
            'DELETE /api/v1/group/*',
            'DELETE /api/v1/groups/00g1',
            'DELETE /api/v1/groups/00g1/users/**',
            'DELETE /api/v1/groups/*/users/00u1',
            'DELETE /api/v1/group/00g1',
            '* /api/v1/**',
        ]
        decision = 'deny'
        [[limits]]
        name = 'odd'
        tools = ['xyz']
        at_most = 1
        within = '1h'",
    );
    let text = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    let known = Known {
        tools: text(&["delete_group", "list_users"]),
        toolsets: text(&["groups", "users"]),
        operations: text(&[
            "DELETE /api/v1/groups/{groupId}",
            "DELETE /api/v1/groups/{groupId}/users/{userId}",
        ]),
    };
    let found: Vec<String> = policy
        .unmatched(&known)
        .iter()
        .map(|found| format!("{found} (exact: {}) {:?}", found.exact, found.path))
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

//! The last super admin, where super admins are not protected altogether.

use okta_catalog::Plan;
use okta_client::{
    ErrorKind,
    Method::{Delete, Post, Put},
    Request,
};
use okta_gate::protect::{Own, Protection, judge};
use serde_json::{Value, json};

use crate::protect_org::{Org, help_desk, nothing, refused, request, super_admin, unknown};

const ASSIGNEES: &str = "/api/v1/iam/assignees/users";

fn holders(ids: &[&str]) -> Value {
    let value: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    json!({ "value": value, "_links": {} })
}

fn followed(ids: &[&str], after: &str) -> Value {
    let mut page = holders(ids);
    let href = format!("https://acme.okta.com{ASSIGNEES}?after={after}&limit=100");
    page["_links"] = json!({ "next": { "href": href } });
    page
}

/// One super admin, and administrators who are none.
fn org() -> Org {
    Org::new()
        .user("00uroot", "root@acme.example", json!([super_admin(None)]))
        .user("00uhelp", "help@acme.example", json!([help_desk(None)]))
        .user("00uana", "ana@acme.example", json!([]))
        .group("00gadmins", "Admins", json!([super_admin(None)]))
        .group("00gstaff", "Staff", json!([]))
        .rule("0pradmins", &["00gadmins"])
        .object(ASSIGNEES, holders(&["00uhelp", "00uroot"]))
}

/// A second one, through a group.
fn with_lena(org: Org) -> Org {
    org.user("00ulena", "lena@acme.example", json!([super_admin(Some("00gadmins"))]))
        .object(ASSIGNEES, holders(&["00uhelp", "00uroot", "00ulena"]))
        .object("/api/v1/groups/00gadmins/users", json!([{ "id": "00ulena" }]))
}

fn takes(id: &str) -> Vec<Request> {
    vec![
        request(Post, "/api/v1/users/{id}/lifecycle/deactivate", &[id]),
        request(Post, "/api/v1/users/{id}/lifecycle/suspend", &[id]),
        request(Delete, "/api/v1/users/{id}", &[id]),
        request(Delete, "/api/v1/users/{userId}/roles/{roleAssignmentId}", &[id, "ra1"]),
    ]
}

async fn judged(org: &Org, request: Request) -> Protection {
    org.judge(request, &nothing(), &Own::default()).await
}

#[tokio::test]
async fn nothing_is_taken_from_the_last_one() {
    for named in ["00uroot", "ROOT@acme.example", "root"] {
        for request in takes(named) {
            let judged = judged(&org(), request).await;
            let message = refused(&judged);
            assert_eq!(
                message,
                "user root@acme.example is protected: no other active super admin was found"
            );
        }
    }
}

#[tokio::test]
async fn what_takes_nothing_away_goes_on() {
    let org = org();
    for request in [
        request(Post, "/api/v1/users/{id}", &["00uroot"]).body(json!({ "profile": {} })),
        request(Post, "/api/v1/users/{id}/lifecycle/unlock", &["00uroot"]),
        request(Put, "/api/v1/groups/{groupId}/users/{userId}", &["00gadmins", "00uana"]),
    ] {
        assert_eq!(judged(&org, request).await, Protection::Free);
    }
    assert_eq!(org.asked(), [""; 0]);
    for request in takes("00uana").into_iter().chain(takes("00uhelp")) {
        assert_eq!(judged(&org, request).await, Protection::Free);
    }
}

#[tokio::test]
async fn another_active_one_suffices_and_ends_the_search() {
    let other = with_lena(org())
        .user("00uzoe", "zoe@acme.example", json!([super_admin(None)]))
        .object(ASSIGNEES, holders(&["00ulena", "00uzoe"]));
    for request in takes("00uroot") {
        assert_eq!(judged(&other, request).await, Protection::Free);
    }
    assert!(!other.asked().iter().any(|path| path.contains("00uzoe")), "{:?}", other.asked());
    for status in ["SUSPENDED", "DEPROVISIONED", "LOCKED_OUT", "STAGED"] {
        let idle = with_lena(org()).status("00ulena", status);
        for request in takes("00uroot") {
            refused(&judged(&idle, request).await);
        }
    }
    let mut inactive = super_admin(None);
    inactive["status"] = json!("INACTIVE");
    let idle = org().user("00uhelp", "help@acme.example", json!([inactive]));
    refused(&judged(&idle, takes("00uroot").remove(0)).await);
}

#[tokio::test]
async fn nobody_leaves_the_group_that_makes_the_last_one() {
    let leave =
        || request(Delete, "/api/v1/groups/{groupId}/users/{userId}", &["00gadmins", "00ulena"]);
    let org = || {
        with_lena(org())
            .user("00uroot", "root@acme.example", json!([]))
            .object(ASSIGNEES, holders(&["00uhelp", "00ulena"]))
    };
    refused(&judged(&org(), leave()).await);
    // Another member stays, though Okta's list of administrators does not name them.
    let with_member = org()
        .user("00uzoe", "zoe@acme.example", json!([super_admin(Some("00gadmins"))]))
        .object("/api/v1/groups/00gadmins/users", json!([{ "id": "00ulena" }, { "id": "00uzoe" }]));
    assert_eq!(judged(&with_member, leave()).await, Protection::Free);
    // The role was given to the person, too: leaving the group takes nothing away.
    let both = org().user(
        "00ulena",
        "lena@acme.example",
        json!([super_admin(Some("00gadmins")), super_admin(None)]),
    );
    assert_eq!(judged(&both, leave()).await, Protection::Free);
    let ordinary =
        request(Delete, "/api/v1/groups/{groupId}/users/{userId}", &["00gstaff", "00ulena"]);
    assert_eq!(judged(&org(), ordinary).await, Protection::Free);
}

#[tokio::test]
async fn the_group_that_makes_the_last_one_keeps_doing_so() {
    let ends = || {
        vec![
            request(Delete, "/api/v1/groups/{groupId}", &["00gadmins"]),
            request(
                Delete,
                "/api/v1/groups/{groupId}/roles/{roleAssignmentId}",
                &["00gadmins", "ra1"],
            ),
            request(Delete, "/api/v1/groups/rules/{groupRuleId}", &["0pradmins"]),
            request(Put, "/api/v1/groups/rules/{groupRuleId}", &["0pradmins"]),
            request(
                Post,
                "/api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate",
                &["0pradmins"],
            ),
        ]
    };
    for request in ends() {
        assert_eq!(judged(&with_lena(org()), request).await, Protection::Free);
    }
    let alone = || with_lena(org()).user("00uroot", "root@acme.example", json!([]));
    for request in ends() {
        let judged = judged(&alone(), request).await;
        assert!(refused(&judged).contains("group \"Admins\" is protected"), "{judged:?}");
    }
    // Okta does not say through which group: nothing to rely on.
    let mut role = super_admin(Some("00gadmins"));
    role["_links"] = json!({});
    let unclear = alone().user("00ulena", "lena@acme.example", json!([role]));
    for request in ends() {
        unknown(&judged(&unclear, request).await);
    }
}

#[tokio::test]
async fn one_plan_does_not_take_all_of_them() {
    let org = with_lena(org());
    let mut plan = Plan::new("Deactivate both", takes("00uroot").remove(0));
    assert_eq!(judge(&plan, &org, &nothing(), &Own::default()).await, Protection::Free);
    plan.requests.push(takes("lena@acme.example").remove(0));
    refused(&judge(&plan, &org, &nothing(), &Own::default()).await);
}

#[tokio::test]
async fn every_page_is_looked_at() {
    let org = org()
        .user("00uzoe", "zoe@acme.example", json!([super_admin(None)]))
        .object(ASSIGNEES, followed(&["00uhelp", "00uroot"], "two"))
        .page(ASSIGNEES, "two", followed(&["00uhelp"], "three"))
        .page(ASSIGNEES, "three", holders(&["00uzoe"]));
    assert_eq!(judged(&org, takes("00uroot").remove(0)).await, Protection::Free);
    let pages: Vec<String> =
        org.asked().into_iter().filter(|path| path.starts_with(ASSIGNEES)).collect();
    assert_eq!(
        pages,
        [
            format!("{ASSIGNEES}?limit=100"),
            format!("{ASSIGNEES}?after=two&limit=100"),
            format!("{ASSIGNEES}?after=three&limit=100"),
        ]
    );
}

#[tokio::test]
async fn a_list_that_does_not_end_well_leaves_it_unknown() {
    let circle = org().object(ASSIGNEES, followed(&["00uhelp"], "two")).page(
        ASSIGNEES,
        "two",
        followed(&["00uroot"], "two"),
    );
    let no_page = org().object(
        ASSIGNEES,
        json!({ "value": [], "_links": { "next": { "href": "https://acme.okta.com/x?limit=1" } } }),
    );
    let no_link = org()
        .object(ASSIGNEES, json!({ "value": [], "_links": { "next": { "href": "no address" } } }));
    let broken = org().object(ASSIGNEES, followed(&["00uhelp"], "gone"));
    let blinds = [
        circle,
        no_page,
        no_link,
        broken,
        org().blind(ASSIGNEES, ErrorKind::MissingRole),
        org().object(ASSIGNEES, json!("strange")),
        org().blind("/api/v1/users/00uhelp/roles", ErrorKind::Network),
        with_lena(org()).object("/api/v1/users/00ulena", Value::Null),
    ];
    for org in blinds {
        let judged = judged(&org, takes("00uroot").remove(0)).await;
        let sentences = unknown(&judged);
        assert!(
            sentences[0].starts_with(
                "Whether a super admin would remain without user root@acme.example is unknown: "
            ),
            "{sentences:?}"
        );
    }
}

#[tokio::test]
async fn the_search_is_given_up_where_there_are_too_many() {
    let ids: Vec<String> = (0..1001).map(|number| format!("00u{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    for (many, is_unknown) in [(&ids[..], true), (&ids[..1000], false)] {
        let org = org().object(ASSIGNEES, holders(many)).populous();
        let judged = judged(&org, takes("00uroot").remove(0)).await;
        assert_eq!(matches!(judged, Protection::Unknown(_)), is_unknown, "{judged:?}");
        assert_eq!(matches!(judged, Protection::Refused { .. }), !is_unknown, "{judged:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_of_the_one_who_loses_is_unknown() {
    for org in [
        org().scopes(&["okta.users.manage"]),
        org().blind("/roles", ErrorKind::MissingRole),
        // By the login alone the same person could be found again, and be taken for another.
        with_lena(org()).blind("/api/v1/users/00uroot", ErrorKind::Network),
    ] {
        let judged = judged(&org, takes("00uroot").remove(0)).await;
        assert_eq!(unknown(&judged).len(), 1, "{judged:?}");
    }
}

#[tokio::test]
async fn who_is_no_super_admin_takes_nothing_along() {
    // Nobody else is one either, as far as Okta tells.
    let org = org().user("00uroot", "root@acme.example", json!([])).user(
        "00ulena",
        "lena@acme.example",
        json!([super_admin(Some("00gadmins"))]),
    );
    let leave =
        |group, user| request(Delete, "/api/v1/groups/{groupId}/users/{userId}", &[group, user]);
    for leave in [leave("00gadmins", "00uana"), leave("00gstaff", "00ulena")] {
        assert_eq!(judged(&org, leave).await, Protection::Free);
    }
    assert!(!org.asked().iter().any(|path| path.contains("assignees")), "{:?}", org.asked());
}

#[tokio::test]
async fn a_role_of_unclear_source_counts_unless_its_holder_leaves_a_group() {
    let mut role = super_admin(Some("00gadmins"));
    role["_links"] = json!({});
    let org = || {
        with_lena(org())
            .user("00uroot", "root@acme.example", json!([]))
            .user("00uzoe", "zoe@acme.example", json!([role.clone()]))
            .object(ASSIGNEES, holders(&["00ulena", "00uzoe"]))
    };
    let leave =
        |user| request(Delete, "/api/v1/groups/{groupId}/users/{userId}", &["00gadmins", user]);
    // Zoe remains what she is, by whichever way.
    assert_eq!(judged(&org(), leave("00ulena")).await, Protection::Free);
    // Of herself that cannot be said.
    let alone = org()
        .object(ASSIGNEES, holders(&["00uzoe"]))
        .object("/api/v1/groups/00gadmins/users", json!([{ "id": "00uzoe" }]));
    let judged = judged(&alone, leave("00uzoe")).await;
    assert!(
        unknown(&judged)[0].ends_with("Okta does not say which group gives a role."),
        "{judged:?}"
    );
}

/// A group of that id is none of theirs.
#[tokio::test]
async fn somebody_who_cannot_be_read_is_not_looked_up_by_another_way() {
    let org = org().populous().blind("/api/v1/users/00uroot", ErrorKind::Network);
    for request in takes("00uroot") {
        let judged = judged(&org, request).await;
        assert_eq!(
            unknown(&judged),
            ["Whether a super admin would remain without user 00uroot is unknown: Okta said no."]
        );
    }
    assert!(!org.asked().iter().any(|path| path.contains("/groups/")), "{:?}", org.asked());
}

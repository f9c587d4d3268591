//! Protected objects: each kind, by each way, and what cannot be read.

use okta_catalog::Plan;
use okta_client::{
    ErrorKind,
    Method::{self, Delete, Patch, Post, Put},
    Request,
};
use okta_gate::protect::{Own, Protect, Protection, judge};
use serde_json::{Value, json};

use crate::protect_org::{Org, help_desk, nothing, only, refused, request, super_admin, unknown};

const USER: &str = "/api/v1/users/{id}";
const DEACTIVATE: &str = "/api/v1/users/{id}/lifecycle/deactivate";
const GROUP: &str = "/api/v1/groups/{groupId}";
const MEMBER: &str = "/api/v1/groups/{groupId}/users/{userId}";
const RULE: &str = "/api/v1/groups/rules/{groupRuleId}";
const APP: &str = "/api/v1/apps/{appId}";
const APP_USERS: &str = "/api/v1/apps/{appId}/users";

/// Ana is ordinary, Root is super admin, Lena is through the group Admins.
fn org() -> Org {
    Org::new()
        .user("00uana", "Ana.Silva@acme.example", json!([]))
        .user("00uroot", "root@acme.example", json!([super_admin(None)]))
        .user("00ulena", "lena@acme.example", json!([super_admin(Some("00gadmins"))]))
        .group("00gstaff", "Staff", json!([]))
        .group("00gadmins", "Admins", json!([super_admin(None)]))
        .app("0oasales", "Salesforce")
        .app("0oaself", "Okta MCP")
        .rule("0prstaff", &["00gstaff"])
        .rule("0pradmins", &["00gstaff", "00gadmins"])
}

fn app_own() -> Own {
    Own { client_id: Some("0oaself".to_owned()), admin: false }
}

fn admin_own() -> Own {
    Own { client_id: None, admin: true }
}

fn rule_body(groups: &[&str]) -> Value {
    json!({ "type": "group_rule", "name": "r",
            "actions": { "assignUserToGroups": { "groupIds": groups } } })
}

/// Every way to a user.
fn ways_to_user(named: &str) -> Vec<Request> {
    vec![
        request(Post, USER, &[named]).body(json!({ "profile": { "title": "x" } })),
        request(Put, USER, &[named]),
        request(Delete, USER, &[named]),
        request(Post, DEACTIVATE, &[named]),
        request(Post, "/api/v1/users/{id}/lifecycle/reset_factors", &[named]),
        request(Delete, "/api/v1/users/{userId}/factors/{factorId}", &[named, "f1"]),
        request(Post, "/api/v1/users/{userId}/credentials/change_password", &[named]),
        request(Delete, "/api/v1/users/{userId}/sessions", &[named]),
        request(Post, "/api/v1/users/{userId}/roles", &[named])
            .body(json!({ "type": "APP_ADMIN" })),
        request(Put, MEMBER, &["00gstaff", named]),
        request(Delete, MEMBER, &["00gstaff", named]),
        request(Post, APP_USERS, &["0oasales"]).body(json!({ "id": named })),
        request(Post, "/api/v1/apps/{appId}/users/{userId}", &["0oasales", named]),
        request(Delete, "/api/v1/apps/{appId}/users/{userId}", &["0oasales", named]),
        request(Post, "/api/v1/idps/{idpId}/users/{userId}", &["0oi1", named]),
        request(
            Put,
            "/api/v1/users/{userIdOrLogin}/linkedObjects/{name}/{primaryUserId}",
            &["00uana", "manager", named],
        ),
    ]
}

/// Every way to a group.
fn ways_to_group(id: &str) -> Vec<Request> {
    let provisioned = json!({ "policy": { "provisioning": { "groups": {
        "action": "ASSIGN", "assignments": ["00gstaff", id] } } } });
    vec![
        request(Put, GROUP, &[id]).body(json!({ "profile": { "name": "x" } })),
        request(Delete, GROUP, &[id]),
        request(Put, MEMBER, &[id, "00uana"]),
        request(Delete, MEMBER, &[id, "00uana"]),
        request(Post, "/api/v1/groups/{groupId}/roles", &[id]).body(json!({ "type": "APP_ADMIN" })),
        request(Post, "/api/v1/groups/{groupId}/owners", &[id])
            .body(json!({ "id": "00uana", "type": "USER" })),
        request(Post, "/api/v1/groups/rules", &[]).body(rule_body(&["00gstaff", id])),
        request(Put, RULE, &["0prstaff"]).body(rule_body(&[id])),
        request(Put, "/api/v1/apps/{appId}/groups/{groupId}", &["0oasales", id]),
        request(Delete, "/api/v1/apps/{appId}/groups/{groupId}", &["0oasales", id]),
        request(Post, "/api/v1/users", &[]).body(json!({ "profile": {}, "groupIds": [id] })),
        request(Post, "/api/v1/policies/{policyId}/rules", &["00p1"])
            .body(json!({ "actions": { "profileEnrollment": { "targetGroupIds": [id] } } })),
        request(Put, "/api/v1/policies/{policyId}/rules/{ruleId}", &["00p1", "0pr1"])
            .body(json!({ "actions": { "profileEnrollment": { "targetGroupIds": [id] } } })),
        request(Put, "/api/v1/idps/{idpId}", &["0oi1"]).body(provisioned),
    ]
}

/// Every way to an application.
fn ways_to_app(id: &str) -> Vec<Request> {
    vec![
        request(Put, APP, &[id]).body(json!({ "label": "x" })),
        request(Delete, APP, &[id]),
        request(Post, "/api/v1/apps/{appId}/lifecycle/deactivate", &[id]),
        request(Post, "/api/v1/apps/{appId}/credentials/jwks", &[id]),
        request(Delete, "/api/v1/apps/{appId}/credentials/secrets/{secretId}", &[id, "s1"]),
        request(Post, "/api/v1/apps/{appId}/credentials/keys/generate", &[id]),
        request(Post, "/api/v1/apps/{appId}/grants", &[id]),
        request(Put, "/api/v1/apps/{appId}/groups/{groupId}", &[id, "00gstaff"]),
        request(Post, APP_USERS, &[id]).body(json!({ "id": "00uana" })),
        request(Put, "/api/v1/apps/{appId}/policies/{policyId}", &[id, "00p1"]),
        request(Post, "/api/v1/policies/{policyId}/mappings", &["00p1"])
            .body(json!({ "resourceId": id, "resourceType": "ACCESS_POLICY" })),
        request(Delete, "/oauth2/v1/clients/{clientId}", &[id]),
        request(Post, "/oauth2/v1/clients/{clientId}/lifecycle/newSecret", &[id]),
        request(Delete, "/oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}", &[id, "ra1"]),
    ]
}

#[tokio::test]
async fn a_person_whom_the_profile_names_is_refused_by_every_way() {
    for entry in ["00uana", "ANA.silva@Acme.Example", "00uana@mail.example"] {
        let protect = only(&[entry], &[], &[]);
        for named in ["00uana", "ana.silva@acme.example", "ANA.SILVA@ACME.EXAMPLE", "ana.silva"] {
            for request in ways_to_user(named) {
                let (method, path) = (request.method(), request.path().to_owned());
                let org = org();
                let judged = org.judge(request, &protect, &Own::default()).await;
                let message = refused(&judged);
                assert!(message.contains("the profile of this server names it"), "{message}");
                assert!(message.to_lowercase().contains("ana"), "{method} {path}: {message}");
            }
        }
        for request in ways_to_user("00uroot") {
            // `linkedObjects` of Ana is hers.
            let is_ana = request.path().contains("00uana");
            let judged = org().judge(request, &protect, &Own::default()).await;
            assert_eq!(matches!(judged, Protection::Refused { .. }), is_ana, "{judged:?}");
        }
    }
}

#[tokio::test]
async fn a_group_that_the_profile_names_is_refused_by_every_way() {
    for entry in ["00gadmins", "Admins", " admins "] {
        let protect = only(&[], &[entry], &[]);
        let existing = [
            request(Delete, RULE, &["0pradmins"]),
            request(Put, RULE, &["0pradmins"]).body(rule_body(&["00gstaff"])),
            request(Post, "/api/v1/groups/rules/{groupRuleId}/lifecycle/activate", &["0pradmins"]),
            request(
                Post,
                "/api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate",
                &["0pradmins"],
            ),
        ];
        for request in ways_to_group("00gadmins").into_iter().chain(existing) {
            let path = request.path().to_owned();
            let judged = org().judge(request, &protect, &Own::default()).await;
            assert!(refused(&judged).contains("names it"), "{path}: {judged:?}");
        }
        for request in ways_to_group("00gstaff") {
            assert_eq!(org().judge(request, &protect, &Own::default()).await, Protection::Free);
        }
    }
}

#[tokio::test]
async fn an_application_that_the_profile_names_is_refused_by_every_way() {
    for entry in ["0oaself", "okta mcp"] {
        let protect = only(&[], &[], &[entry]);
        for request in ways_to_app("0oaself") {
            let path = request.path().to_owned();
            let judged = org().judge(request, &protect, &Own::default()).await;
            assert!(refused(&judged).contains("names it"), "{path}: {judged:?}");
        }
        for request in ways_to_app("0oasales") {
            assert_eq!(org().judge(request, &protect, &Own::default()).await, Protection::Free);
        }
    }
}

#[tokio::test]
async fn what_the_profile_names_by_the_reference_itself_is_refused_without_a_read() {
    let protect = only(&["ana.silva@acme.example"], &["00gadmins"], &["0oasales"]);
    for request in [
        request(Delete, USER, &["Ana.Silva@acme.example"]),
        request(Delete, GROUP, &["00gadmins"]),
        request(Delete, APP, &["0oasales"]),
    ] {
        let org = org();
        refused(&org.judge(request, &protect, &Own::default()).await);
        assert_eq!(org.asked(), [""; 0]);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_where_the_profile_names_some_of_its_kind() {
    let blinds = [
        org().scopes(&["okta.logs.read"]),
        org().blind("/api/v1/", ErrorKind::MissingRole),
        org().blind("/api/v1/", ErrorKind::Network),
        Org::new(),
    ];
    for org in blinds {
        for (request, protect, kinds) in [
            (
                request(Post, DEACTIVATE, &["00uana"]),
                only(&["root@acme.example"], &[], &[]),
                "users",
            ),
            (request(Delete, GROUP, &["00gstaff"]), only(&[], &["Admins"], &[]), "groups"),
            (request(Delete, APP, &["0oasales"]), only(&[], &[], &["Okta MCP"]), "applications"),
            (request(Delete, RULE, &["0prstaff"]), only(&[], &["Admins"], &[]), "groups"),
            (
                request(Post, "/api/v1/identity-sources/{id}/users", &["0oasrc"]),
                only(&["root@acme.example"], &[], &[]),
                "users",
            ),
        ] {
            let judged = org.judge(request, &protect, &Own::default()).await;
            let message = refused(&judged);
            let wanted = format!("is one of the protected {kinds} cannot be told: ");
            assert!(message.contains(&wanted), "{message}");
        }
    }
    let org = org().scopes(&["okta.apps.manage"]);
    let protect = only(&["root@acme.example"], &[], &[]);
    match org.judge(request(Delete, USER, &["00uana"]), &protect, &Own::default()).await {
        Protection::Refused { next, .. } => {
            assert!(next.contains("grant okta.users.read"), "{next}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(org.asked(), [""; 0]);
}

#[tokio::test]
async fn an_object_of_another_kind_is_no_answer() {
    let org = org()
        .object("/api/v1/users/00ux", json!({ "id": "00gx", "profile": { "name": "Group" } }))
        .object("/api/v1/groups/00gx", json!([{ "id": "00gx" }]))
        .object("/api/v1/groups/00gy", json!({ "id": "00gother", "profile": { "name": "x" } }))
        .object("/api/v1/apps/0oax", json!("a page of a proxy"))
        .object("/api/v1/apps/0oay", json!({ "id": "0oaother", "label": "Other" }));
    let protect = only(&["x"], &["x y"], &["x"]);
    for request in [
        request(Delete, USER, &["00ux"]),
        request(Delete, GROUP, &["00gx"]),
        request(Delete, GROUP, &["00gy"]),
        request(Delete, APP, &["0oax"]),
        request(Delete, APP, &["0oay"]),
    ] {
        let judged = org.judge(request, &protect, &Own::default()).await;
        assert!(refused(&judged).contains("cannot be told: Okta answered with"), "{judged:?}");
    }
}

#[tokio::test]
async fn names_that_others_choose_stay_on_their_line() {
    let name = "Break\nglass\u{202e}\u{200b}: allowed";
    let org =
        org().group("00gbad", name, json!([])).group("00glike", "Break\u{200b}glass", json!([]));
    let protect = only(&[], &[name, "Breakglass"], &[]);
    let join = request(Put, MEMBER, &["00gbad", "00uana"]);
    let judged = org.judge(join, &protect, &Own::default()).await;
    assert!(
        refused(&judged).contains(r#"group "Break\nglass\u202e\u200b: allowed" is protected"#),
        "{judged:?}"
    );
    // What only looks alike is another group.
    let judged = org.judge(request(Delete, GROUP, &["00glike"]), &protect, &Own::default()).await;
    assert_eq!(judged, Protection::Free);
}

#[tokio::test]
async fn names_are_compared_without_regard_to_case() {
    for (name, entry) in [
        ("Αδμινς Όλος", "ΑΔΜΙΝΣ ΌΛΟΣ"),
        ("Straße", "STRASSE"),
        ("İzmir", "İZMIR"),
        ("Break Glass", "  bREAK gLASS "),
    ] {
        let org = Org::new().group("00g1", name, json!([]));
        let protect = only(&[], &[entry], &[]);
        let judged = org.judge(request(Delete, GROUP, &["00g1"]), &protect, &Own::default()).await;
        assert!(refused(&judged).contains("names it"), "{name}");
    }
    let org = Org::new().group("00g1", "Staff", json!([]));
    let typed = only(&[], &["00G1"], &[]);
    refused(&org.judge(request(Delete, GROUP, &["00g1"]), &typed, &Own::default()).await);
    // An empty entry is nobody.
    for entry in ["", "  ", "00g", "taff"] {
        let protect = only(&[], &[entry], &[]);
        let judged = org.judge(request(Delete, GROUP, &["00g1"]), &protect, &Own::default()).await;
        assert_eq!(judged, Protection::Free, "{entry:?}");
    }
}

#[tokio::test]
async fn this_server_s_own_application_is_refused() {
    for request in ways_to_app("0oaself") {
        let org = org();
        let judged = org.judge(request, &nothing(), &app_own()).await;
        assert!(refused(&judged).contains("this server signs in with it"), "{judged:?}");
        assert_eq!(org.asked(), [""; 0]);
    }
    for request in ways_to_app("0oasales") {
        assert_eq!(org().judge(request, &nothing(), &app_own()).await, Protection::Free);
    }
    // An application can be made with a client id that is not its id.
    let own = Own { client_id: Some("our-client".to_owned()), admin: false };
    let custom = json!({ "id": "0oacustom", "label": "Ours",
                         "credentials": { "oauthClient": { "client_id": "our-client" } } });
    let org = org().object("/api/v1/apps/0oacustom", custom);
    let judged = org.judge(request(Delete, APP, &["0oacustom"]), &nothing(), &own).await;
    assert!(refused(&judged).contains("application \"Ours\" is protected"), "{judged:?}");
    let blind = Org::new();
    let judged = blind.judge(request(Delete, APP, &["0oacustom"]), &nothing(), &own).await;
    let wanted = "Whether this server signs in with application 0oacustom is unknown: not found: \
                  /api/v1/apps/0oacustom.";
    assert_eq!(unknown(&judged), [wanted]);
}

#[tokio::test]
async fn the_admin_behind_the_api_token_is_refused() {
    let org = || org().user("00uhelp", "help@acme.example", json!([help_desk(None)])).me("00uhelp");
    for named in ["00uhelp", "HELP@acme.example", "help", "me"] {
        for request in ways_to_user(named) {
            let path = request.path().to_owned();
            let judged = org().judge(request, &nothing(), &admin_own()).await;
            assert!(refused(&judged).contains("acts with their rights"), "{path}: {judged:?}");
        }
    }
    let account = request(Post, "/idp/myaccount/password", &[]);
    refused(&org().judge(account, &nothing(), &admin_own()).await);
    let org = org()
        .object("/api/v1/api-tokens/00Tours", json!({ "id": "00Tours", "userId": "00uhelp" }))
        .object("/api/v1/api-tokens/00Tother", json!({ "id": "00Tother", "userId": "00uana" }))
        .object("/api/v1/sessions/102", json!({ "id": "102", "userId": "00uhelp" }));
    for (method, template, argument) in [
        (Delete, "/api/v1/api-tokens/{apiTokenId}", "00Tours"),
        (Delete, "/api/v1/sessions/{sessionId}", "102"),
    ] {
        refused(&org.judge(request(method, template, &[argument]), &nothing(), &admin_own()).await);
    }
    let current = request(Delete, "/api/v1/api-tokens/current", &[]);
    refused(&org.judge(current, &nothing(), &admin_own()).await);
    let other = request(Delete, "/api/v1/api-tokens/{apiTokenId}", &["00Tother"]);
    assert_eq!(org.judge(other, &nothing(), &admin_own()).await, Protection::Free);
    for request in ways_to_user("00uana") {
        assert_eq!(org.judge(request, &nothing(), &admin_own()).await, Protection::Free);
    }
}

#[tokio::test]
async fn groups_that_give_that_admin_a_role_are_refused() {
    let org = || {
        let roles = json!([help_desk(None), help_desk(Some("00ghelp"))]);
        org()
            .user("00uhelp", "help@acme.example", roles)
            .group("00ghelp", "Help Desk", json!([help_desk(None)]))
            .rule("0prhelp", &["00ghelp"])
            .me("00uhelp")
    };
    for way in ways_to_group("00ghelp").into_iter().chain([request(Delete, RULE, &["0prhelp"])]) {
        let path = way.path().to_owned();
        let judged = org().judge(way, &nothing(), &admin_own()).await;
        assert!(refused(&judged).contains("gives an admin role"), "{path}: {judged:?}");
    }
    for way in ways_to_group("00gstaff") {
        assert_eq!(org().judge(way, &nothing(), &admin_own()).await, Protection::Free);
    }
    let blind = org().blind("/roles", ErrorKind::MissingRole);
    let judged = blind.judge(request(Delete, GROUP, &["00ghelp"]), &nothing(), &admin_own()).await;
    assert!(
        unknown(&judged)[0].starts_with("Whether this server's rights depend on"),
        "{judged:?}"
    );
    let unclear = org().object(
        "/api/v1/users/00uhelp/roles",
        json!([{ "type": "CUSTOM", "assignmentType": "GROUP" }]),
    );
    let judged =
        unclear.judge(request(Delete, GROUP, &["00ghelp"]), &nothing(), &admin_own()).await;
    assert_eq!(unknown(&judged).len(), 1);
}

#[tokio::test]
async fn an_admin_who_cannot_be_read_is_unknown() {
    let org = org().blind("/api/v1/users/me", ErrorKind::Network);
    for request in [request(Post, DEACTIVATE, &["00uana"]), request(Delete, GROUP, &["00gstaff"])] {
        let judged = org.judge(request, &nothing(), &admin_own()).await;
        let sentences = unknown(&judged);
        assert!(sentences[0].starts_with("Whose rights this server uses is unknown"), "{judged:?}");
    }
}

#[tokio::test]
async fn super_admins_and_their_groups_are_refused_by_every_way() {
    let protect = Protect::default();
    let users = ["00uroot", "00ulena", "Lena@acme.example"].into_iter().flat_map(ways_to_user);
    for request in users {
        let path = request.path().to_owned();
        let judged = org().judge(request, &protect, &Own::default()).await;
        assert!(refused(&judged).ends_with("is protected: super admin"), "{path}: {judged:?}");
    }
    for request in ways_to_group("00gadmins") {
        let path = request.path().to_owned();
        let judged = org().judge(request, &protect, &Own::default()).await;
        assert!(refused(&judged).contains("makes its members super admins"), "{path}: {judged:?}");
    }
    let ordinary = ways_to_user("00uana").into_iter().chain(ways_to_group("00gstaff"));
    for request in ordinary.chain(ways_to_app("0oasales")) {
        let judged = org().judge(request, &protect, &Own::default()).await;
        assert_eq!(judged, Protection::Free);
    }
    let make = request(Post, "/api/v1/users/{userId}/roles", &["00uana"])
        .body(json!({ "type": "SUPER_ADMIN" }));
    assert!(refused(&org().judge(make.clone(), &protect, &Own::default()).await).contains("make"));
    assert_eq!(org().judge(make, &nothing(), &Own::default()).await, Protection::Free);
}

#[tokio::test]
async fn roles_that_cannot_be_read_are_unknown_and_said_once() {
    let without = org().scopes(&["okta.users.manage", "okta.groups.manage"]);
    let judged = without
        .judge(request(Put, MEMBER, &["00gstaff", "00uana"]), &Protect::default(), &Own::default())
        .await;
    assert_eq!(
        unknown(&judged),
        [
            "Whether group \"Staff\" makes super admins is unknown: needs okta.roles.read.",
            "Whether user Ana.Silva@acme.example is super admin is unknown: needs okta.roles.read.",
        ]
    );
    let asked = without.asked();
    assert_eq!(asked, ["/api/v1/groups/00gstaff", "/api/v1/users/00uana"]);
    let blind = org().blind("/roles", ErrorKind::MissingRole);
    let requests = vec![request(Post, DEACTIVATE, &["00uana"]), request(Delete, USER, &["00uana"])];
    let mut plan = Plan::new("Delete", requests[0].clone());
    plan.requests = requests;
    let judged = judge(&plan, &blind, &Protect::default(), &Own::default()).await;
    assert_eq!(unknown(&judged).len(), 1);
    // Something strange is not an empty list.
    let strange = org().object("/api/v1/users/00uana/roles", json!({ "roles": [] }));
    let judged = strange
        .judge(request(Post, DEACTIVATE, &["00uana"]), &Protect::default(), &Own::default())
        .await;
    assert!(unknown(&judged)[0].ends_with("Okta answered with no list of roles."), "{judged:?}");
}

#[tokio::test]
async fn people_whom_another_system_names_are_unknown() {
    let org = org();
    let import = request(
        Post,
        "/api/v1/identity-sources/{id}/sessions/{session}/bulk-delete",
        &["0oasrc", "s1"],
    );
    let judged = org.judge(import, &Protect::default(), &Own::default()).await;
    assert_eq!(
        unknown(&judged),
        [
            "Whether a user that it touches is protected is unknown: the request names them as \
         another system does.",
            "Whether a group that it touches is protected is unknown: the request names them as \
         another system does.",
        ]
    );
    assert_eq!(org.asked(), [""; 0]);
}

#[tokio::test]
async fn nothing_is_read_for_what_touches_nothing() {
    let protect = Protect {
        users: vec!["root@acme.example".to_owned()],
        groups: vec!["Admins".to_owned()],
        apps: vec!["Okta MCP".to_owned()],
        super_admins: true,
    };
    let own = Own { client_id: Some("0oaself".to_owned()), admin: true };
    let org = org().me("00uroot");
    for request in [
        request(Post, "/api/v1/users", &[]).body(json!({ "profile": { "login": "new@a.b" } })),
        request(Post, "/api/v1/groups", &[]).body(json!({ "profile": { "name": "New" } })),
        request(Post, "/api/v1/apps", &[]).body(json!({ "label": "New" })),
        request(Put, "/api/v1/policies/{policyId}", &["00p1"]).body(json!({ "name": "n" })),
        request(Put, "/api/v1/policies/{policyId}/rules/{ruleId}", &["00p1", "0pr1"])
            .body(json!({ "name": "n", "conditions": { "people": { "users": { "exclude": ["00uroot"] } } } })),
        request(Delete, "/api/v1/device-assurances/{id}", &["dae1"]),
        request(Patch, "/api/v1/email-servers/{id}", &["e1"]),
        request(Method::Get, USER, &["00uroot"]),
    ] {
        assert_eq!(org.judge(request, &protect, &own).await, Protection::Free);
    }
    // Neither where nothing of the kind is protected.
    let nobody = Own::default();
    let touching = ways_to_app("0oasales").into_iter().chain([
        request(Post, USER, &["00uroot"]),
        request(Put, MEMBER, &["00gadmins", "00uana"]),
        request(Post, "/api/v1/groups/rules/{groupRuleId}/lifecycle/activate", &["0pradmins"]),
    ]);
    for request in touching {
        assert_eq!(org.judge(request, &nothing(), &nobody).await, Protection::Free);
    }
    assert_eq!(org.asked(), [""; 0]);
}

#[tokio::test]
async fn an_object_is_read_once_and_not_where_the_plan_has_just_read_it() {
    let org = org().me("00uroot");
    let own = Own { client_id: None, admin: true };
    let mut plan = Plan::new("Move", request(Delete, MEMBER, &["00gstaff", "00uana"]));
    plan.requests.push(request(Put, MEMBER, &["00gstaff", "00uana"]));
    plan.requests.push(request(Post, DEACTIVATE, &["00uana"]));
    let staff = json!({ "id": "00gstaff", "profile": { "name": "Staff" } });
    let plan = plan.target(request(Method::Get, GROUP, &["00gstaff"]), staff);
    assert_eq!(judge(&plan, &org, &Protect::default(), &own).await, Protection::Free);
    assert_eq!(
        org.asked(),
        [
            "/api/v1/users/me",
            "/api/v1/users/00uroot/roles",
            "/api/v1/groups/00gstaff/roles",
            "/api/v1/users/00uana",
            "/api/v1/users/00uana/roles",
        ]
    );
}

#[tokio::test]
async fn a_person_who_cannot_be_read_may_be_the_admin_behind_the_api_token() {
    let org = org().me("00uroot").blind("/api/v1/users/00uana", ErrorKind::Network);
    let request = || request(Post, DEACTIVATE, &["00uana"]);
    let judged = org.judge(request(), &nothing(), &admin_own()).await;
    let wanted =
        "Whether this server acts with the rights of user 00uana is unknown: Okta said no.";
    assert!(unknown(&judged).contains(&wanted.to_owned()), "{judged:?}");
    // With a service app there is no such admin.
    let judged = org.judge(request(), &Protect::default(), &app_own()).await;
    assert_eq!(unknown(&judged), ["Whether user 00uana is super admin is unknown: Okta said no."]);
}

#[tokio::test]
async fn a_scope_is_asked_for_only_where_a_scope_is_missing() {
    let protect = only(&["root@acme.example"], &[], &[]);
    for (kind, grant) in [
        (ErrorKind::MissingScope, "grant okta.users.read to the app in Okta and restart"),
        (ErrorKind::MissingRole, ""),
        (ErrorKind::Network, ""),
    ] {
        let org = org().blind("/api/v1/users/00uana", kind.clone());
        let request = request(Delete, USER, &["00uana"]);
        match org.judge(request, &protect, &Own::default()).await {
            Protection::Refused { next, .. } => {
                assert_eq!(next.contains("grant"), !grant.is_empty(), "{kind:?}: {next}");
                assert!(next.contains(grant), "{kind:?}: {next}");
            }
            other => panic!("{kind:?}: {other:?}"),
        }
    }
}

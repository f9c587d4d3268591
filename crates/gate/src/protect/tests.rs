//! The table, against the catalog: no operation that writes is forgotten.

use okta_client::{Method, Request};
use serde_json::{Value, json};

use super::{
    table::{ENDS, Ends, Finds, Kind, TABLE},
    touch::{Touch, touched},
};

/// Operations of the catalog that touch no person, group or application, by what they touch.
const NOTHING: &[&str] = &[
    // Somebody or something new.
    "POST /api/v1/users",
    "POST /api/v1/groups",
    "POST /api/v1/apps",
    // Policies and what devices must be like.
    "POST /api/v1/policies",
    "PUT /api/v1/policies/{policyId}",
    "DELETE /api/v1/policies/{policyId}",
    "POST /api/v1/policies/{policyId}/lifecycle/activate",
    "POST /api/v1/policies/{policyId}/lifecycle/deactivate",
    "POST /api/v1/policies/{policyId}/rules",
    "PUT /api/v1/policies/{policyId}/rules/{ruleId}",
    "DELETE /api/v1/policies/{policyId}/rules/{ruleId}",
    "POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate",
    "POST /api/v1/device-assurances",
    "PUT /api/v1/device-assurances/{deviceAssuranceId}",
    "DELETE /api/v1/device-assurances/{deviceAssuranceId}",
    "POST /api/v1/brands",
    "PUT /api/v1/brands/{brandId}",
    "DELETE /api/v1/brands/{brandId}",
    "PUT /api/v1/brands/{brandId}/themes/{themeId}",
    "POST /api/v1/brands/{brandId}/themes/{themeId}/logo",
    "DELETE /api/v1/brands/{brandId}/themes/{themeId}/logo",
    "POST /api/v1/brands/{brandId}/themes/{themeId}/favicon",
    "DELETE /api/v1/brands/{brandId}/themes/{themeId}/favicon",
    "POST /api/v1/brands/{brandId}/themes/{themeId}/background-image",
    "DELETE /api/v1/brands/{brandId}/themes/{themeId}/background-image",
    "POST /api/v1/domains",
    "PUT /api/v1/domains/{domainId}",
    "DELETE /api/v1/domains/{domainId}",
    "PUT /api/v1/domains/{domainId}/certificate",
    "POST /api/v1/domains/{domainId}/verify",
    "POST /api/v1/email-domains",
    "PUT /api/v1/email-domains/{emailDomainId}",
    "DELETE /api/v1/email-domains/{emailDomainId}",
    "POST /api/v1/email-domains/{emailDomainId}/verify",
    // A brand's pages and e-mails.
    "PUT /api/v1/brands/{brandId}/pages/error/customized",
    "DELETE /api/v1/brands/{brandId}/pages/error/customized",
    "PUT /api/v1/brands/{brandId}/pages/error/preview",
    "DELETE /api/v1/brands/{brandId}/pages/error/preview",
    "PUT /api/v1/brands/{brandId}/pages/sign-in/customized",
    "DELETE /api/v1/brands/{brandId}/pages/sign-in/customized",
    "PUT /api/v1/brands/{brandId}/pages/sign-in/preview",
    "DELETE /api/v1/brands/{brandId}/pages/sign-in/preview",
    "PUT /api/v1/brands/{brandId}/pages/sign-out/customized",
    "PUT /api/v1/brands/{brandId}/templates/email/{templateName}/settings",
    "POST /api/v1/brands/{brandId}/templates/email/{templateName}/test",
    "POST /api/v1/brands/{brandId}/templates/email/{templateName}/customizations",
    "DELETE /api/v1/brands/{brandId}/templates/email/{templateName}/customizations",
    "PUT /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}",
    "DELETE /api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}",
];

/// Arguments that say what they are.
fn argument(name: &str) -> &'static str {
    match name {
        "id" | "userId" => "00u1",
        "groupId" => "00g1",
        "appId" => "0oa1",
        _ => "x1",
    }
}

fn request(method: Method, template: &'static str) -> Request {
    Request::new(method, template, |name| Some(argument(name))).unwrap()
}

fn touches(request: &Request) -> Vec<Touch> {
    touched(request).touches
}

fn user(id: &str) -> Touch {
    Touch::Object(Kind::User, id.to_owned())
}

fn group(id: &str) -> Touch {
    Touch::Object(Kind::Group, id.to_owned())
}

fn app(id: &str) -> Touch {
    Touch::Object(Kind::App, id.to_owned())
}

#[test]
fn every_operation_of_the_catalog_that_writes_is_resolved() {
    let operations = okta_catalog::tools().filter_map(|tool| tool.operation);
    let mut used = Vec::new();
    for operation in operations.filter(|operation| !operation.method.is_read()) {
        let name = format!("{} {}", operation.method, operation.path);
        let found = touches(&request(operation.method, operation.path));
        if let Some(known) = NOTHING.iter().find(|known| **known == name) {
            used.push(*known);
            assert_eq!(found, [], "{name}");
            continue;
        }
        let mut wanted = Vec::new();
        if operation.path.starts_with("/api/v1/users/{") {
            wanted.push(user("00u1"));
        }
        if operation.path.contains("/groups/{") {
            wanted.push(group("00g1"));
        }
        if operation.path.contains("/{groupId}/users/{") {
            wanted.push(user("00u1"));
        }
        if operation.path.starts_with("/api/v1/apps/{") {
            wanted.push(app("0oa1"));
        }
        if operation.path.ends_with("/rules/{ruleId}/lifecycle/activate") {
            let rule = request(Method::Get, "/api/v1/policies/{policyId}/rules/{ruleId}");
            assert!(
                matches!(&found[..], [Touch::Behind(read, _, Kind::Group)] if read.path() == rule.path()),
                "{name}: {found:?}"
            );
            continue;
        }
        assert!(!wanted.is_empty(), "{name} is not resolved: add a line, or list it as nothing");
        assert_eq!(found, wanted, "{name}");
    }
    for known in NOTHING {
        assert!(used.contains(known), "{known} is no longer in the catalog");
    }
}

#[test]
fn the_table_is_well_formed() {
    for line in TABLE {
        assert!(line.path.starts_with('/') && !line.path.ends_with('/'), "{}", line.path);
        let stars = line.path.split('/').filter(|part| *part == "**").count();
        assert!(stars == 0 || line.path.ends_with("/**"), "{}", line.path);
        let captures = |name: &str| line.path.contains(&format!("{{{name}}}"));
        let is_path = ["user", "group", "app"].into_iter().any(captures);
        match line.finds {
            Finds::Path => assert!(is_path, "{}", line.path),
            Finds::Behind(template, place, _) => {
                assert!(!place.is_empty());
                for name in template.split('{').skip(1).filter_map(|part| part.split_once('}')) {
                    assert!(captures(name.0), "{} does not capture {}", line.path, name.0);
                }
            }
            Finds::Body(place, _) => assert!(!place.is_empty() && !place.starts_with('/')),
            Finds::Caller | Finds::Nowhere(_) | Finds::Role => {}
        }
    }
    for (_, path, ends) in ENDS {
        assert!(*ends != Ends::Nothing && path.starts_with("/api/v1/"), "{path}");
    }
}

#[test]
fn what_reads_touches_nothing() {
    for template in ["/api/v1/users/{id}", "/api/v1/groups/rules/{id}", "/api/v1/api-tokens/{id}"] {
        assert_eq!(touches(&request(Method::Get, template)), []);
    }
}

#[test]
fn rules_are_no_group() {
    let found = touches(&request(Method::Post, "/api/v1/groups/rules").body(json!({
        "actions": { "assignUserToGroups": { "groupIds": ["00g1", "00g2"] } },
        "conditions": { "people": { "users": { "exclude": ["00u9"] } } },
    })));
    assert_eq!(found, [group("00g1"), group("00g2")]);
    // As an argument it is the same path, and so the same thing.
    let as_id = Request::new(Method::Delete, "/api/v1/groups/{groupId}", |_| Some("rules"));
    assert_eq!(touches(&as_id.unwrap()), []);
    let found = touches(&request(Method::Put, "/api/v1/groups/rules/{groupRuleId}"));
    assert!(
        matches!(&found[..], [Touch::Behind(read, ..)] if read.path() == "/api/v1/groups/rules/x1")
    );
}

#[test]
fn bodies_are_searched_whole_at_their_place() {
    let create = |groups: Value| {
        touches(&request(Method::Post, "/api/v1/users").body(json!({ "groupIds": groups })))
    };
    assert_eq!(create(json!(["00g1", "00g1"])), [group("00g1")]);
    assert_eq!(create(json!("00g1")), [group("00g1")]);
    assert_eq!(
        create(json!([["00g1"], { "id": "00g2" }, 3])),
        [group("00g1"), group("00g2"), group("3")]
    );
    assert_eq!(create(json!(null)), []);
    let assign = request(Method::Post, "/api/v1/apps/{appId}/users");
    let found = touches(&assign.body(json!({ "id": "ana@acme.example", "scope": "USER" })));
    assert_eq!(found, [app("0oa1"), user("ana@acme.example")]);
    let list = request(Method::Post, "/governance/api/v1/collections/{collectionId}/assignments");
    let found = touches(&list.body(json!([{ "principal": { "externalId": "00u1" } }])));
    assert_eq!(found, [user("00u1")]);
}

#[test]
fn references_of_every_form_are_understood() {
    let members = request(Method::Post, "/api/v1/iam/resource-sets/{set}/bindings");
    let found = touches(&members.body(json!({ "role": "cr0", "members": [
        "https://acme.okta.com/api/v1/users/00u1",
        "https://acme.okta.com/api/v1/groups/00g1",
        "https://acme.okta.com/oauth2/v1/clients/0oa1",
        "orn:okta:directory:00o1:users:00u2",
        "orn:okta:idp:00o1:apps:oidc_client:0oa2",
        "00u3",
    ] })));
    let told = Touch::Somebody(Kind::Told);
    assert_eq!(found, [user("00u1"), group("00g1"), app("0oa1"), user("00u2"), app("0oa2"), told]);
    let revoke = request(Method::Post, "/governance/api/v2/revoke-principal-access");
    let found =
        touches(&revoke.body(json!({ "principalOrn": "orn:okta:directory:00o1:users:00u1" })));
    assert_eq!(found, [user("00u1")]);
}

#[test]
fn only_the_super_admin_role_makes_one() {
    let grant = |template, role: &str| {
        touches(&request(Method::Post, template).body(json!({ "type": role })))
            .contains(&Touch::SuperAdmin)
    };
    for template in [
        "/api/v1/users/{userId}/roles",
        "/api/v1/groups/{groupId}/roles",
        "/oauth2/v1/clients/{clientId}/roles",
    ] {
        assert!(grant(template, "SUPER_ADMIN"), "{template}");
        assert!(!grant(template, "HELP_DESK_ADMIN"), "{template}");
    }
}

#[test]
fn what_can_take_away_a_super_admin_is_known() {
    let ends = |method, template| touched(&request(method, template)).ends;
    assert_eq!(ends(Method::Delete, "/api/v1/users/{id}"), Ends::User);
    assert_eq!(ends(Method::Post, "/api/v1/users/{id}/lifecycle/suspend"), Ends::User);
    assert_eq!(ends(Method::Post, "/api/v1/users/{id}/lifecycle/unsuspend"), Ends::Nothing);
    assert_eq!(ends(Method::Delete, "/api/v1/users/{id}/sessions"), Ends::Nothing);
    assert_eq!(ends(Method::Delete, "/api/v1/groups/{groupId}/users/{userId}"), Ends::Membership);
    assert_eq!(ends(Method::Put, "/api/v1/groups/{groupId}/users/{userId}"), Ends::Nothing);
    assert_eq!(ends(Method::Delete, "/api/v1/groups/{groupId}"), Ends::Group);
    assert_eq!(ends(Method::Delete, "/api/v1/groups/rules/{groupRuleId}"), Ends::Group);
}

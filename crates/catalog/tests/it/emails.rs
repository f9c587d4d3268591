//! E-mail templates, their settings and their customizations.

use okta_catalog::{Effect, Failure, Prepared, find, tools};
use okta_client::ErrorKind;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::{self, EVERYWHERE, Fake, answer, failure, okta_error, page, plan, snapshot};

const BRAND: &str = "/api/v1/brands/bnd1";
const TEMPLATE: &str = "/api/v1/brands/bnd1/templates/email/ForgotPassword";
const SETTINGS: &str = "/api/v1/brands/bnd1/templates/email/ForgotPassword/settings";
const ALL: &str = "/api/v1/brands/bnd1/templates/email/ForgotPassword/customizations";
const LIST: &str = "/api/v1/brands/bnd1/templates/email/ForgotPassword/customizations?limit=200";
const ONE: &str = "/api/v1/brands/bnd1/templates/email/ForgotPassword/customizations/oel1";

fn desk() -> Fake {
    Fake::new().on(BRAND, json!({ "id": "bnd1", "name": "Acme" }))
}

/// A customization, as Okta answers with it.
fn customization(id: &str, language: &str, default: bool) -> Value {
    json!({
        "subject": format!("Subject in {language}"),
        "body": "<p>Hi ${user.firstName}</p>\n<p>${resetPasswordLink}</p>\n",
        "id": id,
        "language": language,
        "isDefault": default,
        "created": "2026-01-01T00:00:00.000Z",
        "lastUpdated": "2026-01-01T00:00:00.000Z",
        "_links": {},
    })
}

fn args(more: Value) -> Value {
    let mut args = json!({ "brand_id": "bnd1", "template_name": "ForgotPassword" });
    let Value::Object(more) = more else { unreachable!() };
    args.as_object_mut().unwrap().extend(more);
    args
}

fn text(language: &str) -> Value {
    json!({ "language": language, "subject": "Reset", "body": "<p>${resetPasswordLink}</p>" })
}

#[test]
fn customizations_are_created_and_removed() {
    let others = json!([customization("oel1", "en", true), customization("oel2", "fr", false)]);
    let name = "create_email_customization";
    snapshot(name, name, args(text("pt-BR")), &desk().on(LIST, others.clone()));
    let name = "delete_all_email_customizations";
    snapshot(name, name, args(json!({})), &desk().on(LIST, others));
    let name = "delete_email_customization";
    let one = || desk().on(ONE, customization("oel1", "en", true));
    snapshot(name, name, args(json!({ "customization_id": "oel1" })), &one());
    for language in ["EN", "en", "unknown", ""] {
        plan(name, args(json!({ "customization_id": "oel1", "language": language })), &one());
    }
    let other = args(json!({ "customization_id": "oel1", "language": "en-GB" }));
    let failed = failure(name, other, &one());
    assert_eq!(failed.to_string(), "customization oel1 is in en, not in en-GB");
}

#[test]
fn one_customization_for_a_language_whatever_its_case() {
    for (there, meant) in [("pt-BR", "PT-br"), ("zh-Hans-CN", "zh-hans-cn"), ("fr", "FR")] {
        // On the second page.
        let desk = desk()
            .reply(LIST, page(json!([customization("oel1", "en", true)]), "c1"))
            .on(&format!("{ALL}?after=c1"), json!([customization("oel2", there, false)]));
        let failed = failure("create_email_customization", args(text(meant)), &desk);
        let Failure::Refused { message, next } = failed else { panic!("{failed:?}") };
        assert!(message.ends_with(&format!("customized in {meant} already: oel2")), "{message}");
        assert!(next.contains("replace_email_customization"), "{next}");
    }
    for (there, meant) in [("pt", "pt-BR"), ("fr-CA", "fr")] {
        let desk = desk().on(LIST, json!([customization("oel2", there, true)]));
        let plan = plan("create_email_customization", args(text(meant)), &desk);
        assert_eq!(plan.requests[0].json().unwrap()["language"], meant, "goes out as it came");
    }
}

#[test]
fn a_list_that_breaks_off_is_no_proof() {
    let desk = desk()
        .reply(LIST, page(json!([]), "c1"))
        .reply(&format!("{ALL}?after=c1"), okta_error(ErrorKind::OktaFault, 500, "E0000009"));
    for tool in ["create_email_customization", "delete_all_email_customizations"] {
        let given = if tool.starts_with("create") { text("fr") } else { json!({}) };
        let failed = failure(tool, args(given), &desk);
        assert!(matches!(failed, Failure::Okta(_)), "{tool}: {failed:?}");
    }
}

#[test]
fn who_is_the_default_is_told() {
    let losses = |others: Value, default: Value| {
        let mut given = text("de");
        given["is_default"] = default;
        plan("create_email_customization", args(given), &desk().on(LIST, others)).loss
    };
    let first = losses(json!([]), Value::Null);
    assert_eq!(first, ["It is the first of this e-mail: Okta makes it the default."]);
    let others = json!([customization("oel1", "en", true)]);
    assert_eq!(losses(others.clone(), json!(false)), Vec::<String>::new());
    assert_eq!(losses(others, json!(true)), ["The default is en so far; there can be one."]);
}

#[test]
fn a_customization_is_changed() {
    let name = "replace_email_customization";
    let mut given = text("fr");
    given["customization_id"] = json!("oel1");
    let desk = desk().on(ONE, customization("oel1", "fr", false));
    snapshot(name, name, args(given.clone()), &desk);
    given["full_replace"] = json!(true);
    let sent = plan(name, args(given.clone()), &desk);
    assert_eq!(sent.requests[0].json().unwrap(), &text("fr"));
    assert_eq!(sent.loss, ["Drops isDefault."]);
}

#[test]
fn a_new_default_cannot_just_be_taken_back() {
    let mut given = text("fr");
    given["customization_id"] = json!("oel1");
    given["is_default"] = json!(true);
    let others = json!([customization("oel2", "en", true), customization("oel1", "fr", false)]);
    let desk = desk().on(ONE, customization("oel1", "fr", false)).on(LIST, others);
    let changed = plan("replace_email_customization", args(given.clone()), &desk);
    assert_eq!(changed.loss, ["The default is en so far; there can be one."]);
    assert!(changed.undo.is_empty());
    let desk = self::desk().on(ONE, customization("oel1", "fr", true));
    let changed = plan("replace_email_customization", args(given), &desk);
    assert_eq!((changed.loss.len(), changed.undo.len()), (0, 1), "it was the default before");
}

#[test]
fn settings_and_tests() {
    let name = "replace_email_settings";
    let settings = json!({ "recipients": "ALL_USERS", "_links": {} });
    snapshot(name, name, args(json!({ "recipients": "NO_USERS" })), &desk().on(SETTINGS, settings));
    let name = "send_test_email";
    let desk = desk().on(TEMPLATE, json!({ "name": "ForgotPassword", "_links": {} }));
    snapshot(name, name, args(json!({ "language": "pt-BR" })), &desk);
    let plain = plan(name, args(json!({ "language": "" })), &desk);
    assert!(plain.requests[0].query_pairs().is_empty() && plain.requests[0].json().is_none());
}

#[test]
fn without_the_scope_for_brands_the_id_names_the_brand() {
    let desk = Fake::with_scopes(&["okta.templates.manage"]).on(LIST, json!([]));
    let plan = plan("delete_all_email_customizations", args(json!({})), &desk);
    assert!(plan.summary.contains("\"ForgotPassword\" of brand bnd1"), "{}", plan.summary);
    assert_eq!(plan.loss, ["It has no customizations."]);
    assert_eq!(desk.asked(), [LIST]);
}

#[test]
fn content_is_sensitive_and_a_test_is_a_write() {
    for (tool, effect) in [
        ("create_email_customization", Effect::Sensitive),
        ("replace_email_customization", Effect::Sensitive),
        ("replace_email_settings", Effect::Sensitive),
        ("send_test_email", Effect::Write),
    ] {
        assert_eq!(find(tool).unwrap().effect(), effect, "{tool}");
    }
    let read_only = desk::access(&["okta.templates.read"]);
    assert!(!read_only.suffices_for(find("send_test_email").unwrap()), "a mail goes out");
}

#[test]
fn templates_and_contents_are_read() {
    let templates = "/api/v1/brands/bnd1/templates/email";
    let desk = Fake::new()
        .on(
            templates,
            json!([{ "name": "ForgotPassword", "_embedded": { "customizationCount": 2 } }]),
        )
        .on(TEMPLATE, json!({ "name": "ForgotPassword" }))
        .on(SETTINGS, json!({ "recipients": "ALL_USERS" }))
        .on(ALL, json!([]))
        .on(ONE, customization("oel1", "fr", true))
        .on(&format!("{ONE}/preview"), json!({ "subject": "S", "body": "B" }))
        .on(&format!("{TEMPLATE}/default-content"), json!({ "subject": "S", "body": "B" }))
        .on(&format!("{TEMPLATE}/default-content/preview"), json!({ "subject": "S", "body": "B" }));
    let listed =
        json!({ "brand_id": "bnd1", "expand": ["settings", "customizationCount"], "limit": 999 });
    let listed = answer("list_email_templates", listed, &desk).value;
    assert_eq!(listed["items"][0]["_embedded"]["customizationCount"], 2);
    answer("get_email_template", args(json!({ "expand": ["settings"] })), &desk);
    answer("get_email_settings", args(json!({})), &desk);
    answer("list_email_customizations", args(json!({ "after": "c1" })), &desk);
    let one = args(json!({ "customization_id": "oel1" }));
    assert_eq!(answer("get_email_customization", one.clone(), &desk).value["language"], "fr");
    answer("get_email_customization_preview", one, &desk);
    answer("get_email_default_content", args(json!({ "language": "pt-BR" })), &desk);
    answer("get_email_default_content_preview", args(json!({})), &desk);
    assert_eq!(
        desk.asked(),
        [
            format!("{templates}?expand=settings,customizationCount&limit=200"),
            format!("{TEMPLATE}?expand=settings"),
            SETTINGS.to_owned(),
            format!("{ALL}?after=c1"),
            ONE.to_owned(),
            format!("{ONE}/preview"),
            format!("{TEMPLATE}/default-content?language=pt-BR"),
            format!("{TEMPLATE}/default-content/preview"),
        ]
    );
}

proptest! {
    /// No name leaves its segment, or nothing is asked.
    #[test]
    fn no_argument_leaves_its_place(name in "(\\.{0,2}|[/?#%&;\\\\]{1,3}|\\PC{1,12})") {
        for tool in tools() {
            let (_, schema) = tool.describe();
            let Some(operation) = tool.operation.filter(|it| it.path.contains("{brandId}")) else { continue };
            let mut args = serde_json::Map::new();
            for required in schema["required"].as_array().unwrap() {
                args.insert(required.as_str().unwrap().to_owned(), json!(name));
            }
            args.insert("page_content".to_owned(), json!(name));
            args.retain(|argument, _| schema["properties"].get(argument).is_some());
            let desk = Fake::new().on(EVERYWHERE, json!([{}]));
            let done = futures::executor::block_on(tool.prepare(args, &desk));
            let count = |path: &str| path.split('?').next().unwrap().split('/').count();
            for asked in desk.asked() {
                let fits = operation.path.split('/').count() == count(&asked)
                    || tool.also.iter().any(|also| count(also.path) == count(&asked));
                prop_assert!(fits && !asked.contains(['#', '\\', ';']), "{}: {asked}", tool.name);
            }
            if let Ok(Prepared::Plan(plan)) = done {
                for request in plan.requests.iter().chain(&plan.undo) {
                    prop_assert_eq!(count(request.template()), count(request.path()), "{}", tool.name);
                }
            }
            if ["", ".", ".."].contains(&&*name) {
                prop_assert!(desk.asked().is_empty(), "{}", tool.name);
            }
        }
    }
}

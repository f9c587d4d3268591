//! Rules that every declaration keeps.

use std::collections::HashSet;

use okta_catalog::{Access, Caller, Effect, Scope, TOOLSETS, ToolDef, find, tools};
use okta_client::Method;
use serde_json::{Value, json};

use crate::desk;

/// Arguments whose name and type say it all.
const SELF_EXPLAINING: &[&str] = &[
    "after",
    "agree_to_custom_privacy_policy",
    "app_config",
    "app_id",
    "approval_id",
    "arguments",
    "brand_id",
    "csp_report_uri",
    "csp_src_list",
    "custom_privacy_policy_url",
    "customization_id",
    "device_assurance_id",
    "domain_id",
    "email_domain_id",
    "expand_brands",
    "fetch_all",
    "fields",
    "filter",
    "group_id",
    "include_non_deleted",
    "is_default",
    "label",
    "limit",
    "name",
    "policy_data",
    "policy_id",
    "primary_color_contrast_hex",
    "profile",
    "q",
    "remove_powered_by_okta",
    "rule_data",
    "rule_id",
    "search",
    "secondary_color_contrast_hex",
    "secondary_color_hex",
    "settings",
    "since",
    "sort_by",
    "sort_order",
    "subject",
    "template_name",
    "theme_id",
    "tool",
    "until",
    "url",
    "user_id",
];

/// Verbs that take something away.
const DESTRUCTIVE: &[&str] =
    &["deactivate", "delete", "revoke", "clear", "reset", "remove", "suspend"];

fn properties(tool: &ToolDef) -> serde_json::Map<String, Value> {
    let (_, schema) = tool.describe();
    schema["properties"].as_object().unwrap().clone()
}

#[test]
fn each_tool_is_as_it_was_read_last() {
    for tool in tools() {
        let (description, schema) = tool.describe();
        let scopes: Vec<String> = tool.scopes().iter().map(ToString::to_string).collect();
        let declared = json!({
            "name": tool.name,
            "title": tool.title,
            "description": description,
            "schema": schema,
            "effect": tool.effect(),
            "operation": tool.operation,
            "also": tool.also,
            "scopes": scopes,
        });
        desk::settings(tool.name).bind(|| insta::assert_json_snapshot!("tool", declared));
    }
}

#[test]
fn names_are_unique_and_verb_first() {
    let mut seen = HashSet::new();
    for tool in tools() {
        let name = tool.name;
        assert!(seen.insert(name), "{name} is declared twice");
        assert!(name.len() <= 64, "{name} is too long");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        let (verb, object) = name.split_once('_').unwrap();
        assert!(!verb.is_empty() && !object.is_empty() && !object.ends_with('_'), "{name}");
        assert_eq!(find(name).map(|tool| tool.name), Some(name));
    }
    assert!(find("drop_database").is_none());
}

#[test]
fn toolsets_are_named_once_and_hold_each_tool_once() {
    let names: Vec<&str> = TOOLSETS.iter().map(|set| set.name).collect();
    assert_eq!(
        names,
        [
            "server",
            "users",
            "groups",
            "applications",
            "policies",
            "device_assurance",
            "brands",
            "domains",
            "custom_pages",
            "email_templates",
            "logs",
            "end_user"
        ]
    );
    assert_eq!(tools().count(), TOOLSETS.iter().map(|set| set.tools.len()).sum::<usize>());
}

#[test]
fn titles_and_descriptions_are_there() {
    let mut titles = HashSet::new();
    for tool in tools() {
        assert!(titles.insert(tool.title), "the title {:?} names two tools", tool.title);
        let (description, _) = tool.describe();
        let sentences = description.matches(". ").count() + description.matches(".\n").count() + 1;
        assert!(description.ends_with('.'), "{}: {description}", tool.name);
        assert!(sentences <= 2, "{}: {description}", tool.name);
        let first = description.split(' ').next().unwrap();
        assert!(first.starts_with(char::is_uppercase) && !first.ends_with('s'), "{}", tool.name);
    }
}

#[test]
fn arguments_say_what_they_are_or_need_not() {
    let mut used = HashSet::new();
    for tool in tools() {
        for (name, schema) in properties(tool) {
            assert!(schema["type"].is_string(), "{}.{name} has no one type", tool.name);
            let described = schema["description"].is_string();
            if !described {
                assert!(
                    SELF_EXPLAINING.contains(&name.as_str()),
                    "{}.{name} needs a doc comment",
                    tool.name
                );
                used.insert(name);
            }
        }
    }
    for name in SELF_EXPLAINING {
        assert!(used.contains(*name), "{name} is always described: take it off the list");
    }
}

#[test]
fn schemas_carry_nothing_that_no_model_needs() {
    for tool in tools() {
        let (_, schema) = tool.describe();
        let text = Value::Object(schema.clone()).to_string();
        for word in ["$schema", "$ref", "\"title\"", "\"format\"", "null", "additionalProperties"] {
            assert!(!text.contains(word), "{}: {word} in {text}", tool.name);
        }
        assert_eq!(schema["type"], "object", "{}", tool.name);
    }
}

#[test]
fn effects_fit_names_and_methods() {
    for tool in tools() {
        let name = tool.name;
        let Some(operation) = tool.operation else { continue };
        let reads = operation.method == Method::Get;
        assert_eq!(operation.effect == Effect::Read, reads, "{name}");
        let scope = operation.scope.as_str();
        let verb = scope.strip_suffix(".self").unwrap_or(scope).rsplit('.').next();
        assert_eq!(verb, Some(if reads { "read" } else { "manage" }), "{name}: {scope}");
        if name.split('_').any(|word| DESTRUCTIVE.contains(&word)) {
            // What the name says is done to a thing that is already gone is no less final.
            assert_eq!(tool.effect(), Effect::Destructive, "{name}");
        }
        for also in tool.also {
            assert_eq!(also.effect, Effect::Read, "{name} reads {}", also.path);
            let reads = also.scope.as_str().split('.').next_back() == Some("read");
            assert!(reads, "{name} reads {}", also.path);
        }
    }
}

#[test]
fn placeholders_are_arguments() {
    for tool in tools() {
        let Some(operation) = tool.operation else { continue };
        let arguments: Vec<String> = properties(tool).keys().cloned().collect();
        let required: Vec<Value> = tool
            .describe()
            .1
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for placeholder in operation.path.split('{').skip(1) {
            let placeholder = placeholder.split('}').next().unwrap();
            // Okta calls a user's id just `id`.
            let argument =
                if placeholder == "id" { "user_id".to_owned() } else { snake(placeholder) };
            if tool.name == "get_user_profile_attributes" || tool.needs_person() {
                continue; // Always the default schema; always the person who signed in.
            }
            assert!(arguments.contains(&argument), "{}: no argument for {placeholder}", tool.name);
            assert!(required.contains(&json!(argument)), "{}: {argument} is needed", tool.name);
        }
    }
}

/// `ruleId` as an argument's name: `rule_id`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[test]
fn a_change_names_the_operation_that_reads_its_target() {
    for tool in tools().filter(|tool| tool.effect() != Effect::Read) {
        let Some(operation) = tool.operation else { continue };
        let path = operation.path;
        if path.contains('{') {
            let reads = tool.also.iter().any(|also| path.starts_with(also.path));
            assert!(reads, "{} changes what it never looks at", tool.name);
        }
    }
}

#[test]
fn an_operation_is_found_by_method_and_path() {
    for tool in tools() {
        for operation in tool.operations() {
            let found = okta_catalog::operation(operation.method.as_str(), operation.path);
            assert_eq!(found.map(|found| found.effect), Some(operation.effect), "{}", tool.name);
        }
    }
    assert_eq!(okta_catalog::operation("BREW", "/api/v1/users"), None);
    assert_eq!(okta_catalog::operation("GET", "/api/v1/coffee"), None);
}

#[test]
fn scopes_decide_what_is_allowed() {
    let list = find("list_users").unwrap();
    let create = find("create_user").unwrap();
    let status = find("get_scope_status").unwrap();
    let mine = find("get_my_user_profile").unwrap();
    let allow = |scope: &str, tool: &ToolDef| desk::access(&[scope]).suffices_for(tool);
    assert!(allow("okta.users.read", list));
    assert!(allow("okta.users.manage", list), "manage includes read");
    assert!(!allow("okta.groups.manage", list));
    assert!(!allow("okta.users.read", create));
    assert!(desk::access(&[]).suffices_for(status));

    assert!(allow("okta.users.read.self", mine) && !allow("okta.users.read.self", list));
    for other in ["okta.users.read", "okta.users.manage", "okta.users.manage.self"] {
        assert!(!allow(other, mine), "{other} is another scope");
    }
    for caller in [Caller::App, Caller::ApiToken] {
        let access = Access { caller, ..desk::access(&["okta.users.read.self"]) };
        assert!(!access.suffices_for(mine) && !access.has(Scope::USERS_READ_SELF), "{caller:?}");
    }
    let own = tools().filter(|tool| tool.needs_person()).map(|tool| tool.name);
    let set = TOOLSETS.iter().find(|set| set.name == "end_user").unwrap();
    assert!(own.eq(set.tools.iter().map(|tool| tool.name)));
}

#[test]
fn scopes_that_read_are_told_from_others() {
    for (scope, reads, needs_person) in [
        (Scope::USERS_READ, true, false),
        (Scope::USERS_MANAGE, false, false),
        (Scope::USERS_READ_SELF, true, true),
    ] {
        assert_eq!((scope.reads(), scope.needs_person()), (reads, needs_person), "{scope}");
    }
}

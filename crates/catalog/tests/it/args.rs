//! Arguments as clients send them.

use okta_catalog::{Failure, tools};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::desk::{EVERYWHERE, Fake, answer, failure, plan};

#[test]
fn null_means_not_given() {
    let desk = Fake::new().on("/api/v1/users", json!([]));
    let args =
        json!({ "search": null, "limit": null, "fetch_all": null, "fields": null, "after": "" });
    answer("list_users", args, &desk);
    assert_eq!(desk.asked(), ["/api/v1/users"]);
    let failed = failure("get_user", json!({ "user_id": null }), &desk);
    assert!(failed.to_string().contains("user_id"), "{failed}");
}

#[test]
fn what_is_inside_an_object_goes_out_as_it_came() {
    let text = r#"{"zeta":null,"alpha":"","empty":[],"none":{},"big":12345678901234567890123,"price":1.10,"deep":{"b":[null,{}],"a":false}}"#;
    let profile: Value = serde_json::from_str(text).unwrap();
    let sent = plan("create_group", json!({ "profile": profile }), &Fake::new());
    let body = sent.requests[0].json().unwrap().to_string();
    assert_eq!(body, format!("{{\"profile\":{text}}}"), "order, nulls and digits are kept");
    let sent = plan("create_group", json!({ "profile": text }), &Fake::new());
    assert_eq!(sent.requests[0].json().unwrap().to_string(), body, "as a string of JSON too");
}

#[test]
fn an_object_is_needed_where_one_is() {
    for wrong in [json!("not json"), json!("[1]"), json!([1]), json!(7), json!(true)] {
        let failed = failure("create_group", json!({ "profile": wrong }), &Fake::new());
        assert_eq!(failed.to_string(), "`profile`: an object is needed");
    }
}

#[test]
fn an_unknown_argument_is_refused_by_name() {
    for tool in tools() {
        let failed = failure(tool.name, json!({ "no_such_argument": 1 }), &Fake::new());
        assert!(matches!(failed, Failure::Arguments(_)), "{}: {failed:?}", tool.name);
        assert!(failed.to_string().contains("no_such_argument"), "{}: {failed}", tool.name);
    }
}

#[test]
fn no_secret_is_echoed() {
    const SECRET: &str = "hunter2-hunter2";
    for tool in tools() {
        let (_, schema) = tool.describe();
        for (name, property) in schema["properties"].as_object().unwrap() {
            let wrong = match property["type"].as_str().unwrap() {
                "string" | "array" => json!({ "password": SECRET }),
                _ => json!(SECRET),
            };
            let mut args = serde_json::Map::new();
            for (other, property) in schema["properties"].as_object().unwrap() {
                let fitting = match property["type"].as_str().unwrap() {
                    "string" => json!("x"),
                    "integer" => json!(1),
                    "boolean" => json!(true),
                    "array" => json!(["x"]),
                    _ => json!({ "password": SECRET }),
                };
                args.insert(other.clone(), fitting);
            }
            args.insert(name.clone(), wrong);
            let failed = failure(tool.name, Value::Object(args), &Fake::new());
            let text = format!("{failed}");
            assert!(matches!(failed, Failure::Arguments(_)), "{}.{name}: {failed:?}", tool.name);
            assert!(text.contains(name.as_str()), "{}.{name}: {text}", tool.name);
            assert!(!text.contains(SECRET), "{}.{name}: {text}", tool.name);
        }
    }
}

#[test]
fn a_flag_and_a_limit_are_what_they_are() {
    let desk = Fake::new().on("/api/v1/users", json!([]));
    for wrong in [json!("yes"), json!(1), json!([])] {
        let failed = failure("list_users", json!({ "fetch_all": wrong }), &desk);
        assert_eq!(failed.to_string(), "`fetch_all`: true or false is needed");
    }
    for wrong in [json!(0), json!(-1), json!(1.5), json!("many"), json!({})] {
        let failed = failure("list_users", json!({ "limit": wrong }), &desk);
        assert_eq!(failed.to_string(), "`limit`: a whole number of at least 1 is needed");
    }
    for wrong in [json!(1), json!([1]), json!({})] {
        let failed = failure("list_users", json!({ "fields": wrong }), &desk);
        assert_eq!(failed.to_string(), "`fields`: field names separated by commas are needed");
    }
}

#[test]
fn scope_status_tells_what_is_off_and_why() {
    let desk = Fake::with_scopes(&["okta.users.read", "okta.groups.manage"]);
    let value = answer("get_scope_status", json!({}), &desk).value;
    let disabled = value["disabled_tools"].as_object().unwrap();
    assert_eq!(disabled["create_user"], "okta.users.manage");
    assert_eq!(disabled["list_policies"], "okta.policies.read");
    assert!(!disabled.contains_key("list_groups") && !disabled.contains_key("get_user"));
    assert!(desk.asked().is_empty());
}

proptest! {
    #[test]
    fn no_id_leaves_its_segment(id in "\\PC{1,24}") {
        let args = json!({ "policy_id": "00p1", "rule_id": id });
        let desk = Fake::new().on(EVERYWHERE, json!({}));
        let def = okta_catalog::find("get_policy_rule").unwrap();
        let done = futures::executor::block_on(def.prepare(args.as_object().unwrap().clone(), &desk));
        let asked = desk.asked();
        if id == "." || id == ".." {
            prop_assert!(done.is_err() && asked.is_empty());
        } else {
            let segment = asked[0].strip_prefix("/api/v1/policies/00p1/rules/").unwrap();
            prop_assert!(segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte)));
            prop_assert_eq!(decoded(segment), id);
        }
    }
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

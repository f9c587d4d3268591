//! The pipeline's rules, each by what goes to Okta, to the trail and to the client.

use std::{collections::BTreeMap, sync::Arc};

use okta_catalog::{Caller, Effect, ToolDef};
use okta_gate::{CallError, Called, Configured, Verdict};
use serde_json::{Map, Value, json};

use crate::{
    okta::{Answer, LISTS, Seen},
    setup::{Person, Rig, every_scope, fitting_text},
};

/// Arguments that fit the tool: text for every required one, and for a page, which is changed in
/// one thing at least.
pub(crate) fn fitting(tool: &ToolDef) -> Value {
    let (_, schema) = tool.describe();
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let page = schema["properties"].get("page_content").map(|_| json!("page_content"));
    let args: Map<String, Value> = required
        .iter()
        .chain(&page)
        .map(|name| {
            let name = name.as_str().unwrap();
            let value = match schema["properties"][name]["type"].as_str().unwrap() {
                "object" => json!({
                    "name": "n", "type": "PASSWORD", "platform": "IOS", "signOnMode": "BOOKMARK",
                }),
                "boolean" => json!(true),
                "integer" => json!(1),
                _ => json!(fitting_text(name).unwrap_or("x1")),
            };
            (name.to_owned(), value)
        })
        .collect();
    Value::Object(args)
}

/// What every object of this Okta is: ready for whatever the tool does with it.
pub(crate) fn object(tool: &str) -> Value {
    let status = match tool {
        "delete_deactivated_user" => "DEPROVISIONED",
        "delete_application"
        | "activate_application"
        | "activate_policy"
        | "activate_policy_rule" => "INACTIVE",
        _ => "ACTIVE",
    };
    json!({
        "id": "x1", "status": status, "name": "n", "label": "n", "type": "PASSWORD",
        "platform": "IOS", "signOnMode": "BOOKMARK", "profile": { "name": "n", "login": "a@b.c" },
    })
}

/// Answers every GET with the object, or with a list where lists are.
pub(crate) fn obliging(rig: &Rig, tool: &'static str) {
    rig.okta.program(move |seen: &Seen| {
        let last = seen.path.rsplit('/').next().unwrap();
        match seen.method.as_str() {
            "GET" if LISTS.contains(&last) || last == "roles" => Answer::json(200, &json!([])),
            "GET" if last == "domains" => Answer::json(200, &json!({ "domains": [] })),
            "DELETE" => Answer { status: 204, headers: Vec::new(), body: String::new() },
            _ => Answer::json(200, &object(tool)),
        }
    });
}

#[tokio::test]
async fn every_tool_leaves_a_call_and_an_outcome() {
    let rig = Rig::new().await;
    for tool in okta_catalog::tools().filter(|tool| tool.operation.is_some()) {
        obliging(&rig, tool.name);
        rig.trail.rows.lock().unwrap().clear();
        let called = rig.call(tool.name, fitting(tool), &Person::agrees()).await;
        assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        let kinds = rig.trail.kinds();
        let wanted: &[&str] = if tool.effect() == Effect::Read {
            &["call", "outcome"]
        } else {
            &["call", "intent", "outcome"]
        };
        assert_eq!(kinds, wanted, "{}", tool.name);
        let rows = rig.trail.rows.lock().unwrap();
        let (last, durable) = rows.last().unwrap();
        assert_eq!(last["outcome"], "success", "{}", tool.name);
        assert_eq!(*durable, tool.effect() != Effect::Read, "{}", tool.name);
    }
}

#[tokio::test]
async fn nothing_is_changed_without_a_yes() {
    let rig = Rig::new().await;
    let noes = [
        Verdict::Declined,
        Verdict::Cancelled,
        Verdict::TimedOut,
        Verdict::Failed("broken".to_owned()),
        Verdict::Later,
    ];
    for tool in okta_catalog::tools().filter(|tool| tool.effect() >= Effect::Sensitive) {
        for verdict in &noes {
            obliging(&rig, tool.name);
            let person = Person::who(verdict.clone());
            let called = rig.call(tool.name, fitting(tool), &person).await;
            assert!(!matches!(called, Called::Done(_)), "{} {verdict:?}", tool.name);
            assert_eq!(rig.okta.writes(), [], "{} {verdict:?}", tool.name);
            assert_eq!(person.asked.lock().unwrap().len(), 1, "{} {verdict:?}", tool.name);
        }
    }
}

#[tokio::test]
async fn reads_and_writes_ask_nobody() {
    let rig = Rig::new().await;
    let plain = |tool: &&ToolDef| tool.operation.is_some() && tool.effect() <= Effect::Write;
    for tool in okta_catalog::tools().filter(plain) {
        obliging(&rig, tool.name);
        let person = Person::who(Verdict::Declined);
        let called = rig.call(tool.name, fitting(tool), &person).await;
        assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        assert_eq!(person.asked.lock().unwrap().len(), 0, "{}", tool.name);
    }
}

#[tokio::test]
async fn the_setting_lets_sensitive_changes_through_and_no_destructive_one() {
    let rig = Rig::with(every_scope(), true).await;
    for tool in okta_catalog::tools().filter(|tool| tool.effect() >= Effect::Sensitive) {
        obliging(&rig, tool.name);
        let person = Person::mute();
        let called = rig.call(tool.name, fitting(tool), &person).await;
        if tool.effect() == Effect::Sensitive {
            assert!(matches!(called, Called::Done(_)), "{}: {called:?}", tool.name);
        } else {
            assert!(
                matches!(called, Called::Failed(CallError::CannotAsk { .. })),
                "{}: {called:?}",
                tool.name
            );
            assert_eq!(rig.okta.writes(), [], "{}", tool.name);
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_and_nothing_is_sent() {
    let rig = Rig::with(vec!["okta.logs.read".to_owned()], false).await;
    let names: Vec<&str> = rig.gate.listed().iter().map(|tool| tool.name).collect();
    let always = okta_catalog::tools().filter(|tool| tool.scopes().is_empty());
    let wanted = always.map(|tool| tool.name).chain(["get_logs", "get_login_failures"]);
    assert_eq!(names, wanted.collect::<Vec<_>>());
    for tool in okta_catalog::tools().filter(|tool| !names.contains(&tool.name)) {
        obliging(&rig, tool.name);
        match rig.call(tool.name, fitting(tool), &Person::agrees()).await {
            Called::Failed(error) => {
                let told = error.envelope();
                assert_eq!(told["error"]["kind"], "missing_scope", "{}", tool.name);
                let scope = tool.scopes()[0].to_string();
                assert!(told.to_string().contains(&scope), "{}: {told}", tool.name);
            }
            other => panic!("{}: {other:?}", tool.name),
        }
        assert_eq!(rig.okta.seen(), [], "{}", tool.name);
    }
}

#[tokio::test]
async fn manage_includes_read() {
    let rig = Rig::with(vec!["okta.users.manage".to_owned()], false).await;
    obliging(&rig, "get_user");
    assert_eq!(rig.done("get_user", json!({ "user_id": "x1" })).await["id"], "x1");
}

#[tokio::test]
async fn a_target_that_changed_is_a_conflict() {
    let rig = Rig::new().await;
    let reads = std::sync::atomic::AtomicU32::new(0);
    rig.okta.program(move |seen: &Seen| {
        let number = reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(seen.method, "GET");
        Answer::json(200, &json!({ "id": "x1", "profile": { "name": format!("n{number}") } }))
    });
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    match rig.call("update_group", args, &Person::agrees()).await {
        Called::Failed(error @ CallError::Changed) => {
            assert_eq!(error.envelope()["error"]["kind"], "conflict");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn without_a_trail_nothing_is_changed_and_reads_go_on() {
    let rig = Rig::new().await;
    *rig.trail.full.lock().unwrap() = true;
    obliging(&rig, "update_group");
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    match rig.call("update_group", args, &Person::agrees()).await {
        Called::Failed(error) => assert_eq!(error.envelope()["error"]["kind"], "audit_trail"),
        other => panic!("{other:?}"),
    }
    // Refused before anything is read.
    assert_eq!(rig.okta.seen(), []);
    assert_eq!(rig.done("get_group", json!({ "group_id": "x1" })).await["id"], "x1");
}

#[tokio::test]
async fn without_a_trail_that_is_required_nothing_is_read_either() {
    let rig = Rig::arranged(|setup| setup.audit_required = true).await;
    obliging(&rig, "get_group");
    let args = json!({ "group_id": "x1" });
    assert_eq!(rig.done("get_group", args.clone()).await["id"], "x1");
    *rig.trail.full.lock().unwrap() = true;
    let called = rig.call("get_group", args, &Person::agrees()).await;
    assert!(matches!(called, Called::Failed(CallError::Trail(_))), "{called:?}");
    assert_eq!(rig.okta.seen().len(), 1);
}

#[tokio::test]
async fn a_lost_answer_to_a_write_is_unknown_and_never_sent_twice() {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| match seen.method.as_str() {
        "GET" => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } })),
        // Fewer bytes than announced would be cut by the server; a gateway's page is as useless.
        _ => Answer { status: 502, headers: Vec::new(), body: "<html>Bad gateway</html>".into() },
    });
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    match rig.call("update_group", args, &Person::agrees()).await {
        Called::Failed(error) => {
            let told = error.envelope();
            assert_eq!(told["error"]["kind"], "outcome_unknown");
            assert_eq!(told["error"]["next"], "check before trying again: get_group");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(rig.okta.writes().len(), 1);
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows.last().unwrap().0["outcome"], "unknown");
}

#[tokio::test]
async fn a_change_that_was_begun_outlives_its_caller() {
    let rig = Rig::new().await;
    let (reached, arrived) = std::sync::mpsc::channel();
    rig.okta.program(move |seen: &Seen| {
        if seen.method != "GET" {
            reached.send(()).unwrap();
        }
        Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } }))
    });
    let person = Person::agrees();
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    let arrived = tokio::task::spawn_blocking(move || arrived.recv().unwrap());
    tokio::select! {
        biased;
        // The caller goes away once the write has arrived at Okta.
        _ = arrived => {}
        called = rig.call("update_group", args, &person) => drop(called),
    }
    rig.gate.drain().await;
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows.last().unwrap().0["outcome"], "success");
}

#[tokio::test]
async fn a_call_that_is_never_polled_to_its_end_is_recorded_as_cancelled() {
    let rig = Rig::new().await;
    let person = Person::agrees();
    {
        let call = rig.call("get_user", json!({ "user_id": "x1" }), &person);
        tokio::pin!(call);
        assert!(futures::poll!(&mut call).is_pending());
    }
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows.last().unwrap().0["outcome"], "cancelled");
}

#[tokio::test]
async fn every_row_of_a_call_carries_what_okta_knows_it_by() {
    let rig = Rig::new().await;
    rig.okta.program(|_: &Seen| {
        Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } }))
            .header("x-okta-request-id", "okta-id")
    });
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    rig.done_text("update_group", args).await;
    let seen = rig.okta.seen();
    let agent = |seen: &Seen| seen.headers["user-agent"].to_str().unwrap().to_owned();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(agent(&seen[0]), format!("okta-mcp/{version} (call/1-0707070707070707)"));
    assert_eq!(
        agent(&rig.okta.writes()[0]),
        format!("okta-mcp/{version} (call/2-0707070707070707)")
    );
    let rows = rig.trail.rows.lock().unwrap();
    assert_eq!(rows.last().unwrap().0["okta_request_ids"], json!(vec!["okta-id"; seen.len()]));
}

#[tokio::test]
async fn secrets_reach_neither_the_model_nor_the_trail() {
    let rig = Rig::new().await;
    rig.okta.program(|_: &Seen| {
        let client = json!({ "client_id": "c", "client_secret": "hush-hush-hush" });
        Answer::json(200, &json!({ "id": "0oa1", "credentials": { "oauthClient": client } }))
    });
    let args = json!({
        "app_config": { "label": "l", "credentials": { "oauthClient": { "client_secret": "mine" } } },
        "secret_file": "new.json",
    });
    let text = rig.done_text("create_application", args.clone()).await;
    assert!(!text.contains("hush"), "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(answer["credentials"]["oauthClient"]["client_secret"], "[redacted]");
    assert!(text.contains("new.json"), "{text}");
    let kept = std::fs::read_to_string(rig.exports.join("new.json")).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(kept["/credentials/oauthClient/client_secret"], "hush-hush-hush");
    let trail = format!("{:?}", rig.trail.rows.lock().unwrap());
    assert!(!trail.contains("hush") && !trail.contains("mine"), "{trail}");
    // The file is there now: nothing is sent, and what is in it stays.
    match rig.call("create_application", args, &Person::agrees()).await {
        Called::Failed(error) => assert_eq!(error.envelope()["error"]["kind"], "file"),
        other => panic!("{other:?}"),
    }
    assert_eq!(rig.okta.writes().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn files_stay_in_their_folder_and_are_their_owners() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let rig = Rig::new().await;
    rig.okta.program(|_: &Seen| {
        Answer::json(200, &json!([{ "id": "1", "profile": { "login": "=1+1" } }]))
    });
    let outside = rig.exports.with_extension("outside");
    std::fs::create_dir_all(&rig.exports).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    symlink(&outside, rig.exports.join("link")).unwrap();
    for path in ["../x.csv", "/etc/x.csv", "a/../../x.csv", "link/x.csv", "", "."] {
        match rig.call("export_users_csv", json!({ "output_path": path }), &Person::agrees()).await
        {
            Called::Failed(error) => {
                assert_eq!(error.envelope()["error"]["kind"], "file", "{path}");
            }
            other => panic!("{path}: {other:?}"),
        }
        assert_eq!(rig.okta.seen(), [], "{path}");
    }
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
    let answer = rig.done("export_users_csv", json!({ "output_path": "sub/x.csv" })).await;
    let path = answer["output_path"].as_str().unwrap();
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(std::fs::read_to_string(path).unwrap().contains(",'=1+1,"));
}

#[tokio::test]
async fn an_export_that_broke_off_goes_on_where_it_was() {
    let rig = Rig::new().await;
    let page = |rig: &Rig, broken: bool| {
        let origin = rig.okta.origin.clone();
        rig.okta.program(move |seen: &Seen| {
            let after = seen.query.iter().find(|(name, _)| name == "after");
            match after.map(|(_, value)| value.as_str()) {
                None => Answer::json(200, &json!([{ "id": "1" }])).header(
                    "link",
                    format!("<{origin}/api/v1/users?after=two&limit=200>; rel=\"next\""),
                ),
                Some(_) if broken => Answer::json(403, &json!({ "errorCode": "E0000006" })),
                Some(_) => Answer::json(200, &json!([{ "id": "2" }])),
            }
        });
    };
    page(&rig, true);
    let args = json!({ "output_path": "people.csv", "fields": "id" });
    match rig.call("export_users_csv", args, &Person::agrees()).await {
        Called::Failed(error) => assert!(error.to_string().contains("1 users are in"), "{error}"),
        other => panic!("{other:?}"),
    }
    // A row that was half written when the process ended is not kept.
    let path = rig.exports.join("people.csv");
    std::fs::write(&path, "id\n1\nhal").unwrap();
    page(&rig, false);
    let args = json!({ "output_path": "people.csv", "fields": "id", "resume": true });
    let answer = rig.done("export_users_csv", args).await;
    assert_eq!(answer["total_users"], 2);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "id\n1\n2\n");
}

#[tokio::test]
async fn the_question_says_what_okta_says() {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| match seen.path.as_str() {
        "/api/v1/groups/x1/users" => Answer::json(
            200,
            &json!([{ "profile": { "firstName": "Ana", "lastName": "Silva", "login": "ana@a.b" } }]),
        ),
        "/api/v1/groups/x1/apps" => Answer::json(200, &json!([{ "label": "Sales\u{202e}force" }])),
        _ => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "Staff" } })),
    });
    let person = Person::who(Verdict::Declined);
    rig.call("delete_group", json!({ "group_id": "x1" }), &person).await;
    let asked = person.asked.lock().unwrap();
    let text = &asked[0].text;
    for part in ["\"Staff\"", "Ana Silva (ana@a.b)", "Sales\\u202eforce", "acme.okta.com", "tests"]
    {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

#[tokio::test]
async fn a_question_holds_for_one_call_and_one_state() {
    let rig = Rig::new().await;
    let ask = async |name: &'static str, id: &str| {
        rig.okta.program(move |seen: &Seen| {
            let list = seen.path.ends_with("users") || seen.path.ends_with("apps");
            let object = json!({ "id": "x", "lastLogin": "t", "profile": { "name": name } });
            Answer::json(200, &if list { json!([]) } else { object })
        });
        let person = Person::who(Verdict::Declined);
        rig.call("delete_group", json!({ "group_id": id }), &person).await;
        person.asked.into_inner().unwrap().remove(0).binding
    };
    let first = ask("Staff", "x1").await;
    assert_eq!(first, ask("Staff", "x1").await);
    assert_ne!(first, ask("Other", "x1").await);
    assert_ne!(first, ask("Staff", "x2").await);
}

#[tokio::test]
async fn a_name_forges_no_line_of_the_question() {
    let rig = Rig::new().await;
    rig.okta.program(|seen: &Seen| {
        let name = "Ops\nIt has no members.\r\nOrg other.okta.com\u{2028}\u{202e}x";
        let group = json!({ "id": "x1", "profile": { "name": name } });
        let list = ["users", "apps", "roles"].iter().any(|last| seen.path.ends_with(last));
        Answer::json(200, &if list { json!([]) } else { group })
    });
    let person = Person::who(Verdict::Declined);
    rig.call("delete_group", json!({ "group_id": "x1" }), &person).await;
    let asked = person.asked.lock().unwrap();
    let lines: Vec<&str> = asked[0].text.lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[3], "Sends DELETE /api/v1/groups/x1");
    assert!(lines[0].contains("Ops\\nIt has no members.\\u000d\\nOrg"), "{lines:?}");
    assert!(lines[0].contains("\\u2028\\u202ex"), "{lines:?}");
}

#[tokio::test]
async fn what_is_switched_off_is_neither_listed_nor_called_nor_done_by_another_name() {
    let by = "deny_tools (okta-mcp.toml:4:14)";
    let configured = Configured {
        scopes: every_scope(),
        caller: Caller::ApiToken,
        off: Arc::new(BTreeMap::from([("delete_group", by.to_owned())])),
    };
    let rig = Rig::arranged(|setup| {
        setup.configured = configured;
        setup.allow_sensitive = true;
    })
    .await;
    assert!(!rig.gate.listed().iter().any(|tool| tool.name == "delete_group"));
    let group = json!({ "group_id": "00g1" });
    for (tool, args) in [
        ("delete_group", group.clone()),
        ("preview_change", json!({ "tool": "delete_group", "arguments": group })),
    ] {
        let Called::Failed(error) = rig.call(tool, args, &Person::agrees()).await else {
            panic!("{tool}")
        };
        let told = error.envelope();
        assert_eq!(told["error"]["kind"], "switched_off", "{told}");
        assert_eq!(told["error"]["message"], format!("delete_group is switched off by {by}"));
        assert!(told["error"]["next"].is_string());
        assert_eq!(rig.trail.rows.lock().unwrap().last().unwrap().0["outcome"], "switched_off");
    }
    assert_eq!(rig.okta.seen(), []);
    // What is made can be made, and not be taken back by the deletion that is switched off.
    rig.okta.program(|seen: &Seen| match seen.method.as_str() {
        "POST" | "GET" => Answer::json(200, &json!({ "id": "00g1", "profile": { "name": "n" } })),
        _ => Answer::json(500, &json!({})),
    });
    let made = rig.done("create_group", json!({ "profile": { "name": "n" } })).await;
    let undo = json!({ "undo_id": made["_undo"] });
    let Called::Failed(error) = rig.call("undo_change", undo, &Person::agrees()).await else {
        panic!("the deletion is switched off")
    };
    assert_eq!(error.kind(), "switched_off");
    assert!(!rig.okta.seen().iter().any(|seen| seen.method == "DELETE"));
    // And it is told why the tool is missing.
    let status = rig.done("get_scope_status", json!({})).await;
    assert_eq!(status["switched_off_by_configuration"], json!({ by: ["delete_group"] }));
    assert_eq!(status["disabled_tools"], json!({}));
}

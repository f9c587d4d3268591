//! What a person reads before a change: all that will be sent, whatever surrounds it.

use okta_gate::{CallError, Called, Verdict};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    pages::{PAGE, args, brand},
    setup::{Person, Rig},
};

fn rule(excluded: &Value) -> Value {
    json!({
        "id": "0pr1",
        "name": "Everybody else",
        "type": "ACCESS_POLICY",
        "conditions": { "people": { "users": { "exclude": excluded } } },
        "actions": { "appSignOn": { "access": "DENY" } },
    })
}

/// What is asked before the rule is changed to this one.
async fn asked(before: Value, after: Value) -> Result<String, CallError> {
    let rig = Rig::new().await;
    rig.okta.program(move |_: &Seen| Answer::json(200, &before));
    let person = Person::who(Verdict::Declined);
    let args = json!({ "policy_id": "00p1", "rule_id": "0pr1", "rule_data": after });
    let called = rig.call("update_policy_rule", args, &person).await;
    assert_eq!(rig.okta.writes(), []);
    let asked = person.asked.into_inner().unwrap().pop();
    match (asked, called) {
        (Some(question), _) => Ok(question.text),
        (None, Called::Failed(error)) => Err(error),
        (None, called) => panic!("{called:?}"),
    }
}

#[tokio::test]
async fn of_a_list_what_joins_and_what_leaves_is_shown() {
    let many: Vec<String> = (0..300).map(|at| format!("00u{at}")).collect();
    let mut other = many.clone();
    other.retain(|id| id != "00u7");
    other.insert(250, "00uintruder".to_owned());
    let text = asked(rule(&json!(many)), rule(&json!(other))).await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[1..],
        [
            "conditions.people.users.exclude: without \"00u7\"",
            "conditions.people.users.exclude: with \"00uintruder\"",
            "Sends PUT /api/v1/policies/00p1/rules/0pr1",
            "Org acme.okta.com, asked by tests through update_policy_rule.",
        ]
    );
    let mut turned = many.clone();
    turned.reverse();
    let text = asked(rule(&json!(many)), rule(&json!(turned))).await.unwrap();
    assert!(text.contains("more characters) → [\"00u299\",\"00u298\""), "{text}");
}

#[tokio::test]
async fn nothing_hides_behind_a_long_text() {
    let mut after = rule(&json!([]));
    after["name"] = json!("x".repeat(100_000));
    after["system"] = json!(true);
    let text = asked(rule(&json!([])), after).await.unwrap();
    assert!(text.contains("… (85000 more characters)"), "{text}");
    assert!(text.contains("system: (none) → true"), "{text}");
}

#[tokio::test]
async fn what_nobody_would_read_is_refused() {
    let mut after = rule(&json!([]));
    for at in 0..2000 {
        after[format!("padding{at}")] = json!("nothing to see here");
    }
    let error = asked(rule(&json!([])), after).await.unwrap_err();
    assert!(error.to_string().contains("at most 20000 can be shown"), "{error}");
    assert_eq!(error.envelope()["error"]["next"], "change less at a time");
}

/// What is asked before the sign-in page becomes this one.
async fn asked_of_page(page: Option<&str>, args: Value) -> Vec<String> {
    let rig = Rig::new().await;
    brand(&rig, page.map(|html| json!({ "pageContent": html })));
    let person = Person::who(Verdict::Declined);
    rig.call("replace_customized_sign_in_page", args, &person).await;
    assert_eq!(rig.okta.writes(), []);
    let question = person.asked.into_inner().unwrap().pop().unwrap();
    question.text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn a_change_of_a_page_is_read_line_by_line() {
    let after = PAGE
        .replace("Sign in", "Log in")
        .replace("</body>", "<script src=\"https://x.example/a.js\"></script>\n</body>\u{200b}");
    assert_eq!(
        asked_of_page(Some(PAGE), args(&after)).await,
        [
            "Change the sign-in page of brand \"Acme\"?",
            "pageContent: 2 lines removed, 3 lines added",
            "| <html>",
            "| <head>",
            "- <title>Sign in</title>",
            "+ <title>Log in</title>",
            "| </head>",
            "| <body>",
            "- </body>",
            "+ <script src=\"https://x.example/a.js\"></script>",
            "+ </body>\\u200b",
            "| </html>",
            "Sends PUT /api/v1/brands/bnd1/pages/sign-in/customized",
            "Org acme.okta.com, asked by tests through replace_customized_sign_in_page.",
        ]
    );
}

#[tokio::test]
async fn a_new_page_is_read_whole() {
    let lines = asked_of_page(None, args("<p>\n<b>\n")).await;
    assert_eq!(
        lines[..6],
        [
            "Customize the sign-in page of brand \"Acme\"?",
            "There is none so far: Okta's own page is in its place.",
            "{\"pageContent\":\"(2 lines, below)\"}",
            "pageContent: 2 lines added",
            "+ <p>",
            "+ <b>",
        ]
    );
}

#[tokio::test]
async fn no_line_of_a_page_passes_for_one_of_the_question() {
    let forged = format!("{PAGE}Sends nothing at all\r\nApproved already.\n");
    let lines = asked_of_page(Some(PAGE), args(&forged)).await;
    assert!(lines.contains(&"+ Sends nothing at all\\u000d".to_owned()), "{lines:?}");
    assert!(lines.contains(&"+ Approved already.".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_counted() {
    let line = format!("<p>{}</p>\n", "x".repeat(90));
    let after = format!("{PAGE}{}<script>steal()</script>\n", line.repeat(400));
    let lines = asked_of_page(Some(PAGE), args(&after)).await;
    let shown = lines.iter().filter(|line| line.starts_with("+ <p>xxx")).count();
    let left = lines.iter().find(|line| line.starts_with("+ … (")).unwrap();
    assert_eq!(
        left,
        &format!("+ … ({} lines more, {} characters)", 401 - shown, (400 - shown) * 97 + 24)
    );
    assert!(lines.contains(&"pageContent: 401 lines added".to_owned()), "{lines:?}");
    assert!((100..200).contains(&shown), "as much as fits: {shown}");
}

#[tokio::test]
async fn other_fields_do_not_hide_behind_a_page() {
    let mut args = args(&"<p>\n".repeat(20_000));
    args["csp_src_list"] = json!(["https://evil.example"]);
    let text = asked_of_page(Some(PAGE), args).await.join("\n");
    assert!(text.contains("srcList\":[\"https://evil.example\"]"), "{text}");
}

#[tokio::test]
async fn what_moves_in_a_list_is_told_beside_what_joins_and_leaves() {
    for (before, after, shown) in [
        (
            json!(["00u1", "00u2"]),
            json!(["00u2", "00u1", "00u3"]),
            Some("[\"00u2\",\"00u1\",\"00u3\"]"),
        ),
        (json!(["00u1", "00u2"]), json!(["00u2", "00u2"]), Some("[\"00u2\",\"00u2\"]")),
        (json!(["00u1", "00u2"]), json!(["00u1", "00u3", "00u2"]), None),
        (json!(["00u1", "00u2"]), json!(["00u2"]), None),
    ] {
        let text = asked(rule(&before), rule(&after)).await.unwrap();
        let told = text.lines().find(|line| line.contains("in another order"));
        let told = told.and_then(|line| line.split("now ").nth(1));
        assert_eq!(told, shown, "{text}");
    }
}

//! Pages of HTML: what a person reads of them, and pages that are not there.

use std::sync::{Arc, Mutex};

use okta_gate::{CallError, Called, Verdict};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

const PAGE: &str = "<html>\n<head>\n<title>Sign in</title>\n</head>\n<body>\n</body>\n</html>\n";

/// An Okta with a brand that has this sign-in page, or none.
fn brand(rig: &Rig, page: Option<Value>) -> Arc<Mutex<Option<Value>>> {
    let page = Arc::new(Mutex::new(page));
    let shared = Arc::clone(&page);
    rig.okta.program(move |seen: &Seen| {
        let mut page = shared.lock().unwrap();
        if !seen.path.ends_with("/pages/sign-in/customized") {
            return Answer::json(200, &json!({ "id": "bnd1", "name": "Acme" }));
        }
        match seen.method.as_str() {
            "PUT" => page.clone_from(&seen.body),
            "DELETE" => *page = None,
            _ => {
                return page.as_ref().map_or_else(
                    || Answer::json(404, &json!({ "errorCode": "E0000007", "errorSummary": "no" })),
                    |page| Answer::json(200, page),
                );
            }
        }
        match page.as_ref() {
            Some(page) => Answer::json(200, page),
            None => Answer { status: 204, headers: Vec::new(), body: String::new() },
        }
    });
    page
}

fn args(html: &str) -> Value {
    json!({ "brand_id": "bnd1", "page_content": html })
}

/// What is asked before the sign-in page becomes this one.
async fn asked(page: Option<&str>, args: Value) -> Vec<String> {
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
        asked(Some(PAGE), args(&after)).await,
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
    let lines = asked(None, args("<p>\n<b>\n")).await;
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
    let lines = asked(Some(PAGE), args(&forged)).await;
    assert!(lines.contains(&"+ Sends nothing at all\\u000d".to_owned()), "{lines:?}");
    assert!(lines.contains(&"+ Approved already.".to_owned()), "{lines:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_counted() {
    let line = format!("<p>{}</p>\n", "x".repeat(90));
    let after = format!("{PAGE}{}<script>steal()</script>\n", line.repeat(400));
    let lines = asked(Some(PAGE), args(&after)).await;
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
    let text = asked(Some(PAGE), args).await.join("\n");
    assert!(text.contains("srcList\":[\"https://evil.example\"]"), "{text}");
}

#[tokio::test]
async fn a_page_that_was_made_is_taken_back() {
    let rig = Rig::new().await;
    let page = brand(&rig, None);
    let made = rig.done("replace_customized_sign_in_page", args(PAGE)).await;
    assert_eq!(made["pageContent"], PAGE);
    assert!(made.get("_changed").is_none(), "{made}");
    let undo = json!({ "undo_id": made["_undo"] });
    rig.done("undo_change", undo).await;
    assert_eq!(*page.lock().unwrap(), None);
}

#[tokio::test]
async fn a_page_that_was_deleted_is_put_back() {
    let rig = Rig::new().await;
    let there = json!({ "pageContent": PAGE, "widgetVersion": "^7" });
    let page = brand(&rig, Some(there.clone()));
    let gone = rig.done("delete_customized_sign_in_page", json!({ "brand_id": "bnd1" })).await;
    assert_eq!(*page.lock().unwrap(), None);
    let undo = json!({ "undo_id": gone["_undo"] });
    // Not over a page that somebody made since.
    *page.lock().unwrap() = Some(json!({ "pageContent": "new" }));
    let called = rig.call("undo_change", undo.clone(), &Person::agrees()).await;
    assert!(matches!(called, Called::Failed(CallError::Refused { .. })), "{called:?}");
    *page.lock().unwrap() = None;
    rig.done("undo_change", undo).await;
    assert_eq!(*page.lock().unwrap(), Some(there));
}

#[tokio::test]
async fn a_page_that_appears_meanwhile_is_not_overwritten() {
    let rig = Rig::new().await;
    let reads = Arc::new(Mutex::new(0));
    rig.okta.program(move |seen: &Seen| {
        if !seen.path.ends_with("/customized") {
            return Answer::json(200, &json!({ "id": "bnd1", "name": "Acme" }));
        }
        let mut reads = reads.lock().unwrap();
        *reads += 1;
        // It is there from the last look on, right before the change is sent.
        match *reads {
            1 | 2 => Answer::json(404, &json!({ "errorCode": "E0000007", "errorSummary": "no" })),
            _ => Answer::json(200, &json!({ "pageContent": "somebody else's" })),
        }
    });
    let called = rig.call("replace_customized_sign_in_page", args(PAGE), &Person::agrees()).await;
    assert!(matches!(called, Called::Failed(CallError::Changed)), "{called:?}");
    assert_eq!(rig.okta.writes(), []);
}

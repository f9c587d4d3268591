//! Pages that are not there: made, deleted, taken back.

use std::sync::{Arc, Mutex};

use okta_gate::{CallError, Called};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

pub(crate) const PAGE: &str =
    "<html>\n<head>\n<title>Sign in</title>\n</head>\n<body>\n</body>\n</html>\n";

/// An Okta with a brand that has this sign-in page, or none.
pub(crate) fn brand(rig: &Rig, page: Option<Value>) -> Arc<Mutex<Option<Value>>> {
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

pub(crate) fn args(html: &str) -> Value {
    json!({ "brand_id": "bnd1", "page_content": html })
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

#[tokio::test]
async fn an_answer_tells_the_lines_that_changed_and_not_the_page_again() {
    let rig = Rig::new().await;
    brand(&rig, Some(json!({ "pageContent": PAGE })));
    let after = PAGE.replace("Sign in", "Log in");
    let call = json!({ "tool": "replace_customized_sign_in_page", "arguments": args(&after) });
    let preview = rig.done("preview_change", call).await;
    let changed = rig.done("replace_customized_sign_in_page", args(&after)).await;
    let lines = json!([{ "field": "pageContent", "lines": [
        "| <html>", "| <head>", "- <title>Sign in</title>", "+ <title>Log in</title>", "| </head>",
        "| <body>",
    ] }]);
    assert_eq!((&preview["changes"], &changed["_changed"]), (&lines, &lines));
}

//! What a call that failed tells, and what it leaves undone.

use std::sync::atomic::{AtomicU32, Ordering};

use okta_client::{Error, ErrorKind, Prompt};
use okta_gate::{CallError, Called};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Person, Rig},
};

async fn failed(rig: &Rig) -> CallError {
    let args = json!({ "group_id": "x1", "profile": { "description": "d" } });
    match rig.call("update_group", args, &Person::agrees()).await {
        Called::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn okta_s_causes_are_told_where_there_are_any() {
    for (causes, told) in [
        (json!([{ "errorSummary": "name: must be unique" }]), json!(["name: must be unique"])),
        (json!([]), Value::Null),
    ] {
        let rig = Rig::new().await;
        rig.okta.program(move |seen: &Seen| match seen.method.as_str() {
            "GET" if seen.path.ends_with("/roles") => Answer::json(200, &json!([])),
            "GET" => Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } })),
            _ => Answer::json(
                400,
                &json!({ "errorCode": "E0000001", "errorSummary": "no", "errorCauses": causes }),
            ),
        });
        let envelope = failed(&rig).await.envelope();
        assert_eq!(envelope["error"]["okta"]["code"], "E0000001", "{envelope}");
        assert_eq!(envelope["error"]["okta"].get("causes"), (!told.is_null()).then_some(&told));
    }
}

/// The last look, right before the change is sent.
#[tokio::test]
async fn an_object_that_cannot_be_read_again_is_not_changed() {
    for (status, kind) in [(403, "missing_admin_role"), (404, "conflict")] {
        let rig = Rig::new().await;
        let reads = AtomicU32::new(0);
        rig.okta.program(move |seen: &Seen| {
            if seen.path.ends_with("/roles") {
                return Answer::json(200, &json!([]));
            }
            if reads.fetch_add(1, Ordering::Relaxed) == 0 {
                return Answer::json(200, &json!({ "id": "x1", "profile": { "name": "n" } }));
            }
            let code = if status == 403 { "E0000006" } else { "E0000007" };
            Answer::json(status, &json!({ "errorCode": code, "errorSummary": "no" }))
        });
        assert_eq!(failed(&rig).await.kind(), kind);
        assert_eq!(rig.okta.writes(), []);
    }
}

#[test]
fn an_unknown_outcome_tells_how_to_find_out() {
    for (check, next) in [
        ("get_group", "check before trying again: get_group"),
        ("", "read the object before trying again"),
    ] {
        let error = Box::new(Error::new(ErrorKind::OutcomeUnknown, "no answer"));
        let error = CallError::Okta { error, scope: None, check: check.to_owned(), done: 0 };
        assert_eq!(error.envelope()["error"]["next"], next);
    }
}

#[test]
fn a_call_that_needs_a_person_says_what_to_show_them() {
    let prompt = |code: Option<(String, String)>| Prompt {
        id: "p1".to_owned(),
        url: "https://acme.okta.com/activate?user_code=ABCDEFGH".to_owned(),
        code,
        expires: "2026-03-04T05:16:07Z".parse().unwrap(),
    };
    let needed = |prompt| {
        let error = Error::new(ErrorKind::SignInNeeded, "nobody is signed in");
        CallError::from(Error { prompt, ..error })
    };
    let page = "https://acme.okta.com/activate".to_owned();
    let with_code = needed(Some(Box::new(prompt(Some((page, "ABCDEFGH".to_owned()))))));
    assert_eq!(with_code.kind(), "sign_in_needed");
    assert_eq!(with_code.sign_in().unwrap().id, "p1");
    assert_eq!(
        with_code.envelope()["error"],
        json!({
            "kind": "sign_in_needed",
            "message": "nobody is signed in",
            "sign_in": {
                "url": "https://acme.okta.com/activate?user_code=ABCDEFGH",
                "code": "ABCDEFGH",
                "expires": "2026-03-04T05:16:07Z",
            },
            "next": "show the person the link and the code; when they have signed in, call again",
        })
    );
    let without_code = needed(Some(Box::new(prompt(None)))).envelope();
    assert_eq!(without_code["error"]["sign_in"].get("code"), None);
    let nothing_to_show = needed(None);
    assert!(nothing_to_show.sign_in().is_none());
    assert_eq!(nothing_to_show.envelope()["error"].get("sign_in"), None);
    assert!(CallError::Changed.sign_in().is_none());
}

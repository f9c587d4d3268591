//! The keys of the server's own app: changed by its owner only, recorded as any change.

use std::sync::Arc;

use okta_client::{Error, Grant};
use okta_gate::{CallError, Own, OwnKeys};
use okta_policy::{Policy, Source};
use serde_json::{Value, json};

use crate::{
    okta::{Answer, Seen},
    setup::{Rig, SignedIn, context, every_scope},
};

const CLIENT: &str = "0oaservice";

type SignIn = fn() -> Result<Grant, Error>;

const MANAGES: SignIn = || Ok(Grant::Scopes(vec!["okta.apps.manage".to_owned()]));
const READS: SignIn = || Ok(Grant::Scopes(vec!["okta.apps.read".to_owned()]));

/// A pipeline of that app, after a sign-in that went so.
async fn rig(sign_in: SignIn, read_only: bool) -> Rig {
    Rig::arranged(|setup| {
        setup.own = Own { client_id: Some(CLIENT.to_owned()), admin: false };
        setup.policy = Policy::new(Source { read_only, ..Source::default() }).unwrap();
        setup.wire = Arc::new(SignedIn { wire: Arc::clone(&setup.wire), sign_in });
    })
    .await
}

#[tokio::test]
async fn each_change_is_recorded_before_it_is_sent_and_after() {
    let rig = rig(MANAGES, false).await;
    rig.okta.program(|_: &Seen| {
        Answer::json(200, &json!({ "id": "pks1" })).header("x-okta-request-id", "r1")
    });
    let jwk = json!({ "kty": "EC", "kid": "new" });
    for (what, sent, effect) in [
        (OwnKeys::Add(&jwk), "POST /api/v1/apps/0oaservice/credentials/jwks", "sensitive"),
        (
            OwnKeys::Deactivate("pks1"),
            "POST /api/v1/apps/0oaservice/credentials/jwks/pks1/lifecycle/deactivate",
            "destructive",
        ),
        (
            OwnKeys::Delete("pks1"),
            "DELETE /api/v1/apps/0oaservice/credentials/jwks/pks1",
            "destructive",
        ),
    ] {
        rig.trail.rows.lock().unwrap().clear();
        rig.gate.own_keys(&context(), what, "client").await.unwrap();
        let rows = rig.trail.rows.lock().unwrap();
        let kinds: Vec<&Value> = rows.iter().map(|(row, _)| &row["kind"]).collect();
        assert_eq!(kinds, ["call", "intent", "outcome"]);
        assert!(rows.iter().all(|(_, durable)| *durable), "none may be lost with the machine");
        assert_eq!(
            (&rows[0].0["tool"], &rows[0].0["effect"]),
            (&json!("own_keys"), &json!(effect))
        );
        assert_eq!(rows[1].0["requests"][0]["request"], sent);
        assert_eq!(
            (&rows[1].0["confirmed"], &rows[1].0["call"]),
            (&json!("client"), &rows[2].0["call"])
        );
        assert_eq!(rows[2].0["outcome"], "success");
        assert_eq!(rows[2].0["okta_request_ids"], json!(["r1"]));
    }
    assert_eq!(rig.okta.writes().len(), 3);
}

#[tokio::test]
async fn without_scope_or_read_only_nothing_is_sent() {
    for (sign_in, read_only, kind) in [(READS, false, "missing_scope"), (MANAGES, true, "denied")] {
        let rig = rig(sign_in, read_only).await;
        let error = rig.gate.own_keys(&context(), OwnKeys::Delete("pks1"), "client").await;
        assert_eq!(error.unwrap_err().kind(), kind);
        assert_eq!(rig.okta.writes(), []);
        let rows = rig.trail.rows.lock().unwrap();
        assert_eq!((rows.len(), &rows[1].0["outcome"]), (2, &json!(kind)));
    }
}

#[tokio::test]
async fn reading_takes_either_scope_and_is_no_change() {
    for sign_in in [READS, MANAGES] {
        let rig = rig(sign_in, true).await;
        rig.okta.program(|_: &Seen| Answer::json(200, &json!([{ "kid": "a" }])));
        let keys = rig.gate.own_keys(&context(), OwnKeys::List, "client").await.unwrap();
        assert_eq!(keys, json!([{ "kid": "a" }]));
        assert_eq!(
            (rig.okta.writes(), rig.trail.kinds()),
            (vec![], vec!["call".to_owned(), "outcome".to_owned()])
        );
    }
}

#[tokio::test]
async fn a_trail_that_cannot_be_written_stops_it() {
    let rig = rig(MANAGES, false).await;
    *rig.trail.full.lock().unwrap() = true;
    let error = rig.gate.own_keys(&context(), OwnKeys::Delete("pks1"), "client").await;
    assert!(matches!(error, Err(CallError::Trail(_))), "{error:?}");
    assert_eq!(rig.okta.writes(), []);
}

#[tokio::test]
async fn where_no_app_signs_in_there_are_no_keys_of_its() {
    let rig = Rig::with(every_scope(), false).await;
    let error = rig.gate.own_keys(&context(), OwnKeys::List, "client").await.unwrap_err();
    assert_eq!(error.to_string(), "no app signs in with this profile");
    assert!(rig.trail.kinds().is_empty());
}

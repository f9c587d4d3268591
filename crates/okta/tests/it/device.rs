//! The device grant (RFC 8628).

use std::{sync::Arc, time::Duration};

use okta_client::{ErrorKind, Grant};
use serde_json::json;

use crate::{
    people::{self, APP, Kept, id_token, oauth, tokens, tokens_with, with_device},
    support::{Seen, Server, answer, get, nothing, with},
};

fn code() -> Vec<u8> {
    let body = json!({
        "device_code": "dc-secret-1",
        "user_code": "ABCDEFGH",
        "verification_uri": "https://acme.okta.com/activate",
        "verification_uri_complete": "https://acme.okta.com/activate?user_code=ABCDEFGH",
        "expires_in": 600,
        "interval": 5,
    });
    answer(200, &body.to_string())
}

/// An org that gives a code, then answers each poll by its number.
async fn org(poll: impl Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static) -> Server {
    people::org(move |seen, number| match &*seen.target {
        "/oauth2/v1/device/authorize" => code(),
        "/oauth2/v1/token" => poll(seen, number - 1),
        _ => answer(200, "[]"),
    })
    .await
}

#[tokio::test]
async fn a_call_says_at_once_what_to_open_and_the_next_one_goes_through() {
    let server = org(|seen, poll| match poll {
        0 | 1 => oauth(400, "authorization_pending"),
        _ => tokens(seen, "at", Some("rt-1")),
    })
    .await;
    let store = Arc::new(Kept::default());
    let setup = with_device(&server, &store);
    let mut grants = setup.okta.grants();
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInNeeded);
    insta::assert_snapshot!(error);
    let prompt = error.prompt.unwrap();
    assert_eq!(prompt.url, "https://acme.okta.com/activate?user_code=ABCDEFGH");
    let page = "https://acme.okta.com/activate".to_owned();
    assert_eq!(prompt.code, Some((page, "ABCDEFGH".to_owned())));

    assert!(setup.okta.join_sign_in().await);
    let granted = Grant::Scopes(["openid", "okta.users.read"].map(str::to_owned).to_vec());
    assert_eq!(*grants.borrow_and_update(), Some(granted));
    setup.send(&get()).await.unwrap();
    assert_eq!(server.calls().last().unwrap().header("authorization"), "Bearer at");
    let who = setup.okta.identity().await.unwrap();
    assert_eq!((&*who.id, who.login.as_deref()), ("00uAna", Some("ana@example.com")));

    let seen = server.seen();
    let form = seen[0].form();
    assert_eq!(form["client_id"], APP);
    assert_eq!(form["scope"], "openid okta.users.read offline_access");
    let form = server.token_requests()[0].form();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!((&*form["device_code"], &*form["client_id"]), ("dc-secret-1", APP));
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(5); 3]);
    assert_eq!(store.refresh_token().as_deref(), Some("rt-1"));
}

#[tokio::test]
async fn slower_when_okta_says_so_and_after_lost_answers() {
    let server = org(|seen, poll| match poll {
        0 => oauth(400, "slow_down"),
        1 => oauth(400, "authorization_pending"),
        2..=4 => nothing(),
        _ => tokens(seen, "at", None),
    })
    .await;
    let setup = with_device(&server, &Arc::default());
    setup.send(&get()).await.unwrap_err();
    assert!(setup.okta.join_sign_in().await);
    let whole: Vec<_> =
        setup.clock.sleeps().into_iter().filter(|sleep| *sleep >= Duration::from_secs(2)).collect();
    assert_eq!(whole, [5, 10, 10, 20].map(Duration::from_secs));
}

#[tokio::test]
async fn while_one_waits_all_calls_show_the_same_code() {
    let server = org(|_, _| oauth(400, "authorization_pending")).await;
    let setup = with_device(&server, &Arc::default());
    let begun = setup.okta.begin_sign_in().await.unwrap().unwrap();
    let request = get();
    let (one, other) = tokio::join!(setup.send(&request), setup.okta.sign_in());
    assert_eq!(*one.unwrap_err().prompt.unwrap(), begun.prompt);
    assert_eq!(*other.unwrap_err().prompt.unwrap(), begun.prompt);
    let asked = server.seen().iter().filter(|seen| seen.target.ends_with("authorize")).count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn how_it_ends_is_told_with_the_next_code() {
    for (status, code, says) in [
        (400, "expired_token", "not used in time"),
        (403, "access_denied", "denied on the sign-in page"),
        (400, "invalid_grant", "sign in again"),
        (400, "unauthorized_client", "Device Authorization"),
    ] {
        let server = org(move |_, _| oauth(status, code)).await;
        let setup = with_device(&server, &Arc::default());
        let mut sign_in = setup.okta.begin_sign_in().await.unwrap().unwrap();
        let error = sign_in.finished().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::SignIn);
        assert!(error.message.contains(says), "{error}");
        assert!(!setup.okta.join_sign_in().await);
        let next = setup.send(&get()).await.unwrap_err();
        assert!(next.message.contains(says) && next.prompt.is_some(), "{next}");
    }
}

#[tokio::test]
async fn a_code_that_nobody_uses_expires() {
    let server = org(|_, _| oauth(400, "authorization_pending")).await;
    let setup = with_device(&server, &Arc::default());
    let mut sign_in = setup.okta.begin_sign_in().await.unwrap().unwrap();
    let error = sign_in.finished().await.unwrap_err();
    assert!(error.message.contains("not used in time"), "{error}");
    assert_eq!(server.token_requests().len(), 120);
}

#[tokio::test]
async fn refusals_before_there_is_a_code_say_what_to_do() {
    for (status, code, kind, says) in [
        (429, "too_many_user_codes", ErrorKind::RateLimited { until: None }, "ten minutes"),
        (400, "invalid_scope", ErrorKind::MissingScope, "Refresh Token"),
        (401, "invalid_client", ErrorKind::SignIn, "client id"),
        (400, "unauthorized_client", ErrorKind::SignIn, "Device Authorization"),
    ] {
        let server = people::org(move |_, _| oauth(status, code)).await;
        let setup = with_device(&server, &Arc::default());
        let error = setup.send(&get()).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.message.contains(says), "{error}");
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn a_page_that_is_none_is_not_shown() {
    let body = json!({
        "device_code": "dc", "user_code": "A", "verification_uri": "javascript:alert(1)",
    });
    let server = people::org(move |_, _| answer(200, &body.to_string())).await;
    let error = with_device(&server, &Arc::default()).send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply);
}

#[tokio::test]
async fn id_tokens_of_others_are_not_believed() {
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, &str); 5] = [
        (|claims| claims["aud"] = "0oaOther".into(), "not for this client"),
        (|claims| claims["iss"] = "https://evil.example".into(), "another org"),
        (|claims| claims["exp"] = 1_000.into(), "clock"),
        (|claims| claims["iat"] = 4_000_000_000_i64.into(), "clock"),
        (|claims| drop(claims.as_object_mut().unwrap().remove("sub")), "not Okta's"),
    ];
    for (change, says) in changes {
        let server = org(move |seen, _| tokens_with("at", None, &id_token(seen, change))).await;
        let store = Arc::new(Kept::default());
        let setup = with_device(&server, &store);
        let mut sign_in = setup.okta.begin_sign_in().await.unwrap().unwrap();
        let error = sign_in.finished().await.unwrap_err();
        assert!(error.message.contains(says), "{error}");
        assert!(store.last.lock().unwrap().is_none());
    }
    let server = org(move |seen, _| {
        let token = id_token(seen, |_| {});
        let (rest, _) = token.rsplit_once('.').unwrap();
        tokens_with("at", None, &format!("{rest}.c2lnbmF0dXJl"))
    })
    .await;
    let setup = with_device(&server, &Arc::default());
    setup.okta.begin_sign_in().await.unwrap().unwrap().finished().await.unwrap_err();
}

#[tokio::test]
async fn dpop_is_switched_on_while_polling() {
    let server = org(|seen, _| {
        if seen.header("dpop").is_empty() {
            return oauth(400, "invalid_dpop_proof");
        }
        with(200, &[], {
            let token = id_token(seen, |_| {});
            json!({
                "token_type": "DPoP", "expires_in": 3600, "access_token": "at",
                "scope": "okta.users.read", "id_token": token,
            })
            .to_string()
        })
    })
    .await;
    let setup = with_device(&server, &Arc::default());
    setup.send(&get()).await.unwrap_err();
    assert!(setup.okta.join_sign_in().await);
    setup.send(&get()).await.unwrap();
    let call = server.calls().pop().unwrap();
    assert_eq!(call.header("authorization"), "DPoP at");
    assert!(!call.header("dpop").is_empty());
}

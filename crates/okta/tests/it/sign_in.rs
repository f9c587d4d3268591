use std::{sync::Arc, time::Duration};

use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use okta_client::{Credentials, ErrorKind, Grant, PrivateKey, Settings};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::{
    START, Server, answer, client, get, nothing, post, token_reply, with, with_api_token,
    with_private_key,
};

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn granted(scopes: &[&str]) -> Grant {
    Grant::Scopes(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

#[tokio::test]
async fn the_token_request_is_as_okta_wants_it() {
    let server = Server::start(|_, _| token_reply("at", 3600)).await;
    let setup = with_private_key(&server);
    assert_eq!(*setup.okta.grants().borrow(), None);
    let grant = setup.okta.sign_in().await.unwrap();
    assert_eq!(grant, granted(&["okta.users.read"]));
    assert_eq!(*setup.okta.grants().borrow(), Some(grant));

    let seen = &server.seen()[0];
    assert_eq!((&*seen.method, &*seen.target), ("POST", "/oauth2/v1/token"));
    assert_eq!(seen.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("authorization"), "");
    let form = seen.form();
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["scope"], "okta.users.read okta.groups.manage");
    assert_eq!(
        form["client_assertion_type"],
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    );
    let parts: Vec<_> = form["client_assertion"].split('.').collect();
    assert_eq!(decoded(parts[0]), json!({ "alg": "RS256", "typ": "JWT", "kid": "kid-1" }));
    let audience = format!("{}/oauth2/v1/token", server.origin);
    assert_eq!(
        decoded(parts[1]),
        json!({
            "iss": "0oaServiceApp",
            "sub": "0oaServiceApp",
            "aud": audience,
            "iat": START - 60,
            "exp": START + 300,
            "jti": "00000000000000000000000000000001",
        })
    );
    let pem = include_str!("../fixtures/rsa_pkcs1.pem");
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    let pair = RsaKeyPair::from_der(&der).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key());
    let signed = format!("{}.{}", parts[0], parts[1]);
    key.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
}

#[tokio::test]
async fn the_token_is_used_until_shortly_before_its_end() {
    let server = Server::start(|seen, number| {
        if seen.is_token_request() {
            token_reply(&format!("at{number}"), 3600)
        } else {
            answer(200, "[]")
        }
    })
    .await;
    let setup = with_private_key(&server);
    setup.send(&get()).await.unwrap();
    setup.clock.advance(3539);
    setup.send(&get()).await.unwrap();
    assert_eq!(server.token_requests().len(), 1);
    setup.clock.advance(1);
    setup.send(&get()).await.unwrap();
    assert_eq!(server.token_requests().len(), 2);
    let tokens: Vec<_> =
        server.calls().iter().map(|call| call.header("authorization").to_owned()).collect();
    assert_eq!(tokens, ["Bearer at0", "Bearer at0", "Bearer at3"]);
    let ids: Vec<_> = server
        .token_requests()
        .iter()
        .map(|seen| {
            decoded(seen.form()["client_assertion"].split('.').nth(1).unwrap())["jti"].clone()
        })
        .collect();
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_short_token_is_renewed_at_nine_tenths() {
    let server = Server::start(|seen, _| {
        if seen.is_token_request() { token_reply("at", 100) } else { answer(200, "[]") }
    })
    .await;
    let setup = with_private_key(&server);
    for (seconds, requests) in [(0, 1), (89, 1), (1, 2)] {
        setup.clock.advance(seconds);
        setup.send(&get()).await.unwrap();
        assert_eq!(server.token_requests().len(), requests);
    }
}

#[tokio::test]
async fn those_who_wait_share_one_token_request() {
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let server = Server::start_async(move |seen, _| {
        let gate = Arc::clone(&gate);
        async move {
            if seen.is_token_request() {
                gate.acquire().await.unwrap().forget();
                return token_reply("at", 3600);
            }
            answer(200, "[]")
        }
    })
    .await;
    let setup = Arc::new(with_private_key(&server));
    setup.okta.start_sign_in();
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let setup = Arc::clone(&setup);
        callers.spawn(async move { setup.send(&get()).await.unwrap() });
    }
    while server.token_requests().is_empty() {
        tokio::task::yield_now().await;
    }
    opened.add_permits(100);
    assert_eq!(callers.join_all().await.len(), 10);
    assert_eq!(server.token_requests().len(), 1);
}

#[tokio::test]
async fn those_who_wait_share_one_failure() {
    let body =
        r#"{"error":"invalid_client","error_description":"The client assertion is expired."}"#;
    let server = Server::start(move |_, _| answer(401, body)).await;
    let setup = Arc::new(with_private_key(&server));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let setup = Arc::clone(&setup);
        callers.spawn(async move { setup.send(&get()).await.unwrap_err().kind });
    }
    assert_eq!(callers.join_all().await, vec![ErrorKind::SignIn; 10]);
    assert_eq!(server.hits(), 1);
    // The next one tries anew.
    setup.okta.sign_in().await.unwrap_err();
    assert_eq!(server.hits(), 2);
    assert_eq!(*setup.okta.grants().borrow(), None);
}

#[tokio::test]
async fn signing_in_goes_on_in_the_background() {
    let server = Server::start(|_, _| token_reply("at", 3600)).await;
    let setup = with_private_key(&server);
    let mut grants = setup.okta.grants();
    setup.okta.start_sign_in();
    let grant = grants.wait_for(Option::is_some).await.unwrap().clone();
    assert_eq!(grant, Some(granted(&["okta.users.read"])));
}

#[tokio::test]
async fn refused_tokens_are_replaced_once_for_all() {
    let server = Server::start(|seen, number| match seen.header("authorization") {
        "" => token_reply(if number == 0 { "old" } else { "new" }, 3600),
        "Bearer new" => answer(200, "{}"),
        _ => answer(401, r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#),
    })
    .await;
    let setup = Arc::new(with_private_key(&server));
    setup.okta.sign_in().await.unwrap();
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let setup = Arc::clone(&setup);
        // A 401 was not executed: writes go out once more too.
        let request = if number % 2 == 0 { get() } else { post() };
        callers.spawn(async move { setup.send(&request).await.unwrap().status });
    }
    assert_eq!(callers.join_all().await, vec![200; 10]);
    assert_eq!(server.token_requests().len(), 2);
    assert!(server.calls().len() <= 20);
}

#[tokio::test]
async fn a_fresh_token_that_is_refused_too_is_an_error() {
    let server = Server::start(|seen, number| {
        if seen.is_token_request() {
            token_reply(&format!("at{number}"), 3600)
        } else {
            answer(401, r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#)
        }
    })
    .await;
    let setup = with_private_key(&server);
    let error = setup.send(&post()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignIn);
    assert_eq!(error.okta.unwrap().code.as_deref(), Some("E0000011"));
    assert_eq!((server.token_requests().len(), server.calls().len()), (2, 2));
}

#[tokio::test]
async fn a_feature_that_is_off_is_no_reason_for_a_new_token() {
    let server = Server::start(|seen, _| {
        if seen.is_token_request() {
            token_reply("at", 3600)
        } else {
            answer(401, r#"{"errorCode":"E0000015","errorSummary":"No feature"}"#)
        }
    })
    .await;
    let error = with_private_key(&server).send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::FeatureDisabled);
    assert_eq!((server.token_requests().len(), server.calls().len()), (1, 1));
}

#[tokio::test]
async fn token_requests_are_tried_again_with_a_new_assertion() {
    let server = Server::script(vec![
        with(503, &[("x-okta-request-id", "r1")], ""),
        nothing(),
        token_reply("at", 3600),
    ])
    .await;
    let setup = with_private_key(&server);
    setup.okta.sign_in().await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_millis(250), Duration::from_millis(500)]);
    let assertions: std::collections::HashSet<_> =
        server.seen().iter().map(|seen| seen.form()["client_assertion"].clone()).collect();
    assert_eq!(assertions.len(), 3);
    assert_eq!(server.seen()[1].header("x-okta-retry-for"), "r1");
}

#[tokio::test]
async fn a_429_of_the_token_endpoint_waits() {
    let limited = with(
        429,
        &[
            ("date", crate::support::START_DATE),
            ("x-rate-limit-limit", "4"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", "1767225603"),
        ],
        r#"{"errorCode":"E0000047"}"#,
    );
    let server = Server::script(vec![limited, token_reply("at", 3600)]).await;
    let setup = with_private_key(&server);
    setup.okta.sign_in().await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(4)]);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    for (status, body, kind, says) in [
        (
            401,
            r#"{"error":"invalid_client","error_description":"The client_assertion signature is invalid."}"#,
            ErrorKind::SignIn,
            &["signature is invalid", "key `kid-1`", "0oaServiceApp"][..],
        ),
        (
            400,
            r#"{"error":"invalid_scope","error_description":"The scope okta.groups.manage is not granted."}"#,
            ErrorKind::MissingScope,
            &["grant okta.groups.manage to"],
        ),
        (
            400,
            r#"{"error":"invalid_scope","error_description":"One or more scopes are not configured."}"#,
            ErrorKind::MissingScope,
            &["okta.users.read, okta.groups.manage"],
        ),
        (
            400,
            r#"{"error":"client_credentials_self_scope_requested"}"#,
            ErrorKind::MissingScope,
            &[".self"],
        ),
        (400, r#"{"error":"unauthorized_client"}"#, ErrorKind::SignIn, &["client credentials"]),
        (404, "<h1>Not here</h1>", ErrorKind::SignIn, &["org URL", "Not here"]),
        (200, "<h1>Welcome</h1>", ErrorKind::BadReply, &["org URL"]),
        (200, "{}", ErrorKind::BadReply, &["no access token"]),
        (200, r#"{"token_type":"MAC","access_token":"at"}"#, ErrorKind::BadReply, &["type"]),
    ] {
        let server = Server::start(move |_, _| answer(status, body)).await;
        let error = with_private_key(&server).okta.sign_in().await.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        for says in says {
            assert!(error.message.contains(says), "{error}");
        }
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn a_redirected_token_request_is_not_followed() {
    let away = with(302, &[("location", "https://evil.example/oauth2/v1/token?x=1")], "");
    let server = Server::start(move |_, _| away.clone()).await;
    let error = with_private_key(&server).okta.sign_in().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply);
    assert!(error.message.contains("evil.example,"), "{error}");
}

#[tokio::test]
async fn what_is_granted_decides() {
    let without_scope = r#"{"token_type":"Bearer","expires_in":"3600","access_token":"opaque!"}"#;
    let server = Server::start(move |_, _| answer(200, without_scope)).await;
    let grant = with_private_key(&server).okta.sign_in().await.unwrap();
    assert_eq!(grant, granted(&["okta.users.read", "okta.groups.manage"]));
}

#[tokio::test]
async fn an_api_token_needs_no_sign_in() {
    let server = Server::start(|_, _| answer(401, r#"{"errorCode":"E0000011"}"#)).await;
    let setup = with_api_token(&server);
    assert_eq!(*setup.okta.grants().borrow(), Some(Grant::Unlimited));
    assert_eq!(setup.okta.sign_in().await.unwrap(), Grant::Unlimited);
    assert_eq!(server.hits(), 0);
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignIn);
    assert!(error.message.contains("API token"), "{error}");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_caller_who_leaves_takes_nobody_along() {
    let gone = Arc::new(Notify::new());
    let held = Arc::clone(&gone);
    let server = Server::start_async(move |_, _| {
        let held = Arc::clone(&held);
        async move {
            held.notified().await;
            token_reply("at", 3600)
        }
    })
    .await;
    let setup = Arc::new(with_private_key(&server));
    let leaving = tokio::spawn({
        let setup = Arc::clone(&setup);
        async move { setup.okta.sign_in().await }
    });
    while server.hits() == 0 {
        tokio::task::yield_now().await;
    }
    let staying = tokio::spawn({
        let setup = Arc::clone(&setup);
        async move { setup.okta.sign_in().await }
    });
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    gone.notify_one();
    staying.await.unwrap().unwrap();
    assert_eq!(server.hits(), 1, "what was begun goes on");
}

#[tokio::test]
async fn every_kind_of_key_signs() {
    for (text, algorithm) in [
        (include_str!("../fixtures/rsa.jwk.json"), "RS256"),
        (include_str!("../fixtures/ec_p256_sec1.pem"), "ES256"),
        (include_str!("../fixtures/ec_p384_pkcs8.pem"), "ES384"),
        (include_str!("../fixtures/ec_p521.jwk.json"), "ES512"),
    ] {
        let server = Server::start(|_, _| token_reply("at", 3600)).await;
        let key = PrivateKey::parse(text, None).unwrap();
        let credentials = Credentials::PrivateKey {
            client_id: "0oa1".to_owned(),
            scopes: vec!["okta.users.read".to_owned()],
            key,
        };
        let setup = client(Settings { credentials, ..server.settings() });
        setup.okta.sign_in().await.unwrap();
        let assertion = server.seen()[0].form()["client_assertion"].clone();
        assert_eq!(decoded(assertion.split('.').next().unwrap())["alg"], algorithm);
    }
}

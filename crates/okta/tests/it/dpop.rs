//! Proof of possession (RFC 9449), for service apps.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use okta_client::{Dpop, ErrorKind, Settings};
use serde_json::{Value, json};

use crate::support::{
    START, Seen, Server, Setup, answer, client, get, post, service_app, with, with_private_key,
};

const NONCE: &str = r#"{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}"#;
const NO_PROOF: &str =
    r#"{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}"#;
const TOKEN: &str =
    r#"{"token_type":"DPoP","expires_in":3600,"access_token":"at","scope":"okta.users.read"}"#;

/// Header and claims of a JWT.
fn parts(jwt: &str) -> (Value, Value) {
    let mut parts = jwt.split('.').map(|part| URL_SAFE_NO_PAD.decode(part));
    let mut next = || serde_json::from_slice(&parts.next().unwrap().unwrap()).unwrap();
    (next(), next())
}

fn proof(seen: &Seen) -> (Value, Value) {
    let text = seen.header("dpop");
    let (head, claims) = parts(text);
    // Signed with the key that it shows, which is not the one of the assertion.
    let key: jsonwebtoken::jwk::Jwk = serde_json::from_value(head["jwk"].clone()).unwrap();
    let key = jsonwebtoken::DecodingKey::from_jwk(&key).unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.validate_exp = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(text, &key, &rules).unwrap();
    assert_eq!((&head["typ"], &head["alg"]), (&json!("dpop+jwt"), &json!("ES256")));
    assert_eq!(head["jwk"]["d"], Value::Null);
    (head, claims)
}

/// An org whose app requires DPoP, with a nonce.
async fn demanding() -> Server {
    Server::start(|seen, _| {
        if !seen.is_token_request() {
            return answer(200, "[]");
        }
        if seen.header("dpop").is_empty() {
            return answer(400, NO_PROOF);
        }
        match proof(seen).1["nonce"].as_str() {
            Some("n1") => answer(200, TOKEN),
            _ => with(400, &[("dpop-nonce", "n1")], NONCE),
        }
    })
    .await
}

async fn signed_in(server: &Server) -> Setup {
    let setup = with_private_key(server);
    setup.okta.sign_in().await.unwrap();
    setup
}

#[tokio::test]
async fn it_is_switched_on_when_okta_asks() {
    let server = demanding().await;
    signed_in(&server).await.send(&get()).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[0].header("dpop"), "");
    let assertions: std::collections::HashSet<_> = server
        .token_requests()
        .iter()
        .map(|seen| seen.form()["client_assertion"].clone())
        .collect();
    assert_eq!(assertions.len(), 3, "a new assertion per try");
    let (first, second, call) = (proof(&seen[1]), proof(&seen[2]), proof(&seen[3]));
    assert_eq!(first.0, second.0, "one key");
    assert_eq!(first.0, call.0, "for the calls, too");
    let ids = [&first.1["jti"], &second.1["jti"], &call.1["jti"]];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    assert_eq!(
        second.1,
        json!({
            "htm": "POST",
            "htu": format!("{}/oauth2/v1/token", server.origin),
            "iat": START,
            "jti": ids[1],
            "nonce": "n1",
        })
    );
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"at");
    assert_eq!(call.1["ath"], URL_SAFE_NO_PAD.encode(digest));
    assert_eq!(call.1["htm"], "GET");
    assert_eq!(call.1["nonce"], Value::Null, "the API keeps a nonce of its own");
    assert_eq!(seen[3].header("authorization"), "DPoP at");
}

#[tokio::test]
async fn the_url_of_a_proof_has_no_query() {
    let server = demanding().await;
    let request = get().query("search", "status eq \"ACTIVE\"");
    signed_in(&server).await.send(&request).await.unwrap();
    let call = server.calls().remove(0);
    assert!(call.target.contains('?'));
    assert_eq!(proof(&call).1["htu"], format!("{}/api/v1/users", server.origin));
}

#[tokio::test]
async fn configured_it_is_there_from_the_first_request_on() {
    let server = demanding().await;
    let settings = Settings { credentials: service_app(), dpop: Dpop::Always, ..server.settings() };
    client(settings).okta.sign_in().await.unwrap();
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn the_api_may_want_a_nonce_too_even_for_a_write() {
    let server = Server::start(|seen, _| {
        if seen.is_token_request() {
            return if seen.header("dpop").is_empty() {
                answer(400, NO_PROOF)
            } else {
                answer(200, TOKEN)
            };
        }
        match proof(seen).1["nonce"].as_str() {
            Some("api-1") => answer(200, "{}"),
            _ => with(
                401,
                &[("dpop-nonce", "api-1"), ("www-authenticate", "DPoP error=\"use_dpop_nonce\"")],
                r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#,
            ),
        }
    })
    .await;
    let setup = signed_in(&server).await;
    setup.send(&post()).await.unwrap();
    setup.send(&post()).await.unwrap();
    assert_eq!(server.calls().len(), 3, "the nonce is kept");
    assert_eq!(server.token_requests().len(), 2, "it was no reason for another token");
}

#[tokio::test]
async fn a_server_that_is_never_content_is_given_up() {
    for answers in [NONCE, NO_PROOF] {
        let server = Server::start(move |_, number| {
            with(400, &[("dpop-nonce", &format!("n{number}"))], answers)
        })
        .await;
        let error = with_private_key(&server).okta.sign_in().await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::SignIn);
        assert!(error.message.contains("DPoP") && error.message.contains("clock"), "{error}");
        assert_eq!(server.hits(), 4);
    }
    let server = Server::start(move |seen, _| {
        if seen.is_token_request() {
            return if seen.header("dpop").is_empty() {
                answer(400, NO_PROOF)
            } else {
                answer(200, TOKEN)
            };
        }
        with(401, &[("dpop-nonce", "again")], NONCE)
    })
    .await;
    let error = signed_in(&server).await.send(&post()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignIn);
    assert_eq!(server.calls().len(), 3, "one nonce, one new token");
}

#[tokio::test]
async fn a_bound_token_that_nobody_asked_for_is_refused() {
    let server = Server::start(|_, _| answer(200, TOKEN)).await;
    let error = with_private_key(&server).okta.sign_in().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply);
}

//! Tokens of people: kept, renewed, and asked for again.

use std::sync::{Arc, atomic::Ordering};

use okta_client::{ErrorKind, ExposeSecret as _, Flow, PersonalSignIn, TokenStore as _};
use serde_json::json;

use crate::{
    people::{self, Kept, oauth, person, tokens, with_device, with_person},
    support::{Seen, Server, answer, get, with},
};

/// An org that gives `at0`/`rt0` to whoever signs in, and answers refreshes by their number.
async fn org(refresh: impl Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static) -> Server {
    let count = std::sync::atomic::AtomicUsize::new(0);
    people::org(move |seen, _| match &*seen.target {
        "/oauth2/v1/device/authorize" => answer(
            200,
            &json!({
                "device_code": "dc", "user_code": "AB", "expires_in": 600, "interval": 5,
                "verification_uri": "https://acme.okta.com/activate",
            })
            .to_string(),
        ),
        "/oauth2/v1/token" if seen.form().contains_key("refresh_token") => {
            refresh(seen, count.fetch_add(1, Ordering::Relaxed))
        }
        "/oauth2/v1/token" => tokens(seen, "at0", Some("rt0")),
        _ => answer(200, "[]"),
    })
    .await
}

fn rotated(number: usize) -> Vec<u8> {
    let body = json!({
        "token_type": "Bearer", "expires_in": 3600, "scope": "openid okta.users.read",
        "access_token": format!("at{}", number + 1),
        "refresh_token": format!("rt{}", number + 1),
    });
    answer(200, &body.to_string())
}

fn refreshes(server: &Server) -> Vec<String> {
    let forms = server.token_requests().into_iter().map(|seen| seen.form());
    forms.filter_map(|form| form.get("refresh_token").cloned()).collect()
}

async fn signed_in(server: &Server, store: &Arc<Kept>) -> crate::support::Setup {
    let setup = with_device(server, store);
    setup.okta.begin_sign_in().await.unwrap().unwrap().finished().await.unwrap();
    setup
}

#[tokio::test]
async fn each_refresh_uses_the_token_of_the_one_before() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    for _ in 0..3 {
        setup.clock.advance(3_540);
        setup.send(&get()).await.unwrap();
    }
    assert_eq!(refreshes(&server), ["rt0", "rt1", "rt2"]);
    assert_eq!(store.refresh_token().as_deref(), Some("rt3"));
    assert_eq!(server.calls().last().unwrap().header("authorization"), "Bearer at3");
    assert_eq!(setup.okta.identity().await.unwrap().id, "00uAna");
}

#[tokio::test]
async fn without_rotation_the_token_stays() {
    let server =
        org(|_, _| answer(200, r#"{"token_type":"Bearer","expires_in":3600,"access_token":"at"}"#))
            .await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    for _ in 0..2 {
        setup.clock.advance(3_600);
        setup.send(&get()).await.unwrap();
    }
    assert_eq!(refreshes(&server), ["rt0", "rt0"]);
}

#[tokio::test]
async fn another_start_goes_on_where_the_last_one_ended() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    signed_in(&server, &store).await;
    let hits = server.token_requests().len();
    let setup = with_device(&server, &store);
    setup.send(&get()).await.unwrap();
    assert_eq!(server.token_requests().len(), hits, "the access token is still good");
    assert_eq!(setup.okta.identity().await.unwrap().login.as_deref(), Some("ana@example.com"));
}

#[tokio::test]
async fn many_who_wait_share_one_refresh_in_two_clients_too() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    let one = signed_in(&server, &store).await;
    let other = with_device(&server, &store);
    for setup in [&one, &other] {
        setup.clock.advance(3_600);
    }
    let request = get();
    let calls = futures::future::join_all(
        (0..8).map(|at| if at % 2 == 0 { one.send(&request) } else { other.send(&request) }),
    );
    assert!(calls.await.iter().all(Result::is_ok));
    assert_eq!(refreshes(&server), ["rt0"]);
}

#[tokio::test]
async fn a_refused_access_token_is_renewed_once() {
    let server = people::org(move |seen, _| match &*seen.target {
        "/oauth2/v1/device/authorize" => answer(
            200,
            r#"{"device_code":"dc","user_code":"AB","verification_uri":"https://a.okta.com/activate"}"#,
        ),
        "/oauth2/v1/token" if seen.form().contains_key("refresh_token") => rotated(0),
        "/oauth2/v1/token" => tokens(seen, "at0", Some("rt0")),
        _ if seen.header("authorization") == "Bearer at0" => {
            answer(401, r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided"}"#)
        }
        _ => answer(200, "[]"),
    })
    .await;
    let setup = signed_in(&server, &Arc::default()).await;
    setup.send(&get()).await.unwrap();
    assert_eq!(refreshes(&server), ["rt0"]);
}

#[tokio::test]
async fn an_ended_sign_in_asks_for_another() {
    let server = org(|_, _| oauth(400, "invalid_grant")).await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    setup.clock.advance(3_600);
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInNeeded);
    assert!(error.prompt.is_some() && error.message.contains("has ended"), "{error}");
    assert!(store.last.lock().unwrap().is_none(), "what is of no use is not kept");
    assert_eq!(refreshes(&server), ["rt0"]);
}

#[tokio::test]
async fn a_lost_race_reads_again() {
    let store = Arc::new(Kept::default());
    let theirs = Arc::clone(&store);
    // Somebody without our lock is faster: their tokens are there when Okta refuses ours.
    let server = org(move |seen, number| {
        if number > 0 {
            return rotated(number);
        }
        let stored = theirs.last.lock().unwrap().clone().unwrap();
        let content = stored.content.expose_secret().replace("rt0", "rt9");
        let owner = okta_client::TokenOwner {
            org: format!("http://{}", seen.header("host")),
            client_id: people::APP.to_owned(),
        };
        theirs
            .save(&owner, &okta_client::StoredTokens { content: content.into(), ..stored })
            .unwrap();
        oauth(400, "invalid_grant")
    })
    .await;
    let setup = signed_in(&server, &store).await;
    setup.clock.advance(3_600);
    setup.send(&get()).await.unwrap();
    assert_eq!(refreshes(&server), ["rt0", "rt9"]);
}

#[tokio::test]
async fn new_scopes_mean_a_new_sign_in() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    signed_in(&server, &store).await;
    let wider = |scopes: &[&str]| PersonalSignIn {
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        ..person(&store, Flow::Device)
    };
    let fewer = with_person(&server, wider(&["okta.users.read"]));
    fewer.send(&get()).await.unwrap();
    let more = with_person(&server, wider(&["okta.users.read", "okta.groups.read"]));
    assert_eq!(more.send(&get()).await.unwrap_err().kind, ErrorKind::SignInNeeded);
}

#[tokio::test]
async fn tokens_never_reach_another_org() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    signed_in(&server, &store).await;
    let stored = store.last.lock().unwrap().clone().unwrap();
    let other = people::org(|_, _| oauth(400, "invalid_request")).await;
    let owner =
        okta_client::TokenOwner { org: other.origin.clone(), client_id: people::APP.to_owned() };
    store.save(&owner, &stored).unwrap();
    let error = with_device(&other, &store).okta.resume().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignInNeeded);
    assert_eq!(other.hits(), 0);
}

#[tokio::test]
async fn what_cannot_be_kept_is_used_as_long_as_the_process_runs() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    store.broken.store(true, Ordering::Relaxed);
    let setup = signed_in(&server, &store).await;
    setup.clock.advance(3_600);
    setup.send(&get()).await.unwrap();
    setup.clock.advance(3_600);
    setup.send(&get()).await.unwrap();
    assert_eq!(refreshes(&server), ["rt0", "rt1"]);
}

#[tokio::test]
async fn another_process_is_waited_for() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    setup.clock.advance(3_600);
    store.busy.store(3, Ordering::Relaxed);
    setup.send(&get()).await.unwrap();
    store.busy.store(usize::MAX, Ordering::Relaxed);
    setup.clock.advance(3_600);
    let error = setup.okta.resume().await.unwrap_err();
    assert!(error.message.contains("another process"), "{error}");
}

#[tokio::test]
async fn a_bound_sign_in_is_renewed_with_its_own_key() {
    let server = people::org(|seen, _| {
        let reply = |refresh: &str| {
            let token = people::id_token(seen, |_| {});
            let body = json!({
                "token_type": "DPoP", "expires_in": 3600, "access_token": "at",
                "scope": "okta.users.read", "id_token": token, "refresh_token": refresh,
            });
            with(200, &[], body.to_string())
        };
        match &*seen.target {
            "/oauth2/v1/device/authorize" => answer(
                200,
                r#"{"device_code":"dc","user_code":"AB","verification_uri":"https://a.okta.com/activate"}"#,
            ),
            "/oauth2/v1/token" if seen.header("dpop").is_empty() => {
                oauth(400, "invalid_dpop_proof")
            }
            "/oauth2/v1/token" => reply("rt"),
            _ => answer(200, "[]"),
        }
    })
    .await;
    let store = Arc::new(Kept::default());
    signed_in(&server, &store).await;
    // Another process, an hour later.
    let setup = with_device(&server, &store);
    setup.clock.advance(3_600);
    setup.send(&get()).await.unwrap();
    let keys: std::collections::HashSet<_> = server
        .seen()
        .iter()
        .map(|seen| seen.header("dpop").split('.').next().unwrap().to_owned())
        .filter(|head| !head.is_empty())
        .collect();
    assert_eq!(keys.len(), 1, "one key in all proofs");
}

#[tokio::test]
async fn signing_out_takes_the_tokens_back_and_forgets_them() {
    let server = org(|_, number| rotated(number)).await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    let ended = setup.okta.sign_out().await.unwrap().unwrap();
    assert_eq!(ended.user.id, "00uAna");
    assert!(ended.not_revoked.is_none());
    let revoked: Vec<_> = server
        .seen()
        .iter()
        .filter(|seen| seen.target == "/oauth2/v1/revoke")
        .map(|seen| (seen.form()["token"].clone(), seen.form()["client_id"].clone()))
        .collect();
    let app = people::APP.to_owned();
    assert_eq!(revoked, [("rt0".to_owned(), app.clone()), ("at0".to_owned(), app)]);
    assert!(store.last.lock().unwrap().is_none());
    assert_eq!(setup.send(&get()).await.unwrap_err().kind, ErrorKind::SignInNeeded);
    assert!(setup.okta.sign_out().await.unwrap().is_none());
}

/// An org with a word of its own on what is asked besides tokens.
async fn org_with(path: &'static str, status: u16, body: &'static str) -> Server {
    people::org(move |seen, _| match &*seen.target {
        "/oauth2/v1/device/authorize" => answer(
            200,
            r#"{"device_code":"dc","user_code":"AB","verification_uri":"https://a.okta.com/activate"}"#,
        ),
        target if target == path => answer(status, body),
        _ => tokens(seen, "at0", Some("rt0")),
    })
    .await
}

#[tokio::test]
async fn who_cannot_reach_okta_is_signed_out_here_all_the_same() {
    let server = org_with("/oauth2/v1/revoke", 500, "{}").await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    let ended = setup.okta.sign_out().await.unwrap().unwrap();
    assert_eq!(ended.not_revoked.unwrap().kind, ErrorKind::OktaFault);
    assert!(store.last.lock().unwrap().is_none());
}

#[tokio::test]
async fn what_okta_says_of_the_token_is_passed_on() {
    let said = r#"{"active":true,"scope":"okta.users.read","username":"ana@example.com"}"#;
    let server = org_with("/oauth2/v1/introspect", 200, said).await;
    let setup = signed_in(&server, &Arc::default()).await;
    let said = setup.okta.introspect().await.unwrap().unwrap();
    assert_eq!(said["username"], "ana@example.com");
    assert_eq!(server.seen().last().unwrap().form()["token"], "at0");
}

#[tokio::test]
async fn a_refresh_asks_for_nothing_that_was_not_granted() {
    let server = org(|seen, number| {
        assert!(!seen.form().contains_key("scope"));
        rotated(number)
    })
    .await;
    let setup = signed_in(&server, &Arc::default()).await;
    setup.clock.advance(3_600);
    setup.send(&get()).await.unwrap();
}

#[tokio::test]
async fn a_sign_in_that_a_call_was_faster_to_use_is_not_renewed() {
    let server = org(|_, number| rotated(number)).await;
    let setup = with_device(&server, &Arc::default());
    let mut sign_in = setup.okta.begin_sign_in().await.unwrap().unwrap();
    let request = get();
    let calls = async { while setup.send(&request).await.is_err() {} };
    let ((), done) = tokio::join!(calls, sign_in.finished());
    done.unwrap();
    assert_eq!(refreshes(&server), [] as [String; 0]);
}

#[tokio::test]
async fn a_refresh_ends_even_when_its_caller_has_gone() {
    let opened = Arc::new(tokio::sync::Semaphore::new(0));
    let (gate, reached) = (Arc::clone(&opened), Arc::new(tokio::sync::Semaphore::new(0)));
    let arrived = Arc::clone(&reached);
    let server = people::org_async(move |seen| {
        let (gate, arrived) = (Arc::clone(&gate), Arc::clone(&arrived));
        async move {
            match &*seen.target {
                "/oauth2/v1/device/authorize" => answer(
                    200,
                    r#"{"device_code":"dc","user_code":"AB","verification_uri":"https://a.okta.com/activate"}"#,
                ),
                "/oauth2/v1/token" if seen.form().contains_key("refresh_token") => {
                    arrived.add_permits(1);
                    drop(gate.acquire().await);
                    rotated(0)
                }
                "/oauth2/v1/token" => tokens(&seen, "at0", Some("rt0")),
                _ => answer(200, "[]"),
            }
        }
    })
    .await;
    let store = Arc::new(Kept::default());
    let setup = signed_in(&server, &store).await;
    setup.clock.advance(3_600);
    let request = get();
    tokio::select! {
        _ = setup.send(&request) => unreachable!("nothing is answered yet"),
        here = reached.acquire() => here.unwrap().forget(),
    }
    opened.add_permits(1);
    setup.okta.settled().await;
    assert_eq!(store.refresh_token().as_deref(), Some("rt1"));
}

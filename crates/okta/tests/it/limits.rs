use std::time::Duration;

use jiff::Timestamp;
use okta_client::{ErrorKind, Method, Request};

use crate::support::{START, START_DATE, Server, answer, get, post, with, with_api_token};

/// An answer with a rate limit whose window ends `seconds` after Okta's `Date`, which is years off
/// the client's clock.
fn limited(status: u16, remaining: &str, seconds: i64) -> Vec<u8> {
    let reset = (1_000_000_000 + seconds).to_string();
    with(
        status,
        &[
            ("date", "Sun, 09 Sep 2001 01:46:40 GMT"),
            ("content-type", "application/json"),
            ("x-rate-limit-limit", "600"),
            ("x-rate-limit-remaining", remaining),
            ("x-rate-limit-reset", &reset),
        ],
        r#"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit"}"#,
    )
}

#[tokio::test]
async fn a_429_waits_as_long_as_okta_says() {
    for request in [get(), post()] {
        let server = Server::script(vec![limited(429, "0", 12), answer(200, "{}")]).await;
        let setup = with_api_token(&server);
        setup.send(&request).await.unwrap();
        assert_eq!(setup.clock.sleeps(), [Duration::from_secs(13)]);
        assert_eq!(server.hits(), 2);
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_an_error_at_once() {
    for request in [get(), post()] {
        let server = Server::start(|_, _| limited(429, "0", 40)).await;
        let setup = with_api_token(&server);
        let error = setup.send(&request).await.unwrap_err();
        let until = Some(Timestamp::from_second(1_000_000_040).unwrap());
        assert_eq!(error.kind, ErrorKind::RateLimited { until });
        assert_eq!(error.okta.unwrap().code.as_deref(), Some("E0000047"));
        assert!(setup.clock.sleeps().is_empty());
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn waits_add_up_against_the_deadline() {
    let server = Server::start(|_, _| limited(429, "0", 15)).await;
    let setup = with_api_token(&server);
    let error = setup.send(&get()).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::RateLimited { until: Some(_) }));
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(16)]);
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_429_without_headers_backs_off() {
    let server = Server::start(|_, _| answer(429, "")).await;
    let setup = with_api_token(&server);
    let error = setup.send(&post()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::RateLimited { until: None });
    assert_eq!(setup.clock.sleeps(), [Duration::from_millis(250), Duration::from_millis(500)]);
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn too_many_at_once_is_tried_again_soon() {
    let reset = (START + 60).to_string();
    let many = with(
        429,
        &[
            ("date", START_DATE),
            ("x-rate-limit-limit", "0"),
            ("x-rate-limit-remaining", "0"),
            ("x-rate-limit-reset", &reset),
        ],
        "",
    );
    let server = Server::script(vec![many, answer(200, "[]")]).await;
    let setup = with_api_token(&server);
    setup.send(&get()).await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_millis(500)]);
    assert!(setup.okta.rate_limits().is_empty());
}

#[tokio::test]
async fn a_used_up_window_is_awaited_beforehand() {
    let server = Server::script(vec![
        limited(200, "0", 20),
        answer(200, "{}"),
        limited(200, "1", 60),
        answer(200, "{}"),
    ])
    .await;
    let setup = with_api_token(&server);
    setup.send(&get()).await.unwrap();
    assert!(setup.clock.sleeps().is_empty());

    // Another endpoint has its own window.
    let other = Request::new(Method::Get, "/api/v1/groups", |_| None).unwrap();
    setup.send(&other).await.unwrap();
    assert!(setup.clock.sleeps().is_empty());

    setup.send(&get()).await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(21)]);
    setup.send(&get()).await.unwrap();
    assert_eq!(setup.clock.sleeps().len(), 1);
    let limits = setup.okta.rate_limits();
    assert_eq!(limits.len(), 1);
    assert_eq!((limits[0].1.limit, limits[0].1.remaining), (600, 1));
}

#[tokio::test]
async fn a_used_up_window_beyond_the_deadline_is_an_error_and_nothing_is_sent() {
    let server = Server::script(vec![limited(200, "0", 59)]).await;
    let setup = with_api_token(&server);
    setup.send(&get()).await.unwrap();
    let error = setup.send(&get()).await.unwrap_err();
    let until = Some(Timestamp::from_second(1_000_000_059).unwrap());
    assert_eq!(error.kind, ErrorKind::RateLimited { until });
    assert!(error.message.contains("was not sent"), "{error}");
    assert_eq!(server.hits(), 1);
    setup.clock.advance(60);
    setup.send(&get()).await.unwrap_err();
    assert_eq!(server.hits(), 2);
}

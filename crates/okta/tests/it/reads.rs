use std::time::Duration;

use okta_client::{ErrorKind, Settings};
use serde_json::{Value, json};

use crate::support::{
    API_TOKEN, Server, answer, client, error_body, get, half, nothing, with, with_api_token,
};

#[tokio::test]
async fn a_read_as_it_goes_out_and_comes_back() {
    let server = Server::script(vec![with(
        200,
        &[
            ("content-type", "application/json; charset=utf-8"),
            ("x-okta-request-id", "req-1"),
            ("etag", "W/\"abc\""),
            ("x-rate-limit-limit", "600"),
            ("x-rate-limit-remaining", "599"),
            ("x-rate-limit-reset", "1767225660"),
        ],
        r#"[{"id":1}]"#,
    )])
    .await;
    let setup = with_api_token(&server);
    let reply = setup.send(&get()).await.unwrap();
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body, json!([{ "id": 1 }]));
    assert_eq!(reply.etag.as_deref(), Some("W/\"abc\""));
    assert_eq!(reply.request_ids, ["req-1"]);
    assert_eq!(reply.next, None);
    assert_eq!(reply.bytes, 10);
    assert_eq!(reply.rate_limit.unwrap().remaining, 599);
    assert_eq!(setup.okta.rate_limits()[0].0, "GET /api/v1/users");
    let seen = &server.seen()[0];
    assert_eq!(seen.method, "GET");
    assert_eq!(seen.header("authorization"), format!("SSWS {API_TOKEN}"));
    assert_eq!(seen.header("user-agent"), "okta-mcp/0.1.0 (call/7-00f1)");
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("accept-encoding"), "gzip");
    assert_eq!(seen.header("x-okta-retry-count"), "");
}

#[tokio::test]
async fn order_and_digits_survive() {
    let body = r#"{"z":1,"a":12345678901234567890123,"f":1.10,"n":null,"e":[]}"#;
    let server = Server::script(vec![answer(200, body)]).await;
    let reply = with_api_token(&server).send(&get()).await.unwrap();
    assert_eq!(reply.body.to_string(), body);
}

#[tokio::test]
async fn empty_and_other_bodies() {
    let server = Server::script(vec![
        with(204, &[], ""),
        with(200, &[("content-type", "application/xml")], "<a>x</a>"),
        with(200, &[("content-type", "text/csv")], "a,b\n1,2\n"),
        with(200, &[], "{\"a\":1}"),
        with(200, &[], "plain"),
        with(200, &[("content-type", "application/problem+json")], "{\"a\":1}"),
    ])
    .await;
    let setup = with_api_token(&server);
    let mut bodies = Vec::new();
    for _ in 0..6 {
        bodies.push(setup.send(&get()).await.unwrap().body);
    }
    let expected = [
        Value::Null,
        json!("<a>x</a>"),
        json!("a,b\n1,2\n"),
        json!({"a": 1}),
        json!("plain"),
        json!({"a": 1}),
    ];
    assert_eq!(bodies, expected);
}

#[tokio::test]
async fn a_503_is_tried_again() {
    let server = Server::script(vec![
        with(503, &[("x-okta-request-id", "req-1")], "<h1>Down</h1>"),
        answer(200, "[]"),
    ])
    .await;
    let setup = with_api_token(&server);
    let reply = setup.send(&get()).await.unwrap();
    assert_eq!(reply.request_ids, ["req-1"]);
    assert_eq!(setup.clock.sleeps(), [Duration::from_millis(250)]);
    let again = &server.seen()[1];
    assert_eq!(again.header("x-okta-retry-for"), "req-1");
    assert_eq!(again.header("x-okta-retry-count"), "1");
}

#[tokio::test]
async fn retry_after_is_honoured() {
    let server =
        Server::script(vec![with(503, &[("retry-after", "7")], ""), answer(200, "[]")]).await;
    let setup = with_api_token(&server);
    setup.send(&get()).await.unwrap();
    assert_eq!(setup.clock.sleeps(), [Duration::from_secs(7)]);
}

#[tokio::test]
async fn attempts_are_counted_and_back_off() {
    let body = error_body("E0000009", "Internal Server Error");
    let server = Server::start(move |_, _| answer(500, &body)).await;
    let setup = with_api_token(&server);
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OktaFault);
    assert_eq!(error.okta.unwrap().code.as_deref(), Some("E0000009"));
    assert_eq!(server.hits(), 3);
    assert_eq!(setup.clock.sleeps(), [Duration::from_millis(250), Duration::from_millis(500)]);

    let once = client(Settings { read_attempts: 1, ..server.settings() });
    once.send(&get()).await.unwrap_err();
    assert_eq!(server.hits(), 4);
}

#[tokio::test]
async fn no_attempt_starts_beyond_the_deadline() {
    let server = Server::start(|_, _| with(503, &[("retry-after", "31")], "")).await;
    let setup = with_api_token(&server);
    assert_eq!(setup.send(&get()).await.unwrap_err().kind, ErrorKind::OktaFault);
    assert_eq!(server.hits(), 1);
    assert!(setup.clock.sleeps().is_empty());
}

#[tokio::test]
async fn lost_connections_and_half_bodies_are_tried_again() {
    let whole = r#"[{"id":"00u1"},{"id":"00u2"}]"#;
    for broken in [nothing(), half(200, whole), b"HTTP/1.1 200".to_vec()] {
        let server = Server::script(vec![broken.clone(), answer(200, whole)]).await;
        let reply = with_api_token(&server).send(&get()).await.unwrap();
        assert_eq!(reply.body.as_array().unwrap().len(), 2);
        assert_eq!(server.hits(), 2);

        let server = Server::start(move |_, _| broken.clone()).await;
        let error = with_api_token(&server).send(&get()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Network, "{error}");
        assert_eq!(server.hits(), 3);
    }
}

#[tokio::test]
async fn a_success_that_is_no_json_is_an_error() {
    let page = with(200, &[("content-type", "text/html")], "<p>Please sign in</p>");
    for (broken, says) in [
        (answer(200, r#"[{"id":"00u1"},"#), "no valid JSON"),
        (answer(200, "[] trailing"), "no valid JSON"),
        (answer(200, " "), "no valid JSON"),
        (page, "Please sign in"),
        (with(200, &[("content-type", "image/png")], b"\x89PNG\xff".as_slice()), "no text"),
    ] {
        let server = Server::start(move |_, _| broken.clone()).await;
        let error = with_api_token(&server).send(&get()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::BadReply);
        assert!(error.message.contains(says), "{error}");
    }
}

#[tokio::test]
async fn nobody_there() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let setup = client(crate::support::settings(&origin));
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network);
    assert_eq!(setup.clock.sleeps().len(), 2);
    let error = setup.send(&crate::support::post()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network);
    assert!(error.message.contains("nothing was sent"), "{error}");
    assert_eq!(setup.clock.sleeps().len(), 2);
}

#[tokio::test]
async fn busy_objects_are_tried_again() {
    for (status, code) in [
        (423, "E0000239"),
        (409, "E0000249"),
        (409, "E0000253"),
        (409, "E0000254"),
        (409, "E0000268"),
    ] {
        let busy = answer(status, &error_body(code, "Please try again later."));
        let server = Server::script(vec![busy, answer(200, "[]")]).await;
        with_api_token(&server).send(&get()).await.unwrap();
        assert_eq!(server.hits(), 2);
    }
}

#[tokio::test]
async fn other_refusals_are_not() {
    for (status, kind) in
        [(400, ErrorKind::BadArgument), (404, ErrorKind::NotFound), (409, ErrorKind::Conflict)]
    {
        let server = Server::start(move |_, _| answer(status, &error_body("E0000001", "No"))).await;
        let error = with_api_token(&server).send(&get()).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert_eq!(server.hits(), 1);
    }
}

use std::time::Duration;

use okta_client::{ErrorKind, Method, Request, Settings, Upload};
use serde_json::{Value, json};

use crate::support::{
    Server, answer, client, error_body, get, half, nothing, post, with, with_api_token,
};

#[tokio::test]
async fn a_write_as_it_goes_out() {
    let server = Server::script(vec![answer(201, r#"{"id":"00u1"}"#), with(204, &[], "")]).await;
    let setup = with_api_token(&server);
    let body = json!({ "profile": { "nickName": null, "tags": [], "number": 1 } });
    let request = Request::new(Method::Post, "/api/v1/users/{id}", |_| Some("00u1")).unwrap();
    let reply = setup.send(&request.body(body.clone()).if_match("W/\"1\"")).await.unwrap();
    assert_eq!((reply.status, reply.body), (201, json!({ "id": "00u1" })));
    let seen = &server.seen()[0];
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("if-match"), "W/\"1\"");
    assert_eq!(seen.body, body.to_string());

    let request = Request::new(Method::Delete, "/api/v1/users/{id}", |_| Some("00u1")).unwrap();
    let reply = setup.send(&request).await.unwrap();
    assert_eq!((reply.status, reply.body), (204, Value::Null));
    assert_eq!(server.seen()[1].method, "DELETE");
    assert_eq!(server.seen()[1].body, "");
}

#[tokio::test]
async fn an_unknown_outcome_is_said_and_not_repeated() {
    let created = r#"{"id":"00u1","status":"STAGED"}"#;
    let fault = error_body("E0000009", "Internal Server Error");
    for (what, broken) in [
        ("no answer", nothing()),
        ("half a head", b"HTTP/1.1 2".to_vec()),
        ("half a body", half(200, created)),
        ("no JSON", answer(200, "{\"id\":")),
        ("a page", with(200, &[("content-type", "text/html")], "<p>x")),
        ("500", answer(500, &fault)),
        ("502", with(502, &[], "<h1>Bad Gateway</h1>")),
        ("503", with(503, &[("retry-after", "1")], "")),
        ("504", with(504, &[], "")),
    ] {
        let server = Server::start(move |_, _| broken.clone()).await;
        let setup = with_api_token(&server);
        let error = setup.send(&post()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::OutcomeUnknown, "{what}: {error}");
        assert!(error.message.contains("call/7-00f1"), "{error}");
        assert!(error.message.contains("not sent again"), "{error}");
        assert_eq!(server.hits(), 1, "{what}");
        assert!(setup.clock.sleeps().is_empty());
    }
}

#[tokio::test]
async fn silence_is_an_unknown_outcome() {
    let server = Server::start_async(|_, _| std::future::pending()).await;
    let deadline = Duration::from_millis(300);
    let setup = client(Settings { deadline, ..server.settings() });
    let error = setup.send(&post()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::OutcomeUnknown, "{error}");
    assert!(server.hits() <= 1);
}

#[tokio::test]
async fn what_was_certainly_not_executed_is_no_unknown_outcome() {
    for (status, code, kind) in [
        (503, "E0000010", ErrorKind::OktaFault),
        (501, "E0000060", ErrorKind::FeatureDisabled),
        (501, "E0000052", ErrorKind::FeatureDisabled),
        (500, "E0000261", ErrorKind::BadArgument),
    ] {
        let server = Server::start(move |_, _| answer(status, &error_body(code, "No."))).await;
        let error = with_api_token(&server).send(&post()).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert_eq!(server.hits(), 1);
    }
}

#[tokio::test]
async fn what_okta_did_not_execute_is_tried_again() {
    for busy in [
        answer(429, &error_body("E0000047", "Too many requests")),
        answer(423, &error_body("E0000239", "Try again later.")),
        answer(409, &error_body("E0000249", "Try again later.")),
    ] {
        let server = Server::script(vec![busy, answer(200, "{}")]).await;
        with_api_token(&server).send(&post()).await.unwrap();
        let seen = server.seen();
        assert_eq!(seen.len(), 2);
        assert_eq!(seen[0].body, seen[1].body);
    }
}

#[tokio::test]
async fn a_write_has_no_pages() {
    let link = "<https://elsewhere.example/api/v1/users?after=1>; rel=\"next\"";
    let headers = [("content-type", "application/json"), ("link", link)];
    let server = Server::start(move |_, _| with(200, &headers, "{}")).await;
    let setup = with_api_token(&server);
    assert_eq!(setup.send(&post()).await.unwrap().next, None);
    assert_eq!(setup.send(&get()).await.unwrap_err().kind, ErrorKind::BadReply);
}

#[tokio::test]
async fn a_file_goes_out_as_a_form() {
    let server = Server::script(vec![answer(201, r#"{"url":"https://cdn.test/logo"}"#)]).await;
    let setup = with_api_token(&server);
    let request = Request::new(Method::Post, "/api/v1/brands/{id}/logo", |_| Some("bnd1")).unwrap();
    let file = Upload::new("logo.png", "image/png", b"PNG bytes".to_vec());
    let reply = setup.send(&request.upload(file)).await.unwrap();
    assert_eq!((reply.status, reply.body), (201, json!({ "url": "https://cdn.test/logo" })));
    let seen = &server.seen()[0];
    let boundary = seen.header("content-type").strip_prefix("multipart/form-data; boundary=");
    let boundary = boundary.unwrap();
    assert!(seen.body.starts_with(&format!("--{boundary}\r\n")), "{}", seen.body);
    assert!(seen.body.ends_with(&format!("PNG bytes\r\n--{boundary}--\r\n")), "{}", seen.body);
    assert!(seen.body.contains("name=\"file\"; filename=\"logo.png\"\r\nContent-Type: image/png"));
}

#[tokio::test]
async fn what_is_hidden_goes_out_and_no_echo_of_it_comes_back() {
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n";
    let echo = error_body("E0000001", &KEY.replace('\n', "\\n"));
    let server = Server::script(vec![answer(400, &echo)]).await;
    let setup = with_api_token(&server);
    let request = Request::new(Method::Put, "/api/v1/domains/{id}", |_| Some("OcD1")).unwrap();
    let request =
        request.body(json!({ "privateKey": "[redacted]" })).hidden("/privateKey", KEY.into());
    let error = setup.send(&request).await.unwrap_err();
    let sent: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(sent, json!({ "privateKey": KEY }));
    assert!(!format!("{error:?}").contains("MIIE"), "{error:?}");
    assert!(format!("{error:?}").contains("[redacted]"), "{error:?}");

    let nowhere = Request::new(Method::Put, "/api/v1/domains/{id}", |_| Some("OcD1")).unwrap();
    let nowhere = nowhere.body(json!({})).hidden("/privateKey", KEY.into());
    let error = setup.send(&nowhere).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotSent);
    assert_eq!(server.hits(), 1);
}

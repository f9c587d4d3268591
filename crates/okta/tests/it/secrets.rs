use okta_client::{Method, Reach, Request, Settings};

use crate::support::{
    Server, answer, get, log, service_app, token_reply, with, with_api_token, with_private_key,
};

#[tokio::test]
async fn secrets_are_in_no_error_and_no_debug() {
    let echo = |seen: &crate::support::Seen, _| {
        if seen.is_token_request() {
            return match seen.header("x-okta-retry-count") {
                "" => token_reply("bearer-secret", 3600),
                _ => answer(400, "x"),
            };
        }
        with(400, &[], format!("you sent {}", seen.header("authorization")))
    };
    let server = Server::start(echo).await;
    for setup in [with_private_key(&server), with_api_token(&server)] {
        let error = setup.send(&get()).await.unwrap_err();
        let text = format!("{error} {error:?} {:?}", setup.okta);
        assert!(text.contains("[redacted]"), "{text}");
        assert!(!text.contains("bearer-secret") && !text.contains("00secret"), "{text}");
    }
    let server = Server::start(|seen, _| with(400, &[], &seen.form()["client_assertion"])).await;
    let error = with_private_key(&server).okta.sign_in().await.unwrap_err();
    assert!(format!("{error:?}").contains("[redacted]"), "{error:?}");

    let proxy = Some("http://ana:proxy-secret@proxy.example".to_owned());
    let reach = Reach { https_proxy: proxy, ..Reach::default() };
    let settings = Settings { reach, ..server.settings() };
    let text = format!("{settings:?} {:?}", service_app());
    assert!(!text.contains("proxy-secret"), "{text}");
    assert!(!text.contains("00secret") && !text.contains("MII"), "{text}");
}

#[tokio::test]
async fn the_log_names_the_request_and_nothing_in_it() {
    const TEMPLATE: &str = "/api/v1/logged/{id}";
    let server = Server::start(|seen, number| match number {
        0 => token_reply("bearer-secret", 3600),
        1 => Vec::new(),
        _ if seen.method == "PUT" => {
            let body = r#"{"name":"answer-secret"}"#;
            with(200, &[("content-type", "application/json"), ("x-okta-request-id", "r7")], body)
        }
        _ => answer(500, "{}"),
    })
    .await;
    let setup = with_private_key(&server);
    let request = |method| Request::new(method, TEMPLATE, |_| Some("path-secret")).unwrap();
    let search = request(Method::Get).query("search", "query-secret");
    setup.send(&search).await.unwrap_err();
    let put = request(Method::Put).body(serde_json::json!("body-secret"));
    setup.send(&put).await.unwrap();

    let text = log();
    assert!(!text.contains("secret") && !text.contains("eyJ"), "{text}");
    let lines: Vec<_> = text.lines().filter(|line| line.contains(TEMPLATE)).collect();
    assert_eq!(lines.len(), 4, "{text}");
    for part in ["DEBUG", "PUT", "status=200", "ms=0", "r7"] {
        assert!(lines[3].contains(part), "{}", lines[3]);
    }
}

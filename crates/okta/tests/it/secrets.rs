use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use okta_client::{Method, Request, Settings};
use tracing_subscriber::EnvFilter;

use crate::support::{
    Server, answer, get, service_app, token_reply, with, with_api_token, with_private_key,
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
    let settings = Settings { https_proxy: proxy, ..server.settings() };
    let text = format!("{settings:?} {:?}", service_app());
    assert!(!text.contains("proxy-secret"), "{text}");
    assert!(!text.contains("00secret") && !text.contains("MII"), "{text}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_the_request_and_nothing_in_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("okta_client=trace"))
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
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
    setup.send(&get().query("search", "query-secret")).await.unwrap_err();
    let put = Request::new(Method::Put, "/api/v1/users/{id}", |_| Some("path-secret")).unwrap();
    setup.send(&put.body(serde_json::json!("body-secret"))).await.unwrap();
    drop(guard);

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("secret") && !text.contains("eyJ"), "{text}");
    assert_eq!(text.lines().count(), 5, "{text}");
    let last = text.lines().last().unwrap();
    for part in ["DEBUG", "PUT", "/api/v1/users/{id}", "status=200", "ms=0", "r7"] {
        assert!(last.contains(part), "{last}");
    }
}

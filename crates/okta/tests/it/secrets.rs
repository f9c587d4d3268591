use okta_client::Settings;

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

//! What an org tells everybody.

use std::{sync::Arc, time::Duration};

use okta_client::{Hop, OrgUrl, Probe, Reach, Unseen};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    support::{Server, TestClock, nothing, with},
    tls::https,
};

const PATH: &str = "/.well-known/okta-organization";
const PATIENCE: Duration = Duration::from_secs(20);

fn probe(origin: &str, clock: TestClock) -> Probe {
    Probe::new(origin.parse().unwrap(), &Reach::default(), Arc::new(clock)).unwrap()
}

#[tokio::test]
async fn a_document_is_read_without_a_credential_and_with_its_clock() {
    let hour_later = "Thu, 01 Jan 2026 01:00:00 GMT";
    let server = Server::start(move |_, _| {
        with(200, &[("date", hour_later)], r#"{"id":"00o1","pipeline":"idx"}"#)
    })
    .await;
    let seen = probe(&server.origin, TestClock::new()).read(PATH, PATIENCE).await.unwrap();
    assert_eq!((seen.status, seen.body), (200, Some(json!({"id": "00o1", "pipeline": "idx"}))));
    assert_eq!(seen.ahead.map(|ahead| ahead.as_secs()), Some(3_600));
    let asked = &server.seen()[0];
    assert_eq!((&*asked.method, &*asked.target), ("GET", PATH));
    assert_eq!(asked.header("authorization"), "");
    assert!(asked.header("user-agent").starts_with("okta-mcp/"));
}

#[tokio::test]
async fn what_is_no_document_is_told_as_it_is_and_not_asked_for_again() {
    let server = Server::start(|_, number| match number {
        0 => with(302, &[("location", "https://elsewhere.invalid/")], ""),
        1 => with(503, &[], "<html>"),
        _ => nothing(),
    })
    .await;
    let probe = probe(&server.origin, TestClock::new());
    for status in [302, 503] {
        let seen = probe.read(PATH, PATIENCE).await.unwrap();
        assert_eq!((seen.status, seen.body), (status, None));
    }
    let unseen = probe.read(PATH, PATIENCE).await.unwrap_err();
    assert!(matches!(unseen, Unseen::Lost(_)), "{unseen}");
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn tls_that_is_not_trusted_is_another_thing_than_no_connection() {
    let (origin, _) = https().await;
    let unseen = probe(&origin, TestClock::new()).read(PATH, PATIENCE).await.unwrap_err();
    assert!(matches!(&unseen, Unseen::Tls(why) if why.contains("certificate")), "{unseen}");

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let unseen = probe(&nobody, TestClock::new()).read(PATH, PATIENCE).await.unwrap_err();
    assert!(matches!(unseen, Unseen::Connect(_)), "{unseen}");
}

#[test]
fn connections_are_made_to_the_org_or_to_its_proxy() {
    let hop = |org: &str, proxy: &str, no_proxy: Option<&str>| {
        let reach = Reach {
            https_proxy: Some(proxy.to_owned()),
            no_proxy: no_proxy.map(str::to_owned),
            ..Reach::default()
        };
        let Hop { host, port, proxy } = reach.hop(&OrgUrl::parse(org).unwrap());
        (host, port, proxy)
    };
    let to = |host: &str, port, proxy| (host.to_owned(), port, proxy);
    let acme = "https://acme.okta.com";
    assert_eq!(hop(acme, "", None), to("acme.okta.com", 443, false));
    let proxy = "http://ana:secret@proxy.invalid:3128";
    assert_eq!(hop(acme, proxy, None), to("proxy.invalid", 3_128, true));
    assert_eq!(hop(acme, "proxy.invalid:3128", None), to("proxy.invalid", 3_128, true));
    assert_eq!(hop(acme, "http://proxy.invalid", None), to("proxy.invalid", 80, true));
    assert_eq!(hop(acme, "https://proxy.invalid", None), to("proxy.invalid", 443, true));
    assert_eq!(hop(acme, proxy, Some(".okta.com")), to("acme.okta.com", 443, false));
    assert_eq!(hop(acme, proxy, Some("other.com,*")), to("acme.okta.com", 443, false));
    assert_eq!(hop("http://127.0.0.1:8080", proxy, None), to("127.0.0.1", 8_080, false));
    assert_eq!(hop("https://127.0.0.1:8443", proxy, None), to("127.0.0.1", 8_443, false));
    assert_eq!(hop("http://[::1]:8080", proxy, None), to("::1", 8_080, false));
}

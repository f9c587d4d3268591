use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use okta_client::{ErrorKind, Settings};

use crate::support::{Server, answer, client, get, post, settings, with, with_api_token};

fn gzipped(size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(b"\"").unwrap();
    encoder.write_all(&vec![b'a'; size - 2]).unwrap();
    encoder.write_all(b"\"").unwrap();
    encoder.finish().unwrap()
}

const GZIP: &[(&str, &str)] = &[("content-type", "application/json"), ("content-encoding", "gzip")];

#[tokio::test]
async fn a_compressed_reply() {
    let server = Server::script(vec![with(200, GZIP, gzipped(5000))]).await;
    let reply = with_api_token(&server).send(&get()).await.unwrap();
    assert_eq!(reply.body.as_str().unwrap().len(), 4998);
    assert_eq!(reply.bytes, 5000);
}

#[tokio::test]
async fn a_reply_is_measured_after_decompression() {
    let bomb = gzipped(20 * 1024 * 1024);
    assert!(bomb.len() < 100_000);
    let server = Server::start(move |_, _| with(200, GZIP, &bomb)).await;
    let setup = client(Settings { max_reply_bytes: 1024 * 1024, ..server.settings() });
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadReply);
    assert!(error.message.contains("1048576 bytes"), "{error}");
    assert_eq!(server.hits(), 1);
    assert_eq!(setup.send(&post()).await.unwrap_err().kind, ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_reply_of_just_the_limit() {
    let server = Server::start(|_, _| with(200, GZIP, gzipped(1000))).await;
    client(Settings { max_reply_bytes: 1000, ..server.settings() }).send(&get()).await.unwrap();
    let setup = client(Settings { max_reply_bytes: 999, ..server.settings() });
    assert_eq!(setup.send(&get()).await.unwrap_err().kind, ErrorKind::BadReply);
}

#[tokio::test]
async fn damaged_compression_is_half_an_answer() {
    let mut bytes = gzipped(5000);
    bytes.truncate(bytes.len() - 12);
    let server = Server::start(move |_, _| with(200, GZIP, &bytes)).await;
    let error = with_api_token(&server).send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network, "{error}");
    assert_eq!(server.hits(), 3);
}

#[tokio::test]
async fn redirects_are_refused() {
    let other = Server::start(|_, _| answer(200, "[]")).await;
    for status in [301, 302, 303, 307, 308] {
        let to = format!("{}/login?token=abc", other.origin.replace("127.0.0.1", "localhost"));
        let server = Server::start(move |_, _| with(status, &[("location", &to)], "")).await;
        for request in [get(), post()] {
            let error = with_api_token(&server).send(&request).await.unwrap_err();
            assert_eq!(error.kind, ErrorKind::BadReply);
            assert!(error.message.contains("redirected to localhost,"), "{error}");
            assert!(!error.message.contains("abc"), "{error}");
        }
        assert_eq!(server.hits(), 2);
    }
    assert_eq!(other.hits(), 0);
}

#[tokio::test]
async fn what_everybody_may_read_takes_no_credential() {
    let path = "/.well-known/okta-organization";
    let server = Server::script(vec![answer(200, r#"{"id":"00o1"}"#)]).await;
    let okta = client(server.settings()).okta;
    assert_eq!(okta.document(path).await.unwrap()["id"], "00o1");
    let [seen] = &server.seen()[..] else { panic!("one request") };
    assert_eq!((seen.target.as_str(), seen.header("authorization")), (path, ""));
}

#[tokio::test]
async fn no_more_in_flight_than_allowed() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = Arc::clone(&most);
    let server = Server::start_async(move |_, _| {
        let (now, most) = (Arc::clone(&now), Arc::clone(&most));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            // Everybody who could come gets the time to.
            for _ in 0..200 {
                tokio::task::yield_now().await;
            }
            now.fetch_sub(1, Ordering::SeqCst);
            answer(200, "[]")
        }
    })
    .await;
    let setup = Arc::new(client(Settings { max_in_flight: 3, ..server.settings() }));
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let setup = Arc::clone(&setup);
        callers.spawn(async move { setup.send(&get()).await.unwrap() });
    }
    assert_eq!(callers.join_all().await.len(), 12);
    assert_eq!(peak.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_proxy_gets_what_is_not_excepted() {
    let proxy = Server::start(|_, _| with(403, &[], "")).await;
    let with_password = proxy.origin.replace("http://", "http://ana:proxy-secret@");
    let through = |no_proxy: Option<&str>| Settings {
        https_proxy: Some(with_password.clone()),
        no_proxy: no_proxy.map(str::to_owned),
        read_attempts: 1,
        ..settings("https://acme.invalid")
    };
    let error = client(through(Some("other.invalid"))).send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Network);
    assert!(!format!("{error:?}").contains("proxy-secret"), "{error:?}");
    let seen = proxy.seen();
    assert_eq!((&*seen[0].method, &*seen[0].target), ("CONNECT", "acme.invalid:443"));
    assert!(seen[0].header("proxy-authorization").starts_with("Basic "));
    assert_eq!(seen[0].header("authorization"), "");

    client(through(Some("acme.invalid"))).send(&get()).await.unwrap_err();
    client(through(Some("*"))).send(&get()).await.unwrap_err();
    let loopback = Settings { org: "https://127.0.0.1:1".parse().unwrap(), ..through(None) };
    client(loopback).send(&get()).await.unwrap_err();
    assert_eq!(proxy.hits(), 1);

    // Plain http to loopback never takes the proxy.
    let server = Server::start(|_, _| answer(200, "[]")).await;
    let settings = Settings { org: server.settings().org, ..through(None) };
    client(settings).send(&get()).await.unwrap();
    assert_eq!(proxy.hits(), 1);
}

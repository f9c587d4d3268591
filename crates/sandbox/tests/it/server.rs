//! The org on a socket: plain, with TLS, and with broken connections.

use std::sync::Arc;

use okta_sandbox::{Config, Fault, FaultKind, Org, Server, tls_self_signed};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, pem::PemObject as _},
    },
};

fn org() -> Org {
    let start = "2026-06-15T09:30:00Z".parse().unwrap();
    Org::new(Config { rate_limits: false, ..Config::default() }, Arc::new(move || start))
}

async fn request(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    // A connection that breaks leaves what came before.
    stream.read_to_end(&mut reply).await.ok();
    String::from_utf8(reply).unwrap()
}

fn get(org: &Org, path: &str) -> String {
    let token = org.api_token();
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: SSWS {token}\r\n\r\n"
    )
}

async fn serve(org: &Org) -> (Server, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::start(org.clone(), listener, None).await.unwrap();
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    (server, address)
}

#[tokio::test]
async fn it_answers_over_http_and_stops() {
    let org = org();
    let (server, address) = serve(&org).await;
    let reply =
        request(TcpStream::connect(&address).await.unwrap(), &get(&org, "/api/v1/users/me")).await;
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    assert!(reply.contains("morgan.hale@acme.example"));
    server.stop().await;
    assert!(TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn it_answers_over_tls() {
    let org = org();
    let tls = tls_self_signed().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(tls.ca_pem.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::start(org.clone(), listener, Some(tls)).await.unwrap();
    assert_eq!(server.url(), format!("https://localhost:{}", address.port()));
    for name in ["localhost", "127.0.0.1"] {
        let stream = TcpStream::connect(address).await.unwrap();
        let stream = connector.connect(name.try_into().unwrap(), stream).await.unwrap();
        let reply = request(stream, &get(&org, "/.well-known/okta-organization")).await;
        assert!(reply.contains("\"href\":\"https://localhost\""), "{reply}");
    }
}

#[tokio::test]
async fn connections_break_as_told() {
    let org = org();
    let (_server, address) = serve(&org).await;
    let ask = async |kind| {
        org.inject(Fault { kind, method: None, path: "/api/v1/groups".into(), times: 1 });
        request(TcpStream::connect(&address).await.unwrap(), &get(&org, "/api/v1/groups?limit=1"))
            .await
    };
    assert_eq!(ask(FaultKind::Reset).await, "");
    assert_eq!(ask(FaultKind::Lost).await, "");
    let cut = ask(FaultKind::Cut).await;
    let (head, body) = cut.split_once("\r\n\r\n").unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && body.len() < length.parse().unwrap(), "{cut}");
}

#[tokio::test]
async fn faults_can_be_told_over_http() {
    let org = org();
    let (_server, address) = serve(&org).await;
    let body = r#"{"kind":{"status":503},"path":"/api/v1/users","times":1}"#;
    let tell = format!(
        "POST /sandbox/faults HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let told = request(TcpStream::connect(&address).await.unwrap(), &tell).await;
    assert!(told.starts_with("HTTP/1.1 204"), "{told}");
    let failed =
        request(TcpStream::connect(&address).await.unwrap(), &get(&org, "/api/v1/users/me")).await;
    assert!(failed.starts_with("HTTP/1.1 503"), "{failed}");
    let good =
        request(TcpStream::connect(&address).await.unwrap(), &get(&org, "/api/v1/users/me")).await;
    assert!(good.starts_with("HTTP/1.1 200"), "{good}");
}

#[tokio::test]
async fn without_limits_no_bucket_runs_dry() {
    let org = org();
    let (server, _) = serve(&org).await;
    let address = server.url().trim_start_matches("http://").to_owned();
    for _ in 0..3 {
        let stream = TcpStream::connect(&address).await.unwrap();
        let reply = request(stream, &get(&org, "/api/v1/logs?limit=1")).await.to_lowercase();
        assert!(reply.contains("x-rate-limit-limit: 120\r\n"), "{reply}");
        assert!(reply.contains("x-rate-limit-remaining: 119\r\n"), "{reply}");
    }
}

#[test]
fn the_certificate_names_its_issuer() {
    // The key identifier extension (RFC 5280 section 4.2.1.1) has the OID 2.5.29.35.
    let tls = tls_self_signed().unwrap();
    let leaf = CertificateDer::from_pem_slice(tls.cert_pem.as_bytes()).unwrap();
    assert!(leaf.windows(5).any(|bytes| bytes == [0x06, 0x03, 0x55, 0x1d, 0x23]));
}

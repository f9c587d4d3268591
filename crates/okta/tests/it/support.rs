//! A server that answers what the test says, a clock that jumps, and shortcuts.

use std::{
    collections::HashMap,
    future::Future,
    io,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use okta_client::{
    BoxFuture, Clock, Credentials, Entropy, Error, Method, Okta, OrgUrl, PrivateKey, Reply,
    Request, Settings, SetupError, Surroundings,
};
use secrecy::SecretString;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};

/// 2026-01-01T00:00:00Z, where every test clock starts.
pub(crate) const START: i64 = 1_767_225_600;
pub(crate) const START_DATE: &str = "Thu, 01 Jan 2026 00:00:00 GMT";
pub(crate) const API_TOKEN: &str = "00secretApiToken-_42";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, as sent.
    pub(crate) target: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn is_token_request(&self) -> bool {
        self.target == "/oauth2/v1/token"
    }

    pub(crate) fn form(&self) -> HashMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// A server on loopback. Every connection serves one request; what the handler returns goes out
/// byte for byte, then the connection is closed: nothing at all is a lost connection.
pub(crate) struct Server {
    pub(crate) origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers by `answer`, which gets the request and its number from 0 on.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Seen, usize) -> Vec<u8> + Send + Sync + 'static,
    {
        Self::start_async(move |seen, number| std::future::ready(answer(&seen, number))).await
    }

    /// Gives `answers` in turn, then 418.
    pub(crate) async fn script(answers: Vec<Vec<u8>>) -> Self {
        Self::start(move |_, number| {
            answers.get(number).cloned().unwrap_or_else(|| answer(418, "no more answers"))
        })
        .await
    }

    pub(crate) async fn start_async<F, A>(handler: F) -> Self
    where
        F: Fn(Seen, usize) -> A + Send + Sync + 'static,
        A: Future<Output = Vec<u8>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (handler, all) = (Arc::new(handler), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (handler, all) = (Arc::clone(&handler), Arc::clone(&all));
                tokio::spawn(async move {
                    let Some(request) = receive(&mut stream).await else { return };
                    let number = {
                        let mut all = all.lock().unwrap();
                        all.push(request.clone());
                        all.len() - 1
                    };
                    let bytes = handler(request, number).await;
                    let _ = stream.write_all(&bytes).await;
                    let _ = stream.shutdown().await;
                });
            }
        });
        Self { origin, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn hits(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The requests that were not for a token.
    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| !seen.is_token_request()).collect()
    }

    pub(crate) fn token_requests(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_token_request).collect()
    }

    pub(crate) fn settings(&self) -> Settings {
        settings(&self.origin)
    }
}

pub(crate) async fn receive(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<Seen> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(bytes[head_end + 4..].to_vec()).ok()?;
    Some(Seen { method, target, headers, body })
}

/// A whole answer.
pub(crate) fn answer(status: u16, body: &str) -> Vec<u8> {
    with(status, &[("content-type", "application/json")], body)
}

/// A whole answer with these headers alone.
pub(crate) fn with(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let headers: String =
        headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Some Reason\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An answer that ends before its body does.
pub(crate) fn half(status: u16, body: &str) -> Vec<u8> {
    let mut bytes = answer(status, body);
    bytes.truncate(bytes.len() - body.len() / 2);
    bytes
}

/// A connection that ends without an answer.
pub(crate) fn nothing() -> Vec<u8> {
    Vec::new()
}

pub(crate) fn error_body(code: &str, summary: &str) -> String {
    format!(
        r#"{{"errorCode":"{code}","errorSummary":"{summary}","errorId":"oae1","errorCauses":[]}}"#
    )
}

/// A clock that jumps over every sleep and remembers it.
#[derive(Clone, Debug)]
pub(crate) struct TestClock {
    now: Arc<Mutex<Timestamp>>,
    sleeps: Arc<Mutex<Vec<Duration>>>,
    stopped: Arc<AtomicBool>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        let start = Timestamp::from_second(START).unwrap();
        Self { now: Arc::new(Mutex::new(start)), sleeps: Arc::default(), stopped: Arc::default() }
    }

    pub(crate) fn sleeps(&self) -> Vec<Duration> {
        self.sleeps.lock().unwrap().clone()
    }

    /// Has every sleep last for ever from now on.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    pub(crate) fn advance(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if self.stopped.load(Ordering::Relaxed) {
            return Box::pin(std::future::pending());
        }
        self.sleeps.lock().unwrap().push(duration);
        *self.now.lock().unwrap() += duration;
        Box::pin(tokio::task::yield_now())
    }
}

/// No jitter; ids that count up.
#[derive(Default)]
pub(crate) struct TestEntropy(Mutex<u8>);

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
        if bytes.len() == 16 {
            let mut count = self.0.lock().unwrap();
            *count += 1;
            bytes[15] = *count;
        }
    }
}

pub(crate) fn settings(origin: &str) -> Settings {
    let token = Credentials::ApiToken(SecretString::from(API_TOKEN));
    Settings::new(OrgUrl::parse(origin).unwrap(), token)
}

pub(crate) fn service_app() -> Credentials {
    Credentials::PrivateKey {
        client_id: "0oaServiceApp".to_owned(),
        key: PrivateKey::parse(include_str!("../fixtures/rsa_pkcs8.pem"), Some("kid-1")).unwrap(),
        scopes: vec!["okta.users.read".to_owned(), "okta.groups.manage".to_owned()],
    }
}

/// The body of a token reply.
pub(crate) fn token_reply(token: &str, expires_in: u32) -> Vec<u8> {
    answer(
        200,
        &format!(
            r#"{{"token_type":"Bearer","expires_in":{expires_in},"access_token":"{token}","scope":"okta.users.read"}}"#
        ),
    )
}

#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) okta: Okta,
    pub(crate) clock: TestClock,
}

pub(crate) fn client(settings: Settings) -> Setup {
    try_client(settings).unwrap()
}

pub(crate) fn try_client(settings: Settings) -> Result<Setup, SetupError> {
    keep_log();
    let clock = TestClock::new();
    let surroundings =
        Surroundings { clock: Arc::new(clock.clone()), entropy: Arc::new(TestEntropy::default()) };
    Okta::new(settings, surroundings).map(|okta| Setup { okta, clock })
}

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// What the client has logged in all tests so far.
pub(crate) fn log() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}

/// One log for all: tracing asks each place only once whether anybody listens.
fn keep_log() {
    struct Log;

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            LOG.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::new("okta_client=trace"))
            .with_ansi(false)
            .with_writer(|| Log)
            .finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

/// A client of `server` with an API token.
pub(crate) fn with_api_token(server: &Server) -> Setup {
    client(server.settings())
}

/// A client of `server` that is a service app.
pub(crate) fn with_private_key(server: &Server) -> Setup {
    client(Settings { credentials: service_app(), ..server.settings() })
}

pub(crate) fn get() -> Request {
    Request::new(Method::Get, "/api/v1/users", |_| None).unwrap()
}

pub(crate) fn post() -> Request {
    let request = Request::new(Method::Post, "/api/v1/users", |_| None).unwrap();
    request.body(serde_json::json!({ "profile": { "login": "ana@example.com" } }))
}

impl Setup {
    pub(crate) async fn send(&self, request: &Request) -> Result<Reply, Error> {
        self.okta.send(request, "7-00f1").await
    }
}

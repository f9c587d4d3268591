//! A client that says exactly what a test tells it to, in either protocol era.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use okta_client::{BoxFuture, Clock, Entropy};
use okta_mcp_server::{App, Browser, Config, serve_stdio};
use okta_sandbox::{Org, Server};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf,
        WriteHalf,
    },
    sync::watch,
    task::JoinHandle,
};

/// A clock that a test moves.
pub(crate) struct Hands {
    /// How many seconds have passed.
    passed: watch::Sender<u64>,
    /// Who waits, waits until the test moves the clock; otherwise waiting takes no time.
    patient: bool,
}

impl Hands {
    fn new(patient: bool) -> Self {
        Self { passed: watch::Sender::new(0), patient }
    }

    /// The start of every test.
    pub(crate) fn start() -> Timestamp {
        "2026-03-04T05:06:07Z".parse().unwrap()
    }

    pub(crate) fn forward(&self, duration: Duration) {
        self.passed.send_modify(|passed| *passed += duration.as_secs());
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Self::start() + Duration::from_secs(*self.passed.borrow())
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        if !self.patient {
            self.forward(duration);
            return Box::pin(std::future::ready(()));
        }
        let mut passed = self.passed.subscribe();
        let until = *passed.borrow() + duration.as_secs();
        Box::pin(async move {
            // A clock that is gone wakes nobody.
            if passed.wait_for(|passed| *passed >= until).await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

/// A clock that goes wrong by whole hours.
struct Off {
    hands: Arc<Hands>,
    hours: i64,
}

impl Clock for Off {
    fn now(&self) -> Timestamp {
        self.hands.now() + jiff::SignedDuration::from_hours(self.hours)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.hands.sleep(duration)
    }
}

#[derive(Default)]
pub(crate) struct Counting(AtomicU64);

impl Entropy for Counting {
    /// `SplitMix64`: as good as never the same twice.
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            let mut next =
                self.0.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            next = (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (next ^ (next >> 31)).to_be_bytes()[0];
        }
    }
}

/// The protocol eras that one server serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Era {
    Modern,
    Legacy(&'static str),
}

pub(crate) const ERAS: &[Era] =
    &[Era::Modern, Era::Legacy("2025-11-25"), Era::Legacy("2025-06-18"), Era::Legacy("2025-03-26")];

/// An org in memory.
pub(crate) struct OrgBox {
    pub(crate) org: Org,
    pub(crate) clock: Arc<Hands>,
    server: Server,
    /// Where its servers keep their files.
    home: TempDir,
}

impl OrgBox {
    pub(crate) async fn new() -> Self {
        Self::with(Hands::new(false)).await
    }

    /// An org whose clock stands until the test moves it, whoever waits.
    pub(crate) async fn patient() -> Self {
        Self::with(Hands::new(true)).await
    }

    async fn with(clock: Hands) -> Self {
        let clock = Arc::new(clock);
        let now = Arc::clone(&clock);
        let config = okta_sandbox::Config { rate_limits: false, ..Default::default() };
        let org = Org::new(config, Arc::new(move || now.now()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server::start(org.clone(), listener, None).await.unwrap();
        Self { org, clock, server, home: tempfile::tempdir().unwrap() }
    }

    /// Where the org is.
    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// A redirect URI on a port that is free now, which the native app knows.
    pub(crate) async fn redirect_on_a_free_port(&self) -> String {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let redirect = format!("http://127.0.0.1:{port}/callback");
        let url = format!("{}/api/v1/apps/{}", self.url(), self.org.sign_in().native.client_id);
        let token = format!("SSWS {}", self.org.api_token());
        let client = reqwest::Client::builder().build().unwrap();
        let app = client.get(&url).header("authorization", &token).send().await.unwrap();
        let mut app: Value = app.json().await.unwrap();
        app["settings"]["oauthClient"]["redirect_uris"] = json!([redirect]);
        let put = client.put(&url).header("authorization", &token).json(&app).send().await.unwrap();
        assert!(put.status().is_success(), "{}", put.text().await.unwrap());
        redirect
    }

    /// The environment of a server for this org.
    pub(crate) fn environment(&self) -> HashMap<&'static str, String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let app = self.org.service_app();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = self.home.path().join(number.to_string());
        HashMap::from([
            ("OKTA_ORG_URL", self.server.url()),
            ("OKTA_CLIENT_ID", app.client_id),
            ("OKTA_PRIVATE_KEY", app.private_key_pem),
            ("OKTA_KEY_ID", app.key_id),
            ("OKTA_SCOPES", app.scopes.join(" ")),
            ("OKTA_MCP_STATE_DIR", folder.join("state").display().to_string()),
            ("OKTA_MCP_EXPORT_DIR", folder.join("exports").display().to_string()),
            // Not that of whoever runs the tests.
            ("OKTA_MCP_KEYRING", "off".to_owned()),
        ])
    }

    /// The environment of a server that signs in with an admin's API token.
    pub(crate) fn admin_environment(&self) -> HashMap<&'static str, String> {
        let mut environment = self.environment();
        for name in ["OKTA_CLIENT_ID", "OKTA_PRIVATE_KEY", "OKTA_KEY_ID"] {
            environment.remove(name);
        }
        environment.insert("OKTA_API_TOKEN", self.org.api_token().to_owned());
        environment
    }

    pub(crate) async fn connect(&self, era: Era, capabilities: Value) -> Client {
        self.connect_with(&self.environment(), era, capabilities).await
    }

    pub(crate) async fn connect_with(
        &self,
        environment: &HashMap<&'static str, String>,
        era: Era,
        capabilities: Value,
    ) -> Client {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        Self::connect_by(clock, None, environment, era, capabilities).await
    }

    /// A server that opens pages with `browser`.
    pub(crate) async fn connect_with_browser(
        &self,
        browser: Arc<dyn Browser>,
        environment: &HashMap<&'static str, String>,
    ) -> Client {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let era = Era::Legacy("2025-11-25");
        Self::connect_by(clock, Some(browser), environment, era, json!({})).await
    }

    /// A server whose clock is not the org's.
    pub(crate) async fn connect_off_by(
        &self,
        hours: i64,
        environment: &HashMap<&'static str, String>,
    ) -> Client {
        let clock = Arc::new(Off { hands: Arc::clone(&self.clock), hours });
        Self::connect_by(clock, None, environment, Era::Legacy("2025-11-25"), json!({})).await
    }

    async fn connect_by(
        clock: Arc<dyn Clock>,
        browser: Option<Arc<dyn Browser>>,
        environment: &HashMap<&'static str, String>,
        era: Era,
        capabilities: Value,
    ) -> Client {
        // Each server has randomness of its own: Okta takes an assertion's id only once.
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let seed = NEXT.fetch_add(1 << 32, Ordering::Relaxed);
        let config =
            Config::from_environment(&|name: &str| environment.get(name).cloned()).unwrap();
        let app = App::new(config, clock, Arc::new(Counting(AtomicU64::new(seed)))).unwrap();
        if let Some(browser) = browser {
            app.handler.open_pages_with(browser);
        }
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (input, output) = tokio::io::split(theirs);
        let served = tokio::spawn(serve_stdio(app, input, output, std::future::pending()));
        let (read, write) = tokio::io::split(ours);
        let lines = BufReader::new(read).lines();
        let mut client = Client {
            era,
            capabilities,
            write: Some(write),
            lines,
            next: 0,
            aside: Vec::new(),
            served,
        };
        client.begin().await;
        client
    }
}

/// What a client that asks its person declares.
pub(crate) fn asks() -> Value {
    json!({ "elicitation": { "form": {} } })
}

/// A connection to the server.
pub(crate) struct Client {
    pub(crate) era: Era,
    pub(crate) capabilities: Value,
    write: Option<WriteHalf<DuplexStream>>,
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    next: u64,
    /// Messages that came while something else was awaited.
    pub(crate) aside: Vec<Value>,
    served: JoinHandle<std::io::Result<()>>,
}

impl Client {
    async fn begin(&mut self) {
        let Era::Legacy(version) = self.era else { return };
        let params = json!({
            "protocolVersion": version,
            "capabilities": self.capabilities,
            "clientInfo": { "name": "tests", "version": "1" },
        });
        let answer = self.request("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], version);
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.send_text(&message.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        let write = self.write.as_mut().unwrap();
        write.write_all(format!("{text}\n").as_bytes()).await.unwrap();
    }

    pub(crate) async fn receive(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().expect("the server went away");
        serde_json::from_str(&line).unwrap()
    }

    /// Sends a request without waiting; answers with its id.
    pub(crate) async fn start(&mut self, method: &str, mut params: Value) -> u64 {
        self.next += 1;
        if self.era == Era::Modern {
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": self.capabilities,
                "io.modelcontextprotocol/clientInfo": { "name": "tests", "version": "1" },
                "progressToken": self.next,
            });
        }
        let message =
            json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params });
        self.send(&message).await;
        self.next
    }

    /// Waits for the answer to that request; what else arrives is kept aside.
    pub(crate) async fn answer(&mut self, id: u64) -> Value {
        self.find(|message| is_answer(message, id)).await
    }

    /// Waits for a message that fits, unless one was kept aside; what else arrives is.
    pub(crate) async fn find(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.aside.iter().position(&fits) {
            return self.aside.remove(at);
        }
        loop {
            let message = self.receive().await;
            if fits(&message) {
                return message;
            }
            self.aside.push(message);
        }
    }

    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.start(method, params).await;
        self.answer(id).await
    }

    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    /// The JSON of a call that is done.
    pub(crate) async fn done(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(tool, arguments).await;
        assert_ne!(answer["result"]["isError"], true, "{tool}: {answer}");
        text(&answer)
    }

    /// Calls, and answers the question with `action` and `content` in this client's era.
    pub(crate) async fn call_answering(
        &mut self,
        tool: &str,
        arguments: Value,
        reply: Value,
    ) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        if self.era == Era::Modern {
            let asked = self.request("tools/call", params.clone()).await;
            let state = asked["result"]["requestState"].clone();
            assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
            return self.again(params, reply, state).await;
        }
        let id = self.start("tools/call", params).await;
        let question = self.receive().await;
        assert_eq!(question["method"], "elicitation/create", "{question}");
        let mut message = json!({ "jsonrpc": "2.0", "id": question["id"] });
        match reply.get("code") {
            Some(_) => message["error"] = reply,
            None => message["result"] = reply,
        }
        self.send(&message).await;
        self.answer(id).await
    }

    /// The same call with an answer and a state (2026-07-28).
    pub(crate) async fn again(&mut self, mut params: Value, reply: Value, state: Value) -> Value {
        params["inputResponses"] = json!({ "confirm": reply });
        params["requestState"] = state;
        self.request("tools/call", params).await
    }

    /// Closes this end, and waits until the server has ended.
    pub(crate) async fn close(mut self) {
        self.write.take().unwrap().shutdown().await.unwrap();
        drop(self.lines);
        self.served.await.unwrap().unwrap();
    }
}

/// True for the answer to the request of that id.
pub(crate) fn is_answer(message: &Value, id: u64) -> bool {
    message["id"] == id && message.get("method").is_none()
}

/// The JSON in the one text block of a result.
pub(crate) fn text(answer: &Value) -> Value {
    let content = answer["result"]["content"].as_array().unwrap();
    assert_eq!(content.len(), 1, "{answer}");
    serde_json::from_str(content[0]["text"].as_str().unwrap()).unwrap()
}

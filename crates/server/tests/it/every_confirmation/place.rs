//! An org that writes down what reaches it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::client::{Client, Era, OrgBox};

type Seen = Arc<Mutex<Vec<String>>>;

/// An org, and between it and the server an ear.
pub(super) struct Place {
    pub(super) sandbox: OrgBox,
    seen: Seen,
    /// Where the ear is.
    url: String,
    /// Past it: for what somebody else does.
    direct: String,
    http: reqwest::Client,
    number: AtomicU64,
    /// The private key of the org's certificates.
    pub(super) key: KeyPair,
}

impl Place {
    pub(super) async fn new() -> Self {
        let sandbox = OrgBox::patient().await;
        let seen = Seen::default();
        let ear = middleware::from_fn_with_state(Arc::clone(&seen), listen);
        let service = sandbox.org.service().layer(ear);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        let direct = sandbox.environment()["OKTA_ORG_URL"].clone();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let key = KeyPair::generate().unwrap();
        Self { sandbox, seen, url, direct, http, number: AtomicU64::default(), key }
    }

    /// The environment of a server for this org, heard by the ear.
    pub(super) fn environment(&self) -> HashMap<&'static str, String> {
        let mut environment = self.sandbox.environment();
        environment.insert("OKTA_ORG_URL", self.url.clone());
        environment.insert("OKTA_MCP_DOMAIN_KEY", self.key.serialize_pem());
        environment
    }

    /// A server, and its client.
    pub(super) async fn connect(
        &self,
        environment: &HashMap<&'static str, String>,
        era: Era,
        capabilities: Value,
    ) -> Client {
        self.sandbox.connect_with(environment, era, capabilities).await
    }

    /// The changes that reached the org through the server since this was asked last.
    pub(super) fn sent(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }

    /// A name that nothing else has.
    pub(super) fn name(&self) -> String {
        format!("Case {}", self.number.fetch_add(1, Ordering::Relaxed))
    }

    /// What an admin does in the console: nothing that the server knows of. A text as the body is a
    /// file in base64.
    pub(super) async fn admin(&self, method: &str, path: &str, body: &Value) -> Value {
        let token = format!("SSWS {}", self.sandbox.org.api_token());
        let url = format!("{}{path}", self.direct);
        let mut request = self.http.request(method.parse().unwrap(), url);
        request = request.header("authorization", token);
        request = match body {
            Value::Null => request,
            Value::String(file) => {
                let (kind, form) = form(&BASE64_STANDARD.decode(file).unwrap());
                request.header("content-type", kind).body(form)
            }
            body => request.json(body),
        };
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        assert!(status.is_success(), "{method} {path} {body}: {status} {text}");
        if text.is_empty() { json!(null) } else { serde_json::from_str(&text).unwrap() }
    }
}

/// The `Content-Type` and the body of a form with one file.
fn form(file: &[u8]) -> (&'static str, Vec<u8>) {
    let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n";
    ("multipart/form-data; boundary=edge", [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat())
}

async fn listen(State(seen): State<Seen>, request: Request, next: Next) -> Response {
    let (method, path) = (request.method(), request.uri().path());
    if method != "GET" && path != "/oauth2/v1/token" {
        seen.lock().unwrap().push(format!("{method} {path}"));
    }
    next.run(request).await
}

//! The authorization code grant with PKCE.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use okta_client::{
    Arrival, BoxFuture, ClientProof, ErrorKind, Flow, Landed, Landing, Loopback, PersonalSignIn,
    SecretString, SetupError, SignIn,
};
use tokio::sync::{mpsc, oneshot};
use url::Url;

use crate::{
    people::{self, APP, Kept, id_token, oauth, tokens_with, with_person},
    support::{Seen, Server, Setup, answer, get},
};

/// Redirects come from the test.
#[derive(Default)]
struct Port {
    arrivals: Mutex<Option<mpsc::Sender<Arrival>>>,
    taken: bool,
}

struct Arrivals(mpsc::Receiver<Arrival>);

impl Landing for Arrivals {
    fn next(&mut self) -> BoxFuture<'_, Option<Arrival>> {
        Box::pin(self.0.recv())
    }
}

impl Loopback for Port {
    fn listen<'a>(&'a self, _: &'a Url) -> BoxFuture<'a, io::Result<Box<dyn Landing>>> {
        Box::pin(async move {
            if self.taken {
                return Err(io::Error::from(io::ErrorKind::AddrInUse));
            }
            let (sender, receiver) = mpsc::channel(1);
            *self.arrivals.lock().unwrap() = Some(sender);
            Ok(Box::new(Arrivals(receiver)) as Box<dyn Landing>)
        })
    }
}

impl Port {
    /// The browser comes back; what the person is shown then.
    async fn arrive(&self, query: &[(&str, &str)]) -> Landed {
        let arrivals = self.arrivals.lock().unwrap().clone().unwrap();
        let query = query.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let (reply, shown) = oneshot::channel();
        arrivals.send(Arrival { query, reply }).await.unwrap();
        shown.await.unwrap()
    }
}

const REDIRECT: &str = "http://127.0.0.1:8765/callback";

fn with_port(server: &Server, port: &Arc<Port>, proof: ClientProof) -> Setup {
    let loopback = Arc::clone(port) as Arc<dyn Loopback>;
    let flow = Flow::Browser { redirect: REDIRECT.to_owned(), loopback };
    let store = Arc::new(Kept::default());
    // Nobody may wait for the clock here: it jumps over every wait.
    let person = PersonalSignIn { proof, ..people::person(&store, flow) };
    let setup = with_person(server, person);
    setup.clock.stop();
    setup
}

fn query(sign_in: &SignIn) -> HashMap<String, String> {
    Url::parse(&sign_in.prompt.url).unwrap().query_pairs().into_owned().collect()
}

/// An org that gives tokens for `code-1`, with the nonce that it was asked for.
async fn org(nonce: Arc<Mutex<String>>) -> Server {
    people::org(move |seen, _| match &*seen.target {
        "/oauth2/v1/token" if seen.form()["code"] == "code-1" => {
            let nonce = nonce.lock().unwrap().clone();
            let token = id_token(seen, |claims| claims["nonce"] = nonce.into());
            tokens_with("at", Some("rt"), &token)
        }
        "/oauth2/v1/token" => oauth(400, "invalid_grant"),
        _ => answer(200, "[]"),
    })
    .await
}

async fn begun(setup: &Setup) -> SignIn {
    setup.okta.begin_sign_in().await.unwrap().unwrap()
}

#[tokio::test]
async fn the_code_is_turned_into_tokens() {
    let nonce = Arc::new(Mutex::new(String::new()));
    let server = org(Arc::clone(&nonce)).await;
    let port = Arc::new(Port::default());
    let setup = with_port(&server, &port, ClientProof::Public);
    let mut sign_in = begun(&setup).await;
    let asked = query(&sign_in);
    assert!(sign_in.prompt.url.starts_with(&format!("{}/oauth2/v1/authorize?", server.origin)));
    assert_eq!(asked["client_id"], APP);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8765/callback");
    assert_eq!(asked["scope"], "openid okta.users.read offline_access");
    assert_eq!(asked["code_challenge_method"], "S256");
    *nonce.lock().unwrap() = asked["nonce"].clone();

    let shown = port.arrive(&[("state", "another"), ("code", "code-1")]).await;
    assert_eq!(shown, Landed::Stray, "another's redirect changes nothing");
    let shown = port.arrive(&[("state", &asked["state"]), ("code", "code-1")]).await;
    assert_eq!(shown, Landed::Done);
    sign_in.finished().await.unwrap();
    setup.send(&get()).await.unwrap();

    let form = server.token_requests()[0].form();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["redirect_uri"], "http://127.0.0.1:8765/callback");
    let digest =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, form["code_verifier"].as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.encode(digest), asked["code_challenge"]);
    assert_eq!(form["code_verifier"].len(), 43);
    assert_eq!(form["client_id"], APP);
}

#[tokio::test]
async fn a_web_app_proves_itself_with_its_secret() {
    let nonce = Arc::new(Mutex::new(String::new()));
    let server = org(Arc::clone(&nonce)).await;
    let port = Arc::new(Port::default());
    let secret = SecretString::from("s3cr:t/+");
    let setup = with_port(&server, &port, ClientProof::Secret(secret));
    let mut sign_in = begun(&setup).await;
    let asked = query(&sign_in);
    *nonce.lock().unwrap() = asked["nonce"].clone();
    port.arrive(&[("state", &asked["state"]), ("code", "code-1")]).await;
    sign_in.finished().await.unwrap();
    let seen: &Seen = &server.token_requests()[0];
    let basic = seen.header("authorization").strip_prefix("Basic ").unwrap().to_owned();
    let pair = base64::engine::general_purpose::STANDARD.decode(basic).unwrap();
    assert_eq!(String::from_utf8(pair).unwrap(), "0oaNative:s3cr%3At%2F%2B");
    assert!(!seen.form().contains_key("client_secret"));
}

#[tokio::test]
async fn a_failure_is_shown_in_the_browser_and_told_to_the_caller() {
    let denied = [("error", "access_denied"), ("error_description", "User is not assigned.")];
    let cases: [(&[(&str, &str)], &str); 3] =
        [(&denied, "not assigned"), (&[("code", "code-2")], "sign in again"), (&[], "no code")];
    for (back, says) in cases {
        let server = org(Arc::default()).await;
        let port = Arc::new(Port::default());
        let setup = with_port(&server, &port, ClientProof::Public);
        let mut sign_in = begun(&setup).await;
        let state = query(&sign_in)["state"].clone();
        let back: Vec<_> = back.iter().copied().chain([("state", &*state)]).collect();
        let Landed::Failed(shown) = port.arrive(&back).await else { panic!("let in") };
        let error = sign_in.finished().await.unwrap_err();
        assert_eq!(error.message, shown);
        assert!(shown.contains(says), "{shown}");
    }
}

#[tokio::test]
async fn an_id_token_of_another_sign_in_is_not_taken() {
    let server = org(Arc::new(Mutex::new("an old nonce".to_owned()))).await;
    let port = Arc::new(Port::default());
    let setup = with_port(&server, &port, ClientProof::Public);
    let mut sign_in = begun(&setup).await;
    let state = query(&sign_in)["state"].clone();
    port.arrive(&[("state", &state), ("code", "code-1")]).await;
    let error = sign_in.finished().await.unwrap_err();
    assert!(error.message.contains("another sign-in"), "{error}");
}

#[tokio::test]
async fn a_port_in_use_offers_the_device_grant() {
    let server = org(Arc::default()).await;
    let port = Arc::new(Port { taken: true, ..Port::default() });
    let setup = with_port(&server, &port, ClientProof::Public);
    let error = setup.send(&get()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::SignIn);
    for says in ["8765 is in use", "device grant"] {
        assert!(error.message.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_off_this_machine_is_refused() {
    let server = org(Arc::default()).await;
    for bad in [
        "https://127.0.0.1:8765/callback",
        "http://example.com:8765/callback",
        "http://127.0.0.1:8765/callback?x=1",
        "http://10.0.0.1:8765/callback",
    ] {
        let loopback: Arc<dyn Loopback> = Arc::new(Port::default());
        let flow = Flow::Browser { redirect: bad.to_owned(), loopback };
        let person = people::person(&Arc::default(), flow);
        let settings = okta_client::Settings {
            credentials: okta_client::Credentials::Person(Box::new(person)),
            ..server.settings()
        };
        let error = crate::support::try_client(settings).unwrap_err();
        assert!(matches!(error, SetupError::Redirect(_)), "{bad}");
    }
}

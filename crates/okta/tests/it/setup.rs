use std::sync::Arc;

use okta_client::{Credentials, Okta, Reach, Settings, SetupError, Surroundings};
use secrecy::SecretString;

use crate::support::{TestClock, TestEntropy, service_app, settings};

fn set_up(settings: Settings) -> Result<Okta, SetupError> {
    let surroundings = Surroundings {
        clock: Arc::new(TestClock::new()),
        entropy: Arc::new(TestEntropy::default()),
    };
    Okta::new(settings, surroundings)
}

fn acme() -> Settings {
    settings("https://acme.okta.com")
}

fn app(id: &str, scopes: &[&str]) -> Credentials {
    let Credentials::PrivateKey { key, .. } = service_app() else { panic!("a service app") };
    let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    Credentials::PrivateKey { client_id: id.to_owned(), key, scopes }
}

#[test]
fn the_defaults() {
    let settings = acme();
    assert_eq!(settings.max_in_flight, 20);
    assert_eq!(settings.read_attempts, 3);
    assert_eq!(settings.deadline.as_secs(), 30);
    assert_eq!(settings.max_reply_bytes, 64 << 20);
    assert_eq!(settings.user_agent, "okta-mcp/0.1.0");
    let okta = set_up(settings).unwrap();
    assert_eq!(okta.org().origin(), "https://acme.okta.com");
    assert!(okta.rate_limits().is_empty());
}

#[test]
fn what_is_refused() {
    let fixture = |name: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
        Some(folder.join(name))
    };
    let by = |reach: Reach| Settings { reach, ..acme() };
    let token = |text: &str| Credentials::ApiToken(SecretString::from(text));
    for (settings, says) in [
        (Settings { credentials: token(" "), ..acme() }, "API token"),
        (Settings { credentials: token("a b"), ..acme() }, "API token"),
        (Settings { credentials: token("tökén"), ..acme() }, "API token"),
        (Settings { credentials: app(" ", &["a"]), ..acme() }, "client id"),
        (Settings { credentials: app("0oa", &[]), ..acme() }, "scopes"),
        (Settings { credentials: app("0oa", &["a b"]), ..acme() }, "`a b` is not"),
        (Settings { max_in_flight: 0, ..acme() }, "max_in_flight"),
        (Settings { read_attempts: 0, ..acme() }, "read_attempts"),
        (Settings { user_agent: "a\nb".to_owned(), ..acme() }, "user agent"),
        (by(Reach { https_proxy: Some("http://".to_owned()), ..Reach::default() }), "proxy"),
        (by(Reach { ca_file: fixture("missing.pem"), ..Reach::default() }), "cannot be read"),
        (by(Reach { ca_dir: fixture("missing"), ..Reach::default() }), "cannot be read"),
        (by(Reach { ca_file: fixture("README.md"), ..Reach::default() }), "no PEM certificate"),
    ] {
        let error = set_up(settings).unwrap_err().to_string();
        assert!(error.contains(says), "{says}: {error}");
    }
}

#[test]
fn a_token_may_come_with_its_scheme() {
    let credentials = Credentials::ApiToken(SecretString::from(" SSWS 00abc\n"));
    set_up(Settings { credentials, ..acme() }).unwrap();
}

//! Signing in: what the app is, what it proves itself with, and what it is given.

use std::collections::BTreeSet;

use jiff::Timestamp;
use okta_client::{Dpop, Error, ErrorKind, Grant, Okta, OktaError, PrivateKey, Probe};
use okta_mcp_server::{Config, Flow, SignIn};
use serde_json::Value;

use super::{
    Holder,
    finding::{Check, Finding, Report},
};
use crate::{
    AppKind,
    org::PATIENCE,
    trouble::{self, Trouble},
};

/// What the configuration asks for.
pub(super) struct Asks {
    pub(super) kind: AppKind,
    pub(super) scopes: Vec<String>,
    client_id: Option<String>,
    /// What the private key is called; `None` where there is none.
    key: Option<String>,
    dpop: Dpop,
    redirect_uri: Option<String>,
}

impl Asks {
    pub(super) fn of(config: &Config) -> Self {
        let named = |key: &PrivateKey| match key.key_id() {
            Some(id) => format!("the key {id}"),
            None => "the key".to_owned(),
        };
        let (kind, client_id, key, dpop, redirect_uri) = match &config.sign_in {
            SignIn::ApiToken { .. } => (AppKind::ApiToken, None, None, Dpop::Auto, None),
            SignIn::ServiceApp { client_id, key, dpop, .. } => {
                (AppKind::Service, Some(client_id), Some(named(key)), *dpop, None)
            }
            SignIn::Person { client_id, key, flow, dpop, .. } => {
                let (kind, uri) = match flow {
                    Flow::Device => (AppKind::Native, None),
                    Flow::Browser { redirect_uri } => (AppKind::Web, Some(redirect_uri.clone())),
                };
                (kind, Some(client_id), key.as_ref().map(named), *dpop, uri)
            }
        };
        Self {
            kind,
            scopes: config.scopes.clone(),
            client_id: client_id.cloned(),
            key,
            dpop,
            redirect_uri,
        }
    }

    /// Who has the admin roles; `person` is the id of who is signed in.
    pub(super) fn holder(&self, person: Option<String>) -> Holder {
        Holder::of(person, self.client_id.as_deref())
    }
}

/// Signs in, as far as that goes without a person; what was granted.
pub(super) async fn examine(
    okta: &Okta,
    asks: &Asks,
    probe: &Probe,
    report: &mut Report,
) -> Option<Grant> {
    if asks.kind == AppKind::ApiToken {
        for check in [Check::ClientId, Check::Key, Check::Dpop] {
            report.add(Finding::skip(check, "an API token has none"));
        }
        return Some(Grant::Unlimited);
    }
    match okta.resume().await {
        Ok(grant) => {
            known(asks, report);
            report.add(bound(okta, asks).await);
            report.add(token(okta).await);
            report.add(scopes(asks, &grant));
            Some(grant)
        }
        Err(error) if error.kind == ErrorKind::SignInNeeded => {
            report.extend(begin(okta, asks, probe).await);
            report.add(signed_out(&error));
            None
        }
        Err(error) => {
            let trouble = trouble_of(&error);
            // Okta looks at the app, then at its key, then at what is asked for.
            match trouble.check {
                Check::Key => report.add(client(asks)),
                Check::Dpop | Check::Scopes => known(asks, report),
                _ => {}
            }
            // Which scopes it is about, Okta rarely says, and the client knows.
            let told =
                if trouble == trouble::SCOPES_REFUSED { error.message } else { said(&error) };
            report.add(Finding::fail(trouble, told));
            None
        }
    }
}

/// Okta knows the app, and takes its key.
fn known(asks: &Asks, report: &mut Report) {
    report.add(client(asks));
    report.add(match &asks.key {
        None => Finding::skip(Check::Key, "the app has none"),
        Some(key) => Finding::pass(Check::Key, format!("Okta takes {key}")),
    });
}

fn client(asks: &Asks) -> Finding {
    let id = asks.client_id.as_deref().unwrap_or_default();
    Finding::pass(Check::ClientId, format!("Okta knows the app {id}"))
}

async fn bound(okta: &Okta, asks: &Asks) -> Finding {
    let told = match (okta.is_bound().await, asks.dpop) {
        (Some(true), Dpop::Auto) => "the app demands it: tokens are bound to a key",
        (Some(true), Dpop::Always) => "tokens are bound to a key",
        _ => "the app does not demand it",
    };
    Finding::pass(Check::Dpop, told)
}

/// What Okta says of the token (RFC 7662 section 2.2).
async fn token(okta: &Okta) -> Finding {
    let said = match okta.introspect().await {
        Ok(said) => said.unwrap_or_default(),
        Err(error) => return Finding::fail(trouble_of(&error), error.to_string()),
    };
    if said.get("active") != Some(&Value::Bool(true)) {
        return Finding::fail(trouble::TOKEN, "Okta says that the token is not active");
    }
    let until =
        okta.expires().await.and_then(|until| Timestamp::from_second(until.as_second()).ok());
    let until = until.map_or_else(String::new, |until| format!(", until {until}"));
    Finding::pass(Check::Token, format!("active{until}"))
}

fn scopes(asks: &Asks, grant: &Grant) -> Finding {
    let Grant::Scopes(granted) = grant else {
        return Finding::skip(Check::Scopes, "no scopes limit it");
    };
    let granted: BTreeSet<&str> = granted.iter().map(String::as_str).collect();
    let missing: Vec<&str> =
        asks.scopes.iter().map(String::as_str).filter(|scope| !granted.contains(scope)).collect();
    if missing.is_empty() {
        return Finding::pass(Check::Scopes, format!("all {} are granted", asks.scopes.len()));
    }
    let told = format!("not granted: {}", missing.join(" "));
    Finding::warn(trouble::SCOPES_MISSING, told)
}

fn signed_out(error: &Error) -> Finding {
    // Okta said so where it ended a sign-in.
    if error.okta.is_some() {
        Finding::fail(trouble::REVOKED, said(error))
    } else {
        Finding::warn(trouble::SIGNED_OUT, error.message.clone())
    }
}

/// What can be known of the app while nobody is signed in. A sign-in is begun, which nobody ends.
async fn begin(okta: &Okta, asks: &Asks, probe: &Probe) -> Option<Finding> {
    Some(match (okta.begin_sign_in().await?, &asks.redirect_uri) {
        (Err(error), Some(_)) if error.okta.is_none() => {
            Finding::fail(trouble::REDIRECT_PORT, error.message)
        }
        (Err(error), _) => Finding::fail(trouble_of(&error), said(&error)),
        (Ok(begun), Some(redirect_uri)) => page(asks, &begun.prompt.url, redirect_uri, probe).await,
        // Okta gave a code for the app.
        (Ok(_), None) => client(asks),
    })
}

/// Whether Okta shows the app its sign-in page: it refuses with 400 where it does not know client id
/// or redirect URI.
async fn page(asks: &Asks, url: &str, redirect_uri: &str, probe: &Probe) -> Finding {
    let id = asks.client_id.as_deref().unwrap_or_default();
    let path = url.strip_prefix(probe.org().origin()).unwrap_or_default();
    match probe.read(path, PATIENCE).await {
        Ok(seen) if seen.status < 400 => {
            Finding::pass(Check::ClientId, format!("Okta knows the app {id} and {redirect_uri}"))
        }
        Ok(seen) => {
            let told = format!("Okta answers {} for {id} and {redirect_uri}", seen.status);
            Finding::fail(trouble::SIGN_IN_PAGE, told)
        }
        Err(unseen) => Finding::fail(trouble::CONNECTION, unseen.to_string()),
    }
}

/// What Okta said, without what to do: the trouble has words for that.
fn said(error: &Error) -> String {
    let Some(OktaError { status, code, summary, .. }) = error.okta.as_deref() else {
        return error.message.clone();
    };
    let code = code.as_deref().unwrap_or_default();
    let summary = summary.as_deref().unwrap_or("no more");
    format!("Okta says {status} {code}: {summary}")
}

/// What is wrong, by what Okta answered.
pub(super) fn trouble_of(error: &Error) -> &'static Trouble {
    let said = error.okta.as_deref();
    let summary = said.and_then(|said| said.summary.as_deref()).unwrap_or_default();
    let summary = summary.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| summary.contains(word));
    match said.and_then(|said| said.code.as_deref()).unwrap_or_default() {
        "invalid_client" if has(&["client_id"]) => trouble::CLIENT_ID,
        "invalid_client" if has(&["kid"]) => trouble::KEY_ID,
        "invalid_client" if has(&["signature", "json web key"]) => trouble::KEY,
        "invalid_client" if has(&["expired", "future"]) => trouble::CLOCK,
        "invalid_client" => trouble::CLIENT_AUTHENTICATION,
        "unauthorized_client" => trouble::GRANT_TYPE,
        "invalid_scope" | "client_credentials_self_scope_requested" => trouble::SCOPES_REFUSED,
        "invalid_dpop_proof" | "use_dpop_nonce" => trouble::PROOF,
        "invalid_grant" => trouble::REVOKED,
        _ => match error.kind {
            ErrorKind::MissingRole => trouble::ADMIN_ROLE,
            ErrorKind::MissingScope => trouble::SCOPES_MISSING,
            ErrorKind::RateLimited { .. } => trouble::RATE_LIMITS,
            ErrorKind::OktaFault => trouble::OKTA_DOWN,
            ErrorKind::Network => trouble::CONNECTION,
            ErrorKind::SignInNeeded => trouble::SIGNED_OUT,
            _ => trouble::TOKEN,
        },
    }
}

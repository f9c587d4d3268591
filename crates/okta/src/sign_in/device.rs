//! The device grant (RFC 8628): the person signs in wherever there is a browser.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    client::Form,
    endpoint::{Meaning, bad},
    person::{Begun, Person, Waiting},
    prompt::Prompt,
};
use crate::{Error, ErrorKind, wire::Wire};

const PATH: &str = "/oauth2/v1/device/authorize";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What is waited between two polls where Okta says nothing, and how much more after `slow_down`
/// (RFC 8628 sections 3.2 and 3.5).
const INTERVAL: u64 = 5;

/// How long a code can be used where Okta does not say.
const LIFETIME: u64 = 600;

/// A device code, and how often Okta may be asked about it.
pub(crate) struct Polling {
    code: SecretString,
    interval: Duration,
}

/// Asks for a code.
pub(super) async fn begin(person: &Person, wire: &Wire) -> Result<Begun, Error> {
    let form = Form::default().with("scope", person.scopes.join(" "));
    let refusal = |refused| person.refusal(refused);
    let meaning = Meaning { what: "the request for a device code", refusal: &refusal };
    let posted = person.endpoint.post(wire, PATH, &form, &meaning).await?;
    let text = |name: &str| posted.text(name).map(str::to_owned);
    let missing = || bad("holds no device code");
    let code = text("device_code").map(SecretString::from).ok_or_else(missing)?;
    let user_code = text("user_code").ok_or_else(missing)?;
    let page = text("verification_uri").ok_or_else(missing)?;
    let url = text("verification_uri_complete").unwrap_or_else(|| page.clone());
    for link in [&page, &url] {
        // A person opens it: nothing but a web page.
        let web = url::Url::parse(link).is_ok_and(|link| matches!(link.scheme(), "https" | "http"));
        if !web {
            return Err(bad("names a page that is none"));
        }
    }
    let lifetime = Duration::from_secs(posted.seconds("expires_in").unwrap_or(LIFETIME));
    let expires =
        wire.clock.now().checked_add(lifetime).map_err(|_| bad("holds a code that never ends"))?;
    let interval = Duration::from_secs(posted.seconds("interval").unwrap_or(INTERVAL));
    let id = wire.fresh_id();
    let prompt = Prompt { id, url, code: Some((page, user_code)), expires };
    Ok(Begun { prompt, waiting: Waiting::Device(Polling { code, interval }) })
}

/// Asks until the person has decided, or the code has expired.
pub(super) async fn finish(
    person: &Person,
    wire: &Wire,
    polling: Polling,
    until: Timestamp,
) -> Result<(), Error> {
    let Polling { code, mut interval } = polling;
    let form = Form::default().with("grant_type", GRANT).with_secret("device_code", &code);
    loop {
        wire.clock.sleep(interval).await;
        let over = wire.clock.now() >= until;
        let error = match person.token(wire, &form).await {
            Ok(posted) => return person.take(wire, &posted, None).await.map(drop),
            Err(error) => error,
        };
        let said = error.okta.as_ref().and_then(|said| said.code.as_deref());
        match (said, &error.kind) {
            (Some("authorization_pending"), _) => {}
            (Some("slow_down"), _) => interval += Duration::from_secs(INTERVAL),
            // The person may be signing in all the same (RFC 8628 section 3.5).
            (_, ErrorKind::Network | ErrorKind::OktaFault) => interval = interval.saturating_mul(2),
            (Some("too_many_user_codes"), _) => return Err(error),
            (_, ErrorKind::RateLimited { .. }) => interval = interval.saturating_mul(2),
            _ => return Err(error),
        }
        if over {
            let message = "the code was not used in time: start again";
            return Err(Error { message: message.to_owned(), ..error });
        }
    }
}

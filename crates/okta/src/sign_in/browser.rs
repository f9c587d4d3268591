//! The authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636, RFC 8252): the person
//! signs in in a browser of this machine, which comes back to a port on loopback.

use std::{io, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use super::{
    client::Form,
    dpop::digest,
    person::{Begun, Person, Waiting},
    prompt::{Arrival, Landed, Landing, Loopback, Prompt},
};
use crate::{Error, ErrorKind, SetupError, wire::Wire};

const PATH: &str = "/oauth2/v1/authorize";

/// How long a person has.
const LIFETIME: Duration = Duration::from_mins(10);

/// A redirect that is waited for, and what proves that it is the one.
pub(crate) struct Expecting {
    landing: Box<dyn Landing>,
    redirect: String,
    link: Link,
}

/// A link to the sign-in page, and what proves that an answer is to it.
pub(super) struct Link {
    pub(super) url: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: SecretString,
}

impl Link {
    /// A link for that client, with more parameters.
    pub(super) fn new(
        wire: &Wire,
        client_id: &str,
        scopes: &str,
        redirect: &str,
        more: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let [state, nonce] = [wire.fresh_id(), wire.fresh_id()];
        // 43 characters of 256 bits, RFC 7636 section 4.1.
        let mut bytes = [0; 32];
        wire.entropy.fill(&mut bytes);
        let verifier = SecretString::from(URL_SAFE_NO_PAD.encode(bytes));
        let mut url = Url::parse(&format!("{}{PATH}", wire.org.origin()))
            .map_err(|_| Error::new(ErrorKind::NotSent, "the sign-in page has no valid URL"))?;
        url.query_pairs_mut()
            .append_pair("client_id", client_id)
            .append_pair("response_type", "code")
            .append_pair("scope", scopes)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &digest(&verifier))
            .append_pair("code_challenge_method", "S256")
            .extend_pairs(more);
        Ok(Self { url: url.into(), state, nonce, verifier })
    }

    /// What turns the code into tokens.
    pub(super) fn form(&self, code: &str, redirect: &str) -> Form {
        Form::default()
            .with("grant_type", "authorization_code")
            .with_secret("code", &code.into())
            .with("redirect_uri", redirect)
            .with_secret("code_verifier", &self.verifier)
    }
}

/// The code that the redirect brought, or why it brought none.
pub(super) fn code(query: &[(String, String)]) -> Result<&str, Error> {
    let code = field(query, "code").filter(|_| field(query, "error").is_none());
    code.ok_or_else(|| turned_away(field(query, "error"), field(query, "error_description")))
}

fn field<'a>(query: &'a [(String, String)], name: &str) -> Option<&'a str> {
    query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// Reads a redirect URI; refuses one that leads off this machine.
pub(super) fn parse(text: &str) -> Result<Url, SetupError> {
    let bad = || SetupError::Redirect(text.to_owned());
    let redirect = Url::parse(text).map_err(|_| bad())?;
    let loopback = match redirect.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let plain = redirect.scheme() == "http" && redirect.query().is_none();
    if loopback && plain && redirect.fragment().is_none() { Ok(redirect) } else { Err(bad()) }
}

/// Listens, and makes the link.
pub(super) async fn begin(
    person: &Person,
    wire: &Wire,
    redirect: &str,
    loopback: &dyn Loopback,
) -> Result<Begun, Error> {
    let place =
        parse(redirect).map_err(|error| Error::new(ErrorKind::NotSent, error.to_string()))?;
    let landing = loopback.listen(&place).await.map_err(|error| busy(&place, &error))?;
    let client_id = &person.endpoint.client.id;
    let link = Link::new(wire, client_id, &person.scopes.join(" "), redirect, &[])?;
    let expires = wire.clock.now().checked_add(LIFETIME);
    let expires = expires.map_err(|_| Error::new(ErrorKind::NotSent, "this clock has ended"))?;
    let prompt = Prompt { id: wire.fresh_id(), url: link.url.clone(), code: None, expires };
    let expecting = Expecting { landing, redirect: redirect.to_owned(), link };
    Ok(Begun { prompt, waiting: Waiting::Browser(expecting) })
}

/// Waits for the redirect of this sign-in, and turns its code into tokens.
pub(super) async fn finish(
    person: &Person,
    wire: &Wire,
    mut expecting: Expecting,
    until: Timestamp,
) -> Result<(), Error> {
    let left = Duration::try_from(until.duration_since(wire.clock.now())).unwrap_or_default();
    let mut late = wire.clock.sleep(left);
    loop {
        let arrival = tokio::select! {
            arrival = expecting.landing.next() => arrival,
            () = &mut late => None,
        };
        let Some(Arrival { query, reply }) = arrival else {
            let message = "nobody came back from the sign-in page in time: start again";
            return Err(Error::new(ErrorKind::SignIn, message));
        };
        // Somebody else's page, or an old one: this sign-in goes on.
        if field(&query, "state") != Some(&expecting.link.state) {
            drop(reply.send(Landed::Stray));
            continue;
        }
        let outcome = match code(&query) {
            Ok(code) => redeem(person, wire, &expecting, code).await,
            Err(error) => Err(error),
        };
        let landed = match &outcome {
            Ok(()) => Landed::Done,
            Err(error) => Landed::Failed(error.message.clone()),
        };
        drop(reply.send(landed));
        return outcome;
    }
}

async fn redeem(
    person: &Person,
    wire: &Wire,
    expecting: &Expecting,
    code: &str,
) -> Result<(), Error> {
    let Expecting { redirect, link, .. } = expecting;
    let form = link.form(code, redirect);
    let posted = person.token(wire, &form).await?;
    person.take(wire, &posted, Some(&link.nonce)).await.map(drop)
}

/// Okta sent the browser back without a code (RFC 6749 section 4.1.2.1).
fn turned_away(error: Option<&str>, description: Option<&str>) -> Error {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| !c.is_control()).take(200).collect() };
    let code = plain(error.unwrap_or("no code"));
    let said = description.map(|text| format!(": \"{}\"", plain(text))).unwrap_or_default();
    let (kind, advice) = match code.as_str() {
        "access_denied" => (
            ErrorKind::SignIn,
            "it was cancelled, or the app is not assigned to whoever signed in, or a policy denies it",
        ),
        "invalid_scope" => (
            ErrorKind::MissingScope,
            "grant the scopes to the app (Okta API Scopes tab), or do not ask for them",
        ),
        "unauthorized_client" | "unsupported_response_type" => {
            (ErrorKind::SignIn, "allow the grant type Authorization Code on the app")
        }
        _ => (ErrorKind::SignIn, "start again"),
    };
    Error::new(kind, format!("Okta ended the sign-in ({code}{said}): {advice}"))
}

fn busy(redirect: &Url, error: &io::Error) -> Error {
    let port = redirect.port_or_known_default().unwrap_or_default();
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} is in use by another program"),
        _ => format!("port {port} cannot be listened on ({error})"),
    };
    Error::new(
        ErrorKind::SignIn,
        format!(
            "{why}, and the sign-in page has to come back to {redirect}: end that program, or name another port here and in the app's sign-in redirect URIs, or sign in with the device grant (sign_in = \"device\")"
        ),
    )
}

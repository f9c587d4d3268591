//! Who signs in to Okta, and how.

use okta_catalog::Scope;
use okta_client::{Dpop, PrivateKey};
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    ConfigError,
    layers::{Given, Settings},
    redirect,
    secret::{Around, KeySource},
    setting::Group,
    table,
};
use crate::keyring::SecretKind;

/// Scopes of a person's sign-in: a service app cannot have them, nor those that open what is a
/// person's own (Okta answers `client_credentials_self_scope_requested`).
pub const PERSON: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Who signs in to Okta, and how.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// The admin who made an API token.
    ApiToken {
        /// The token.
        token: SecretString,
    },
    /// The app itself, with its private key.
    ServiceApp {
        /// The client id.
        client_id: String,
        /// The key.
        key: PrivateKey,
        /// The scopes to ask for.
        scopes: Vec<String>,
        /// Whether tokens are bound to a key.
        dpop: Dpop,
    },
    /// A person, to an app.
    Person {
        /// The client id of the app.
        client_id: String,
        /// What the app proves itself with, where it is given a secret.
        client_secret: Option<SecretString>,
        /// The same, where it is given a key.
        key: Option<PrivateKey>,
        /// How the person signs in.
        flow: Flow,
        /// The scopes to ask for, those of a person among them.
        scopes: Vec<String>,
        /// Whether tokens are bound to a key.
        dpop: Dpop,
    },
}

/// How a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// On a page of Okta that takes a code (RFC 8628).
    Device,
    /// In a browser on this machine (RFC 8252).
    Browser {
        /// Where the browser comes back to: on this machine, with its port.
        redirect_uri: String,
    },
}

impl SignIn {
    /// The scopes to ask for; with an API token, those that limit the tools.
    pub(super) fn scopes(&self, settings: &Settings) -> Result<Vec<String>, ConfigError> {
        match self {
            Self::ApiToken { .. } => {
                Ok(given_scopes(settings)?.unwrap_or_else(|| every_read(false)))
            }
            Self::ServiceApp { scopes, .. } | Self::Person { scopes, .. } => Ok(scopes.clone()),
        }
    }

    /// What it is called.
    pub const fn way(&self) -> &'static str {
        match self {
            Self::ApiToken { .. } => "API token",
            Self::ServiceApp { .. } => "service app with a private key",
            Self::Person { flow: Flow::Device, .. } => "person, device grant",
            Self::Person { flow: Flow::Browser { .. }, .. } => "person, browser",
        }
    }

    /// Who is responsible for the calls, as far as it is known before anybody signed in.
    pub(super) fn principal(&self) -> String {
        match self {
            Self::ApiToken { .. } => "api-token".to_owned(),
            Self::ServiceApp { client_id, .. } | Self::Person { client_id, .. } => {
                client_id.clone()
            }
        }
    }
}

/// Which way it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    ApiToken,
    PrivateKey,
    Device,
    Browser,
}

/// What the secret is that proves who signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    ApiToken,
    PrivateKey,
    ClientSecret,
}

impl Proof {
    const fn kind(self) -> SecretKind {
        match self {
            Self::ApiToken => SecretKind::ApiToken,
            Self::PrivateKey => SecretKind::PrivateKey,
            Self::ClientSecret => SecretKind::ClientSecret,
        }
    }
}

/// Reads who signs in. Remarks on what is given and not used.
pub(super) fn read(around: Around<'_>, remarks: &mut Vec<String>) -> Result<SignIn, ConfigError> {
    let settings = around.settings;
    let (way, proof) = way(settings, remarks)?;
    unused(settings, way, remarks);
    let reader = Reader { settings, around, proof };
    match way {
        Way::ApiToken => reader.api_token(),
        Way::PrivateKey => reader.service_app(),
        Way::Device => reader.person(Flow::Device),
        Way::Browser => reader.person(Flow::Browser { redirect_uri: redirect::uri(settings)? }),
    }
}

/// Reads what a way to sign in needs.
struct Reader<'a> {
    settings: &'a Settings,
    /// Where secrets are looked for.
    around: Around<'a>,
    /// The secret that proves who signs in.
    proof: Option<&'a Given>,
}

impl Reader<'_> {
    fn api_token(&self) -> Result<SignIn, ConfigError> {
        let Some((_, token)) = self.secret(Proof::ApiToken)? else {
            let why = "`sign_in` says that it signs in";
            return Err(self.settings.missing(&table::API_TOKEN, why));
        };
        Ok(SignIn::ApiToken { token })
    }

    fn service_app(&self) -> Result<SignIn, ConfigError> {
        let client_id = self.client_id("it names the service app whose private key is given")?;
        let scopes = given_scopes(self.settings)?.ok_or_else(|| {
            self.settings.missing(&table::SCOPES, "it says what the server may do")
        })?;
        let of_apps =
            |scope: &String| !PERSON.contains(&scope.as_str()) && !Scope::is_of_people(scope);
        let key = self.key()?.ok_or_else(|| {
            self.settings.missing(&table::PRIVATE_KEY, "`sign_in` says that it signs in")
        })?;
        Ok(SignIn::ServiceApp {
            client_id,
            key,
            scopes: scopes.into_iter().filter(of_apps).collect(),
            dpop: self.dpop(),
        })
    }

    fn person(&self, flow: Flow) -> Result<SignIn, ConfigError> {
        Ok(SignIn::Person {
            client_id: self.client_id(
                "it names the app that signs in: a service app with OKTA_PRIVATE_KEY, or one that \
                 people sign in to (or set OKTA_API_TOKEN; or try it without Okta: okta-mcp \
                 --sandbox)",
            )?,
            client_secret: self.secret(Proof::ClientSecret)?.map(|(_, secret)| secret),
            key: self.key()?,
            flow,
            scopes: person_scopes(given_scopes(self.settings)?),
            dpop: self.dpop(),
        })
    }

    fn client_id(&self, why: &'static str) -> Result<String, ConfigError> {
        let given = self.settings.client_id().map(str::to_owned);
        given.ok_or_else(|| self.settings.missing(&table::CLIENT_ID, why))
    }

    /// The secret, where it is of that kind, and what gives it.
    fn secret(&self, of: Proof) -> Result<Option<(&Given, SecretString)>, ConfigError> {
        let Some(given) = self.proof.filter(|given| proof(given) == of) else { return Ok(None) };
        let source = KeySource::of(given);
        let secret = source.read(&given.at(), Some(of.kind()), &self.around)?;
        Ok(Some((given, secret)))
    }

    fn key(&self) -> Result<Option<PrivateKey>, ConfigError> {
        let Some((given, text)) = self.secret(Proof::PrivateKey)? else { return Ok(None) };
        let key = PrivateKey::parse(text.expose_secret(), key_id(self.settings, given));
        key.map(Some).map_err(|problem| ConfigError::Key { at: given.at(), problem })
    }

    fn dpop(&self) -> Dpop {
        if self.settings.text(&table::DPOP) == Some("always") { Dpop::Always } else { Dpop::Auto }
    }
}

/// Which way it is, and the secret that goes with it.
///
/// Where `sign_in` and the secret do not go together, the one of the higher layer holds: an API
/// token in the environment replaces all that the file says of signing in.
fn way<'a>(
    settings: &'a Settings,
    remarks: &mut Vec<String>,
) -> Result<(Way, Option<&'a Given>), ConfigError> {
    let secret = settings.one_of(Group::SignIn);
    let kind = secret.map(proof);
    let usual = match kind {
        Some(Proof::ApiToken) => Way::ApiToken,
        Some(Proof::PrivateKey) => Way::PrivateKey,
        Some(Proof::ClientSecret) | None => Way::Device,
    };
    let Some(told) = settings.get(&table::SIGN_IN) else { return Ok((usual, secret)) };
    let way = match told.text() {
        "api_token" => Way::ApiToken,
        "private_key" => Way::PrivateKey,
        "browser" => Way::Browser,
        _ => Way::Device,
    };
    let fits = match way {
        Way::ApiToken => matches!(kind, None | Some(Proof::ApiToken)),
        Way::PrivateKey => matches!(kind, None | Some(Proof::PrivateKey)),
        Way::Device | Way::Browser => kind != Some(Proof::ApiToken),
    };
    let Some(secret) = secret.filter(|_| !fits) else { return Ok((way, secret)) };
    let (held, dropped) = match secret.layer().cmp(&told.layer()) {
        std::cmp::Ordering::Greater => (secret, told),
        std::cmp::Ordering::Less => (told, secret),
        std::cmp::Ordering::Equal => {
            return Err(ConfigError::Contradiction {
                first: told.at().named(),
                said: told.text().to_owned(),
                second: secret.at().named(),
            });
        }
    };
    let (held_at, dropped_at) = (held.at().named(), dropped.at().named());
    remarks.push(format!("{dropped_at} does not count: {held_at} says how to sign in"));
    Ok(if dropped.is(told.setting) { (usual, Some(secret)) } else { (way, None) })
}

/// Remarks on what the way to sign in has no use for.
fn unused(settings: &Settings, way: Way, remarks: &mut Vec<String>) {
    let browser = [&table::REDIRECT_PORT, &table::REDIRECT_URI];
    let token = [&table::DPOP, &table::KEY_ID];
    // Approvers come back there, too.
    let approvers = settings.get(&table::APPROVER_CLIENT_ID).is_some();
    let browser = browser.into_iter().filter(|_| !approvers && way != Way::Browser);
    let token = token.into_iter().filter(|_| way == Way::ApiToken);
    let idle = browser.chain(token);
    let word = match way {
        Way::ApiToken => "api_token",
        Way::PrivateKey => "private_key",
        Way::Device => "device",
        Way::Browser => "browser",
    };
    for given in idle.filter_map(|setting| settings.get(setting)) {
        let at = given.at().named();
        remarks.push(format!("{at} is not used: the way to sign in is `{word}`"));
    }
}

fn proof(given: &Given) -> Proof {
    if given.is(&table::API_TOKEN) || given.is(&table::API_TOKEN_FILE) {
        Proof::ApiToken
    } else if given.is(&table::PRIVATE_KEY) || given.is(&table::PRIVATE_KEY_FILE) {
        Proof::PrivateKey
    } else {
        Proof::ClientSecret
    }
}

/// The id of that key. One of a lower layer that has a key of its own is the id of that one.
fn key_id<'a>(settings: &'a Settings, key: &Given) -> Option<&'a str> {
    let keys = [&table::PRIVATE_KEY, &table::PRIVATE_KEY_FILE];
    let of_another = |id: &&Given| {
        let mut others = keys.into_iter().flat_map(|setting| settings.all(setting));
        id.layer() < key.layer() && others.any(|other| other.layer() == id.layer())
    };
    settings.get(&table::KEY_ID).filter(|id| !of_another(id)).map(Given::text)
}

/// The scopes that are given, each once.
fn given_scopes(settings: &Settings) -> Result<Option<Vec<String>>, ConfigError> {
    let Some(given) = settings.get(&table::SCOPES) else { return Ok(None) };
    let mut scopes: Vec<String> = Vec::new();
    for (index, scope) in given.list().iter().enumerate() {
        let good =
            scope.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte));
        if !good {
            let problem = format!("{scope:?} is no scope; one looks like okta.users.read");
            return Err(given.bad_item(index, problem));
        }
        if !scopes.contains(scope) {
            scopes.push(scope.clone());
        }
    }
    Ok(Some(scopes))
}

/// The scopes to ask for where a person signs in. `openid` is always among them: the trail must
/// know who it was. Where none are named it is every read, so that nothing can be changed by those
/// who did not ask for it, and what makes the sign-in last: a person is asked once.
fn person_scopes(given: Option<Vec<String>>) -> Vec<String> {
    let mut scopes = given.unwrap_or_else(|| {
        PERSON.iter().map(|&scope| scope.to_owned()).chain(every_read(true)).collect()
    });
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    scopes
}

/// The scope of every tool that reads; for people, of their own things too.
fn every_read(people: bool) -> Vec<String> {
    let mut scopes: Vec<String> = okta_catalog::tools()
        .flat_map(okta_catalog::ToolDef::scopes)
        .filter(|scope| scope.reads() && (people || !scope.needs_person()))
        .map(|scope| scope.to_string())
        .collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests;

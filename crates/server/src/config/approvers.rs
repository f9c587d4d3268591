//! The app that people sign in to who approve at level `person`.

use okta_client::PrivateKey;
use okta_gate::Level;
use okta_policy::Policy;
use secrecy::SecretString;

use super::{
    ConfigError,
    layers::Settings,
    redirect,
    secret::{Around, KeySource},
    setting::Group,
    sign_in::{Flow, SignIn},
    table,
};
use crate::keyring::SecretKind;

/// The app that people sign in to who approve at level `person`.
#[derive(Clone, Debug)]
pub struct ApproverApp {
    /// Its client id.
    pub client_id: String,
    /// What it proves itself with, where it has a secret.
    pub client_secret: Option<SecretString>,
    /// The same, where it has a key.
    pub key: Option<PrivateKey>,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// How surely people have to sign in: one of these, where there are any.
    pub acr: Vec<String>,
    /// True where it was named for that; false where it only could be, as people sign in to it
    /// anyway.
    pub named: bool,
}

/// Reads which app it is: the one that is named, else the one that people sign in to in a browser of
/// this machine.
pub(super) fn read(
    around: &Around<'_>,
    sign_in: &SignIn,
) -> Result<Option<ApproverApp>, ConfigError> {
    let settings = around.settings;
    let acr = acr(settings)?;
    let secret = settings.one_of(Group::Approvers);
    let Some(id) = settings.get(&table::APPROVER_CLIENT_ID) else {
        if let SignIn::Person { client_id, client_secret, key, flow, .. } = sign_in
            && let Flow::Browser { redirect_uri } = flow
            && secret.is_none()
        {
            return Ok(Some(ApproverApp {
                client_id: client_id.clone(),
                client_secret: client_secret.clone(),
                key: key.clone(),
                redirect_uri: redirect_uri.clone(),
                named: !acr.is_empty(),
                acr,
            }));
        }
        if secret.is_some() || !acr.is_empty() {
            let why = "it names the app that approvers sign in to";
            return Err(settings.missing(&table::APPROVER_CLIENT_ID, why));
        }
        return Ok(None);
    };
    let kind = Some(SecretKind::ApproverClientSecret);
    let mut client_secret =
        secret.map(|given| KeySource::of(given).read(&given.at(), kind, around)).transpose()?;
    let mut key = None;
    match sign_in {
        SignIn::ServiceApp { client_id, .. } if client_id == id.text() => {
            return Err(id.bad(
                "this app signs in by itself, and no person can: name a native or web app that \
                 approvers are assigned to",
            ));
        }
        // The same app: what it proves itself with needs no saying twice.
        SignIn::Person { client_id, client_secret: own, key: own_key, .. }
            if client_id == id.text() && client_secret.is_none() =>
        {
            client_secret.clone_from(own);
            key.clone_from(own_key);
        }
        _ => {}
    }
    Ok(Some(ApproverApp {
        client_id: id.text().to_owned(),
        client_secret,
        key,
        redirect_uri: redirect::uri(settings)?,
        acr,
        named: true,
    }))
}

/// The values of `acr_values`.
fn acr(settings: &Settings) -> Result<Vec<String>, ConfigError> {
    let Some(given) = settings.get(&table::APPROVER_ACR) else { return Ok(Vec::new()) };
    for (index, acr) in given.list().iter().enumerate() {
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
        if acr.is_empty() || !acr.bytes().all(plain) {
            let problem = format!("{acr:?} is no value of `acr`; one is urn:okta:loa:2fa:any");
            return Err(given.bad_item(index, problem));
        }
    }
    Ok(given.list().to_vec())
}

/// What the policy demands and nobody can give.
pub(super) fn remarks(policy: &Policy, app: Option<&ApproverApp>) -> Vec<String> {
    let demanding = if app.is_some() { Vec::new() } else { policy.demanding(Level::Person) };
    demanding
        .into_iter()
        .map(|label| {
            format!(
                "{label} demands level person, which nobody can give here: `{}` names the app \
                 that approvers sign in to",
                table::APPROVER_CLIENT_ID.name()
            )
        })
        .collect()
}

//! `okta-mcp keys show`.

use okta_client::PrivateKey;
use okta_mcp_server::{Config, KeySource, OwnKey, SignIn};
use serde_json::{Value, json};

use super::place::Place;
use crate::{
    cli::ShowKeyArgs,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Shows what others may see of the key.
pub(super) fn run(args: &ShowKeyArgs, given: &Given) -> Result<(), Failure> {
    let settings = given.settings()?;
    let config = Config::read(&org::environment, &given.flags).map_err(Failure::usage)?;
    let (client_id, key) = signs_in(&config)?;
    let own = settings.own_key().ok_or_else(no_key)?;
    let pending = match Place::of(&own, &settings, &config) {
        Ok(place) => place.pending()?,
        // One that cannot be rotated has no new key.
        Err(_) => None,
    };
    let mut rows = vec![
        ("app", json!(format!("{client_id} at {}", config.org.host()))),
        ("lies_in", json!(lies_in(&own, &config))),
        ("key_id", key.key_id().into()),
        ("algorithm", key.algorithm().into()),
        ("thumbprint", key.thumbprint().into()),
    ];
    if let Some(pending) = &pending {
        let note = format!("{} is made, and not in use: okta-mcp keys rotate", pending.id());
        rows.push(("new_key", note.into()));
    }
    if args.json {
        rows.push(("public_jwk", for_okta(key)));
        let told = rows.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        return printer::json(&Value::Object(told));
    }
    for (name, value) in rows {
        let name = printer::strong(&format!("{:<13}", name.replace('_', " ")));
        let value = value.as_str().unwrap_or("-");
        printer::data(&format!("{name} {}", okta_gate::escaped(value)))?;
    }
    printer::data(&format!("{:#}", for_okta(key)))
}

/// The app, and the key with which it signs in.
pub(super) fn signs_in(config: &Config) -> Result<(&str, &PrivateKey), Failure> {
    match &config.sign_in {
        SignIn::ServiceApp { client_id, key, .. }
        | SignIn::Person { client_id, key: Some(key), .. } => Ok((client_id, key)),
        SignIn::ApiToken { .. } | SignIn::Person { .. } => Err(no_key()),
    }
}

pub(super) fn no_key() -> Failure {
    Failure::usage("no private key signs in with this profile")
}

/// The public key as Okta takes it.
pub(super) fn for_okta(key: &PrivateKey) -> Value {
    let mut jwk = key.public_jwk();
    if let Some(jwk) = jwk.as_object_mut() {
        jwk.insert("use".to_owned(), "sig".into());
        jwk.insert("alg".to_owned(), key.algorithm().into());
    }
    jwk
}

fn lies_in(own: &OwnKey, config: &Config) -> String {
    match &own.source {
        KeySource::Inline(_) => format!("the setting itself ({})", own.at),
        KeySource::File(path) => path.display().to_string(),
        KeySource::Keyring => format!("the {}", config.keyring.name()),
    }
}

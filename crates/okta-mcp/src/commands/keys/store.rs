//! `okta-mcp keys store` and `forget`.

use std::{io::Read as _, path::Path};

use okta_client::PrivateKey;
use okta_mcp_server::{SecretEntry, SecretKind};
use secrecy::{ExposeSecret as _, SecretString};

use super::keyring_failed;
use crate::{
    cli::{ForgetArgs, StoreArgs},
    failure::Failure,
    org::{self, Given},
    printer,
    terminal::Dialogue,
};

/// More than any key is long.
const LARGEST: u64 = 64 * 1024;

/// Keeps a secret in the keyring.
pub(super) async fn store(args: &StoreArgs, given: &Given) -> Result<(), Failure> {
    let kind = SecretKind::from(args.secret);
    let settings = given.settings()?;
    let entry = SecretEntry::of(kind, &settings).map_err(Failure::usage)?;
    let keyring = settings.keyring(&org::environment);
    // Before anybody types.
    keyring.state().map_err(|error| keyring_failed(&error))?;
    let secret = match &args.file {
        Some(path) => read(path)?,
        None => ask(kind, &entry).await?,
    };
    check(kind, &secret)?;
    entry.keep(&keyring, &secret).map_err(|error| keyring_failed(&error))?;
    printer::data(&format!("The {} holds the {entry}", keyring.name()))?;
    let profile = settings.profile();
    printer::note(&printer::weak(&format!(
        "It is used where profile {profile} says {} = \"keyring\"",
        kind.setting()
    )));
    Ok(())
}

/// Removes a secret from the keyring.
pub(super) fn forget(args: &ForgetArgs, given: &Given) -> Result<(), Failure> {
    let settings = given.settings()?;
    let entry = SecretEntry::of(args.secret.into(), &settings).map_err(Failure::usage)?;
    let keyring = settings.keyring(&org::environment);
    let was = entry.forget(&keyring).map_err(|error| keyring_failed(&error))?;
    let told = if was { "no longer holds the" } else { "has no" };
    printer::data(&format!("The {} {told} {entry}", keyring.name()))
}

fn read(path: &Path) -> Result<SecretString, Failure> {
    let failed = |error: std::io::Error| Failure::Failed {
        message: format!("{} cannot be read: {error}", path.display()),
        next: None,
    };
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    } else {
        let file = fs_err::File::open(path).map_err(failed)?;
        file.take(LARGEST).read_to_string(&mut text).map_err(failed)?;
    }
    Ok(SecretString::from(text.trim().to_owned()))
}

async fn ask(kind: SecretKind, entry: &SecretEntry) -> Result<SecretString, Failure> {
    if kind == SecretKind::PrivateKey {
        return Err(Failure::usage(
            "a private key has several lines, which cannot be typed: name its file with --file",
        ));
    }
    let mut dialogue = Dialogue::open("typing a secret")?;
    let typed = dialogue.secret(&format!("The {entry}: ")).await?;
    Ok(SecretString::from(typed.expose_secret().trim().to_owned()))
}

/// Refuses what is no secret of that kind, as far as that can be told here.
fn check(kind: SecretKind, secret: &SecretString) -> Result<(), Failure> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Err(Failure::usage("there is nothing to keep: it is empty"));
    }
    match kind {
        SecretKind::PrivateKey => PrivateKey::parse(text, None).map(drop).map_err(Failure::usage),
        _ if text.chars().any(|c| c.is_whitespace() || c.is_control()) => {
            Err(Failure::usage("it has blanks or several lines, which no such secret has"))
        }
        _ => Ok(()),
    }
}

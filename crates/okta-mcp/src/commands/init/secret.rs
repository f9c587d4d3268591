//! The secret that proves who signs in: made, named or typed.

use std::path::Path;

use okta_client::PrivateKey;
use okta_mcp_server::SecretKind;
use okta_mcp_setup::{AppKind, Kept, clients::PlacedKey};
use secrecy::{ExposeSecret as _, SecretString};

use super::gather::Gather;
use crate::{failure::Failure, printer};

/// The largest file that holds a secret, in bytes.
const LARGEST: u64 = 64 * 1024;

/// What is known of the secret.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) kept: Option<Kept>,
    pub(super) key_id: Option<String>,
    /// What of a key that was made here is to be registered.
    pub(super) public_jwk: Option<String>,
    pub(super) made_key: bool,
}

/// The key of a service app, which has to be there before the app is: its public half is pasted.
pub(super) async fn before(gather: &mut Gather<'_>, kind: AppKind) -> Result<Proof, Failure> {
    if kind != AppKind::Service {
        return Ok(Proof::default());
    }
    let args = gather.args;
    if let Some(file) = &args.key_file {
        return from_file(gather, file, args.key_id.clone());
    }
    if args.generate_key {
        return made(gather);
    }
    match &gather.known.key {
        Some(PlacedKey::File(file)) => {
            let id = args.key_id.clone().or_else(|| gather.known.key_id.clone());
            return from_file(gather, &file.clone(), id);
        }
        Some(PlacedKey::Inline(text)) => {
            let id = args.key_id.clone().or_else(|| gather.known.key_id.clone());
            let key = parse("the key of the entry", text, id.as_deref())?;
            let pem = key.to_pem().map_err(Failure::unexpected)?;
            return Ok(Proof {
                kept: Some(new(gather, SecretKind::PrivateKey, pem)),
                key_id: id,
                ..Proof::default()
            });
        }
        None => {}
    }
    let has_key = gather.known.secrets.iter().any(|key| key.starts_with("private_key"));
    if has_key && !gather.asker.is_there() {
        return Ok(Proof::default());
    }
    let options = ["make a pair here", "there is one in a file", "keep the one of the profile"];
    let shown = if has_key { &options[..] } else { options.get(..2).unwrap_or_default() };
    let option = "--generate-key or --key-file";
    let question = "The app's key pair?";
    match gather.asker.one_of(option, question, shown, if has_key { 2 } else { 0 }).await? {
        0 => made(gather),
        1 => ask_file(gather).await,
        _ => Ok(Proof::default()),
    }
}

/// The secret that comes of the app, or instead of one.
pub(super) async fn after(
    gather: &mut Gather<'_>,
    kind: AppKind,
    proof: Proof,
) -> Result<Proof, Failure> {
    let (what, file, option, question) = match kind {
        AppKind::Native | AppKind::Service => return Ok(proof),
        AppKind::Web => {
            let file = &gather.args.client_secret_file;
            (SecretKind::ClientSecret, file, "--client-secret-file", "The client secret of the app")
        }
        AppKind::ApiToken => {
            (SecretKind::ApiToken, &gather.args.api_token_file, "--api-token-file", "The API token")
        }
    };
    let kept = if let Some(file) = file {
        let file = std::path::absolute(file).map_err(Failure::usage)?;
        read(option, &file)?;
        Kept::there(what, &file)
    } else {
        let had = gather.known.kind == Some(kind) && !gather.known.secrets.is_empty();
        if had
            && !(gather.asker.is_there()
                && gather.asker.yes("Replace the secret of the profile?", false).await?)
        {
            return Ok(proof);
        }
        let secret = gather.asker.secret(option, question).await?;
        let text = SecretString::from(secret.expose_secret().trim().to_owned());
        if text.expose_secret().chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(Failure::usage(format!("{question} has spaces in it: copy it once more")));
        }
        new(gather, what, text)
    };
    Ok(Proof { kept: Some(kept), ..proof })
}

fn new(gather: &Gather<'_>, what: SecretKind, secret: SecretString) -> Kept {
    let place = gather.place;
    Kept::new(what, secret, &place.config, &place.profile, place.now)
}

/// A pair of keys that Okta does not know yet.
fn made(gather: &Gather<'_>) -> Result<Proof, Failure> {
    let id = format!("okta-mcp-{}", gather.place.now.strftime("%Y%m%dT%H%M%SZ"));
    // Nobody gets to see a key that is not written.
    if gather.args.dry_run {
        let settings = Proof { key_id: Some(id), made_key: true, ..Proof::default() };
        let stand_in = PrivateKey::generate_ec().and_then(|key| key.to_pem());
        let stand_in = stand_in.map_err(Failure::unexpected)?;
        return Ok(Proof { kept: Some(new(gather, SecretKind::PrivateKey, stand_in)), ..settings });
    }
    let key = PrivateKey::generate_rsa().map_err(Failure::unexpected)?.with_key_id(&id);
    let pem = key.to_pem().map_err(Failure::unexpected)?;
    Ok(Proof {
        kept: Some(new(gather, SecretKind::PrivateKey, pem)),
        key_id: Some(id),
        public_jwk: Some(key.public_jwk().to_string()),
        made_key: true,
    })
}

fn from_file(gather: &Gather<'_>, file: &Path, key_id: Option<String>) -> Result<Proof, Failure> {
    let file = std::path::absolute(file).map_err(Failure::usage)?;
    let option = if gather.args.key_file.is_some() { "--key-file" } else { "the key" };
    let text = read(option, &file)?;
    let same = gather.known.key_id.clone().filter(|_| gather.known.secrets.contains(&"key_id"));
    let key_id = key_id.or(same);
    let key = parse(&format!("{option}: {}", file.display()), &text, key_id.as_deref())?;
    let jwk = key.public_jwk();
    if jwk.get("kid").is_none() && !gather.asker.is_there() {
        printer::note("The key has no id: --key-id says the one that Okta shows (KID)");
    }
    Ok(Proof {
        kept: Some(Kept::there(SecretKind::PrivateKey, &file)),
        key_id,
        public_jwk: Some(jwk.to_string()),
        made_key: false,
    })
}

async fn ask_file(gather: &mut Gather<'_>) -> Result<Proof, Failure> {
    let read_path = |text: &str| {
        if text.is_empty() {
            Err("Type the path of the file".to_owned())
        } else {
            Ok(text.to_owned())
        }
    };
    let file =
        gather.asker.line("--key-file", "The file of the private key", None, read_path).await?;
    let file = match (file.strip_prefix("~/"), crate::org::environment("HOME")) {
        (Some(below), Some(home)) => Path::new(&home).join(below),
        _ => file.into(),
    };
    // Before it is asked for its id: whether it is a key.
    from_file(gather, &file, None)?;
    let known = gather.known.key_id.clone().unwrap_or_default();
    let any = |text: &str| Ok(text.to_owned());
    let question = "The key's id at Okta (KID); empty where the file says it";
    let id = gather.asker.line("--key-id", question, Some(&known), any).await?;
    from_file(gather, &file, Some(id).filter(|id| !id.is_empty()))
}

fn parse(what: &str, text: &SecretString, key_id: Option<&str>) -> Result<PrivateKey, Failure> {
    PrivateKey::parse(text.expose_secret(), key_id)
        .map_err(|error| Failure::usage(format!("{what}: {error}")))
}

fn read(option: &str, file: &Path) -> Result<SecretString, Failure> {
    let wrong = |why: &str| Failure::usage(format!("{option}: {}: {why}", file.display()));
    let io = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => wrong("there is no such file"),
        std::io::ErrorKind::InvalidData => wrong("it is no text in UTF-8"),
        kind => wrong(&kind.to_string()),
    };
    let about = fs_err::metadata(file).map_err(|error| io(&error))?;
    if !about.is_file() || about.len() > LARGEST {
        return Err(wrong("it is no file, or too large for a secret"));
    }
    let text = fs_err::read_to_string(file).map_err(|error| io(&error))?;
    if text.trim().is_empty() {
        return Err(wrong("it is empty"));
    }
    Ok(text.into())
}

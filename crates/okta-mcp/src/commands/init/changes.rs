//! What is written: the secret, the profile, the clients' files.

use okta_mcp_server::{Config, SETTINGS};
use okta_mcp_setup::{
    Change, ChangeError,
    clients::{Client, OktaOwn},
    diff,
    profile::{self, Given, Settings},
};
use secrecy::ExposeSecret as _;

use super::{
    gather::{Rights, Wish},
    known::Known,
    place::Place,
    show,
};
use crate::{failure::Failure, org, printer};

/// Settings of this shell that programs started elsewhere do not have.
const WAYS: [(&str, &str); 4] = [
    ("ca_file", "SSL_CERT_FILE"),
    ("ca_dir", "SSL_CERT_DIR"),
    ("proxy", "HTTPS_PROXY"),
    ("no_proxy", "NO_PROXY"),
];

/// All that is written.
pub(super) struct Changes<'a> {
    wish: &'a Wish,
    profile: Change,
    clients: Vec<(&'static Client, Change)>,
    remarks: Vec<String>,
}

impl<'a> Changes<'a> {
    pub(super) fn of(wish: &'a Wish, place: &Place, known: &Known) -> Result<Self, Failure> {
        let mut remarks = Vec::new();
        let settings = settings(wish, known, &mut remarks);
        let edit = |text: &str| profile::with(text, &place.profile, &settings);
        let profile = Change::of(&place.config, edit).map_err(Failure::usage)?;
        remarks.extend(judged(&profile, wish, place)?);
        remarks.extend(overridden());
        let entry = place.entry();
        let mut clients = Vec::new();
        for (client, name) in &wish.clients {
            let file = client.file(&place.environment().machine).ok_or_else(|| {
                Failure::usage(format!(
                    "it is not known where {} keeps its servers here",
                    client.name
                ))
            })?;
            let change = Change::of(&file, |text| client.with(text, name, &entry));
            let change = change.map_err(Failure::usage)?;
            if replaces_secret(client, &change, name) {
                remarks.push(format!(
                    "the copy of {} will still hold the secret of the entry that is replaced: \
                     delete it once everything works",
                    change.path().display()
                ));
            }
            clients.push((*client, change));
        }
        Ok(Self { wish, profile, clients, remarks })
    }

    pub(super) fn remarks(&self) -> &[String] {
        &self.remarks
    }

    pub(super) fn is_none(&self) -> bool {
        let secret = self.wish.secret.as_ref().and_then(okta_mcp_setup::Kept::new_file);
        secret.is_none() && self.all().all(Change::is_none)
    }

    fn all(&self) -> impl Iterator<Item = &Change> {
        std::iter::once(&self.profile).chain(self.clients.iter().map(|(_, change)| change))
    }

    /// Shows what would be written.
    pub(super) fn show(&self) -> Result<(), Failure> {
        if let Some(file) = self.wish.secret.as_ref().and_then(okta_mcp_setup::Kept::new_file) {
            let title = format!("{} (new, for its owner only: the secret)", file.display());
            show::difference(&title, &[])?;
        }
        if !self.profile.is_none() {
            let shown = |text: &str| profile::shown(text).map_err(Failure::usage);
            let lines = diff::lines(&shown(self.profile.before())?, &shown(self.profile.after())?);
            show::difference(&self.profile.path().display().to_string(), &lines)?;
        }
        for (client, change) in self.clients.iter().filter(|(_, change)| !change.is_none()) {
            let shown = |text: &str| client.shown(text).map_err(Failure::usage);
            let lines = diff::lines(&shown(change.before())?, &shown(change.after())?);
            show::difference(&format!("{} ({})", change.path().display(), client.name), &lines)?;
        }
        Ok(())
    }

    /// Writes it all: first what the others need.
    pub(super) fn write(&self, place: &Place) -> Result<(), Failure> {
        if let Some(secret) = &self.wish.secret {
            secret.write().map_err(|error| unwritten(format!("the secret: {error}")))?;
        }
        for change in self.all().filter(|change| !change.is_none()) {
            let copy = change.write(place.now);
            let copy = copy.map_err(|error: ChangeError| unwritten(error.to_string()))?;
            let file = change.path().display();
            printer::data(&match copy {
                Some(copy) => format!("Wrote {file}; what was there is in {}", copy.display()),
                None => format!("Wrote {file}"),
            })?;
        }
        for (client, _) in self.clients.iter().filter(|(_, change)| !change.is_none()) {
            printer::data(&format!("{}: {}", client.name, client.after))?;
        }
        Ok(())
    }
}

/// What was asked could not be written; what is named before was.
fn unwritten(message: String) -> Failure {
    let next = "what stands above as written is there; run it again for the rest".to_owned();
    Failure::Failed { message, next: Some(next) }
}

/// The profile's settings.
fn settings(wish: &Wish, known: &Known, remarks: &mut Vec<String>) -> Settings {
    let text = |text: &str| Given::Text(text.to_owned());
    let mut all: Settings = vec![("org", text(wish.org.origin()))];
    if let Some(id) = &wish.client_id {
        all.push(("client_id", text(id)));
    }
    if wish.browser {
        all.push(("sign_in", text("browser")));
    }
    let same = known.kind == Some(wish.kind);
    if same && !wish.browser {
        all.push(("sign_in", Given::Kept));
    }
    match &wish.secret {
        Some(secret) => all.push(secret.setting()),
        None if same => all.extend(known.secrets.iter().map(|&key| (key, Given::Kept))),
        None => {}
    }
    if let Some(id) = &wish.key_id {
        all.retain(|(key, _)| *key != "key_id");
        all.push(("key_id", text(id)));
    }
    if wish.browser
        && let Some(port) = wish.redirect_port
    {
        all.push(("redirect_port", Given::Whole(port.into())));
    }
    all.push(("scopes", Given::List(wish.scopes.clone())));
    if !wish.toolsets.is_empty() {
        all.push(("toolsets", Given::List(wish.toolsets.clone())));
    }
    match wish.rights {
        Rights::Scopes => {}
        Rights::ReadOnly => all.push(("read_only", Given::Yes)),
        Rights::Changes => all.push(("read_only", Given::Nothing)),
    }
    all.extend(ways(remarks));
    all
}

/// The way to the org, as this shell knows it.
fn ways(remarks: &mut Vec<String>) -> Settings {
    let mut all = Settings::new();
    for (key, variable) in WAYS {
        let value = org::environment(variable).filter(|value| !value.is_empty());
        let Some(value) = value else { continue };
        if key == "proxy" && value.contains('@') {
            remarks.push(
                "HTTPS_PROXY holds a password and is not written down: programs that are started \
                 elsewhere do not have it"
                    .to_owned(),
            );
            continue;
        }
        let path = key.starts_with("ca_").then(|| std::path::absolute(&value).ok()).flatten();
        all.push((key, Given::Text(path.map_or(value, |path| path.display().to_string()))));
    }
    all
}

/// Reads the profile as the server would: what it would refuse is not written.
fn judged(profile: &Change, wish: &Wish, place: &Place) -> Result<Vec<String>, Failure> {
    let unwritten = wish.secret.as_ref().and_then(okta_mcp_setup::Kept::unwritten);
    let env = |name: &str| match unwritten {
        // It has no file yet.
        Some((variable, secret)) if variable == name => Some(secret.expose_secret().to_owned()),
        Some(_) if name == "OKTA_KEY_ID" => wish.key_id.clone(),
        Some(_) if name == "OKTA_MCP_SIGN_IN" && wish.browser => Some("browser".to_owned()),
        _ if SETTINGS.iter().any(|setting| setting.variable == name) => None,
        _ => org::environment(name),
    };
    // By the name that it will be read by: what it names stands beside that.
    let path = place.config.clone();
    let read = Config::of_text(path, profile.after().to_owned(), &place.profile, &env);
    read.map(|config| config.remarks).map_err(Failure::usage)
}

/// What this environment says over the profile.
fn overridden() -> Option<String> {
    let set = |name: &&str| org::environment(name).is_some_and(|value| !value.is_empty());
    let ours = SETTINGS.iter().filter(|one| one.key.is_some()).map(|one| one.variable);
    let over: Vec<&str> = ours.filter(|name| name.starts_with("OKTA_")).filter(set).collect();
    (!over.is_empty()).then(|| {
        let names = over.join(", ");
        format!("{names}: set in this environment, where they hold over the profile")
    })
}

/// True where an entry goes whose environment holds a secret.
fn replaces_secret(client: &Client, change: &Change, name: &str) -> bool {
    if change.is_none() {
        return false;
    }
    let servers = client.servers(change.before()).unwrap_or_default();
    let replaced = servers.into_iter().find(|server| server.name == name);
    replaced.is_some_and(|server| {
        let own = OktaOwn::of(&server.entry).and_then(|own| own.key);
        let secret = |(name, value): &(String, String)| {
            !value.is_empty()
                && SETTINGS.iter().any(|one| one.variable == name && one.is_secret())
                && !okta_mcp_server::is_path(value)
        };
        matches!(own, Some(okta_mcp_setup::clients::PlacedKey::Inline(_)))
            || server.entry.env.iter().any(secret)
    })
}

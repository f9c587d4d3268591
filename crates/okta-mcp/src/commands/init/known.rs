//! What is known without asking: from the profile that is there, and from an entry of Okta's own
//! server.

use okta_mcp_server::{Profile, Settings};
use okta_mcp_setup::{
    AppKind,
    clients::{Client, Content, OktaOwn, PlacedKey, Starts, installed},
    profile,
};
use serde_json::Value;

use super::{ask::Asker, place::Place};
use crate::{cli::InitArgs, failure::Failure};

/// The settings that hold a secret, or name its file.
const SECRETS: [&str; 6] = [
    "private_key",
    "private_key_file",
    "api_token",
    "api_token_file",
    "client_secret",
    "client_secret_file",
];

/// What is known.
#[derive(Default)]
pub(super) struct Known {
    pub(super) kind: Option<AppKind>,
    pub(super) org: Option<String>,
    pub(super) client_id: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) toolsets: Vec<String>,
    pub(super) key_id: Option<String>,
    /// People sign in to the native app with a browser.
    pub(super) browser: bool,
    /// The settings of the profile that hold its secret, with those that belong to it.
    pub(super) secrets: Vec<&'static str>,
    /// The key of the entry that is taken over.
    pub(super) key: Option<PlacedKey>,
    /// The client and the name of that entry.
    pub(super) replaces: Option<(&'static Client, String)>,
}

impl Known {
    pub(super) async fn read(
        args: &InitArgs,
        place: &Place,
        asker: &mut Asker,
    ) -> Result<Self, Failure> {
        let mut known = Self::of_profile(place)?;
        let fresh = known.kind.is_none() && args.org.is_none() && args.app_kind.is_none();
        let id = match &args.take_over {
            Some(id) => Some(id.as_str()),
            None if fresh && asker.is_there() => offered(place, asker).await?,
            None => None,
        };
        if let Some(id) = id {
            known.take_over(id, place)?;
        }
        Ok(known)
    }

    fn of_profile(place: &Place) -> Result<Self, Failure> {
        let text = match fs_err::read_to_string(&place.config) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            text => text.map_err(Failure::usage)?,
        };
        let names = profile::names(&text);
        if !text.trim().is_empty() && !names.contains(&place.profile) {
            // What is wrong with the file is told before anything is asked.
            profile::shown(&text)
                .map_err(|error| Failure::usage(format!("{}: {error}", place.config.display())))?;
        }
        if !names.contains(&place.profile) {
            return Ok(Self::default());
        }
        let read = Profile::of_file(place.config.clone(), Some(&place.profile));
        Ok(Self::of_settings(&read.map_err(Failure::usage)?.settings))
    }

    fn of_settings(settings: &Settings) -> Self {
        let rows = settings.rows();
        let value = |key: &str| {
            let mut of_key = rows.iter().filter(|row| row.setting.key == Some(key));
            of_key.next().filter(|row| row.origin.is_some()).and_then(|row| row.value.clone())
        };
        let text = |key: &str| value(key).as_ref().and_then(Value::as_str).map(str::to_owned);
        let list = |key: &str| -> Vec<String> {
            let items = value(key).as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        };
        let mut secrets: Vec<&'static str> =
            SECRETS.into_iter().filter(|key| value(key).is_some()).collect();
        let has = |start: &str| secrets.iter().any(|key| key.starts_with(start));
        let way = text("sign_in");
        let browser = way.as_deref() == Some("browser");
        let kind = if has("api_token") {
            AppKind::ApiToken
        } else if has("client_secret") {
            AppKind::Web
        } else if has("private_key") && !matches!(way.as_deref(), Some("browser" | "device")) {
            AppKind::Service
        } else {
            AppKind::Native
        };
        if value("key_id").is_some() {
            secrets.push("key_id");
        }
        Self {
            kind: Some(kind),
            org: text("org"),
            client_id: text("client_id"),
            scopes: list("scopes"),
            toolsets: list("toolsets"),
            key_id: text("key_id"),
            browser,
            secrets,
            key: None,
            replaces: None,
        }
    }

    /// Takes over what the entry of Okta's own server in that client says.
    fn take_over(&mut self, id: &str, place: &Place) -> Result<(), Failure> {
        let none = |client: &str| {
            Failure::usage(format!("--take-over: {client} has no entry of Okta's own server"))
        };
        let Some(client) = Client::find(id) else { return Err(none(id)) };
        let machine = place.environment().machine;
        let Some(file) = client.file(&machine) else { return Err(none(client.name)) };
        let text = fs_err::read_to_string(&file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => none(client.name),
            _ => Failure::usage(format!("--take-over: {error}")),
        })?;
        let servers = client
            .servers(&text)
            .map_err(|error| Failure::usage(format!("--take-over: {}: {error}", file.display())))?;
        let found = servers.into_iter().find_map(|one| Some((OktaOwn::of(&one.entry)?, one.name)));
        let Some((own, name)) = found else { return Err(none(client.name)) };
        let words = |text: &str| -> Vec<String> {
            let words = text.split([' ', ',']).filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        // The key goes with the app that the entry names, whatever the profile said.
        let kind = if own.key.is_some() { AppKind::Service } else { AppKind::Native };
        *self = Self {
            kind: Some(kind),
            org: own.org.or(self.org.take()),
            client_id: own.client_id,
            scopes: own.scopes.as_deref().map(words).unwrap_or_default(),
            key_id: own.key_id,
            key: own.key,
            replaces: Some((client, name)),
            ..Self::default()
        };
        Ok(())
    }
}

/// The client whose entry of Okta's own server the person wants to take over.
async fn offered(place: &Place, asker: &mut Asker) -> Result<Option<&'static str>, Failure> {
    for found in installed(&place.environment()) {
        let Content::Servers(launches) = &found.content else { continue };
        if !launches.iter().any(|launch| launch.starts == Starts::OktaOwn) {
            continue;
        }
        let question = format!(
            "{} starts Okta's own server: take over what its entry says, and replace it?",
            found.client.name
        );
        if asker.yes(&question, true).await? {
            return Ok(Some(found.client.id));
        }
    }
    Ok(None)
}

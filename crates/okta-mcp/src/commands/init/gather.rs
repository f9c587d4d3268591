//! What is wanted: from the command line, from what is known, and from the person.

use okta_client::OrgUrl;
use okta_mcp_server::{PERSON_SCOPES, redirect_uri};
use okta_mcp_setup::{
    AppKind, Kept, Wanted,
    clients::{Client, Content, installed},
    guide::Values,
    org,
};

use super::{ask::Asker, finish, known::Known, place::Place, secret, show};
use crate::{
    cli::{InitArgs, NO_CLIENT},
    failure::Failure,
    printer,
};

/// What is to be set up.
pub(super) struct Wish {
    pub(super) kind: AppKind,
    pub(super) org: OrgUrl,
    pub(super) client_id: Option<String>,
    /// The scopes to ask for; those of a person's sign-in among them.
    pub(super) scopes: Vec<String>,
    pub(super) toolsets: Vec<String>,
    pub(super) rights: Rights,
    pub(super) browser: bool,
    pub(super) redirect_port: Option<u16>,
    pub(super) key_id: Option<String>,
    /// The secret; `None` where the profile has it already, or none is needed.
    pub(super) secret: Option<Kept>,
    /// A key was made, which Okta does not know yet.
    pub(super) made_key: bool,
    /// The clients, and what the server is called in each.
    pub(super) clients: Vec<(&'static Client, String)>,
}

/// What may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rights {
    /// What the scopes allow, which only read unless somebody named others.
    Scopes,
    /// Nothing but reads, whatever the scopes allow.
    ReadOnly,
    /// Changes.
    Changes,
}

/// What the tools are wanted for.
struct Use {
    toolsets: Vec<String>,
    rights: Rights,
    /// The scopes of Okta's API.
    scopes: Vec<String>,
}

/// Gathers it.
pub(super) struct Gather<'a> {
    pub(super) args: &'a InitArgs,
    pub(super) place: &'a Place,
    pub(super) known: &'a Known,
    pub(super) asker: &'a mut Asker,
}

impl Gather<'_> {
    /// What a guide needs, and no more.
    pub(super) async fn for_guide(&mut self) -> Result<(AppKind, Values), Failure> {
        let kind = self.kind().await?;
        let needs = self.needs(kind, false).await?;
        Ok((kind, self.values(&needs, None)))
    }

    pub(super) async fn all(&mut self, read_only: bool) -> Result<Wish, Failure> {
        let org = self.org().await?;
        let kind = self.kind().await?;
        let needs = self.needs(kind, read_only).await?;
        let mut secret = secret::before(self, kind).await?;
        let values = self.values(&needs, secret.public_jwk.take());
        if self.shows_guide(kind, secret.made_key) {
            show::guide(&kind.guide(&values))?;
        }
        let client_id = self.client_id(kind).await?;
        let secret = secret::after(self, kind, secret).await?;
        let clients = self.clients().await?;
        let mut scopes = needs.scopes;
        if kind.is_of_people() {
            let more = PERSON_SCOPES.iter().map(|&scope| scope.to_owned());
            let more: Vec<String> = more.filter(|scope| !scopes.contains(scope)).collect();
            scopes.splice(0..0, more);
        }
        Ok(Wish {
            kind,
            org,
            client_id,
            scopes,
            toolsets: needs.toolsets,
            rights: needs.rights,
            browser: self.browser(kind),
            redirect_port: self.args.redirect_port,
            key_id: secret.key_id,
            secret: secret.kept,
            made_key: secret.made_key,
            clients,
        })
    }

    fn browser(&self, kind: AppKind) -> bool {
        match kind {
            AppKind::Web => true,
            AppKind::Native => self.args.browser || self.known.browser,
            AppKind::Service | AppKind::ApiToken => false,
        }
    }

    async fn org(&mut self) -> Result<OrgUrl, Failure> {
        let read = |text: &str| org::named(text).map_err(|error| error.to_string());
        let org = match (&self.args.org, &self.known.org) {
            (Some(given), _) => {
                read(given).map_err(|error| Failure::usage(format!("--org: {error}")))?
            }
            (None, Some(known)) if !self.asker.is_there() => read(known).map_err(Failure::usage)?,
            (None, known) => {
                let question = "The org, such as https://acme.okta.com";
                self.asker.line("--org", question, known.as_deref(), read).await?
            }
        };
        if !self.args.offline {
            finish::check_org(&org, self.place).await?;
        }
        Ok(org)
    }

    async fn kind(&mut self) -> Result<AppKind, Failure> {
        let args = self.args;
        if let Some(kind) = args.app_kind {
            return Ok(kind.into());
        }
        if args.key_file.is_some() || args.generate_key {
            return Ok(AppKind::Service);
        }
        if args.api_token_file.is_some() {
            return Ok(AppKind::ApiToken);
        }
        if args.client_secret_file.is_some() {
            return Ok(AppKind::Web);
        }
        if args.browser {
            return Ok(AppKind::Native);
        }
        if let Some(kind) = self.known.kind.filter(|_| !self.asker.is_there()) {
            return Ok(kind);
        }
        let options = AppKind::ALL.map(AppKind::in_short);
        let known = AppKind::ALL.iter().position(|kind| self.known.kind == Some(*kind));
        let question = "What signs in to Okta?";
        let chosen =
            self.asker.one_of("--app-kind", question, &options, known.unwrap_or(0)).await?;
        AppKind::ALL.get(chosen).copied().ok_or_else(|| Failure::unexpected("no such kind"))
    }

    async fn needs(&mut self, kind: AppKind, read_only: bool) -> Result<Use, Failure> {
        let args = self.args;
        let mut needs = Use {
            toolsets: args.toolsets.clone(),
            rights: match (read_only, args.manage) {
                (true, _) => Rights::ReadOnly,
                (false, true) => Rights::Changes,
                (false, false) => Rights::Scopes,
            },
            scopes: args.scopes.clone(),
        };
        let untold = args.toolsets.is_empty() && args.scopes.is_empty() && !args.manage;
        if untold && !self.known.scopes.is_empty() {
            needs.toolsets.clone_from(&self.known.toolsets);
            needs.scopes.clone_from(&self.known.scopes);
        } else if untold && !read_only && self.asker.is_there() {
            self.ask_use(&mut needs).await?;
        }
        let of_people = |scope: &String| PERSON_SCOPES.contains(&scope.as_str());
        needs.scopes.retain(|scope| !of_people(scope));
        let wanted = Wanted {
            toolsets: needs.toolsets.clone(),
            changes: needs.rights == Rights::Changes,
            people: kind.is_of_people(),
        };
        let computed =
            wanted.scopes().map_err(|error| Failure::usage(format!("--toolsets: {error}")))?;
        if needs.scopes.is_empty() {
            needs.scopes = computed;
        }
        Ok(needs)
    }

    async fn ask_use(&mut self, needs: &mut Use) -> Result<(), Failure> {
        let options = ["look", "look, and change what a person confirms"];
        let question = "What shall it be able to do?";
        if self.asker.one_of("--manage", question, &options, 0).await? == 1 {
            needs.rights = Rights::Changes;
        }
        // The first one goes with every other.
        let names: Vec<&str> = okta_catalog::TOOLSETS.iter().skip(1).map(|set| set.name).collect();
        let question = format!("Toolsets, with commas ({})", names.join(", "));
        let read = |text: &str| {
            let list = text.split([',', ' ']).filter(|name| !name.is_empty() && *name != "all");
            let toolsets: Vec<String> = list.map(str::to_owned).collect();
            let wanted = Wanted { toolsets: toolsets.clone(), ..Wanted::default() };
            wanted.scopes().map(|_| toolsets).map_err(|error| error.to_string())
        };
        needs.toolsets = self.asker.line("--toolsets", &question, Some("all"), read).await?;
        Ok(())
    }

    fn values(&self, needs: &Use, public_jwk: Option<String>) -> Values {
        Values {
            app_name: self.args.app_name.clone(),
            redirect_uri: redirect_uri(self.args.redirect_port.map(u32::from)),
            scopes: needs.scopes.clone(),
            changes: needs.scopes.iter().any(|scope| scope.strip_suffix(".manage").is_some()),
            public_jwk,
            profile: self.place.flag(),
        }
    }

    /// True where something is still to be clicked in the Admin Console.
    fn shows_guide(&self, kind: AppKind, made_key: bool) -> bool {
        let id = self.args.client_id.is_some() || self.known.client_id.is_some();
        let has_credential = match kind {
            AppKind::ApiToken => {
                self.args.api_token_file.is_some() || !self.known.secrets.is_empty()
            }
            AppKind::Native | AppKind::Service | AppKind::Web => id,
        };
        made_key || self.args.dry_run || !has_credential
    }

    async fn client_id(&mut self, kind: AppKind) -> Result<Option<String>, Failure> {
        if kind == AppKind::ApiToken {
            return Ok(None);
        }
        let read = |text: &str| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            if text.is_empty() || !text.bytes().all(plain) {
                return Err(format!(
                    "{text:?} is no client id: one looks like 0oa1b2c3d4e5f6g7h8i9"
                ));
            }
            Ok(text.to_owned())
        };
        let known = self.known.client_id.as_deref();
        match (&self.args.client_id, known) {
            (Some(given), _) => {
                read(given).map_err(|error| Failure::usage(format!("--client-id: {error}")))
            }
            (None, Some(known)) if !self.asker.is_there() => read(known).map_err(Failure::usage),
            (None, known) => {
                self.asker.line("--client-id", "The Client ID of the app", known, read).await
            }
        }
        .map(Some)
    }

    /// The clients to connect, each with the name of the server there.
    async fn clients(&mut self) -> Result<Vec<(&'static Client, String)>, Failure> {
        let name = self.args.name.clone().unwrap_or_else(|| self.place.server_name());
        let mut ids = self.args.client.clone();
        if ids.is_empty() && self.known.replaces.is_none() {
            if !self.asker.is_there() {
                printer::note("No client is connected: --client names those that shall be");
                return Ok(Vec::new());
            }
            ids = self.ask_clients().await?;
        }
        let replaced = self.known.replaces.iter().map(|(client, name)| (*client, name.clone()));
        let mut chosen: Vec<(&'static Client, String)> = replaced.collect();
        for id in ids.iter().filter(|id| *id != NO_CLIENT) {
            let client = Client::find(id)
                .ok_or_else(|| Failure::usage(format!("there is no client {id}")))?;
            if chosen.iter().all(|(there, _)| there.id != client.id) {
                chosen.push((client, name.clone()));
            }
        }
        Ok(chosen)
    }

    async fn ask_clients(&mut self) -> Result<Vec<String>, Failure> {
        let found = installed(&self.place.environment());
        let usable = found
            .iter()
            .filter(|one| matches!(one.content, Content::Missing | Content::Servers(_)));
        let here: Vec<&str> = usable.map(|one| one.client.id).collect();
        for one in &found {
            if let Content::Unreadable(error) = &one.content {
                let (name, file) = (one.client.name, one.file.display());
                printer::note(&format!("{name} cannot be connected: {file}: {error}"));
            }
        }
        let all = okta_mcp_setup::clients::CLIENTS.iter().map(|client| client.id);
        let question =
            format!("Clients to connect, with commas ({})", all.collect::<Vec<_>>().join(", "));
        let default = if here.is_empty() { NO_CLIENT.to_owned() } else { here.join(",") };
        let read = |text: &str| {
            let ids = text.split([',', ' ']).filter(|id| !id.is_empty());
            let ids: Vec<String> = ids.map(str::to_owned).collect();
            match ids.iter().find(|id| *id != NO_CLIENT && Client::find(id).is_none()) {
                Some(id) => Err(format!("There is no client {id:?}")),
                None => Ok(ids),
            }
        };
        self.asker.line("--client", &question, Some(&default), read).await
    }
}

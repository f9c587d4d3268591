//! `okta-mcp keys rotate`: another key for the app that signs in.
//!
//! The new key is kept beside the old one before Okta hears of it, and until everything is done:
//! wherever the command ends, the same command goes on from there. Nothing is switched before Okta
//! has let the new key in, and the old one is removed last.

mod at_okta;
mod id;

use okta_client::{ErrorKind, PrivateKey};
use okta_mcp_server::{App, Config, SignIn};
use okta_storage::Folder;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use self::{
    at_okta::{AtOkta, Registered},
    id::IdPlace,
};
use super::{
    place::{Pending, Place},
    show::{self, for_okta},
};
use crate::{
    cli::RotateArgs,
    commands::login,
    failure::Failure,
    org::{self, Connected, Given},
    printer, terminal,
};

/// Held while a key is replaced, so that only one process does.
const LOCK: &str = "keys.lock";

/// What it goes on with.
const AGAIN: &str = "okta-mcp keys rotate goes on from here; --abandon forgets the new key";

/// One replacement.
struct Rotation<'a> {
    args: &'a RotateArgs,
    config: Config,
    place: Place,
    id: IdPlace,
    client_id: String,
    /// A person has agreed to changes at Okta.
    agreed: bool,
}

/// Replaces the key that signs in.
pub(super) async fn run(args: &RotateArgs, given: &Given) -> Result<(), Failure> {
    let settings = given.settings()?;
    let own = settings.own_key().ok_or_else(show::no_key)?;
    let config = org::configuration(given).await?.config;
    config.logging.start().map_err(Failure::usage)?;
    let place = Place::of(&own, &settings, &config)?;
    let lock = Folder::new(&config.state).try_lock(LOCK).map_err(Failure::unexpected)?;
    let Some(_lock) = lock else {
        return Err(Failure::usage("another process replaces a key right now"));
    };
    let (client_id, key) = show::signs_in(&config)?;
    let (client_id, key) = (client_id.to_owned(), key.clone());
    if args.abandon {
        return abandon(&place, &client_id);
    }
    let id = IdPlace::of(&own, &settings)?;
    let mut rotation = Rotation { args, place, id, client_id, agreed: args.yes, config };
    let found = rotation.place.pending()?;
    let resumed = found.is_some();
    let pending = match found {
        Some(pending) => pending,
        None => rotation.make(&key)?,
    };
    if resumed {
        printer::note(&format!("A rotation was begun: going on with the key {}", pending.id()));
    }
    rotation.bring_in(&pending, resumed).await
}

/// Forgets a new key that is not in use.
fn abandon(place: &Place, client_id: &str) -> Result<(), Failure> {
    let Some(pending) = place.pending()? else {
        return printer::data("There is no new key to forget");
    };
    forget(place, &pending)?;
    printer::data(&format!("The new key {} is forgotten", pending.id()))?;
    printer::note(&format!(
        "Where it is registered with the app {client_id} already, remove it there"
    ));
    Ok(())
}

/// Forgets a new key, unless it is in the place of the old one already: its id would be lost.
fn forget(place: &Place, pending: &Pending) -> Result<(), Failure> {
    let in_place =
        PrivateKey::parse(place.read()?.expose_secret(), None).map_err(Failure::usage)?;
    if in_place.thumbprint() != pending.key.thumbprint() {
        return place.forget_pending();
    }
    Err(Failure::Failed {
        message: format!("the new key {} is in the place of the old one already", pending.id()),
        next: Some("okta-mcp keys rotate brings it to its end".to_owned()),
    })
}

impl Rotation<'_> {
    /// Makes a key and keeps it beside the old one.
    fn make(&self, old: &PrivateKey) -> Result<Pending, Failure> {
        let new = old.generate_alike().map_err(Failure::unexpected)?;
        let id = new.thumbprint();
        let pending = Pending { key: new.with_key_id(&id), replaces: old.public_jwk() };
        self.place.keep_pending(&pending)?;
        Ok(pending)
    }

    /// Registers the new key where it is not yet, tries it, and puts it in place of the old one.
    async fn bring_in(&mut self, pending: &Pending, resumed: bool) -> Result<(), Failure> {
        let known = resumed && self.signs_in_with(pending).await?;
        if !known {
            match self.register(pending).await? {
                Registered::Yes => {}
                Registered::ByHand => return self.show(pending, resumed),
                Registered::Declined => {
                    forget(&self.place, pending)?;
                    return Err(Failure::Failed {
                        message: "not confirmed: nothing is changed".to_owned(),
                        next: None,
                    });
                }
            }
            if !self.signs_in_with(pending).await? {
                return Err(Failure::Failed {
                    message: format!("Okta knows the key {}, and refuses it", pending.id()),
                    next: Some(format!("the old key stays in use; {AGAIN}")),
                });
            }
        }
        printer::data(&format!("The new key signs in: {}", pending.id()))?;
        self.switch(pending)?;
        printer::data(&format!("It lies in {}", self.place.name()))?;
        self.clear_up(pending).await
    }

    /// Whether Okta lets the new key in.
    async fn signs_in_with(&self, pending: &Pending) -> Result<bool, Failure> {
        let app = self.with_key(&pending.key)?.app;
        let okta = app.okta();
        // Of a person's app it is tried without the person.
        let tried = if okta.is_personal() {
            okta.prove_client().await
        } else {
            okta.resume().await.map(drop)
        };
        match tried {
            Ok(()) => Ok(true),
            Err(error) if error.kind == ErrorKind::SignIn => Ok(false),
            Err(error) => Err(stopped(&login::failed(&error))),
        }
    }

    /// The server as it is with that key.
    fn with_key(&self, key: &PrivateKey) -> Result<Connected, Failure> {
        let mut config = self.config.clone();
        config.sign_in = match config.sign_in {
            SignIn::ServiceApp { client_id, scopes, dpop, .. } => {
                SignIn::ServiceApp { client_id, key: key.clone(), scopes, dpop }
            }
            SignIn::Person { client_id, client_secret, flow, scopes, dpop, .. } => {
                let key = Some(key.clone());
                SignIn::Person { client_id, client_secret, key, flow, scopes, dpop }
            }
            token @ SignIn::ApiToken { .. } => token,
        };
        org::assemble(config.into(), App::for_one_call)
    }

    /// Registers the new key with the old one's sign-in, where that may.
    async fn register(&mut self, pending: &Pending) -> Result<Registered, Failure> {
        if self.args.by_hand || self.config.policy.read_only() {
            return Ok(Registered::ByHand);
        }
        let org = org::assemble(self.config.clone().into(), App::for_one_call)?;
        let okta = AtOkta::new(&org, self.args.yes).await;
        let registered = self.register_with(&okta, pending).await;
        okta.end().await;
        let registered = registered.map_err(|error| stopped(&error))?;
        if matches!(registered, Registered::Yes) {
            printer::data(&format!("The new key is registered with the app {}", self.client_id))?;
        }
        Ok(registered)
    }

    async fn register_with(
        &mut self,
        okta: &AtOkta<'_>,
        pending: &Pending,
    ) -> Result<Registered, Failure> {
        let Some(keys) = okta.keys().await? else { return Ok(Registered::ByHand) };
        if at_okta::knows(&keys, pending.id()) {
            return Ok(Registered::Yes);
        }
        let adds = format!("\n  adds the public key {}", pending.id());
        if !self.agree(pending, &adds).await? {
            return Ok(Registered::Declined);
        }
        okta.register(&for_okta(&pending.key)).await
    }

    /// Whether a person agrees to what is changed at Okta. They are asked once.
    async fn agree(&mut self, pending: &Pending, adds: &str) -> Result<bool, Failure> {
        if !self.agreed {
            let old = self.old_name(pending);
            let removes = if self.args.keep_old {
                String::new()
            } else {
                format!(
                    "\n  deactivates and deletes {old}, once the new one is in use\nServers that \
                     run with it have to be restarted then."
                )
            };
            let question = format!(
                "okta-mcp keys rotate changes the app {} at {}:{adds}{removes}",
                self.client_id,
                self.config.org.host()
            );
            self.agreed = terminal::agrees(question).await?;
        }
        Ok(self.agreed)
    }

    /// Puts the new key in place of the old one. What fails in between is taken back.
    fn switch(&self, pending: &Pending) -> Result<(), Failure> {
        let pem = pending.key.to_pem().map_err(Failure::unexpected)?;
        let change = self.id.change(pending.id())?;
        let before = self.place.read()?;
        self.place.write(&pem).map_err(|error| stopped(&error))?;
        if let Err(error) = change.write() {
            let back = match self.place.write(&before) {
                Ok(()) => "the old key is in its place again",
                Err(_) => "the old key could not be put back",
            };
            return Err(Failure::Failed {
                message: format!("{error}: {back}"),
                next: Some(AGAIN.to_owned()),
            });
        }
        Ok(())
    }

    /// Removes the old key at Okta, where that may, and forgets that anything was under way.
    async fn clear_up(&mut self, pending: &Pending) -> Result<(), Failure> {
        let org = self.with_key(&pending.key)?;
        let okta = AtOkta::new(&org, self.args.yes).await;
        okta.note(json!({
            "client_id": self.client_id,
            "key_id": pending.id(),
            "replaces": pending.replaces.get("kid"),
            "in": self.place.name(),
        }));
        let left = self.remove_old(&okta, pending).await;
        okta.end().await;
        let left = left.map_err(|error| stopped(&error))?;
        self.place.forget_pending()?;
        if let Some(left) = left {
            printer::note(&left);
        }
        printer::note("Restart servers that run with the old key: a client starts its own anew");
        Ok(())
    }

    /// Removes the old key; what is left to do by hand, where it stays.
    async fn remove_old(
        &mut self,
        okta: &AtOkta<'_>,
        pending: &Pending,
    ) -> Result<Option<String>, Failure> {
        let old = self.old_name(pending);
        let by_hand =
            format!("Remove {old} from the app {} when no server uses it", self.client_id);
        let stays = self.args.keep_old || self.args.by_hand || self.config.policy.read_only();
        let keys = if stays { None } else { okta.keys().await? };
        let Some(keys) = keys else { return Ok(Some(by_hand)) };
        let Some(key) = at_okta::find(&keys, &pending.replaces) else { return Ok(None) };
        if !self.agree(pending, "").await? {
            return Ok(Some(by_hand));
        }
        okta.remove(key).await?;
        printer::data(&format!("Okta has removed {old}"))?;
        Ok(None)
    }

    fn old_name(&self, pending: &Pending) -> String {
        match pending.replaces.get("kid").and_then(Value::as_str) {
            Some(id) => format!("the old key {id}"),
            None => format!("the old key of {}", self.client_id),
        }
    }

    /// Shows what a person registers by hand.
    fn show(&self, pending: &Pending, resumed: bool) -> Result<(), Failure> {
        let waits = "Register this public key, then call okta-mcp keys rotate again";
        printer::note(&format!(
            "{waits}:\n  Admin Console > Applications > the app {} > General > Client Credentials > \
             Edit > Public keys > Add key: paste it, then Done and Save",
            self.client_id
        ));
        printer::data(&format!("{:#}", for_okta(&pending.key)))?;
        if !resumed {
            return Ok(());
        }
        Err(Failure::Failed {
            message: format!("Okta does not let the new key {} in yet", pending.id()),
            next: Some(format!("the old key stays in use; {AGAIN}")),
        })
    }
}

/// A failure, and that the rotation can go on.
fn stopped(error: &Failure) -> Failure {
    let next = match error {
        Failure::Failed { next: Some(next), .. } => format!("{next}; {AGAIN}"),
        _ => AGAIN.to_owned(),
    };
    Failure::Failed { message: error.to_string(), next: Some(next) }
}

//! The Secret Service of the desktop, over the session bus (org.freedesktop.Secret, draft 0.2).
//!
//! Written on the bus itself: the crates for it answer a locked collection with a prompt. Secrets
//! go over the bus as they are ("plain"): who can read along there can ask the service, too.

use std::{
    collections::HashMap,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

use secrecy::{ExposeSecret as _, SecretSlice};
use zbus::{
    Connection, DynamicType, Error, Message, ObjectPath, OwnedObjectPath, OwnedVariant, Variant,
    connection::Builder,
};

use crate::{Entries, KeyringError, SERVICE};

const DESTINATION: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";
const SERVICE_API: &str = "org.freedesktop.Secret.Service";
const COLLECTION_API: &str = "org.freedesktop.Secret.Collection";
const ITEM_API: &str = "org.freedesktop.Secret.Item";
const PROMPT_API: &str = "org.freedesktop.Secret.Prompt";

/// What stands for no object.
const NOTHING: &str = "/";

/// A secret on its way: session, parameters of the session's algorithm, bytes, their type.
type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

/// The address of the session bus: what the environment says, else where systems with logind have
/// it. Without either there is no desktop.
pub(crate) fn address(env: &dyn Fn(&str) -> Option<String>) -> Result<String, KeyringError> {
    let set = |name: &str| env(name).filter(|text| !text.is_empty());
    set("DBUS_SESSION_BUS_ADDRESS")
        .or_else(|| Some(format!("unix:path={}/bus", set("XDG_RUNTIME_DIR")?)))
        .ok_or_else(|| KeyringError::Absent("there is no session bus".to_owned()))
}

/// The Secret Service on one bus.
pub(crate) struct SecretService {
    address: String,
    wait: Duration,
}

/// What is asked of it.
enum Request {
    State,
    Get(String),
    Put(String, SecretSlice<u8>),
    Remove(String),
}

/// What it answers.
enum Answer {
    Fine,
    Got(Option<SecretSlice<u8>>),
    Removed(bool),
}

impl SecretService {
    pub(crate) const fn new(address: String, wait: Duration) -> Self {
        Self { address, wait }
    }

    /// Asks in a thread of its own, on a connection that ends with it: callers may stand in a
    /// runtime, and wait no longer than they said whatever the bus does.
    fn ask(&self, request: Request) -> Result<Answer, KeyringError> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let (address, wait) = (self.address.clone(), self.wait);
        let failed = |error: std::io::Error| KeyringError::Failed(error.to_string());
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(failed)?;
            let answer = runtime.block_on(async {
                let asked = tokio::time::timeout(wait, answer(&address, request));
                asked.await.unwrap_or(Err(KeyringError::Slow(wait)))
            });
            runtime.shutdown_background();
            answer
        };
        let asking = move || drop(sender.send(work()));
        thread::Builder::new().name("keyring".to_owned()).spawn(asking).map_err(failed)?;
        match receiver.recv_timeout(self.wait.saturating_mul(2)) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(KeyringError::Slow(self.wait)),
            Err(RecvTimeoutError::Disconnected) => {
                Err(KeyringError::Failed("it could not be asked".to_owned()))
            }
        }
    }
}

impl Entries for SecretService {
    fn name(&self) -> &'static str {
        "Secret Service"
    }

    fn state(&self) -> Result<(), KeyringError> {
        self.ask(Request::State).map(drop)
    }

    fn get(&self, entry: &str) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        match self.ask(Request::Get(entry.to_owned()))? {
            Answer::Got(found) => Ok(found),
            Answer::Fine | Answer::Removed(_) => Ok(None),
        }
    }

    fn put(&self, entry: &str, secret: &SecretSlice<u8>) -> Result<(), KeyringError> {
        self.ask(Request::Put(entry.to_owned(), secret.clone())).map(drop)
    }

    fn remove(&self, entry: &str) -> Result<bool, KeyringError> {
        self.ask(Request::Remove(entry.to_owned()))
            .map(|answer| matches!(answer, Answer::Removed(true)))
    }
}

async fn answer(address: &str, request: Request) -> Result<Answer, KeyringError> {
    let bus = Builder::address(address).build().await.map_err(|error| no_bus(&error))?;
    let service = Bus(bus);
    let collection = service.unlocked_collection().await?;
    match request {
        Request::State => Ok(Answer::Fine),
        Request::Get(entry) => service.get(&collection, &entry).await.map(Answer::Got),
        Request::Put(entry, secret) => {
            service.put(&collection, &entry, &secret).await.map(|()| Answer::Fine)
        }
        Request::Remove(entry) => service.remove(&collection, &entry).await.map(Answer::Removed),
    }
}

/// A connection to the bus.
struct Bus(Connection);

impl Bus {
    async fn call<B>(
        &self,
        path: &ObjectPath<'_>,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Result<Message, KeyringError>
    where
        B: serde::Serialize + DynamicType,
    {
        let called = self.0.call_method(Some(DESTINATION), path, Some(interface), method, body);
        called.await.map_err(|error| meant(&error))
    }

    /// The default collection. It is asked whether it is locked, and never to unlock: that would
    /// show a prompt.
    async fn unlocked_collection(&self) -> Result<OwnedObjectPath, KeyringError> {
        let root = ObjectPath::try_from(ROOT).map_err(|error| meant(&error))?;
        let reply = self.call(&root, SERVICE_API, "ReadAlias", &"default").await?;
        let collection: OwnedObjectPath = read(&reply)?;
        if collection.as_str() == NOTHING {
            return Err(KeyringError::Absent("it has no default collection yet".to_owned()));
        }
        self.unlocked(&collection, COLLECTION_API).await?;
        Ok(collection)
    }

    async fn unlocked(&self, path: &OwnedObjectPath, of: &str) -> Result<(), KeyringError> {
        let properties = "org.freedesktop.DBus.Properties";
        let reply = self.call(path, properties, "Get", &(of, "Locked")).await?;
        let locked: OwnedVariant = read(&reply)?;
        match bool::try_from(locked) {
            Ok(false) => Ok(()),
            Ok(true) => Err(KeyringError::Locked),
            Err(error) => Err(meant(&error)),
        }
    }

    /// The items of that name: one, unless somebody else put another.
    async fn find(
        &self,
        collection: &OwnedObjectPath,
        entry: &str,
    ) -> Result<Vec<OwnedObjectPath>, KeyringError> {
        let wanted = attributes(entry);
        let reply = self.call(collection, COLLECTION_API, "SearchItems", &wanted).await?;
        read(&reply)
    }

    async fn session(&self) -> Result<OwnedObjectPath, KeyringError> {
        let root = ObjectPath::try_from(ROOT).map_err(|error| meant(&error))?;
        let plain = ("plain", Variant::from(""));
        let reply = self.call(&root, SERVICE_API, "OpenSession", &plain).await?;
        let (_, session): (OwnedVariant, OwnedObjectPath) = read(&reply)?;
        Ok(session)
    }

    async fn get(
        &self,
        collection: &OwnedObjectPath,
        entry: &str,
    ) -> Result<Option<SecretSlice<u8>>, KeyringError> {
        let Some(item) = self.find(collection, entry).await?.into_iter().next() else {
            return Ok(None);
        };
        self.unlocked(&item, ITEM_API).await?;
        let session = self.session().await?;
        let reply = self.call(&item, ITEM_API, "GetSecret", &session).await?;
        // The secret is the only result, a structure.
        let (_, _, bytes, _) = reply.body().deserialize::<(Secret,)>().map_err(|e| meant(&e))?.0;
        Ok(Some(bytes.into()))
    }

    async fn put(
        &self,
        collection: &OwnedObjectPath,
        entry: &str,
        secret: &SecretSlice<u8>,
    ) -> Result<(), KeyringError> {
        let session = self.session().await?;
        let properties = HashMap::from([
            ("org.freedesktop.Secret.Item.Label", Variant::from(format!("{SERVICE}: {entry}"))),
            ("org.freedesktop.Secret.Item.Attributes", Variant::from(attributes(entry))),
        ]);
        let bytes = secret.expose_secret().to_vec();
        let secret: Secret = (session, Vec::new(), bytes, "application/octet-stream".to_owned());
        let item = (properties, secret, true);
        let reply = self.call(collection, COLLECTION_API, "CreateItem", &item).await?;
        let (_, prompt): (OwnedObjectPath, OwnedObjectPath) = read(&reply)?;
        self.refuse(&prompt).await
    }

    async fn remove(
        &self,
        collection: &OwnedObjectPath,
        entry: &str,
    ) -> Result<bool, KeyringError> {
        let items = self.find(collection, entry).await?;
        for item in &items {
            let reply = self.call(item, ITEM_API, "Delete", &()).await?;
            self.refuse(&read(&reply)?).await?;
        }
        Ok(!items.is_empty())
    }

    /// Dismisses a prompt that the service would show, unseen.
    async fn refuse(&self, prompt: &OwnedObjectPath) -> Result<(), KeyringError> {
        if prompt.as_str() == NOTHING {
            return Ok(());
        }
        self.call(prompt, PROMPT_API, "Dismiss", &()).await?;
        Err(KeyringError::WouldAsk)
    }
}

/// By what an entry of ours is found.
fn attributes(entry: &str) -> HashMap<&'static str, String> {
    HashMap::from([("service", SERVICE.to_owned()), ("entry", entry.to_owned())])
}

fn read<B>(reply: &Message) -> Result<B, KeyringError>
where
    B: serde::de::DeserializeOwned + zbus::Type,
{
    reply.body().deserialize().map_err(|error| meant(&error))
}

fn no_bus(error: &Error) -> KeyringError {
    KeyringError::Absent(format!("the session bus cannot be reached ({error})"))
}

/// What an error of the bus or the service means.
fn meant(error: &Error) -> KeyringError {
    let (name, text) = match error {
        Error::MethodError(name, text, _) => (name.as_str(), text.clone().unwrap_or_default()),
        Error::FDO(known) => {
            use zbus::DBusError as _;
            return absent_or_failed(known.name().as_str(), &known.to_string());
        }
        other => return KeyringError::Failed(other.to_string()),
    };
    absent_or_failed(name, &text)
}

fn absent_or_failed(name: &str, text: &str) -> KeyringError {
    let last = name.rsplit('.').next().unwrap_or_default();
    match last {
        "IsLocked" => KeyringError::Locked,
        "ServiceUnknown" | "NameHasNoOwner" => {
            KeyringError::Absent("there is no Secret Service on the session bus".to_owned())
        }
        _ if name.contains(".Spawn.") => {
            KeyringError::Absent(format!("the Secret Service cannot be started ({text})"))
        }
        _ => KeyringError::Failed(format!("{last}: {text}")),
    }
}

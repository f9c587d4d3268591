//! A desktop: a session bus with a Secret Service on it, in this process.
//!
//! Messages are answered as the specification says, one by one, without the object server of the
//! library: so that a test can say exactly what comes back, and see what was asked.

use std::{
    collections::HashMap,
    os::unix::net::{UnixListener, UnixStream},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures::StreamExt as _;
use okta_keyring::Keyring;
use tempfile::TempDir;
use zbus::{
    Guid, Message, MessageStream, ObjectPath, OwnedObjectPath, OwnedVariant, Variant,
    connection::Builder, message::Type,
};

/// How the desktop behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The default collection is open.
    Unlocked,
    /// It is locked.
    Locked,
    /// There is none yet.
    Fresh,
    /// A new item takes a prompt.
    Asks,
    /// What is read is not what was kept.
    Garbled,
    /// There is a bus, and no Secret Service.
    NoService,
    /// The Secret Service takes calls and never answers.
    Hangs,
    /// The bus takes connections and never answers.
    Silent,
}

pub(crate) struct Desktop {
    address: String,
    state: Arc<Mutex<State>>,
    _folder: TempDir,
}

struct State {
    manner: Manner,
    items: Vec<Item>,
    items_locked: bool,
    /// The methods that were called.
    asked: Vec<String>,
}

struct Item {
    path: OwnedObjectPath,
    attributes: HashMap<String, String>,
    secret: Vec<u8>,
}

type Secret = (OwnedObjectPath, Vec<u8>, Vec<u8>, String);

impl Desktop {
    pub(crate) fn start(manner: Manner) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("bus");
        let listener = UnixListener::bind(&socket).unwrap();
        let state = State { manner, items: Vec::new(), items_locked: false, asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        // Ends with the process: nobody connects any more when the test is over.
        std::thread::spawn(move || serve(&listener, &shared));
        let address = format!("unix:path={}", socket.display());
        Self { address, state, _folder: folder }
    }

    pub(crate) fn keyring(&self, wait: Duration) -> Keyring {
        Keyring::secret_service(self.address(), wait)
    }

    /// The address of its bus.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// From now on it behaves so.
    pub(crate) fn change(&self, manner: Manner) {
        self.state().manner = manner;
    }

    /// The names of what is kept.
    pub(crate) fn entries(&self) -> Vec<String> {
        self.state().items.iter().map(|item| item.attributes["entry"].clone()).collect()
    }

    pub(crate) fn lock_items(&self) {
        self.state().items_locked = true;
    }

    /// The calls of that method.
    pub(crate) fn asked(&self, method: &str) -> Vec<String> {
        self.state().asked.iter().filter(|asked| *asked == method).cloned().collect()
    }

    /// How often a person would have seen a prompt.
    pub(crate) fn prompts(&self) -> usize {
        self.asked("Unlock").len() + self.asked("Prompt").len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn serve(listener: &UnixListener, state: &Arc<Mutex<State>>) {
    let mut held = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        if state.lock().unwrap().manner == Manner::Silent {
            held.push(stream);
            continue;
        }
        let state = Arc::clone(state);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(connection(stream, &state));
        });
    }
}

async fn connection(stream: UnixStream, state: &Mutex<State>) {
    let bus = Builder::unix_stream(stream).server(Guid::generate()).p2p();
    // The other end may have gone by now.
    let Ok(mut messages) = bus.build_message_stream().await else { return };
    while let Some(Ok(message)) = messages.next().await {
        if message.message_type() == Type::MethodCall {
            answer(&messages, &message, state).await;
        }
    }
}

async fn answer(bus: &MessageStream, message: &Message, state: &Mutex<State>) {
    let header = message.header();
    let member = header.member().unwrap().to_string();
    let path = header.path().unwrap().to_string();
    let reply = |body| reply(message, body);
    let (answer, manner) = {
        let mut state = state.lock().unwrap();
        state.asked.push(member.clone());
        let manner = state.manner;
        let answer = match member.as_str() {
            "Hello" => reply(Body::Name(":1.1".to_owned())),
            _ if manner == Manner::NoService => fail(message, "ServiceUnknown"),
            _ => reply(state.service(&member, &path, message)),
        };
        (answer, manner)
    };
    if member == "Hello" || manner != Manner::Hangs {
        // Nobody may be there to hear it.
        let _ = zbus::Connection::from(bus).send(&answer).await;
    }
}

/// What a method answers with.
enum Body {
    Name(String),
    Path(OwnedObjectPath),
    Paths(Vec<OwnedObjectPath>),
    TwoPaths(OwnedObjectPath, OwnedObjectPath),
    Bool(bool),
    Session(OwnedObjectPath),
    Secret(Secret),
    Nothing,
}

impl State {
    fn service(&mut self, member: &str, at: &str, message: &Message) -> Body {
        let nothing = || path("/");
        match member {
            "ReadAlias" => {
                let alias: String = message.body().deserialize().unwrap();
                assert_eq!(alias, "default");
                let fresh = self.manner == Manner::Fresh;
                Body::Path(if fresh { nothing() } else { path("/org/freedesktop/secrets/login") })
            }
            "Get" => {
                let (of, name): (String, String) = message.body().deserialize().unwrap();
                assert_eq!(name, "Locked");
                let item = of.ends_with(".Item");
                Body::Bool(if item { self.items_locked } else { self.manner == Manner::Locked })
            }
            "OpenSession" => Body::Session(path("/org/freedesktop/secrets/session/1")),
            "SearchItems" => {
                let wanted: HashMap<String, String> = message.body().deserialize().unwrap();
                let found = self.items.iter().filter(|item| item.attributes == wanted);
                Body::Paths(found.map(|item| item.path.clone()).collect())
            }
            "CreateItem" => self.create(message),
            "GetSecret" => {
                let session: OwnedObjectPath = message.body().deserialize().unwrap();
                let item = self.items.iter().find(|item| item.path.as_str() == at).unwrap();
                let mut bytes = item.secret.clone();
                if self.manner == Manner::Garbled {
                    bytes.reverse();
                }
                Body::Secret((session, Vec::new(), bytes, "text/plain".to_owned()))
            }
            "Delete" => {
                self.items.retain(|item| item.path.as_str() != at);
                Body::Path(nothing())
            }
            _ => Body::Nothing,
        }
    }

    fn create(&mut self, message: &Message) -> Body {
        let body = message.body();
        let (mut properties, secret, replace): (HashMap<String, OwnedVariant>, Secret, bool) =
            body.deserialize().unwrap();
        if self.manner == Manner::Asks {
            return Body::TwoPaths(path("/"), path("/org/freedesktop/secrets/prompt/1"));
        }
        let attributes = properties.remove("org.freedesktop.Secret.Item.Attributes").unwrap();
        let attributes: HashMap<String, String> = attributes.try_into().unwrap();
        assert!(replace && secret.1.is_empty());
        self.items.retain(|item| item.attributes != attributes);
        let new = path(&format!("/org/freedesktop/secrets/login/{}", self.asked.len()));
        self.items.push(Item { path: new.clone(), attributes, secret: secret.2 });
        Body::TwoPaths(new, path("/"))
    }
}

fn reply(to: &Message, body: Body) -> Message {
    let header = to.header();
    let reply = Message::method_return(&header);
    match body {
        Body::Name(name) => reply.build(&name),
        Body::Path(path) => reply.build(&path),
        Body::Paths(paths) => reply.build(&paths),
        Body::TwoPaths(one, two) => reply.build(&(one, two)),
        Body::Bool(yes) => reply.build(&Variant::from(yes)),
        Body::Session(path) => reply.build(&(Variant::from(""), path)),
        Body::Secret(secret) => reply.build(&(secret,)),
        Body::Nothing => reply.build(&()),
    }
    .unwrap()
}

fn fail(to: &Message, name: &str) -> Message {
    let header = to.header();
    let name = format!("org.freedesktop.DBus.Error.{name}");
    Message::error(&header, name).build(&"it is not there").unwrap()
}

fn path(text: &str) -> OwnedObjectPath {
    ObjectPath::try_from(text).unwrap().into()
}

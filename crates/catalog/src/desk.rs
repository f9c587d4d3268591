//! What a tool may ask for while it prepares, and what it answers with.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use okta_client::{BoxFuture, Error as OktaError, Reply, Request, SecretString};
use serde_json::Value;

use crate::{
    read_back::ReadBack,
    scope::Scope,
    tool::{Args, Effect, Operation, ToolDef},
};

/// The surroundings of one call. A tool can read through it; it can change nothing in the org.
pub trait Desk: Send + Sync {
    /// Sends a GET of one of the tool's operations. Refused without a request where the scope is
    /// not granted.
    fn get(&self, request: Request) -> BoxFuture<'_, Result<Reply, OktaError>>;

    /// True if the scope is granted.
    fn allows(&self, scope: Scope) -> bool;

    /// Which scopes are asked for and granted.
    fn access(&self) -> Access;

    /// The time now.
    fn now(&self) -> Timestamp;

    /// Tells the client how far a long call has come.
    fn progress(&self, done: u64, message: String) -> BoxFuture<'_, ()>;

    /// Creates a file in the folder for exports, or opens one to go on with.
    fn export(&self, file: ExportFile) -> Result<Box<dyn Export>, Failure>;

    /// The content of a file in one of the folders for uploads. A file of `below` bytes or more is
    /// refused.
    fn upload(&self, path: &str, below: u64) -> Result<Vec<u8>, Failure>;

    /// The text that holds the private key of a certificate.
    fn private_key(&self, place: KeyPlace<'_>) -> Result<SecretString, Failure>;
}

/// The environment variable that may hold the private key of a domain's certificate.
pub const KEY_VARIABLE: &str = "OKTA_MCP_DOMAIN_KEY";

/// Where the private key of a certificate is: never in an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace<'a> {
    /// In [`KEY_VARIABLE`].
    Variable,
    /// In a file at this path, inside one of the folders for keys.
    File(&'a str),
}

/// In whose name calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// That of the admin who made an API token.
    ApiToken,
    /// That of a service app.
    App,
    /// That of a person who signs in.
    Person,
}

/// The scopes of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// What the configuration asks for.
    pub configured: Vec<String>,
    /// What Okta granted; `None` until that is known.
    pub granted: Option<Vec<String>>,
    /// In whose name calls are made.
    pub caller: Caller,
    /// The tools that the configuration switches off, each with what says so.
    pub off: Arc<BTreeMap<&'static str, String>>,
}

impl Access {
    /// The scopes that count now. An API token has no scopes of its own: the configured ones
    /// decide.
    pub fn effective(&self) -> &[String] {
        self.granted.as_deref().unwrap_or(&self.configured)
    }

    /// True if the scope is there. One that only people have does not count for anybody else.
    pub fn has(&self, scope: Scope) -> bool {
        (self.caller == Caller::Person || !scope.needs_person())
            && scope.granted_by(self.effective())
    }

    /// True if the scopes suffice to list and call the tool.
    pub fn suffices_for(&self, tool: &ToolDef) -> bool {
        let scopes = tool.scopes();
        scopes.is_empty() || scopes.into_iter().any(|scope| self.has(scope))
    }
}

/// Which file a tool wants to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// The path or name that the caller gave; `None`: the server chooses.
    pub path: Option<String>,
    /// The start of the name that the server chooses.
    pub stem: &'static str,
    /// The ending of the name, without the dot.
    pub ending: &'static str,
    /// Go on with the file that is there, from its last checkpoint.
    pub resume: bool,
}

/// A file that is being written.
pub trait Export: Send {
    /// The last checkpoint of a file that is resumed.
    fn resumed(&self) -> Option<Value>;

    /// Appends whole rows.
    fn write(&mut self, rows: &[u8]) -> Result<(), Failure>;

    /// Makes what was written durable, and keeps `state` beside the file, to go on from there.
    fn checkpoint(&mut self, state: &Value) -> Result<(), Failure>;

    /// Makes what was written durable, and drops the checkpoint.
    fn finish(&mut self) -> Result<(), Failure>;

    /// The file's whole path.
    fn path(&self) -> String;
}

/// Why a tool could not prepare.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments do not fit. Nothing was sent.
    #[error("{0}")]
    Arguments(String),
    /// Okta refused, or was not reached.
    #[error(transparent)]
    Okta(#[from] OktaError),
    /// The state of the org does not allow what was asked.
    #[error("{message}")]
    Refused {
        /// What stands in the way.
        message: String,
        /// What to do next.
        next: String,
    },
    /// A file could not be written, or read.
    #[error("{0}")]
    File(String),
}

impl From<okta_client::BadRequest> for Failure {
    fn from(bad: okta_client::BadRequest) -> Self {
        Self::Arguments(bad.to_string())
    }
}

/// What a tool answers with once it has looked.
#[derive(Debug)]
pub enum Prepared {
    /// It only reads: this is the answer.
    Answer(Answer),
    /// It changes something: this is to be sent.
    Plan(Box<Plan>),
    /// It asks something of the pipeline itself.
    Control(Control),
}

/// What a tool asks of the pipeline itself: about calls that wait for a person, and about changes
/// that were made.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// Where does this approval stand?
    Status {
        /// The approval's id.
        approval: String,
    },
    /// Make the call that this approval stands for.
    Run {
        /// The approval's id.
        approval: String,
    },
    /// Show what this call would send and change; send nothing.
    Preview {
        /// The tool's name.
        tool: String,
        /// Its arguments.
        arguments: Args,
    },
    /// Take this change back.
    Undo {
        /// The id of the change.
        change: String,
    },
}

/// The answer of a tool that only reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The JSON, not yet redacted.
    pub value: Value,
    /// How many of Okta's objects it holds.
    pub rows: u64,
    /// Keep `_links`: the caller asked for them.
    pub links: bool,
}

impl From<Answer> for Prepared {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Control> for Prepared {
    fn from(control: Control) -> Self {
        Self::Control(control)
    }
}

impl From<Plan> for Prepared {
    fn from(plan: Plan) -> Self {
        Self::Plan(Box::new(plan))
    }
}

/// A change: what a person is shown, and what is sent. Preview, approval, execution and undo all
/// start from it, so that what is shown is what is sent.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What will happen, in one sentence, with the object's name as Okta has it.
    pub summary: String,
    /// What is sent, in this order. The first that fails ends it.
    pub requests: Vec<Request>,
    /// The effect, where the arguments make it graver than the declaration says.
    pub raised: Option<(Effect, String)>,
    /// The object that is changed, as it was shown.
    pub target: Option<Target>,
    /// The object as it will be, where that is known.
    pub after: Option<Value>,
    /// What will be lost, or follows from it: one line each.
    pub loss: Vec<String>,
    /// The requests that take the change back, where it can be taken back.
    pub undo: Vec<Request>,
    /// Where something new is made: what takes it away again, once Okta gave it an id.
    pub created: Option<Created>,
    /// What reads the object where Okta answers with an empty body.
    pub read_back: Option<ReadBack>,
    /// What is answered where Okta answers with an empty body, and nothing reads the object.
    pub done: String,
    /// How to find out whether it was done, where the answer is lost.
    pub check: String,
    /// Something to add to the answer.
    pub notes: Vec<String>,
    /// Write the secrets of Okta's answer to this file, which must not exist yet.
    pub secret_file: Option<String>,
}

impl Plan {
    /// A plan that sends `request`.
    pub fn new(summary: impl Into<String>, request: Request) -> Self {
        Self {
            summary: summary.into(),
            requests: vec![request],
            raised: None,
            target: None,
            after: None,
            loss: Vec::new(),
            undo: Vec::new(),
            created: None,
            read_back: None,
            done: String::new(),
            check: String::new(),
            notes: Vec::new(),
            secret_file: None,
        }
    }

    /// The object that is changed: read again right before the change is sent.
    #[must_use]
    pub fn target(mut self, read: Request, seen: Value) -> Self {
        self.target = Some(Target { read, seen });
        self
    }

    /// The object as it will be.
    #[must_use]
    pub fn after(mut self, after: Value) -> Self {
        self.after = Some(after);
        self
    }

    /// A line about what will be lost.
    #[must_use]
    pub fn loss(mut self, line: impl Into<String>) -> Self {
        self.loss.push(line.into());
        self
    }

    /// A request that takes the change back.
    #[must_use]
    pub fn undo(mut self, request: Request) -> Self {
        self.undo.push(request);
        self
    }

    /// Something new: what takes it away again.
    #[must_use]
    pub fn created(mut self, created: Created) -> Self {
        self.created = Some(created);
        self
    }

    /// What reads the object where Okta's body is empty.
    #[must_use]
    pub fn read_back(mut self, read: ReadBack) -> Self {
        self.read_back = Some(read);
        self
    }

    /// What is answered where Okta's body is empty.
    #[must_use]
    pub fn done(mut self, done: impl Into<String>) -> Self {
        self.done = done.into();
        self
    }

    /// How to find out whether it was done.
    #[must_use]
    pub fn check(mut self, check: impl Into<String>) -> Self {
        self.check = check.into();
        self
    }

    /// Something to add to the answer.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Raises the effect above the declared one, for a reason that a person is shown.
    #[must_use]
    pub fn raise(mut self, effect: Effect, reason: impl Into<String>) -> Self {
        let graver = self.raised.as_ref().is_none_or(|(raised, _)| *raised < effect);
        if graver {
            self.raised = Some((effect, reason.into()));
        }
        self
    }
}

/// Something new that has no id yet: how to read it, and how to take it away again.
#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    read: Operation,
    remove: &'static [Operation],
    id: &'static str,
    path: Vec<(String, String)>,
}

impl Created {
    /// Something that `read` reads and `remove`, in this order, takes away; `id` is the placeholder
    /// that its own id fills.
    pub(crate) const fn new(
        read: Operation,
        remove: &'static [Operation],
        id: &'static str,
    ) -> Self {
        Self { read, remove, id, path: Vec::new() }
    }

    /// Fills another placeholder of the path.
    #[must_use]
    pub(crate) fn within(mut self, name: &str, value: &str) -> Self {
        self.path.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With the id in Okta's answer: how to read it, and what takes it away. `None` where the
    /// answer holds no id.
    pub fn known(&self, body: &Value) -> Option<(Request, Vec<Request>)> {
        let id = body.get("id")?.as_str()?;
        let path = self.path.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let path: Vec<_> = path.chain([(self.id, id)]).collect();
        let remove = self.remove.iter().map(|operation| operation.request(&path).ok());
        Some((self.read.request(&path).ok()?, remove.collect::<Option<_>>()?))
    }
}

/// An object as a person was shown it.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// How to read it again. Its path names the object for the lock.
    pub read: Request,
    /// What it was; `null` where there was none.
    pub seen: Value,
}

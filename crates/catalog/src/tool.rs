//! What a tool is: one declaration, a constant.

use okta_client::{BadRequest, BoxFuture, Method, Request};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    described,
    desk::{Desk, Failure, Prepared},
    engine,
    scope::Scope,
};

/// A tool's arguments, as the client sent them.
pub type Args = Map<String, Value>;

/// What a call does to the org. Every hint to the client and every rule of the pipeline follows
/// from it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds or changes something that can be changed back.
    Write,
    /// Grants access, weakens a control, or changes where people land when they sign in.
    Sensitive,
    /// Takes something away.
    Destructive,
}

impl Effect {
    /// The effect's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Sensitive => "sensitive",
            Self::Destructive => "destructive",
        }
    }
}

/// One of Okta's operations: what scope, policy and audit key on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Operation {
    /// The HTTP method.
    #[serde(serialize_with = "method_name")]
    pub method: Method,
    /// The path as Okta's reference writes it, character for character.
    pub path: &'static str,
    /// The scope that Okta asks for.
    pub scope: Scope,
    /// What it does.
    pub effect: Effect,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn method_name<S: serde::Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

impl Operation {
    /// An operation that reads.
    pub const fn read(path: &'static str, scope: Scope) -> Self {
        Self { method: Method::Get, path, scope, effect: Effect::Read }
    }

    /// An operation that changes something.
    pub const fn change(method: Method, path: &'static str, scope: Scope, effect: Effect) -> Self {
        Self { method, path, scope, effect }
    }

    /// A request for this operation; `arguments` fill the placeholders of the path.
    pub fn request(&self, arguments: &[(&str, &str)]) -> Result<Request, BadRequest> {
        Request::new(self.method, self.path, |name| {
            arguments.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
        })
    }
}

/// A tool. The struct that implements it is the tool's arguments, its doc comment the tool's
/// description, its fields' comments the descriptions of the arguments.
pub trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    /// The declaration.
    const DEF: ToolDef;
}

/// A tool that looks before it acts, or needs more than one request.
pub trait Prepare: Tool {
    /// Reads what is needed, and answers with what is to be sent or, for a tool that only reads,
    /// with the answer. Nothing is changed here: the desk can only read.
    fn prepare(
        self,
        desk: &dyn Desk,
    ) -> impl Future<Output = Result<Prepared, Failure>> + Send + '_;
}

type PrepareFn =
    for<'a> fn(&'a ToolDef, Args, &'a dyn Desk) -> BoxFuture<'a, Result<Prepared, Failure>>;

/// How the answer of a tool that only reads is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Okta's object.
    Object,
    /// A list, a page at a time.
    Page,
    /// The tool makes its own.
    Own,
}

/// The declaration of a tool.
#[derive(Clone, Copy)]
pub struct ToolDef {
    /// The name, as Okta's open source server has it.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What the tool is there for. `None` for a tool that asks nothing of Okta, or whatever
    /// another call asks.
    pub operation: Option<Operation>,
    /// What a tool without an operation does.
    own_effect: Effect,
    /// What it may read besides.
    pub also: &'static [Operation],
    /// Scopes of which one suffices to list the tool; empty: the operation's own.
    pub any_of: &'static [Scope],
    /// The most items Okta allows in a page.
    pub max_limit: Option<u32>,
    /// The fewest items Okta allows in a page.
    pub min_limit: u32,
    pub(crate) query: &'static [&'static str],
    pub(crate) shape: Shape,
    #[cfg(any(test, feature = "schemas"))]
    made: fn() -> (String, Args),
    check: fn(Args) -> Result<(), Failure>,
    prepare: PrepareFn,
}

/// A tool that is one GET: the path's placeholders and the query are arguments of the same name.
pub(crate) const fn get<T: Tool + Serialize>(
    name: &'static str,
    path: &'static str,
    scope: Scope,
) -> ToolDef {
    ToolDef {
        name,
        title: "",
        operation: Some(Operation::read(path, scope)),
        own_effect: Effect::Read,
        also: &[],
        any_of: &[],
        max_limit: None,
        min_limit: 1,
        query: &[],
        shape: Shape::Object,
        #[cfg(any(test, feature = "schemas"))]
        made: crate::schema::described::<T>,
        check: |args| engine::decode::<T>(args).map(drop),
        prepare: |def, args, desk| {
            Box::pin(async move { engine::read(def, engine::encode::<T>(args)?, desk).await })
        },
    }
}

/// A tool whose [`Prepare`] says what it reads and sends.
pub(crate) const fn planned<T: Prepare>(name: &'static str, operation: Operation) -> ToolDef {
    ToolDef {
        name,
        title: "",
        operation: Some(operation),
        own_effect: operation.effect,
        also: &[],
        any_of: &[],
        max_limit: None,
        min_limit: 1,
        query: &[],
        shape: Shape::Own,
        #[cfg(any(test, feature = "schemas"))]
        made: crate::schema::described::<T>,
        check: |args| engine::decode::<T>(args).map(drop),
        prepare: |_, args, desk| {
            Box::pin(async move { engine::decode::<T>(args)?.prepare(desk).await })
        },
    }
}

/// A tool that asks nothing of Okta, and is always there.
pub(crate) const fn local<T: Prepare>(name: &'static str) -> ToolDef {
    let mut def = planned::<T>(name, Operation::read("", Scope::USERS_READ));
    def.operation = None;
    def
}

/// A tool that asks something of the pipeline itself. What that comes to in the end is judged as
/// the call that it stands for.
pub(crate) const fn control<T: Prepare>(name: &'static str, effect: Effect) -> ToolDef {
    let mut def = local::<T>(name);
    def.own_effect = effect;
    def
}

impl ToolDef {
    /// Names the tool for people.
    #[must_use]
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = title;
        self
    }

    /// Sends these arguments, by Okta's names, in the query.
    #[must_use]
    pub const fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// Answers with a list.
    #[must_use]
    pub const fn page(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self.shape = Shape::Page;
        self
    }

    /// The most items that Okta allows in a page.
    #[must_use]
    pub const fn limit(mut self, most: u32) -> Self {
        self.max_limit = Some(most);
        self
    }

    /// The fewest items that Okta allows in a page.
    #[must_use]
    pub const fn at_least(mut self, fewest: u32) -> Self {
        self.min_limit = fewest;
        self
    }

    /// What the tool may read besides its operation.
    #[must_use]
    pub const fn also(mut self, operations: &'static [Operation]) -> Self {
        self.also = operations;
        self
    }

    /// Lists the tool when one of these scopes is granted.
    #[must_use]
    pub const fn any_of(mut self, scopes: &'static [Scope]) -> Self {
        self.any_of = scopes;
        self
    }

    /// Stops the build over a declaration that forgets something.
    ///
    /// # Panics
    ///
    /// While compiling: `tools!` calls it in a constant.
    #[must_use]
    pub const fn checked(self) -> Self {
        assert!(!self.title.is_empty(), "a tool needs a title");
        if let Some(operation) = self.operation {
            if matches!(operation.method, Method::Get) {
                assert!(matches!(operation.effect, Effect::Read), "a GET reads");
            } else {
                assert!(!matches!(operation.effect, Effect::Read), "only a GET reads");
            }
            if matches!(operation.method, Method::Delete) {
                assert!(matches!(operation.effect, Effect::Destructive), "a DELETE destroys");
            }
        }
        let mut index = 0;
        while index < self.also.len() {
            #[expect(clippy::indexing_slicing, reason = "no iterators in a const fn; in bounds")]
            let also = self.also[index];
            assert!(matches!(also.method, Method::Get), "what a tool does besides can only read");
            index += 1;
        }
        self
    }

    /// What it does to the org.
    pub const fn effect(&self) -> Effect {
        match self.operation {
            Some(operation) => operation.effect,
            None => self.own_effect,
        }
    }

    /// True if the tool is only there where a person signs in: no scope that it can do with is one
    /// that anybody else has.
    pub fn needs_person(&self) -> bool {
        let scopes = self.scopes();
        !scopes.is_empty() && scopes.into_iter().all(Scope::needs_person)
    }

    /// The scopes of which one is needed; empty for a tool that needs none.
    pub fn scopes(&self) -> Vec<Scope> {
        if self.any_of.is_empty() {
            self.operation.iter().map(|operation| operation.scope).collect()
        } else {
            self.any_of.to_vec()
        }
    }

    /// All that it may ask of Okta: its operation, and what it may read besides.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        self.operation.into_iter().chain(self.also.iter().copied())
    }

    /// The operation of the tool that a request is made for.
    pub fn operation_of(&self, request: &Request) -> Option<Operation> {
        self.operations().find(|operation| {
            operation.method == request.method() && operation.path == request.template()
        })
    }

    /// The description and the JSON Schema (2020-12) of the arguments, as a model reads them.
    pub fn describe(&self) -> (String, Args) {
        described::of(self.name)
    }

    /// The same, made of the declaration.
    #[cfg(any(test, feature = "schemas"))]
    pub fn made(&self) -> (String, Args) {
        (self.made)()
    }

    /// Decodes the arguments, and says what does not fit.
    pub fn check(&self, args: Args) -> Result<(), Failure> {
        (self.check)(args)
    }

    /// Decodes the arguments, reads what is needed, and says what is to be sent.
    pub fn prepare<'a>(
        &'a self,
        args: Args,
        desk: &'a dyn Desk,
    ) -> BoxFuture<'a, Result<Prepared, Failure>> {
        (self.prepare)(self, args, desk)
    }
}

/// Lists a file's tools, checked while compiling.
macro_rules! tools {
    ($($tool:ty),* $(,)?) => {
        /// The tools of this file, in the order in which clients see them.
        pub(crate) const TOOLS: &[$crate::ToolDef] =
            &[$(<$tool as $crate::Tool>::DEF.checked()),*];
    };
}
pub(crate) use tools;

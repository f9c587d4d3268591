//! What to click in Okta's Admin Console, for each kind of app: the one source of what `init` prints
//! and of the pages in `docs/guides`.
//!
//! Names of menus, buttons and fields are Okta's own, by
//! <https://developer.okta.com/docs/guides/configure-mcp-authentication/main/>,
//! <https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/>,
//! <https://developer.okta.com/docs/guides/refresh-tokens/main/> and
//! <https://help.okta.com/en-us/content/topics/security/api.htm>.

mod api_token;
mod app;
mod markup;
mod native;
mod service;
mod web;

use crate::AppKind;

pub use markup::{Span, spans};

/// Steps that lead to credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// What it leads to.
    pub title: &'static str,
    /// For whom it is, and what it costs; whole sentences.
    pub about: &'static str,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// A step: what is done at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is about.
    pub title: &'static str,
    /// What is done, in order.
    pub lines: Vec<Line>,
}

/// A line of a step. `**` stands around what is clicked or filled in, backticks around values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Something to do.
    Do(String),
    /// Something to copy: it belongs to what is done before.
    Copy(String),
    /// Why, or what else there is to know.
    Why(String),
}

/// The values that go into a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values {
    /// What the app is called at Okta.
    pub app_name: String,
    /// Where a browser comes back to.
    pub redirect_uri: String,
    /// The scopes of Okta's API to grant.
    pub scopes: Vec<String>,
    /// Changes are wanted, and not only reads.
    pub changes: bool,
    /// The public key to register, where it was made here.
    pub public_jwk: Option<String>,
    /// `--profile` and the name, with a space before it; empty for the default.
    pub profile: String,
}

impl Values {
    /// What stands in the pages, where nobody's values are known.
    pub fn placeholders(scopes: Vec<String>) -> Self {
        Self {
            app_name: APP_NAME.to_owned(),
            redirect_uri: okta_mcp_server::redirect_uri(None),
            scopes,
            changes: false,
            public_jwk: None,
            profile: String::new(),
        }
    }
}

/// What the app is called where nobody says otherwise.
pub const APP_NAME: &str = "okta-mcp";

impl AppKind {
    /// What the command line calls it, and the file of its page.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Service => "service",
            Self::Web => "web",
            Self::ApiToken => "api-token",
        }
    }

    /// What it is, in a few words.
    pub const fn in_short(self) -> &'static str {
        match self {
            Self::Native => "people sign in on a page of Okta that takes a code (native app)",
            Self::Service => "the app itself signs in, with a private key (API service app)",
            Self::Web => "people sign in with a browser of this machine (web app)",
            Self::ApiToken => "an admin's API token signs in (no app)",
        }
    }

    /// True where people sign in.
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::Native | Self::Web)
    }

    /// What to click for it.
    pub fn guide(self, values: &Values) -> Guide {
        match self {
            Self::Native => native::guide(values),
            Self::Service => service::guide(values),
            Self::Web => web::guide(values),
            Self::ApiToken => api_token::guide(values),
        }
    }
}

impl Step {
    fn new(title: &'static str) -> Self {
        Self { title, lines: Vec::new() }
    }

    fn does(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Do(text.into()));
        self
    }

    fn copies(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Copy(text.into()));
        self
    }

    fn why(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Why(text.into()));
        self
    }
}

//! A sign-in that waits for a person, and what a program shows and opens for it.

use std::{fmt, io};

use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use url::Url;

use super::Grant;
use crate::{BoxFuture, Error};

/// What a person is shown to sign in. None of it is secret: whoever opens it has to prove to Okta
/// who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Another one for each sign-in.
    pub id: String,
    /// The page to open, with the code in it where there is one.
    pub url: String,
    /// The page to type the code at, and the code (RFC 8628 section 3.2); device grant only.
    pub code: Option<(String, String)>,
    /// Until when it can be used.
    pub expires: Timestamp,
}

impl fmt::Display for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some((_, code)) => {
                write!(f, "open {} and check that it shows the code {code}", self.url)
            }
            None => write!(f, "open {}", self.url),
        }
    }
}

/// A sign-in under way. Clones are the same sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// What the person is shown.
    pub prompt: Prompt,
    pub(crate) outcome: watch::Receiver<Option<Result<Grant, Error>>>,
}

impl SignIn {
    /// Waits until the person has signed in, or has not: what was granted, or why not.
    pub async fn finished(&mut self) -> Result<Grant, Error> {
        let gone = || Error::new(crate::ErrorKind::SignIn, "the sign-in was given up");
        let outcome = self.outcome.wait_for(Option::is_some).await.map_err(|_| gone())?;
        outcome.clone().unwrap_or_else(|| Err(gone()))
    }

    /// How it ended; `None` while it is under way.
    pub fn outcome(&self) -> Option<Result<Grant, Error>> {
        self.outcome.borrow().clone()
    }
}

/// Listens on this machine for the redirect that ends a sign-in in the browser (RFC 8252
/// section 7.3).
pub trait Loopback: Send + Sync {
    /// Listens where `redirect` points, on loopback only, until the answer is dropped.
    fn listen<'a>(&'a self, redirect: &'a Url) -> BoxFuture<'a, io::Result<Box<dyn Landing>>>;
}

/// A place where redirects arrive.
pub trait Landing: Send + Sync {
    /// The next one; `None` where the place is closed.
    fn next(&mut self) -> BoxFuture<'_, Option<Arrival>>;
}

/// A redirect that arrived at the path of the redirect URI.
#[derive(Debug)]
pub struct Arrival {
    /// Its query, decoded.
    pub query: Vec<(String, String)>,
    /// Takes what the person is shown.
    pub reply: oneshot::Sender<Landed>,
}

/// What the person is shown where the redirect arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Landed {
    /// Signed in: the page can be closed.
    Done,
    /// It goes on at this address of this machine.
    GoOn(String),
    /// Not signed in, and why.
    Failed(String),
    /// This belongs to another sign-in; the one under way goes on.
    Stray,
}

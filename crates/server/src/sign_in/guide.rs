//! Leading a person to the sign-in page: URL elicitation where the client has it, in both protocol
//! eras, else a browser of this machine, and the link in the answer in any case.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use okta_client::{Clock, Okta, Prompt};
use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
        InputRequest, InputRequiredResult,
    },
    service::{Peer, RequestContext},
};

/// The name of the request to sign in.
const SIGN_IN: &str = "sign_in";

/// How long a call waits for a person who went to the sign-in page: less than clients commonly wait
/// for an answer.
const PATIENCE: Duration = Duration::from_secs(50);

/// Opens pages for the person at this machine.
pub trait Browser: Send + Sync {
    /// Opens `url`; false where there is no browser to open it in.
    fn open(&self, url: &str) -> bool;
}

/// Opens each sign-in page once, in a browser of this machine.
#[derive(Default)]
pub(crate) struct Opener {
    browser: OnceLock<Arc<dyn Browser>>,
    /// The sign-in whose page was opened: there is one at a time.
    opened: Mutex<Option<String>>,
}

impl Opener {
    /// Opens pages with `browser`; the first one stays.
    pub(crate) fn open_with(&self, browser: Arc<dyn Browser>) {
        drop(self.browser.set(browser));
    }

    /// True where the page was opened, now or before.
    async fn open(&self, prompt: &Prompt) -> bool {
        let Some(browser) = self.browser.get().cloned() else { return false };
        if self.opened().as_ref() == Some(&prompt.id) {
            return true;
        }
        let url = prompt.url.clone();
        let opened = tokio::task::spawn_blocking(move || browser.open(&url)).await;
        let opened = opened.unwrap_or(false);
        if opened {
            *self.opened() = Some(prompt.id.clone());
        }
        opened
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The way to the person of one call.
pub(crate) enum Guide {
    /// The client shows no links: the answer holds it.
    Told,
    /// To 2025-11-25 the server asks while the call waits.
    Live(Peer<RoleServer>),
    /// From 2026-07-28 the call is answered with `input_required` and comes again; true where it
    /// came again, and the person went to the page.
    RoundTrip {
        /// What the person did about the link.
        answer: Option<ElicitationAction>,
    },
}

/// What becomes of the call.
pub(crate) enum Guided {
    /// Somebody is signed in: the call goes on.
    SignedIn,
    /// The client is asked to show the link, and comes again.
    Asked(InputRequiredResult),
    /// The call is answered with the link; true where it was opened in a browser here.
    Told { opened: bool },
}

impl Guide {
    /// Takes the answer to an earlier request out of `request`.
    pub(crate) fn new(
        request: &mut CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Self {
        let answer = request.input_responses.as_mut().and_then(|all| all.remove(SIGN_IN));
        let capabilities = context.client_capabilities();
        let elicitation = capabilities.and_then(|all| all.elicitation);
        if elicitation.is_none_or(|modes| modes.url.is_none()) {
            return Self::Told;
        }
        let legacy = context.protocol_version().is_none_or(|version| version.has_initialize());
        if legacy {
            return Self::Live(context.peer.clone());
        }
        let answer: Option<ElicitResult> =
            answer.and_then(|answer| serde_json::from_value(answer).ok());
        Self::RoundTrip { answer: answer.map(|answer| answer.action) }
    }

    /// Waits for the person, where the call came again because they went to the page.
    pub(crate) async fn before(&self, okta: &Okta, clock: &dyn Clock) {
        if matches!(self, Self::RoundTrip { answer: Some(ElicitationAction::Accept) }) {
            in_time(okta.join_sign_in(), clock).await;
        }
    }

    /// Leads the person to the page of `prompt`.
    pub(crate) async fn lead(
        &self,
        prompt: &Prompt,
        okta: &Okta,
        clock: &dyn Clock,
        opener: &Opener,
    ) -> Guided {
        match self {
            Self::Told => Guided::Told { opened: opener.open(prompt).await },
            Self::RoundTrip { answer: None } => {
                let ask = InputRequest::Elicitation(ElicitRequest::new(request(prompt)));
                let asked = BTreeMap::from([(SIGN_IN.to_owned(), ask)]);
                Guided::Asked(InputRequiredResult::new(Some(asked), Some(prompt.id.clone())))
            }
            // Asked once for this call: declined, or it takes longer.
            Self::RoundTrip { answer: Some(_) } => Guided::Told { opened: false },
            Self::Live(peer) => {
                let accepted = |answer: ElicitResult| answer.action == ElicitationAction::Accept;
                let led = async {
                    let asked =
                        peer.create_elicitation_with_timeout(request(prompt), Some(PATIENCE));
                    asked.await.is_ok_and(accepted) && okta.join_sign_in().await
                };
                if in_time(led, clock).await {
                    Guided::SignedIn
                } else {
                    Guided::Told { opened: false }
                }
            }
        }
    }
}

/// What came of it, `false` where it takes longer than a client waits.
async fn in_time(work: impl Future<Output = bool>, clock: &dyn Clock) -> bool {
    tokio::select! {
        done = work => done,
        () = clock.sleep(PATIENCE) => false,
    }
}

fn request(prompt: &Prompt) -> ElicitRequestParams {
    let message = match &prompt.code {
        Some((_, code)) => {
            format!("Sign in to Okta. The page has to show the code {code}: compare it.")
        }
        None => "Sign in to Okta.".to_owned(),
    };
    ElicitRequestParams::UrlElicitationParams {
        meta: None,
        message,
        url: prompt.url.clone(),
        elicitation_id: prompt.id.clone(),
    }
}

//! Asking a person through the client: form elicitation, in both protocol eras.
//!
//! To 2025-11-25 the server asks while the call waits (`elicitation/create`). From 2026-07-28 the
//! call is answered with `input_required` and comes again with the answer and our sealed state
//! (multi round-trip requests). The state comes back through the client, so it is hostile: it is
//! bound to tool, arguments, principal, org and target, lives five minutes, and is used once.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use okta_client::{BoxFuture, Clock, Entropy};
use okta_gate::{Asker, Level, Question, Verdict, hex};
use rmcp::{
    RoleServer,
    model::{
        CallToolRequestParams, ClientCapabilities, ElicitRequest, ElicitRequestParams,
        ElicitResult, ElicitationAction, ElicitationSchema, InputRequest, InputRequiredResult,
        RequestStateCodec, SealOptions,
    },
    service::{Peer, RequestContext, ServiceError},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How long a question may stay open.
const OPEN: Duration = Duration::from_mins(5);

/// The name of the one question, and of the one field that answers it.
const CONFIRM: &str = "confirm";

/// How the person goes on where the client cannot ask.
const UNABLE: &str = "this client declares no form elicitation: call the tool through a client \
                      that does, or on a terminal with `okta-mcp call`";

/// Seals and opens the states of questions, and remembers which were used.
pub(crate) struct Confirmations {
    codec: RequestStateCodec,
    used: Mutex<HashMap<String, Timestamp>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

#[derive(Serialize, Deserialize)]
struct State {
    id: String,
    until: Timestamp,
}

impl Confirmations {
    /// Seals with a key that this process alone has.
    pub(crate) fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let mut key = [0; 32];
        entropy.fill(&mut key);
        let codec = RequestStateCodec::new_unchecked(key.to_vec());
        Self { codec, used: Mutex::default(), clock, entropy }
    }

    fn seal(&self, question: &Question) -> Option<String> {
        let mut id = [0; 16];
        self.entropy.fill(&mut id);
        let open = SignedDuration::try_from(OPEN).ok()?;
        let until = self.clock.now().checked_add(open).ok()?;
        let payload = serde_json::to_vec(&State { id: hex(&id), until }).ok()?;
        let options = SealOptions::new().associated_data(question.binding.as_bytes());
        Some(self.codec.seal_with(&payload, &options))
    }

    /// True if the state was sealed for this very question, is not too old, and was never used.
    fn open(&self, sealed: &str, question: &Question) -> bool {
        let Ok(payload) = self.codec.open_with(sealed, question.binding.as_bytes()) else {
            return false;
        };
        let Ok(State { id, until }) = serde_json::from_slice(&payload) else { return false };
        let now = self.clock.now();
        if now > until {
            return false;
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| *until >= now);
        used.insert(id, until).is_none()
    }
}

/// The way to the person of one call.
pub(crate) enum ClientAsker<'a> {
    /// The client cannot ask.
    Mute,
    /// To 2025-11-25.
    Live(Peer<RoleServer>),
    /// From 2026-07-28.
    RoundTrip(RoundTrip<'a>),
}

pub(crate) struct RoundTrip<'a> {
    confirmations: &'a Confirmations,
    state: Option<String>,
    answer: Option<Value>,
    /// What is to be answered, once the question was asked.
    ask: Mutex<Option<InputRequiredResult>>,
}

impl<'a> ClientAsker<'a> {
    pub(crate) fn new(
        confirmations: &'a Confirmations,
        request: &mut CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Self {
        if !context.client_capabilities().is_some_and(|capabilities| has_forms(&capabilities)) {
            return Self::Mute;
        }
        let legacy = context.protocol_version().is_none_or(|version| version.has_initialize());
        if legacy {
            return Self::Live(context.peer.clone());
        }
        let answer = request.input_responses.take().and_then(|mut all| all.remove(CONFIRM));
        Self::RoundTrip(RoundTrip {
            confirmations,
            state: request.request_state.take(),
            answer,
            ask: Mutex::default(),
        })
    }

    /// What is to be answered where the verdict was [`Verdict::Later`].
    pub(crate) fn asked(self) -> Option<InputRequiredResult> {
        match self {
            Self::RoundTrip(trip) => trip.ask.into_inner().unwrap_or_else(PoisonError::into_inner),
            Self::Mute | Self::Live(_) => None,
        }
    }
}

/// Form elicitation; an empty capability means it too (2025-06-18 knew no other).
fn has_forms(capabilities: &ClientCapabilities) -> bool {
    capabilities
        .elicitation
        .as_ref()
        .is_some_and(|modes| modes.form.is_some() || modes.url.is_none())
}

impl Asker for ClientAsker<'_> {
    fn level(&self) -> Option<Level> {
        match self {
            Self::Mute => None,
            Self::Live(_) | Self::RoundTrip(_) => Some(Level::Client),
        }
    }

    fn unable(&self) -> Option<String> {
        self.level().is_none().then(|| UNABLE.to_owned())
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            match self {
                Self::Mute => Verdict::Failed(UNABLE.to_owned()),
                Self::Live(peer) => live(peer, question).await,
                Self::RoundTrip(trip) => trip.verdict(question),
            }
        })
    }
}

async fn live(peer: &Peer<RoleServer>, question: &Question) -> Verdict {
    let Some(form) = form(question) else {
        return Verdict::Failed("the question could not be built".to_owned());
    };
    match peer.create_elicitation_with_timeout(form, Some(OPEN)).await {
        Ok(answer) => judged(&answer, true),
        Err(ServiceError::Timeout { .. }) => Verdict::TimedOut,
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

impl RoundTrip<'_> {
    fn verdict(&self, question: &Question) -> Verdict {
        if let Some(answer) = &self.answer {
            let answer: Result<ElicitResult, _> = serde_json::from_value(answer.clone());
            match answer.as_ref().map(|answer| judged(answer, false)) {
                Ok(yes @ Verdict::Yes { .. }) => {
                    let sealed = self.state.as_deref();
                    if sealed.is_some_and(|sealed| self.confirmations.open(sealed, question)) {
                        return yes;
                    }
                    // Another question, an old one, or one used before: ask again.
                }
                Ok(no) => return no,
                Err(error) => return Verdict::Failed(error.to_string()),
            }
        }
        let (Some(form), Some(state)) = (form(question), self.confirmations.seal(question)) else {
            return Verdict::Failed("the question could not be built".to_owned());
        };
        let ask = InputRequest::Elicitation(ElicitRequest::new(form));
        let ask = InputRequiredResult::new(
            Some(BTreeMap::from([(CONFIRM.to_owned(), ask)])),
            Some(state),
        );
        *self.ask.lock().unwrap_or_else(PoisonError::into_inner) = Some(ask);
        Verdict::Later
    }
}

fn form(question: &Question) -> Option<ElicitRequestParams> {
    let about = "True: do it. Anything else: nothing is changed.";
    let requested_schema = ElicitationSchema::builder()
        .required_bool_property(CONFIRM, |field| field.title("Confirm").description(about))
        .build()
        .ok()?;
    Some(ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: question.text.clone(),
        requested_schema,
    })
}

/// Only an accepted form with `confirm: true` is a yes.
fn judged(answer: &ElicitResult, waited: bool) -> Verdict {
    let confirmed = answer.content.as_ref().and_then(|content| content.get(CONFIRM));
    match answer.action {
        ElicitationAction::Accept if confirmed == Some(&Value::Bool(true)) => {
            Verdict::Yes { level: Level::Client, waited }
        }
        ElicitationAction::Cancel => Verdict::Cancelled,
        // Declined, accepted without the tick, or a word that only later versions know.
        _ => Verdict::Declined,
    }
}

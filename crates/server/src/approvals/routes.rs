//! What the page answers.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{
        DefaultBodyLimit, Path, Query, Request, State,
        rejection::{FormRejection, QueryRejection},
    },
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use maud::Markup;
use okta_storage::{Approval, State as Stands};
use serde::Deserialize;
use tokio::sync::Notify;

use super::{
    Approvals, ApprovalsError, Judged, Refused, SignInDesk,
    desk::{Lost, Wish},
    guard::Guard,
    takes_passphrase, view,
};
use crate::page_style::leading;

/// The largest form: a passphrase of some thousand characters.
const LARGEST: usize = 16 * 1024;

/// Who decides here, in the trail.
const BY: &str = "page";

struct Served {
    guard: Guard,
    approvals: Approvals,
    decided: Arc<Notify>,
}

type Shared = Arc<Served>;

/// What the person sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    csrf: String,
    /// Without it they sign in to Okta.
    passphrase: Option<String>,
    decision: Decision,
}

/// What a browser comes back with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Back {
    state: String,
    /// It comes from this page, and would bring our cookie if it had one.
    here: Option<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Approve,
    Decline,
}

/// The routes of a page; `decided` is told of each decision.
pub(super) fn router(guard: Guard, approvals: Approvals, decided: Arc<Notify>) -> Router {
    let served: Shared = Arc::new(Served { guard, approvals, decided });
    Router::new()
        .route("/approvals/{id}", get(show).post(decide).fallback(bad_method))
        .route("/approvals/{id}/signed-in", get(signed_in))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "There is no such page", ""))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn_with_state(Arc::clone(&served), guarded))
        .with_state(served)
}

/// Refuses what does not mean this page, and puts the headers on every answer.
async fn guarded(State(served): State<Shared>, request: Request, next: Next) -> Response {
    let mut response = if served.guard.is_meant(request.uri(), request.headers()) {
        next.run(request).await
    } else {
        let next = format!("Its address is {}", served.guard.origin());
        refuse(StatusCode::MISDIRECTED_REQUEST, "This page goes by another address", &next)
    };
    response.headers_mut().extend(crate::page_style::headers());
    response
}

async fn show(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match served.approvals.get(&id).await {
        Ok(None) => unknown(),
        Ok(Some(approval)) if approval.state == Stands::Pending => {
            match form(&served, &approval, &headers, None).await {
                Ok(markup) => markup,
                Err(error) => failed(&error),
            }
        }
        Ok(Some(approval)) => {
            page(status(approval.state), &view::over(approval.state, &approval), None)
        }
        Err(error) => failed(&error),
    }
}

async fn decide(
    State(served): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    answer: Result<Form<Answer>, FormRejection>,
) -> Response {
    let answer = match own(&served.guard, &id, &headers, answer) {
        Ok(answer) => answer,
        Err(refusal) => return *refusal,
    };
    let approve = answer.decision == Decision::Approve;
    let done = match answer.passphrase {
        Some(passphrase) => {
            let judged = served.approvals.decide(&id, passphrase.into(), approve, BY).await;
            match judged {
                Ok(judged) => told(&served, &id, &headers, judged).await,
                Err(error) => Err(error),
            }
        }
        None => leave(&served, &id, &headers, approve).await,
    };
    done.unwrap_or_else(|error| failed(&error))
}

/// Sends the browser to Okta, to sign in for this approval.
async fn leave(
    served: &Served,
    id: &str,
    headers: &HeaderMap,
    approve: bool,
) -> Result<Response, ApprovalsError> {
    let approval = match served.approvals.pending(id).await? {
        Ok(approval) => approval,
        Err(judged) => return told(served, id, headers, judged).await,
    };
    let session = served.guard.session(headers);
    let (Some(desk), Some(session)) = (served.approvals.desk_for(&approval), session) else {
        let needed = approval.level;
        return told(served, id, headers, Judged::TooLow { needed }).await;
    };
    let wish = Wish {
        approve,
        session,
        back: format!("{}/approvals/{id}", served.guard.origin()),
        expires: approval.expires,
        approval: approval.id,
    };
    match desk.begin(wish).await {
        Ok(url) => Ok(page(StatusCode::OK, &leading(&url, "Okta"), None)),
        Err(why) => told(served, id, headers, Judged::Refused(Refused::SignIn(why))).await,
    }
}

/// A browser comes back from Okta.
async fn signed_in(
    State(served): State<Shared>,
    Path(id): Path<String>,
    back: Result<Query<Back>, QueryRejection>,
    headers: HeaderMap,
) -> Response {
    // Both go into an address below.
    let whole = |Query(back): Query<Back>| (is_plain(&id) && is_plain(&back.state)).then_some(back);
    let Some(Back { state, here }) = back.ok().and_then(whole) else {
        return refuse(StatusCode::BAD_REQUEST, "This is no way back", OPEN_ANEW);
    };
    let session = served.guard.session(&headers);
    if session.is_none() && here.is_none() {
        // Where it comes from another name of this machine, it leaves the cookie behind.
        let url =
            format!("{}/approvals/{id}/signed-in?state={state}&here=1", served.guard.origin());
        return page(StatusCode::OK, &leading(&url, "the approval"), None);
    }
    let done = returned(&served, &id, &headers, &state, session.as_deref()).await;
    done.unwrap_or_else(|error| failed(&error))
}

/// Ids and states are made of these.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(plain)
}

async fn returned(
    served: &Served,
    id: &str,
    headers: &HeaderMap,
    state: &str,
    session: Option<&str>,
) -> Result<Response, ApprovalsError> {
    let Some(desk) = &served.approvals.desk else {
        return Ok(refuse(StatusCode::NOT_FOUND, "There is no such page", ""));
    };
    match desk.take(state, id, session) {
        Ok(back) => {
            let judged = served.approvals.decide_returned(desk, back, BY).await?;
            told(served, id, headers, judged).await
        }
        Err(lost) => {
            // What was decided meanwhile is shown as it is: a page that is loaded once more.
            if let Err(judged) = served.approvals.pending(id).await? {
                return told(served, id, headers, judged).await;
            }
            served.approvals.refuse_lost(id, lost, BY).await?;
            let (what, next) = match lost {
                Lost::Unknown => ("This sign-in is over", OPEN_ANEW),
                Lost::Foreign => ("Another browser began this sign-in", LED),
            };
            Ok(refuse(StatusCode::FORBIDDEN, what, next))
        }
    }
}

/// The page that tells what came of a decision.
async fn told(
    served: &Served,
    id: &str,
    headers: &HeaderMap,
    judged: Judged,
) -> Result<Response, ApprovalsError> {
    served.decided.notify_one();
    let Some(approval) = served.approvals.get(id).await? else { return Ok(unknown()) };
    let over = |state, status| Ok(over(&approval, state, status));
    let refused = match judged {
        Judged::Unknown => return Ok(unknown()),
        Judged::Approved => return over(Stands::Approved, StatusCode::OK),
        Judged::Declined => return over(Stands::Declined, StatusCode::OK),
        Judged::Expired => return over(Stands::Expired, status(Stands::Expired)),
        Judged::NotPending(state) => return over(state, StatusCode::CONFLICT),
        Judged::TooLow { .. } | Judged::Refused(Refused::NotSet) => None,
        Judged::Refused(refused) => Some(refused),
    };
    form(served, &approval, headers, refused.as_ref()).await
}

/// The answer, if the form that it was given on is this page's own about that approval.
fn own(
    guard: &Guard,
    id: &str,
    headers: &HeaderMap,
    answer: Result<Form<Answer>, FormRejection>,
) -> Result<Answer, Box<Response>> {
    let refuse = |status, what, next| Err(Box::new(refuse(status, what, next)));
    if !guard.is_own_form(headers) {
        return refuse(StatusCode::FORBIDDEN, "This was not sent by the page itself", OPEN_ANEW);
    }
    let answer = match answer {
        Ok(Form(answer)) => answer,
        Err(rejection) => {
            return refuse(rejection.status(), "The form cannot be read", OPEN_ANEW);
        }
    };
    let session = guard.session(headers);
    if !session.is_some_and(|session| guard.is_token(&answer.csrf, &session, id)) {
        return refuse(StatusCode::FORBIDDEN, "This form is from another time", OPEN_ANEW);
    }
    Ok(answer)
}

const OPEN_ANEW: &str = "Nothing is decided. Open the link again and decide there";

/// For a person whom somebody else had sign in.
const LED: &str = "Nothing is decided. Did somebody send you a link to sign in? Then it was about \
                   something that you did not see: tell whoever looks after okta-mcp. Otherwise \
                   open the link of the approval again and decide there";

/// What waits, with the form to decide where that can be done here.
async fn form(
    served: &Served,
    approval: &Approval,
    headers: &HeaderMap,
    refused: Option<&Refused>,
) -> Result<Response, ApprovalsError> {
    let now = served.approvals.clock.now();
    let desk = served.approvals.desk_for(approval);
    let passphrase = takes_passphrase(approval) && served.approvals.is_set_up().await?;
    if desk.is_none() && !passphrase {
        let none = if takes_passphrase(approval) { view::Way::NotSetUp } else { view::Way::TooLow };
        return Ok(page(StatusCode::OK, &view::pending(approval, now, none), None));
    }
    let (session, cookie) = match served.guard.session(headers) {
        Some(session) => (session, None),
        None => served.guard.new_session(served.approvals.entropy.as_ref()),
    };
    let token = served.guard.token(&session, &approval.id);
    let status = match refused {
        None => StatusCode::OK,
        Some(Refused::Locked { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::FORBIDDEN,
    };
    let way =
        view::Way::Form { token: &token, org: desk.map(SignInDesk::org), passphrase, refused };
    Ok(page(status, &view::pending(approval, now, way), cookie))
}

fn over(approval: &Approval, state: Stands, status: StatusCode) -> Response {
    page(status, &view::over(state, approval), None)
}

/// The status of what is over and was only looked at.
const fn status(state: Stands) -> StatusCode {
    match state {
        Stands::Expired => StatusCode::GONE,
        _ => StatusCode::OK,
    }
}

fn unknown() -> Response {
    let next = "Approvals are kept for 30 days. Check the link";
    refuse(StatusCode::NOT_FOUND, "There is no such approval", next)
}

async fn bad_method() -> Response {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "This page is read or sent", "");
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

fn failed(error: &ApprovalsError) -> Response {
    tracing::error!(error = error as &dyn std::error::Error, "the approval page failed");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "Nothing is decided", &error.to_string())
}

fn refuse(status: StatusCode, what: &str, next: &str) -> Response {
    page(status, &view::refusal(what, next), None)
}

fn page(status: StatusCode, markup: &Markup, cookie: Option<HeaderValue>) -> Response {
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    let mut response = (status, [(header::CONTENT_TYPE, html)], markup.0.clone()).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

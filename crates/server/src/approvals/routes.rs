//! What the page answers.

use std::sync::Arc;

use axum::{
    Form, Router,
    extract::{DefaultBodyLimit, Path, Request, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use maud::Markup;
use okta_storage::{Approval, State as Stands};
use serde::Deserialize;
use tokio::sync::Notify;

use super::{Approvals, ApprovalsError, Judged, Refused, can_decide, guard::Guard, view};

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
    passphrase: String,
    decision: Decision,
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
    let judged = served.approvals.decide(&id, answer.passphrase.into(), approve, BY).await;
    let judged = match judged {
        Ok(judged) => judged,
        Err(error) => return failed(&error),
    };
    served.decided.notify_one();
    let approval = match served.approvals.get(&id).await {
        Ok(Some(approval)) => approval,
        Ok(None) => return unknown(),
        Err(error) => return failed(&error),
    };
    let refused = match judged {
        Judged::Unknown => return unknown(),
        Judged::Approved => return over(&approval, Stands::Approved, StatusCode::OK),
        Judged::Declined => return over(&approval, Stands::Declined, StatusCode::OK),
        Judged::Expired => return over(&approval, Stands::Expired, status(Stands::Expired)),
        Judged::NotPending(state) => return over(&approval, state, StatusCode::CONFLICT),
        Judged::TooLow { .. } | Judged::Refused(Refused::NotSet) => None,
        Judged::Refused(refused) => Some(refused),
    };
    match form(&served, &approval, &headers, refused.as_ref()).await {
        Ok(response) => response,
        Err(error) => failed(&error),
    }
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

/// What waits, with the form to decide where that can be done here.
async fn form(
    served: &Served,
    approval: &Approval,
    headers: &HeaderMap,
    refused: Option<&Refused>,
) -> Result<Response, ApprovalsError> {
    let now = served.approvals.clock.now();
    if !can_decide(approval) {
        return Ok(page(StatusCode::OK, &view::pending(approval, now, view::Way::TooLow), None));
    }
    if !served.approvals.is_set_up().await? {
        return Ok(page(StatusCode::OK, &view::pending(approval, now, view::Way::NotSetUp), None));
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
    let way = view::Way::Form { token: &token, refused };
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

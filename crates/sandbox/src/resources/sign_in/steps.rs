//! From one step of a sign-in to the next.

use super::pages::{self, Ticket};
use crate::{
    answer::Answer,
    call::{Call, Form},
    error::Result,
    log::{Actor, Draft, Target},
    oauth::{Client, Code, Codes, Level, Login, Said},
    resources::app_assignments,
    store::{Purpose, Request, Session, Status, Visit, Visits},
    time::before,
};

/// The cookie of a session.
const SESSION: &str = "sid";
/// The cookie that tells browsers apart before anybody signed in.
const BROWSER: &str = "DT";

/// What a step has to do with: the visit's id and the visit.
pub(super) type Step = (String, Visit);

/// Begins a visit; the cookie tells the browser, where it had none.
pub(super) fn begin(call: &mut Call<'_>, purpose: Purpose) -> (Step, Option<String>) {
    let known = call.cookie(BROWSER).filter(|value| !value.is_empty()).map(str::to_owned);
    let browser = known.clone().unwrap_or_else(|| call.state.maker.text(43));
    let (id, csrf) = (call.state.maker.text(43), call.state.maker.text(43));
    let cookie = known.is_none().then(|| cookie(call, BROWSER, &browser));
    ((id, Visits::new_visit(csrf, browser, purpose, call.now)), cookie)
}

/// The visit that a form belongs to, or what to tell whoever sent it.
pub(super) fn of_form(call: &Call<'_>, form: &Form) -> Result<Step, Answer> {
    let id = form.get("visit").unwrap_or_default();
    let Some(visit) = call.state.visits.get(id, call.now) else {
        let text = "This sign-in took too long, or it is over. Begin again in your application.";
        return Err(pages::failed(400, "Sign-in expired", text));
    };
    let own = call.cookie(BROWSER) == Some(visit.browser.as_str());
    if own && form.get("csrf") == Some(visit.csrf.as_str()) {
        return Ok((id.to_owned(), visit.clone()));
    }
    let text = "This form was not sent from the page that it belongs to.";
    Err(pages::failed(403, "Not from this browser", text))
}

/// A `Set-Cookie` value.
fn cookie(call: &Call<'_>, name: &str, value: &str) -> String {
    let secure = if call.base.starts_with("https") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

/// The session of the browser, if its person may still be signed in.
pub(super) fn session(call: &mut Call<'_>) -> Option<Session> {
    let cookie = call.cookie(SESSION)?.to_owned();
    let session = call.state.sessions.live(&cookie, call.now)?;
    let user = call.state.users.get(session.user)?;
    (user.status == Status::Active).then_some(session)
}

/// Starts a session; gives it and its cookie.
pub(super) fn start(call: &mut Call<'_>, user: crate::id::Id) -> Option<(Session, String)> {
    let (secret, id) = (call.state.maker.text(43), format!("idx{}", call.state.maker.text(22)));
    call.state.sessions.start(&secret, id, user, call.now);
    let session = call.state.sessions.live(&secret, call.now)?;
    Some((session, cookie(call, SESSION, &secret)))
}

/// Ends the session of the browser; gives it and what takes the cookie away.
pub(super) fn end(call: &mut Call<'_>) -> (Option<Session>, String) {
    let secret = call.cookie(SESSION).unwrap_or_default().to_owned();
    let gone = call.state.sessions.end(&secret);
    (gone, format!("{}; Max-Age=0", cookie(call, SESSION, "")))
}

/// What is still missing of a sign-in: a page that asks for it, or the end.
pub(super) fn go_on(
    call: &mut Call<'_>,
    (id, mut visit): Step,
    session: Option<Session>,
    error: Option<&str>,
) -> Answer {
    let needed = visit.acr.map_or(Level::Password, |acr| acr.level);
    let Some(session) = session.filter(|_| !visit.password) else {
        let what = purpose(call, &visit.purpose);
        let answer = pages::password(ticket(&id, &visit), &what, &visit.hint, error);
        return wait(call, &id, visit, answer);
    };
    if session.level < needed {
        let code = visit.code.take().unwrap_or_else(|| call.state.maker.digits(6));
        visit.code = Some(code.clone());
        let person = login_of(call, &session);
        let answer = pages::second_step(ticket(&id, &visit), &person, &code, error);
        return wait(call, &id, visit, answer);
    }
    match visit.purpose.clone() {
        Purpose::App(request) => to_app(call, (id, visit), &session, &request),
        Purpose::Device(code) => {
            super::activate::ask(call, (id, visit), &session, &code.unwrap_or_default())
        }
    }
}

/// Keeps the visit for the answer to a page.
pub(super) fn wait(call: &mut Call<'_>, id: &str, visit: Visit, answer: Answer) -> Answer {
    call.state.visits.put(id, visit, call.now);
    answer
}

pub(super) fn ticket<'a>(id: &'a str, visit: &'a Visit) -> Ticket<'a> {
    let leads_to = match &visit.purpose {
        Purpose::App(request) => request.redirect_uri.as_str(),
        Purpose::Device(_) => "",
    };
    Ticket { visit: id, csrf: &visit.csrf, leads_to }
}

/// What the person signs in to.
fn purpose(call: &Call<'_>, purpose: &Purpose) -> String {
    match purpose {
        Purpose::App(request) => call.state.app_label(request.app).to_owned(),
        Purpose::Device(_) => "activate your device".to_owned(),
    }
}

pub(super) fn login_of(call: &Call<'_>, session: &Session) -> String {
    call.state.users.get(session.user).map(|user| user.login().to_owned()).unwrap_or_default()
}

/// The code of the second step.
pub(super) fn second(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, mut visit) = match of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let Some(mut session) = session(call) else { return Ok(go_on(call, (id, visit), None, None)) };
    let given: String =
        form.get("code").unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    let good = visit.code.take().is_some_and(|code| code == given);
    let draft = Draft::new("user.authentication.auth_via_mfa").credential("OTP");
    let draft = if good {
        draft
    } else {
        draft.outcome("FAILURE", Some("INVALID_CREDENTIALS")).severity("WARN")
    };
    log(call, &session, draft, Vec::new());
    if good {
        let level = visit.acr.map_or(Level::TwoFactors, |acr| acr.level);
        let secret = call.cookie(SESSION).unwrap_or_default().to_owned();
        call.state.sessions.raise(&secret, level);
        session.level = session.level.max(level);
        return Ok(go_on(call, (id, visit), Some(session), None));
    }
    let error = "That was not the code. Here is another one.";
    Ok(go_on(call, (id, visit), Some(session), Some(error)))
}

/// The yes or no to what an app asks for.
pub(super) fn consent(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, mut visit) = match of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let (Some(session), Purpose::App(request)) = (session(call), visit.purpose.clone()) else {
        return Ok(go_on(call, (id, visit), None, None));
    };
    if form.get("decision") != Some("allow") {
        call.state.visits.end(&id);
        let why = ("access_denied", "The resource owner denied the request.");
        return Ok(refuse(call, &request, why));
    }
    call.state.visits.agree(session.user, request.app, &request.scopes);
    let app = app_target(call, &request);
    log(call, &session, Draft::new("app.oauth2.consent.grant"), vec![app]);
    visit.purpose = Purpose::App(Request { ask_consent: false, ..request });
    Ok(go_on(call, (id, visit), Some(session), None))
}

/// Another person is to sign in.
pub(super) fn other(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    Ok(match of_form(call, &form) {
        Ok((id, mut visit)) => {
            visit.password = true;
            visit.hint.clear();
            go_on(call, (id, visit), None, None)
        }
        Err(answer) => answer,
    })
}

/// The end of an authorization request: the consent that is missing, or back with a code.
fn to_app(call: &mut Call<'_>, (id, visit): Step, session: &Session, request: &Request) -> Answer {
    let Some(client) = Client::find(call.state, request.app.as_str()) else {
        return pages::failed(400, "Bad request", "The application is not active.");
    };
    if !app_assignments::has_user(call.state, request.app, session.user) {
        call.state.visits.end(&id);
        let why = ("access_denied", "User is not assigned to the client application.");
        return refuse(call, request, why);
    }
    if needs_consent(call, &client, session, request) {
        let person = login_of(call, session);
        let answer = pages::consent(ticket(&id, &visit), &client.label, &person, &request.scopes);
        return wait(call, &id, visit, answer);
    }
    call.state.visits.end(&id);
    let code = call.state.maker.text(43);
    let login = login(call, &visit, session, request.app, request.scopes.clone());
    let code_of = Code {
        login: Login { nonce: request.nonce.clone(), ..login },
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        expires: before(call.now, -Codes::LIFETIME),
    };
    call.state.codes.put(&code, code_of, call.now);
    let app = app_target(call, request);
    log(call, session, Draft::new("user.authentication.sso"), vec![app.clone()]);
    let scopes = request.scopes.join(" ");
    let draft = Draft::new("app.oauth2.authorize.code").debug("requestedScopes", &scopes);
    log(call, session, draft, vec![app]);
    back(request, &[("code", &code)])
}

/// Whether the person has still to be asked.
pub(super) fn needs_consent(
    call: &Call<'_>,
    client: &Client,
    session: &Session,
    request: &Request,
) -> bool {
    let agreed = || call.state.visits.agreed(session.user, client.id, &request.scopes);
    request.ask_consent || client.consent && !agreed()
}

/// What a person signed in for.
fn login(
    call: &mut Call<'_>,
    visit: &Visit,
    session: &Session,
    app: crate::id::Id,
    scopes: Vec<String>,
) -> Login {
    Login {
        id: call.state.maker.text(20),
        user: session.user,
        app,
        scopes,
        auth_time: session.since,
        level: session.level,
        acr: visit.acr.unwrap_or_else(|| session.level.acr()),
        session: session.id.clone(),
        nonce: None,
    }
}

/// Lets a device have its tokens.
pub(super) fn allow_device(
    call: &mut Call<'_>,
    visit: &Visit,
    session: &Session,
    (code, app, scopes): (&str, crate::id::Id, Vec<String>),
) {
    let login = login(call, visit, session, app, scopes);
    call.state.devices.say(code, Said::Yes(login.into()));
}

fn app_target(call: &Call<'_>, request: &Request) -> Target {
    let label = call.state.app_label(request.app);
    Target::app(request.app.as_str(), "oidc_client", label)
}

/// Writes an event of the person in a session.
pub(super) fn log(call: &mut Call<'_>, session: &Session, draft: Draft, targets: Vec<Target>) {
    let Some(user) = call.state.users.get(session.user) else { return };
    let actor = Actor::user(user);
    let all = targets.into_iter().chain([Target::user(user)]).collect();
    call.log_as(actor, Some(&session.id), draft.targets(all));
}

/// Back to the app with an error.
pub(super) fn refuse(
    call: &mut Call<'_>,
    request: &Request,
    (error, description): (&'static str, &str),
) -> Answer {
    let actor = Actor::app(request.app.as_str(), call.state.app_label(request.app));
    let draft = Draft::new("app.oauth2.authorize")
        .outcome("FAILURE", Some(error))
        .severity("WARN")
        .targets(vec![app_target(call, request)]);
    call.log_as(actor, None, draft);
    back(request, &[("error", error), ("error_description", description)])
}

/// Back to the app.
fn back(request: &Request, pairs: &[(&str, &str)]) -> Answer {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(state) = &request.state {
        query.append_pair("state", state);
    }
    let uri = &request.redirect_uri;
    let mark = match (request.fragment, uri.contains('?')) {
        (true, _) => '#',
        (false, true) => '&',
        (false, false) => '?',
    };
    Answer::redirect(format!("{uri}{mark}{}", query.finish()))
}

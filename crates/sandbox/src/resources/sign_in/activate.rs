//! `/activate`: where the person of a device types its code, signs in and says yes or no.

use super::{
    pages,
    steps::{self, Step},
};
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    log::{Draft, Target},
    oauth::Said,
    resources::app_assignments,
    store::{Purpose, Session},
};

const BAD_CODE: &str = "Invalid code. Try again.";

/// The page with the field for the code.
pub(super) fn show(call: &mut Call<'_>) -> Result<Answer> {
    let code = call.query("user_code").map(typed).unwrap_or_default();
    let ((id, visit), cookie) = steps::begin(call, Purpose::Device(None));
    let answer = pages::device_code(steps::ticket(&id, &visit), &code, None);
    let answer = steps::wait(call, &id, visit, answer);
    Ok(match cookie {
        Some(cookie) => answer.header("set-cookie", cookie),
        None => answer,
    })
}

/// The letters of a code, however it was typed.
fn typed(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_uppercase())
        .take(16)
        .collect()
}

/// The code.
pub(super) fn enter(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, mut visit) = match steps::of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let code = typed(form.get("user_code").unwrap_or_default());
    if call.state.devices.open(&code, call.now).is_none() {
        let answer = pages::device_code(steps::ticket(&id, &visit), &code, Some(BAD_CODE));
        return Ok(steps::wait(call, &id, visit, answer));
    }
    visit.purpose = Purpose::Device(Some(code));
    let session = steps::session(call);
    Ok(steps::go_on(call, (id, visit), session, None))
}

/// Asks the person who is signed in now.
pub(super) fn ask(call: &mut Call<'_>, (id, visit): Step, session: &Session, code: &str) -> Answer {
    let ticket = steps::ticket(&id, &visit);
    let Some(device) = call.state.devices.open(code, call.now) else {
        let answer = pages::device_code(ticket, code, Some(BAD_CODE));
        return steps::wait(call, &id, visit, answer);
    };
    let app = call.state.app_label(device.app);
    if !app_assignments::has_user(call.state, device.app, session.user) {
        let text = "User is not assigned to the client application.";
        return pages::failed(403, "Access denied", text);
    }
    let person = steps::login_of(call, session);
    let answer = pages::device_confirm(ticket, app, &person, code, &device.scopes);
    steps::wait(call, &id, visit, answer)
}

/// The yes or no.
pub(super) fn confirm(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, visit) = match steps::of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let session = steps::session(call);
    let (Some(session), Purpose::Device(Some(code))) = (session, visit.purpose.clone()) else {
        return Ok(steps::go_on(call, (id, visit), None, None));
    };
    let Some(device) = call.state.devices.open(&code, call.now) else {
        return Ok(ask(call, (id, visit), &session, &code));
    };
    let (app, scopes) = (device.app, device.scopes.clone());
    if !app_assignments::has_user(call.state, app, session.user) {
        return Ok(ask(call, (id, visit), &session, &code));
    }
    call.state.visits.end(&id);
    let target = Target::app(app.as_str(), "oidc_client", call.state.app_label(app));
    if form.get("decision") != Some("allow") {
        call.state.devices.say(&code, Said::No);
        let draft = Draft::new("app.oauth2.authorize")
            .outcome("FAILURE", Some("access_denied"))
            .severity("WARN");
        steps::log(call, &session, draft, vec![target]);
        return Ok(pages::done("Access denied", "Your device was told that it may not sign in."));
    }
    steps::allow_device(call, &visit, &session, (&code, app, scopes));
    steps::log(call, &session, Draft::new("user.authentication.sso"), vec![target]);
    Ok(pages::done(
        "Device activated",
        "Follow the instructions on your device. You can close this page.",
    ))
}

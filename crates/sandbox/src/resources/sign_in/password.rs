//! Name and password.

use super::steps;
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    id::Id,
    log::{Actor, Draft, Target},
    store::Status,
};

/// Why somebody is not signed in: for the System Log, and for the page.
struct Refusal {
    reason: &'static str,
    text: &'static str,
}

const UNKNOWN: Refusal = Refusal { reason: "VERIFICATION_ERROR", text: "Unable to sign in" };
const WRONG: Refusal = Refusal { reason: "INVALID_CREDENTIALS", text: "Unable to sign in" };
const LOCKED: Refusal = Refusal {
    reason: "LOCKED_OUT",
    text: "Your account is locked. An administrator has to unlock it.",
};
const EXPIRED: Refusal = Refusal {
    reason: "PASSWORD_EXPIRED",
    text: "Your password has expired. An administrator has to set another one.",
};
const NOT_ACTIVE: Refusal =
    Refusal { reason: "USER_NOT_ACTIVE", text: "Your account is not active." };

pub(super) fn give(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, mut visit) = match steps::of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let name = form.get("username").unwrap_or_default().trim().to_owned();
    let password = form.get("password").unwrap_or_default();
    visit.hint.clone_from(&name);
    let user = match check(call, &name, password) {
        Ok(user) => user,
        Err(refusal) => {
            refused(call, &name, &refusal);
            return Ok(steps::go_on(call, (id, visit), None, Some(refusal.text)));
        }
    };
    let Some((session, cookie)) = steps::start(call, user) else {
        return Ok(steps::go_on(call, (id, visit), None, Some(UNKNOWN.text)));
    };
    call.state.passwords.right(user);
    let now = call.now;
    if let Some(user) = call.state.users.get_mut(user) {
        user.last_login = Some(now);
    }
    let policy = Draft::new("policy.evaluate_sign_on")
        .outcome("ALLOW", Some("Sign-on policy evaluation resulted in AUTHENTICATED"));
    steps::log(call, &session, policy, Vec::new());
    let started = Draft::new("user.session.start").credential("PASSWORD");
    steps::log(call, &session, started, Vec::new());
    visit.password = false;
    visit.code = None;
    Ok(steps::go_on(call, (id, visit), Some(session), None).header("set-cookie", cookie))
}

/// Whose name and password they are, where that person may sign in.
fn check(call: &mut Call<'_>, name: &str, password: &str) -> Result<Id, Refusal> {
    let user = call.state.users.by_login(name).ok_or(UNKNOWN)?;
    let (id, status) = (user.id, user.status);
    let fits = call.state.passwords.fits(user, password);
    match status {
        Status::LockedOut => Err(LOCKED),
        _ if !fits => {
            // Only an account that is in use can be locked.
            if call.state.passwords.wrong(id) && status == Status::Active {
                lock(call, id);
            }
            Err(WRONG)
        }
        Status::Active => Ok(id),
        Status::PasswordExpired | Status::Recovery => Err(EXPIRED),
        Status::Staged | Status::Provisioned | Status::Suspended | Status::Deprovisioned => {
            Err(NOT_ACTIVE)
        }
    }
}

fn lock(call: &mut Call<'_>, id: Id) {
    let now = call.now;
    let Some(user) = call.state.users.get_mut(id) else { return };
    user.status = Status::LockedOut;
    user.status_changed = Some(now);
    user.last_updated = now;
    user.version += 1;
    let (actor, target) = (Actor::user(user), Target::user(user));
    let draft = Draft::new("user.account.lock")
        .outcome("FAILURE", Some("LOCKED_OUT"))
        .severity("WARN")
        .targets(vec![target]);
    call.log_as(actor, None, draft);
}

fn refused(call: &mut Call<'_>, name: &str, refusal: &Refusal) {
    let user = call.state.users.by_login(name);
    let actor = user.map_or_else(|| Actor::unknown(name), Actor::user);
    let targets = user.map(Target::user).into_iter().collect();
    let draft = Draft::new("user.session.start")
        .outcome("FAILURE", Some(refusal.reason))
        .severity("WARN")
        .credential("PASSWORD")
        .targets(targets);
    call.log_as(actor, None, draft);
}

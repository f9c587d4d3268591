//! Name and password, and another password where the old one has expired.

use super::{
    pages,
    steps::{self, Step},
};
use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    id::Id,
    log::{Actor, Draft, Target},
    resources::users,
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
const RESET: Refusal = Refusal {
    reason: "PASSWORD_EXPIRED",
    text: "Your password was reset. The way on is in the mail that Okta would have sent.",
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
    visit.expired = None;
    match check(call, &name, password) {
        Ok((user, Status::PasswordExpired)) => {
            visit.expired = Some(user);
            let answer = pages::new_password(steps::ticket(&id, &visit), None);
            Ok(steps::wait(call, &id, visit, answer))
        }
        Ok((user, _)) => Ok(enter(call, (id, visit), user)),
        Err(refusal) => {
            refused(call, &name, &refusal);
            Ok(steps::go_on(call, (id, visit), None, Some(refusal.text)))
        }
    }
}

/// The password that takes the place of one that has expired.
pub(super) fn renew(call: &mut Call<'_>) -> Result<Answer> {
    let form = call.form();
    let (id, visit) = match steps::of_form(call, &form) {
        Ok(step) => step,
        Err(answer) => return Ok(answer),
    };
    let user = visit.expired.and_then(|user| call.state.users.get(user));
    let Some(user) = user.filter(|user| user.status == Status::PasswordExpired) else {
        return Ok(steps::go_on(call, (id, visit), None, None));
    };
    let (user, login) = (user.id, user.login().to_owned());
    let password = form.get("password").unwrap_or_default();
    let problem = if form.get("again") != Some(password) {
        Some("The two passwords are not the same.")
    } else if users::check_password(password, &login).is_err() {
        Some(
            "At least 8 characters, a lowercase letter, an uppercase letter, a number, no parts of \
             your username.",
        )
    } else {
        None
    };
    if problem.is_some() {
        let answer = pages::new_password(steps::ticket(&id, &visit), problem);
        return Ok(steps::wait(call, &id, visit, answer));
    }
    change(call, user, password);
    Ok(enter(call, (id, visit), user))
}

/// Sets the password of a person, who is active with it.
fn change(call: &mut Call<'_>, user: Id, password: &str) {
    call.state.passwords.set(user, Some(password));
    let now = call.now;
    let Some(changed) = call.state.users.get_mut(user) else { return };
    changed.status = Status::Active;
    changed.status_changed = Some(now);
    changed.password_changed = Some(now);
    changed.last_updated = now;
    changed.version += 1;
    let (actor, target) = (Actor::user(changed), Target::user(changed));
    let draft = Draft::new("user.account.update_password").targets(vec![target]);
    call.log_as(actor, None, draft);
}

/// Signs somebody in who proved to be `user`.
fn enter(call: &mut Call<'_>, (id, mut visit): Step, user: Id) -> Answer {
    let Some((session, cookie)) = steps::start(call, user) else {
        return steps::go_on(call, (id, visit), None, Some(UNKNOWN.text));
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
    visit.expired = None;
    visit.code = None;
    steps::go_on(call, (id, visit), Some(session), None).header("set-cookie", cookie)
}

/// Whose name and password they are, and whether the password has expired, where that person may sign
/// in.
fn check(call: &mut Call<'_>, name: &str, password: &str) -> Result<(Id, Status), Refusal> {
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
        Status::Active | Status::PasswordExpired => Ok((id, status)),
        Status::Recovery => Err(RESET),
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

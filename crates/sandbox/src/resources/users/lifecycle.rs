//! A user's life: activation, suspension, passwords, the end.

use serde_json::json;

use super::{
    find, find_id, full,
    write::{by_id, wrong_status},
};
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    log::Target,
    store::Status,
};

pub(super) fn activate(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    let (id, has_password) = (user.id, user.has_password);
    if !matches!(user.status, Status::Staged | Status::Deprovisioned) {
        let summary = "Activation failed because the user is already active";
        return Err(ApiError::new(403, "E0000016", summary));
    }
    let status = if has_password { Status::Active } else { Status::Provisioned };
    enter(call, id, status, "user.lifecycle.activate")?;
    Ok(activation(call))
}

pub(super) fn reactivate(call: &mut Call<'_>) -> Result<Answer> {
    let id = in_status(call, &[Status::Provisioned, Status::Recovery])?;
    enter(call, id, Status::Provisioned, "user.lifecycle.reactivate")?;
    Ok(activation(call))
}

/// What activations answer: the token, where Okta sends no mail with it.
fn activation(call: &mut Call<'_>) -> Answer {
    if call.flag("sendEmail", true) {
        return Answer::ok(json!({}));
    }
    let token = call.state.maker.text(20);
    let url = call.href(&format!("/tokens/{token}/verify"));
    Answer::ok(json!({ "activationUrl": url, "activationToken": token }))
}

pub(super) fn deactivate(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    if user.status == Status::Deprovisioned {
        return Err(wrong_status());
    }
    let id = user.id;
    end(call, id)?;
    Ok(Answer::ok(json!({})))
}

/// The first call deactivates, the second deletes.
pub(super) fn delete(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    let (id, target) = (user.id, Target::user(user));
    if user.status == Status::Deprovisioned {
        call.log("user.lifecycle.delete.initiated", vec![target.clone()]);
        call.state.remove_user(id);
        call.log("user.lifecycle.delete.completed", vec![target]);
    } else {
        end(call, id)?;
    }
    Ok(Answer::empty(204))
}

/// Takes groups, apps, roles and the password away.
fn end(call: &mut Call<'_>, id: Id) -> Result<()> {
    let user = by_id(call, id)?;
    let target = Target::user(user);
    for group in user.groups.clone() {
        let name = call.state.groups.get(group).map(|group| group.name().to_owned());
        call.state.set_member(group, id, false);
        let group = Target::group(group, &name.unwrap_or_default());
        call.log("group.user_membership.remove", vec![target.clone(), group]);
    }
    call.state.assignments.forget(id);
    call.state.roles.remove(&id);
    if let Some(user) = call.state.users.get_mut(id) {
        user.has_password = false;
        user.password_changed = None;
    }
    call.state.passwords.forget(id);
    enter(call, id, Status::Deprovisioned, "user.lifecycle.deactivate")
}

pub(super) fn suspend(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    if user.status != Status::Active {
        return Err(ApiError::invalid("suspendUser", "Cannot suspend a user that is not active"));
    }
    let id = user.id;
    enter(call, id, Status::Suspended, "user.lifecycle.suspend")?;
    Ok(Answer::ok(json!({})))
}

pub(super) fn unsuspend(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    if user.status != Status::Suspended {
        let cause = "Cannot unsuspend a user that is not suspended";
        return Err(ApiError::invalid("unsuspendUser", cause));
    }
    let id = user.id;
    enter(call, id, Status::Active, "user.lifecycle.unsuspend")?;
    Ok(Answer::ok(json!({})))
}

pub(super) fn unlock(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    if user.status != Status::LockedOut {
        let summary = "Unlock is not allowed for this user.";
        return Err(ApiError::new(403, "E0000032", summary).cause("The user is not locked out."));
    }
    let id = user.id;
    call.state.passwords.right(id);
    enter(call, id, Status::Active, "user.account.unlock_by_admin")?;
    Ok(Answer::ok(json!({})))
}

const WITH_PASSWORD: [Status; 4] =
    [Status::Active, Status::PasswordExpired, Status::Recovery, Status::LockedOut];

pub(super) fn reset_password(call: &mut Call<'_>) -> Result<Answer> {
    let mut allowed = WITH_PASSWORD.to_vec();
    allowed.push(Status::Provisioned);
    let id = in_status(call, &allowed)?;
    enter(call, id, Status::Recovery, "user.account.reset_password")?;
    if call.flag("sendEmail", true) {
        return Ok(Answer::ok(json!({})));
    }
    let token = call.state.maker.text(20);
    let url = call.href(&format!("/reset_password/{token}"));
    Ok(Answer::ok(json!({ "resetPasswordUrl": url })))
}

pub(super) fn expire_password(call: &mut Call<'_>) -> Result<Answer> {
    let id = in_status(call, &WITH_PASSWORD)?;
    enter(call, id, Status::PasswordExpired, "user.account.expire_password")?;
    let user = by_id(call, id)?;
    Ok(Answer::ok(full(call, user)))
}

pub(super) fn expire_password_with_temp_password(call: &mut Call<'_>) -> Result<Answer> {
    let id = in_status(call, &WITH_PASSWORD)?;
    enter(call, id, Status::PasswordExpired, "user.account.expire_password")?;
    let password = format!("{}a9", call.state.maker.text(10));
    call.state.passwords.set(id, Some(&password));
    Ok(Answer::ok(json!({ "tempPassword": password })))
}

pub(super) fn reset_factors(call: &mut Call<'_>) -> Result<Answer> {
    let user = find(call, "id")?;
    if matches!(user.status, Status::Staged | Status::Deprovisioned) {
        return Err(wrong_status());
    }
    let target = Target::user(user);
    call.log("user.mfa.factor.reset_all", vec![target]);
    Ok(Answer::ok(json!({})))
}

/// The user's id, where the status is one of `allowed`; 403 E0000038 otherwise.
fn in_status(call: &Call<'_>, allowed: &[Status]) -> Result<Id> {
    let id = find_id(call, "id")?;
    let user = by_id(call, id)?;
    if allowed.contains(&user.status) { Ok(id) } else { Err(wrong_status()) }
}

/// Puts a user into a status and writes the event.
fn enter(call: &mut Call<'_>, id: Id, status: Status, event: &'static str) -> Result<()> {
    let now = call.now;
    if let Some(user) = call.state.users.get_mut(id) {
        user.status = status;
        user.status_changed = Some(now);
        user.last_updated = now;
        user.version += 1;
        if status == Status::Active || status == Status::Provisioned {
            user.activated = user.activated.or(Some(now));
        }
    }
    let target = Target::user(by_id(call, id)?);
    call.log(event, vec![target]);
    Ok(())
}

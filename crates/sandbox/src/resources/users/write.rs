//! Creating and changing people.

use serde_json::{Map, Value};

use super::{etag, find, find_id, full};
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    log::Target,
    store::{Profile, Status, User, attr, schema},
};

/// What a request says of a user's credentials.
#[derive(Default)]
struct Credentials {
    password: bool,
    /// The password itself; none where only its hash was sent.
    secret: Option<String>,
    recovery_question: Option<Box<str>>,
    directory: Option<(&'static str, &'static str)>,
}

pub(super) fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let Some(Value::Object(given)) = body.get("profile") else {
        return Err(blank_profile());
    };
    let changes = schema::check(&schema::USER, given, false)
        .map_err(|causes| ApiError::profile("newUser", causes))?;
    let mut profile = Profile::default();
    for (at, atom) in changes {
        profile.set(at, atom);
    }
    profile.shrink();
    check_login_is_free(call, profile.text(attr::LOGIN), None)?;
    let credentials = read_credentials(&body, profile.text(attr::LOGIN))?;
    let groups = read_groups(call, &body)?;
    let activate = call.flag("activate", true);
    let change_password = call.query("nextLogin") == Some("changePassword");
    if change_password && !credentials.password {
        let cause = "nextLogin: changePassword needs a password to change";
        return Err(ApiError::invalid("nextLogin", cause));
    }
    let status = match (activate, credentials.password, change_password) {
        (false, ..) => Status::Staged,
        (true, false, _) if credentials.directory.is_none() => Status::Provisioned,
        (true, _, true) => Status::PasswordExpired,
        (true, ..) => Status::Active,
    };
    let now = call.now;
    let user = User {
        id: call.new_id("00u"),
        status,
        created: now,
        activated: activate.then_some(now),
        status_changed: Some(now),
        last_login: None,
        last_updated: now,
        password_changed: credentials.password.then_some(now),
        profile,
        has_password: credentials.password,
        recovery_question: credentials.recovery_question,
        directory: credentials.directory,
        version: 1,
        groups: Vec::new(),
    };
    let (id, target) = (user.id, Target::user(&user));
    call.state.users.put(user);
    if credentials.password {
        call.state.passwords.set(id, credentials.secret.as_deref());
    }
    call.log("user.lifecycle.create", vec![target.clone()]);
    for group in groups {
        super::groups::join(call, group, id);
    }
    if activate {
        call.log("user.lifecycle.activate", vec![target]);
    }
    answer(call, id)
}

pub(super) fn update(call: &mut Call<'_>) -> Result<Answer> {
    change(call, true)
}

pub(super) fn replace(call: &mut Call<'_>) -> Result<Answer> {
    change(call, false)
}

fn change(call: &mut Call<'_>, partial: bool) -> Result<Answer> {
    let id = find_id(call, "id")?;
    let body = call.json()?;
    check_if_match(call)?;
    let user = find(call, "id")?;
    if user.status == Status::Deprovisioned {
        return Err(wrong_status());
    }
    let empty = Map::new();
    let given = match body.get("profile") {
        Some(Value::Object(given)) => given,
        None if partial => &empty,
        _ => return Err(blank_profile()),
    };
    let changes = schema::check(&schema::USER, given, partial)
        .map_err(|causes| ApiError::profile("user", causes))?;
    let old_login = user.login().to_owned();
    let mut profile = user.profile.clone();
    for (at, atom) in changes {
        profile.set(at, atom);
    }
    check_login_is_free(call, profile.text(attr::LOGIN), Some(id))?;
    let credentials = read_credentials(&body, profile.text(attr::LOGIN))?;
    let now = call.now;
    let mut differs = false;
    if let Some(user) = call.state.users.get_mut(id) {
        differs = user.profile != profile;
        user.profile = profile;
        if credentials.password {
            user.has_password = true;
            user.password_changed = Some(now);
        }
        if credentials.recovery_question.is_some() {
            user.recovery_question = credentials.recovery_question;
        }
        user.last_updated = now;
        user.version += 1;
    }
    if credentials.password {
        call.state.passwords.set(id, credentials.secret.as_deref());
    }
    call.state.users.rename(id, &old_login);
    let target = Target::user(find(call, "id").or_else(|_| by_id(call, id))?);
    if differs {
        let names: Vec<&str> = given.keys().map(String::as_str).collect();
        let target = target.clone().detail("changedAttributes", names.join(","));
        call.log("user.account.update_profile", vec![target]);
    }
    if credentials.password {
        call.log("user.account.update_password", vec![target]);
    }
    answer(call, id)
}

/// The user in full, as all changes answer.
fn answer(call: &Call<'_>, id: Id) -> Result<Answer> {
    let user = by_id(call, id)?;
    Ok(Answer::ok(full(call, user)).header("etag", etag(user)))
}

pub(super) fn by_id<'a>(call: &'a Call<'_>, id: Id) -> Result<&'a User> {
    call.state.users.get(id).ok_or_else(|| ApiError::not_found(id.as_str(), "User"))
}

/// 403 E0000038.
pub(in crate::resources) fn wrong_status() -> ApiError {
    let summary = "This operation is not allowed in the user's current status.";
    ApiError::new(403, "E0000038", summary)
}

fn check_if_match(call: &Call<'_>) -> Result<()> {
    let Some(wanted) = call.header("if-match") else { return Ok(()) };
    let current = etag(find(call, "id")?);
    let fits = wanted.split(',').any(|tag| tag.trim() == "*" || tag.trim() == current);
    if fits { Ok(()) } else { Err(ApiError::new(412, "E0000231", "ETag value doesn't match.")) }
}

fn check_login_is_free(call: &Call<'_>, login: &str, own: Option<Id>) -> Result<()> {
    match call.state.users.by_login(login) {
        Some(other) if Some(other.id) != own => Err(ApiError::invalid(
            "login",
            "login: An object with this field already exists in the current organization",
        )),
        _ => Ok(()),
    }
}

fn blank_profile() -> ApiError {
    ApiError::invalid("profile", "profile: The field cannot be left blank")
}

fn read_credentials(body: &Map<String, Value>, login: &str) -> Result<Credentials> {
    let mut read = Credentials::default();
    let Some(Value::Object(credentials)) = body.get("credentials") else { return Ok(read) };
    let password = credentials.get("password");
    if let Some(value) =
        password.and_then(|password| password.get("value")).filter(|value| !value.is_null())
    {
        let text = value.as_str().unwrap_or_default();
        check_password(text, login)?;
        read.password = true;
        read.secret = Some(text.to_owned());
    }
    read.password |=
        password.is_some_and(|password| password.get("hash").is_some_and(Value::is_object));
    if let Some(question) = credentials.get("recovery_question") {
        let text = |name: &str| question.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("answer").chars().count() < 4 {
            let cause =
                "answer: The security question answer must be at least 4 characters in length";
            return Err(ApiError::invalid("recovery_question", cause));
        }
        read.recovery_question = Some(text("question").into());
    }
    if let Some(kind) =
        credentials.get("provider").and_then(|provider| provider.get("type")?.as_str())
    {
        read.directory = match kind {
            "OKTA" => None,
            "ACTIVE_DIRECTORY" => Some(("ACTIVE_DIRECTORY", "acme.example")),
            "LDAP" => Some(("LDAP", "LDAP")),
            "FEDERATION" => Some(("FEDERATION", "FEDERATION")),
            "SOCIAL" => Some(("SOCIAL", "SOCIAL")),
            "IMPORT" => Some(("IMPORT", "IMPORT")),
            _ => return Err(ApiError::invalid("provider", "type: The field has an invalid value")),
        };
    }
    Ok(read)
}

/// The default password policy: eight characters, lower and upper case, a digit, not the login.
pub(in crate::resources) fn check_password(password: &str, login: &str) -> Result<()> {
    let local = login.split('@').next().unwrap_or_default().to_lowercase();
    let good = password.chars().count() >= 8
        && password.chars().any(char::is_lowercase)
        && password.chars().any(char::is_uppercase)
        && password.chars().any(|c| c.is_ascii_digit())
        && (local.len() < 4 || !password.to_lowercase().contains(&local));
    if good {
        return Ok(());
    }
    Err(ApiError::invalid(
        "password",
        "Password requirements were not met. Password requirements: at least 8 characters, a \
         lowercase letter, an uppercase letter, a number, no parts of your username.",
    ))
}

fn read_groups(call: &Call<'_>, body: &Map<String, Value>) -> Result<Vec<Id>> {
    let ids = body.get("groupIds").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if ids.len() > 20 {
        return Err(ApiError::invalid(
            "groupIds",
            "groupIds: The array size must be between 0 and 20",
        ));
    }
    let read = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        let group = Id::parse(text).and_then(|id| call.state.groups.get(id));
        group.map(|group| group.id).ok_or_else(|| ApiError::not_found(text, "UserGroup"))
    };
    ids.iter().map(read).collect()
}

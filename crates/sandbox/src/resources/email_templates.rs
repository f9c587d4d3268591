//! E-mail templates: the e-mails that an org sends, with Okta's own content and who gets them.

mod standard;

use serde_json::{Map, Value, json};

pub(super) use self::standard::Template;
use crate::{
    answer::Answer,
    call::{Call, Principal},
    error::{ApiError, Result},
    listing::bad_cursor,
    log::{Draft, Target},
    resources::{
        brands,
        email_customizations::{self as customizations, CUSTOMIZATIONS},
        policies::text,
    },
    route::{Route, get, post, put},
    store::{User, schema},
};

/// The collection that settings are kept in, by brand and template.
pub(super) const SETTINGS: &str = "emailSettings";

const READ: &str = "okta.templates.read";
const MANAGE: &str = "okta.templates.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/brands/{brandId}/templates/email", READ, list),
    get("/api/v1/brands/{brandId}/templates/email/{templateName}", READ, read),
    get("/api/v1/brands/{brandId}/templates/email/{templateName}/default-content", READ, content),
    get(
        "/api/v1/brands/{brandId}/templates/email/{templateName}/default-content/preview",
        READ,
        preview,
    ),
    get("/api/v1/brands/{brandId}/templates/email/{templateName}/settings", READ, read_settings),
    put("/api/v1/brands/{brandId}/templates/email/{templateName}/settings", MANAGE, set_settings),
    post("/api/v1/brands/{brandId}/templates/email/{templateName}/test", READ, test),
];

/// Who an e-mail goes to; the first unless told.
const RECIPIENTS: [&str; 3] = ["ALL_USERS", "ADMINS_ONLY", "NO_USERS"];

/// The template in the path, and its own path.
pub(super) fn of_path(call: &Call<'_>) -> Result<(&'static Template, String)> {
    let brand = brands::of_path(call)?;
    let name = call.param("templateName");
    let template =
        Template::named(name).ok_or_else(|| ApiError::not_found(name, "EmailTemplate"))?;
    Ok((template, path(text(&brand, "id"), template)))
}

fn path(brand: &str, template: &Template) -> String {
    format!("/api/v1/brands/{brand}/templates/email/{}", template.name)
}

/// The key of what is kept for a template of a brand, and the start of the keys of its customizations.
pub(super) fn key(call: &Call<'_>, template: &Template) -> String {
    format!("{}/{}", call.param("brandId"), template.name)
}

/// How the System Log names a template.
pub(super) fn target(template: &Template) -> Target {
    Target::new(template.name, "EmailTemplate", "unknown", template.name)
}

/// The cursor is the name of the last one seen.
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let brand = brands::of_path(call)?;
    let limit = call.shown_limit(10, 200)?;
    let mut all = Template::all();
    if let Some(after) = call.query("after") {
        all.find(|template| template.name == after).ok_or_else(bad_cursor)?;
    }
    let key = |template: &&Template| template.name.to_owned();
    let brand = text(&brand, "id");
    Ok(call.page_of(all, limit, key, |template| view(template, &path(brand, template), call)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (template, path) = of_path(call)?;
    Ok(Answer::ok(view(template, &path, call)))
}

fn view(template: &Template, path: &str, call: &Call<'_>) -> Value {
    let mut embedded = Map::new();
    if call.expands("settings") {
        embedded.insert("settings".into(), settings_view(template, path, call));
    }
    if call.expands("customizationCount") {
        let prefix = format!("{}/", key(call, template));
        let count = call.state.docs(CUSTOMIZATIONS).under(&prefix).count();
        embedded.insert("customizationCount".into(), count.into());
    }
    let mut shown = Map::from_iter([("name".to_owned(), Value::from(template.name))]);
    if !embedded.is_empty() {
        shown.insert("_embedded".into(), embedded.into());
    }
    let below = |name: &str, allow: &[&str]| call.allowing(&format!("{path}/{name}"), allow);
    shown.insert(
        "_links".into(),
        json!({
            "settings": below("settings", &["GET", "PUT"]),
            "self": call.allowing(path, &["GET"]),
            "defaultContent": below("default-content", &["GET"]),
            "test": below("test", &["POST"]),
            "customizations": below("customizations", &["GET", "POST", "DELETE"]),
        }),
    );
    Value::Object(shown)
}

/// Okta's content; the sandbox has it in English only, whatever `language` asks for.
fn content(call: &mut Call<'_>) -> Result<Answer> {
    let (template, path) = of_path(call)?;
    let below = |name: &str, allow: &[&str]| call.allowing(&format!("{path}/{name}"), allow);
    Ok(Answer::ok(json!({
        "subject": template.subject,
        "body": template.body(),
        "_links": {
            "preview": below("default-content/preview", &["GET"]),
            "template": call.allowing(&path, &["GET"]),
            "self": below("default-content", &["GET"]),
            "test": below("test", &["POST"]),
        },
    })))
}

fn preview(call: &mut Call<'_>) -> Result<Answer> {
    let (template, path) = of_path(call)?;
    person(call)?;
    let below = |name: &str, allow: &[&str]| call.allowing(&format!("{path}/{name}"), allow);
    Ok(Answer::ok(json!({
        "subject": filled(template.subject, call),
        "body": filled(&template.body(), call),
        "_links": {
            "defaultContent": below("default-content", &["GET"]),
            "template": call.allowing(&path, &["GET"]),
            "self": below("default-content/preview", &["GET"]),
            "test": below("test", &["POST"]),
        },
    })))
}

fn read_settings(call: &mut Call<'_>) -> Result<Answer> {
    let (template, path) = of_path(call)?;
    Ok(Answer::ok(settings_view(template, &path, call)))
}

fn settings_view(template: &Template, path: &str, call: &Call<'_>) -> Value {
    let kept = call.state.docs(SETTINGS).get(&key(call, template));
    let [everybody, ..] = RECIPIENTS;
    json!({
        "recipients": kept.map_or(everybody, |kept| text(kept, "recipients")),
        "_links": {
            "template": call.allowing(path, &["GET"]),
            "self": call.allowing(&format!("{path}/settings"), &["GET", "PUT"]),
        },
    })
}

fn set_settings(call: &mut Call<'_>) -> Result<Answer> {
    let (template, path) = of_path(call)?;
    let body = call.json()?;
    let recipients = text(&body, "recipients");
    let [everybody, ..] = RECIPIENTS;
    if recipients.is_empty() {
        return Err(ApiError::blank("recipients"));
    }
    if !RECIPIENTS.contains(&recipients) {
        let valid = RECIPIENTS.join(", ");
        let cause = format!("recipients: '{recipients}' is invalid. Valid values: [{valid}].");
        return Err(ApiError::invalid("recipients", cause));
    }
    if template.needed_to_sign_in && recipients != everybody {
        let summary = "This template does not support the recipients value.";
        return Err(ApiError::new(422, "E0000189", summary));
    }
    let key = key(call, template);
    let kept = Map::from_iter([("recipients".to_owned(), recipients.into())]);
    call.log("system.email.template.settings_changed", vec![target(template)]);
    call.state.docs_mut(SETTINGS).put(key, kept);
    Ok(Answer::ok(settings_view(template, &path, call)))
}

/// Sends nothing anywhere; the System Log tells which content would have gone to whom.
fn test(call: &mut Call<'_>) -> Result<Answer> {
    let (template, _) = of_path(call)?;
    let to = Target::user(person(call)?);
    let language = call.query("language").unwrap_or_default();
    let subject = customizations::subject(call, template, language);
    let subject = filled(subject.as_deref().unwrap_or(template.subject), call);
    let draft = Draft::new("system.email.delivery").targets(vec![to, target(template)]);
    call.log_event(draft.debug("subject", subject));
    Ok(Answer::empty(204))
}

/// The person who calls; 404 E0000007 for a service app, whose token belongs to nobody.
fn person<'a>(call: &'a Call<'_>) -> Result<&'a User> {
    let (Principal::User(id) | Principal::App(id)) = call.principal else {
        return Err(ApiError::no_session());
    };
    call.state.users.get(id).ok_or_else(|| ApiError::not_found(id.as_str(), "User"))
}

/// Whose names a preview shows: the caller's, or the admin's where a service app looks at a
/// customization.
fn reader<'a>(call: &'a Call<'_>) -> Option<&'a User> {
    person(call).ok().or_else(|| call.state.users.get(call.state.admin))
}

/// `${…}` replaced by what the reader would see; what only an e-mail that is sent has becomes
/// `(name Placeholder)`.
pub(super) fn filled(text: &str, call: &Call<'_>) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((name, rest)) = part.split_once('}') else {
            filled.push_str("${");
            filled.push_str(part);
            continue;
        };
        filled.push_str(&value_of(name, call));
        filled.push_str(rest);
    }
    filled
}

fn value_of(name: &str, call: &Call<'_>) -> String {
    let of_user = name.strip_prefix("user.profile.").or_else(|| name.strip_prefix("user."));
    let attribute = |attribute: &str| {
        let (at, _) = schema::position(&schema::USER, attribute)?;
        Some(reader(call)?.profile.get(at)?.as_str()?.to_owned())
    };
    let value = match name {
        "org.name" => Some("Acme".to_owned()),
        "org.locale" => Some("en".to_owned()),
        "org.subDomain" => Some("acme".to_owned()),
        "baseURL" => Some(call.base.to_owned()),
        _ => of_user.and_then(attribute),
    };
    value.unwrap_or_else(|| format!("({name} Placeholder)"))
}

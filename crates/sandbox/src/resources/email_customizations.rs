//! Customizations: what an org says in an e-mail instead of Okta, one for each language. Where there
//! are any, exactly one of them is the default.

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::{Call, stamp, stamp_or_null},
    error::{ApiError, Result},
    listing::bad_cursor,
    log::Target,
    resources::{
        email_templates::{self as templates, Template, filled},
        policies::text,
    },
    route::{Route, delete, get, post, put},
};

/// The collection that they are kept in, by brand, template and id.
pub(crate) const CUSTOMIZATIONS: &str = "emailCustomizations";

const READ: &str = "okta.templates.read";
const MANAGE: &str = "okta.templates.manage";

const ALL: &str = "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations";
const ONE: &str =
    "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}";
const PREVIEW: &str = "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations/\
                       {customizationId}/preview";

pub(super) const ROUTES: &[Route] = &[
    get(ALL, READ, list),
    post(ALL, MANAGE, create),
    delete(ALL, MANAGE, remove_all),
    get(ONE, READ, read),
    put(ONE, MANAGE, replace),
    delete(ONE, MANAGE, remove),
    get(PREVIEW, READ, preview),
];

/// Languages that a customization can be in (BCP 47), as Okta writes them.
const LANGUAGES: [&str; 27] = [
    "cs", "da", "de", "el", "en", "es", "fi", "fr", "hu", "id", "it", "ja", "ko", "ms", "nb",
    "nl-NL", "pl", "pt-BR", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
];

/// The longest body, in bytes, and the longest subject, in characters.
const BODY: usize = 64 << 10;
const SUBJECT: usize = 128;

/// Whether `text` can be a language tag: subtags of up to eight letters and digits, the first of
/// letters.
pub(super) fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let first = subtags.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| {
            (1..=8).contains(&subtag.len())
                && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// 400 E0000236.
pub(super) fn not_a_language() -> ApiError {
    let summary = "The language doesn't conform to the BCP 47 standard for locales.";
    ApiError::new(400, "E0000236", summary)
}

/// The subject of the customization that an e-mail in `language` takes: that language's, else the
/// default one.
pub(super) fn subject(call: &Call<'_>, template: &Template, language: &str) -> Option<String> {
    let prefix = format!("{}/", templates::key(call, template));
    let all = || call.state.docs(CUSTOMIZATIONS).under(&prefix).map(|(_, one)| one);
    let fits = |one: &&Map<String, Value>| text(one, "language").eq_ignore_ascii_case(language);
    let found = all().find(fits).or_else(|| all().find(|one| is_default(one)));
    found.map(|one| text(one, "subject").to_owned())
}

fn is_default(customization: &Map<String, Value>) -> bool {
    customization.get("isDefault") == Some(&Value::Bool(true))
}

/// A template of a brand, with the path and the start of the keys of its customizations.
struct Place {
    template: &'static Template,
    /// The path of the template.
    path: String,
    /// With the slash at its end.
    prefix: String,
}

impl Place {
    fn of(call: &Call<'_>) -> Result<Self> {
        let (template, path) = templates::of_path(call)?;
        Ok(Self { template, path, prefix: format!("{}/", templates::key(call, template)) })
    }

    fn all<'a>(&'a self, call: &'a Call<'_>) -> impl Iterator<Item = &'a Map<String, Value>> {
        call.state.docs(CUSTOMIZATIONS).under(&self.prefix).map(|(_, one)| one)
    }

    fn key(&self, id: &str) -> String {
        format!("{}{id}", self.prefix)
    }

    /// The customization in the path.
    fn one(&self, call: &Call<'_>) -> Result<Map<String, Value>> {
        let id = call.param("customizationId");
        let found = call.state.docs(CUSTOMIZATIONS).get(&self.key(id)).cloned();
        found.ok_or_else(|| ApiError::not_found(id, "EmailTemplateCustomization"))
    }

    /// Keeps `one`; if it is the default, no other is.
    fn keep(&self, call: &mut Call<'_>, one: &Map<String, Value>) {
        let id = text(one, "id");
        if is_default(one) {
            let others: Vec<String> =
                self.all(call).map(|other| self.key(text(other, "id"))).collect();
            let docs = call.state.docs_mut(CUSTOMIZATIONS);
            for other in others {
                if let Some(other) = docs.get_mut(&other) {
                    other.insert("isDefault".into(), false.into());
                }
            }
        }
        call.state.docs_mut(CUSTOMIZATIONS).put(self.key(id), one.clone());
    }

    fn targets(&self, one: &Map<String, Value>) -> Vec<Target> {
        let own = Target::new(
            text(one, "id"),
            "EmailTemplateCustomization",
            text(one, "language"),
            text(one, "subject"),
        );
        vec![own, templates::target(self.template)]
    }

    fn view(&self, one: &Map<String, Value>, call: &Call<'_>) -> Value {
        let path = &self.path;
        let own = format!("{path}/customizations/{}", text(one, "id"));
        let mut shown = one.clone();
        shown.insert(
            "_links".into(),
            json!({
                "preview": call.allowing(&format!("{own}/preview"), &["GET"]),
                "template": call.allowing(path, &["GET"]),
                "settings": call.allowing(&format!("{path}/settings"), &["GET", "PUT"]),
                "self": call.allowing(&own, &["GET", "PUT", "DELETE"]),
                "test": call.allowing(&format!("{path}/test"), &["POST"]),
            }),
        );
        Value::Object(shown)
    }
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let limit = call.shown_limit(10, 200)?;
    let mut all = place.all(call);
    if let Some(after) = call.query("after") {
        all.find(|one| text(one, "id") == after).ok_or_else(bad_cursor)?;
    }
    Ok(call.page_of(all, limit, |one| text(one, "id").to_owned(), |one| place.view(one, call)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    Ok(Answer::ok(place.view(&place.one(call)?, call)))
}

/// The first one is the default, whatever the body says.
fn create(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let body = call.json()?;
    let mut asked = checked(&body, place.template)?;
    let first = place.all(call).next().is_none();
    let wants = body.get("isDefault") == Some(&Value::Bool(true));
    check_language(call, &place, &asked, "")?;
    if wants && !first {
        let summary = "A default email template customization already exists.";
        return Err(ApiError::new(409, "E0000182", summary));
    }
    let language = asked.shift_remove("language").unwrap_or_default();
    asked.insert("id".into(), call.new_id("oel").into());
    asked.insert("language".into(), language);
    asked.insert("isDefault".into(), first.into());
    asked.insert("created".into(), stamp(call.now));
    asked.insert("lastUpdated".into(), stamp(call.now));
    place.keep(call, &asked);
    call.log("system.email.template.create", place.targets(&asked));
    Ok(Answer::json(201, place.view(&asked, call)))
}

/// To become the default takes the place of the other one; to stop being it is not possible.
fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let mut one = place.one(call)?;
    let body = call.json()?;
    let asked = checked(&body, place.template)?;
    check_language(call, &place, &asked, text(&one, "id"))?;
    match body.get("isDefault") {
        Some(Value::Bool(true)) => {
            one.insert("isDefault".into(), true.into());
        }
        Some(Value::Bool(false)) if is_default(&one) => {
            let summary = "The isDefault parameter of the default email template customization \
                           can't be set to false.";
            return Err(ApiError::new(409, "E0000185", summary));
        }
        _ => {}
    }
    one.extend(asked);
    one.insert("lastUpdated".into(), stamp_or_null(Some(call.now)));
    place.keep(call, &one);
    call.log("system.email.template.update", place.targets(&one));
    Ok(Answer::ok(place.view(&one, call)))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let one = place.one(call)?;
    if is_default(&one) && place.all(call).count() > 1 {
        let summary = "A default email template customization can't be deleted.";
        return Err(ApiError::new(409, "E0000184", summary));
    }
    call.state.docs_mut(CUSTOMIZATIONS).remove(&place.key(text(&one, "id")));
    call.log("system.email.template.delete", place.targets(&one));
    Ok(Answer::empty(204))
}

/// Back to Okta's own content.
fn remove_all(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let gone: Vec<Target> =
        place.all(call).flat_map(|one| place.targets(one).into_iter().take(1)).collect();
    call.state.docs_mut(CUSTOMIZATIONS).remove_under(&place.prefix);
    if !gone.is_empty() {
        let targets = gone.into_iter().chain([templates::target(place.template)]);
        call.log("system.email.template.delete", targets.collect());
    }
    Ok(Answer::empty(204))
}

fn preview(call: &mut Call<'_>) -> Result<Answer> {
    let place = Place::of(call)?;
    let one = place.one(call)?;
    let path = &place.path;
    let own = format!("{path}/customizations/{}/preview", text(&one, "id"));
    Ok(Answer::ok(json!({
        "subject": filled(text(&one, "subject"), call),
        "body": filled(text(&one, "body"), call),
        "_links": {
            "template": call.allowing(path, &["GET"]),
            "self": call.allowing(&own, &["GET"]),
            "test": call.allowing(&format!("{path}/test"), &["POST"]),
        },
    })))
}

/// Subject, body and language, where Okta takes them.
fn checked(body: &Map<String, Value>, template: &Template) -> Result<Map<String, Value>> {
    let (subject, content) = (text(body, "subject"), text(body, "body"));
    for (name, value) in
        [("subject", subject), ("body", content), ("language", text(body, "language"))]
    {
        if value.trim().is_empty() {
            return Err(ApiError::blank(name));
        }
    }
    if subject.chars().count() > SUBJECT {
        let cause = format!("subject: The field is too long (over {SUBJECT} characters)");
        return Err(ApiError::invalid("subject", cause));
    }
    if content.len() > BODY {
        return Err(ApiError::invalid("body", "body: The field is too long (over 64 kB)"));
    }
    if !template.required.is_empty() && !template.required.iter().any(|name| uses(content, name)) {
        let names: Vec<String> =
            template.required.iter().map(|name| format!("${{{name}}}")).collect();
        let cause = format!("body: The required variable is missing: {}", names.join(" or "));
        return Err(ApiError::invalid("body", cause));
    }
    Ok(Map::from_iter([
        ("subject".to_owned(), subject.into()),
        ("body".to_owned(), content.into()),
        ("language".to_owned(), language(text(body, "language"))?.into()),
    ]))
}

/// Whether a Velocity text refers to a variable: `${name}`, `$!{name}`, `$name`.
fn uses(body: &str, name: &str) -> bool {
    body.match_indices(name).any(|(at, _)| {
        let (before, after) = body.split_at(at);
        let after = after.strip_prefix(name).unwrap_or_default();
        let whole = !after.starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let before = before.strip_suffix('{').unwrap_or(before);
        whole && before.strip_suffix('!').unwrap_or(before).ends_with('$')
    })
}

/// The language as Okta writes it.
fn language(tag: &str) -> Result<&'static str> {
    if !is_language_tag(tag) {
        return Err(not_a_language());
    }
    let found = LANGUAGES.iter().find(|known| known.eq_ignore_ascii_case(tag));
    let summary = "The language isn't permitted for email customization.";
    found.copied().ok_or_else(|| ApiError::new(400, "E0000237", summary))
}

/// No other customization than `own` is in the language.
fn check_language(
    call: &Call<'_>,
    place: &Place,
    asked: &Map<String, Value>,
    own: &str,
) -> Result<()> {
    let language = text(asked, "language");
    let taken =
        place.all(call).any(|one| text(one, "language") == language && text(one, "id") != own);
    let summary = "An email template customization for that language already exists.";
    if taken { Err(ApiError::new(409, "E0000183", summary)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_as_velocity_writes_them() {
        for body in ["${link}", "a $link.", "$!{link}", "$$link", "href=\"${link}\""] {
            assert!(uses(body, "link"), "{body}");
        }
        for body in ["link", "{link}", "$links", "${other}", "$ link", ""] {
            assert!(!uses(body, "link"), "{body}");
        }
    }

    #[test]
    fn languages_are_compared_as_bcp_47_compares_them() {
        assert_eq!(language("PT-br").unwrap(), "pt-BR");
        for other in ["xx", "en-GB", "english", "-", "e", "pt_BR", "de-toolongsubtag", ""] {
            assert!(language(other).is_err(), "{other}");
        }
    }
}

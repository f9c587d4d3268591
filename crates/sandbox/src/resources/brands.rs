//! Brands: what an org looks like to those who sign in. Each has one theme, pages and e-mails of its
//! own, and domains that lead to it.

use axum::http::Uri;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    listing::bad_cursor,
    log::Target,
    resources::{
        apps::APPS,
        domains::{self, DOMAINS},
        email_customizations::{self, CUSTOMIZATIONS},
        email_domains::{self, EMAIL_DOMAINS},
        email_templates::SETTINGS,
        pages::PAGES,
        policies::text,
        themes::{self, THEMES},
    },
    route::{Route, delete, get, post, put},
    store::State,
};

/// The collection that brands are kept in.
pub(crate) const BRANDS: &str = "brands";

const READ: &str = "okta.brands.read";
const MANAGE: &str = "okta.brands.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/brands", READ, list),
    post("/api/v1/brands", MANAGE, create),
    get("/api/v1/brands/{brandId}", READ, read),
    put("/api/v1/brands/{brandId}", MANAGE, replace),
    delete("/api/v1/brands/{brandId}", MANAGE, remove),
    get("/api/v1/brands/{brandId}/domains", READ, list_domains),
];

/// What hangs on a brand, kept under its id and a slash.
const PARTS: [&str; 4] = [THEMES, PAGES, CUSTOMIZATIONS, SETTINGS];

/// The brand whose id stands in the path.
pub(super) fn of_path(call: &Call<'_>) -> Result<Map<String, Value>> {
    by_id(call, call.param("brandId"))
}

/// The brand `id`; 404 where there is none.
pub(super) fn by_id(call: &Call<'_>, id: &str) -> Result<Map<String, Value>> {
    let found = call.state.docs(BRANDS).get(id).cloned();
    found.ok_or_else(|| ApiError::not_found(id, "Brand"))
}

/// Whether it is the brand that the org began with.
pub(super) fn is_default(brand: &Map<String, Value>) -> bool {
    brand.get("isDefault") == Some(&Value::Bool(true))
}

/// How the System Log names a brand.
pub(super) fn target(brand: &Map<String, Value>) -> Target {
    Target::new(text(brand, "id"), "Brand", "unknown", text(brand, "name"))
}

/// The link that other objects have to their brand.
pub(super) fn link(id: &str, call: &Call<'_>) -> Value {
    call.allowing(&format!("/api/v1/brands/{id}"), &["GET", "PUT", "DELETE"])
}

/// Adds a brand and its theme.
pub(crate) fn add(
    state: &mut State,
    (id, theme): (Id, Id),
    name: &str,
    default: bool,
) -> Map<String, Value> {
    let brand = Map::from_iter([
        ("id".to_owned(), id.into()),
        ("name".to_owned(), name.into()),
        ("removePoweredByOkta".to_owned(), false.into()),
        ("customPrivacyPolicyUrl".to_owned(), Value::Null),
        ("agreeToCustomPrivacyPolicy".to_owned(), false.into()),
        ("isDefault".to_owned(), default.into()),
        ("defaultApp".to_owned(), default_app(None)),
    ]);
    state.docs_mut(BRANDS).put(id.as_str(), brand.clone());
    themes::add(state, id, theme);
    brand
}

/// Makes a brand and tells the System Log.
pub(super) fn make(call: &mut Call<'_>, name: &str) -> Map<String, Value> {
    let ids = (call.new_id("bnd"), call.new_id("the"));
    let brand = add(call.state, ids, name, false);
    call.log("system.brand.create", vec![target(&brand)]);
    brand
}

/// The brand called `name`; names differ by more than case.
pub(super) fn by_name<'a>(state: &'a State, name: &str) -> Option<&'a Map<String, Value>> {
    let name = name.to_lowercase();
    let mut brands = state.docs(BRANDS).iter().map(|(_, brand)| brand);
    brands.find(|brand| text(brand, "name").to_lowercase() == name)
}

/// Brands come by name; the cursor is the id of the last one seen.
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let limit = call.shown_limit(20, 200)?;
    let words = call.query("q").map(str::to_lowercase);
    let mut brands: Vec<Map<String, Value>> = call
        .state
        .docs(BRANDS)
        .iter()
        .map(|(_, brand)| brand.clone())
        .filter(|brand| {
            let name = text(brand, "name").to_lowercase();
            words.as_ref().is_none_or(|words| name.contains(words.as_str()))
        })
        .collect();
    brands.sort_by_key(|brand| text(brand, "name").to_lowercase());
    if let Some(after) = call.query("after") {
        let seen = brands.iter().position(|brand| text(brand, "id") == after);
        brands.drain(..=seen.ok_or_else(bad_cursor)?);
    }
    let key = |brand: &Map<String, Value>| text(brand, "id").to_owned();
    Ok(call.page_of(brands.into_iter(), limit, key, |brand| view(brand, call)))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let name = text(&body, "name").trim().to_owned();
    check_name(call, &name, "")?;
    let brand = make(call, &name);
    Ok(Answer::json(201, view(&brand, call)))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(view(&of_path(call)?, call)))
}

/// What is not given is reset, but for the name.
fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let mut brand = of_path(call)?;
    let body = call.json()?;
    let id = text(&brand, "id").to_owned();
    if let Some(name) = body.get("name") {
        let name = name.as_str().unwrap_or_default().trim();
        check_name(call, name, &id)?;
        brand.insert("name".into(), name.into());
    }
    let agreed = body.get("agreeToCustomPrivacyPolicy") == Some(&Value::Bool(true));
    let url = Some(text(&body, "customPrivacyPolicyUrl")).filter(|url| !url.is_empty());
    check_privacy_policy(url, agreed)?;
    let powered = body.get("removePoweredByOkta") == Some(&Value::Bool(true));
    brand.insert("removePoweredByOkta".into(), powered.into());
    brand.insert("customPrivacyPolicyUrl".into(), url.into());
    brand.insert("agreeToCustomPrivacyPolicy".into(), agreed.into());
    let app = body.get("defaultApp").and_then(Value::as_object);
    if let Some(app) = app.map(|app| text(app, "appInstanceId")).filter(|app| !app.is_empty())
        && call.state.docs(APPS).get(app).is_none()
    {
        return Err(ApiError::invalid("defaultApp", "appInstanceId: The app does not exist"));
    }
    let locale = text(&body, "locale");
    if !locale.is_empty() && !email_customizations::is_language_tag(locale) {
        return Err(email_customizations::not_a_language());
    }
    let email_domain = text(&body, "emailDomainId");
    if !email_domain.is_empty() {
        email_domains::by_id(call, email_domain)?;
    }
    for (name, value) in [("locale", locale), ("emailDomainId", email_domain)] {
        brand.shift_remove(name);
        if !value.is_empty() {
            brand.insert(name.into(), value.into());
        }
    }
    brand.shift_remove("defaultApp");
    brand.insert("defaultApp".into(), default_app(app));
    call.log("system.brand.update", vec![target(&brand)]);
    call.state.docs_mut(BRANDS).put(id, brand.clone());
    Ok(Answer::ok(view(&brand, call)))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let brand = of_path(call)?;
    let id = text(&brand, "id");
    if is_default(&brand) {
        return Err(ApiError::new(409, "E0000200", "A default brand cannot be deleted."));
    }
    let reached = call.state.docs(DOMAINS).iter().any(|(_, one)| text(one, "brandId") == id);
    if reached || brand.contains_key("emailDomainId") {
        let summary = "A brand associated with a custom domain or email doamin cannot be deleted.";
        return Err(ApiError::new(409, "E0000201", summary));
    }
    themes::forget_images(call.state, id);
    for part in PARTS {
        call.state.docs_mut(part).remove_under(&format!("{id}/"));
    }
    call.state.docs_mut(BRANDS).remove(id);
    call.log("system.brand.delete", vec![target(&brand)]);
    Ok(Answer::empty(204))
}

fn list_domains(call: &mut Call<'_>) -> Result<Answer> {
    let brand = of_path(call)?;
    Ok(Answer::ok(json!({ "domains": domains::of_brand(call, text(&brand, "id")) })))
}

/// A name is there, and no other brand than `own` has it.
fn check_name(call: &Call<'_>, name: &str, own: &str) -> Result<()> {
    if name.is_empty() {
        return Err(ApiError::blank("name"));
    }
    match by_name(call.state, name) {
        Some(other) if text(other, "id") != own => {
            Err(ApiError::new(409, "E0000202", "Brand name already exists."))
        }
        _ => Ok(()),
    }
}

fn check_privacy_policy(url: Option<&str>, agreed: bool) -> Result<()> {
    let Some(url) = url else { return Ok(()) };
    if !is_web_address(url) {
        let name = "customPrivacyPolicyUrl";
        let cause = format!("{name}: Is not a valid URL. Valid example: http://www.okta.com");
        return Err(ApiError::invalid(name, cause));
    }
    if agreed {
        return Ok(());
    }
    let name = "agreeToCustomPrivacyPolicy";
    let cause = "Please provide your consent for updating the custom privacy policy URL.";
    Err(ApiError::invalid(name, format!("{name}: {cause}")))
}

/// Whether `text` is a full `http` or `https` URL.
pub(super) fn is_web_address(text: &str) -> bool {
    text.parse::<Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
    })
}

/// The app that people land on: what `given` says of it, and null for the rest.
fn default_app(given: Option<&Map<String, Value>>) -> Value {
    let of = |name: &str| given.and_then(|given| given.get(name)).cloned().unwrap_or_default();
    json!({
        "appInstanceId": of("appInstanceId"),
        "appLinkName": of("appLinkName"),
        "classicApplicationUri": of("classicApplicationUri"),
    })
}

/// A brand as Okta shows it, with what `expand` asks for.
pub(super) fn view(brand: &Map<String, Value>, call: &Call<'_>) -> Value {
    let mut shown = plain(brand, call);
    let id = text(brand, "id");
    let mut embedded = Map::new();
    if call.expands("themes") {
        embedded.insert("themes".into(), themes::of_brand(call, id).into());
    }
    if call.expands("domains") {
        embedded.insert("domains".into(), domains::of_brand(call, id).into());
    }
    let email = call.state.docs(EMAIL_DOMAINS).get(text(brand, "emailDomainId"));
    if let Some(email) = email.filter(|_| call.expands("emailDomain")) {
        embedded.insert("emailDomain".into(), email.clone().into());
    }
    if call.query("expand").is_some() {
        shown.insert("_embedded".into(), embedded.into());
    }
    Value::Object(shown)
}

/// A brand without what is embedded in it.
pub(super) fn plain(brand: &Map<String, Value>, call: &Call<'_>) -> Map<String, Value> {
    let id = text(brand, "id");
    let mut shown = brand.clone();
    let themes = call.allowing(&format!("/api/v1/brands/{id}/themes"), &["GET"]);
    shown.insert("_links".into(), json!({ "themes": themes, "self": link(id, call) }));
    shown
}

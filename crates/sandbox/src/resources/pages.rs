//! The pages of a brand: sign-in and error page, each as Okta has it, as customized, and as a
//! preview that nobody else sees; and where people go when they sign out.

mod standard;

use axum::body::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    log::Draft,
    resources::{
        brands::{self, is_web_address},
        policies::text,
    },
    route::{Route, delete, get, put},
};

/// The collection that pages are kept in, by brand, page and version (`customized`, `preview`).
pub(crate) const PAGES: &str = "pages";

const READ: &str = "okta.brands.read";
const MANAGE: &str = "okta.brands.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/brands/{brandId}/pages/error", READ, resources),
    get("/api/v1/brands/{brandId}/pages/error/customized", READ, read),
    put("/api/v1/brands/{brandId}/pages/error/customized", MANAGE, replace),
    delete("/api/v1/brands/{brandId}/pages/error/customized", MANAGE, remove),
    get("/api/v1/brands/{brandId}/pages/error/default", READ, read_default),
    get("/api/v1/brands/{brandId}/pages/error/preview", READ, read),
    put("/api/v1/brands/{brandId}/pages/error/preview", MANAGE, replace),
    delete("/api/v1/brands/{brandId}/pages/error/preview", MANAGE, remove),
    get("/api/v1/brands/{brandId}/pages/sign-in", READ, resources),
    get("/api/v1/brands/{brandId}/pages/sign-in/customized", READ, read),
    put("/api/v1/brands/{brandId}/pages/sign-in/customized", MANAGE, replace),
    delete("/api/v1/brands/{brandId}/pages/sign-in/customized", MANAGE, remove),
    get("/api/v1/brands/{brandId}/pages/sign-in/default", READ, read_default),
    get("/api/v1/brands/{brandId}/pages/sign-in/preview", READ, read),
    put("/api/v1/brands/{brandId}/pages/sign-in/preview", MANAGE, replace),
    delete("/api/v1/brands/{brandId}/pages/sign-in/preview", MANAGE, remove),
    get("/api/v1/brands/{brandId}/pages/sign-in/widget-versions", READ, widget_versions),
    get("/api/v1/brands/{brandId}/pages/sign-out/customized", READ, read_sign_out),
    put("/api/v1/brands/{brandId}/pages/sign-out/customized", MANAGE, replace_sign_out),
    get("/brands/{brandId}/{page}/{version}", "", show).unlimited(),
];

/// Looks at a body; gives what is kept of it.
type Check = fn(&Map<String, Value>) -> Result<Map<String, Value>>;

/// A page that can be customized.
struct Page {
    /// Its name in paths.
    name: &'static str,
    /// What Okta calls it where there is none.
    class: &'static str,
    updated: &'static str,
    deleted: &'static str,
    standard: fn() -> Value,
    checked: Check,
}

const SIGN_IN: Page = Page {
    name: "sign-in",
    class: "SignInPage",
    updated: "system.custom_signin.update",
    deleted: "system.custom_signin.delete",
    standard: standard::sign_in,
    checked: sign_in,
};
const ERROR: Page = Page {
    name: "error",
    class: "ErrorPage",
    updated: "system.custom_error.update",
    deleted: "system.custom_error.delete",
    standard: standard::error,
    checked: error_page,
};

/// The page and the version that a path ends in, and the key of both.
struct Place {
    page: &'static Page,
    version: String,
    brand: Map<String, Value>,
    key: String,
}

fn of_path(call: &Call<'_>) -> Result<Place> {
    let brand = brands::of_path(call)?;
    let mut parts = call.path.split('/').skip_while(|part| *part != "pages").skip(1);
    let page = if parts.next() == Some(ERROR.name) { &ERROR } else { &SIGN_IN };
    let version = parts.next().unwrap_or_default().to_owned();
    let key = key(text(&brand, "id"), page.name, &version);
    Ok(Place { page, version, brand, key })
}

/// The key that a page is kept under.
pub(crate) fn key(brand: &str, page: &str, version: &str) -> String {
    format!("{brand}/{page}/{version}")
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let place = of_path(call)?;
    Ok(Answer::ok(kept(call, &place)?.into()))
}

fn kept(call: &Call<'_>, place: &Place) -> Result<Map<String, Value>> {
    let found = call.state.docs(PAGES).get(&place.key).cloned();
    found.ok_or_else(|| ApiError::not_found(text(&place.brand, "id"), place.page.class))
}

fn read_default(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok((of_path(call)?.page.standard)()))
}

/// The default brand keeps Okta's pages.
fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let place = of_path(call)?;
    let page = (place.page.checked)(&call.json()?)?;
    if brands::is_default(&place.brand) {
        let summary = "Cannot update page content for the default brand.";
        return Err(ApiError::new(403, "E0000213", summary));
    }
    log(call, place.page.updated, &place.brand, &place.version);
    call.state.docs_mut(PAGES).put(place.key, page.clone());
    Ok(Answer::ok(page.into()))
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let place = of_path(call)?;
    if call.state.docs_mut(PAGES).remove(&place.key).is_some() {
        log(call, place.page.deleted, &place.brand, &place.version);
    }
    Ok(Answer::empty(204))
}

fn log(call: &mut Call<'_>, event: &'static str, brand: &Map<String, Value>, version: &str) {
    let draft = Draft::new(event).targets(vec![brands::target(brand)]);
    call.log_event(draft.debug("page", version));
}

/// The versions of a page, linked, and embedded where `expand` asks for them.
fn resources(call: &mut Call<'_>) -> Result<Answer> {
    let place = of_path(call)?;
    let (brand, page) = (text(&place.brand, "id"), place.page);
    let path = format!("/api/v1/brands/{brand}/pages/{}", page.name);
    let changing = ["GET", "PUT", "DELETE"];
    let mut embedded = Map::new();
    if call.expands("default") {
        embedded.insert("default".into(), (page.standard)());
    }
    for version in ["customized", "preview"] {
        let kept = call.state.docs(PAGES).get(&key(brand, page.name, version));
        if let Some(kept) = kept.filter(|_| call.expands(version)) {
            embedded.insert(version.into(), kept.clone().into());
        }
        let url = format!("{version}Url");
        if kept.is_some() && call.expands(&url) {
            let href = call.href(&format!("/brands/{brand}/{}/{version}", page.name));
            embedded.insert(url, href.into());
        }
    }
    let mut shown = Map::new();
    if call.query("expand").is_some() {
        shown.insert("_embedded".into(), embedded.into());
    }
    shown.insert(
        "_links".into(),
        json!({
            "self": call.allowing(&path, &["GET"]),
            "default": call.allowing(&format!("{path}/default"), &["GET"]),
            "customized": call.allowing(&format!("{path}/customized"), &changing),
            "preview": call.allowing(&format!("{path}/preview"), &changing),
        }),
    );
    Ok(Answer::ok(shown.into()))
}

/// A page as a browser gets it, its placeholders left as they are. Okta shows previews to admins only;
/// here there is nobody to be kept out.
fn show(call: &mut Call<'_>) -> Result<Answer> {
    let key = key(call.param("brandId"), call.param("page"), call.param("version"));
    let page = call.state.docs(PAGES).get(&key);
    let page = page.filter(|page| page.contains_key("pageContent"));
    let page = page.ok_or_else(|| ApiError::not_found(call.param("brandId"), "Page"))?;
    let content = Bytes::from(text(page, "pageContent").to_owned());
    Ok(Answer::file("text/html;charset=utf-8", content))
}

/// The start of a page: the content given, or Okta's.
fn content(body: &Map<String, Value>, standard: &Value) -> Map<String, Value> {
    let given = body.get("pageContent").filter(|content| content.is_string());
    let content = given.or_else(|| standard.get("pageContent")).cloned();
    Map::from_iter([("pageContent".to_owned(), content.unwrap_or_default())])
}

/// Adds the content security policy where one is given.
fn add_policy(page: &mut Map<String, Value>, body: &Map<String, Value>) -> Result<()> {
    let name = "contentSecurityPolicySetting";
    let Some(given) = body.get(name).filter(|given| !given.is_null()) else { return Ok(()) };
    let invalid = |cause: &str| Err(ApiError::invalid(name, format!("{name}: {cause}")));
    let Some(policy) = given.as_object() else { return invalid("The field is invalid") };
    if !matches!(text(policy, "mode"), "enforced" | "report_only") {
        return invalid("mode must be one of [enforced, report_only]");
    }
    let list = policy.get("srcList").filter(|list| !list.is_null());
    let texts = |list: &Value| list.as_array().is_some_and(|all| all.iter().all(Value::is_string));
    if list.is_some_and(|list| !texts(list)) {
        return invalid("srcList must be a list of sources");
    }
    page.insert(name.into(), given.clone());
    Ok(())
}

fn error_page(body: &Map<String, Value>) -> Result<Map<String, Value>> {
    let mut page = content(body, &standard::error());
    add_policy(&mut page, body)?;
    Ok(page)
}

/// What is kept of a new sign-in page.
pub(crate) fn sign_in(body: &Map<String, Value>) -> Result<Map<String, Value>> {
    let standard = standard::sign_in();
    let mut page = content(body, &standard);
    add_policy(&mut page, body)?;
    let given = Some(text(body, "widgetVersion")).filter(|version| !version.is_empty());
    let version = given.unwrap_or("*");
    if !standard::is_widget_version(version) {
        let cause = format!("widgetVersion: '{version}' is not a version of the widget");
        return Err(ApiError::invalid("widgetVersion", cause));
    }
    page.insert("widgetVersion".into(), version.into());
    let widget = widget(&standard, body.get("widgetCustomizations"))?;
    page.insert("widgetCustomizations".into(), widget.into());
    Ok(page)
}

/// What is customized of the widget: every setting is there, null where nothing was said; switches are
/// on unless told.
fn widget(standard: &Value, given: Option<&Value>) -> Result<Map<String, Value>> {
    let mut widget = Map::new();
    let known = standard.get("widgetCustomizations").and_then(Value::as_object);
    for (name, value) in known.into_iter().flatten() {
        let first =
            if value.is_boolean() || name == GENERATION { value.clone() } else { Value::Null };
        widget.insert(name.clone(), first);
    }
    let given = given.and_then(Value::as_object);
    for (name, value) in given.into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        widget.insert(name.clone(), value.clone());
    }
    if matches!(text(&widget, GENERATION), "G2" | "G3") {
        return Ok(widget);
    }
    let cause = format!("{GENERATION}: must be one of [G2, G3]");
    Err(ApiError::invalid("widgetCustomizations", cause))
}

const GENERATION: &str = "widgetGeneration";

fn widget_versions(call: &mut Call<'_>) -> Result<Answer> {
    brands::of_path(call)?;
    Ok(Answer::ok(json!(standard::WIDGET_VERSIONS.as_slice())))
}

fn read_sign_out(call: &mut Call<'_>) -> Result<Answer> {
    let brand = brands::of_path(call)?;
    let kept = call.state.docs(PAGES).get(&key(text(&brand, "id"), "sign-out", "customized"));
    let kept = kept.cloned().map(Value::from);
    Ok(Answer::ok(kept.unwrap_or_else(|| json!({ "type": "OKTA_DEFAULT" }))))
}

fn replace_sign_out(call: &mut Call<'_>) -> Result<Answer> {
    let brand = brands::of_path(call)?;
    let body = call.json()?;
    let page = match (text(&body, "type"), text(&body, "url")) {
        ("OKTA_DEFAULT", _) => json!({ "type": "OKTA_DEFAULT" }),
        ("EXTERNALLY_HOSTED", url) if is_web_address(url) => {
            json!({ "type": "EXTERNALLY_HOSTED", "url": url })
        }
        ("EXTERNALLY_HOSTED", "") => return Err(ApiError::blank("url")),
        ("EXTERNALLY_HOSTED", _) => {
            let cause = "url: Is not a valid URL. Valid example: http://www.okta.com";
            return Err(ApiError::invalid("url", cause));
        }
        ("", _) => return Err(ApiError::blank("type")),
        (other, _) => {
            let valid = "Valid values: [OKTA_DEFAULT, EXTERNALLY_HOSTED].";
            let cause = format!("type: '{other}' is invalid. {valid}");
            return Err(ApiError::invalid("type", cause));
        }
    };
    log(call, "system.custom_signout.update", &brand, "customized");
    if let Value::Object(page) = page.clone() {
        let key = key(text(&brand, "id"), "sign-out", "customized");
        call.state.docs_mut(PAGES).put(key, page);
    }
    Ok(Answer::ok(page))
}

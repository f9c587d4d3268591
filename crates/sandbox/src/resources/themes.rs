//! The theme of a brand: its colors, its images, and where they are used.

mod images;

use serde_json::{Map, Value, json};

use self::images::{BACKGROUND, FAVICON, Image, LOGO};
use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::Id,
    log::Target,
    resources::{brands, files, policies::text},
    route::{Route, delete, get, post, put},
    store::{State, StoredFile},
    upload,
};

/// The collection that themes are kept in, by brand and theme.
pub(crate) const THEMES: &str = "themes";

const READ: &str = "okta.brands.read";
const MANAGE: &str = "okta.brands.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/brands/{brandId}/themes", READ, list),
    get("/api/v1/brands/{brandId}/themes/{themeId}", READ, read),
    put("/api/v1/brands/{brandId}/themes/{themeId}", MANAGE, replace),
    post("/api/v1/brands/{brandId}/themes/{themeId}/logo", MANAGE, upload_logo),
    delete("/api/v1/brands/{brandId}/themes/{themeId}/logo", MANAGE, remove_logo),
    post("/api/v1/brands/{brandId}/themes/{themeId}/favicon", MANAGE, upload_favicon),
    delete("/api/v1/brands/{brandId}/themes/{themeId}/favicon", MANAGE, remove_favicon),
    post("/api/v1/brands/{brandId}/themes/{themeId}/background-image", MANAGE, upload_background),
    delete("/api/v1/brands/{brandId}/themes/{themeId}/background-image", MANAGE, remove_background),
];

const DEFAULT: &str = "OKTA_DEFAULT";

/// Where a theme is used and in which ways, in the order of Okta's checks. The last may be left out.
const VARIANTS: [(&str, &[&str]); 5] = [
    ("signInPageTouchPointVariant", &[DEFAULT, "BACKGROUND_SECONDARY_COLOR", "BACKGROUND_IMAGE"]),
    ("errorPageTouchPointVariant", &[DEFAULT, "BACKGROUND_SECONDARY_COLOR", "BACKGROUND_IMAGE"]),
    ("emailTemplateTouchPointVariant", &[DEFAULT, "FULL_THEME"]),
    (
        "endUserDashboardTouchPointVariant",
        &[DEFAULT, "WHITE_LOGO_BACKGROUND", "FULL_THEME", "LOGO_ON_FULL_WHITE_BACKGROUND"],
    ),
    (LOADING, &[DEFAULT, "NONE"]),
];
const LOADING: &str = "loadingPageTouchPointVariant";

/// Colors of text on the color named; black unless told.
const CONTRASTS: [&str; 2] = ["primaryColorContrastHex", "secondaryColorContrastHex"];
const BLACK: &str = "#000000";

/// Adds the theme of a new brand.
pub(crate) fn add(state: &mut State, brand: Id, id: Id) {
    let theme = json!({
        "id": id,
        "logo": files::LOGO,
        "favicon": files::FAVICON,
        "backgroundImage": null,
        "primaryColorHex": "#1662dd",
        "primaryColorContrastHex": BLACK,
        "secondaryColorHex": "#ebebed",
        "secondaryColorContrastHex": BLACK,
        "signInPageTouchPointVariant": DEFAULT,
        "endUserDashboardTouchPointVariant": DEFAULT,
        "errorPageTouchPointVariant": DEFAULT,
        "emailTemplateTouchPointVariant": DEFAULT,
        "loadingPageTouchPointVariant": DEFAULT,
    });
    if let Value::Object(theme) = theme {
        state.docs_mut(THEMES).put(format!("{brand}/{id}"), theme);
    }
}

/// The themes of a brand as Okta shows them: one.
pub(super) fn of_brand(call: &Call<'_>, brand: &str) -> Vec<Value> {
    let prefix = format!("{brand}/");
    call.state.docs(THEMES).under(&prefix).map(|(key, theme)| view(key, theme, call)).collect()
}

/// Forgets the files of a brand that goes.
pub(super) fn forget_images(state: &mut State, brand: &str) {
    let prefix = format!("{brand}/");
    let themes = state.docs(THEMES).under(&prefix).map(|(_, theme)| theme);
    let paths: Vec<String> = themes
        .flat_map(|theme| images::ALL.iter().map(|image| text(theme, image.property).to_owned()))
        .collect();
    for path in paths {
        state.files.forget(&path);
    }
}

/// The theme in the path, with the key it is kept under.
fn of_path(call: &Call<'_>) -> Result<(String, Map<String, Value>)> {
    let (brand, id) = (brands::of_path(call)?, call.param("themeId"));
    let key = format!("{}/{id}", text(&brand, "id"));
    let found = call.state.docs(THEMES).get(&key).cloned();
    found.map(|theme| (key, theme)).ok_or_else(|| ApiError::not_found(id, "Theme"))
}

fn list(call: &mut Call<'_>) -> Result<Answer> {
    let brand = brands::of_path(call)?;
    Ok(Answer::ok(of_brand(call, text(&brand, "id")).into()))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    let (key, theme) = of_path(call)?;
    Ok(Answer::ok(view(&key, &theme, call)))
}

/// What is not given is reset; the images have operations of their own.
fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let (key, mut theme) = of_path(call)?;
    let body = call.json()?;
    let causes = wrong(&body);
    if let Some(first) = causes.first() {
        let property = first.split(':').next().unwrap_or_default().to_owned();
        return Err(ApiError::invalid_all(&property, causes));
    }
    for name in ["primaryColorHex", "secondaryColorHex"] {
        theme.insert(name.into(), text(&body, name).into());
    }
    for name in CONTRASTS {
        let given = Some(text(&body, name)).filter(|given| !given.is_empty());
        theme.insert(name.into(), given.unwrap_or(BLACK).into());
    }
    for (name, _) in VARIANTS {
        let given = Some(text(&body, name)).filter(|given| !given.is_empty());
        theme.insert(name.into(), given.unwrap_or(DEFAULT).into());
    }
    keep(call, &key, &theme)?;
    Ok(Answer::ok(view(&key, &theme, call)))
}

/// Everything in a new theme that Okta would refuse.
fn wrong(body: &Map<String, Value>) -> Vec<String> {
    let mut causes = Vec::new();
    let mut check = |name: &str, required: bool, good: &dyn Fn(&str) -> bool, why: &str| {
        let given = body.get(name).filter(|value| !value.is_null());
        match given.map(|value| value.as_str().unwrap_or_default()) {
            None if required => causes.push(format!("{name}: The field cannot be left blank")),
            Some(given) if !good(given) => {
                causes.push(format!("{name}: {}", why.replace("{}", given)));
            }
            _ => {}
        }
    };
    let invalid_color = "Invalid color hex: {}.";
    for name in ["primaryColorHex", "secondaryColorHex"] {
        check(name, true, &is_color, invalid_color);
    }
    for name in CONTRASTS {
        let good = |given: &str| given == BLACK || given.eq_ignore_ascii_case("#ffffff");
        check(name, false, &good, invalid_color);
    }
    for (name, valid) in VARIANTS {
        let why = format!("'{{}}' is invalid. Valid values: [{}].", valid.join(", "));
        check(name, name != LOADING, &|given| valid.contains(&given), &why);
    }
    causes
}

/// `#rrggbb`.
fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Keeps a changed theme and tells the System Log.
fn keep(call: &mut Call<'_>, key: &str, theme: &Map<String, Value>) -> Result<()> {
    let brand = brands::of_path(call)?;
    let own = Target::new(text(theme, "id"), "Theme", "unknown", text(&brand, "name"));
    call.log("system.theme.update", vec![own, brands::target(&brand)]);
    call.state.docs_mut(THEMES).put(key, theme.clone());
    Ok(())
}

fn upload_logo(call: &mut Call<'_>) -> Result<Answer> {
    store(call, &LOGO)
}

fn remove_logo(call: &mut Call<'_>) -> Result<Answer> {
    reset(call, &LOGO)
}

fn upload_favicon(call: &mut Call<'_>) -> Result<Answer> {
    store(call, &FAVICON)
}

fn remove_favicon(call: &mut Call<'_>) -> Result<Answer> {
    reset(call, &FAVICON)
}

fn upload_background(call: &mut Call<'_>) -> Result<Answer> {
    store(call, &BACKGROUND)
}

fn remove_background(call: &mut Call<'_>) -> Result<Answer> {
    reset(call, &BACKGROUND)
}

/// Puts an uploaded image in the place of the one that the theme has.
fn store(call: &mut Call<'_>, image: &Image) -> Result<Answer> {
    let (key, mut theme) = of_path(call)?;
    let bytes = upload::part(call, "file")?;
    let kind = image.check(&bytes)?;
    let id = call.new_id("fs0");
    call.state.files.forget(text(&theme, image.property));
    let path = call.state.files.put(id, StoredFile { kind, bytes });
    theme.insert(image.property.into(), path.clone().into());
    keep(call, &key, &theme)?;
    Ok(Answer::json(201, json!({ "url": call.href(&path) })))
}

/// Goes back to what a theme has from the start. Where that is so already, nothing happened.
fn reset(call: &mut Call<'_>, image: &Image) -> Result<Answer> {
    let (key, mut theme) = of_path(call)?;
    let first: Value = image.standard.into();
    if theme.get(image.property) != Some(&first) {
        call.state.files.forget(text(&theme, image.property));
        theme.insert(image.property.into(), first);
        keep(call, &key, &theme)?;
    }
    Ok(Answer::empty(204))
}

fn view(key: &str, theme: &Map<String, Value>, call: &Call<'_>) -> Value {
    let mut shown = theme.clone();
    for image in images::ALL {
        if let Some(path) = theme.get(image.property).and_then(Value::as_str) {
            shown.insert(image.property.into(), call.href(path).into());
        }
    }
    let brand = key.split('/').next().unwrap_or_default();
    let path = format!("/api/v1/brands/{brand}/themes/{}", text(theme, "id"));
    let image = |name: &str| call.allowing(&format!("{path}/{name}"), &["POST", "DELETE"]);
    shown.insert(
        "_links".into(),
        json!({
            "favicon": image("favicon"),
            "self": call.allowing(&path, &["GET", "PUT"]),
            "logo": image("logo"),
            "background-image": image("background-image"),
        }),
    );
    Value::Object(shown)
}

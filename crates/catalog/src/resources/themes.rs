//! The themes of brands: `/api/v1/brands/{brandId}/themes`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::brands;
use crate::{
    args::{Fields, Flag, Object},
    desk::{Desk, Failure, Prepared},
    label, look,
    read_back::ReadBack,
    read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![ListBrandThemes, GetBrandTheme, ReplaceBrandTheme];

const ONE: &str = "/api/v1/brands/{brandId}/themes/{themeId}";
pub(super) const GET: Operation = Operation::read(ONE, Scope::BRANDS_READ);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::BRANDS_MANAGE, Effect::Sensitive);

/// What Okta calls the looks of its pages. Any case is read, and what is not known here goes out as
/// it is: Okta adds some now and then.
const VARIANTS: &[&str] = &[
    "BACKGROUND_IMAGE",
    "BACKGROUND_SECONDARY_COLOR",
    "FULL_THEME",
    "LOGO_ON_FULL_WHITE_BACKGROUND",
    "NONE",
    "OKTA_DEFAULT",
    "WHITE_LOGO_BACKGROUND",
];

/// List the themes of a brand: there is one.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListBrandThemes {
    brand_id: String,
    fields: Option<Fields>,
}

impl Tool for ListBrandThemes {
    const DEF: ToolDef =
        get::<Self>("list_brand_themes", "/api/v1/brands/{brandId}/themes", Scope::BRANDS_READ)
            .title("List a brand's themes")
            .page(&[]);
}

/// Get a theme.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetBrandTheme {
    brand_id: String,
    theme_id: String,
    fields: Option<Fields>,
}

impl Tool for GetBrandTheme {
    const DEF: ToolDef = get::<Self>("get_brand_theme", GET.path, GET.scope).title("Get theme");
}

/// Change colors and looks of a theme; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceBrandTheme {
    brand_id: String,
    theme_id: String,
    /// Such as #1662dd
    primary_color_hex: String,
    secondary_color_hex: String,
    /// OKTA_DEFAULT, BACKGROUND_SECONDARY_COLOR or BACKGROUND_IMAGE
    sign_in_page_touch_point_variant: String,
    /// OKTA_DEFAULT, WHITE_LOGO_BACKGROUND, FULL_THEME or LOGO_ON_FULL_WHITE_BACKGROUND
    end_user_dashboard_touch_point_variant: String,
    /// As for the sign-in page
    error_page_touch_point_variant: String,
    /// OKTA_DEFAULT or FULL_THEME
    email_template_touch_point_variant: String,
    primary_color_contrast_hex: Option<String>,
    secondary_color_contrast_hex: Option<String>,
    /// OKTA_DEFAULT or NONE
    loading_page_touch_point_variant: Option<String>,
    /// Reset what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceBrandTheme {
    const DEF: ToolDef = planned::<Self>("replace_brand_theme", REPLACE)
        .title("Replace theme")
        .also(&[GET, brands::GET]);
}

impl Prepare for ReplaceBrandTheme {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("brandId", self.brand_id.as_str()), ("themeId", self.theme_id.as_str())];
        let theme = look::at(desk, GET, &path).await?.body;
        let summary = format!("Change {}", name(desk, &self.brand_id).await?);
        let given = Object::default()
            .with("primaryColorHex", Some(self.primary_color_hex))
            .with("primaryColorContrastHex", self.primary_color_contrast_hex)
            .with("secondaryColorHex", Some(self.secondary_color_hex))
            .with("secondaryColorContrastHex", self.secondary_color_contrast_hex)
            .with(
                "signInPageTouchPointVariant",
                Some(spelled(self.sign_in_page_touch_point_variant)),
            )
            .with(
                "endUserDashboardTouchPointVariant",
                Some(spelled(self.end_user_dashboard_touch_point_variant)),
            )
            .with("errorPageTouchPointVariant", Some(spelled(self.error_page_touch_point_variant)))
            .with(
                "emailTemplateTouchPointVariant",
                Some(spelled(self.email_template_touch_point_variant)),
            )
            .with(
                "loadingPageTouchPointVariant",
                self.loading_page_touch_point_variant.map(spelled),
            );
        let merges = !matches!(self.full_replace, Some(Flag(true)));
        let kept = if merges { kept_contrasts(&theme, &given.0) } else { None };
        let replacement = Replacement::new(
            "primary_color_hex",
            &theme,
            given,
            read_only::THEME,
            self.full_replace,
        )?;
        let read = GET.request(&path)?;
        let mut plan = replacement
            .plan(summary, read.clone(), &REPLACE.request(&path)?, theme)
            .read_back(ReadBack::one(read))
            .check("get_brand_theme")
            .done("The theme is changed.");
        plan.notes.extend(kept);
        Ok(plan.into())
    }
}

/// What a person calls the theme of a brand: it has no name of its own.
pub(super) async fn name(desk: &dyn Desk, brand_id: &str) -> Result<String, Failure> {
    let brand = look::at(desk, brands::GET, &[("brandId", brand_id)]).await?.body;
    Ok(format!("the theme of brand {}", label::named(&brand)))
}

/// A word about contrast colors that stay while their color changes: Okta chooses one only where
/// none is sent.
fn kept_contrasts(theme: &Value, given: &serde_json::Map<String, Value>) -> Option<String> {
    let pairs = [
        ("primaryColorHex", "primaryColorContrastHex"),
        ("secondaryColorHex", "secondaryColorContrastHex"),
    ];
    let kept: Vec<&str> = pairs
        .into_iter()
        .filter(|(color, contrast)| {
            given.get(*color) != theme.get(*color)
                && !given.contains_key(*contrast)
                && theme.get(*contrast).is_some_and(Value::is_string)
        })
        .map(|(_, contrast)| contrast)
        .collect();
    (!kept.is_empty())
        .then(|| format!("Stays as it was, whatever the new color: {}.", kept.join(", ")))
}

fn spelled(variant: String) -> Value {
    let known = VARIANTS.iter().find(|known| known.eq_ignore_ascii_case(&variant));
    known.map_or_else(|| variant.into(), |known| (*known).into())
}

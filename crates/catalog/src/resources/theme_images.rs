//! The images of themes: logo, favicon, background image.

use okta_client::{Method, Upload};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{brands, themes};
use crate::{
    contents::Given,
    desk::{Desk, Failure, Plan, Prepared},
    image, label, look,
    read_back::ReadBack,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, planned, tools},
};

tools![
    UploadBrandThemeLogo,
    DeleteBrandThemeLogo,
    UploadBrandThemeFavicon,
    DeleteBrandThemeFavicon,
    UploadBrandThemeBackgroundImage,
    DeleteBrandThemeBackgroundImage,
];

/// An image of a theme.
struct Asset {
    rules: image::Rules,
    upload: Operation,
    delete: Operation,
    /// Where the theme names it (a JSON pointer, RFC 6901).
    place: &'static str,
    /// What is there once it is removed.
    without: &'static str,
}

impl Asset {
    const fn new(
        rules: image::Rules,
        path: &'static str,
        place: &'static str,
        without: &'static str,
    ) -> Self {
        let scope = Scope::BRANDS_MANAGE;
        Self {
            rules,
            upload: Operation::change(Method::Post, path, scope, Effect::Sensitive),
            delete: Operation::change(Method::Delete, path, scope, Effect::Destructive),
            place,
            without,
        }
    }
}

const LOGO: Asset = Asset::new(
    image::LOGO,
    "/api/v1/brands/{brandId}/themes/{themeId}/logo",
    "/logo",
    "Okta's own logo is shown instead.",
);
const FAVICON: Asset = Asset::new(
    image::FAVICON,
    "/api/v1/brands/{brandId}/themes/{themeId}/favicon",
    "/favicon",
    "Okta's own favicon is shown instead.",
);
const BACKGROUND: Asset = Asset::new(
    image::BACKGROUND,
    "/api/v1/brands/{brandId}/themes/{themeId}/background-image",
    "/backgroundImage",
    "Pages that show it have none then.",
);

/// What every upload reads besides.
const LOOKS: &[Operation] = &[themes::GET, brands::GET];

/// Upload a theme's logo: PNG, JPG or GIF below 100 kB.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UploadBrandThemeLogo {
    brand_id: String,
    theme_id: String,
    /// In an upload folder; or the file in base64
    file_path: String,
}

impl Tool for UploadBrandThemeLogo {
    const DEF: ToolDef = planned::<Self>("upload_brand_theme_logo", LOGO.upload)
        .title("Upload theme logo")
        .also(LOOKS);
}

impl Prepare for UploadBrandThemeLogo {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        upload(desk, &LOGO, [&self.brand_id, &self.theme_id], &self.file_path).await
    }
}

/// Remove a theme's logo.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteBrandThemeLogo {
    brand_id: String,
    theme_id: String,
}

impl Tool for DeleteBrandThemeLogo {
    const DEF: ToolDef = planned::<Self>("delete_brand_theme_logo", LOGO.delete)
        .title("Delete theme logo")
        .also(LOOKS);
}

impl Prepare for DeleteBrandThemeLogo {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        delete(desk, &LOGO, [&self.brand_id, &self.theme_id]).await
    }
}

/// Upload a theme's favicon: PNG or ICO, square, at most 512 pixels wide.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UploadBrandThemeFavicon {
    brand_id: String,
    theme_id: String,
    /// In an upload folder; or the file in base64
    file_path: String,
}

impl Tool for UploadBrandThemeFavicon {
    const DEF: ToolDef = planned::<Self>("upload_brand_theme_favicon", FAVICON.upload)
        .title("Upload theme favicon")
        .also(LOOKS);
}

impl Prepare for UploadBrandThemeFavicon {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        upload(desk, &FAVICON, [&self.brand_id, &self.theme_id], &self.file_path).await
    }
}

/// Remove a theme's favicon.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteBrandThemeFavicon {
    brand_id: String,
    theme_id: String,
}

impl Tool for DeleteBrandThemeFavicon {
    const DEF: ToolDef = planned::<Self>("delete_brand_theme_favicon", FAVICON.delete)
        .title("Delete theme favicon")
        .also(LOOKS);
}

impl Prepare for DeleteBrandThemeFavicon {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        delete(desk, &FAVICON, [&self.brand_id, &self.theme_id]).await
    }
}

/// Upload a theme's background image: PNG, JPG or GIF below 2 MB.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UploadBrandThemeBackgroundImage {
    brand_id: String,
    theme_id: String,
    /// In an upload folder; or the file in base64
    file_path: String,
}

impl Tool for UploadBrandThemeBackgroundImage {
    const DEF: ToolDef = planned::<Self>("upload_brand_theme_background_image", BACKGROUND.upload)
        .title("Upload theme background image")
        .also(LOOKS);
}

impl Prepare for UploadBrandThemeBackgroundImage {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        upload(desk, &BACKGROUND, [&self.brand_id, &self.theme_id], &self.file_path).await
    }
}

/// Remove a theme's background image.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteBrandThemeBackgroundImage {
    brand_id: String,
    theme_id: String,
}

impl Tool for DeleteBrandThemeBackgroundImage {
    const DEF: ToolDef = planned::<Self>("delete_brand_theme_background_image", BACKGROUND.delete)
        .title("Delete theme background image")
        .also(LOOKS);
}

impl Prepare for DeleteBrandThemeBackgroundImage {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        delete(desk, &BACKGROUND, [&self.brand_id, &self.theme_id]).await
    }
}

async fn upload(
    desk: &dyn Desk,
    asset: &Asset,
    [brand_id, theme_id]: [&str; 2],
    file_path: &str,
) -> Result<Prepared, Failure> {
    const NAME: &str = "file_path";
    let (rules, what) = (&asset.rules, asset.rules.what);
    let (bytes, from) = match Given::read(NAME, file_path)? {
        Given::Content(bytes) => (bytes, String::new()),
        Given::Path(path) => (desk.upload(path, rules.below)?, format!(" from {path}")),
    };
    let image =
        rules.check(&bytes).map_err(|why| Failure::Arguments(format!("`{NAME}`: {why}")))?;
    let path = [("brandId", brand_id), ("themeId", theme_id)];
    let theme = look::at(desk, themes::GET, &path).await?.body;
    let name = themes::name(desk, brand_id).await?;
    let summary = format!("Make a {}{from} the {what} of {name}", image.told());
    // Neither the folders of this machine nor the caller's names are Okta's business.
    let file = Upload::new(format!("{}.{}", rules.stem, image.ending()), image.media_type(), bytes);
    let read = themes::GET.request(&path)?;
    let mut plan = Plan::new(summary, asset.upload.request(&path)?.upload(file))
        .read_back(ReadBack::one(read.clone()))
        .check(format!("get_brand_theme: another {what} means done"))
        .done(format!("The {what} is uploaded."));
    plan = match label::text(&theme, asset.place) {
        Some(url) => plan.loss(format!("It takes the place of {url}.")),
        // Where there was none, removing it takes it back; an image is not kept.
        None => plan.undo(asset.delete.request(&path)?),
    };
    plan.notes.extend(image.note);
    Ok(plan.target(read, theme).into())
}

async fn delete(
    desk: &dyn Desk,
    asset: &Asset,
    [brand_id, theme_id]: [&str; 2],
) -> Result<Prepared, Failure> {
    let what = asset.rules.what;
    let path = [("brandId", brand_id), ("themeId", theme_id)];
    let theme = look::at(desk, themes::GET, &path).await?.body;
    let name = themes::name(desk, brand_id).await?;
    let lost = match label::text(&theme, asset.place) {
        Some(url) => format!("The image cannot be restored: {url}. {}", asset.without),
        None => format!("The theme has no {what}."),
    };
    Ok(Plan::new(format!("Remove the {what} of {name}"), asset.delete.request(&path)?)
        .target(themes::GET.request(&path)?, theme)
        .loss(lost)
        .check("get_brand_theme")
        .done(format!("The {what} is removed."))
        .into())
}

//! Themes of brands that nothing else has, and their images.

use serde_json::{Value, json};

use super::{
    fixtures::{Aside, Case},
    objects::{id, with},
    place::Place,
};

/// One black pixel, and one white: PNG, in base64.
const BLACK: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const WHITE: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg==";

impl Place {
    /// The arguments that name the theme of a new brand, and its path.
    async fn theme(&self) -> (Value, String) {
        let (brand, path) = self.brand().await;
        let path = format!("{path}/themes");
        let themes = self.admin("GET", &path, &Value::Null).await;
        let theme = id(&themes[0]);
        (json!({ "brand_id": brand, "theme_id": theme }), format!("{path}/{theme}"))
    }
}

/// The theme of a new brand in another color.
fn colored(path: &str, color: &str) -> Aside {
    let looks = json!({
        "primaryColorHex": color,
        "secondaryColorHex": "#ebebed",
        "signInPageTouchPointVariant": "OKTA_DEFAULT",
        "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
    });
    Aside("PUT", path.to_owned(), looks)
}

impl Case {
    pub(super) async fn of_theme(tool: &'static str, place: &Place) -> Self {
        let (theme, path) = place.theme().await;
        let args = |color: &str| {
            let mut args = with(&theme, "primary_color_hex", color);
            args["secondary_color_hex"] = json!("#ebebed");
            args["sign_in_page_touch_point_variant"] = json!("BACKGROUND_SECONDARY_COLOR");
            args["end_user_dashboard_touch_point_variant"] = json!("FULL_THEME");
            args["error_page_touch_point_variant"] = json!("OKTA_DEFAULT");
            args["email_template_touch_point_variant"] = json!("FULL_THEME");
            args
        };
        Self {
            args: args("#112233"),
            other: args("#112234"),
            sends: vec![format!("PUT {path}")],
            meanwhile: Some(colored(&path, "#445566")),
            back: Some(vec![colored(&path, "#1662dd")]),
            tool,
        }
    }

    pub(super) async fn of_image(tool: &'static str, place: &Place) -> Self {
        let ((theme, path), (other, _)) = (place.theme().await, place.theme().await);
        let (_, part) = tool.split_once("_brand_theme_").unwrap();
        let image = format!("{path}/{}", part.replace('_', "-"));
        let upload = Aside("POST", image.clone(), json!(BLACK));
        let meanwhile = Some(colored(&path, "#445566"));
        if tool.starts_with("upload_") {
            return Self {
                args: with(&theme, "file_path", BLACK),
                other: with(&theme, "file_path", WHITE),
                sends: vec![format!("POST {image}")],
                meanwhile,
                back: Some(vec![Aside("DELETE", image, Value::Null)]),
                tool,
            };
        }
        upload.happens(place).await;
        Self {
            args: theme,
            other,
            sends: vec![format!("DELETE {image}")],
            meanwhile,
            back: Some(vec![upload]),
            tool,
        }
    }
}

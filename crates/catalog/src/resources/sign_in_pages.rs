//! The sign-in page of a brand: `/api/v1/brands/{brandId}/pages/sign-in`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::custom_pages::{
    BRAND, POLICY, Page, camel_case, delete_page, list_pages, policy, read_page,
};
use crate::{
    args::{Flag, Object, Texts},
    desk::{Desk, Failure, Prepared},
    scope::Scope,
    tool::{Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    GetSignInPageResources,
    GetCustomizedSignInPage,
    ReplaceCustomizedSignInPage,
    DeleteCustomizedSignInPage,
    GetDefaultSignInPage,
    GetPreviewSignInPage,
    ReplacePreviewSignInPage,
    DeletePreviewSignInPage,
    ListSignInWidgetVersions,
];

const ROOT: Operation =
    Operation::read("/api/v1/brands/{brandId}/pages/sign-in", Scope::BRANDS_READ);
const DEFAULT: Operation =
    Operation::read("/api/v1/brands/{brandId}/pages/sign-in/default", Scope::BRANDS_READ);
const LIVE: Page = Page::live(
    "sign-in page",
    "get_customized_sign_in_page",
    "/api/v1/brands/{brandId}/pages/sign-in/customized",
);
const PREVIEW: Page = Page::preview(
    "preview of the sign-in page",
    "get_preview_sign_in_page",
    "/api/v1/brands/{brandId}/pages/sign-in/preview",
);

list_pages!(
    GetSignInPageResources,
    "get_sign_in_page_resources",
    ROOT,
    "Show which sign-in pages there are",
    "Show which sign-in pages a brand has."
);
read_page!(
    GetCustomizedSignInPage,
    "get_customized_sign_in_page",
    LIVE.get,
    "Get sign-in page",
    "Get the customized sign-in page that people see."
);
read_page!(
    GetDefaultSignInPage,
    "get_default_sign_in_page",
    DEFAULT,
    "Get Okta's sign-in page",
    "Get Okta's own sign-in page."
);
read_page!(
    GetPreviewSignInPage,
    "get_preview_sign_in_page",
    PREVIEW.get,
    "Get preview of the sign-in page",
    "Get the preview of the sign-in page."
);
delete_page!(
    DeleteCustomizedSignInPage,
    "delete_customized_sign_in_page",
    LIVE,
    "Delete sign-in page",
    "Delete the customized sign-in page. People see Okta's own."
);
delete_page!(
    DeletePreviewSignInPage,
    "delete_preview_sign_in_page",
    PREVIEW,
    "Delete preview of the sign-in page",
    "Delete the preview of the sign-in page."
);

/// List the versions of the Sign-In Widget.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListSignInWidgetVersions {
    brand_id: String,
}

impl Tool for ListSignInWidgetVersions {
    const DEF: ToolDef = get::<Self>(
        "list_sign_in_widget_versions",
        "/api/v1/brands/{brandId}/pages/sign-in/widget-versions",
        Scope::BRANDS_READ,
    )
    .title("List versions of the Sign-In Widget")
    .page(&[]);
}

macro_rules! replace_page {
    ($tool:ident, $name:literal, $page:expr, $title:literal, $about:literal) => {
        #[doc = $about]
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $tool {
            brand_id: String,
            /// HTML
            page_content: Option<String>,
            /// Such as ^7
            widget_version: Option<String>,
            /// signInLabel, helpUrl, customLink1Label and others
            widget_customizations: Option<Object>,
            /// enforced or report_only
            csp_mode: Option<String>,
            csp_report_uri: Option<String>,
            csp_src_list: Option<Texts>,
            /// Drop what is not given
            full_replace: Option<Flag>,
        }

        impl Tool for $tool {
            const DEF: ToolDef =
                planned::<Self>($name, $page.replace).title($title).also(&[$page.get, BRAND]);
        }

        impl Prepare for $tool {
            async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
                let widget = self.widget_customizations;
                let widget =
                    widget.map(|given| camel_case("widget_customizations", given)).transpose()?;
                let policy = policy(self.csp_mode, self.csp_report_uri, self.csp_src_list);
                let given = Object::default()
                    .with("pageContent", self.page_content)
                    .with("widgetVersion", self.widget_version)
                    .with("widgetCustomizations", widget)
                    .with(POLICY, policy);
                $page.replace(desk, &self.brand_id, given.0, self.full_replace).await
            }
        }
    };
}

replace_page!(
    ReplaceCustomizedSignInPage,
    "replace_customized_sign_in_page",
    LIVE,
    "Replace sign-in page",
    "Change the sign-in page that people see; what is not given keeps its value."
);
replace_page!(
    ReplacePreviewSignInPage,
    "replace_preview_sign_in_page",
    PREVIEW,
    "Replace preview of the sign-in page",
    "Change the preview of the sign-in page; what is not given keeps its value."
);

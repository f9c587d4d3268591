//! The error page of a brand: `/api/v1/brands/{brandId}/pages/error`.

use super::custom_pages::{BRAND, POLICY, Page, delete_page, list_pages, policy, read_page};
use crate::{
    args::{Flag, Object, Texts},
    desk::{Desk, Failure, Prepared},
    scope::Scope,
    tool::{Operation, Prepare, Tool, ToolDef, planned, tools},
};

tools![
    GetErrorPageResources,
    GetCustomizedErrorPage,
    ReplaceCustomizedErrorPage,
    DeleteCustomizedErrorPage,
    GetDefaultErrorPage,
    GetPreviewErrorPage,
    ReplacePreviewErrorPage,
    DeletePreviewErrorPage,
];

const ROOT: Operation = Operation::read("/api/v1/brands/{brandId}/pages/error", Scope::BRANDS_READ);
const DEFAULT: Operation =
    Operation::read("/api/v1/brands/{brandId}/pages/error/default", Scope::BRANDS_READ);
const LIVE: Page = Page::live(
    "error page",
    "get_customized_error_page",
    "/api/v1/brands/{brandId}/pages/error/customized",
);
const PREVIEW: Page = Page::preview(
    "preview of the error page",
    "get_preview_error_page",
    "/api/v1/brands/{brandId}/pages/error/preview",
);

list_pages!(
    GetErrorPageResources,
    "get_error_page_resources",
    ROOT,
    "Show which error pages there are",
    "Show which error pages a brand has."
);
read_page!(
    GetCustomizedErrorPage,
    "get_customized_error_page",
    LIVE.get,
    "Get error page",
    "Get the customized error page that people see."
);
read_page!(
    GetDefaultErrorPage,
    "get_default_error_page",
    DEFAULT,
    "Get Okta's error page",
    "Get Okta's own error page."
);
read_page!(
    GetPreviewErrorPage,
    "get_preview_error_page",
    PREVIEW.get,
    "Get preview of the error page",
    "Get the preview of the error page."
);
delete_page!(
    DeleteCustomizedErrorPage,
    "delete_customized_error_page",
    LIVE,
    "Delete error page",
    "Delete the customized error page. People see Okta's own."
);
delete_page!(
    DeletePreviewErrorPage,
    "delete_preview_error_page",
    PREVIEW,
    "Delete preview of the error page",
    "Delete the preview of the error page."
);

macro_rules! replace_page {
    ($tool:ident, $name:literal, $page:expr, $title:literal, $about:literal) => {
        #[doc = $about]
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $tool {
            brand_id: String,
            /// HTML
            page_content: Option<String>,
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
                let policy = policy(self.csp_mode, self.csp_report_uri, self.csp_src_list);
                let given =
                    Object::default().with("pageContent", self.page_content).with(POLICY, policy);
                $page.replace(desk, &self.brand_id, given.0, self.full_replace).await
            }
        }
    };
}

replace_page!(
    ReplaceCustomizedErrorPage,
    "replace_customized_error_page",
    LIVE,
    "Replace error page",
    "Change the error page that people see; what is not given keeps its value."
);
replace_page!(
    ReplacePreviewErrorPage,
    "replace_preview_error_page",
    PREVIEW,
    "Replace preview of the error page",
    "Change the preview of the error page; what is not given keeps its value."
);

//! The sign-out page of a brand: `/api/v1/brands/{brandId}/pages/sign-out/customized`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::Deserialize;

use super::custom_pages::{BRAND, brand, read_page};
use crate::{
    args::{Flag, Object},
    desk::{Desk, Failure, Prepared},
    label, look, read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, planned, tools},
};

tools![GetSignOutPageSettings, ReplaceSignOutPageSettings];

const PATH: &str = "/api/v1/brands/{brandId}/pages/sign-out/customized";
const GET: Operation = Operation::read(PATH, Scope::BRANDS_READ);
const REPLACE: Operation =
    Operation::change(Method::Put, PATH, Scope::BRANDS_MANAGE, Effect::Sensitive);
/// The type of a page that lies elsewhere, at a `url`.
const ELSEWHERE: &str = "EXTERNALLY_HOSTED";

read_page!(
    GetSignOutPageSettings,
    "get_sign_out_page_settings",
    GET,
    "Get sign-out page",
    "Get where people land when they sign out."
);

/// Change where people land when they sign out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceSignOutPageSettings {
    brand_id: String,
    /// OKTA_DEFAULT or EXTERNALLY_HOSTED
    #[serde(rename = "type")]
    kind: String,
    url: Option<String>,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceSignOutPageSettings {
    const DEF: ToolDef = planned::<Self>("replace_sign_out_page_settings", REPLACE)
        .title("Replace sign-out page")
        .also(&[GET, BRAND]);
}

impl Prepare for ReplaceSignOutPageSettings {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("brandId", self.brand_id.as_str())];
        let brand = brand(desk, &self.brand_id).await?;
        let settings = look::at(desk, GET, &path).await?.body;
        // Okta's types are in capitals; okta/okta-mcp-server took them in any case.
        let kind = self.kind.to_ascii_uppercase();
        let given = Object::default().with("type", Some(kind)).with("url", self.url);
        let replacement = Replacement::of(&settings, given.0, read_only::LINKED, self.full_replace);
        if label::text(&replacement.body, "/type") == Some(ELSEWHERE)
            && label::text(&replacement.body, "/url").is_none()
        {
            return Err(Failure::Arguments(format!("`url` is needed with {ELSEWHERE}")));
        }
        let read = GET.request(&path)?;
        Ok(replacement
            .plan(
                format!("Change where people of {brand} land when they sign out"),
                read,
                &REPLACE.request(&path)?,
                settings,
            )
            .check("get_sign_out_page_settings")
            .done("The sign-out page is changed.")
            .into())
    }
}

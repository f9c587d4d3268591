//! The e-mails that Okta sends for a brand: `/api/v1/brands/{brandId}/templates/email`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::custom_pages::{BRAND, brand};
use crate::{
    args::{Expand, Fields, Flag, Limit, Object},
    desk::{Desk, Failure, Plan, Prepared},
    look, read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListEmailTemplates,
    GetEmailTemplate,
    GetEmailSettings,
    ReplaceEmailSettings,
    GetEmailDefaultContent,
    GetEmailDefaultContentPreview,
    SendTestEmail,
];

const ONE: &str = "/api/v1/brands/{brandId}/templates/email/{templateName}";
const SETTINGS: &str = "/api/v1/brands/{brandId}/templates/email/{templateName}/settings";
pub(super) const GET: Operation = Operation::read(ONE, Scope::TEMPLATES_READ);
const GET_SETTINGS: Operation = Operation::read(SETTINGS, Scope::TEMPLATES_READ);
const REPLACE_SETTINGS: Operation =
    Operation::change(Method::Put, SETTINGS, Scope::TEMPLATES_MANAGE, Effect::Sensitive);
// The specification asks for `okta.templates.read`, Okta's own server for `okta.templates.manage`:
// a mail goes out, so the stricter one holds.
const TEST: Operation = Operation::change(
    Method::Post,
    "/api/v1/brands/{brandId}/templates/email/{templateName}/test",
    Scope::TEMPLATES_MANAGE,
    Effect::Write,
);

/// List a brand's e-mail templates.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListEmailTemplates {
    brand_id: String,
    /// settings, customizationCount
    expand: Option<Expand>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListEmailTemplates {
    const DEF: ToolDef = get::<Self>(
        "list_email_templates",
        "/api/v1/brands/{brandId}/templates/email",
        Scope::TEMPLATES_READ,
    )
    .title("List e-mail templates")
    .page(&["expand", "after", "limit"])
    .limit(200);
}

/// Get an e-mail template.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailTemplate {
    brand_id: String,
    template_name: String,
    /// settings, customizationCount
    expand: Option<Expand>,
    fields: Option<Fields>,
}

impl Tool for GetEmailTemplate {
    const DEF: ToolDef = get::<Self>("get_email_template", GET.path, GET.scope)
        .title("Get e-mail template")
        .query(&["expand"]);
}

/// Get who receives an e-mail.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailSettings {
    brand_id: String,
    template_name: String,
}

impl Tool for GetEmailSettings {
    const DEF: ToolDef = get::<Self>("get_email_settings", GET_SETTINGS.path, GET_SETTINGS.scope)
        .title("Get e-mail settings");
}

/// Change who receives an e-mail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceEmailSettings {
    brand_id: String,
    template_name: String,
    /// ALL_USERS, ADMINS_ONLY or NO_USERS
    recipients: String,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceEmailSettings {
    const DEF: ToolDef = planned::<Self>("replace_email_settings", REPLACE_SETTINGS)
        .title("Replace e-mail settings")
        .also(&[GET_SETTINGS, BRAND]);
}

impl Prepare for ReplaceEmailSettings {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = path(&self.brand_id, &self.template_name);
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let settings = look::at(desk, GET_SETTINGS, &path).await?.body;
        let given = Object::default().with("recipients", Some(self.recipients));
        let put = REPLACE_SETTINGS.request(&path)?;
        Ok(Replacement::of(&settings, given.0, read_only::LINKED, self.full_replace)
            .plan(
                format!("Change who receives e-mail {mail}"),
                GET_SETTINGS.request(&path)?,
                &put,
                settings,
            )
            .check("get_email_settings")
            .done(format!("Who receives e-mail {mail} is changed."))
            .into())
    }
}

/// Get Okta's own content of an e-mail.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailDefaultContent {
    brand_id: String,
    template_name: String,
    /// Such as pt-BR
    language: Option<String>,
}

impl Tool for GetEmailDefaultContent {
    const DEF: ToolDef = get::<Self>(
        "get_email_default_content",
        "/api/v1/brands/{brandId}/templates/email/{templateName}/default-content",
        Scope::TEMPLATES_READ,
    )
    .title("Get Okta's content of an e-mail")
    .query(&["language"]);
}

/// Preview Okta's own content of an e-mail, filled for the caller. Not for a service app: it is no
/// person.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailDefaultContentPreview {
    brand_id: String,
    template_name: String,
    /// Such as pt-BR
    language: Option<String>,
}

impl Tool for GetEmailDefaultContentPreview {
    const DEF: ToolDef = get::<Self>(
        "get_email_default_content_preview",
        "/api/v1/brands/{brandId}/templates/email/{templateName}/default-content/preview",
        Scope::TEMPLATES_READ,
    )
    .title("Preview Okta's content of an e-mail")
    .query(&["language"]);
}

/// Send a test of an e-mail to the caller. Not for a service app: it is no person.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SendTestEmail {
    brand_id: String,
    template_name: String,
    /// Such as pt-BR
    language: Option<String>,
}

impl Tool for SendTestEmail {
    const DEF: ToolDef =
        planned::<Self>("send_test_email", TEST).title("Send test e-mail").also(&[GET, BRAND]);
}

impl Prepare for SendTestEmail {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = path(&self.brand_id, &self.template_name);
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let template = look::at(desk, GET, &path).await?.body;
        let mut request = TEST.request(&path)?;
        if let Some(language) = self.language.filter(|language| !language.is_empty()) {
            request = request.query("language", language);
        }
        Ok(Plan::new(format!("Send a test of e-mail {mail} to the caller"), request)
            .target(GET.request(&path)?, template)
            .check("the caller's inbox")
            .done(format!("A test of e-mail {mail} is on its way."))
            .into())
    }
}

/// What fills the path of a template.
pub(super) fn path<'a>(brand_id: &'a str, template_name: &'a str) -> [(&'static str, &'a str); 2] {
    [("brandId", brand_id), ("templateName", template_name)]
}

/// What a person calls the e-mail of a template.
pub(super) async fn mail(
    desk: &dyn Desk,
    brand_id: &str,
    template_name: &str,
) -> Result<String, Failure> {
    Ok(format!("\"{template_name}\" of {}", brand(desk, brand_id).await?))
}

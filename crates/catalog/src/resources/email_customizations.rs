//! The customizations of an e-mail template, one for each language:
//! `/api/v1/brands/{brandId}/templates/email/{templateName}/customizations`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    custom_pages::BRAND,
    email_templates::{mail, path},
};
use crate::{
    args::{Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look, read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListEmailCustomizations,
    GetEmailCustomization,
    CreateEmailCustomization,
    ReplaceEmailCustomization,
    DeleteEmailCustomization,
    DeleteAllEmailCustomizations,
    GetEmailCustomizationPreview,
];

const ALL: &str = "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations";
const ONE: &str =
    "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}";
const LIST: Operation = Operation::read(ALL, Scope::TEMPLATES_READ);
const GET: Operation = Operation::read(ONE, Scope::TEMPLATES_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::TEMPLATES_MANAGE, Effect::Sensitive);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::TEMPLATES_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::TEMPLATES_MANAGE, Effect::Destructive);
const DELETE_ALL: Operation =
    Operation::change(Method::Delete, ALL, Scope::TEMPLATES_MANAGE, Effect::Destructive);

/// List the customizations of an e-mail.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListEmailCustomizations {
    brand_id: String,
    template_name: String,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListEmailCustomizations {
    const DEF: ToolDef = get::<Self>("list_email_customizations", LIST.path, LIST.scope)
        .title("List customizations of an e-mail")
        .page(&["after", "limit"])
        .limit(200);
}

/// Get a customization of an e-mail.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailCustomization {
    brand_id: String,
    template_name: String,
    customization_id: String,
    fields: Option<Fields>,
}

impl Tool for GetEmailCustomization {
    const DEF: ToolDef = get::<Self>("get_email_customization", GET.path, GET.scope)
        .title("Get customization of an e-mail");
}

/// Preview a customization of an e-mail, filled for the caller.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailCustomizationPreview {
    brand_id: String,
    template_name: String,
    customization_id: String,
}

impl Tool for GetEmailCustomizationPreview {
    const DEF: ToolDef = get::<Self>(
        "get_email_customization_preview",
        "/api/v1/brands/{brandId}/templates/email/{templateName}/customizations/{customizationId}/preview",
        Scope::TEMPLATES_READ,
    )
    .title("Preview customization of an e-mail");
}

/// Customize an e-mail in a language.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateEmailCustomization {
    brand_id: String,
    template_name: String,
    /// Such as pt-BR
    language: String,
    subject: String,
    /// HTML with the template's variables
    body: String,
    is_default: Option<Flag>,
}

impl Tool for CreateEmailCustomization {
    const DEF: ToolDef = planned::<Self>("create_email_customization", CREATE)
        .title("Create customization of an e-mail")
        .also(&[LIST, BRAND]);
}

impl Prepare for CreateEmailCustomization {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = path(&self.brand_id, &self.template_name);
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let pages = all(desk, &path).await?;
        let others = pages.concat();
        if let Some(other) = others.iter().find(|other| is_in(other, &self.language)) {
            let id = label::text(other, "/id").unwrap_or("?");
            return Err(Failure::Refused {
                message: format!("e-mail {mail} is customized in {} already: {id}", self.language),
                next: "change that one with replace_email_customization".to_owned(),
            });
        }
        let summary = format!("Customize e-mail {mail} in {}", self.language);
        let given = Object::default()
            .with("language", Some(self.language))
            .with("subject", Some(self.subject))
            .with("body", Some(self.body))
            .with("isDefault", self.is_default.map(|flag| flag.0));
        let body = Value::Object(given.0);
        let seen = pages.into_iter().next().unwrap_or_default();
        let mut plan = Plan::new(summary, CREATE.request(&path)?.body(body.clone()))
            .target(listing(&path)?, json!(seen))
            .created(
                Created::new(GET, &[DELETE], "customizationId")
                    .within("brandId", &self.brand_id)
                    .within("templateName", &self.template_name),
            )
            .check("list_email_customizations")
            .done("The customization is created.");
        if others.is_empty() {
            plan = plan.loss("It is the first of this e-mail: Okta makes it the default.");
        } else if let Some(line) = other_default(&body, &others) {
            plan = plan.loss(line);
        }
        Ok(plan.into())
    }
}

/// Change a customization of an e-mail; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceEmailCustomization {
    brand_id: String,
    template_name: String,
    customization_id: String,
    /// Such as pt-BR
    language: String,
    subject: String,
    /// HTML with the template's variables
    body: String,
    is_default: Option<Flag>,
    /// Drop what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceEmailCustomization {
    const DEF: ToolDef = planned::<Self>("replace_email_customization", REPLACE)
        .title("Replace customization of an e-mail")
        .also(&[GET, LIST, BRAND]);
}

impl Prepare for ReplaceEmailCustomization {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let [brand, template] = path(&self.brand_id, &self.template_name);
        let path = [brand, template, ("customizationId", self.customization_id.as_str())];
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let current = look::at(desk, GET, &path).await?.body;
        let given = Object::default()
            .with("language", Some(self.language))
            .with("subject", Some(self.subject))
            .with("body", Some(self.body))
            .with("isDefault", self.is_default.map(|flag| flag.0));
        let replacement =
            Replacement::of(&current, given.0, read_only::EMAIL_CUSTOMIZATION, self.full_replace);
        let becomes_default = is_default(&replacement.body) && !is_default(&current);
        let summary = format!("Change e-mail {mail} in {}", language(&current));
        let (read, put) = (GET.request(&path)?, REPLACE.request(&path)?);
        let body = replacement.body.clone();
        let mut plan = replacement
            .plan(summary, read, &put, current)
            .check("get_email_customization")
            .done("The customization is changed.");
        if becomes_default {
            let others = all(desk, &[brand, template]).await?.concat();
            plan.loss.extend(other_default(&body, &others));
            // A default only stops being it when another one takes its place, and what became of
            // that one by then nobody can know.
            plan.undo.clear();
        }
        Ok(plan.into())
    }
}

/// Delete a customization of an e-mail.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteEmailCustomization {
    brand_id: String,
    template_name: String,
    customization_id: String,
    /// Refuse any other
    language: Option<String>,
}

impl Tool for DeleteEmailCustomization {
    const DEF: ToolDef = planned::<Self>("delete_email_customization", DELETE)
        .title("Delete customization of an e-mail")
        .also(&[GET, BRAND]);
}

impl Prepare for DeleteEmailCustomization {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let [brand, template] = path(&self.brand_id, &self.template_name);
        let path = [brand, template, ("customizationId", self.customization_id.as_str())];
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let current = look::at(desk, GET, &path).await?.body;
        // "unknown" is what okta/okta-mcp-server has where no language is given.
        let meant = self.language.filter(|it| !it.is_empty() && it != "unknown");
        if let Some(meant) = meant.filter(|meant| !is_in(&current, meant)) {
            return Err(Failure::Refused {
                message: format!(
                    "customization {} is in {}, not in {meant}",
                    self.customization_id,
                    language(&current)
                ),
                next: "find the one that is meant with list_email_customizations".to_owned(),
            });
        }
        let summary =
            format!("Delete the customization of e-mail {mail} in {}", language(&current));
        let loss = format!("{}: it cannot be restored.", named(&current));
        Ok(Plan::new(summary, DELETE.request(&path)?)
            .target(GET.request(&path)?, current)
            .loss(loss)
            .check("get_email_customization: not found means done")
            .done("The customization is deleted.")
            .into())
    }
}

/// Delete all customizations of an e-mail. Okta's own content goes out again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteAllEmailCustomizations {
    brand_id: String,
    template_name: String,
}

impl Tool for DeleteAllEmailCustomizations {
    const DEF: ToolDef = planned::<Self>("delete_all_email_customizations", DELETE_ALL)
        .title("Delete all customizations of an e-mail")
        .also(&[LIST, BRAND]);
}

impl Prepare for DeleteAllEmailCustomizations {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = path(&self.brand_id, &self.template_name);
        let mail = mail(desk, &self.brand_id, &self.template_name).await?;
        let pages = all(desk, &path).await?;
        let customizations = pages.concat();
        let loss = if customizations.is_empty() {
            "It has no customizations.".to_owned()
        } else {
            let count = label::count(&customizations, false, "customization");
            let names: Vec<String> = customizations.iter().map(named).collect();
            format!("{count}, which cannot be restored: {}.", names.join(", "))
        };
        let seen = pages.into_iter().next().unwrap_or_default();
        Ok(Plan::new(
            format!("Delete all customizations of e-mail {mail}"),
            DELETE_ALL.request(&path)?,
        )
        .target(listing(&path)?, json!(seen))
        .loss(loss)
        .check("list_email_customizations: an empty list means done")
        .done(format!("E-mail {mail} has Okta's own content again."))
        .into())
    }
}

/// The first page of the customizations of a template.
fn listing(path: &[(&str, &str)]) -> Result<okta_client::Request, Failure> {
    Ok(LIST.request(path)?.query("limit", "200"))
}

/// All customizations of a template, page by page.
async fn all(desk: &dyn Desk, path: &[(&str, &str)]) -> Result<Vec<Vec<Value>>, Failure> {
    look::whole(desk, listing(path)?).await
}

/// True if a customization is in that language: language tags are compared without regard to case
/// (BCP 47, RFC 5646 section 2.1.1).
fn is_in(customization: &Value, language: &str) -> bool {
    label::text(customization, "/language").is_some_and(|it| it.eq_ignore_ascii_case(language))
}

fn is_default(customization: &Value) -> bool {
    customization.get("isDefault") == Some(&Value::Bool(true))
}

fn language(customization: &Value) -> &str {
    label::text(customization, "/language").unwrap_or("?")
}

/// A customization as a person knows it: language and subject.
fn named(customization: &Value) -> String {
    let subject = label::text(customization, "/subject").unwrap_or_default();
    let default = if is_default(customization) { " (the default)" } else { "" };
    format!("{} \"{subject}\"{default}", language(customization))
}

/// A word about the default that makes room for this one.
fn other_default(body: &Value, others: &[Value]) -> Option<String> {
    let other = others.iter().find(|other| is_default(other))?;
    is_default(body)
        .then(|| format!("The default is {} so far; there can be one.", language(other)))
}

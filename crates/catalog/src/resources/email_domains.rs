//! E-mail domains: `/api/v1/email-domains`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};

use super::custom_domains;
use crate::{
    args::{Fields, Flag, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look,
    names::{self, Listed},
    read_back::ReadBack,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListEmailDomains,
    GetEmailDomain,
    CreateEmailDomain,
    ReplaceEmailDomain,
    DeleteEmailDomain,
    VerifyEmailDomain,
];

const ALL: &str = "/api/v1/email-domains";
const ONE: &str = "/api/v1/email-domains/{emailDomainId}";
const LIST: Operation = Operation::read(ALL, Scope::EMAIL_DOMAINS_READ);
const GET: Operation = Operation::read(ONE, Scope::EMAIL_DOMAINS_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::EMAIL_DOMAINS_MANAGE, Effect::Sensitive);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::EMAIL_DOMAINS_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::EMAIL_DOMAINS_MANAGE, Effect::Destructive);
const VERIFY: Operation = Operation::change(
    Method::Post,
    "/api/v1/email-domains/{emailDomainId}/verify",
    Scope::EMAIL_DOMAINS_MANAGE,
    Effect::Sensitive,
);

/// `expand_brands` as Okta's `expand`.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn brands<S: Serializer>(flag: &Option<Flag>, serializer: S) -> Result<S::Ok, S::Error> {
    match flag {
        Some(Flag(true)) => serializer.serialize_str("brands"),
        _ => serializer.serialize_none(),
    }
}

/// List e-mail domains.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListEmailDomains {
    #[serde(rename(serialize = "expand"), serialize_with = "brands")]
    expand_brands: Option<Flag>,
    fields: Option<Fields>,
}

impl Tool for ListEmailDomains {
    const DEF: ToolDef = get::<Self>("list_email_domains", ALL, Scope::EMAIL_DOMAINS_READ)
        .title("List e-mail domains")
        .page(&["expand"]);
}

/// Get an e-mail domain, with the DNS records to publish.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetEmailDomain {
    email_domain_id: String,
    #[serde(rename(serialize = "expand"), serialize_with = "brands")]
    expand_brands: Option<Flag>,
    fields: Option<Fields>,
}

impl Tool for GetEmailDomain {
    const DEF: ToolDef = get::<Self>("get_email_domain", GET.path, GET.scope)
        .title("Get e-mail domain")
        .query(&["expand"]);
}

/// Create an e-mail domain for a brand. Mail goes out from it once its DNS records are verified.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateEmailDomain {
    brand_id: String,
    /// Such as example.com
    domain: String,
    /// The sender's name
    display_name: String,
    /// Before the @
    user_name: String,
    /// Default mail
    validation_subdomain: Option<String>,
}

impl Tool for CreateEmailDomain {
    const DEF: ToolDef = planned::<Self>("create_email_domain", CREATE)
        .title("Create e-mail domain")
        .also(&[LIST, GET]);
}

impl Prepare for CreateEmailDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        names::check_domain(&self.domain)?;
        let listed = Listed { operation: LIST, limit: None, under: "" };
        let same = |there: &Value| {
            label::text(there, "/validationStatus") != Some("DELETED")
                && label::text(there, "/domain")
                    .is_some_and(|it| names::same_domain(it, &self.domain))
        };
        let found = listed.find(desk, same).await?;
        let doubt = found.free("e-mail domain", "replace_email_domain")?;
        let body = Object::default()
            .with("brandId", Some(self.brand_id))
            .with("domain", Some(self.domain.clone()))
            .with("displayName", Some(self.display_name))
            .with("userName", Some(self.user_name))
            .with("validationSubdomain", self.validation_subdomain);
        let body = Value::Object(body.0);
        let summary = format!("Create e-mail domain {}", sender(&body));
        let mut plan = Plan::new(summary, CREATE.request(&[])?.body(body))
            .created(Created::new(GET, &[DELETE], "emailDomainId"))
            .read_back(ReadBack::listed(
                LIST.request(&[])?,
                "",
                ("/domain", &self.domain),
                names::same_domain,
            ))
            .check("list_email_domains")
            .done("The e-mail domain is created.");
        plan.notes.extend(doubt);
        Ok(plan.into())
    }
}

/// Change the sender of an e-mail domain.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceEmailDomain {
    email_domain_id: String,
    /// The sender's name
    display_name: String,
    /// Before the @
    user_name: String,
}

impl Tool for ReplaceEmailDomain {
    const DEF: ToolDef = planned::<Self>("replace_email_domain", REPLACE)
        .title("Replace an e-mail domain's sender")
        .also(&[GET]);
}

impl Prepare for ReplaceEmailDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("emailDomainId", self.email_domain_id.as_str())];
        let there = look::at(desk, GET, &path).await?.body;
        // The sender is all that Okta takes here: there is nothing to merge.
        let body = json!({ "displayName": self.display_name, "userName": self.user_name });
        let mut after = there.clone();
        if let (Some(after), Some(body)) = (after.as_object_mut(), body.as_object()) {
            after.extend(body.clone());
        }
        let summary = format!("Change e-mail domain {}", sender(&there));
        let read = GET.request(&path)?;
        let mut plan = Plan::new(summary, REPLACE.request(&path)?.body(body))
            .after(after)
            .read_back(ReadBack::one(read.clone()))
            .check("get_email_domain")
            .done("The e-mail domain is changed.");
        if let (Some(name), Some(user)) = (there.get("displayName"), there.get("userName")) {
            let back = json!({ "displayName": name, "userName": user });
            plan = plan.undo(REPLACE.request(&path)?.body(back));
        }
        Ok(plan.target(read, there).into())
    }
}

/// Delete an e-mail domain. Its brands send from Okta's own address again.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteEmailDomain {
    email_domain_id: String,
}

impl Tool for DeleteEmailDomain {
    const DEF: ToolDef =
        planned::<Self>("delete_email_domain", DELETE).title("Delete e-mail domain").also(&[GET]);
}

impl Prepare for DeleteEmailDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("emailDomainId", self.email_domain_id.as_str())];
        let read = GET.request(&path)?.query("expand", "brands");
        let there = desk.get(read.clone()).await?.body;
        let users = match there.pointer("/_embedded/brands").and_then(Value::as_array) {
            Some(brands) if brands.is_empty() => "No brand sends from it.".to_owned(),
            Some(brands) => format!(
                "{} no longer send from it, but from Okta's own address.",
                label::some(brands, label::named, false)
            ),
            None => "Which brands send from it is unknown.".to_owned(),
        };
        let name = label::domain(&there);
        Ok(Plan::new(format!("Delete e-mail domain {}", sender(&there)), DELETE.request(&path)?)
            .target(read, there)
            .loss(users)
            .check("get_email_domain: not found means done")
            .done(format!("E-mail domain {name} is deleted."))
            .into())
    }
}

/// Have Okta check an e-mail domain's DNS records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VerifyEmailDomain {
    email_domain_id: String,
}

impl Tool for VerifyEmailDomain {
    const DEF: ToolDef =
        planned::<Self>("verify_email_domain", VERIFY).title("Verify e-mail domain").also(&[GET]);
}

impl Prepare for VerifyEmailDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("emailDomainId", self.email_domain_id.as_str())];
        let there = look::at(desk, GET, &path).await?.body;
        if label::text(&there, "/validationStatus") == Some("VERIFIED") {
            return Ok(custom_domains::verified(there).into());
        }
        let read = GET.request(&path)?;
        let summary = format!("Verify e-mail domain {}", label::domain(&there));
        Ok(Plan::new(summary, VERIFY.request(&path)?)
            .read_back(ReadBack::one(read.clone()))
            .target(read, there)
            .check("get_email_domain: validationStatus")
            .done("Okta checks the DNS records.")
            .into())
    }
}

/// The sender as a mail shows it.
fn sender(domain: &Value) -> String {
    let of = |pointer| label::text(domain, pointer).unwrap_or("?");
    format!("\"{} <{}@{}>\"", of("/displayName"), of("/userName"), of("/domain"))
}

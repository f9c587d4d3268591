//! Custom domains: `/api/v1/domains`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::brands;
use crate::{
    args::Fields,
    desk::{Answer, Created, Desk, Failure, KeyPlace, Plan, Prepared},
    label, look,
    names::{self, Listed},
    pages, pem,
    read_back::ReadBack,
    scope::Scope,
    shape::REDACTED,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![
    ListCustomDomains,
    GetCustomDomain,
    CreateCustomDomain,
    ReplaceCustomDomain,
    DeleteCustomDomain,
    UpsertCustomDomainCertificate,
    VerifyCustomDomain,
];

const ALL: &str = "/api/v1/domains";
const ONE: &str = "/api/v1/domains/{domainId}";
/// Where the answer to a list holds it.
const UNDER: &str = "/domains";
const LIST: Operation = Operation::read(ALL, Scope::DOMAINS_READ);
const GET: Operation = Operation::read(ONE, Scope::DOMAINS_READ);
const CREATE: Operation =
    Operation::change(Method::Post, ALL, Scope::DOMAINS_MANAGE, Effect::Sensitive);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::DOMAINS_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::DOMAINS_MANAGE, Effect::Destructive);
const CERTIFICATE: Operation = Operation::change(
    Method::Put,
    "/api/v1/domains/{domainId}/certificate",
    Scope::DOMAINS_MANAGE,
    Effect::Sensitive,
);
const VERIFY: Operation = Operation::change(
    Method::Post,
    "/api/v1/domains/{domainId}/verify",
    Scope::DOMAINS_MANAGE,
    Effect::Sensitive,
);

/// List custom domains; `default` is the org's own.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListCustomDomains {
    fields: Option<Fields>,
}

impl Tool for ListCustomDomains {
    const DEF: ToolDef = planned::<Self>("list_custom_domains", LIST).title("List custom domains");
}

impl Prepare for ListCustomDomains {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let fields = self.fields.unwrap_or_default();
        Ok(pages::whole(LIST.request(&[])?, UNDER, &fields, desk).await?.into())
    }
}

/// Get a custom domain, with the DNS records to publish.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetCustomDomain {
    domain_id: String,
    fields: Option<Fields>,
}

impl Tool for GetCustomDomain {
    const DEF: ToolDef =
        get::<Self>("get_custom_domain", GET.path, GET.scope).title("Get custom domain");
}

/// Create a custom domain. It works once its DNS records are published and verified.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateCustomDomain {
    /// Such as login.example.com
    domain: String,
    /// MANUAL or OKTA_MANAGED
    certificate_source_type: String,
}

impl Tool for CreateCustomDomain {
    const DEF: ToolDef = planned::<Self>("create_custom_domain", CREATE)
        .title("Create custom domain")
        .also(&[LIST, GET]);
}

impl Prepare for CreateCustomDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        names::check_domain(&self.domain)?;
        let source = ["MANUAL", "OKTA_MANAGED"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(self.certificate_source_type.trim()))
            .ok_or_else(|| {
                let name = "certificate_source_type";
                Failure::Arguments(format!("`{name}`: MANUAL or OKTA_MANAGED is needed"))
            })?;
        let listed = Listed { operation: LIST, limit: None, under: UNDER };
        let same = |domain: &Value| {
            label::text(domain, "/domain").is_some_and(|it| names::same_domain(it, &self.domain))
        };
        let doubt = listed.find(desk, same).await?.free("domain", "replace_custom_domain")?;
        let body = json!({ "domain": self.domain, "certificateSourceType": source });
        let summary = format!("Create custom domain {} ({source})", label::domain(&body));
        let mut plan = Plan::new(summary, CREATE.request(&[])?.body(body))
            .created(Created::new(GET, &[DELETE], "domainId"))
            .read_back(ReadBack::listed(
                LIST.request(&[])?,
                UNDER,
                ("/domain", &self.domain),
                names::same_domain,
            ))
            .check("list_custom_domains")
            .done("The custom domain is created.");
        plan.notes.extend(doubt);
        Ok(plan.into())
    }
}

/// Give a custom domain another brand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceCustomDomain {
    domain_id: String,
    brand_id: String,
}

impl Tool for ReplaceCustomDomain {
    const DEF: ToolDef = planned::<Self>("replace_custom_domain", REPLACE)
        .title("Replace a custom domain's brand")
        .also(&[GET, brands::GET]);
}

impl Prepare for ReplaceCustomDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("domainId", self.domain_id.as_str())];
        let domain = look::at(desk, GET, &path).await?.body;
        let brand = brand(desk, &self.brand_id).await?;
        let summary = format!("Give domain {} the brand {brand}", label::domain(&domain));
        // The brand is all that Okta takes here: there is nothing to merge.
        let body = json!({ "brandId": self.brand_id });
        let mut after = domain.clone();
        if let Some(map) = after.as_object_mut() {
            map.insert("brandId".to_owned(), self.brand_id.clone().into());
        }
        let read = GET.request(&path)?;
        let mut plan = Plan::new(summary, REPLACE.request(&path)?.body(body))
            .after(after)
            .read_back(ReadBack::one(read.clone()))
            .check("get_custom_domain: brandId")
            .done("The domain has the brand.");
        if let Some(old) = label::text(&domain, "/brandId") {
            plan = plan.undo(REPLACE.request(&path)?.body(json!({ "brandId": old })));
        }
        Ok(plan.target(read, domain).into())
    }
}

/// What a person calls the brand; refused where Okta would.
async fn brand(desk: &dyn Desk, brand_id: &str) -> Result<String, Failure> {
    if !desk.allows(brands::GET.scope) {
        return Ok(brand_id.to_owned());
    }
    let brand = look::at(desk, brands::GET, &[("brandId", brand_id)]).await?.body;
    let name = label::named(&brand);
    if brands::is_default(&brand) {
        return Err(Failure::Refused {
            message: format!("{name} is the default brand, which Okta gives no custom domain"),
            next: "give it another brand, or create one with create_brand".to_owned(),
        });
    }
    Ok(name)
}

/// Delete a custom domain.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteCustomDomain {
    domain_id: String,
}

impl Tool for DeleteCustomDomain {
    const DEF: ToolDef =
        planned::<Self>("delete_custom_domain", DELETE).title("Delete custom domain").also(&[GET]);
}

impl Prepare for DeleteCustomDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        if self.domain_id.eq_ignore_ascii_case("default") {
            return Err(Failure::Refused {
                message: "this is the org's own domain, which Okta never deletes".to_owned(),
                next: "take the id of a custom domain from list_custom_domains".to_owned(),
            });
        }
        let path = [("domainId", self.domain_id.as_str())];
        let domain = look::at(desk, GET, &path).await?.body;
        let name = label::domain(&domain);
        let status = label::text(&domain, "/validationStatus").unwrap_or("unknown").to_owned();
        Ok(Plan::new(format!("Delete custom domain {name}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, domain)
            .loss(format!("Its validation status is {status}; its certificate goes with it."))
            .loss("Sign-in pages, apps and API clients that use the domain stop working there.")
            .check("get_custom_domain: not found means done")
            .done(format!("Custom domain {name} is deleted."))
            .into())
    }
}

/// Upload or renew a custom domain's certificate. The private key never goes through here.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpsertCustomDomainCertificate {
    domain_id: String,
    /// PEM
    certificate: String,
    /// PEM
    certificate_chain: String,
    /// PEM file in a key folder, or $OKTA_MCP_DOMAIN_KEY
    private_key_file_path: String,
}

impl Tool for UpsertCustomDomainCertificate {
    const DEF: ToolDef = planned::<Self>("upsert_custom_domain_certificate", CERTIFICATE)
        .title("Upload a custom domain's certificate")
        .also(&[GET]);
}

impl Prepare for UpsertCustomDomainCertificate {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        pem::check_certificates("certificate", &self.certificate, false)?;
        pem::check_certificates("certificate_chain", &self.certificate_chain, true)?;
        let place = self.private_key_file_path.trim();
        pem::check_place("private_key_file_path", place)?;
        let (place, from) = match place {
            pem::VARIABLE => (KeyPlace::Variable, pem::VARIABLE.to_owned()),
            path => (KeyPlace::File(path), format!("the file {path}")),
        };
        let key = pem::private_key(&desk.private_key(place)?)?;
        let path = [("domainId", self.domain_id.as_str())];
        let domain = look::at(desk, GET, &path).await?.body;
        let body = json!({
            "type": "PEM",
            "privateKey": REDACTED,
            "certificate": self.certificate,
            "certificateChain": self.certificate_chain,
        });
        let summary =
            format!("Upload a certificate for {}, its key from {from}", label::domain(&domain));
        let request = CERTIFICATE.request(&path)?.body(body).hidden("/privateKey", key);
        let read = GET.request(&path)?;
        let mut plan = Plan::new(summary, request)
            .read_back(ReadBack::one(read.clone()))
            .check("get_custom_domain: publicCertificate")
            .done("The certificate is uploaded.");
        if let Some(there) = domain.get("publicCertificate").filter(|there| there.is_object()) {
            plan = plan.loss(format!("It takes the place of {there}."));
        }
        if label::text(&domain, "/certificateSourceType") == Some("OKTA_MANAGED") {
            plan = plan.loss("The domain becomes MANUAL: Okta no longer renews its certificate.");
        }
        Ok(plan.target(read, domain).into())
    }
}

/// Have Okta check a custom domain's DNS records.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct VerifyCustomDomain {
    domain_id: String,
}

impl Tool for VerifyCustomDomain {
    const DEF: ToolDef =
        planned::<Self>("verify_custom_domain", VERIFY).title("Verify custom domain").also(&[GET]);
}

impl Prepare for VerifyCustomDomain {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("domainId", self.domain_id.as_str())];
        let domain = look::at(desk, GET, &path).await?.body;
        if let Some("VERIFIED" | "COMPLETED") = label::text(&domain, "/validationStatus") {
            return Ok(verified(domain).into());
        }
        let read = GET.request(&path)?;
        Ok(Plan::new(
            format!("Verify custom domain {}", label::domain(&domain)),
            VERIFY.request(&path)?,
        )
        .read_back(ReadBack::one(read.clone()))
        .target(read, domain)
        .check("get_custom_domain: validationStatus")
        .done("Okta checks the DNS records.")
        .into())
    }
}

/// The answer where there is nothing to verify any more.
pub(super) fn verified(mut domain: Value) -> Answer {
    if let Some(map) = domain.as_object_mut() {
        map.insert("_notes".to_owned(), json!(["It is verified already: nothing was sent."]));
    }
    Answer { value: domain, rows: 1, links: false }
}

//! Brands: `/api/v1/brands`.

use okta_client::Method;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    args::{Expand, Fields, Flag, Limit, Object},
    desk::{Created, Desk, Failure, Plan, Prepared},
    label, look,
    names::{self, Listed},
    pages,
    read_back::ReadBack,
    read_only,
    replace::Replacement,
    scope::Scope,
    tool::{Effect, Operation, Prepare, Tool, ToolDef, get, planned, tools},
};

tools![ListBrands, GetBrand, CreateBrand, ReplaceBrand, DeleteBrand, ListBrandDomains];

const ALL: &str = "/api/v1/brands";
const ONE: &str = "/api/v1/brands/{brandId}";
const LIST: Operation = Operation::read(ALL, Scope::BRANDS_READ);
pub(super) const GET: Operation = Operation::read(ONE, Scope::BRANDS_READ);
const DOMAINS: Operation = Operation::read("/api/v1/brands/{brandId}/domains", Scope::BRANDS_READ);
// A new brand is nowhere in use: until a domain has it nobody sees it.
const CREATE: Operation = Operation::change(Method::Post, ALL, Scope::BRANDS_MANAGE, Effect::Write);
const REPLACE: Operation =
    Operation::change(Method::Put, ONE, Scope::BRANDS_MANAGE, Effect::Sensitive);
const DELETE: Operation =
    Operation::change(Method::Delete, ONE, Scope::BRANDS_MANAGE, Effect::Destructive);

/// The name that Okta keeps for the brand of its disaster recovery.
const RESERVED: &str = "DRAPP_DOMAIN_BRAND";

/// List brands.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct ListBrands {
    /// themes, domains, emailDomain
    #[schemars(with = "Option<String>")]
    expand: Option<Expand>,
    /// Part of the name
    q: Option<String>,
    fetch_all: Option<Flag>,
    after: Option<String>,
    limit: Option<Limit>,
    fields: Option<Fields>,
}

impl Tool for ListBrands {
    const DEF: ToolDef = get::<Self>("list_brands", ALL, Scope::BRANDS_READ)
        .title("List brands")
        .page(&["expand", "q", "after", "limit"])
        .limit(200);
}

/// Get a brand.
#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
struct GetBrand {
    brand_id: String,
    /// themes, domains, emailDomain
    #[schemars(with = "Option<String>")]
    expand: Option<Expand>,
    fields: Option<Fields>,
}

impl Tool for GetBrand {
    const DEF: ToolDef =
        get::<Self>("get_brand", GET.path, GET.scope).title("Get brand").query(&["expand"]);
}

/// Create a brand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CreateBrand {
    name: String,
}

impl Tool for CreateBrand {
    const DEF: ToolDef =
        planned::<Self>("create_brand", CREATE).title("Create brand").also(&[LIST]);
}

impl Prepare for CreateBrand {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        refuse_reserved(&self.name)?;
        let listed = Listed { operation: LIST, limit: Some("200"), under: "" };
        let same = |brand: &Value| label::text(brand, "/name") == Some(self.name.as_str());
        let doubt = listed.find(desk, same).await?.free("brand", "replace_brand")?;
        let body = json!({ "name": self.name });
        let mut plan = Plan::new(
            format!("Create brand {}", label::named(&body)),
            CREATE.request(&[])?.body(body),
        )
        .created(Created::new(GET, &[DELETE], "brandId"))
        .read_back(ReadBack::listed(
            LIST.request(&[])?.query("limit", "200"),
            "",
            ("/name", &self.name),
            names::same_name,
        ))
        .check("list_brands with q")
        .done("The brand is created.");
        plan.notes.extend(doubt);
        Ok(plan.into())
    }
}

/// Change a brand; what is not given keeps its value.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReplaceBrand {
    brand_id: String,
    name: String,
    agree_to_custom_privacy_policy: Option<Flag>,
    custom_privacy_policy_url: Option<String>,
    remove_powered_by_okta: Option<Flag>,
    /// BCP 47
    locale: Option<String>,
    email_domain_id: Option<String>,
    /// appInstanceId, appLinkName, classicApplicationUri
    default_app: Option<Object>,
    /// Reset what is not given
    full_replace: Option<Flag>,
}

impl Tool for ReplaceBrand {
    const DEF: ToolDef =
        planned::<Self>("replace_brand", REPLACE).title("Replace brand").also(&[GET]);
}

impl Prepare for ReplaceBrand {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        refuse_reserved(&self.name)?;
        let path = [("brandId", self.brand_id.as_str())];
        let flag = |flag: Option<Flag>| flag.map(|Flag(flag)| flag);
        let brand = look::at(desk, GET, &path).await?.body;
        let given = Object::default()
            .with("name", Some(self.name))
            .with("agreeToCustomPrivacyPolicy", flag(self.agree_to_custom_privacy_policy))
            .with("customPrivacyPolicyUrl", self.custom_privacy_policy_url)
            .with("removePoweredByOkta", flag(self.remove_powered_by_okta))
            .with("locale", self.locale)
            .with("emailDomainId", self.email_domain_id)
            .with("defaultApp", self.default_app.map(|app| app.0));
        let replacement =
            Replacement::new("name", &brand, given, read_only::BRAND, self.full_replace)?;
        let summary = format!("Change brand {}", label::named(&brand));
        let read = GET.request(&path)?;
        Ok(replacement
            .plan(summary, read.clone(), &REPLACE.request(&path)?, brand)
            .read_back(ReadBack::one(read))
            .check("get_brand")
            .done("The brand is changed.")
            .into())
    }
}

fn refuse_reserved(name: &str) -> Result<(), Failure> {
    if name == RESERVED {
        return Err(Failure::Arguments(format!("`name`: Okta keeps {RESERVED} for itself")));
    }
    Ok(())
}

/// Delete a brand with its theme, pages and e-mail templates.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteBrand {
    brand_id: String,
}

impl Tool for DeleteBrand {
    const DEF: ToolDef =
        planned::<Self>("delete_brand", DELETE).title("Delete brand").also(&[GET, DOMAINS]);
}

impl Prepare for DeleteBrand {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let path = [("brandId", self.brand_id.as_str())];
        let brand = look::at(desk, GET, &path).await?.body;
        let name = label::named(&brand);
        if is_default(&brand) {
            return Err(Failure::Refused {
                message: format!("{name} is the org's default brand, which Okta never deletes"),
                next: "change it with replace_brand".to_owned(),
            });
        }
        let domains = match pages::items(desk, DOMAINS.request(&path)?, "/domains").await {
            Ok(domains) if domains.is_empty() => "No domain has it.".to_owned(),
            Ok(domains) => {
                format!("It is the brand of {}.", label::some(&domains, label::domain, false))
            }
            Err(error) => format!("Which domains have it is unknown: {}.", error.message),
        };
        Ok(Plan::new(format!("Delete brand {name}"), DELETE.request(&path)?)
            .target(GET.request(&path)?, brand)
            .loss(domains)
            .loss("Its theme, pages and e-mail templates: they cannot be restored.")
            .check("get_brand: not found means done")
            .done(format!("Brand {name} is deleted."))
            .into())
    }
}

/// True for the brand that an org always has.
pub(super) fn is_default(brand: &Value) -> bool {
    brand.get("isDefault") == Some(&Value::Bool(true))
}

/// List the custom domains that have a brand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListBrandDomains {
    brand_id: String,
    fields: Option<Fields>,
}

impl Tool for ListBrandDomains {
    const DEF: ToolDef =
        planned::<Self>("list_brand_domains", DOMAINS).title("List a brand's domains");
}

impl Prepare for ListBrandDomains {
    async fn prepare(self, desk: &dyn Desk) -> Result<Prepared, Failure> {
        let request = DOMAINS.request(&[("brandId", &self.brand_id)])?;
        let fields = self.fields.unwrap_or_default();
        Ok(pages::whole(request, "/domains", &fields, desk).await?.into())
    }
}

//! E-mail domains: from whom the e-mails of a brand come.
//!
//! Like a custom domain one is verified by DNS records, and the same rule tells which are there
//! ([`names::has_records`]).

use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::{Id, Maker},
    log::{Draft, Target},
    resources::{
        brands::{self, BRANDS},
        domains::names,
        policies::text,
    },
    route::{Route, delete, get, post, put},
};

/// The collection that e-mail domains are kept in.
pub(crate) const EMAIL_DOMAINS: &str = "emailDomains";

const READ: &str = "okta.emailDomains.read";
const MANAGE: &str = "okta.emailDomains.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/email-domains", READ, list).limit(100),
    post("/api/v1/email-domains", MANAGE, create).limit(100),
    get("/api/v1/email-domains/{emailDomainId}", READ, read).limit(100),
    put("/api/v1/email-domains/{emailDomainId}", MANAGE, replace).limit(100),
    delete("/api/v1/email-domains/{emailDomainId}", MANAGE, remove).limit(100),
    post("/api/v1/email-domains/{emailDomainId}/verify", MANAGE, verify).limit(100),
];

/// A domain and the sender that its e-mails show.
pub(crate) struct Sender<'a> {
    pub(crate) domain: &'a str,
    /// The name below which the mail provider's records stand, as `mail`.
    pub(crate) subdomain: &'a str,
    pub(crate) display_name: &'a str,
    /// What stands before the `@`.
    pub(crate) user_name: &'a str,
}

/// A new e-mail domain with its DNS records.
pub(crate) fn new(maker: &mut Maker, id: Id, sender: &Sender<'_>) -> Map<String, Value> {
    let Sender { domain, subdomain, display_name, user_name } = *sender;
    let token = maker.hex(32);
    let provider = format!("u{}.wl.sendgrid.net", 20_000_000 + maker.random().u32(..9_999_999));
    let mut records = vec![
        json!({ "recordType": "TXT", "fqdn": format!("_oktaverification.{domain}"), "verificationValue": token }),
        json!({ "recordType": "CNAME", "fqdn": format!("{subdomain}.{domain}"), "verificationValue": provider }),
    ];
    for key in ["okt1", "okt2"] {
        records.push(json!({
            "recordType": "CNAME",
            "fqdn": format!("{key}._domainkey.{domain}"),
            "verificationValue": format!("{key}.domainkey.{provider}"),
        }));
    }
    Map::from_iter([
        ("id".to_owned(), id.into()),
        ("domain".to_owned(), domain.into()),
        ("validationSubdomain".to_owned(), subdomain.into()),
        ("displayName".to_owned(), display_name.into()),
        ("userName".to_owned(), user_name.into()),
        ("validationStatus".to_owned(), "NOT_STARTED".into()),
        ("dnsValidationRecords".to_owned(), records.into()),
    ])
}

/// The e-mail domain `id`; 404 E0000198 where there is none.
pub(super) fn by_id(call: &Call<'_>, id: &str) -> Result<Map<String, Value>> {
    let found = call.state.docs(EMAIL_DOMAINS).get(id).cloned();
    found.ok_or_else(|| ApiError::new(404, "E0000198", "Email domain not found."))
}

fn of_path(call: &Call<'_>) -> Result<Map<String, Value>> {
    by_id(call, call.param("emailDomainId"))
}

fn target(domain: &Map<String, Value>) -> Target {
    Target::new(text(domain, "id"), "EmailDomain", "unknown", text(domain, "domain"))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler, like those that can refuse")]
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let all = call.state.docs(EMAIL_DOMAINS).iter();
    Ok(Answer::ok(all.map(|(_, domain)| view(domain, call)).collect()))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(view(&of_path(call)?, call)))
}

fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let (display_name, user_name) = sender(&body)?;
    let domain = names::checked("domain", text(&body, "domain"))?;
    let given = Some(text(&body, "validationSubdomain")).filter(|given| !given.is_empty());
    let subdomain = given.unwrap_or("mail").to_ascii_lowercase();
    names::checked("validationSubdomain", &format!("{subdomain}.{domain}"))?;
    if text(&body, "brandId").is_empty() {
        return Err(ApiError::blank("brandId"));
    }
    let mut brand = brands::by_id(call, text(&body, "brandId"))?;
    if call.state.docs(EMAIL_DOMAINS).iter().any(|(_, other)| text(other, "domain") == domain) {
        return Err(ApiError::new(409, "E0000197", "Unique email domain name required."));
    }
    let id = call.new_id("OeD");
    let sender = Sender { domain: &domain, subdomain: &subdomain, display_name, user_name };
    let made = new(&mut call.state.maker, id, &sender);
    brand.insert("emailDomainId".into(), id.into());
    call.log("system.email_domain.create", vec![target(&made), brands::target(&brand)]);
    let brand_id = text(&brand, "id").to_owned();
    call.state.docs_mut(BRANDS).put(brand_id, brand);
    call.state.docs_mut(EMAIL_DOMAINS).put(id.as_str(), made.clone());
    Ok(Answer::json(201, view(&made, call)))
}

/// The display name and the user name of a body.
fn sender(body: &Map<String, Value>) -> Result<(&str, &str)> {
    let (display_name, user_name) = (text(body, "displayName"), text(body, "userName"));
    for (name, value) in [("displayName", display_name), ("userName", user_name)] {
        if value.trim().is_empty() {
            return Err(ApiError::blank(name));
        }
    }
    if user_name.contains(|found: char| found == '@' || found.is_whitespace() || found.is_control())
    {
        let cause = "userName: Must be what stands before the @ of an address";
        return Err(ApiError::invalid("userName", cause));
    }
    Ok((display_name, user_name))
}

fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let mut domain = of_path(call)?;
    let body = call.json()?;
    let (display_name, user_name) = sender(&body)?;
    domain.insert("displayName".into(), display_name.into());
    domain.insert("userName".into(), user_name.into());
    call.log("system.email_domain.update", vec![target(&domain)]);
    Ok(keep(call, domain))
}

fn keep(call: &mut Call<'_>, domain: Map<String, Value>) -> Answer {
    let answer = Answer::ok(view(&domain, call));
    let id = text(&domain, "id").to_owned();
    call.state.docs_mut(EMAIL_DOMAINS).put(id, domain);
    answer
}

/// Brands that it was the sender of are without one then.
fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let domain = of_path(call)?;
    let id = text(&domain, "id");
    for brand in brands_of(call, id) {
        let brand_id = text(&brand, "id").to_owned();
        if let Some(kept) = call.state.docs_mut(BRANDS).get_mut(&brand_id) {
            kept.shift_remove("emailDomainId");
        }
    }
    call.state.docs_mut(EMAIL_DOMAINS).remove(id);
    call.log("system.email_domain.delete", vec![target(&domain)]);
    Ok(Answer::empty(204))
}

/// Looks for the DNS records: 400 E0000218 where they are not there, 400 E0000217 where there is
/// nothing to verify any more.
fn verify(call: &mut Call<'_>) -> Result<Answer> {
    let mut domain = of_path(call)?;
    if text(&domain, "validationStatus") == "VERIFIED" {
        let summary = "Invalid status. Cannot validate email domain in current status.";
        return Err(ApiError::new(400, "E0000217", summary));
    }
    let found = names::has_records(text(&domain, "domain"));
    domain.insert("validationStatus".into(), if found { "VERIFIED" } else { "ERROR" }.into());
    let draft = Draft::new("system.email_domain.verify").targets(vec![target(&domain)]);
    let reason = Some(names::NO_RECORDS);
    call.log_event(if found { draft } else { draft.outcome("FAILURE", reason) });
    let answer = keep(call, domain);
    let summary = "Email domain could not be verified by mail provider.";
    if found { Ok(answer) } else { Err(ApiError::new(400, "E0000218", summary)) }
}

fn brands_of(call: &Call<'_>, id: &str) -> Vec<Map<String, Value>> {
    let all = call.state.docs(BRANDS).iter().map(|(_, brand)| brand);
    all.filter(|brand| text(brand, "emailDomainId") == id).cloned().collect()
}

fn view(domain: &Map<String, Value>, call: &Call<'_>) -> Value {
    let mut shown = domain.clone();
    if call.expands("brands") {
        let brands = brands_of(call, text(domain, "id"));
        let brands: Vec<Value> =
            brands.iter().map(|brand| Value::Object(brands::plain(brand, call))).collect();
        shown.insert("_embedded".into(), json!({ "brands": brands }));
    }
    Value::Object(shown)
}

//! Custom domains: names of the org's own under which a brand is reached.
//!
//! A new domain is verified by the DNS records that it names, then gets a certificate: from the admin
//! (`MANUAL`) or from Okta (`OKTA_MANAGED`). What DNS has is told by [`names::has_records`].

mod certificate;
pub(crate) mod names;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::{ApiError, Result},
    id::{Id, Maker},
    log::{Draft, Target},
    resources::{
        brands::{self, BRANDS},
        policies::text,
    },
    route::{Route, delete, get, post, put},
};

/// The collection that custom domains are kept in.
pub(crate) const DOMAINS: &str = "domains";

const READ: &str = "okta.domains.read";
const MANAGE: &str = "okta.domains.manage";

pub(super) const ROUTES: &[Route] = &[
    get("/api/v1/domains", READ, list).limit(100),
    post("/api/v1/domains", MANAGE, create).limit(100),
    get("/api/v1/domains/{domainId}", READ, read).limit(100),
    put("/api/v1/domains/{domainId}", MANAGE, replace).limit(100),
    delete("/api/v1/domains/{domainId}", MANAGE, remove).limit(100),
    put("/api/v1/domains/{domainId}/certificate", MANAGE, set_certificate).limit(100),
    post("/api/v1/domains/{domainId}/verify", MANAGE, verify).limit(100),
];

/// The id of the org's own domain, which nobody made and nobody can change.
const OWN: &str = "default";

/// What a domain looks like depends on what was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    List,
    Read,
    Write,
    Verify,
}

/// A new domain with its DNS records.
pub(crate) fn new(
    maker: &mut Maker,
    id: Id,
    name: &str,
    source: &str,
    brand: &str,
) -> Map<String, Value> {
    let token = maker.hex(32);
    let records = json!([
        { "recordType": "TXT", "fqdn": format!("_oktaverification.{name}"), "values": [token] },
        { "recordType": "CNAME", "fqdn": name, "values": ["acme.customdomains.okta.com"] },
    ]);
    Map::from_iter([
        ("id".to_owned(), id.into()),
        ("domain".to_owned(), name.into()),
        ("certificateSourceType".to_owned(), source.into()),
        ("validationStatus".to_owned(), "NOT_STARTED".into()),
        ("brandId".to_owned(), brand.into()),
        ("dnsRecords".to_owned(), records),
    ])
}

/// Gives a verified domain a certificate of Okta's, made at `now`: it is in use then.
pub(crate) fn complete(domain: &mut Map<String, Value>, fingerprint: &str, now: Timestamp) {
    let metadata = certificate::of_okta(text(domain, "domain"), fingerprint, now);
    domain.insert("validationStatus".into(), "COMPLETED".into());
    domain.insert("publicCertificate".into(), metadata);
}

/// The org's own domain: the name that the caller knows the org by, on the default brand.
fn own(call: &Call<'_>) -> Map<String, Value> {
    let host = call.base.split("://").nth(1).unwrap_or_default();
    let mut brands = call.state.docs(BRANDS).iter();
    let brand = brands.find(|(_, brand)| brands::is_default(brand)).map(|(id, _)| id.as_str());
    Map::from_iter([
        ("id".to_owned(), OWN.into()),
        ("domain".to_owned(), host.split(':').next().into()),
        ("certificateSourceType".to_owned(), "OKTA_MANAGED".into()),
        ("validationStatus".to_owned(), "COMPLETED".into()),
        ("brandId".to_owned(), brand.into()),
    ])
}

/// All domains: those that were added, then the org's own.
fn all<'a>(call: &'a Call<'_>) -> impl Iterator<Item = Map<String, Value>> + 'a {
    let added = call.state.docs(DOMAINS).iter().map(|(_, domain)| domain.clone());
    added.chain(std::iter::once(own(call)))
}

/// The domains of a brand as lists show them.
pub(super) fn of_brand(call: &Call<'_>, brand: &str) -> Vec<Value> {
    let own = all(call).filter(|domain| text(domain, "brandId") == brand);
    own.map(|domain| view(&domain, Asked::List, call)).collect()
}

fn of_path(call: &Call<'_>) -> Result<Map<String, Value>> {
    match call.param("domainId") {
        OWN => Ok(own(call)),
        id => call
            .state
            .docs(DOMAINS)
            .get(id)
            .cloned()
            .ok_or_else(|| ApiError::new(404, "E0000163", "Domain ID not found.")),
    }
}

/// The domain in the path, to be changed: not the org's own.
fn changeable(call: &Call<'_>) -> Result<Map<String, Value>> {
    if call.param("domainId") == OWN {
        return Err(ApiError::invalid("id", "This operation is not supported for this domain"));
    }
    of_path(call)
}

fn target(domain: &Map<String, Value>) -> Target {
    Target::new(text(domain, "id"), "CustomDomain", "unknown", text(domain, "domain"))
}

#[expect(clippy::unnecessary_wraps, reason = "a handler, like those that can refuse")]
fn list(call: &mut Call<'_>) -> Result<Answer> {
    let all: Vec<Value> = all(call).map(|domain| view(&domain, Asked::List, call)).collect();
    Ok(Answer::ok(json!({ "domains": all })))
}

fn read(call: &mut Call<'_>) -> Result<Answer> {
    Ok(Answer::ok(view(&of_path(call)?, Asked::Read, call)))
}

/// A new domain gets a brand of its own, called like it.
fn create(call: &mut Call<'_>) -> Result<Answer> {
    let body = call.json()?;
    let source = text(&body, "certificateSourceType");
    if !matches!(source, "MANUAL" | "OKTA_MANAGED") {
        let valid = "Valid values: [MANUAL, OKTA_MANAGED].";
        let cause = format!("certificateSourceType: '{source}' is invalid. {valid}");
        return Err(ApiError::invalid("certificateSourceType", cause));
    }
    let name = names::checked("domain", text(&body, "domain"))?;
    let prohibited = names::is_oktas(&name) || source != "MANUAL" && names::is_reserved(&name);
    if prohibited {
        return Err(ApiError::invalid("domain", "domain: Prohibited custom domain name."));
    }
    if call.state.docs(DOMAINS).iter().any(|(_, other)| text(other, "domain") == name) {
        return Err(ApiError::new(403, "E0000161", "Unique domain name required."));
    }
    let brand = match brands::by_name(call.state, &name).filter(|brand| !brands::is_default(brand))
    {
        Some(brand) => brand.clone(),
        None => brands::make(call, &name),
    };
    let id = call.new_id("OcD");
    let domain = new(&mut call.state.maker, id, &name, source, text(&brand, "id"));
    call.log("system.custom_url_domain.initiate", vec![target(&domain)]);
    let answer = Answer::json(201, view(&domain, Asked::Write, call));
    call.state.docs_mut(DOMAINS).put(id.as_str(), domain);
    Ok(answer)
}

/// Moves a domain to another brand, not to the default one.
fn replace(call: &mut Call<'_>) -> Result<Answer> {
    let mut domain = changeable(call)?;
    let body = call.json()?;
    let id = text(&body, "brandId");
    if id.is_empty() {
        return Err(ApiError::blank("brandId"));
    }
    let brand = brands::by_id(call, id)?;
    if brands::is_default(&brand) {
        let summary = "Failed to associate this domain with the given brandId.";
        return Err(ApiError::new(409, "E0000203", summary));
    }
    domain.insert("brandId".into(), id.into());
    let targets = vec![target(&domain), brands::target(&brand)];
    call.log("system.custom_url_domain.update", targets);
    Ok(keep(call, domain, Asked::Write))
}

fn keep(call: &mut Call<'_>, domain: Map<String, Value>, asked: Asked) -> Answer {
    let answer = Answer::ok(view(&domain, asked, call));
    let id = text(&domain, "id").to_owned();
    call.state.docs_mut(DOMAINS).put(id, domain);
    answer
}

fn remove(call: &mut Call<'_>) -> Result<Answer> {
    let domain = changeable(call)?;
    call.state.docs_mut(DOMAINS).remove(text(&domain, "id"));
    call.log("system.custom_url_domain.delete", vec![target(&domain)]);
    Ok(Answer::empty(204))
}

/// Looks for the DNS records. Okta's own certificate is there at once; a domain that is verified stays
/// so.
fn verify(call: &mut Call<'_>) -> Result<Answer> {
    let mut domain = changeable(call)?;
    let found = names::has_records(text(&domain, "domain"));
    let verified = matches!(text(&domain, "validationStatus"), "VERIFIED" | "COMPLETED");
    if !verified {
        let managed = text(&domain, "certificateSourceType") == "OKTA_MANAGED";
        let status = if found { "VERIFIED" } else { "FAILED_TO_VERIFY" };
        domain.insert("validationStatus".into(), status.into());
        if found && managed {
            complete(&mut domain, &call.state.maker.hex(64), call.now);
        }
    }
    let draft = Draft::new("system.custom_url_domain.verify").targets(vec![target(&domain)]);
    let good = found || verified;
    call.log_event(if good { draft } else { draft.outcome("FAILURE", Some(names::NO_RECORDS)) });
    Ok(keep(call, domain, Asked::Verify))
}

/// A certificate makes the domain `MANUAL`, whoever took care of it before. The private key is checked
/// and forgotten.
fn set_certificate(call: &mut Call<'_>) -> Result<Answer> {
    let mut domain = changeable(call)?;
    let body = call.json()?;
    if !matches!(text(&domain, "validationStatus"), "VERIFIED" | "COMPLETED") {
        return Err(ApiError::new(403, "E0000165", "Domain not verified."));
    }
    let metadata = certificate::check(&body, text(&domain, "domain"), call.now)?;
    domain.insert("certificateSourceType".into(), "MANUAL".into());
    domain.insert("validationStatus".into(), "COMPLETED".into());
    domain.insert("publicCertificate".into(), metadata);
    call.log("system.custom_url_domain.cert_upload", vec![target(&domain)]);
    keep(call, domain, Asked::Write);
    Ok(Answer::empty(204))
}

/// A domain as Okta shows it: lists leave the records out, and each operation has its own idea of
/// what can be done next.
fn view(domain: &Map<String, Value>, asked: Asked, call: &Call<'_>) -> Value {
    let id = text(domain, "id");
    let path = format!("/api/v1/domains/{id}");
    let status = text(domain, "validationStatus");
    let allow: &[&str] = match asked {
        _ if id == OWN => &["GET"],
        Asked::List | Asked::Verify => &["GET", "DELETE"],
        Asked::Read => &["DELETE"],
        Asked::Write => &["GET", "DELETE", "PUT"],
    };
    let mut shown = domain.clone();
    let mut links = Map::from_iter([("self".to_owned(), call.allowing(&path, allow))]);
    if asked == Asked::List {
        shown.shift_remove("dnsRecords");
        shown.shift_remove("publicCertificate");
    } else if matches!(status, "VERIFIED" | "COMPLETED") && id != OWN {
        let certificate = call.allowing(&format!("{path}/certificate"), &["PUT"]);
        links.insert("certificate".into(), certificate);
    } else if matches!(asked, Asked::Read | Asked::Write) && id != OWN {
        links.insert("verify".into(), call.allowing(&format!("{path}/verify"), &["POST"]));
    }
    links.insert("brand".into(), brands::link(text(domain, "brandId"), call));
    shown.insert("_links".into(), links.into());
    Value::Object(shown)
}

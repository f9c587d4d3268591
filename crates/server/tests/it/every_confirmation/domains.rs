//! Custom domains and e-mail domains that nothing else has.

use rcgen::{CertificateParams, DistinguishedName, DnType};
use serde_json::{Value, json};

use super::{
    fixtures::{Aside, Case},
    objects::{id, with},
    place::Place,
};

const DOMAINS: &str = "/api/v1/domains";
const EMAIL_DOMAINS: &str = "/api/v1/email-domains";

/// Where the DNS records of every domain are found, and where none are.
const PUBLISHED: &str = "acme.example";
const UNPUBLISHED: &str = "example.com";

/// What makes a domain.
fn custom(domain: &str) -> Value {
    json!({ "domain": domain, "certificateSourceType": "MANUAL" })
}

fn sender(name: &str) -> Value {
    json!({ "displayName": name, "userName": "noreply" })
}

impl Place {
    /// The name of a domain that nothing else has.
    fn domain_name(&self, parent: &str) -> String {
        format!("{}.{parent}", self.name().replace(' ', "").to_lowercase())
    }

    /// A new domain, and its path.
    async fn domain(&self, parent: &str) -> (Value, String) {
        let domain = self.admin("POST", DOMAINS, &custom(&self.domain_name(parent))).await;
        let path = format!("{DOMAINS}/{}", id(&domain));
        (domain, path)
    }

    /// A new e-mail domain of a new brand, and its path.
    async fn email_domain(&self) -> (Value, String) {
        let (brand, _) = self.brand().await;
        let mut body = with(&sender("As it was"), "brandId", &brand);
        body["domain"] = json!(self.domain_name(PUBLISHED));
        let domain = self.admin("POST", EMAIL_DOMAINS, &body).await;
        let path = format!("{EMAIL_DOMAINS}/{}", id(&domain));
        (domain, path)
    }

    /// A certificate for a domain in PEM. Its key is the one that the server has.
    fn certificate(&self, domain: &Value, common_name: &str) -> String {
        let name = domain["domain"].as_str().unwrap().to_owned();
        let mut params = CertificateParams::new([name]).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, common_name);
        params.self_signed(&self.key).unwrap().pem()
    }
}

/// The domain is given another brand.
async fn moved(place: &Place, path: &str) -> Aside {
    let (brand, _) = place.brand().await;
    Aside("PUT", path.to_owned(), json!({ "brandId": brand }))
}

impl Case {
    pub(super) async fn of_domain(tool: &'static str, place: &Place) -> Self {
        if tool == "create_custom_domain" {
            let name = place.domain_name(PUBLISHED);
            let args = |name: &str| json!({ "domain": name, "certificate_source_type": "MANUAL" });
            // Somebody else takes the name.
            let meanwhile = Aside("POST", DOMAINS.to_owned(), custom(&name));
            return Self {
                args: args(&name),
                other: args(&place.domain_name(PUBLISHED)),
                sends: vec![format!("POST {DOMAINS}")],
                meanwhile: Some(meanwhile),
                back: None,
                tool,
            };
        }
        let ((domain, path), (other, other_path)) =
            (place.domain(UNPUBLISHED).await, place.domain(UNPUBLISHED).await);
        let case = Self {
            args: json!({ "domain_id": id(&domain) }),
            other: json!({ "domain_id": id(&other) }),
            sends: vec![format!("DELETE {path}")],
            meanwhile: Some(moved(place, &path).await),
            back: None,
            tool,
        };
        match tool {
            "delete_custom_domain" => case,
            "replace_custom_domain" => {
                let ((one, _), (another, _)) = (place.brand().await, place.brand().await);
                let back = json!({ "brandId": domain["brandId"] });
                Self {
                    args: with(&case.args, "brand_id", &one),
                    other: with(&case.args, "brand_id", &another),
                    sends: vec![format!("PUT {path}")],
                    back: Some(vec![Aside("PUT", path, back)]),
                    ..case
                }
            }
            // It was tried before: that it fails again changes nothing.
            "verify_custom_domain" => {
                for path in [&path, &other_path] {
                    place.admin("POST", &format!("{path}/verify"), &Value::Null).await;
                }
                let sends = vec![format!("POST {path}/verify")];
                Self { sends, back: Some(Vec::new()), ..case }
            }
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }

    pub(super) async fn of_certificate(tool: &'static str, place: &Place) -> Self {
        let (domain, path) = place.domain(PUBLISHED).await;
        place.admin("POST", &format!("{path}/verify"), &Value::Null).await;
        let at = format!("{path}/certificate");
        let old = place.certificate(&domain, "as it was");
        let old = json!({
            "type": "PEM",
            "privateKey": place.key.serialize_pem(),
            "certificate": old,
            "certificateChain": old,
        });
        let back = Aside("PUT", at.clone(), old);
        back.happens(place).await;
        let args = |common_name: &str| {
            let certificate = place.certificate(&domain, common_name);
            json!({
                "domain_id": id(&domain),
                "certificate": certificate,
                "certificate_chain": certificate,
                "private_key_file_path": "$OKTA_MCP_DOMAIN_KEY",
            })
        };
        Self {
            args: args("new"),
            other: args("newer"),
            sends: vec![format!("PUT {at}")],
            meanwhile: Some(moved(place, &path).await),
            back: Some(vec![back]),
            tool,
        }
    }

    pub(super) async fn of_email_domain(tool: &'static str, place: &Place) -> Self {
        if tool == "create_email_domain" {
            let (brand, _) = place.brand().await;
            let name = place.domain_name(PUBLISHED);
            let args = |name: &str| {
                json!({
                    "brand_id": brand, "domain": name, "display_name": "New",
                    "user_name": "noreply",
                })
            };
            let taken = with(&with(&sender("Meanwhile"), "brandId", &brand), "domain", &name);
            return Self {
                args: args(&name),
                other: args(&place.domain_name(PUBLISHED)),
                sends: vec![format!("POST {EMAIL_DOMAINS}")],
                meanwhile: Some(Aside("POST", EMAIL_DOMAINS.to_owned(), taken)),
                back: None,
                tool,
            };
        }
        let ((domain, path), (other, _)) = (place.email_domain().await, place.email_domain().await);
        let named = |name: &str| Aside("PUT", path.clone(), sender(name));
        let case = Self {
            args: json!({ "email_domain_id": id(&domain) }),
            other: json!({ "email_domain_id": id(&other) }),
            sends: vec![format!("DELETE {path}")],
            meanwhile: Some(named("Changed meanwhile")),
            back: None,
            tool,
        };
        match tool {
            "delete_email_domain" => case,
            "replace_email_domain" => {
                let args = |name: &str| {
                    let args = with(&case.args, "display_name", name);
                    with(&args, "user_name", "noreply")
                };
                Self {
                    args: args("New"),
                    other: args("Newer"),
                    sends: vec![format!("PUT {path}")],
                    back: Some(vec![named("As it was")]),
                    ..case
                }
            }
            // What is verified stays so.
            "verify_email_domain" => Self { sends: vec![format!("POST {path}/verify")], ..case },
            name => panic!("{name}: what a person must agree to needs a fixture"),
        }
    }
}

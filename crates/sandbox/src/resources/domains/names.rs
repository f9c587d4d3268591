//! Domain names, and the DNS of the sandbox.

use crate::error::{ApiError, Result};

/// Names that are kept for documentation and tests, where nobody can publish anything (RFC 2606).
const RESERVED: [&str; 6] =
    ["example.com", "example.net", "example.org", "invalid", "localhost", "test"];

/// Why a verification fails, in the System Log.
pub(crate) const NO_RECORDS: &str = "DNS records not found";

/// Whether the DNS records that a domain is verified by are there. The sandbox looks at no real DNS: the
/// records of `example.com`, `example.net`, `example.org`, `.invalid`, `.localhost`, `.test` and
/// all names below them are never found, those of every other name always.
pub(crate) fn has_records(domain: &str) -> bool {
    !is_reserved(domain)
}

pub(crate) fn is_reserved(domain: &str) -> bool {
    RESERVED.iter().any(|parent| is_below(domain, parent))
}

/// Whether a name belongs to Okta itself.
pub(super) fn is_oktas(domain: &str) -> bool {
    ["okta.com", "oktapreview.com", "okta-emea.com"].iter().any(|parent| is_below(domain, parent))
}

fn is_below(domain: &str, parent: &str) -> bool {
    domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A domain name as DNS compares names: in lower case, without the final dot. 400 E0000001 about
/// `property` for what is none.
pub(crate) fn checked(property: &str, given: &str) -> Result<String> {
    let name = given.strip_suffix('.').unwrap_or(given).to_ascii_lowercase();
    if name.is_empty() {
        return Err(ApiError::blank(property));
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels = name.split('.').count();
    let is_address = name.parse::<std::net::Ipv4Addr>().is_ok();
    if labels >= 2 && name.len() <= 253 && name.split('.').all(is_label) && !is_address {
        return Ok(name);
    }
    Err(ApiError::invalid(property, format!("{property}: The domain name is invalid: {given}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_compared_as_dns_compares_them() {
        assert_eq!(checked("domain", "Login.ACME.example.").unwrap(), "login.acme.example");
        for other in
            ["", ".", "acme", "a..b", "-a.b", "a-.b", "a b.c", "https://a.b", "*.a.b", "é.b"]
        {
            assert!(checked("domain", other).is_err(), "{other}");
        }
        assert!(checked("domain", &format!("{}.b", "a".repeat(64))).is_err());
    }

    #[test]
    fn reserved_names_have_no_records() {
        for name in ["example.com", "login.example.com", "a.b.example.org", "x.invalid"] {
            assert!(!has_records(name), "{name}");
        }
        for name in ["login.acme.example", "notexample.com", "example.com.acme.io"] {
            assert!(has_records(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_checked_name_is_checked_again_as_itself(name in "[A-Za-z0-9.-]{1,30}") {
            if let Ok(once) = checked("domain", &name) {
                prop_assert_eq!(checked("domain", &once).unwrap(), once);
            }
        }
    }
}

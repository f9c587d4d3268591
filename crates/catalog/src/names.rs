//! Names that must be unique, compared as those who resolve them do.

use std::net::Ipv4Addr;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use okta_client::BadRequest;
use serde_json::Value;

use crate::{
    desk::{Desk, Failure},
    label, pages,
    tool::Operation,
};

/// True for two spellings of one DNS name: case (RFC 4343), a dot at the end (RFC 1034 section
/// 3.1) and the script it is written in (UTS #46) make no difference.
pub(crate) fn same_domain(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// True for the very same name.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    one == other
}

fn plain(name: &str) -> String {
    let name = name.trim();
    let ascii = idna::domain_to_ascii(name).unwrap_or_else(|_| name.to_lowercase());
    ascii.strip_suffix('.').map_or_else(|| ascii.clone(), str::to_owned)
}

/// Refuses what can be no domain, such as the address of a web page or of a machine.
pub(crate) fn check_domain(name: &str) -> Result<(), Failure> {
    let ascii = Uts46::new().to_ascii(
        name.as_bytes(),
        AsciiDenyList::STD3,
        Hyphens::Allow,
        DnsLength::VerifyAllowRootDot,
    );
    let named = |ascii: &str| ascii.contains('.') && ascii.parse::<Ipv4Addr>().is_err();
    match ascii {
        Ok(ascii) if named(ascii.trim_end_matches('.')) => Ok(()),
        _ => Err(Failure::Arguments(
            "`domain`: a whole domain name is needed, such as login.example.com".to_owned(),
        )),
    }
}

/// Where the things are that have names.
pub(crate) struct Listed<'a> {
    /// What lists them.
    pub(crate) operation: Operation,
    /// How many per page, where the list has pages.
    pub(crate) limit: Option<&'a str>,
    /// Where in the answer the list stands (a JSON pointer, RFC 6901).
    pub(crate) under: &'static str,
}

/// Whether something is called so already.
#[derive(Debug)]
pub(crate) enum Taken {
    /// Nothing is.
    Free,
    /// This is.
    By(Value),
    /// The list cannot be read whole: the reason.
    Unknown(String),
}

impl Listed<'_> {
    /// Looks through the whole list.
    pub(crate) async fn find(
        &self,
        desk: &dyn Desk,
        is: impl Fn(&Value) -> bool,
    ) -> Result<Taken, BadRequest> {
        let mut request = self.operation.request(&[])?;
        if let Some(limit) = self.limit {
            request = request.query("limit", limit);
        }
        if !self.under.is_empty() {
            let items = pages::items(desk, request, self.under).await;
            return Ok(match items {
                Ok(items) => items.into_iter().find(is).map_or(Taken::Free, Taken::By),
                Err(error) => Taken::Unknown(error.message),
            });
        }
        let mut walk = pages::Walk::new(request, pages::by_link);
        loop {
            match walk.page(desk).await {
                Ok(Some(page)) => {
                    if let Some(found) = page.into_iter().find(&is) {
                        return Ok(Taken::By(found));
                    }
                }
                Ok(None) => return Ok(Taken::Free),
                Err(error) => return Ok(Taken::Unknown(error.message)),
            }
        }
    }
}

impl Taken {
    /// Refuses a name that is taken; where that cannot be told, what a person should know. `what`
    /// is such as `brand`, `next` the tool that changes one.
    pub(crate) fn free(self, what: &str, next: &str) -> Result<Option<String>, Failure> {
        match self {
            Self::Free => Ok(None),
            Self::By(there) => {
                let id = label::text(&there, "/id").unwrap_or("?");
                Err(Failure::Refused {
                    message: format!("there is a {what} of that name already: {id}"),
                    next: format!("choose another name, or change that one with {next}"),
                })
            }
            Self::Unknown(why) => {
                Ok(Some(format!("Whether there is a {what} of that name is unknown: {why}.")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_name_in_many_spellings() {
        for (one, other) in [
            ("login.example.com", "LOGIN.Example.COM"),
            ("login.example.com", "login.example.com."),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example.", "xn--bcher-kva.EXAMPLE"),
            ("bu\u{308}cher.example", "b\u{fc}cher.example"),
            ("login。example。com", "login.example.com"),
            ("straße.example", "xn--strae-oqa.example"),
        ] {
            assert!(same_domain(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("login.example.com", "logon.example.com"),
            ("login.example.com", "login.example.com.evil.test"),
            ("login.example.com", "loginexample.com"),
            ("straße.example", "strasse.example"),
            ("example.com", ".example.com"),
        ] {
            assert!(!same_domain(one, other), "{one} {other}");
        }
    }

    #[test]
    fn only_domains_are_domains() {
        for good in [
            "login.example.com",
            "testAcc-1.example.com",
            "bücher.example",
            "example.com.",
            "a--b.example.com",
        ] {
            assert!(check_domain(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            ".",
            "login",
            "https://login.example.com",
            "192.0.2.7",
            "login.example.com/",
            "login.example.com:443",
            "it@example.com",
            "login example.com",
            "*.example.com",
            "a..example.com",
            "login.example.com\n",
            "a\u{202e}b.example.com",
        ] {
            assert!(check_domain(bad).is_err(), "{bad}");
        }
        assert!(check_domain(&format!("{}.example", "a".repeat(64))).is_err());
    }

    proptest! {
        #[test]
        fn a_name_is_itself_in_any_case(name in "\\PC{1,12}(\\.[a-zA-Z0-9-]{1,8}){0,3}") {
            prop_assert!(same_domain(&name, &name));
            prop_assert_eq!(same_domain(&name, "other.test"), same_domain("other.test", &name));
            if name.is_ascii() && idna::domain_to_ascii(&name).is_ok() {
                prop_assert!(same_domain(&name, &name.to_ascii_uppercase()));
            }
        }
    }
}

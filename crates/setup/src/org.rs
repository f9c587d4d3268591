//! The org: whether it is one, and of what kind.

use std::time::Duration;

use okta_client::{OrgUrl, OrgUrlError, Probe, Seen, Unseen};
use serde_json::Value;

/// What tells what an org is, to everybody.
pub(crate) const ABOUT: &str = "/.well-known/okta-organization";

/// How long it may take to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// An org that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Org {
    /// Its id.
    pub id: String,
    /// What it runs on.
    pub engine: Engine,
    /// The host that it calls itself by, where that is another one.
    pub own_host: Option<String>,
}

/// What an org runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Okta Identity Engine.
    Identity,
    /// Okta Classic Engine.
    Classic,
    /// Something that Okta did not have yet.
    Other,
}

impl Engine {
    /// What Okta calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "Okta Identity Engine",
            Self::Classic => "Okta Classic Engine",
            Self::Other => "an engine of Okta that this version does not know",
        }
    }
}

/// Why it is not known what an org is.
#[derive(Debug, thiserror::Error)]
pub enum OrgError {
    /// It does not answer.
    #[error("{0}")]
    Unanswered(#[from] Unseen),
    /// It answers with an error of its own.
    #[error("{0} answers {1}: try again later")]
    Down(String, u16),
    /// Who answers is no org.
    #[error("what answers at {0} is no Okta org: is the URL right?")]
    NoOrg(String),
}

/// The org that a person names. Where they name its Admin Console, which is easily copied, it is the
/// org that belongs to it.
pub fn named(text: &str) -> Result<OrgUrl, OrgUrlError> {
    match OrgUrl::parse(text.trim().trim_end_matches("/admin/dashboard")) {
        Err(OrgUrlError::AdminHost { instead, .. }) => OrgUrl::parse(&instead),
        parsed => parsed,
    }
}

/// Asks the org what it is. Nobody signs in for that.
pub async fn ask(probe: &Probe) -> Result<Org, OrgError> {
    read(&probe.read(ABOUT, PATIENCE).await?, probe.org())
}

/// What who answered is.
pub(crate) fn read(seen: &Seen, org: &OrgUrl) -> Result<Org, OrgError> {
    let about = seen.body.as_ref().filter(|_| seen.status == 200);
    match (about.and_then(|about| of(about, org)), seen.status) {
        (Some(told), _) => Ok(told),
        (None, status @ 500..) => Err(OrgError::Down(org.to_string(), status)),
        (None, _) => Err(OrgError::NoOrg(org.to_string())),
    }
}

fn of(about: &Value, org: &OrgUrl) -> Option<Org> {
    let id = about.get("id")?.as_str()?.to_owned();
    let engine = match about.get("pipeline")?.as_str()? {
        "idx" => Engine::Identity,
        "v1" => Engine::Classic,
        _ => Engine::Other,
    };
    let own = about.pointer("/_links/organization/href").and_then(Value::as_str);
    let own = own.and_then(|url| OrgUrl::parse(url).ok());
    let own_host = own.map(|own| own.host().to_owned()).filter(|host| host != org.host());
    Some(Org { id, engine, own_host })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_admin_console_leads_to_its_org() {
        for text in [
            "https://acme-admin.okta.com/admin/dashboard",
            "acme-admin.okta.com",
            " https://acme.okta.com/ ",
        ] {
            assert_eq!(named(text).unwrap().origin(), "https://acme.okta.com", "{text}");
        }
        assert!(named("https://acme.okta.com/app/x").is_err());
        assert!(named("okta").is_err());
    }

    #[test]
    fn what_an_org_says_of_itself_is_read() {
        let org = OrgUrl::parse("https://login.acme.example").unwrap();
        let about = |pipeline: &str| {
            json!({
                "id": "00o1", "pipeline": pipeline,
                "_links": { "organization": { "href": "https://acme.okta.com" } },
            })
        };
        let told = of(&about("idx"), &org).unwrap();
        assert_eq!(
            (told.engine, told.own_host.as_deref()),
            (Engine::Identity, Some("acme.okta.com"))
        );
        assert_eq!(of(&about("v1"), &org).unwrap().engine, Engine::Classic);
        assert_eq!(of(&about("v3"), &org).unwrap().engine, Engine::Other);
        assert_eq!(of(&json!({ "id": "00o1" }), &org), None);
        let same = OrgUrl::parse("https://acme.okta.com").unwrap();
        assert_eq!(of(&about("idx"), &same).unwrap().own_host, None);
    }
}

//! Who an access token is about.

use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::Call,
    error::Result,
    oauth::{
        OAuthError,
        bearer::{self, Unusable},
    },
    store::{User, attr},
};

pub(super) fn userinfo(call: &mut Call<'_>) -> Result<Answer> {
    let url = call.href(call.path);
    let request = (call.method, url.as_str());
    let grant = match bearer::grant(call.state, call.headers, request, call.now) {
        Ok(grant) => grant,
        Err(Unusable::Missing) => {
            return Ok(refused(401, "invalid_token", "The access token is missing."));
        }
        Err(Unusable::Invalid(why)) => return Ok(refused(401, "invalid_token", &why)),
    };
    let person = grant.login.as_ref().and_then(|login| call.state.users.get(login.user));
    let has = |scope: &str| grant.scopes.contains(scope);
    match person {
        Some(person) if has("openid") => Ok(Answer::ok(claims(person, has))),
        _ => Ok(refused(
            403,
            "insufficient_scope",
            "The access token must provide access to at least one of these scopes - openid",
        )),
    }
}

fn claims(person: &User, has: impl Fn(&str) -> bool) -> Value {
    let mut claims = serde_json::Map::from_iter([("sub".to_owned(), person.id.into())]);
    let mut add = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    let text = |attribute| person.profile.text(attribute);
    if has("profile") {
        add("name", person.display_name().into());
        add("locale", "en_US".into());
        add("preferred_username", person.login().into());
        add("given_name", text(attr::FIRST_NAME).into());
        add("family_name", text(attr::LAST_NAME).into());
        add("zoneinfo", "America/Los_Angeles".into());
        add("updated_at", person.last_updated.as_second().into());
    }
    if has("email") {
        add("email", person.email().into());
        add("email_verified", true.into());
    }
    if has("phone") && !text(attr::MOBILE_PHONE).is_empty() {
        add("phone_number", text(attr::MOBILE_PHONE).into());
    }
    if has("address") && !text(attr::CITY).is_empty() {
        let address = json!({
            "locality": text(attr::CITY),
            "region": text(attr::STATE),
            "country": text(attr::COUNTRY_CODE),
        });
        add("address", address);
    }
    Value::Object(claims)
}

/// OAuth's refusal, in the header and in the body.
fn refused(status: u16, error: &'static str, why: &str) -> Answer {
    let challenge = format!("Bearer error=\"{error}\", error_description=\"{why}\"");
    OAuthError::new(status, error, why).answer().header("www-authenticate", challenge)
}

//! What Okta lets be done: an admin role, and room in the rate limits.

use okta_catalog::{Effect, Operation};
use okta_client::{ErrorKind, Grant, Method, Okta, Request};

use super::{
    finding::{Check, Finding, Report},
    roles::roles,
    signing_in::{Asks, trouble_of},
};
use crate::{AppKind, trouble};

/// What the request is called in Okta's System Log.
const CALL_ID: &str = "doctor";

/// From so many hundredths on that are left, it is told.
const LITTLE: u64 = 20;

/// Reads what somebody without an admin role may not read, and looks at the limits after it.
pub(super) async fn examine(okta: &Okta, asks: &Asks, grant: &Grant, report: &mut Report) {
    let read = match first_read(asks, grant) {
        Some(operation) => Some(read(okta, operation).await),
        None => None,
    };
    if asks.kind == AppKind::ApiToken {
        report.add(api_token(read.as_ref()));
        report.add(Finding::skip(Check::Scopes, "no scopes limit an API token"));
    }
    report.add(role(okta, asks, read).await);
    report.add(limits(okta));
}

/// The first read of the catalog that takes no id and whose scope is granted.
fn first_read(asks: &Asks, grant: &Grant) -> Option<Operation> {
    let granted = match grant {
        Grant::Scopes(scopes) => scopes,
        Grant::Unlimited => &asks.scopes,
    };
    let reads = okta_catalog::tools().filter(|tool| {
        let (_, schema) = tool.describe();
        tool.effect() == Effect::Read && !schema.contains_key("required") && !tool.needs_person()
    });
    reads
        .filter_map(|tool| tool.operation)
        .filter(|operation| operation.method == Method::Get && !operation.path.contains('{'))
        .find(|operation| operation.scope.granted_by(granted))
}

/// What may be read, or why it may not.
async fn read(okta: &Okta, operation: Operation) -> Result<String, okta_client::Error> {
    let request = Request::new(Method::Get, operation.path, |_| None)?;
    okta.send(&request.query("limit", "1"), CALL_ID).await?;
    Ok(format!("GET {} is allowed", operation.path))
}

fn api_token(read: Option<&Result<String, okta_client::Error>>) -> Finding {
    match read {
        Some(Err(error)) if error.kind == ErrorKind::SignIn => {
            Finding::fail(trouble::API_TOKEN, error.message.clone())
        }
        Some(_) => Finding::pass(Check::Token, "Okta takes the API token"),
        None => Finding::skip(Check::Token, "nothing is configured that could be read with it"),
    }
}

async fn role(
    okta: &Okta,
    asks: &Asks,
    read: Option<Result<String, okta_client::Error>>,
) -> Finding {
    let told = match read {
        Some(Err(error)) if error.kind == ErrorKind::SignIn => {
            return Finding::skip(Check::AdminRole, "not looked at: okta-mcp is not signed in");
        }
        Some(Err(error)) => return Finding::fail(trouble_of(&error), error.message),
        Some(Ok(told)) => told,
        None => return Finding::skip(Check::AdminRole, "no scope is granted that would take one"),
    };
    let person = okta.identity().await.map(|person| person.id);
    match roles(okta, asks.holder(person)).await {
        Ok(roles) if roles.is_empty() => {
            Finding::fail(trouble::ADMIN_ROLE, "there is none".to_owned())
        }
        Ok(roles) => Finding::pass(Check::AdminRole, roles.join(", ")),
        // Not everybody may read roles.
        Err(_) => Finding::pass(Check::AdminRole, told),
    }
}

/// How much is left of the fullest window.
fn limits(okta: &Okta) -> Finding {
    let least = okta
        .rate_limits()
        .into_iter()
        .filter(|(_, limit)| limit.limit > 0)
        .min_by_key(|(_, limit)| u64::from(limit.remaining) * 100 / u64::from(limit.limit));
    let Some((endpoint, limit)) = least else {
        return Finding::skip(Check::RateLimits, "Okta did not say how much is left");
    };
    let told = format!("{} of {} are left of {endpoint}", limit.remaining, limit.limit);
    if u64::from(limit.remaining) * 100 < u64::from(limit.limit) * LITTLE {
        Finding::warn(trouble::RATE_LIMITS, told)
    } else {
        Finding::pass(Check::RateLimits, told)
    }
}

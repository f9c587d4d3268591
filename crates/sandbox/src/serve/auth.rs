//! Who calls, and what they may do.

use axum::http::request::Parts;

use crate::{
    call::Principal,
    error::{ApiError, Result},
    id::Id,
    oauth::bearer::{self, Unusable},
    org::Org,
    rights,
    route::{Access, Route},
    store::State,
};

/// Finds who calls and checks that they may.
pub(super) fn check(
    org: &Org,
    state: &State,
    parts: &Parts,
    (route, params): (&Route, &[(&'static str, String)]),
    base: &str,
) -> Result<Principal> {
    let Access::Scope(scope) = route.access else { return Ok(Principal::Nobody) };
    let (headers, path) = (&parts.headers, parts.uri.path());
    let Some((scheme, token)) = bearer::credentials(headers) else {
        return Err(ApiError::no_session());
    };
    if scheme.eq_ignore_ascii_case("SSWS") {
        return if token == org.0.api_token {
            Ok(Principal::User(state.admin))
        } else {
            Err(ApiError::invalid_token())
        };
    }
    let url = format!("{base}{path}");
    let grant = bearer::grant(state, headers, (parts.method.as_str(), &url), org.now());
    let grant = grant.map_err(|error| match error {
        Unusable::Missing => ApiError::no_session(),
        Unusable::Invalid(why) => {
            challenge(ApiError::invalid_token(), base, path, scope, ("invalid_token", &why))
        }
    })?;
    let principal = match &grant.login {
        Some(login) => Principal::Person { user: login.user, app: grant.app },
        None => Principal::App(grant.app),
    };
    if names_self(state, &principal, route, params) && grant.scopes.contains(route.own) {
        return Ok(principal);
    }
    if !covers(&grant.scopes, scope) {
        let why = (
            "insufficient_scope",
            "The access token provided does not contain the required scopes.",
        );
        return Err(challenge(ApiError::forbidden(), base, path, scope, why));
    }
    // The scope is granted to the app, the right to whoever uses it.
    let person = about(state, route, params);
    if rights::allow(state, &principal, route, person) {
        Ok(principal)
    } else {
        Err(ApiError::forbidden())
    }
}

/// Whom an operation changes.
fn about(state: &State, route: &Route, params: &[(&'static str, String)]) -> Option<Id> {
    let (_, name) = params.iter().find(|(name, _)| *name == "id")?;
    let users = route.path.starts_with("/api/v1/users/{id}");
    let found = Id::parse(name).and_then(|id| state.users.get(id));
    let found = found.or_else(|| state.users.by_login(name));
    found.filter(|_| users).map(|user| user.id)
}

/// True where the operation is about the person who calls.
fn names_self(
    state: &State,
    principal: &Principal,
    route: &Route,
    params: &[(&'static str, String)],
) -> bool {
    let Some(person) = principal.user().and_then(|user| state.users.get(user)) else {
        return false;
    };
    let is_person = |name: &str| {
        let own = [person.id.as_str(), person.login(), "me"];
        own.iter().any(|own| own.eq_ignore_ascii_case(name))
    };
    let mut ids = params.iter().filter(|(name, _)| *name == "id");
    !route.own.is_empty() && ids.any(|(_, name)| is_person(name))
}

/// True where `granted` holds `scope`, or the `manage` scope that implies it.
fn covers(granted: &std::collections::BTreeSet<String>, scope: &str) -> bool {
    let implied = || {
        let stem = scope.strip_suffix(".read")?;
        Some(granted.contains(&format!("{stem}.manage")))
    };
    granted.contains(scope) || implied().unwrap_or(false)
}

fn challenge(
    error: ApiError,
    base: &str,
    path: &str,
    scope: &str,
    (code, description): (&str, &str),
) -> ApiError {
    error.header(
        "www-authenticate",
        format!(
            "Bearer authorization_uri=\"{base}/oauth2/v1/authorize\", realm=\"{base}\", \
             scope=\"{scope}\", error=\"{code}\", error_description=\"{description}\", \
             resource=\"{path}\""
        ),
    )
}

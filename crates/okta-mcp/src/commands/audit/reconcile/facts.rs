//! What Okta logs, and what it does not.

/// Operations that leave nothing in the System Log where the object is like that already, as the
/// sandbox answers them (`crates/sandbox/tests/it/witness.rs`). All others leave an event each time.
const QUIET: &[&str] = &[
    "DELETE /api/v1/groups/{groupId}/users/{userId}",
    "POST /api/v1/apps/{appId}/lifecycle/activate",
    "POST /api/v1/apps/{appId}/lifecycle/deactivate",
    "POST /api/v1/policies/{policyId}/lifecycle/activate",
    "POST /api/v1/policies/{policyId}/lifecycle/deactivate",
    "POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/activate",
    "POST /api/v1/policies/{policyId}/rules/{ruleId}/lifecycle/deactivate",
    "POST /api/v1/users/{id}",
    "PUT /api/v1/groups/{groupId}/users/{userId}",
];

/// Events about something else than a change (Okta's catalogue of event types): limits, and how
/// the admin behind an API token signs in.
const ASIDE: &[&str] = &[
    "app.oauth2.client_id_rate_limit_warning",
    "core.concurrency.",
    "policy.evaluate_sign_on",
    "system.client.concurrency_rate_limit.",
    "system.client.rate_limit.",
    "system.operation.concurrency_limit.",
    "system.operation.rate_limit.",
    "system.org.rate_limit.",
    "user.authentication.",
    "user.session.access_admin_app",
    "user.session.end",
    "user.session.start",
];

/// Token requests of an app.
const SIGN_IN: &[&str] = &["app.oauth2.token.grant", "app.oauth2.as.token.grant"];

/// Why the System Log may hold nothing of an operation, where it may.
pub(super) fn silent(operation: &str) -> Option<&'static str> {
    QUIET.contains(&operation).then_some("Okta logs it only where it changes something")
}

/// True for an event about something else than a change.
pub(super) fn is_aside(kind: &str) -> bool {
    ASIDE.iter().any(|start| kind.starts_with(start))
}

/// True for a token request.
pub(super) fn is_sign_in(kind: &str) -> bool {
    SIGN_IN.iter().any(|start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_operations_are_ones_that_are_called() {
        for operation in QUIET {
            let (method, path) = operation.split_once(' ').unwrap();
            assert!(okta_catalog::operation(method, path).is_some(), "{operation}");
            assert!(silent(operation).is_some());
        }
        assert_eq!(silent("DELETE /api/v1/groups/{groupId}"), None);
    }

    #[test]
    fn kinds_are_told_apart() {
        assert!(is_aside("system.org.rate_limit.warning") && is_aside("user.session.start"));
        // Somebody else's sessions are ended with it.
        assert!(
            !is_aside("user.session.clear") && !is_aside("system.rate_limit.configuration.update")
        );
        assert!(is_sign_in("app.oauth2.token.grant.access_token"));
        assert!(!is_sign_in("app.oauth2.token.revoke"));
    }
}

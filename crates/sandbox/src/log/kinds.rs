//! The event types that this org writes, with Okta's message for each.

/// One event type.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) event_type: &'static str,
    pub(crate) message: &'static str,
    pub(crate) legacy: Option<&'static str>,
}

/// The kind named `event_type`; an event that no table names shows a plain message.
pub(crate) fn of(event_type: &str) -> &'static Kind {
    static OTHER: Kind =
        Kind { event_type: "system.unknown", message: "Unknown event", legacy: None };
    KINDS.iter().find(|kind| kind.event_type == event_type).unwrap_or(&OTHER)
}

const fn kind(event_type: &'static str, message: &'static str, legacy: &'static str) -> Kind {
    let legacy = if legacy.is_empty() { None } else { Some(legacy) };
    Kind { event_type, message, legacy }
}

/// All of them. A new operation adds its rows here.
pub(crate) static KINDS: &[Kind] = &[
    kind("user.lifecycle.create", "Create Okta user", "core.user.config.user_creation.success"),
    kind("user.lifecycle.activate", "Activate Okta user", "core.user.config.user_activated"),
    kind("user.lifecycle.reactivate", "Reactivate Okta user", ""),
    kind("user.lifecycle.deactivate", "Deactivate Okta user", "core.user.config.user_deactivated"),
    kind("user.lifecycle.suspend", "Suspend Okta user", "core.user.config.user_suspended"),
    kind("user.lifecycle.unsuspend", "Unsuspend Okta user", "core.user.config.user_unsuspended"),
    kind("user.lifecycle.delete.initiated", "Delete Okta user", ""),
    kind("user.lifecycle.delete.completed", "Delete Okta user completed", ""),
    kind("user.account.lock", "Max sign in attempts exceeded", "core.user_auth.account_locked"),
    kind("user.account.unlock_by_admin", "Unlock user account by admin", ""),
    kind("user.account.unlock", "Self-service account unlock", ""),
    kind("user.account.update_profile", "Update user profile for Okta", ""),
    kind("user.account.update_password", "User update password for Okta", ""),
    kind("user.account.reset_password", "Fired when the user's Okta password is reset", ""),
    kind("user.account.expire_password", "Expire a user's Okta password", ""),
    kind("user.mfa.factor.reset_all", "Reset all factors for user", ""),
    kind("user.mfa.factor.activate", "Activate factor or authenticator enrollment for user", ""),
    kind("user.mfa.factor.deactivate", "Reset factor or authenticator enrollment for user", ""),
    kind("user.mfa.okta_verify.deny_push", "User rejected Okta push verify", ""),
    kind("system.push.send_factor_verify_push", "Send push factor verification", ""),
    kind("user.session.start", "User login to Okta", "core.user_auth.login_success"),
    kind("user.session.end", "User logout from Okta", "core.user_auth.logout_success"),
    kind("user.session.clear", "Clear user session", ""),
    kind(
        "user.authentication.auth_via_mfa",
        "Authentication of user via MFA",
        "core.user.factor.attempt_success",
    ),
    kind("user.authentication.sso", "User single sign on to app", "app.auth.sso"),
    kind("user.authentication.verify", "Verify user identity", ""),
    kind("policy.evaluate_sign_on", "Evaluation of sign-on policy", ""),
    kind("security.threat.detected", "Request from suspicious actor", ""),
    kind("group.lifecycle.create", "Create Okta group", ""),
    kind("group.lifecycle.delete", "Delete Okta group", ""),
    kind("group.profile.update", "Update Okta group profile", ""),
    kind(
        "group.user_membership.add",
        "Add user to group membership",
        "core.user_group_member.user_add",
    ),
    kind(
        "group.user_membership.remove",
        "Remove user from group membership",
        "core.user_group_member.user_remove",
    ),
    kind("group.privilege.grant", "Grant group privilege", ""),
    kind("group.privilege.revoke", "Revoke group privilege", ""),
    kind("user.account.privilege.revoke", "Revoke user privilege", ""),
    kind("app.oauth2.client.privilege.grant", "Grant admin role to public client app", ""),
    kind("app.oauth2.client.privilege.revoke", "Revoke admin role from public client app", ""),
    kind(
        "user.account.privilege.grant",
        "Grant user privilege",
        "core.user.admin_privilege.granted",
    ),
    kind("application.lifecycle.create", "Create application", "app.generic.config.app_created"),
    kind("application.lifecycle.update", "Update application", "app.generic.config.app_updated"),
    kind(
        "application.lifecycle.activate",
        "Activate application",
        "app.generic.config.app_activated",
    ),
    kind(
        "application.lifecycle.deactivate",
        "Deactivate application",
        "app.generic.config.app_deactivated",
    ),
    kind("application.lifecycle.delete", "Delete application", "app.generic.config.app_deleted"),
    kind(
        "application.user_membership.add",
        "Add user to application membership",
        "app.user.config.user_add",
    ),
    kind(
        "application.user_membership.remove",
        "Remove user's application membership",
        "app.user.config.user_remove",
    ),
    kind("application.user_membership.update", "Update user's application membership", ""),
    kind("group.application_assignment.add", "Add assigned application to group", ""),
    kind("group.application_assignment.update", "Update assigned application of group", ""),
    kind("group.application_assignment.remove", "Remove assigned application from group", ""),
    kind("application.policy.sign_on.update", "Update sign on policy", ""),
    kind("policy.lifecycle.create", "Create policy", ""),
    kind("policy.lifecycle.update", "Update policy", ""),
    kind("policy.lifecycle.activate", "Activate policy", ""),
    kind("policy.lifecycle.deactivate", "Deactivate policy", ""),
    kind("policy.lifecycle.delete", "Delete policy", ""),
    kind("policy.rule.add", "Add policy rule", ""),
    kind("policy.rule.update", "Update policy rule", ""),
    kind("policy.rule.activate", "Activate policy rule", ""),
    kind("policy.rule.deactivate", "Deactivate policy rule", ""),
    kind("policy.rule.delete", "Delete policy rule", ""),
    kind("device.assurance.policy.add", "Create device assurance policy", ""),
    kind("device.assurance.policy.update", "Update device assurance policy", ""),
    kind("device.assurance.policy.delete", "Delete device assurance policy", ""),
    kind("system.brand.create", "Create brand", ""),
    kind("system.brand.update", "Update brand", ""),
    kind("system.brand.delete", "Delete brand", ""),
    kind("system.theme.update", "Update theme", ""),
    kind("system.custom_signin.update", "Update custom sign-in page", ""),
    kind("system.custom_signin.delete", "Delete custom sign-in page", ""),
    kind("system.custom_signout.update", "Update custom sign-out page", ""),
    kind("system.custom_error.update", "Update custom error page", ""),
    kind("system.custom_error.delete", "Delete custom error page", ""),
    kind("system.email.template.create", "Create custom email template", ""),
    kind("system.email.template.update", "Update custom email template", ""),
    kind("system.email.template.delete", "Delete custom email template", ""),
    kind("system.email.template.settings_changed", "Update email template settings", ""),
    kind("system.email.delivery", "Email delivery", ""),
    kind("system.email_domain.create", "Create email domain", ""),
    kind("system.email_domain.update", "Update email domain", ""),
    kind("system.email_domain.verify", "Verify email domain", ""),
    kind("system.email_domain.delete", "Delete email domain", ""),
    kind("system.custom_url_domain.initiate", "Initiate custom domain setup", ""),
    kind("system.custom_url_domain.update", "Update custom domain", ""),
    kind("system.custom_url_domain.verify", "Verify custom domain", ""),
    kind("system.custom_url_domain.cert_upload", "Upload custom domain certificate", ""),
    kind("system.custom_url_domain.delete", "Delete custom domain", ""),
    kind(
        "app.oauth2.token.grant.access_token",
        "OAuth2 access token is granted",
        "app.oauth2.token.grant.access_token_success",
    ),
    kind("app.oauth2.token.grant", "OIDC token request", "app.oauth2.token.grant_failure"),
    kind("app.oauth2.token.revoke", "OAuth2 token revocation request", ""),
    kind("app.oauth2.authorize", "OAuth2 authorization request", "app.oauth2.authorize_failure"),
    kind(
        "app.oauth2.authorize.code",
        "OIDC authorization code request",
        "app.oauth2.authorize.code_success",
    ),
    kind("app.oauth2.admin.consent.grant", "Admin grants scope to app", ""),
    kind("app.oauth2.admin.consent.revoke", "Admin revokes scope of app", ""),
    kind("app.oauth2.consent.grant", "User granted consent to app", ""),
    kind(
        "app.oauth2.token.grant.id_token",
        "OIDC id token is granted",
        "app.oauth2.token.grant.id_token_success",
    ),
    kind(
        "app.oauth2.token.grant.refresh_token",
        "OAuth2 refresh token is granted",
        "app.oauth2.token.grant.refresh_token_success",
    ),
    kind("app.oauth2.token.detect_reuse", "One-time refresh token reused", ""),
    kind("system.api_token.create", "Create API token", "api.token.create"),
    kind("system.org.rate_limit.warning", "Rate limit warning", ""),
    kind("system.org.rate_limit.violation", "Rate limit violation", ""),
];

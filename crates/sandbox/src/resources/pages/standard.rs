//! Okta's own pages, as a brand has them before anybody changes them. The markup is the sandbox's, the
//! placeholders are Okta's.

use serde_json::{Value, json};

/// The versions of the sign-in widget: numbers, the newest of a major one, the newest of all.
#[rustfmt::skip]
pub(super) const WIDGET_VERSIONS: [&str; 59] = [
    "5.11", "5.12", "5.13", "5.14", "5.15", "5.16", "^5", "6.0", "6.1", "6.2", "6.3", "6.4",
    "6.5", "6.6", "6.7", "6.8", "6.9", "^6", "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6",
    "7.7", "7.8", "7.9", "7.10", "7.11", "7.12", "7.13", "7.14", "7.15", "7.16", "7.17", "7.18",
    "7.19", "7.20", "7.21", "7.22", "7.23", "7.24", "7.25", "7.26", "7.27", "7.28", "7.29",
    "7.30", "7.31", "7.32", "7.33", "7.34", "7.35", "7.36", "7.37", "7.38", "^7", "*",
];

/// Whether a page can ask for this version: one that is listed, or a patch of it (`7.8.1`).
pub(super) fn is_widget_version(version: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let patched = version
        .rsplit_once('.')
        .filter(|(minor, patch)| is_number(patch) && minor.split('.').count() == 2);
    WIDGET_VERSIONS.contains(&patched.map_or(version, |(minor, _)| minor))
}

const SIGN_IN: &str = r#"<!DOCTYPE html>
<html>
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex,nofollow">
    <title>{{pageTitle}}</title>
    <link rel="icon" href="{{faviconUrl}}">
    <link rel="stylesheet" href="{{themedStylesUrl}}">
    {{{SignInWidgetResources}}}
    <style nonce="{{nonceValue}}">
        #background { background-image: {{bgImageUrl}}; }
    </style>
</head>
<body>
    <div id="background"></div>
    <div id="widget"></div>
    {{{OktaUtil}}}
    <script nonce="{{nonceValue}}">
        var widget = new OktaSignIn(OktaUtil.getSignInWidgetConfig());
        widget.renderEl({ el: '#widget' }, OktaUtil.completeLogin, console.error);
    </script>
</body>
</html>
"#;

const ERROR: &str = r#"<!DOCTYPE html>
<html>
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex,nofollow">
    <title>{{orgName}} - {{errorSummary}}</title>
    <link rel="icon" href="{{faviconUrl}}">
    <link rel="stylesheet" href="{{themedStylesUrl}}">
    {{{ErrorPageResources}}}
</head>
<body>
    <img alt="{{orgName}}" src="{{orgLogo}}">
    {{#httpStatusCode}}<p>{{httpStatusCode}}</p>{{/httpStatusCode}}
    <h1>{{errorSummary}}</h1>
    <p>{{{errorDescription}}}</p>
    <a href="{{buttonHref}}">{{buttonText}}</a>
    {{#technicalDetails}}<p>{{technicalDetails}}</p>{{/technicalDetails}}
</body>
</html>
"#;

/// The sign-in page.
pub(super) fn sign_in() -> Value {
    json!({
        "pageContent": SIGN_IN,
        "contentSecurityPolicySetting": { "mode": "enforced" },
        "widgetVersion": "^7",
        "widgetCustomizations": {
            "signInLabel": "Sign In",
            "usernameLabel": "Username",
            "usernameInfoTip": "",
            "passwordLabel": "Password",
            "passwordInfoTip": "",
            "showPasswordVisibilityToggle": true,
            "showUserIdentifier": true,
            "forgotPasswordLabel": "Forgot password?",
            "forgotPasswordUrl": "",
            "unlockAccountLabel": "Unlock account?",
            "unlockAccountUrl": "",
            "helpLabel": "Help",
            "helpUrl": "",
            "customLink1Label": "",
            "customLink1Url": "",
            "customLink2Label": "",
            "customLink2Url": "",
            "authenticatorPageCustomLinkLabel": "",
            "authenticatorPageCustomLinkUrl": "",
            "classicRecoveryFlowEmailOrUsernameLabel": "Email or Username",
            "widgetGeneration": "G2",
        },
    })
}

/// The error page.
pub(super) fn error() -> Value {
    json!({
        "pageContent": ERROR,
        "contentSecurityPolicySetting": { "mode": "enforced" },
    })
}

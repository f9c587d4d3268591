//! The brands of a new org, their domains and e-mails.
//!
//! Their ids come from a maker of their own, so that the rest of the org stays what it is.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    call::stamp,
    config::Config,
    id::Maker,
    resources::{
        brands::{self, BRANDS},
        domains::{self, DOMAINS},
        email_customizations::CUSTOMIZATIONS,
        email_domains::{self, EMAIL_DOMAINS, Sender},
        pages::{self, PAGES},
        themes::THEMES,
    },
    store::State,
    time::before,
};

const DAY: i64 = 86_400;

/// The page that partners sign in on.
const SIGN_IN: &str = r#"<!DOCTYPE html>
<html>
<head>
    <meta charset="utf-8">
    <title>Acme Partners</title>
    <link rel="icon" href="{{faviconUrl}}">
    <link rel="stylesheet" href="{{themedStylesUrl}}">
    {{{SignInWidgetResources}}}
</head>
<body>
    <h1>Welcome, partner</h1>
    <div id="widget"></div>
    {{{OktaUtil}}}
    <script nonce="{{nonceValue}}">
        var widget = new OktaSignIn(OktaUtil.getSignInWidgetConfig());
        widget.renderEl({ el: '#widget' }, OktaUtil.completeLogin, console.error);
    </script>
</body>
</html>
"#;

/// What new partners read, by language. The first is the default.
const WELCOME: [(&str, &str, &str); 2] = [
    (
        "en",
        "Your Acme partner account",
        "<p>Hi ${user.profile.firstName},</p><p><a href=\"${activationLink}\">Activate your \
         account</a> to see orders and invoices.</p>",
    ),
    (
        "de",
        "Ihr Acme-Partnerkonto",
        "<p>Guten Tag ${user.profile.firstName},</p><p><a href=\"${activationLink}\">Aktivieren \
         Sie Ihr Konto</a>, um Bestellungen und Rechnungen zu sehen.</p>",
    ),
];

/// Adds the default brand, and one for partners.
pub(crate) fn add(state: &mut State, config: &Config, now: Timestamp) {
    let mut maker = state.maker.apart(config.seed, "brands");
    let (own, theme) = (maker.id("bnd"), maker.id("the"));
    brands::add(state, (own, theme), "acme", true);
    let (partners, theme) = (maker.id("bnd"), maker.id("the"));
    brands::add(state, (partners, theme), "Acme Partners", false);
    let (partners, theme) = (partners.to_string(), format!("{partners}/{theme}"));
    paint(state, &theme);
    page(state, &partners);
    emails(state, &mut maker, &partners, now);
    web(state, &mut maker, &partners, now);
    if let Some(brand) = state.docs_mut(BRANDS).get_mut(&partners) {
        brand.insert("removePoweredByOkta".into(), true.into());
        brand.insert("customPrivacyPolicyUrl".into(), "https://www.acme.example/privacy".into());
        brand.insert("agreeToCustomPrivacyPolicy".into(), true.into());
        brand.insert("locale".into(), "en".into());
    }
}

/// Gives the theme of the partners their colors.
fn paint(state: &mut State, theme: &str) {
    let Some(theme) = state.docs_mut(THEMES).get_mut(theme) else { return };
    for (name, value) in [
        ("primaryColorHex", "#0b5d3b"),
        ("primaryColorContrastHex", "#ffffff"),
        ("secondaryColorHex", "#f2efe6"),
        ("signInPageTouchPointVariant", "BACKGROUND_SECONDARY_COLOR"),
        ("endUserDashboardTouchPointVariant", "FULL_THEME"),
        ("errorPageTouchPointVariant", "BACKGROUND_SECONDARY_COLOR"),
        ("emailTemplateTouchPointVariant", "FULL_THEME"),
    ] {
        theme.insert(name.into(), value.into());
    }
}

fn page(state: &mut State, brand: &str) {
    let given = json!({
        "pageContent": SIGN_IN,
        "widgetVersion": "^7",
        "widgetCustomizations": {
            "signInLabel": "Sign in to Acme Partners",
            "usernameLabel": "Work e-mail",
            "customLink1Label": "Become a partner",
            "customLink1Url": "https://www.acme.example/partners",
            "widgetGeneration": "G3",
        },
    });
    let Value::Object(given) = given else { return };
    if let Ok(page) = pages::sign_in(&given) {
        state.docs_mut(PAGES).put(pages::key(brand, "sign-in", "customized"), page);
    }
}

fn emails(state: &mut State, maker: &mut Maker, brand: &str, now: Timestamp) {
    let made = stamp(before(now, 120 * DAY));
    for (at, (language, subject, body)) in WELCOME.into_iter().enumerate() {
        let id = maker.id("oel");
        let customization = Map::from_iter([
            ("subject".to_owned(), subject.into()),
            ("body".to_owned(), body.into()),
            ("id".to_owned(), id.into()),
            ("language".to_owned(), language.into()),
            ("isDefault".to_owned(), (at == 0).into()),
            ("created".to_owned(), made.clone()),
            ("lastUpdated".to_owned(), made.clone()),
        ]);
        let key = format!("{brand}/UserActivation/{id}");
        state.docs_mut(CUSTOMIZATIONS).put(key, customization);
    }
    let id = maker.id("OeD");
    let sender = Sender {
        domain: "partners.acme.example",
        subdomain: "mail",
        display_name: "Acme Partners",
        user_name: "noreply",
    };
    let mut domain = email_domains::new(maker, id, &sender);
    domain.insert("validationStatus".into(), "VERIFIED".into());
    state.docs_mut(EMAIL_DOMAINS).put(id.as_str(), domain);
    if let Some(brand) = state.docs_mut(BRANDS).get_mut(brand) {
        brand.insert("emailDomainId".into(), id.into());
    }
}

/// One domain in use, whose certificate Okta renews, and one that waits for its DNS records.
fn web(state: &mut State, maker: &mut Maker, brand: &str, now: Timestamp) {
    let id = maker.id("OcD");
    let mut live = domains::new(maker, id, "partners.acme.example", "OKTA_MANAGED", brand);
    domains::complete(&mut live, &maker.hex(64), before(now, 20 * DAY));
    state.docs_mut(DOMAINS).put(id.as_str(), live);
    let id = maker.id("OcD");
    let waiting = domains::new(maker, id, "portal.acme.example", "MANUAL", brand);
    state.docs_mut(DOMAINS).put(id.as_str(), waiting);
}

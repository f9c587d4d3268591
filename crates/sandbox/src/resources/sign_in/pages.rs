//! What a person sees. It works without a script, and says that it is a sandbox.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, html};
use sha2::{Digest as _, Sha256};

use crate::{answer::Answer, seed};

const STYLE: &str = include_str!("style.css");

/// The hidden fields by which a form leads back to its sign-in.
#[derive(Clone, Copy)]
pub(super) struct Ticket<'a> {
    pub(super) visit: &'a str,
    pub(super) csrf: &'a str,
    /// Where the browser goes in the end, besides this org.
    pub(super) leads_to: &'a str,
}

/// The name and password of a person who signs in to `what`.
pub(super) fn password(ticket: Ticket<'_>, what: &str, name: &str, error: Option<&str>) -> Answer {
    let body = html! {
        h1 { "Sign in" }
        p .quiet { "to " (what) }
        (wrong(error))
        form method="post" action="/signin/password" {
            (hidden(ticket))
            label for="username" { "Username" }
            input id="username" name="username" value=(name) autocomplete="username"
                autocapitalize="none" spellcheck="false" required autofocus[name.is_empty()];
            label for="password" { "Password" }
            input id="password" name="password" type="password"
                autocomplete="current-password" required autofocus[!name.is_empty()];
            div .actions { button { "Sign in" } }
        }
        p .quiet { "Everybody whom the sandbox began with has the password " code { (seed::PASSWORD) } "." }
    };
    answer(200, "Sign in", &body, ticket.leads_to)
}

/// Another password instead of one that has expired.
pub(super) fn new_password(ticket: Ticket<'_>, error: Option<&str>) -> Answer {
    let body = html! {
        h1 { "Your password has expired" }
        p { "Choose another one." }
        (wrong(error))
        form method="post" action="/signin/new-password" {
            (hidden(ticket))
            label for="password" { "New password" }
            input id="password" name="password" type="password"
                autocomplete="new-password" required autofocus;
            label for="again" { "The same again" }
            input id="again" name="again" type="password" autocomplete="new-password" required;
            div .actions { button { "Change password" } }
        }
    };
    answer(200, "Your password has expired", &body, ticket.leads_to)
}

/// The second step: in a sandbox the code is on the page.
pub(super) fn second_step(
    ticket: Ticket<'_>,
    person: &str,
    code: &str,
    error: Option<&str>,
) -> Answer {
    let body = html! {
        h1 { "Verify it is you" }
        p { (person) ", this sign-in takes a second step." }
        (wrong(error))
        p .quiet { "Your phone would show this code. It is a sandbox, so it is here:" }
        p .code id="shown-code" { (code) }
        form method="post" action="/signin/code" {
            (hidden(ticket))
            label for="code" { "Code" }
            input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus;
            div .actions { button { "Verify" } }
        }
    };
    answer(200, "Verify it is you", &body, ticket.leads_to)
}

/// Whether an app may have what it asks for.
pub(super) fn consent(ticket: Ticket<'_>, app: &str, person: &str, scopes: &[String]) -> Answer {
    let body = html! {
        h1 { (app) " asks for access" }
        (who(ticket, person))
        (asked(scopes))
        form method="post" action="/signin/consent" { (hidden(ticket)) (yes_or_no("Allow access", "Deny")) }
    };
    answer(200, "Allow access?", &body, ticket.leads_to)
}

/// Where the code of a device is typed.
pub(super) fn device_code(ticket: Ticket<'_>, code: &str, error: Option<&str>) -> Answer {
    let body = html! {
        h1 { "Activate your device" }
        p { "Type the code that your device or application shows." }
        (wrong(error))
        form method="post" action="/activate" {
            (hidden(ticket))
            label for="user_code" { "Activation code" }
            input id="user_code" name="user_code" value=(code) autocomplete="off"
                autocapitalize="characters" spellcheck="false" required autofocus;
            div .actions { button { "Next" } }
        }
    };
    answer(200, "Activate your device", &body, ticket.leads_to)
}

/// Whether a device may sign in as the person.
pub(super) fn device_confirm(
    ticket: Ticket<'_>,
    app: &str,
    person: &str,
    code: &str,
    scopes: &[String],
) -> Answer {
    let body = html! {
        h1 { "Let " (app) " sign in as you?" }
        (who(ticket, person))
        p { "Go on only where your device shows this code:" }
        p .code { (code) }
        (asked(scopes))
        form method="post" action="/activate/confirm" { (hidden(ticket)) (yes_or_no("Allow", "Deny")) }
    };
    answer(200, "Activate your device", &body, ticket.leads_to)
}

/// The end of something that went well.
pub(super) fn done(title: &str, text: &str) -> Answer {
    answer(200, title, &html! { h1 { (title) } p { (text) } }, "")
}

/// The end of something that did not.
pub(super) fn failed(status: u16, title: &str, text: &str) -> Answer {
    answer(status, title, &html! { h1 { (title) } p .bad role="alert" { (text) } }, "")
}

fn who(ticket: Ticket<'_>, person: &str) -> Markup {
    html! {
        form method="post" action="/signin/other" {
            (hidden(ticket))
            p .quiet { "Signed in as " (person) ". " button .link { "Use another account" } }
        }
    }
}

fn asked(scopes: &[String]) -> Markup {
    html! {
        p .quiet { "It asks for:" }
        ul { @for scope in scopes { li { code { (scope) } } } }
    }
}

fn yes_or_no(yes: &str, no: &str) -> Markup {
    html! {
        div .actions {
            button name="decision" value="allow" { (yes) }
            button .plain name="decision" value="deny" { (no) }
        }
    }
}

fn wrong(error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { p .bad role="alert" { (error) } } }
}

fn hidden(ticket: Ticket<'_>) -> Markup {
    html! {
        input type="hidden" name="visit" value=(ticket.visit);
        input type="hidden" name="csrf" value=(ticket.csrf);
    }
}

fn answer(status: u16, title: &str, body: &Markup, leads_to: &str) -> Answer {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Okta sandbox" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                main {
                    p .sandbox { "Okta sandbox: an org in memory, for tests. Type no password of yours." }
                    (body)
                }
            }
        }
    };
    let digest = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'{}; \
         frame-ancestors 'none'; base-uri 'none'",
        origin(leads_to)
    );
    Answer::page(status, page.into_string())
        .header("content-security-policy", policy)
        .header("x-frame-options", "DENY")
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
}

/// The origin of a redirect URI for `form-action`: browsers hold it against redirects, too.
fn origin(uri: &str) -> String {
    let plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.:[]".contains(&byte))
    };
    let Some((scheme, rest)) = uri.split_once(':') else { return String::new() };
    let host = rest.strip_prefix("//").and_then(|rest| rest.split(['/', '?', '#']).next());
    match host.filter(|host| !host.is_empty()) {
        Some(host) if plain(scheme) && plain(host) => format!(" {scheme}://{host}"),
        None if plain(scheme) => format!(" {scheme}:"),
        _ => String::new(),
    }
}

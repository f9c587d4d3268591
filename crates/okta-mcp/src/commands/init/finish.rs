//! What is asked of the org: what it is, and whether the sign-in works.

use std::sync::Arc;

use okta_client::{Error, Grant, Method, OrgUrl, Probe, Request};
use okta_mcp_server::{App, Flags, Profile, SystemClock};
use okta_mcp_setup::{
    org as about,
    profile::{self, Given as Set},
};

use super::{ask::Asker, gather::Wish, place::Place};
use crate::{
    cli::{InitArgs, LoginArgs},
    commands::login,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Asks the org what it is.
pub(super) async fn check_org(org: &OrgUrl, place: &Place) -> Result<(), Failure> {
    let probe = reach(org, place)?;
    let told = about::ask(&probe).await.map_err(|error| Failure::Failed {
        message: format!("{org} cannot be checked: {error}"),
        next: Some(
            "check the URL, the proxy (HTTPS_PROXY) and the certificates (SSL_CERT_FILE); \
             --offline goes on without asking"
                .to_owned(),
        ),
    })?;
    let (host, engine, id) = (org.host(), told.engine.name(), okta_gate::escaped(&told.id));
    printer::data(&format!("{host}: {engine}, org {id}"))?;
    if let Some(own) = &told.own_host {
        printer::note(&format!(
            "The org calls itself {own}; {host} works as well, and is what the profile will say"
        ));
    }
    Ok(())
}

/// A reader of what the org tells everybody, by the way that profile and environment name.
fn reach(org: &OrgUrl, place: &Place) -> Result<Probe, Failure> {
    let text = fs_err::read_to_string(&place.config).unwrap_or_default();
    let only = vec![("org", Set::Text(org.origin().to_owned()))];
    let text = profile::with(&text, &place.profile, &only).map_err(Failure::usage)?;
    // What the environment says of the org is about another one.
    let env = |name: &str| match name {
        name if name.starts_with("OKTA_") => None,
        name => org::environment(name),
    };
    let profile = Profile::of_text(place.config.clone(), text, &place.profile, &env);
    let reach = profile.map_err(Failure::usage)?.settings.reach();
    Probe::new(org.clone(), &reach, Arc::new(SystemClock)).map_err(Failure::usage)
}

/// Tries to sign in as the server will, as far as that can be tried yet.
pub(super) async fn run(
    wish: &Wish,
    place: &Place,
    args: &InitArgs,
    asker: &mut Asker,
) -> Result<(), Failure> {
    let flag = place.flag();
    if args.offline && !wish.kind.is_of_people() {
        return printer::data(&format!("Next: okta-mcp whoami{flag}"));
    }
    if wish.kind.is_of_people() {
        if !args.yes && !args.offline && asker.yes("Sign in now?", true).await? {
            let login = LoginArgs { again: false, no_browser: false };
            return login::login(&login, &given(place)).await;
        }
        return printer::data(&format!(
            "Next: okta-mcp login{flag}; without it the first call shows the page"
        ));
    }
    let question = "Is the public key registered, and shall it be tried?";
    if wish.made_key && (args.yes || !asker.yes(question, true).await?) {
        return printer::data(&format!(
            "Next: register the public key in the app, then okta-mcp whoami{flag}"
        ));
    }
    try_it(wish, place).await
}

fn given(place: &Place) -> Given {
    let flags = Flags {
        file: Some(place.config.clone()),
        profile: Some(place.profile.clone()),
        read_only: false,
    };
    Given { sandbox: false, flags }
}

async fn try_it(wish: &Wish, place: &Place) -> Result<(), Failure> {
    let org = org::connect(&given(place), App::for_one_call).await?;
    let flag = place.flag();
    let refused = |error: &Error| Failure::Failed {
        message: format!(
            "everything is written, but the sign-in fails: {}",
            okta_gate::escaped(&error.to_string())
        ),
        next: Some(format!(
            "okta-mcp doctor{flag} tells what is wrong; then okta-mcp whoami{flag}"
        )),
    };
    let grant = org.app.okta().resume().await.map_err(|error| refused(&error))?;
    match grant {
        Grant::Unlimited => {
            // Okta first looks at the token when something is asked for.
            let me = Request::new(Method::Get, "/api/v1/users/{userId}", |_| Some("me"));
            let me = me.map_err(Failure::unexpected)?;
            org.app.okta().send(&me, "init").await.map_err(|error| refused(&error))?;
            printer::data(&format!("The API token is good for {}", org.host))
        }
        Grant::Scopes(granted) => {
            let missing: Vec<&str> = wish
                .scopes
                .iter()
                .map(String::as_str)
                .filter(|scope| !granted.iter().any(|one| one == scope))
                .collect();
            if !missing.is_empty() {
                let missing = missing.join(" ");
                printer::note(&format!("note: Okta did not grant {missing}"));
            }
            let (host, count) = (&org.host, granted.len());
            let scopes = if count == 1 { "scope" } else { "scopes" };
            printer::data(&format!("{} is signed in to {host}: {count} {scopes}", org.principal))
        }
    }
}

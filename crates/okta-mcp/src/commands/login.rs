//! `okta-mcp login` and `logout`.

use okta_client::{Error, ErrorKind, Grant, Prompt};
use okta_mcp_server::{App, Browser as _, SystemBrowser};
use serde_json::json;

use crate::{
    cli::LoginArgs,
    failure::Failure,
    org::{self, Connected, Given},
    printer,
};

/// Signs in, and says as whom.
pub(crate) async fn login(args: &LoginArgs, given: &Given) -> Result<(), Failure> {
    let org = org::connect(given, App::for_one_call).await?;
    let known = if args.again { None } else { resumed(&org).await? };
    let grant = match known {
        Some(grant) => grant,
        None => lead(&org, !args.no_browser).await?,
    };
    let context = org.context("okta-mcp login").await;
    let gate = org.app.handler.gate();
    gate.tell_grant(&context, &grant);
    gate.drain().await;
    printer::data(&format!("{} is signed in to {}", context.principal, org.host))?;
    printer::note(&printer::weak("okta-mcp whoami shows scopes and roles"));
    Ok(())
}

/// Signs out.
pub(crate) async fn logout(given: &Given) -> Result<(), Failure> {
    let org = org::connect(given, App::for_one_call).await?;
    if !org.app.okta().is_personal() {
        return printer::data("Nobody signs in with this profile: its app signs in by itself");
    }
    let Some(ended) = org.app.okta().sign_out().await.map_err(|error| failed(&error))? else {
        return printer::data("Nobody is signed in");
    };
    let name = ended.user.login_or_id();
    let (host, revoked) = (org.host.clone(), ended.not_revoked.is_none());
    let told = json!({ "principal": name, "org": host, "revoked": revoked });
    let gate = org.app.handler.gate();
    gate.note("sign_out", move || told);
    gate.drain().await;
    printer::data(&format!("{name} is signed out of {}", org.host))?;
    match ended.not_revoked {
        None => Ok(()),
        Some(error) => Err(Failure::Failed {
            message: format!("Okta did not take the tokens back: {error}"),
            next: Some(
                "they are forgotten here, and end by themselves; an administrator can end them \
                 at once (Directory > People > Clear user sessions)"
                    .to_owned(),
            ),
        }),
    }
}

/// Signs in where that takes a person who is not signed in: on a terminal at once, elsewhere it is
/// said how.
pub(in crate::commands) async fn ensure(org: &Connected) -> Result<(), Failure> {
    if !org.app.okta().is_personal() || resumed(org).await?.is_some() {
        return Ok(());
    }
    if !printer::notes_are_read() {
        return Err(Failure::Failed {
            message: format!("nobody is signed in to {}", org.host),
            next: Some("okta-mcp login signs in, on a terminal".to_owned()),
        });
    }
    lead(org, true).await.map(drop)
}

/// What was granted to who is signed in; `None` where that takes a person.
async fn resumed(org: &Connected) -> Result<Option<Grant>, Failure> {
    match org.app.okta().resume().await {
        Ok(grant) => Ok(Some(grant)),
        Err(error) if error.kind == ErrorKind::SignInNeeded => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

/// Shows the page to a person, and waits for them.
async fn lead(org: &Connected, browser: bool) -> Result<Grant, Failure> {
    let okta = org.app.okta();
    let Some(begun) = okta.begin_sign_in().await else {
        return okta.resume().await.map_err(|error| failed(&error));
    };
    let mut sign_in = begun.map_err(|error| failed(&error))?;
    let opened = browser && open(&sign_in.prompt.url).await;
    show(&sign_in.prompt, opened);
    sign_in.finished().await.map_err(|error| failed(&error))
}

/// Opens a page in a browser of this machine, where there is one.
pub(super) async fn open(url: &str) -> bool {
    let Some(browser) = SystemBrowser::of(&org::environment) else { return false };
    let url = url.to_owned();
    tokio::task::spawn_blocking(move || browser.open(&url)).await.unwrap_or(false)
}

fn show(prompt: &Prompt, opened: bool) {
    let how = if opened { "Your browser opens" } else { "Open" };
    printer::note(&format!("{how} {}", printer::strong(&prompt.url)));
    if let Some((page, code)) = &prompt.code {
        let code = printer::strong(code);
        printer::note(&format!("It has to show the code {code}; to type it yourself: {page}"));
    }
    let until = prompt.expires.strftime("%H:%M UTC");
    printer::note(&printer::weak(&format!("Waiting until {until} …")));
}

pub(super) fn failed(error: &Error) -> Failure {
    Failure::Failed { message: okta_gate::escaped(&error.to_string()), next: None }
}

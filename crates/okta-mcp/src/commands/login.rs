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
    tell_trail(&org, &grant).await;
    printer::data(&format!("{} is signed in to {}", who(&org).await, org.host))?;
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
    let name = ended.user.login.unwrap_or(ended.user.id);
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
pub(super) async fn ensure(org: &Connected) -> Result<(), Failure> {
    if !org.app.okta().is_personal() || resumed(org).await?.is_some() {
        return Ok(());
    }
    if !printer::notes_are_read() {
        return Err(Failure::Failed {
            message: format!("nobody is signed in to {}", org.host),
            next: Some("okta-mcp login signs in, on a terminal".to_owned()),
        });
    }
    let grant = lead(org, true).await?;
    tell_trail(org, &grant).await;
    Ok(())
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

async fn open(url: &str) -> bool {
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

async fn tell_trail(org: &Connected, grant: &Grant) {
    let granted = match grant {
        Grant::Scopes(scopes) => json!(scopes),
        Grant::Unlimited => json!("the rights of the admin behind the API token"),
    };
    let told = json!({
        "principal": who(org).await,
        "org": org.host,
        "profile": org.profile,
        "granted": granted,
    });
    let gate = org.app.handler.gate();
    gate.note("sign_in", move || told);
    gate.drain().await;
}

/// Login of the person, or what else signs in.
pub(super) async fn who(org: &Connected) -> String {
    let person = org.app.okta().identity().await;
    person.map_or_else(|| org.principal.clone(), |person| person.login.unwrap_or(person.id))
}

pub(super) fn failed(error: &Error) -> Failure {
    Failure::Failed { message: okta_gate::escaped(&error.to_string()), next: None }
}

//! Deciding by a sign-in to Okta: on the approval page, which this process serves for as long as it
//! takes.

use std::sync::Arc;

use okta_gate::escaped;
use okta_mcp_server::{App, SystemClock, SystemEntropy};
use okta_storage::{Approval, State};

use super::{Desk, decide, failed, show};
use crate::{
    commands::login,
    failure::Failure,
    org::{self, Given},
    printer,
};

/// Leads whoever may decide to the page, and waits until it is decided.
pub(super) async fn run(desk: &Desk, approval: &Approval, given: &Given) -> Result<(), Failure> {
    let app = serve(approval, given).await?;
    // For a server that stays there is one.
    let Some(page) = app.approval_page() else { return Err(cannot(&approval.level)) };
    printer::note(&show::text(approval));
    let link = page.link(&approval.id).await.map_err(Failure::unexpected)?;
    let opened = login::open(&link).await;
    let how = if opened { "Your browser opens" } else { "Open" };
    printer::note(&format!("\n{how} {}", printer::strong(&link)));
    let until = approval.expires.strftime("%H:%M:%S UTC");
    let what = "It shows this, and takes you to Okta to sign in";
    printer::note(&printer::weak(&format!("{what}. Waiting until {until} …")));
    page.closed().await;
    app.handler.gate().drain().await;
    let decided = desk.approvals.get(&approval.id).await.map_err(failed)?;
    match decided.map(|approval| (approval.state, approval)) {
        Some((State::Approved, approval)) => printer::data(&decide::approved(&approval)),
        Some((State::Declined, _)) => printer::data(decide::DECLINED),
        Some((state, approval)) => Err(decide::over(&approval.id, state)),
        None => Err(decide::over(&approval.id, State::Withdrawn)),
    }
}

/// A server of the profile that the approval is of.
async fn serve(approval: &Approval, given: &Given) -> Result<App, Failure> {
    let config = org::configuration(given).await?.config;
    if config.approvers.is_none() {
        return Err(cannot(&approval.level));
    }
    if approval.org != config.org.host() || approval.profile != config.profile {
        let (org, profile) = (escaped(&approval.org), escaped(&approval.profile));
        return Err(Failure::Failed {
            message: format!(
                "this is about {org}, of profile {profile:?}, and the configuration is of profile \
                 {:?}, for {}",
                config.profile,
                config.org.host()
            ),
            next: Some(format!("okta-mcp approvals approve {} --profile {profile}", approval.id)),
        });
    }
    App::new(config, Arc::new(SystemClock), Arc::new(SystemEntropy)).map_err(Failure::usage)
}

fn cannot(level: &str) -> Failure {
    let level = escaped(level);
    Failure::Failed {
        message: format!("this takes the level {level:?}, and nobody can sign in here to give it"),
        next: Some(
            "name the app that approvers sign in to (approver_client_id), in the profile that the \
             server runs with"
                .to_owned(),
        ),
    }
}

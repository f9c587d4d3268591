//! `okta-mcp approvals`: what waits for a person, and deciding about it.

mod decide;
mod page;
mod setup;
mod show;

use std::{path::PathBuf, sync::Arc};

use okta_mcp_server::{
    AuditSettings, SystemClock, SystemEntropy,
    approvals::{Approvals, ApprovalsError},
};
use okta_storage::Approval;

use crate::{
    cli::{ApprovalsArgs, ApprovalsCommand},
    failure::Failure,
    org::{self, Given},
};

/// Who decides here, in the trail.
const BY: &str = "terminal";

/// Does what is asked about approvals. It takes a state folder, and no org.
pub(crate) async fn run(args: &ApprovalsArgs, given: &Given) -> Result<(), Failure> {
    given.start_log()?;
    let profile = given.profile()?;
    let state = profile.settings.state_folder(&org::environment).map_err(Failure::usage)?;
    let desk = Desk::new(state, &profile.audit);
    match &args.command {
        ApprovalsCommand::List(args) => show::list(&desk, args).await,
        ApprovalsCommand::Show(args) => show::one(&desk, &args.id).await,
        ApprovalsCommand::Approve(args) => decide::run(&desk, &args.id, true, given).await,
        ApprovalsCommand::Deny(args) => decide::run(&desk, &args.id, false, given).await,
        ApprovalsCommand::Setup => setup::run(&desk).await,
    }
}

/// The approvals of this machine.
struct Desk {
    approvals: Approvals,
    state: PathBuf,
}

impl Desk {
    fn new(state: PathBuf, audit: &AuditSettings) -> Self {
        let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
        Self { approvals: Approvals::in_folder(&state, audit, clock, entropy), state }
    }

    async fn find(&self, id: &str) -> Result<Approval, Failure> {
        self.approvals.get(id).await.map_err(failed)?.ok_or_else(|| Failure::Failed {
            message: format!("there is no approval {id:?}"),
            next: Some("`okta-mcp approvals list --all` shows those of 30 days".to_owned()),
        })
    }
}

/// A failure of the store or the passphrase says itself what to do.
fn failed(error: ApprovalsError) -> Failure {
    Failure::unexpected(error)
}

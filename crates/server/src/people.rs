//! Where the people of this machine decide about calls that wait.

use okta_client::BoxFuture;
use okta_gate::{ApproverSignIn, Approvers, Level};
use okta_storage::Approval;

use crate::approvals::Page;

/// The people of this machine: on the page, or in a terminal.
pub(crate) struct People {
    page: Option<Page>,
    sign_in: ApproverSignIn,
}

impl People {
    pub(crate) const fn new(page: Option<Page>, sign_in: ApproverSignIn) -> Self {
        Self { page, sign_in }
    }
}

impl Approvers for People {
    fn place<'a>(&'a self, approval: &'a Approval) -> BoxFuture<'a, String> {
        Box::pin(async move {
            let profile = match approval.profile.as_str() {
                "default" => String::new(),
                profile => format!(" --profile {profile}"),
            };
            let command = format!("`okta-mcp approvals approve {}{profile}`", approval.id);
            let on_a_terminal = format!("on a terminal of this machine, {command}");
            let Some(page) = &self.page else { return on_a_terminal };
            match page.link(&approval.id).await {
                Ok(link) => format!("{link} or, {on_a_terminal}"),
                Err(error) => {
                    tracing::warn!(%error, "the approval page cannot be opened");
                    on_a_terminal
                }
            }
        })
    }

    fn sign_in(&self) -> ApproverSignIn {
        self.sign_in
    }

    fn set_up(&self, level: Level) -> String {
        match level {
            Level::Client | Level::Desktop => {
                "set an approval passphrase once, on a terminal of this machine: `okta-mcp \
                 approvals setup`"
            }
            Level::Person => {
                "the policy demands level person: whoever runs this server names the app that \
                 approvers sign in to (`approver_client_id`)"
            }
        }
        .to_owned()
    }
}

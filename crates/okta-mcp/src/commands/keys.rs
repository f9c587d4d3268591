//! `okta-mcp keys`: the key that signs in, and secrets in the system's keyring.

mod place;
mod rotate;
mod show;
mod store;

use crate::{cli::KeysCommand, failure::Failure, org::Given};

/// Does what is asked about keys.
pub(crate) async fn run(command: KeysCommand, given: &Given) -> Result<(), Failure> {
    if given.sandbox {
        return Err(Failure::usage(
            "the org in memory makes its own key: there is none to look after",
        ));
    }
    match command {
        KeysCommand::Show(args) => show::run(&args, given),
        KeysCommand::Rotate(args) => rotate::run(&args, given).await,
        KeysCommand::Store(args) => store::store(&args, given).await,
        KeysCommand::Forget(args) => store::forget(&args, given),
    }
}

/// What is told of a failure of the keyring.
fn keyring_failed(error: &okta_mcp_server::KeyringError) -> Failure {
    Failure::Failed { message: error.to_string(), next: None }
}

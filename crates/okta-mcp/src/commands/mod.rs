//! One file per command.

mod stdio;

use crate::{cli::Cli, failure::Failure};

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::unexpected)?;
    let result = runtime.block_on(stdio::run(cli.sandbox));
    // A read of standard input may still be under way in a thread: it is not waited for.
    runtime.shutdown_background();
    result
}

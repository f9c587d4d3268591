//! One file per command.

mod call;
mod completions;
mod demo;
mod sandbox;
mod stdio;
mod tools;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
};

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::unexpected)?;
    let result = runtime.block_on(async {
        match cli.command {
            None => stdio::run(cli.sandbox).await,
            Some(Command::Call(args)) => call::run(&args, cli.sandbox || args.sandbox).await,
            Some(Command::Completions { shell }) => completions::run(shell),
            Some(Command::Demo) => demo::run().await,
            Some(Command::Sandbox(args)) => sandbox::run(args).await,
            Some(Command::Undo(args)) => call::undo(&args, cli.sandbox).await,
            Some(Command::Tools(args)) => tools::run(&args, cli.sandbox || args.sandbox).await,
        }
    });
    // A read of standard input may still be under way in a thread: it is not waited for.
    runtime.shutdown_background();
    result
}

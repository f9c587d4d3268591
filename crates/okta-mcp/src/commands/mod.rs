//! One file per command.

mod approvals;
mod audit;
mod call;
mod completions;
mod config;
mod demo;
mod doctor;
mod init;
mod keys;
mod login;
mod policy;
mod sandbox;
mod stdio;
mod tools;
mod whoami;

use crate::{
    cli::{Cli, Command},
    failure::Failure,
    org::Given,
};

/// Runs what the command line asks for.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::unexpected)?;
    let result = runtime.block_on(async {
        let given = Given::new(cli.sandbox, cli.configuration);
        match cli.command {
            None => stdio::run(&given).await,
            Some(Command::Approvals(args)) => approvals::run(&args, &given).await,
            Some(Command::Audit(args)) => audit::run(&args, &given).await,
            Some(Command::Call(args)) => call::run(&args, &given.or(args.sandbox)).await,
            Some(Command::Completions { shell }) => {
                given.unused("completions")?;
                completions::run(shell)
            }
            Some(Command::Config(args)) => config::run(&args.command, &given),
            Some(Command::Demo) => {
                given.unused("demo")?;
                demo::run().await
            }
            Some(Command::Doctor(args)) => doctor::run(&args, &given).await,
            Some(Command::Init(args)) => init::run(&args, &given).await,
            Some(Command::Keys(args)) => keys::run(args.command, &given).await,
            Some(Command::Login(args)) => login::login(&args, &given).await,
            Some(Command::Logout(_)) => login::logout(&given).await,
            Some(Command::Policy(args)) => policy::run(args.command, &given).await,
            Some(Command::Sandbox(args)) => {
                given.unused("sandbox")?;
                sandbox::run(args).await
            }
            Some(Command::Undo(args)) => call::undo(&args, &given).await,
            Some(Command::Tools(args)) => tools::run(&args, &given.or(args.sandbox)).await,
            Some(Command::Whoami(args)) => whoami::run(&args, &given).await,
        }
    });
    // A read of standard input may still be under way in a thread: it is not waited for.
    runtime.shutdown_background();
    result
}

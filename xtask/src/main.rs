//! Writes and checks the generated files of this repository; measures.

mod bench;
mod facts;
mod generated;
mod printer;
mod reference;
mod workspace;

use std::{error::Error, process::ExitCode};

use clap::{Parser, Subcommand};

/// What goes wrong here is told to a developer, so any error will do.
type Result<T = ()> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Writes and checks the generated files of this repository; measures
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Write the reference (tools, commands, settings with their JSON schema), and the table of Okta's operations
    Gen {
        /// Write nothing; fail where a file is not as it would be written
        #[arg(long)]
        check: bool,
    },
    /// Measure the build that is handed out, beside Okta's own server where e2e/official installed it
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::Gen { check } => generated::generate(check),
        Task::Bench(options) => bench::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer::error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

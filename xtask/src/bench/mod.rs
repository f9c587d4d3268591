//! Measures the build that is handed out, beside Okta's own server where that is installed. Every
//! loop is bounded, and all traffic stays on the loopback interface.

mod client;
mod http;
mod machine;
mod org;
mod report;
mod runs;
mod samples;
mod server;
mod tokens;

use std::path::Path;

use clap::Args;
use org::Org;
use report::Report;
use server::Server;

use crate::{Result, printer, workspace};

/// The profile that is measured, and that the measuring program itself is built with.
const PROFILE: &str = "dist";

/// What is measured.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only tokens, start and memory, each a few times
    #[arg(long)]
    short: bool,
    /// Measure the build in target/ as it is
    #[arg(long)]
    no_build: bool,
    /// Leave out Okta's own server
    #[arg(long)]
    ours_only: bool,
}

/// How often each thing is done.
#[derive(Clone, Copy, Debug)]
struct Counts {
    /// Starts, by ourselves.
    starts: usize,
    /// Starts, by the Python client.
    python: usize,
    /// Calls one after the other.
    calls: usize,
    /// Calls at once.
    crowd: usize,
}

/// Measures, and prints a table.
pub(crate) fn run(options: &Options) -> Result {
    if cfg!(debug_assertions) {
        return optimised();
    }
    if !options.no_build {
        let build = ["build", "--quiet", "--profile", PROFILE, "--package", "okta-mcp"];
        workspace::output(workspace::cargo(&build))?;
    }
    let counts = if options.short {
        Counts { starts: 20, python: 5, calls: 100, crowd: 500 }
    } else {
        Counts { starts: 100, python: 20, calls: 1_000, crowd: 10_000 }
    };
    let binary = workspace::target().join(PROFILE).join("okta-mcp");
    let before = machine::load_average();
    let org = Org::start(&binary)?;
    let ours = Server::ours(&binary, &org);
    let mut report = Report::default();
    report.ours(&runs::measure(&ours, &org, counts, !options.short)?);
    match Server::official(&org) {
        _ if options.ours_only => report.without("not measured: --ours-only"),
        Err(why) => report.without(&why.to_string()),
        Ok(official) => {
            // Seconds a start, so a few will do.
            let few = Counts {
                starts: 5,
                python: 5,
                calls: counts.calls.min(200),
                crowd: counts.crowd.min(500),
            };
            match runs::measure(&official, &org, few, !options.short) {
                Ok(measured) => report.official(&measured),
                Err(why) => report.without(&format!("does not start: {why}")),
            }
        }
    }
    printer::data(&machine::line());
    printer::data(&format!("Load average before: {before}\n"));
    printer::data(&build(&binary)?);
    printer::data(&report.table());
    printer::data(&report.tokens());
    Ok(())
}

/// Which build was measured.
fn build(binary: &Path) -> Result<String> {
    let size = fs_err::metadata(binary)?.len();
    Ok(format!("Build: cargo build --profile {PROFILE}, {}\n", report::megabytes(size)))
}

/// The same by an optimised build of this program: a slow client would be measured with the server.
fn optimised() -> Result {
    let run = ["run", "--quiet", "--profile", PROFILE, "--bin", "xtask", "--"];
    let ended = workspace::cargo(&run).args(std::env::args_os().skip(1)).status()?;
    if ended.success() { Ok(()) } else { Err("nothing was measured".into()) }
}

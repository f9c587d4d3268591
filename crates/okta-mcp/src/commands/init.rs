//! `okta-mcp init`: the app in Okta, a profile, and the clients.

mod ask;
mod changes;
mod finish;
mod gather;
mod known;
mod place;
mod secret;
mod show;

use okta_client::Clock as _;
use okta_mcp_server::SystemClock;

use self::{ask::Asker, changes::Changes, gather::Gather, known::Known, place::Place};
use crate::{cli::InitArgs, failure::Failure, org::Given, printer};

/// Sets up.
pub(crate) async fn run(args: &InitArgs, given: &Given) -> Result<(), Failure> {
    if given.sandbox {
        return Err(Failure::usage(
            "--sandbox needs no setting up: okta-mcp --sandbox serves an org in memory; to set up \
             for one that stays, give the URL of okta-mcp sandbox as --org",
        ));
    }
    let place = Place::find(given, SystemClock.now())?;
    let mut asker = Asker::new()?;
    let known = Known::read(args, &place, &mut asker).await?;
    let mut gather = Gather { args, place: &place, known: &known, asker: &mut asker };
    if args.guide {
        let (kind, values) = gather.for_guide().await?;
        return show::guide(&kind.guide(&values));
    }
    let wish = gather.all(given.flags.read_only).await?;
    let changes = Changes::of(&wish, &place, &known)?;
    changes.show()?;
    for remark in changes.remarks() {
        printer::note(&format!("{} {remark}", printer::strong("note:")));
    }
    if args.dry_run {
        printer::note("Nothing is written (--dry-run)");
        return Ok(());
    }
    if changes.is_none() {
        printer::data("Nothing to change: the files are as they should be")?;
    } else {
        consent(args, &mut asker).await?;
        changes.write(&place)?;
    }
    finish::run(&wish, &place, args, &mut asker).await
}

/// Asks for a yes, where it was not given.
async fn consent(args: &InitArgs, asker: &mut Asker) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    if !asker.is_there() {
        return Err(Failure::usage(
            "nothing is written without a yes: --yes gives it, --dry-run only shows what would be \
             written",
        ));
    }
    if asker.yes("Write this?", true).await? {
        return Ok(());
    }
    Err(Failure::Failed { message: "nothing is written".to_owned(), next: None })
}

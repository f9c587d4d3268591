//! Setting the approval passphrase, on the terminal that controls this process.

use okta_mcp_server::approvals::Proof;
use okta_storage::{PassphraseError, PassphraseHash, SHORTEST};
use secrecy::{ExposeSecret as _, SecretString};

use super::{BY, Desk, decide, failed};
use crate::{failure::Failure, printer, terminal::Dialogue};

/// Sets the passphrase; where one is set, only for whoever knows it.
pub(super) async fn run(desk: &Desk) -> Result<(), Failure> {
    let mut dialogue = Dialogue::open("setting the approval passphrase")?;
    dialogue.say(&about(desk))?;
    let old = if desk.approvals.is_set_up().await.map_err(failed)? {
        Some(prove(desk, &mut dialogue).await?)
    } else {
        None
    };
    let new = ask(&mut dialogue).await?;
    let set = desk.approvals.set_passphrase(new, old.as_ref(), BY).await.map_err(failed)?;
    if !set {
        return Err(failure("the passphrase was set elsewhere meanwhile: nothing is changed here"));
    }
    printer::data(match old {
        None => "The approval passphrase is set",
        Some(_) => "The approval passphrase is changed",
    })
}

async fn prove(desk: &Desk, dialogue: &mut Dialogue) -> Result<PassphraseHash, Failure> {
    let old = dialogue.secret("\nThe passphrase that is set now: ").await?;
    match desk.approvals.prove(old, BY).await.map_err(failed)? {
        Proof::Right(old) => Ok(old),
        Proof::Refused(why) => Err(decide::refused(&why)),
    }
}

async fn ask(dialogue: &mut Dialogue) -> Result<SecretString, Failure> {
    let new = dialogue.secret("\nThe new passphrase: ").await?;
    let length = new.expose_secret().chars().count();
    if length < SHORTEST {
        return Err(failure(&PassphraseError::TooShort(length).to_string()));
    }
    let again = dialogue.secret("The same again: ").await?;
    if new.expose_secret() != again.expose_secret() {
        return Err(failure("the two are not the same: nothing is set"));
    }
    Ok(new)
}

fn about(desk: &Desk) -> String {
    let file = desk.state.join("store.sqlite3");
    format!(
        "Whoever knows the approval passphrase approves what okta-mcp asks before it changes \
         something\nin Okta: on the page that a client links to, or with `okta-mcp approvals \
         approve`.\n\nTake at least {SHORTEST} characters, such as four words, and give it to no AI \
         client.\n\nIt is kept as a hash and cannot be recovered. To start anew, stop every \
         okta-mcp and delete\n{file}, with -wal and -shm beside it: what waits, undo and counts \
         go too.",
        file = file.display()
    )
}

fn failure(message: &str) -> Failure {
    Failure::Failed { message: message.to_owned(), next: None }
}

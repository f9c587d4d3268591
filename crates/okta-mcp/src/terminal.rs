//! Asking the person at the terminal that controls this process.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Write as _},
};

use okta_client::BoxFuture;
use okta_gate::{Asker, Client, Level, Question, Verdict};
use okta_mcp_server::approvals::{Approvals, Proof};
use secrecy::SecretString;

use crate::{failure::Failure, os, printer};

/// How the person goes on where there is no terminal.
const UNABLE: &str = "run it in a terminal, where it asks; there is no option to skip the question";

/// The person at the terminal.
pub(crate) struct Person {
    approvals: Approvals,
    /// The approval passphrase is set: a yes takes it, and is as sure as it.
    proves: bool,
}

impl Person {
    /// The person at the terminal of a machine with these approvals; `asked` where they may be
    /// asked at all.
    pub(crate) async fn new(approvals: Approvals, asked: bool) -> Result<Self, Failure> {
        let proves = asked && approvals.is_set_up().await.map_err(Failure::unexpected)?;
        Ok(Self { approvals, proves })
    }

    /// Shows the question, and asks for the passphrase.
    async fn prove(&self, question: &str) -> Result<Verdict, Failure> {
        let mut dialogue = Dialogue::open("confirming")?;
        dialogue.say(question)?;
        let passphrase = dialogue.secret("\nApproval passphrase, to do it: ").await?;
        let proof = self.approvals.prove(passphrase, "terminal").await;
        Ok(match proof.map_err(Failure::unexpected)? {
            Proof::Right(_) => Verdict::Yes { level: Level::Desktop, waited: true },
            Proof::Refused(why) => Verdict::Failed(why.to_string()),
        })
    }
}

impl Client for Person {
    fn asker(&self) -> &dyn Asker {
        self
    }

    fn progress(&self, _: u64, message: String) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if io::IsTerminal::is_terminal(&io::stderr()) {
                printer::note(&message);
            }
        })
    }
}

impl Asker for Person {
    fn level(&self) -> Option<Level> {
        let level = if self.proves { Level::Desktop } else { Level::Client };
        os::controlling_terminal().is_ok().then_some(level)
    }

    fn unable(&self) -> Option<String> {
        self.level().is_none().then(|| UNABLE.to_owned())
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            if self.proves {
                let proved = self.prove(&question.text).await;
                return proved.unwrap_or_else(|failure| Verdict::Failed(failure.to_string()));
            }
            let text = question.text.clone();
            let task = tokio::task::spawn_blocking(move || ask(&text));
            task.await.unwrap_or_else(|error| Verdict::Failed(error.to_string()))
        })
    }
}

/// Shows the question, and waits for a line.
fn ask(question: &str) -> Verdict {
    let (input, mut output) = match os::controlling_terminal() {
        Ok(terminal) => terminal,
        Err(error) => return Verdict::Failed(error.to_string()),
    };
    let mut answer = String::new();
    let read = write!(output, "{question}\n\nType yes to do it: ")
        .and_then(|()| output.flush())
        .and_then(|()| BufReader::new(input).read_line(&mut answer));
    match read {
        Ok(0) => Verdict::Cancelled,
        Ok(_) if answer.trim() == "yes" => Verdict::Yes { level: Level::Client, waited: true },
        Ok(_) => Verdict::Declined,
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

/// Whether the person at the terminal says yes.
pub(crate) async fn agrees(question: String) -> Result<bool, Failure> {
    let task = tokio::task::spawn_blocking(move || ask(&question));
    match task.await.map_err(Failure::unexpected)? {
        Verdict::Yes { .. } => Ok(true),
        Verdict::Declined | Verdict::Cancelled => Ok(false),
        _ => Err(Failure::Failed {
            message: "this takes a yes of a person at a terminal, and there is none".to_owned(),
            next: Some("run it in a terminal window, or with --yes".to_owned()),
        }),
    }
}

/// A person at the terminal, asked for what nobody else may give.
pub(crate) struct Dialogue {
    input: File,
    output: File,
    /// Keeps Ctrl-C from ending the process while the terminal does not show what is typed.
    stop: os::Stop,
}

impl Dialogue {
    /// Opens the terminal that controls this process, for what is done there.
    pub(crate) fn open(what: &str) -> Result<Self, Failure> {
        let (input, output) = os::controlling_terminal().map_err(|_| Failure::Failed {
            message: format!("{what} takes a person at a terminal, and there is none"),
            next: Some(
                "run it in a terminal window; there is no option to give the passphrase otherwise"
                    .to_owned(),
            ),
        })?;
        Ok(Self { input, output, stop: os::Stop::new().map_err(Failure::unexpected)? })
    }

    /// Shows a text.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.output, "{text}").map_err(Failure::unexpected)
    }

    /// Asks for a line. Ctrl-C and the end of the input end the dialogue.
    pub(crate) async fn line(&mut self, prompt: &str) -> Result<String, Failure> {
        write!(self.output, "{prompt}")
            .and_then(|()| self.output.flush())
            .map_err(Failure::unexpected)?;
        let input = self.input.try_clone().map_err(Failure::unexpected)?;
        let read = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            // A terminal gives one line at a time: nothing is taken of the next one.
            BufReader::new(input).read_line(&mut line).map(|length| (length, line))
        });
        let read = tokio::select! {
            biased;
            () = self.stop.told() => return Err(nothing()),
            read = read => read.map_err(Failure::unexpected)?,
        };
        match read.map_err(Failure::unexpected)? {
            (0, _) => Err(nothing()),
            (_, line) => Ok(line),
        }
    }

    /// Asks for a secret; what is typed is not shown.
    pub(crate) async fn secret(&mut self, prompt: &str) -> Result<SecretString, Failure> {
        let prompt = prompt.to_owned();
        let typed = tokio::task::spawn_blocking(move || rpassword::prompt_password(prompt)).await;
        match typed.map_err(Failure::unexpected)? {
            Ok(typed) if typed.is_empty() => Err(nothing()),
            Ok(typed) => Ok(typed.into()),
            Err(error) => match error.kind() {
                io::ErrorKind::UnexpectedEof | io::ErrorKind::Interrupted => Err(nothing()),
                _ => Err(Failure::unexpected(error)),
            },
        }
    }
}

fn nothing() -> Failure {
    Failure::Failed { message: "nothing was typed: nothing is changed".to_owned(), next: None }
}

//! Asking the person at the terminal that controls this process.

use std::io::{self, BufRead as _, BufReader, Write as _};

use okta_client::BoxFuture;
use okta_gate::{Asker, Client, Level, Question, Verdict};

use crate::{os, printer};

/// How the person goes on where there is no terminal.
const UNABLE: &str = "run it in a terminal, where it asks; there is no option to skip the question";

/// The person at the terminal.
#[derive(Debug)]
pub(crate) struct Person;

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
        os::controlling_terminal().is_ok().then_some(Level::Client)
    }

    fn unable(&self) -> Option<String> {
        self.level().is_none().then(|| UNABLE.to_owned())
    }

    fn ask<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Verdict> {
        let text = question.text.clone();
        Box::pin(async move {
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
        Ok(_) if answer.trim() == "yes" => Verdict::Yes(Level::Client),
        Ok(_) => Verdict::Declined,
        Err(error) => Verdict::Failed(error.to_string()),
    }
}

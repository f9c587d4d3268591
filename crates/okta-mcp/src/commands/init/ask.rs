//! Questions to the person at the terminal, where there is one.

use std::io::IsTerminal as _;

use secrecy::SecretString;

use crate::{failure::Failure, terminal::Dialogue};

/// Who is asked what was not given.
pub(super) struct Asker(Option<Dialogue>);

impl Asker {
    /// The person, where this runs at a terminal.
    pub(super) fn new() -> Result<Self, Failure> {
        if !std::io::stdin().is_terminal() {
            return Ok(Self(None));
        }
        Dialogue::open("setting up").map(Some).map(Self)
    }

    pub(super) const fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Who answers for that option.
    fn dialogue(&mut self, option: &str) -> Result<&mut Dialogue, Failure> {
        self.0.as_mut().ok_or_else(|| {
            Failure::usage(format!("{option} is missing, and there is no terminal to ask on"))
        })
    }

    /// Asks for a line, until there is one that will do; an empty one is the default.
    pub(super) async fn line<T>(
        &mut self,
        option: &str,
        question: &str,
        default: Option<&str>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let dialogue = self.dialogue(option)?;
        let shown = default.filter(|default| !default.is_empty());
        let shown = shown.map_or_else(String::new, |default| format!(" [{default}]"));
        loop {
            let typed = dialogue.line(&format!("{question}{shown}: ")).await?;
            let typed = typed.trim();
            let answer = if typed.is_empty() { default.unwrap_or_default() } else { typed };
            match read(answer) {
                Ok(answer) => return Ok(answer),
                Err(problem) => dialogue.say(&problem)?,
            }
        }
    }

    /// Asks for one of several, by number.
    pub(super) async fn one_of(
        &mut self,
        option: &str,
        question: &str,
        options: &[&str],
        default: usize,
    ) -> Result<usize, Failure> {
        let dialogue = self.dialogue(option)?;
        dialogue.say(question)?;
        for (number, text) in (1..).zip(options) {
            dialogue.say(&format!("  {number}  {text}"))?;
        }
        let count = options.len();
        let default = (default + 1).to_string();
        let read = |text: &str| match text.parse::<usize>() {
            Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
            _ => Err(format!("Type a number from 1 to {count}")),
        };
        self.line(option, "Number", Some(&default), read).await
    }

    /// Asks for a secret; what is typed is not shown.
    pub(super) async fn secret(
        &mut self,
        option: &str,
        question: &str,
    ) -> Result<SecretString, Failure> {
        self.dialogue(option)?.secret(&format!("{question} (not shown): ")).await
    }

    /// Asks for a yes or a no; without a terminal it is a no.
    pub(super) async fn yes(&mut self, question: &str, default: bool) -> Result<bool, Failure> {
        if !self.is_there() {
            return Ok(false);
        }
        let shown = if default { "yes" } else { "no" };
        let read = |text: &str| match text.to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(true),
            "n" | "no" => Ok(false),
            _ => Err("Type yes or no".to_owned()),
        };
        self.line("--yes", question, Some(shown), read).await
    }
}

//! The one way to standard output and standard error. What is printed can be understood without
//! colour, and there is none where the output is no terminal or `NO_COLOR` is set.

use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use serde_json::Value;

use crate::failure::Failure;

/// What stands out.
const STRONG: Style = Style::new().bold();

/// What may be skipped.
const WEAK: Style = Style::new().dimmed();

/// What goes, and what comes, of a text.
const GONE: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();

/// How wide a table may be where there is no terminal.
const WIDTH: usize = 160;

/// Prints a line of data to standard output.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        // Who reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Failure::unexpected),
    }
}

/// Prints JSON to standard output: on a terminal for people, elsewhere on one line.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    if on_terminal() { data(&format!("{value:#}")) } else { data(&value.to_string()) }
}

/// Prints rows of the trail: on a terminal for people, elsewhere on one line. What is invisible in
/// them is shown.
pub(crate) fn trail_json(value: &Value) -> Result<(), Failure> {
    if on_terminal() {
        data(&okta_gate::escaped(&format!("{value:#}")))
    } else {
        data(&okta_gate::to_text(value))
    }
}

/// Prints as much as there is to standard output.
pub(crate) fn stream(
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        // Who reads has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(Failure::unexpected),
    }
}

/// Prints a line beside the data, to standard error.
pub(crate) fn note(text: &str) {
    // Where it cannot be said there is nobody to hear it.
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// The text, set off from what follows.
pub(crate) fn strong(text: &str) -> String {
    format!("{STRONG}{text}{STRONG:#}")
}

/// The text, less prominent than the rest.
pub(crate) fn weak(text: &str) -> String {
    format!("{WEAK}{text}{WEAK:#}")
}

/// The text, as what goes.
pub(crate) fn gone(text: &str) -> String {
    format!("{GONE}{text}{GONE:#}")
}

/// The text, as what comes.
pub(crate) fn new(text: &str) -> String {
    format!("{NEW}{text}{NEW:#}")
}

/// True where a person reads standard output.
pub(crate) fn on_terminal() -> bool {
    io::stdout().is_terminal()
}

/// True where a person reads standard error.
pub(crate) fn notes_are_read() -> bool {
    io::stderr().is_terminal()
}

/// How many characters a line may have.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0))
}

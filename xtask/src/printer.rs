//! The one place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where it is printed")]

/// What was asked for.
pub(crate) fn data(text: &str) {
    println!("{text}");
}

/// What is going on.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// What went wrong.
pub(crate) fn error(text: &str) {
    eprintln!("error: {text}");
}

//! Guides and differences, as people see them.

use okta_mcp_setup::{
    diff,
    guide::{Guide, Line, Span, spans},
};

use crate::{failure::Failure, printer};

/// The longest line of a difference, in characters: some clients keep everything on one.
const LONGEST: usize = 240;

/// Prints what to click.
pub(super) fn guide(guide: &Guide) -> Result<(), Failure> {
    printer::data(&format!("{}\n{}\n", printer::strong(guide.title), guide.about))?;
    for (number, step) in (1..).zip(&guide.steps) {
        printer::data(&printer::strong(&format!("{number}. {}", step.title)))?;
        for line in &step.lines {
            printer::data(&match line {
                Line::Do(text) => format!("   - {}", styled(text)),
                Line::Why(text) => printer::weak(&format!("     {}", plain(text))),
                // As it is, to be copied.
                Line::Copy(text) => format!("\n{text}\n"),
            })?;
        }
        printer::data("")?;
    }
    Ok(())
}

fn styled(text: &str) -> String {
    let runs = spans(text).into_iter().map(|span| match span {
        Span::Plain(text) | Span::Value(text) => text.to_owned(),
        Span::Strong(text) => printer::strong(text),
    });
    runs.collect()
}

fn plain(text: &str) -> String {
    let runs = spans(text).into_iter().map(|span| match span {
        Span::Plain(text) | Span::Value(text) | Span::Strong(text) => text,
    });
    runs.collect()
}

/// Prints what changes in a file.
pub(super) fn difference(title: &str, lines: &[diff::Line]) -> Result<(), Failure> {
    printer::data(&printer::strong(title))?;
    for line in lines {
        let text = |text: &str| okta_gate::escaped(&okta_gate::cut(text, LONGEST));
        printer::data(&match line {
            diff::Line::Same(same) => printer::weak(&format!("  {}", text(same))),
            diff::Line::Gone(gone) => printer::gone(&format!("- {}", text(gone))),
            diff::Line::New(new) => printer::new(&format!("+ {}", text(new))),
            diff::Line::Gap => printer::weak("  …"),
        })?;
    }
    printer::data("")
}

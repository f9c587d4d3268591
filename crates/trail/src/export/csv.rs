//! One line for each call, for spreadsheets.

use std::io::{self, Write};

use crate::Call;

/// Writes calls as CSV (RFC 4180), after a line of headings.
pub struct CallsCsv<W: Write>(csv::Writer<W>);

impl<W: Write> CallsCsv<W> {
    /// Begins with the headings.
    pub fn new(out: W) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record([
            "time",
            "id",
            "principal",
            "client",
            "tool",
            "effect",
            "target",
            "outcome",
            "rule",
            "approval",
            "request_ids",
            "ms",
        ])?;
        Ok(Self(writer))
    }

    /// Writes a call.
    pub fn write(&mut self, call: &Call) -> io::Result<()> {
        let it = call.summary();
        let ms = it.ms.map(|ms| ms.to_string()).unwrap_or_default();
        let ids = it.request_ids.join(" ");
        let cells = [
            it.time,
            it.id,
            it.principal,
            it.client,
            it.tool,
            it.effect,
            it.target,
            it.outcome,
            it.rule,
            it.approval,
            ids,
            ms,
        ];
        Ok(self.0.write_record(cells.map(|cell| guarded(&cell)))?)
    }

    /// Writes out what is left.
    pub fn finish(mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A cell that no spreadsheet takes for a formula: what begins like one gets an apostrophe, as
/// OWASP advises against CSV injection. What cannot be seen is shown.
fn guarded(cell: &str) -> String {
    let shown = crate::escaped(cell).replace('\n', "\\n");
    if shown.starts_with(['=', '+', '-', '@']) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, shown) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1", "'-1"),
            ("+1", "'+1"),
            ("\t=1", "\\u0009=1"),
            ("a\r\n=b\u{202e}", "a\\u000d\\n=b\\u202e"),
            ("ana@acme.example", "ana@acme.example"),
        ] {
            assert_eq!(guarded(cell), shown);
        }
    }
}

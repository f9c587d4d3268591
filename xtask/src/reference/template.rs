//! What every page of the reference has in common.

use serde_json::Value;

/// A page, as its parts are added.
pub(crate) struct Page(String);

impl Page {
    /// A page with a title and an introduction.
    pub(crate) fn new(title: &str, introduction: &str) -> Self {
        let mark = "<!-- Written by `cargo xtask gen`. Change the declarations, not this file. -->";
        Self(format!("{mark}\n\n# {title}\n\n{introduction}\n"))
    }

    /// A heading; `level` 2 stands below the title.
    pub(crate) fn heading(&mut self, level: usize, text: &str) {
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    /// A paragraph, or anything else that stands by itself.
    pub(crate) fn paragraph(&mut self, text: &str) {
        self.0.push('\n');
        self.0.push_str(text);
        self.0.push('\n');
    }

    /// A block of text as it is.
    pub(crate) fn block(&mut self, text: &str) {
        self.paragraph(&format!("```text\n{}\n```", text.trim_end()));
    }

    /// JSON.
    pub(crate) fn json(&mut self, value: &Value) {
        self.paragraph(&format!("```json\n{value:#}\n```"));
    }

    /// A table.
    pub(crate) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let mut lines = vec![
            line(head.iter().map(|&cell| cell.to_owned()).collect()),
            line(head.iter().map(|_| "---".to_owned()).collect()),
        ];
        lines.extend(rows.iter().map(|row| line(row.iter().map(|text| cell(text)).collect())));
        self.paragraph(&lines.join("\n"));
    }

    /// The text of the page.
    pub(crate) fn end(self) -> String {
        self.0
    }
}

/// The text on one line, with nothing in it that ends a cell.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

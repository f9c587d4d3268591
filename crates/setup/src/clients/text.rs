//! The text of a file without what editors put around it.

/// The mark that some editors put before text in UTF-8.
const MARK: char = '\u{feff}';

/// The text of a file.
pub(super) struct Text<'a> {
    /// The text without its mark.
    pub(super) body: &'a str,
    marked: bool,
    /// Its lines end as on Windows, each of them.
    returns: bool,
}

impl<'a> Text<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let body = text.strip_prefix(MARK);
        let marked = body.is_some();
        let body = body.unwrap_or(text);
        let ends = body.matches('\n').count();
        Self { body, marked, returns: ends > 0 && body.matches("\r\n").count() == ends }
    }

    /// The edited text, as the file had it: with its mark and its line ends.
    pub(super) fn again(&self, edited: &str) -> String {
        let mark = if self.marked { MARK.to_string() } else { String::new() };
        if self.returns {
            format!("{mark}{}", edited.replace("\r\n", "\n").replace('\n', "\r\n"))
        } else {
            format!("{mark}{edited}")
        }
    }

    /// The line of an offset, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        let before = self.body.get(..offset).unwrap_or(self.body);
        before.matches('\n').count() + 1
    }
}

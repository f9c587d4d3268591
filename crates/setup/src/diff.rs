//! What a change does to a text, line by line.

use similar::{ChangeTag, TextDiff};

/// How many lines are shown before and after what changes.
const AROUND: usize = 2;

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// It stays.
    Same(String),
    /// It goes.
    Gone(String),
    /// It comes.
    New(String),
    /// Lines that stay are left out here.
    Gap,
}

/// The difference between two texts; nothing where there is none.
pub fn lines(before: &str, after: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (index, group) in diff.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            lines.push(Line::Gap);
        }
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let text = change.value().trim_end_matches(['\r', '\n']).to_owned();
            lines.push(match change.tag() {
                ChangeTag::Equal => Line::Same(text),
                ChangeTag::Delete => Line::Gone(text),
                ChangeTag::Insert => Line::New(text),
            });
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_shown_with_what_is_around_it() {
        assert_eq!(lines("a\nb\n", "a\nb\n"), []);
        let before: Vec<String> = (1..=12).map(|line| line.to_string()).collect();
        let mut after = before.clone();
        after.insert(0, "first".to_owned());
        *after.last_mut().unwrap() = "last".to_owned();
        let told = lines(&before.join("\r\n"), &after.join("\r\n"));
        let same = |text: &str| Line::Same(text.to_owned());
        assert_eq!(
            told,
            [
                Line::New("first".to_owned()),
                same("1"),
                same("2"),
                Line::Gap,
                same("10"),
                same("11"),
                Line::Gone("12".to_owned()),
                Line::New("last".to_owned()),
            ]
        );
    }
}

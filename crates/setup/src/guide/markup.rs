//! The little markup of the guides, which is also Markdown's.

/// A run of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span<'a> {
    /// Words.
    Plain(&'a str),
    /// What is clicked or filled in.
    Strong(&'a str),
    /// A value.
    Value(&'a str),
}

/// The runs of a line.
pub fn spans(line: &str) -> Vec<Span<'_>> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find("**").into_iter().chain(rest.find('`')).min() {
        let (before, marked) = rest.split_at(at);
        let mark = if marked.starts_with("**") { "**" } else { "`" };
        let inside = marked.strip_prefix(mark).and_then(|inside| inside.split_once(mark));
        let Some((inside, after)) = inside else { break };
        if !before.is_empty() {
            spans.push(Span::Plain(before));
        }
        spans.push(if mark == "`" { Span::Value(inside) } else { Span::Strong(inside) });
        rest = after;
    }
    if !rest.is_empty() {
        spans.push(Span::Plain(rest));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_told_from_words() {
        let told = spans("Click **Next**: `http://x` and *");
        assert_eq!(
            told,
            [
                Span::Plain("Click "),
                Span::Strong("Next"),
                Span::Plain(": "),
                Span::Value("http://x"),
                Span::Plain(" and *"),
            ]
        );
        assert_eq!(spans("plain"), [Span::Plain("plain")]);
        assert!(spans("").is_empty());
    }
}

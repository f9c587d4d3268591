//! A text of several lines, as a person reads a change of it: what leaves it and what joins it,
//! with a little around it.
//!
//! Every line begins with what it is (`+` joins, `-` leaves, `|` stays), so that none can pass for a
//! line of the question itself.

use serde_json::Value;
use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use crate::shown::{self, Lines};

/// How many unchanged lines are shown on either side of a change.
const AROUND: usize = 2;

/// How much is shown of a line that leaves or stays, in characters.
const OLD_LINE: usize = 200;

/// How much is shown in all of the lines that leave or stay, in characters, where not all of the
/// text can be.
const OLD_LINES: usize = 2000;

/// How much a model is told of the lines that join, in characters.
const TOLD: usize = 4000;

/// A line that is longer, in characters, is broken before each tag that it opens: a page may be one
/// line.
const LONG: usize = 160;

/// How many lines, old and new together, are compared one by one. Comparing takes time that grows
/// with the product of lines and differences.
const COMPARED: usize = 4000;

/// True where a change is read line by line: one of the texts has several, or both are long.
pub(crate) fn by_line(before: &str, after: &str) -> bool {
    let long = |text: &str| text.chars().nth(LONG).is_some();
    before.contains('\n') || after.contains('\n') || (long(before) && long(after))
}

/// How the text `field` changes. Of what joins it at most `longest` characters are shown; it is
/// said how much is left out.
pub(crate) fn difference(field: &str, before: &str, after: &str, longest: usize) -> Lines {
    let (old, new) = (broken(before), broken(after));
    let ops = compare(&old, &new);
    let mut shown = Shown::new(longest);
    for group in group_diff_ops(ops, AROUND) {
        shown.gap();
        for op in group {
            let leaving = old.get(op.old_range()).unwrap_or_default();
            let joining = new.get(op.new_range()).unwrap_or_default();
            for line in leaving {
                match op.tag() {
                    DiffTag::Equal => shown.stays(line),
                    _ => shown.leaves(line),
                }
            }
            for line in joining.iter().filter(|_| op.tag() != DiffTag::Equal) {
                shown.joins(line);
            }
        }
    }
    shown.told(field)
}

/// A difference as a model reads it: of a long text only the lines that change, as it has the whole
/// text already.
pub(crate) fn told(mut change: Value) -> Value {
    let text = |key: &str| change.get(key).map_or(Some(""), Value::as_str);
    if let (Some(before), Some(after)) = (text("before"), text("after"))
        && by_line(before, after)
    {
        let lines = difference("text", before, after, TOLD);
        if let Value::Object(map) = &mut change {
            map.shift_remove("before");
            map.shift_remove("after");
            map.insert("lines".to_owned(), lines.get(1..).unwrap_or_default().into());
        }
    }
    change
}

/// Puts a word in the place of every text of several lines, and answers with where each stood
/// (dotted path) and with the text.
pub(crate) fn take_out(value: &mut Value) -> Vec<(String, String)> {
    let mut texts = Vec::new();
    take_out_at(value, "", &mut texts);
    texts
}

fn take_out_at(value: &mut Value, path: &str, texts: &mut Vec<(String, String)>) {
    let join =
        |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) if text.contains('\n') => {
            let word = format!("({}, below)", count(text.lines().count()));
            texts.push((path.to_owned(), std::mem::replace(text, word)));
        }
        Value::Array(items) => {
            for (at, item) in items.iter_mut().enumerate() {
                take_out_at(item, &join(&at.to_string()), texts);
            }
        }
        Value::Object(map) => {
            for (name, value) in map.iter_mut() {
                take_out_at(value, &join(name), texts);
            }
        }
        _ => {}
    }
}

/// The lines of a text, each with its end; a long one in several pieces.
fn broken(text: &str) -> Vec<&str> {
    let lines = text.split_inclusive('\n');
    let pieces = lines.map(|line| match line.chars().nth(LONG) {
        Some(_) => before_tags(line),
        None => vec![line],
    });
    pieces.flatten().collect()
}

/// A line, broken before each tag that it opens.
fn before_tags(line: &str) -> Vec<&str> {
    let opens = |at: &usize| !line.get(at + 1..).is_some_and(|rest| rest.starts_with('/'));
    let tags = line.match_indices('<').map(|(at, _)| at).filter(|at| *at > 0).filter(opens);
    let mut from = 0;
    let mut pieces = Vec::new();
    for at in tags.chain([line.len()]) {
        pieces.extend(line.get(from..at));
        from = at;
    }
    pieces
}

/// What differs. Of texts that are too long to be compared, all between their equal ends does.
fn compare(old: &[&str], new: &[&str]) -> Vec<DiffOp> {
    let pairs = old.iter().zip(new);
    let start = pairs.take_while(|(one, other)| one == other).count();
    let rest = |lines: &[&str]| lines.len() - start;
    let pairs = old.iter().rev().zip(new.iter().rev());
    let most = rest(old).min(rest(new));
    let end = pairs.take(most).take_while(|(one, other)| one == other).count();
    let (old_len, new_len) = (rest(old) - end, rest(new) - end);
    if old_len + new_len <= COMPARED {
        return capture_diff_slices(Algorithm::Myers, old, new);
    }
    let between = DiffOp::Replace { old_index: start, old_len, new_index: start, new_len };
    let before = DiffOp::Equal { old_index: 0, new_index: 0, len: start };
    let (old_index, new_index) = (start + old_len, start + new_len);
    let after = DiffOp::Equal { old_index, new_index, len: end };
    [before, between, after]
        .into_iter()
        .filter(|op| !op.old_range().is_empty() || !op.new_range().is_empty())
        .collect()
}

/// The lines that are shown, and what there is beside them.
struct Shown {
    lines: Lines,
    /// How much may still be shown of what joins, in characters.
    new: usize,
    /// How much may still be shown of what leaves or stays, in characters.
    old: usize,
    gap: bool,
    joining: usize,
    leaving: usize,
    /// Lines and characters that join and are not shown.
    unseen: (usize, usize),
    /// Lines that leave and are not shown.
    unseen_leaving: usize,
}

impl Shown {
    fn new(longest: usize) -> Self {
        let old = if longest == usize::MAX { longest } else { longest.min(OLD_LINES) };
        Self {
            lines: Vec::new(),
            new: longest,
            old,
            gap: false,
            joining: 0,
            leaving: 0,
            unseen: (0, 0),
            unseen_leaving: 0,
        }
    }

    /// The next line that is shown does not follow the last one.
    fn gap(&mut self) {
        self.gap = !self.lines.is_empty();
    }

    fn push(&mut self, line: String) {
        if std::mem::take(&mut self.gap) {
            self.lines.push("| …".to_owned());
        }
        self.lines.push(line);
    }

    fn joins(&mut self, line: &str) {
        self.joining += 1;
        let line = ended(line);
        let length = line.chars().count();
        if self.new == 0 {
            self.unseen.0 += 1;
            self.unseen.1 += length;
            return;
        }
        self.push(format!("+ {}", shown::cut(line, self.new)));
        // An empty line is one to read too.
        self.new = self.new.saturating_sub(length.max(1));
    }

    fn leaves(&mut self, line: &str) {
        self.leaving += 1;
        if !self.push_old("-", line) {
            self.unseen_leaving += 1;
        }
    }

    fn stays(&mut self, line: &str) {
        // What stays is there to find one's way: nothing is lost without it.
        let _ = self.push_old("|", line);
    }

    /// Shows a line of the old text; `false` where there is no room for it.
    fn push_old(&mut self, mark: &str, line: &str) -> bool {
        let line = shown::cut(ended(line), OLD_LINE);
        let length = line.chars().count().max(1);
        let fits = length <= self.old;
        if fits {
            self.old -= length;
            self.push(format!("{mark} {line}"));
        }
        fits
    }

    fn told(self, field: &str) -> Lines {
        let Self { lines, joining, leaving, unseen, unseen_leaving, .. } = self;
        let what = match (joining, leaving) {
            (0, 0) => "nothing changes".to_owned(),
            (joining, 0) => format!("{} added", count(joining)),
            (0, leaving) => format!("{} removed", count(leaving)),
            (joining, leaving) => {
                format!("{} removed, {} added", count(leaving), count(joining))
            }
        };
        let mut told = vec![format!("{field}: {what}")];
        told.extend(lines);
        if unseen.0 > 0 {
            told.push(format!("+ … ({} more, {} characters)", count(unseen.0), unseen.1));
        }
        if unseen_leaving > 0 {
            told.push(format!("- … ({} more)", count(unseen_leaving)));
        }
        told
    }
}

/// The line without its end.
fn ended(line: &str) -> &str {
    line.strip_suffix('\n').unwrap_or(line)
}

fn count(lines: usize) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
}

#[cfg(test)]
mod tests;

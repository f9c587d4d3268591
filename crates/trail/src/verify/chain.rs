//! The chain of one segment: which row is the first that is not as it was written.
//!
//! Each row carries its number, the hash of the row before, and its own. Where two neighbours
//! contradict each other, the rows after them tell which of the two was touched; so a row is
//! judged once the two after it are known.

use std::collections::VecDeque;

use super::report::ProblemKind;

type Hash = [u8; 32];

/// What of a row matters to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) seq: u64,
    pub(super) prev: Hash,
    pub(super) hash: Hash,
}

/// The first break of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Break {
    pub(super) row: u64,
    pub(super) kind: ProblemKind,
    pub(super) sentence: String,
}

impl Break {
    fn new(row: u64, kind: ProblemKind, sentence: impl Into<String>) -> Self {
        Self { row, kind, sentence: sentence.into() }
    }

    fn changed(row: u64) -> Self {
        Self::new(row, ProblemKind::Changed, "it is not the row that was written")
    }

    fn inserted(row: u64) -> Self {
        Self::new(row, ProblemKind::Inserted, "it was added between rows that follow each other")
    }
}

/// A row with a number that is too high stands where `row` should: what that means, the rest of
/// the segment tells.
#[derive(Clone, Copy, Debug)]
struct Gap {
    row: u64,
    prev: Hash,
    found: u64,
    /// The row that should be here comes later.
    comes_later: bool,
    /// The number that was found comes again.
    comes_again: bool,
}

/// A chain that is read row by row.
#[derive(Debug)]
pub(super) struct Chain {
    /// The number and hash of the last row that is good.
    last: (u64, Hash),
    /// Rows that are not judged yet; `None` for one that is no row, or whose hash does not fit.
    waiting: VecDeque<Option<Link>>,
    /// The last row as others name it: what follows the end.
    end: Option<(u64, Hash)>,
    gap: Option<Gap>,
    broken: Option<Break>,
}

impl Chain {
    /// A chain whose last synced row is said to be this.
    pub(super) fn new(end: Option<(u64, Hash)>) -> Self {
        let waiting = VecDeque::with_capacity(3);
        Self { last: (0, [0; 32]), waiting, end, gap: None, broken: None }
    }

    /// The next row; `None` for a line that is no row, or whose hash does not fit. Answers with a
    /// row that was just found good.
    pub(super) fn push(&mut self, link: Option<Link>) -> Option<(u64, Hash)> {
        self.waiting.push_back(link);
        if self.waiting.len() > 2 { self.judge() } else { None }
    }

    /// The end of the segment: what is left to judge, one at a time.
    pub(super) fn next_at_end(&mut self) -> Option<(u64, Hash)> {
        while !self.waiting.is_empty() {
            if let Some(good) = self.judge() {
                return Some(good);
            }
        }
        None
    }

    /// The last good row, and the first break.
    pub(super) fn finish(self) -> ((u64, Hash), Option<Break>) {
        let broken = self.broken.or_else(|| self.gap.map(resolve));
        (self.last, broken)
    }

    /// True once a row was found that is not as it was written.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some() || self.gap.is_some()
    }

    fn judge(&mut self) -> Option<(u64, Hash)> {
        let link = self.waiting.pop_front()?;
        if let Some(gap) = &mut self.gap {
            if let Some(link) = link {
                gap.comes_later |= link.seq == gap.row && link.prev == gap.prev;
                gap.comes_again |= link.seq == gap.found;
            }
            return None;
        }
        if self.broken.is_some() {
            return None;
        }
        let (row, prev) = (self.last.0 + 1, self.last.1);
        let next = self.waiting.front().copied().flatten();
        let follows = |link: Link| link.seq == row && link.prev == prev;
        let Some(link) = link else {
            // Before the row that should be here, it was added; in its place, it is that row.
            let added = next.is_some_and(follows);
            self.broken = Some(if added { Break::inserted(row) } else { Break::changed(row) });
            return None;
        };
        if link.seq > row {
            let gap = Gap { row, prev, found: link.seq, comes_later: false, comes_again: false };
            self.gap = Some(gap);
            return None;
        }
        self.broken = if link.seq < row {
            Some(Break::inserted(row))
        } else if link.prev != prev {
            Some(Break::changed(row))
        } else {
            self.contradicted(link, next)
        };
        if self.broken.is_some() {
            return None;
        }
        self.last = (row, link.hash);
        Some(self.last)
    }

    /// A row that follows the one before, but that the next one contradicts.
    fn contradicted(&self, link: Link, next: Option<Link>) -> Option<Break> {
        let (row, next) = (link.seq, next?);
        if next.seq == row && next.prev == link.prev {
            // Two for one place: the one that the rest goes on from was there.
            let first_was_added = next.hash != link.hash && self.goes_on_from(next);
            return Some(Break::inserted(if first_was_added { row } else { row + 1 }));
        }
        let replaced = next.seq == row + 1 && next.prev != link.hash && self.goes_on_from(next);
        replaced.then(|| Break::changed(row))
    }

    /// True where what comes after the next row goes on from it.
    fn goes_on_from(&self, next: Link) -> bool {
        match self.waiting.get(1) {
            Some(after) => after.is_some_and(|after| after.prev == next.hash),
            None => self.end == Some((next.seq, next.hash)),
        }
    }
}

fn resolve(gap: Gap) -> Break {
    let Gap { row, found, .. } = gap;
    if gap.comes_again {
        return Break::inserted(row);
    }
    if gap.comes_later {
        return Break::new(row, ProblemKind::Reordered, "it stands further down, out of its order");
    }
    let sentence = if found == row + 1 {
        "it is missing".to_owned()
    } else {
        format!("the rows up to {} are missing", found - 1)
    };
    Break::new(row, ProblemKind::Removed, sentence)
}

//! One segment, from its first row to its last, in constant memory.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use crate::{
    Checkpoint, PublicKey,
    canonical::sha256,
    entry::{Entry, next_line},
    files,
    head::{self, Found, Head},
    name::SegmentName,
    row::hex,
};

use super::{
    chain::{Break, Chain, Link},
    claims::{Claim, Claims},
    report::{End, Problem, ProblemKind, SegmentReport},
};

/// What was found in a segment.
pub(super) struct Scanned {
    pub(super) report: SegmentReport,
    pub(super) problems: Vec<Problem>,
    /// The number and hash of the last good row.
    pub(super) last: (u64, [u8; 32]),
    /// Length and SHA-256 of a line that was not written to its end.
    pub(super) torn: Option<(u64, String)>,
    /// The chain is broken: what depends on the number of rows need not be said too.
    pub(super) broken: bool,
}

struct Scan<'a> {
    name: &'a SegmentName,
    claims: Vec<Claim>,
    chain: Chain,
    key: PublicKey,
    found: Scanned,
    /// What is wrong with the first row, where it is one.
    wrong_start: Option<(ProblemKind, String)>,
    /// The last row of all.
    ends_at: Option<u64>,
}

/// Reads a segment. `None` where it is gone meanwhile.
pub(super) fn scan(
    folder: &Path,
    name: &SegmentName,
    expected: &PublicKey,
    claims: &mut Claims,
) -> io::Result<Option<Scanned>> {
    let path = folder.join(name.as_str());
    let live = match files::is_held(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        live => live?,
    };
    let mut input = BufReader::new(File::open(&path)?);
    let mut next = next_line(&mut input)?;
    let first = next.as_ref().and_then(|line| Entry::parse(name.as_str(), &line.bytes));
    let said = first.as_ref().and_then(|row| PublicKey::parse(row.text("public_key")?));
    let key = said.unwrap_or(*expected);
    // Before the rows: a living process adds rows, and moves its head after them.
    let head = head::read(folder, name, expected)?;
    let mut scan = Scan::new(name, key, claims.of(name.as_str()), &head);
    if live {
        scan.found.report.end = End::Live;
    }
    scan.first(first.as_ref(), said, expected);
    while let Some(line) = next {
        scan.line(&line.bytes, line.whole, claims);
        next = next_line(&mut input)?;
    }
    Ok(Some(scan.finish(&head, live)))
}

impl<'a> Scan<'a> {
    fn new(name: &'a SegmentName, key: PublicKey, mut claims: Vec<Claim>, head: &Found) -> Self {
        let ended = head.head().and_then(Head::end);
        let ends_at = ended.as_ref().map(|tip| tip.seq);
        let synced = head.head().map(|head| head.tip.clone());
        let mut end = None;
        for tip in synced.into_iter().chain(ended) {
            if let Some(hash) = tip.bytes() {
                end = Some((tip.seq, hash));
                claims.push(Claim { seq: tip.seq, hash, by: "its head file".to_owned() });
            }
        }
        claims.sort_by_key(|claim| claim.seq);
        let report = SegmentReport {
            segment: name.to_string(),
            rows: 0,
            first: None,
            last: None,
            checkpoints: 0,
            end: End::Crashed,
        };
        let found =
            Scanned { report, problems: Vec::new(), last: (0, [0; 32]), torn: None, broken: false };
        Self { name, claims, chain: Chain::new(end), key, found, wrong_start: None, ends_at }
    }

    fn problem(&mut self, row: u64, kind: ProblemKind, sentence: impl Into<String>) {
        let (segment, sentence) = (self.name.to_string(), sentence.into());
        self.found.problems.push(Problem { segment, row, kind, sentence });
    }

    /// The first row says which segment this is, and who signs it.
    fn first(&mut self, row: Option<&Entry>, said: Option<PublicKey>, expected: &PublicKey) {
        // That it is no row at all, the chain finds.
        let Some(row) = row.filter(|row| row.hash() == Some(row.real_hash())) else { return };
        if row.kind() != "segment" || row.text("segment") != Some(self.name.as_str()) {
            let sentence = "it is not the first row of this segment".to_owned();
            self.wrong_start = Some((ProblemKind::Changed, sentence));
        } else if said != Some(*expected) {
            let other = said.map_or("no key".to_owned(), |key| format!("the key {}", key.to_hex()));
            let sentence = format!("the segment names {other}, not the expected one");
            self.wrong_start = Some((ProblemKind::KeyChanged, sentence));
        }
    }

    fn line(&mut self, bytes: &[u8], whole: bool, claims: &mut Claims) {
        if !whole {
            self.found.torn = Some((bytes.len() as u64, hex(&sha256(bytes))));
            return;
        }
        let row = Entry::parse(self.name.as_str(), bytes);
        let report = &mut self.found.report;
        report.rows += 1;
        if let Some(time) = row.as_ref().and_then(|row| row.text("time")) {
            report.first.get_or_insert_with(|| time.to_owned());
            report.last = Some(time.to_owned());
        }
        let link = row.as_ref().and_then(|row| link(row, bytes));
        if let (Some(row), Some(link)) = (&row, link)
            && !self.chain.is_broken()
        {
            self.content(row, link, claims);
        }
        if let Some(good) = self.chain.push(link) {
            self.good(good);
        }
    }

    /// What a row says that the trail itself wrote.
    fn content(&mut self, row: &Entry, link: Link, claims: &mut Claims) {
        match row.kind() {
            "checkpoint" => {
                let (signed, signature) = (row.row.get("checkpoint"), row.row.get("signature"));
                let checkpoint = signed
                    .zip(signature)
                    .and_then(|(signed, signature)| Checkpoint::of(signed, signature, &self.key));
                let fits = checkpoint.is_some_and(|Checkpoint { tip, .. }| {
                    tip.segment == self.name.as_str()
                        && tip.seq + 1 == link.seq
                        && tip.bytes() == Some(link.prev)
                });
                if fits {
                    self.found.report.checkpoints += 1;
                } else {
                    let sentence = "its signature is not the key's, or is for other rows";
                    self.problem(link.seq, ProblemKind::BadSignature, sentence);
                }
            }
            "closed" => {
                self.ends_at.get_or_insert(link.seq);
                if self.found.report.end != End::Live {
                    self.found.report.end = End::Closed;
                }
            }
            _ => claims.follow(row),
        }
    }

    /// A row that fits the chain must also be the one that others name.
    fn good(&mut self, (seq, hash): (u64, [u8; 32])) {
        let other = self.claims.iter().find(|claim| claim.seq == seq && claim.hash != hash);
        if let Some(by) = other.map(|claim| claim.by.clone())
            && !self.found.broken
        {
            self.found.broken = true;
            let sentence =
                format!("it is not the row that {by} names: this or earlier ones were rewritten");
            self.problem(seq, ProblemKind::Changed, sentence);
        }
    }

    fn finish(mut self, head: &Found, live: bool) -> Scanned {
        while let Some(good) = self.chain.next_at_end() {
            self.good(good);
        }
        let chain = std::mem::replace(&mut self.chain, Chain::new(None));
        let (last, mut broken) = chain.finish();
        self.found.last = last;
        let after = self.ends_at.map(|last| last + 1);
        if after.is_some_and(|after| self.found.report.rows >= after)
            && broken.as_ref().is_none_or(|broken| Some(broken.row) >= after)
        {
            let row = after.unwrap_or_default();
            let sentence = "it was added after the last row".to_owned();
            broken = Some(Break { row, kind: ProblemKind::Inserted, sentence });
        }
        if let Some((kind, sentence)) = self.wrong_start.take()
            && broken.as_ref().is_none_or(|broken| broken.row > 1)
        {
            self.problem(1, kind, sentence);
        }
        if let Some(broken) = broken
            && !self.found.broken
        {
            self.found.broken = true;
            self.problem(broken.row, broken.kind, broken.sentence);
        }
        self.missing(last.0);
        if live {
            // Its last line is being written.
            self.found.torn = None;
        }
        let (kind, sentence) = match head {
            Found::Good(_) | Found::Foreign(_) => return self.found,
            Found::Missing => {
                (ProblemKind::MissingHead, "the head file is missing: rows after it may be missing")
            }
            Found::Unreadable => (
                ProblemKind::MissingHead,
                "the head file cannot be read: rows after it may be missing",
            ),
            Found::BadSignature => {
                (ProblemKind::BadSignature, "the head file's signature is not the key's")
            }
        };
        self.problem(last.0.max(1), kind, sentence);
        self.found
    }

    /// Rows that others name must be there.
    fn missing(&mut self, last: u64) {
        let Some(Claim { seq, by, .. }) = self.claims.last().cloned() else { return };
        if seq > last && !self.found.broken {
            self.found.broken = true;
            let sentence = format!("it is missing at the end: {by} names row {seq}");
            self.problem(last + 1, ProblemKind::Truncated, sentence);
        }
    }
}

/// What of a row matters to the chain, where its hash fits and the line says just what it holds.
fn link(row: &Entry, line: &[u8]) -> Option<Link> {
    let (seq, prev, hash) = (row.seq()?, row.prev()?, row.hash()?);
    (hash == row.real_hash() && row.is_written_as(line)).then_some(Link { seq, prev, hash })
}

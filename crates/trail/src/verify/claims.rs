//! What is said of a segment elsewhere: in its head file, in other segments, in checkpoints that
//! were sent away.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use serde_json::Value;

use crate::{
    Checkpoint,
    entry::{Entry, first_row},
    head::Tip,
    name::SegmentName,
};

/// Somebody says that a segment has this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) seq: u64,
    pub(super) hash: [u8; 32],
    /// Who says so, in words.
    pub(super) by: String,
}

/// All that is said of segments.
#[derive(Debug, Default)]
pub(super) struct Claims {
    of: BTreeMap<String, Vec<Claim>>,
    /// What rows say of segments that crashed.
    pub(super) recovered: BTreeMap<String, Vec<Remains>>,
    /// What rows say of segments that were deleted for their age.
    pub(super) retired: BTreeMap<String, Option<Tip>>,
    /// Segments that must be there because they have a head file.
    heads: BTreeSet<String>,
}

/// What a row says of a segment that crashed.
#[derive(Clone, Debug)]
pub(super) struct Remains {
    pub(super) last: Option<Tip>,
    /// Length and SHA-256 of the torn line.
    pub(super) torn: Option<(u64, String)>,
    /// What was wrong with the head file then.
    pub(super) head: Option<String>,
}

impl Claims {
    pub(super) fn add(&mut self, tip: &Tip, by: impl Into<String>) {
        if let Some(hash) = tip.bytes() {
            let claim = Claim { seq: tip.seq, hash, by: by.into() };
            self.of.entry(tip.segment.clone()).or_default().push(claim);
        }
    }

    /// What the first rows of all segments say, as far as they are as they were written.
    pub(super) fn collect(
        folder: &Path,
        names: &[SegmentName],
        elsewhere: &[Checkpoint],
    ) -> io::Result<Self> {
        let mut claims = Self::default();
        for checkpoint in elsewhere {
            claims.add(&checkpoint.tip, "a checkpoint that was sent away");
        }
        for name in names {
            let Some(first) = first_row(&folder.join(name.as_str()), name.as_str())? else {
                continue;
            };
            if first.kind() != "segment" || first.hash() != Some(first.real_hash()) {
                continue;
            }
            for head in first.row.get("heads").and_then(Value::as_array).into_iter().flatten() {
                if let Ok(tip) = serde_json::from_value::<Tip>(head.clone()) {
                    claims.add(&tip, format!("segment {name}"));
                }
            }
        }
        for entry in std::fs::read_dir(folder)? {
            let file = entry?.file_name();
            let segment = file.to_str().and_then(|file| file.strip_suffix(".head"));
            if let Some(name) = segment.and_then(SegmentName::parse) {
                claims.heads.insert(name.to_string());
            }
        }
        Ok(claims)
    }

    /// What a row says of other segments.
    pub(super) fn follow(&mut self, row: &Entry) {
        let Some(segment) = row.text("segment") else { return };
        let last = || serde_json::from_value::<Tip>(row.row.get("last")?.clone()).ok();
        match row.kind() {
            "recovered" => {
                let torn = row.row.get("torn").and_then(|torn| {
                    let sha256 = torn.get("sha256")?.as_str()?.to_owned();
                    Some((torn.get("bytes")?.as_u64()?, sha256))
                });
                let head = row.text("head").map(str::to_owned);
                let remains = Remains { last: last(), torn, head };
                self.recovered.entry(segment.to_owned()).or_default().push(remains);
            }
            "retired" => {
                self.retired.insert(segment.to_owned(), last());
            }
            _ => {}
        }
    }

    /// What is said of a segment, by row.
    pub(super) fn of(&self, name: &str) -> Vec<Claim> {
        let mut claims = self.of.get(name).cloned().unwrap_or_default();
        claims.sort_by_key(|claim| claim.seq);
        claims
    }

    /// Every segment that something is said of.
    pub(super) fn segments(&self) -> BTreeSet<&String> {
        self.of.keys().chain(self.recovered.keys()).chain(&self.heads).collect()
    }
}

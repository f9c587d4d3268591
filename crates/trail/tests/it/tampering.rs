//! Whatever is done to a trail: verification finds it, and names the first row.

use std::{
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use okta_trail::{ProblemKind, Recorder as _, canonical, hex};
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};

use crate::support::{World, call, intent, name, outcome, row, write};

/// Segments of all kinds: closed, rotated, crashed and looked after, alive.
fn trail(plan: &[(u8, u8)]) -> (World, okta_trail::Trail) {
    let mut world = World::new();
    world.settings.checkpoint_rows = 5;
    world.settings.rotate_bytes = 6000;
    for (calls, end) in plan {
        let trail = world.trail();
        for number in 0..=*calls {
            let args = json!({ "args": { "name": "x\u{202e}\u{200b}é", "n": number } });
            match number % 3 {
                0 => write(&trail),
                1 => drop(trail.record(row("tools_served", args), false).unwrap()),
                _ => {
                    let id = call(&trail, "delete_group");
                    intent(&trail, &id);
                    outcome(&trail, &id, "unknown");
                }
            }
        }
        if end % 3 == 0 {
            world = world.after_crash();
        }
    }
    let live = world.trail();
    write(&live);
    world.assert_whole();
    (world, live)
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap().lines().map(str::to_owned).collect()
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn put(path: &Path, lines: &[String]) {
    fs::write(path, text(lines)).unwrap();
}

fn parsed(line: &str) -> Map<String, Value> {
    serde_json::from_str(line).unwrap()
}

/// The row with a hash that fits.
fn hashed(mut row: Map<String, Value>) -> String {
    row.shift_remove("hash");
    let digest = aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        &canonical(&Value::Object(row.clone())),
    );
    row.insert("hash".to_owned(), hex(digest.as_ref()).into());
    okta_trail::to_text(&Value::Object(row))
}

/// What is done to a segment.
#[derive(Clone, Debug)]
enum Harm {
    /// A byte is another one.
    Byte(Index, Index, u8),
    /// A member is another one, and the hash fits.
    Member(Index),
    /// A member is another one, and the hash of it and of all rows after it fits.
    Rewrite(Index),
    /// Rows are gone.
    Remove(Index, Index),
    /// A row stands elsewhere.
    Move(Index, Index),
    /// A copy of a row stands elsewhere.
    Copy(Index, Index),
    /// A new row whose number and hashes fit.
    Forge(Index),
    /// A line that is no row.
    Garbage(Index),
    /// The end is gone, at a line.
    Cut(Index),
    /// The end is gone, in a line.
    Tear(Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<Index>;
    prop_oneof![
        (at(), at(), 1..=255_u8).prop_map(|(row, byte, by)| Harm::Byte(row, byte, by)),
        at().prop_map(Harm::Member),
        at().prop_map(Harm::Rewrite),
        (at(), at()).prop_map(|(from, to)| Harm::Remove(from, to)),
        (at(), at()).prop_map(|(from, to)| Harm::Move(from, to)),
        (at(), at()).prop_map(|(from, to)| Harm::Copy(from, to)),
        at().prop_map(Harm::Forge),
        at().prop_map(Harm::Garbage),
        at().prop_map(Harm::Cut),
        at().prop_map(Harm::Tear),
    ]
}

/// The kinds that may be found, and which row may be the first that is named, from 1.
type Expected = (Vec<ProblemKind>, RangeInclusive<u64>);

fn expected(kind: ProblemKind, at: usize) -> Expected {
    (vec![kind], at as u64 + 1..=at as u64 + 1)
}

/// Does it. `None` where nothing was changed after all.
fn harmed(path: &Path, harm: &Harm) -> Option<Expected> {
    match harm {
        Harm::Byte(row, byte, by) => another_byte(path, *row, *byte, *by),
        Harm::Member(row) => {
            let mut all = lines(path);
            let at = row.index(all.len());
            all[at] = another_member(&all[at]);
            put(path, &all);
            Some(expected(ProblemKind::Changed, at))
        }
        Harm::Rewrite(row) => Some(rewritten(path, *row)),
        Harm::Remove(..) | Harm::Move(..) | Harm::Copy(..) => out_of_order(path, harm),
        Harm::Forge(row) => {
            let mut all = lines(path);
            let at = row.index(all.len() + 1);
            let prev = match at {
                0 => json!("0".repeat(64)),
                _ => parsed(&all[at - 1])["hash"].clone(),
            };
            let row = json!({ "seq": at + 1, "kind": "outcome", "prev": prev });
            all.insert(at, hashed(row.as_object().unwrap().clone()));
            put(path, &all);
            Some(expected(ProblemKind::Inserted, at))
        }
        Harm::Garbage(row) => {
            let mut all = lines(path);
            let at = row.index(all.len() + 1);
            all.insert(at, "garbage".to_owned());
            put(path, &all);
            Some(expected(ProblemKind::Inserted, at))
        }
        Harm::Cut(row) | Harm::Tear(row) => {
            let all = lines(path);
            let at = row.index(all.len());
            let mut left = text(&all[..at]);
            if matches!(harm, Harm::Tear(_)) {
                left.push_str(all[at].get(..all[at].len() / 2).unwrap_or("x"));
            }
            fs::write(path, left).unwrap();
            Some(expected(ProblemKind::Truncated, at))
        }
    }
}

fn another_byte(path: &Path, row: Index, byte: Index, by: u8) -> Option<Expected> {
    let all = lines(path);
    let at = row.index(all.len());
    let mut line = all[at].clone().into_bytes();
    let place = byte.index(line.len());
    line[place] ^= by;
    // The same row, escaped otherwise.
    let same = |bytes: &[u8]| serde_json::from_slice::<Map<String, Value>>(bytes).ok();
    if line[place] == b'\n' || same(&line) == same(all[at].as_bytes()) {
        return None;
    }
    let [before, after] = [text(&all[..at]), format!("\n{}", text(&all[at + 1..]))];
    fs::write(path, [before.as_bytes(), &line, after.as_bytes()].concat()).unwrap();
    Some(expected(ProblemKind::Changed, at))
}

fn another_member(line: &str) -> String {
    let mut row = parsed(line);
    row.insert("event_id".to_owned(), "x".into());
    hashed(row)
}

fn rewritten(path: &Path, row: Index) -> Expected {
    let mut all = lines(path);
    let at = row.index(all.len());
    all[at] = another_member(&all[at]);
    for after in at + 1..all.len() {
        let mut row = parsed(&all[after]);
        row.insert("prev".to_owned(), parsed(&all[after - 1])["hash"].clone());
        all[after] = hashed(row);
    }
    put(path, &all);
    // Who rewrites cannot sign: the next signature tells, but not which row it was.
    let kinds = vec![ProblemKind::Changed, ProblemKind::BadSignature];
    (kinds, at as u64 + 1..=all.len() as u64)
}

fn out_of_order(path: &Path, harm: &Harm) -> Option<Expected> {
    let mut all = lines(path);
    let count = all.len();
    let found = match harm {
        Harm::Remove(from, to) => {
            let from = from.index(count - 1);
            let to = from + 1 + to.index(count - 1 - from);
            all.drain(from..to);
            expected(ProblemKind::Removed, from)
        }
        Harm::Move(from, to) => {
            let (from, to) = (from.index(count), to.index(count));
            if from == to {
                return None;
            }
            let line = all.remove(from);
            all.insert(to, line);
            expected(ProblemKind::Reordered, from.min(to))
        }
        Harm::Copy(from, to) => {
            let (from, to) = (from.index(count), to.index(count + 1));
            all.insert(to, all[from].clone());
            // Of two alike the second is one too many.
            expected(ProblemKind::Inserted, if from == to { to + 1 } else { to })
        }
        _ => return None,
    };
    put(path, &all);
    Some(found)
}

fn pick(segments: &[PathBuf], which: Index) -> PathBuf {
    // Not the one that lives: its process notices itself.
    segments[which.index(segments.len() - 1)].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn harm_is_found_and_its_first_row_named(
        plan in prop::collection::vec((0..12_u8, 0..3_u8), 1..4), which: Index, harm in harm(),
    ) {
        let (world, _live) = trail(&plan);
        let path = pick(&world.segments(), which);
        let Some((kinds, row)) = harmed(&path, &harm) else { return Ok(()) };
        let report = world.verify();
        let found: Vec<_> = report.problems.iter().filter(|p| p.segment == name(&path)).collect();
        let first = found.first();
        prop_assert!(
            first.is_some_and(|first| row.contains(&first.row) && kinds.contains(&first.kind)),
            "{harm:?} of row {row:?}: {report:#?}"
        );
    }

    #[test]
    fn what_is_signed_cannot_be_signed_by_others(which: Index, byte: Index, by in 1..=255_u8) {
        let (world, _live) = trail(&[(4, 0), (3, 1)]);
        let path = pick(&world.segments(), which).with_extension("jsonl.head");
        let mut bytes = fs::read(&path).unwrap();
        let place = byte.index(bytes.len() - 1);
        bytes[place] ^= by;
        let same = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).ok();
        prop_assume!(same(&bytes) != same(&fs::read(&path).unwrap()));
        fs::write(&path, bytes).unwrap();
        let report = world.verify();
        prop_assert!(report.problems.iter().any(|problem| {
            matches!(problem.kind, ProblemKind::BadSignature | ProblemKind::MissingHead)
        }), "{report:#?}");
    }
}

#[test]
fn a_checkpoint_with_another_signature_is_named() {
    let (world, _live) = trail(&[(8, 1)]);
    let path = &world.segments()[0];
    let mut all = lines(path);
    let at = all.iter().position(|line| parsed(line)["kind"] == "checkpoint").unwrap();
    let mut row = parsed(&all[at]);
    row.insert("signature".to_owned(), "00".repeat(64).into());
    all[at] = hashed(row);
    put(path, &all);
    let report = world.verify();
    let found = report.problems.iter().find(|problem| problem.kind == ProblemKind::BadSignature);
    assert_eq!(found.unwrap().row, at as u64 + 1, "{report:#?}");
}

#[test]
fn a_segment_under_another_name_is_none() {
    let (world, _live) = trail(&[(1, 1), (1, 1)]);
    let segments = world.segments();
    fs::copy(&segments[0], &segments[1]).unwrap();
    fs::copy(segments[0].with_extension("jsonl.head"), segments[1].with_extension("jsonl.head"))
        .unwrap();
    let report = world.verify();
    assert!(
        report
            .problems
            .iter()
            .any(|problem| { problem.segment == name(&segments[1]) && problem.row == 1 }),
        "{report:#?}"
    );
}

#[test]
fn problems_read_well() {
    let (world, _live) = trail(&[(4, 1), (2, 1), (2, 1)]);
    let segments = world.segments();
    put(&segments[0], &lines(&segments[0])[..5]);
    let mut all = lines(&segments[1]);
    all.swap(2, 3);
    put(&segments[1], &all);
    fs::remove_file(&segments[2]).unwrap();
    let shown: Vec<String> = world.verify().problems.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

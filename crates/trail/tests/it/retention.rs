//! Old segments go, and the trail says which.

use okta_trail::{ProblemKind, hex};
use serde_json::json;

use crate::support::{World, call, intent, name, rows, write};

#[test]
fn an_old_segment_leaves_a_row() {
    let world = World::new();
    write(&world.trail());
    let old = world.segments()[0].clone();
    let content = std::fs::read(&old).unwrap();
    let last = rows(&old).pop().unwrap();
    world.wait(399);
    write(&world.trail());
    assert!(old.exists());
    world.wait(2);
    write(&world.trail());
    assert!(!old.exists() && !old.with_extension("jsonl.head").exists());
    let retired: Vec<_> = world
        .segments()
        .iter()
        .flat_map(|path| rows(path))
        .filter(|row| row["kind"] == "retired")
        .collect();
    let [row] = &retired[..] else { panic!("{retired:?}") };
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &content);
    assert_eq!(row["segment"], name(&old));
    assert_eq!((&row["rows"], &row["bytes"]), (&json!(6), &json!(content.len())));
    assert_eq!(row["sha256"], hex(sha256.as_ref()));
    assert_eq!(row["last"]["hash"], last["hash"]);
    assert_eq!(world.assert_whole().retired, 1);
}

#[test]
fn nothing_goes_where_all_is_kept() {
    let mut world = World::new();
    world.settings.retention_days = 0;
    write(&world.trail());
    world.wait(10_000);
    write(&world.trail());
    assert_eq!(world.segments().len(), 2);
}

#[test]
fn one_that_lives_keeps_those_that_it_names() {
    let world = World::new();
    write(&world.trail());
    let long = world.trail();
    write(&long);
    // Begun in the time of the one that lives.
    world.wait(10);
    write(&world.trail());
    world.wait(395);
    write(&world.trail());
    // The first ended before that one began; the third did not.
    assert_eq!(world.segments().len(), 3);
    drop(long);
    world.wait(401);
    write(&world.trail());
    assert_eq!(world.segments().len(), 1);
    assert_eq!(world.assert_whole().retired, 3);
}

#[test]
fn a_crashed_one_is_looked_after_first() {
    let world = World::new();
    let trail = world.trail();
    let id = call(&trail, "create_group");
    intent(&trail, &id);
    let world = world.after_crash();
    world.wait(500);
    write(&world.trail());
    let left = world.segments();
    assert_eq!(left.len(), 1);
    let kinds = crate::support::kinds(&left[0]);
    assert_eq!(kinds[..4], ["segment", "outcome", "recovered", "retired"]);
    world.assert_whole();
}

#[test]
fn one_that_is_deleted_by_hand_is_missed() {
    let world = World::new();
    write(&world.trail());
    write(&world.trail());
    let first = &world.segments()[0];
    std::fs::remove_file(first).unwrap();
    let report = world.verify();
    let [problem] = &report.problems[..] else { panic!("{report:?}") };
    assert_eq!(
        (problem.kind, problem.segment.as_str()),
        (ProblemKind::MissingSegment, name(first))
    );
    std::fs::remove_file(first.with_extension("jsonl.head")).unwrap();
    assert_eq!(world.verify().problems.len(), 1);
}

//! What a crash leaves behind, and what the next process makes of it.

use std::{io::Write as _, sync::Barrier};

use okta_trail::{End, ProblemKind, hex};
use serde_json::{Value, json};

use crate::support::{World, call, intent, name, outcome, row, rows, write};

/// Rows of one kind in all segments.
fn of_kind(world: &World, kind: &str) -> Vec<serde_json::Map<String, Value>> {
    let all = world.segments().into_iter().flat_map(|path| rows(&path));
    all.filter(|row| row["kind"] == kind).collect()
}

#[test]
fn calls_without_an_outcome_get_one() {
    use okta_trail::Recorder as _;
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    let read = call(&trail, "get_user");
    let asked = call(&trail, "delete_group");
    trail.record(row("asked", json!({ "call": asked })), false).unwrap();
    let first = call(&trail, "update_group");
    let sent = intent(&trail, &first);
    let second = call(&trail, "create_user");
    intent(&trail, &second);
    outcome(&trail, &second, "conflict");
    let world = world.after_crash();
    assert_eq!(world.assert_whole().segments[0].end, End::Crashed);

    let next = world.trail();
    write(&next);
    let dead = name(&world.segments()[0]).to_owned();
    let completed: Vec<_> = of_kind(&world, "outcome")
        .into_iter()
        .filter(|row| row.contains_key("recovered"))
        .collect();
    assert_eq!(completed.len(), 2, "{completed:?}");
    let [interrupted, unknown] = &completed[..] else { panic!() };
    assert_eq!(
        (&interrupted["call"], &interrupted["outcome"]),
        (&json!(read), &json!("interrupted"))
    );
    assert_eq!((&unknown["call"], &unknown["outcome"]), (&json!(first), &json!("unknown")));
    assert_eq!((&unknown["segment"], &unknown["intent"]), (&json!(dead), &json!(sent.call_id())));
    let recovered = of_kind(&world, "recovered");
    assert_eq!(recovered.len(), 1);
    assert_eq!(recovered[0]["last"]["seq"], 12);
    assert_eq!(recovered[0]["outcomes"], 2);
    assert!(!recovered[0].contains_key("torn"));
    assert_eq!(world.assert_whole().segments[0].end, End::Recovered);
    drop(next);
    // Once is enough.
    write(&world.trail());
    assert_eq!(of_kind(&world, "recovered").len(), 1);
    world.assert_whole();
}

#[test]
fn a_line_that_was_not_written_to_its_end_is_named() {
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    let world = world.after_crash();
    let path = world.segments()[0].clone();
    let torn = b"{\"seq\":6,\"kind\":\"ca";
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
    let report = world.verify();
    let [problem] = &report.problems[..] else { panic!("{report:?}") };
    assert_eq!((problem.kind, problem.row), (ProblemKind::Truncated, 5));

    write(&world.trail());
    let recovered = of_kind(&world, "recovered");
    let sha256 = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, torn);
    assert_eq!(
        recovered[0]["torn"],
        json!({ "bytes": torn.len(), "sha256": hex(sha256.as_ref()) })
    );
    world.assert_whole();
    // Another torn line than the one that was found.
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"x").unwrap();
    assert_eq!(world.verify().problems[0].kind, ProblemKind::Truncated);
}

#[test]
fn of_many_that_start_at_once_one_looks_after_the_dead() {
    let world = World::new();
    let trails = [world.trail(), world.trail(), world.trail()];
    for trail in &trails {
        let id = call(trail, "create_group");
        intent(trail, &id);
    }
    let world = world.after_crash();
    let all = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let trail = world.trail();
                all.wait();
                write(&trail);
            });
        }
    });
    assert_eq!(world.segments().len(), 11);
    assert_eq!(of_kind(&world, "recovered").len(), 3);
    let unknown = of_kind(&world, "outcome");
    assert_eq!(unknown.iter().filter(|row| row["outcome"] == "unknown").count(), 3);
    world.assert_whole();
}

#[test]
fn a_live_process_is_left_alone() {
    let world = World::new();
    let one = world.trail();
    let id = call(&one, "create_group");
    intent(&one, &id);
    write(&world.trail());
    assert!(of_kind(&world, "recovered").is_empty());
    outcome(&one, &id, "success");
    world.assert_whole();
}

#[test]
fn what_was_cut_off_before_is_still_missed() {
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    write(&trail);
    let world = world.after_crash();
    let path = world.segments()[0].clone();
    let text = std::fs::read_to_string(&path).unwrap();
    let kept: String = text.split_inclusive('\n').take(4).collect();
    std::fs::write(&path, kept).unwrap();
    for _ in 0..2 {
        let report = world.verify();
        let [problem] = &report.problems[..] else { panic!("{report:?}") };
        assert_eq!((problem.kind, problem.row), (ProblemKind::Truncated, 5));
        write(&world.trail());
    }
    assert_eq!(of_kind(&world, "recovered").len(), 1);
}

#[test]
fn a_head_that_is_gone_is_told() {
    for content in [None, Some("")] {
        let world = World::new();
        let trail = world.trail();
        write(&trail);
        let world = world.after_crash();
        let head = world.segments()[0].with_extension("jsonl.head");
        match content {
            None => std::fs::remove_file(head).unwrap(),
            Some(content) => std::fs::write(head, content).unwrap(),
        }
        for _ in 0..2 {
            let report = world.verify();
            let [problem] = &report.problems[..] else { panic!("{report:?}") };
            assert_eq!((problem.kind, problem.row), (ProblemKind::MissingHead, 4));
            write(&world.trail());
        }
    }
}

#[test]
fn an_empty_segment_is_one_without_rows() {
    let world = World::new();
    let trail = world.trail();
    call(&trail, "get_user");
    let world = world.after_crash();
    // A power cut before anything was synced but the folder.
    std::fs::write(&world.segments()[0], "").unwrap();
    write(&world.trail());
    let recovered = of_kind(&world, "recovered");
    assert_eq!((&recovered[0]["rows"], recovered[0].get("last")), (&json!(0), None));
    let report = world.verify();
    // The head had the first row.
    assert_eq!((report.problems[0].kind, report.problems[0].row), (ProblemKind::Truncated, 1));
}

#[test]
fn files_of_others_do_no_harm() {
    let world = World::new();
    std::fs::create_dir_all(world.folder()).unwrap();
    std::fs::write(world.folder().join("notes.txt"), "x").unwrap();
    std::fs::write(world.folder().join("20250101T000000.000000Z-old.jsonl"), "{\"seq\":1}\n")
        .unwrap();
    write(&world.trail());
    write(&world.trail());
    let report = world.verify();
    assert!(report.problems.iter().all(|problem| problem.segment.ends_with("old.jsonl")));
    assert_eq!(report.problems[0].row, 1);
}

//! One segment after the other, as a process writes them.

use okta_trail::{Recorder as _, TrailError, canonical, hex};
use serde_json::{Value, json};

use crate::support::{World, call, intent, kinds, name, row, rows, write};

fn sha256(bytes: &[u8]) -> String {
    hex(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref())
}

#[test]
fn each_row_names_the_one_before() {
    let world = World::new();
    let trail = world.trail();
    let recorded =
        trail.record(row("call", json!({ "tool": "get_user", "n": 1.50 })), false).unwrap();
    write(&trail);
    let path = &world.segments()[0];
    let all = rows(path);
    assert_eq!(kinds(path), ["segment", "call", "call", "intent", "outcome"]);
    let mut before = "0".repeat(64);
    for (number, row) in (1..).zip(&all) {
        assert_eq!(row["seq"], number);
        assert_eq!(row["prev"], before);
        let mut rest = row.clone();
        before = rest.remove("hash").unwrap().as_str().unwrap().to_owned();
        assert_eq!(sha256(&canonical(&Value::Object(rest))), before);
        assert_eq!(&row["event_id"].as_str().unwrap()[14..15], "7");
    }
    assert_eq!(all[0]["segment"], name(path));
    assert_eq!(
        (recorded.seq, hex(&recorded.hash)),
        (2, all[1]["hash"].as_str().unwrap().to_owned())
    );
    assert_eq!(recorded.call_id(), format!("2-{}", &all[1]["hash"].as_str().unwrap()[..16]));
    let first = std::fs::read_to_string(path).unwrap();
    let first = first.replace(env!("CARGO_PKG_VERSION"), "[version]");
    insta::assert_snapshot!(first.lines().next().unwrap());
    world.assert_whole();
}

#[test]
fn nothing_is_touched_before_the_first_row() {
    let world = World::new();
    let trail = world.trail();
    trail.close().unwrap();
    drop(trail);
    assert!(!world.settings.state.exists());
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&world.settings.state), mode(world.folder())), (0o700, 0o700));
    for folder in [world.folder(), &world.settings.state] {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(path.is_dir() || mode(&path) == 0o600, "{}", path.display());
        }
    }
}

#[test]
fn what_belongs_to_the_chain_is_the_chains() {
    let world = World::new();
    let trail = world.trail();
    let members = json!({ "seq": 99, "time": "x", "prev": "x", "hash": "x", "event_id": 1, "a": "x\u{202e}" });
    trail.record(row("call", members), false).unwrap();
    // A name that serde_json reads back as a number.
    let reserved = json!({ "args": { "$serde_json::private::Number": "1" }, "b": [{ "c": null }] });
    trail.record(row("call", reserved), false).unwrap();
    trail.close().unwrap();
    world.assert_whole();
    let text = std::fs::read_to_string(&world.segments()[0]).unwrap();
    assert!(text.contains("\"a\":\"x\\u202e\""), "{text}");
    assert!(text.contains("{\"serde_json::private::Number\":\"1\"}"), "{text}");
}

#[test]
fn a_segment_ends_with_its_process() {
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    assert!(world.assert_whole().segments[0].last.is_some());
    drop(trail);
    let path = &world.segments()[0];
    assert!(kinds(path).ends_with(&["checkpoint".to_owned(), "closed".to_owned()]));
    let report = world.assert_whole();
    assert_eq!(report.segments[0].end, okta_trail::End::Closed);
    assert_eq!((report.rows(), report.checkpoints()), (6, 1));
}

#[test]
fn a_row_after_the_end_begins_another_segment() {
    let world = World::new();
    let trail = world.trail();
    write(&trail);
    trail.close().unwrap();
    trail.close().unwrap();
    assert_eq!(world.segments().len(), 1);
    write(&trail);
    drop(trail);
    let segments = world.segments();
    assert_eq!(segments.len(), 2);
    assert_eq!(rows(&segments[1])[0]["heads"][0]["segment"], name(&segments[0]));
    world.assert_whole();
}

#[test]
fn segments_rotate_by_size_and_by_age() {
    let mut world = World::new();
    world.settings.rotate_bytes = 3000;
    let trail = world.trail();
    for _ in 0..10 {
        write(&trail);
    }
    let many = world.segments().len();
    assert!(many > 3, "{many}");
    world.wait(31);
    write(&trail);
    assert_eq!(world.segments().len(), many + 1);
    drop(trail);
    let segments = world.segments();
    for (before, after) in segments.iter().zip(&segments[1..]) {
        let last = rows(before).pop().unwrap();
        assert_eq!(last["kind"], "closed");
        let heads = &rows(after)[0]["heads"];
        // The ones before that were named before.
        assert_eq!(heads.as_array().unwrap().len(), 1);
        assert_eq!(heads[0]["segment"], name(before));
        assert_eq!((&heads[0]["seq"], &heads[0]["hash"]), (&last["seq"], &last["hash"]));
    }
    world.assert_whole();
}

#[test]
fn a_segment_names_all_that_may_still_grow() {
    let world = World::new();
    let (one, two) = (world.trail(), world.trail());
    write(&one);
    write(&two);
    drop(two);
    let three = world.trail();
    write(&three);
    let segments = world.segments();
    let heads = rows(&segments[2])[0]["heads"].clone();
    let named: Vec<&str> =
        heads.as_array().unwrap().iter().map(|head| head["segment"].as_str().unwrap()).collect();
    assert_eq!(named, [name(&segments[0]), name(&segments[1])]);
    // The first is alive: who starts later names it again, and the second, for what it may say of
    // the first.
    assert_eq!(rows(&segments[2])[0]["settled_before"], name(&segments[0]));
    drop((one, three));
    let four = world.trail();
    write(&four);
    let first = rows(&world.segments()[3])[0].clone();
    assert_eq!(first["heads"].as_array().unwrap().len(), 3);
    assert_eq!(first["settled_before"], first["segment"]);
    world.assert_whole();
}

#[test]
fn a_file_that_is_gone_stops_it() {
    type Harm = fn(&std::path::Path);
    let harms: [(&str, Harm); 4] = [
        ("removed", |path| std::fs::remove_file(path).unwrap()),
        ("replaced", |path| {
            let content = std::fs::read(path).unwrap();
            std::fs::remove_file(path).unwrap();
            std::fs::write(path, content).unwrap();
        }),
        ("moved", |path| std::fs::rename(path, path.with_extension("old")).unwrap()),
        ("cut", |path| std::fs::write(path, "").unwrap()),
    ];
    for (what, harm) in harms {
        let world = World::new();
        let trail = world.trail();
        let id = call(&trail, "create_group");
        let path = world.segments()[0].clone();
        harm(&path);
        let there = std::fs::read(&path).ok();
        for durable in [true, false] {
            let error = trail.record(row("intent", json!({ "call": id })), durable).unwrap_err();
            assert!(matches!(error, TrailError::Removed { .. }), "{what}: {error}");
            assert!(error.to_string().contains(name(&path)), "{error}");
        }
        assert_eq!(std::fs::read(&path).ok(), there, "{what}");
    }
}

#[test]
fn pseudonyms_are_stable_over_processes() {
    let mut world = World::new();
    world.settings.pseudonymise = true;
    let args = json!({ "args": { "user_id": "ana@acme.example" } });
    for _ in 0..2 {
        let trail = world.trail();
        trail.record(row("call", args.clone()), false).unwrap();
    }
    let shown: Vec<Value> =
        world.segments().iter().map(|path| rows(path)[1]["args"]["user_id"].clone()).collect();
    assert_eq!(shown[0], shown[1]);
    assert!(shown[0].as_str().unwrap().starts_with("p:"));
    world.assert_whole();
}

#[test]
fn a_key_that_is_none_stops_it() {
    let world = World::new();
    std::fs::create_dir_all(&world.settings.state).unwrap();
    std::fs::write(world.settings.state.join("audit-key"), "none").unwrap();
    let error = world.trail().record(row("call", json!({})), false).unwrap_err();
    assert!(error.to_string().contains("audit-key cannot be written: it holds no"), "{error}");
    assert!(!world.folder().exists());
}

#[test]
fn what_is_not_synced_is_not_in_the_head() {
    let world = World::new();
    let trail = world.trail();
    let id = call(&trail, "create_group");
    let head = |world: &World| -> Value {
        let path = &world.segments()[0];
        let text = std::fs::read_to_string(path.with_extension("jsonl.head")).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    assert_eq!(head(&world)["seq"], 1);
    let intent = intent(&trail, &id);
    assert_eq!(head(&world)["seq"], intent.seq);
    assert_eq!(head(&world)["hash"], hex(&intent.hash));
    drop(trail);
    assert_eq!((&head(&world)["seq"], &head(&world)["closed"]), (&json!(5), &json!(true)));
}

//! The evidence pack.

use std::io::{Cursor, Read as _};

use aws_lc_rs::{digest, signature};
use okta_trail::{KeyFile, Recorder as _, SigningKey as _, Window, evidence_pack, hex};
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::support::{World, call, intent, outcome, row};

#[test]
fn it_has_what_an_auditor_asks_for() {
    let world = World::new();
    let trail = world.trail();
    let rules = |version: &str| row("policy", json!({ "policy": version, "rules": [version] }));
    trail.record(rules("v0"), false).unwrap();
    trail.record(rules("v1"), false).unwrap();
    trail.record(rules("v1"), false).unwrap();
    world.wait(2);
    let since = (world.around().clock)();
    trail.record(row("tools_served", json!({ "about": { "sha256": "00" } })), false).unwrap();
    let id = call(&trail, "delete_group");
    trail.record(row("approval.requested", json!({ "call": id, "approval": "a" })), true).unwrap();
    intent(&trail, &id);
    outcome(&trail, &id, "success");
    trail.record(row("confirmed", json!({ "policy": "v1" })), false).unwrap();
    let until = (world.around().clock)();
    call(&trail, "later");

    let key = KeyFile::read(&world.settings.state).unwrap().unwrap();
    let mut archive = Cursor::new(Vec::new());
    let window = Window { folder: world.folder(), since, until };
    let pack = evidence_pack(window, &key, until, &mut archive).unwrap();
    assert_eq!((pack.rows, pack.calls, pack.report.is_whole()), (6, 1, true));

    let mut archive = ZipArchive::new(archive).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    insta::assert_snapshot!(names.join("\n"));
    let mut file = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut content).unwrap();
        content
    };
    let manifest = file("manifest.json");
    let told: Value = serde_json::from_slice(&manifest).unwrap();
    let files = told["files"].as_array().unwrap();
    assert_eq!(files.len(), names.len() - 2);
    for about in files {
        let content = file(about["name"].as_str().unwrap());
        assert_eq!(about["sha256"], hex(digest::digest(&digest::SHA256, &content).as_ref()));
        assert_eq!(about["bytes"], content.len());
    }
    // As the README says.
    let signed = [b"okta-mcp audit manifest v1\n", &manifest[..]].concat();
    let public = unhex(&key.public().to_hex());
    let public = signature::UnparsedPublicKey::new(&signature::ED25519, public);
    public.verify(&signed, &file("manifest.sig")).unwrap();

    let lines = |content: Vec<u8>| String::from_utf8(content).unwrap().lines().count();
    assert_eq!(lines(file("rows.jsonl")), 6);
    assert_eq!(lines(file("calls.csv")), 2);
    assert_eq!(lines(file("approvals.jsonl")), 1);
    assert_eq!(lines(file("tools.jsonl")), 1);
    // The policy that the window's rows name, once.
    let policies = String::from_utf8(file("policies.jsonl")).unwrap();
    assert_eq!(policies.lines().count(), 1);
    assert!(policies.contains("\"v1\""), "{policies}");
}

/// The bytes that hexadecimal digits stand for.
fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

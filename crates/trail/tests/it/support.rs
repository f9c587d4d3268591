//! Folders, clocks and processes of one test's own.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use okta_trail::{Recorded, Recorder as _, Report, Row, Settings, Surroundings, Trail, verify};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// A state folder, and a clock that moves a second a look.
pub(crate) struct World {
    folder: TempDir,
    now: Arc<AtomicI64>,
    random: Arc<AtomicU64>,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::new(&folder.path().join("state"));
        let start: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        Self {
            folder,
            now: Arc::new(AtomicI64::new(start.as_millisecond())),
            random: Arc::default(),
            settings,
        }
    }

    pub(crate) fn around(&self) -> Surroundings {
        let (now, random) = (Arc::clone(&self.now), Arc::clone(&self.random));
        Surroundings {
            clock: Arc::new(move || {
                Timestamp::from_millisecond(now.fetch_add(1000, Ordering::Relaxed)).unwrap()
            }),
            random: Arc::new(move |bytes| {
                for byte in bytes {
                    // SplitMix64.
                    let step = 0x9e37_79b9_7f4a_7c15;
                    let mut x = random.fetch_add(step, Ordering::Relaxed).wrapping_add(step);
                    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    *byte = (x >> 56) as u8;
                }
            }),
        }
    }

    /// A process that writes the trail.
    pub(crate) fn trail(&self) -> Trail {
        Trail::new(self.settings.clone(), self.around())
    }

    pub(crate) fn wait(&self, days: i64) {
        let time = SignedDuration::from_hours(24 * days);
        self.now.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }

    /// What a crash at this moment leaves: all that was written, held by nobody.
    pub(crate) fn after_crash(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(self.folder.path(), folder.path());
        let state = folder.path().join("state");
        let settings = Settings { folder: state.join("audit"), state, ..self.settings.clone() };
        Self { folder, now: Arc::clone(&self.now), random: Arc::clone(&self.random), settings }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.settings.folder
    }

    /// The segments, the oldest first.
    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(self.folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        paths.sort();
        paths
    }

    pub(crate) fn verify(&self) -> Report {
        verify(self.folder(), None, &[]).unwrap()
    }

    /// The trail is whole.
    pub(crate) fn assert_whole(&self) -> Report {
        let report = self.verify();
        assert!(report.is_whole(), "{report:#?}");
        report
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The name of a path.
pub(crate) fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The rows of a segment that can be read.
pub(crate) fn rows(path: &Path) -> Vec<Map<String, Value>> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The kinds of a segment's rows.
pub(crate) fn kinds(path: &Path) -> Vec<String> {
    rows(path).iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

/// A row of that kind with these members.
pub(crate) fn row(kind: &str, members: Value) -> Row {
    let mut row = Row::new(kind);
    let Value::Object(members) = members else { panic!("members are an object") };
    for (name, value) in members {
        row.set(&name, value);
    }
    row
}

/// Begins a call: the id that goes with it.
pub(crate) fn call(trail: &Trail, tool: &str) -> String {
    trail.record(row("call", json!({ "tool": tool })), false).unwrap().call_id()
}

pub(crate) fn intent(trail: &Trail, call: &str) -> Recorded {
    trail.record(row("intent", json!({ "call": call })), true).unwrap()
}

pub(crate) fn outcome(trail: &Trail, call: &str, word: &str) -> Recorded {
    trail.record(row("outcome", json!({ "call": call, "outcome": word })), true).unwrap()
}

/// A write from its call to its outcome.
pub(crate) fn write(trail: &Trail) {
    let id = call(trail, "create_group");
    intent(trail, &id);
    outcome(trail, &id, "success");
}

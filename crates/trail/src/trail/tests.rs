//! A disk that is full, or broken.

use std::{
    fs::{File, Metadata},
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use super::*;
use crate::verify::verify;

/// What a disk still does.
#[derive(Clone, Default)]
struct Disk {
    /// How many bytes it still takes.
    room: Arc<AtomicU64>,
    broken_sync: Arc<AtomicBool>,
    broken_cut: Arc<AtomicBool>,
}

struct Faulty(File, Disk);

impl Store for Faulty {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        let room = self.1.room.load(Ordering::Relaxed);
        let fits = bytes.len().min(usize::try_from(room).unwrap());
        self.1.room.fetch_sub(fits as u64, Ordering::Relaxed);
        self.0.add(&bytes[..fits])?;
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        if self.1.broken_sync.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk is broken"));
        }
        self.0.sync()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        if self.1.broken_cut.load(Ordering::Relaxed) {
            return Err(io::Error::other("the disk is broken"));
        }
        self.0.cut(length)
    }

    fn about(&self) -> io::Result<Metadata> {
        self.0.about()
    }
}

fn around() -> Surroundings {
    let count = AtomicU64::new(1);
    Surroundings {
        clock: Arc::new(|| "2026-01-02T03:04:05Z".parse().unwrap()),
        random: Arc::new(move |bytes| {
            for byte in bytes {
                *byte = count.fetch_add(31, Ordering::Relaxed).to_le_bytes()[0];
            }
        }),
    }
}

fn trail(settings: &Settings, disk: &Disk) -> Trail {
    let disk = disk.clone();
    let wrap: Wrap = Arc::new(move |file| Box::new(Faulty(file, disk.clone())));
    Trail::new(settings.clone(), around()).wrapped(wrap)
}

fn lines(settings: &Settings) -> Vec<String> {
    let names = crate::name::list(&settings.folder).unwrap();
    let text = std::fs::read_to_string(settings.folder.join(names[0].as_str())).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_row_that_does_not_fit_leaves_nothing_and_the_next_one_tries_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(folder.path());
    let disk = Disk::default();
    let trail = trail(&settings, &disk);
    // Not even the first row of the segment: no file is left.
    disk.room.store(100, Ordering::Relaxed);
    let error = trail.record(Row::new("call"), true).unwrap_err();
    assert!(
        matches!(&error, TrailError::Write { cause, .. } if cause.kind() == io::ErrorKind::StorageFull)
    );
    assert!(crate::name::list(&settings.folder).unwrap().is_empty());
    disk.room.store(2000, Ordering::Relaxed);
    let mut kept = 0;
    while trail.record(Row::new("call"), kept % 2 == 0).is_ok() {
        kept += 1;
    }
    assert_eq!(lines(&settings).len(), kept + 1);
    assert!(trail.record(Row::new("call"), true).is_err());
    disk.room.store(1_000_000, Ordering::Relaxed);
    trail.record(Row::new("call"), true).unwrap();
    assert_eq!(lines(&settings).len(), kept + 2);
    trail.close().unwrap();
    assert!(verify(&settings.folder, None, &[]).unwrap().is_whole());
}

#[test]
fn a_row_that_cannot_be_synced_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(folder.path());
    let disk = Disk::default();
    disk.room.store(1_000_000, Ordering::Relaxed);
    let trail = trail(&settings, &disk);
    trail.record(Row::new("call"), true).unwrap();
    disk.broken_sync.store(true, Ordering::Relaxed);
    let error = trail.record(Row::new("intent"), true).unwrap_err();
    assert!(error.to_string().contains("the disk is broken"), "{error}");
    assert_eq!(lines(&settings).len(), 2);
    // What need not be synced goes on.
    trail.record(Row::new("call"), false).unwrap();
    disk.broken_sync.store(false, Ordering::Relaxed);
    trail.record(Row::new("intent"), true).unwrap();
    drop(trail);
    assert!(verify(&settings.folder, None, &[]).unwrap().is_whole());
}

#[test]
fn what_cannot_be_taken_back_is_before_the_next_row() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(folder.path());
    let disk = Disk::default();
    disk.room.store(1_000_000, Ordering::Relaxed);
    let trail = trail(&settings, &disk);
    trail.record(Row::new("call"), true).unwrap();
    disk.room.store(10, Ordering::Relaxed);
    disk.broken_cut.store(true, Ordering::Relaxed);
    trail.record(Row::new("intent"), true).unwrap_err();
    disk.room.store(1_000_000, Ordering::Relaxed);
    let error = trail.record(Row::new("intent"), true).unwrap_err();
    assert!(error.to_string().contains("the disk is broken"), "{error}");
    disk.broken_cut.store(false, Ordering::Relaxed);
    trail.record(Row::new("intent"), true).unwrap();
    assert_eq!(lines(&settings).len(), 3);
    drop(trail);
    assert!(verify(&settings.folder, None, &[]).unwrap().is_whole());
}

#[cfg(unix)]
#[test]
fn without_a_head_there_is_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::new(folder.path());
    let disk = Disk::default();
    disk.room.store(1_000_000, Ordering::Relaxed);
    let trail = trail(&settings, &disk);
    trail.record(Row::new("call"), true).unwrap();
    let name = crate::name::list(&settings.folder).unwrap().remove(0);
    // Where the head is prepared there is a folder.
    let place = crate::files::beside(&settings.folder.join(name.head()), "new");
    std::fs::create_dir(&place).unwrap();
    trail.record(Row::new("intent"), true).unwrap_err();
    assert_eq!(lines(&settings).len(), 2);
    std::fs::remove_dir(place).unwrap();
    trail.record(Row::new("intent"), true).unwrap();
    drop(trail);
    assert!(verify(&settings.folder, None, &[]).unwrap().is_whole());
}

//! The rows of all segments, in the order of time.
//!
//! Reading is not verifying: what is no row is left out, and counted.

mod calls;
mod filter;

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, BufReader},
    path::{Path, PathBuf},
};

use jiff::{SignedDuration, Timestamp};

pub use self::{
    calls::{Call, Calls, Item, Summary},
    filter::{Filter, search},
};
use crate::{
    Entry,
    entry::{last_row, next_line},
    name::{self, SegmentName},
};

/// The rows of all segments, in the order of time.
pub struct Rows {
    folder: PathBuf,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    /// Segments that begin later than what was read so far.
    waiting: VecDeque<SegmentName>,
    reading: Vec<Reader>,
    unreadable: u64,
}

/// A segment that is being read, at its next row.
struct Reader {
    input: BufReader<File>,
    next: Entry,
    time: Timestamp,
}

impl Rows {
    /// The rows of a folder, from `since` on and before `until`.
    pub fn open(
        folder: &Path,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> io::Result<Self> {
        let waiting = name::list(folder)?.into();
        let folder = folder.to_owned();
        Ok(Self { folder, since, until, waiting, reading: Vec::new(), unreadable: 0 })
    }

    /// How many lines were no rows, so far.
    pub fn unreadable(&self) -> u64 {
        self.unreadable
    }

    fn next_row(&mut self) -> io::Result<Option<Entry>> {
        loop {
            self.begin_segments()?;
            let first =
                self.reading.iter().enumerate().min_by(|(_, a), (_, b)| {
                    (a.time, &a.next.segment).cmp(&(b.time, &b.next.segment))
                });
            let Some((at, _)) = first else { return Ok(None) };
            let reader = self.reading.swap_remove(at);
            let time = reader.time;
            let row = self.advance(reader)?;
            if self.until.is_some_and(|until| time >= until) {
                return Ok(None);
            }
            if self.since.is_none_or(|since| time >= since) {
                return Ok(Some(row));
            }
        }
    }

    /// Begins to read the segments that may have the next row.
    fn begin_segments(&mut self) -> io::Result<()> {
        while let Some(name) = self.waiting.front() {
            let now = self.reading.iter().map(|reader| reader.time).min();
            if now.is_some_and(|now| name.start() > now) {
                break;
            }
            let path = self.folder.join(name.as_str());
            let segment = name.to_string();
            let over = match self.since.filter(|since| name.start() < *since) {
                Some(since) => last_time(&path, &segment)?.is_none_or(|last| last < since),
                None => false,
            };
            let start = name.start();
            self.waiting.pop_front();
            if over {
                continue;
            }
            match File::open(path) {
                // Retired meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                file => self.read(BufReader::new(file?), &segment, start)?,
            }
        }
        Ok(())
    }

    /// Takes the next row of a segment: the one that it was at before.
    fn advance(&mut self, reader: Reader) -> io::Result<Entry> {
        let Reader { input, next, time } = reader;
        let segment = next.segment.clone();
        self.read(input, &segment, time)?;
        Ok(next)
    }

    /// Reads on to the next row, if there is one. A clock that was set back does not change the
    /// order within a segment.
    fn read(
        &mut self,
        mut input: BufReader<File>,
        segment: &str,
        before: Timestamp,
    ) -> io::Result<()> {
        while let Some(line) = next_line(&mut input)? {
            // A line without an end is being written, or was torn by a crash.
            if !line.whole {
                break;
            }
            if let Some(next) = Entry::parse(segment, &line.bytes) {
                let time = next.time().map_or(before, |time| time.max(before));
                self.reading.push(Reader { input, next, time });
                return Ok(());
            }
            self.unreadable += 1;
        }
        Ok(())
    }
}

impl Iterator for Rows {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_row().transpose()
    }
}

fn last_time(path: &Path, segment: &str) -> io::Result<Option<Timestamp>> {
    match last_row(path, segment) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        row => Ok(row?.and_then(|row| row.time())),
    }
}

/// The last `count` rows before `now`, the oldest first. The folder is read back only as far as it
/// takes.
pub fn tail(folder: &Path, count: usize, now: Timestamp) -> io::Result<Vec<Entry>> {
    for hours in [Some(1), Some(24), Some(24 * 7), Some(24 * 30), None] {
        let since = hours.and_then(|hours| now.checked_sub(SignedDuration::from_hours(hours)).ok());
        let mut last = VecDeque::new();
        for row in Rows::open(folder, since, Some(now))? {
            if last.len() == count {
                last.pop_front();
            }
            last.push_back(row?);
        }
        if last.len() >= count || hours.is_none() {
            last.truncate(count);
            return Ok(last.into());
        }
    }
    Ok(Vec::new())
}

//! The names of segments: `<start>-<process>.jsonl`, and `<start>-<process>-<n>.jsonl` for the
//! later ones of a process.

use std::{fmt, fs, io, path::Path};

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

/// To the microsecond, and always as long.
const START: &str = "%Y%m%dT%H%M%S%.6fZ";

/// The name of a segment's file. The order of names is that in which the segments were begun:
/// [`SegmentName::after`] sees to it, also where a clock was put back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentName(String);

impl SegmentName {
    /// The same for a segment that is begun after `last`, the latest of the folder.
    pub(crate) fn after(last: Option<&Self>, now: Timestamp, process: &str, number: u32) -> Self {
        let tick = SignedDuration::from_micros(1);
        let next = last.and_then(|last| last.start().checked_add(tick).ok());
        Self::new(next.map_or(now, |next| next.max(now)), process, number)
    }

    /// The name of the `number`-th segment of a process, from 1.
    pub(crate) fn new(start: Timestamp, process: &str, number: u32) -> Self {
        let start = start.strftime(START);
        match number {
            0 | 1 => Self(format!("{start}-{process}.jsonl")),
            later => Self(format!("{start}-{process}-{later}.jsonl")),
        }
    }

    /// The name, if it is one of a segment.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (start, process) = text.strip_suffix(".jsonl")?.split_once('-')?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let good =
            !process.is_empty() && process.bytes().all(plain) && parse_start(start).is_some();
        good.then(|| Self(text.to_owned()))
    }

    /// When it was begun, to the microsecond.
    pub(crate) fn start(&self) -> Timestamp {
        // Both ways to make one leave a start in it.
        self.0.split_once('-').and_then(|(start, _)| parse_start(start)).unwrap_or_default()
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its head file.
    pub(crate) fn head(&self) -> String {
        format!("{}.head", self.0)
    }
}

impl fmt::Display for SegmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse_start(text: &str) -> Option<Timestamp> {
    let start = DateTime::strptime(START, text).ok()?;
    Some(start.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The segments of a folder, the oldest first; none where there is no folder.
pub(crate) fn list(folder: &Path) -> io::Result<Vec<SegmentName>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().to_str().and_then(SegmentName::parse));
    }
    names.sort_unstable();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_when_and_who() {
        let start: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let name = SegmentName::new(start, "0a1b2c3d", 1);
        assert_eq!(name.as_str(), "20260102T030405.678000Z-0a1b2c3d.jsonl");
        assert_eq!(SegmentName::parse(name.as_str()), Some(name.clone()));
        assert_eq!(name.start().to_string(), "2026-01-02T03:04:05.678Z");
        let later = SegmentName::new(start, "0a1b2c3d", 2);
        assert_eq!(later.as_str(), "20260102T030405.678000Z-0a1b2c3d-2.jsonl");
        assert_eq!(SegmentName::parse(later.as_str()), Some(later));
        for other in
            ["20260102T030405.6Z.jsonl", "20261302T030405.6Z-a.jsonl", "x-a.jsonl", "", ".jsonl"]
        {
            assert_eq!(SegmentName::parse(other), None, "{other}");
        }
        assert_eq!(SegmentName::parse("20260102T030405.678000Z-a.jsonl.head"), None);
    }

    #[test]
    fn a_later_segment_has_a_later_name() {
        let now: Timestamp = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let mut last = SegmentName::new(now, "ff", 1);
        // At the same moment, and by a clock that was put back.
        for (back, process) in [(0, "00"), (0, "ee"), (3600, "11"), (0, "00")] {
            let now = now - SignedDuration::from_secs(back);
            let next = SegmentName::after(Some(&last), now, process, 1);
            assert!(next > last, "{next} {last}");
            last = next;
        }
        let later = now + SignedDuration::from_secs(1);
        let next = SegmentName::after(Some(&last), later, "00", 1);
        assert_eq!(next, SegmentName::new(later, "00", 1));
    }
}

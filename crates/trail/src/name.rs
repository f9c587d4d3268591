//! The names of segments: `<start>-<process>.jsonl`, and `<start>-<process>-<n>.jsonl` for the
//! later ones of a process.

use std::{fmt, fs, io, path::Path};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const START: &str = "%Y%m%dT%H%M%SZ";

/// The name of a segment's file. The order of names is that of their starts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SegmentName(String);

impl SegmentName {
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

    /// When it was begun, to the second.
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
        assert_eq!(name.as_str(), "20260102T030405Z-0a1b2c3d.jsonl");
        assert_eq!(SegmentName::parse(name.as_str()), Some(name.clone()));
        assert_eq!(name.start().to_string(), "2026-01-02T03:04:05Z");
        let later = SegmentName::new(start, "0a1b2c3d", 2);
        assert_eq!(later.as_str(), "20260102T030405Z-0a1b2c3d-2.jsonl");
        assert_eq!(SegmentName::parse(later.as_str()), Some(later));
        for other in
            ["20260102T030405Z.jsonl", "20261302T030405Z-a.jsonl", "x-a.jsonl", "", ".jsonl"]
        {
            assert_eq!(SegmentName::parse(other), None, "{other}");
        }
        assert_eq!(SegmentName::parse("20260102T030405Z-a.jsonl.head"), None);
    }
}

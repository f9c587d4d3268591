//! A row as it stands in a segment.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::{
    Recorded,
    canonical::{canonical_without, sha256},
    row::unhex,
    text::text_of,
};

/// The longest line that is read, in bytes. None that is written comes near it.
const LONGEST: u64 = 256 * 1024 * 1024;

/// How much is read at once from the end of a file, in bytes.
const BLOCK: u64 = 64 * 1024;

/// A row as it stands in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The segment's file name.
    pub segment: String,
    /// All that the row holds.
    pub row: Map<String, Value>,
}

impl Entry {
    /// Reads a line, without its end. `None` where it is no row.
    pub(crate) fn parse(segment: &str, line: &[u8]) -> Option<Self> {
        let row = serde_json::from_slice(line).ok()?;
        Some(Self { segment: segment.to_owned(), row })
    }

    /// Its number in the segment, from 1.
    pub fn seq(&self) -> Option<u64> {
        self.row.get("seq")?.as_u64()
    }

    /// When it was written.
    pub fn time(&self) -> Option<Timestamp> {
        self.text("time")?.parse().ok()
    }

    /// What it tells of.
    pub fn kind(&self) -> &str {
        self.text("kind").unwrap_or_default()
    }

    /// A member that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.row.get(name)?.as_str()
    }

    /// The id of the call that begins with this row, or the id under which this row went to Okta.
    pub fn id(&self) -> Option<String> {
        Some(Recorded { seq: self.seq()?, hash: self.hash()? }.call_id())
    }

    /// The hash that it says it has.
    pub(crate) fn hash(&self) -> Option<[u8; 32]> {
        unhex(self.text("hash")?)
    }

    /// The hash of the row before, as it says.
    pub(crate) fn prev(&self) -> Option<[u8; 32]> {
        unhex(self.text("prev")?)
    }

    /// The hash that it has: SHA-256 over the canonical form of all but the hash.
    pub(crate) fn real_hash(&self) -> [u8; 32] {
        sha256(&canonical_without(&self.row, "hash"))
    }

    /// True where the line says just what this row holds: nothing twice, nothing between, in the
    /// same order. Which characters are escaped does not matter: later versions may escape more.
    pub(crate) fn is_written_as(&self, line: &[u8]) -> bool {
        if text_of(&self.row).as_bytes() == line {
            return true;
        }
        let plain = serde_json::to_string(&self.row).unwrap_or_default();
        unescaped(line).is_some_and(|line| line == plain)
    }
}

/// JSON text with the escapes of those characters decoded that need none.
fn unescaped(line: &[u8]) -> Option<String> {
    let mut rest = std::str::from_utf8(line).ok()?;
    let mut out = String::with_capacity(rest.len());
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let unit = |text: &str| u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok();
        let first = unit(escape);
        let second = escape.get(6..).and_then(unit);
        let pair = [first, second].into_iter().map_while(|unit| unit).collect::<Vec<u16>>();
        let decoded = char::decode_utf16(pair).next().and_then(Result::ok);
        let length = match decoded {
            Some(c) if c >= ' ' && c != '"' && c != '\\' => {
                out.push(c);
                6 * c.len_utf16()
            }
            _ => {
                // An escape that must be one: at least two characters of ASCII.
                out.push_str(escape.get(..2)?);
                2
            }
        };
        rest = escape.get(length..)?;
    }
    out.push_str(rest);
    Some(out)
}

/// A line of a segment.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its bytes, without the line's end.
    pub(crate) bytes: Vec<u8>,
    /// False for a last line that has no end: it was not written to its end.
    pub(crate) whole: bool,
}

/// The next line.
pub(crate) fn next_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if input.take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let whole = bytes.last() == Some(&b'\n');
    if whole {
        bytes.pop();
    } else if bytes.len() as u64 == LONGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is longer than 256 MiB"));
    }
    Ok(Some(Line { bytes, whole }))
}

/// The first row of a segment; `None` where it is no row, or the file is gone.
pub(crate) fn first_row(path: &Path, segment: &str) -> io::Result<Option<Entry>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let line = next_line(&mut BufReader::new(file))?;
    Ok(line.and_then(|line| Entry::parse(segment, &line.bytes)))
}

/// The last whole row of a segment; `None` where it is no row.
pub(crate) fn last_row(path: &Path, segment: &str) -> io::Result<Option<Entry>> {
    let line = last_line(&mut File::open(path)?)?;
    Ok(line.and_then(|line| Entry::parse(segment, &line)))
}

/// The last whole line of a file, without its end; `None` where there is none.
fn last_line(file: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    let mut start = file.seek(SeekFrom::End(0))?;
    let mut tail: Vec<u8> = Vec::new();
    loop {
        // The last whole line ends at the last line end, and begins after the one before.
        if let Some(end) = tail.iter().rposition(|byte| *byte == b'\n') {
            let line = tail.get(..end).unwrap_or_default();
            match line.iter().rposition(|byte| *byte == b'\n') {
                Some(before) => return Ok(line.get(before + 1..).map(<[u8]>::to_vec)),
                None if start == 0 => return Ok(Some(line.to_vec())),
                None => {}
            }
        }
        if start == 0 {
            return Ok(None);
        }
        let length = start.min(BLOCK.max(tail.len() as u64));
        start -= length;
        file.seek(SeekFrom::Start(start))?;
        let mut block = Vec::new();
        file.by_ref().take(length).read_to_end(&mut block)?;
        block.append(&mut tail);
        tail = block;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn entry(value: Value) -> Entry {
        let Value::Object(row) = value else { panic!("a row is an object") };
        Entry { segment: String::new(), row }
    }

    #[test]
    fn what_is_written_is_what_is_held() {
        let entry = entry(json!({ "a": "x\u{202e}\u{e0041}\\u202e\"\n", "b": [1, 2] }));
        let line = text_of(&entry.row);
        assert!(entry.is_written_as(line.as_bytes()));
        // Escaped otherwise, it is the same.
        let plain = serde_json::to_string(&entry.row).unwrap();
        assert!(plain != line && entry.is_written_as(plain.as_bytes()));
        assert!(entry.is_written_as(line.replacen("\\u202e", "\\u202E", 1).as_bytes()));
        for other in [
            line.replacen("{\"a\"", "{\"a\":1,\"a\"", 1),
            line.replace("[1,2]", "[1, 2]"),
            line.replace("\\n", "\\u000a"),
        ] {
            assert_eq!(Entry::parse("", other.as_bytes()).unwrap().row, entry.row);
            assert!(!entry.is_written_as(other.as_bytes()), "{other}");
        }
    }

    /// The line with every character but ASCII escaped.
    fn all_escaped(line: &str) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        for c in line.chars() {
            if c.is_ascii() {
                out.push(c);
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04X}").unwrap();
            }
        }
        out
    }

    proptest! {
        #[test]
        fn every_text_is_written_as_held(text in any::<String>(), name in any::<String>()) {
            let entry = entry(json!({ name: text }));
            let line = text_of(&entry.row);
            prop_assert!(entry.is_written_as(line.as_bytes()));
            prop_assert!(entry.is_written_as(all_escaped(&line).as_bytes()), "{}", line);
        }

        #[test]
        fn the_last_whole_line_is_found(
            lengths in prop::collection::vec(0..200_000_usize, 0..4), torn in 0..100_000_usize,
        ) {
            let mut text = String::new();
            for (length, c) in lengths.iter().zip('a'..) {
                text.push_str(&c.to_string().repeat(*length));
                text.push('\n');
            }
            let last = text.lines().last().map(|line| line.as_bytes().to_vec());
            text.push_str(&"z".repeat(torn));
            prop_assert_eq!(last_line(&mut Cursor::new(text)).unwrap(), last);
        }
    }
}

//! A row of the trail, and what is answered to whoever had it kept.

use serde_json::{Map, Value};

/// Keeps rows. Whoever keeps them puts number, time and chain on each.
pub trait Recorder: Send + Sync + 'static {
    /// Keeps a row; with `durable`, only returns once it would survive a power cut.
    fn record(&self, row: Row, durable: bool) -> Result<Recorded, TrailError>;
}

/// A row that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1 in each segment.
    pub seq: u64,
    /// SHA-256 of the row as kept.
    pub hash: [u8; 32],
}

impl Recorded {
    /// The id of the call that begins with this row: its number and the first 16 hex digits of its
    /// hash. It goes to Okta in the `User-Agent`, so that Okta's own System Log is a witness.
    pub fn call_id(&self) -> String {
        format!("{}-{}", self.seq, hex(self.hash.get(..8).unwrap_or_default()))
    }
}

/// The trail cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// It cannot be written. What was written of the row is taken back; the next row tries again.
    #[error("the audit trail at {place} cannot be written: {cause}")]
    Write {
        /// The file.
        place: String,
        /// Why, in the words of the operating system.
        cause: std::io::Error,
    },
    /// Its file is no longer where it was. Nothing more can be recorded by this process.
    #[error(
        "the audit trail's file {place} was removed, replaced or changed by something else while \
         this process writes it: restart this process"
    )]
    Removed {
        /// The file.
        place: String,
    },
}

/// A row of the trail, before it is kept.
#[derive(Clone, Debug, Default)]
pub struct Row(Map<String, Value>);

impl Row {
    /// A row of that kind.
    pub fn new(kind: &str) -> Self {
        let mut row = Self::default();
        row.set("kind", kind);
        row
    }

    /// Puts a value under a name, in the place of one that was there.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    /// The members, to change their values.
    pub(crate) fn members_mut(&mut self) -> impl Iterator<Item = (&String, &mut Value)> {
        self.0.iter_mut()
    }

    /// Renames what `serde_json` would read back as something else (a name that it keeps for
    /// itself), so that every row that is written can be read.
    pub(crate) fn make_plain(&mut self) {
        self.0.values_mut().for_each(plain);
    }

    /// The row as JSON, without number, time and chain.
    pub fn into_json(self) -> Map<String, Value> {
        self.0
    }
}

/// The start of the names that `serde_json` keeps for itself.
const RESERVED: &str = "$serde_json::private::";

fn plain(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plain),
        Value::Object(object) => {
            object.values_mut().for_each(plain);
            if object.keys().any(|name| name.starts_with(RESERVED)) {
                *object = std::mem::take(object)
                    .into_iter()
                    .map(|(name, value)| match name.strip_prefix('$') {
                        Some(rest) if name.starts_with(RESERVED) => (rest.to_owned(), value),
                        _ => (name, value),
                    })
                    .collect();
            }
        }
        _ => {}
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The 32 bytes that 64 hexadecimal digits stand for.
pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    // As [`hex`] writes them: a value that can be written in two ways could be changed unseen.
    if digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}

//! Okta's object ids: twenty characters, a prefix that tells the kind, made in rising order.

use std::fmt::{self, Write as _};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Where the counting part starts, so that ids look like those of an org in use.
const FIRST: u64 = 41_000_000_000;

/// An id. Ids sort in the order in which they were made (within a prefix), which is the order in
/// which Okta lists most things.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id([u8; 20]);

impl Id {
    /// The id written as `text`; `None` where it is no id at all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; 20] = text.as_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_alphanumeric).then_some(Self(bytes))
    }

    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// True for ids that start with `prefix`, as `00u`.
    pub(crate) fn has_prefix(&self, prefix: &str) -> bool {
        self.0.starts_with(prefix.as_bytes())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Id> for serde_json::Value {
    fn from(id: Id) -> Self {
        Self::String(id.as_str().to_owned())
    }
}

/// Makes ids and the other random-looking strings of an org.
#[derive(Debug, Clone)]
pub(crate) struct Maker {
    random: fastrand::Rng,
    next: u64,
    cell: [u8; 3],
}

impl Maker {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed ^ 0x6f6b_7461);
        let cell = [b'5', digit(random.u64(..)), b'7'];
        Self { random, next: FIRST, cell }
    }

    /// A maker beside this one, for `part` (eight characters at most) of a new org: it moves nothing
    /// of what this one makes next, and repeats nothing of it. Its ids come before all of this one's.
    pub(crate) fn apart(&self, seed: u64, part: &str) -> Self {
        let part = part.bytes().fold(0, |part, byte| part << 8 | u64::from(byte));
        let random = fastrand::Rng::with_seed(seed ^ part);
        Self { random, next: FIRST / 2, cell: self.cell }
    }

    /// The next id with `prefix`, three characters.
    pub(crate) fn id(&mut self, prefix: &str) -> Id {
        let mut bytes = [b'0'; 20];
        self.next += self.random.u64(1..40);
        let mut count = self.next;
        let mut noise = self.random.u64(..);
        for (at, byte) in bytes.iter_mut().enumerate().rev() {
            *byte = match at {
                17.. => self.cell.get(at - 17).copied().unwrap_or(b'7'),
                10..17 => digit(take(&mut noise)),
                3..10 => digit(take(&mut count)),
                _ => prefix.as_bytes().get(at).copied().unwrap_or(b'0'),
            };
        }
        Id(bytes)
    }

    /// A string of `length` characters of Okta's token alphabet.
    pub(crate) fn text(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length);
        let mut noise = 0;
        for at in 0..length {
            // A number of 64 bits is good for ten digits.
            if at % 10 == 0 {
                noise = self.random.u64(..);
            }
            text.push(char::from(digit(take(&mut noise))));
        }
        text
    }

    /// A string of `length` hexadecimal digits.
    pub(crate) fn hex(&mut self, length: usize) -> String {
        let mut text = String::with_capacity(length + 16);
        while text.len() < length {
            // Writing to a string cannot fail.
            write!(text, "{:016x}", self.random.u64(..)).ok();
        }
        text.truncate(length);
        text
    }

    /// A code of `length` letters that people can type: no vowels, so that it is no word.
    pub(crate) fn letters(&mut self, length: usize) -> String {
        const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
        let letter = |random: &mut fastrand::Rng| random.choice(LETTERS).copied().unwrap_or(b'X');
        (0..length).map(|_| char::from(letter(&mut self.random))).collect()
    }

    /// A code of `length` decimal digits.
    pub(crate) fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| self.random.digit(10)).collect()
    }

    /// An `errorId`.
    pub(crate) fn error_id(&mut self) -> String {
        format!("oae{}", self.text(22))
    }

    /// A random (version 4) UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = (self.random.u128(..) & !(0xf000 << 64) & !(0xc000 << 48))
            | (0x4000 << 64)
            | (0x8000 << 48);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            bits >> 96,
            (bits >> 80) & 0xffff,
            (bits >> 64) & 0xffff,
            (bits >> 48) & 0xffff,
            bits & 0xffff_ffff_ffff
        )
    }

    /// The generator itself, for seeding and for faults.
    pub(crate) fn random(&mut self) -> &mut fastrand::Rng {
        &mut self.random
    }
}

fn digit(number: u64) -> u8 {
    usize::try_from(number % 62).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or(b'0')
}

fn take(number: &mut u64) -> u64 {
    let rest = *number % 62;
    *number /= 62;
    rest
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

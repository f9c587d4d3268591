//! The head file of a segment: its last synced row, signed, so that a tail that is cut off is
//! missed.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    entry::first_row,
    key::{PublicKey, Purpose, SigningKey},
    name::SegmentName,
    row::{hex, unhex},
    text::text_of,
};

/// A row of a segment, as somebody else names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tip {
    /// The segment's file name.
    pub(crate) segment: String,
    /// The row's number.
    pub(crate) seq: u64,
    /// The row's hash, in hex.
    pub(crate) hash: String,
}

impl Tip {
    pub(crate) fn new(segment: &str, seq: u64, hash: &[u8; 32]) -> Self {
        Self { segment: segment.to_owned(), seq, hash: hex(hash) }
    }

    /// The hash as bytes.
    pub(crate) fn bytes(&self) -> Option<[u8; 32]> {
        unhex(&self.hash)
    }

    pub(crate) fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What a head file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Head {
    /// The last synced row.
    #[serde(flatten)]
    pub(crate) tip: Tip,
    /// When it was written.
    pub(crate) time: String,
    /// True once the segment is at its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) closed: bool,
    /// The last whole row as it was found after a crash, and the segment that tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) recovered: Option<Recovered>,
}

/// How a segment was found after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recovered {
    /// The segment whose rows tell of it.
    pub(crate) by: String,
    /// The last whole row.
    pub(crate) seq: u64,
    /// Its hash, in hex.
    pub(crate) hash: String,
}

impl Head {
    /// The last row, where nothing will be added to the segment any more.
    pub(crate) fn end(&self) -> Option<Tip> {
        match &self.recovered {
            Some(Recovered { seq, hash, .. }) => {
                Some(Tip { segment: self.tip.segment.clone(), seq: *seq, hash: hash.clone() })
            }
            None => self.closed.then(|| self.tip.clone()),
        }
    }

    /// Writes the head file, in the place of the one before.
    pub(crate) fn write(
        &self,
        folder: &Path,
        key: &dyn SigningKey,
        durable: bool,
    ) -> io::Result<()> {
        let Ok(Value::Object(mut object)) = serde_json::to_value(self) else {
            return Err(io::Error::other("a head is no object"));
        };
        let signature = key.sign(&Purpose::Head.of(&object))?;
        object.insert("signature".to_owned(), hex(&signature).into());
        let line = text_of(&object) + "\n";
        let place = folder.join(format!("{}.head", self.tip.segment));
        crate::files::replace(&place, line.as_bytes(), durable)
    }
}

/// What was found where the head of a segment should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A head, signed by the key.
    Good(Head),
    /// A head, signed by another key: the one that the segment names.
    Foreign(Head),
    /// There is no file.
    Missing,
    /// It is no head, or that of another segment.
    Unreadable,
    /// Its signature is not the key's.
    BadSignature,
}

impl Found {
    /// The head, whoever signed it.
    pub(crate) fn head(&self) -> Option<&Head> {
        match self {
            Self::Good(head) | Self::Foreign(head) => Some(head),
            Self::Missing | Self::Unreadable | Self::BadSignature => None,
        }
    }
}

/// Reads the head of a segment.
pub(crate) fn read(folder: &Path, name: &SegmentName, key: &PublicKey) -> io::Result<Found> {
    let content = match fs::read(path(folder, name)) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
        Err(error) => return Err(error),
    };
    let Ok(object) = serde_json::from_slice::<Map<String, Value>>(&content) else {
        return Ok(Found::Unreadable);
    };
    let signature = object.get("signature").and_then(Value::as_str).and_then(signature);
    let message = Purpose::Head.of(&object);
    let Ok(head) = serde_json::from_value::<Head>(Value::Object(object)) else {
        return Ok(Found::Unreadable);
    };
    if head.tip.segment != name.as_str() || head.tip.bytes().is_none() {
        return Ok(Found::Unreadable);
    }
    let Some(signature) = signature else { return Ok(Found::BadSignature) };
    if key.verifies(&message, &signature) {
        return Ok(Found::Good(head));
    }
    let named = first_row(&folder.join(name.as_str()), name.as_str())?
        .and_then(|row| PublicKey::parse(row.text("public_key")?));
    if named.is_some_and(|named| named.verifies(&message, &signature)) {
        return Ok(Found::Foreign(head));
    }
    Ok(Found::BadSignature)
}

/// Where the head of a segment is.
pub(crate) fn path(folder: &Path, name: &SegmentName) -> PathBuf {
    folder.join(name.head())
}

/// The 64 bytes of a signature.
pub(crate) fn signature(text: &str) -> Option<Vec<u8>> {
    let (first, second) = text.split_at_checked(64)?;
    Some([unhex(first)?, unhex(second)?].concat())
}

/// A time as rows have it: UTC, to the millisecond.
pub(crate) fn stamp(time: Timestamp) -> String {
    format!("{time:.3}")
}

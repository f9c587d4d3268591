//! A signed row, and with it all rows before it.

use std::io;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    head::{Tip, signature, stamp},
    key::{PublicKey, Purpose, SigningKey},
    row::hex,
    text::to_text,
};

/// A signature over the number and the hash of a segment's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub(crate) tip: Tip,
    time: String,
    pub(crate) signature: Vec<u8>,
    public: PublicKey,
}

impl Checkpoint {
    pub(crate) fn sign(tip: Tip, now: Timestamp, key: &dyn SigningKey) -> io::Result<Self> {
        let time = stamp(now);
        let mut checkpoint = Self { tip, time, signature: Vec::new(), public: key.public() };
        checkpoint.signature = key.sign(&Purpose::Checkpoint.of(&checkpoint.members()))?;
        Ok(checkpoint)
    }

    fn members(&self) -> Map<String, Value> {
        let Tip { segment, seq, hash } = &self.tip;
        let members: [(&str, Value); 4] = [
            ("segment", segment.as_str().into()),
            ("seq", (*seq).into()),
            ("hash", hash.as_str().into()),
            ("time", self.time.as_str().into()),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What is signed.
    pub(crate) fn signed(&self) -> Value {
        Value::Object(self.members())
    }

    /// The checkpoint as one line of JSON, as it is given to others.
    pub(crate) fn to_line(&self) -> String {
        to_text(&json!({
            "kind": "checkpoint",
            "checkpoint": self.members(),
            "signature": hex(&self.signature),
            "public_key": self.public.to_hex(),
        }))
    }

    /// Reads a line that was given to others, and checks that the key signed it. What stands
    /// before the JSON, such as the header of syslog, does not matter.
    pub fn parse(line: &str, key: &PublicKey) -> Option<Self> {
        let json = line.get(line.find('{')?..)?;
        let told: Value = serde_json::from_str(json.trim_end()).ok()?;
        Self::of(told.get("checkpoint")?, told.get("signature")?, key)
    }

    /// A checkpoint that the key signed.
    pub(crate) fn of(signed: &Value, signature_: &Value, key: &PublicKey) -> Option<Self> {
        let object = signed.as_object()?;
        let signature = signature(signature_.as_str()?)?;
        if !key.verifies(&Purpose::Checkpoint.of(object), &signature) {
            return None;
        }
        let tip: Tip = serde_json::from_value(signed.clone()).ok()?;
        tip.bytes()?;
        let time = object.get("time")?.as_str()?.to_owned();
        Some(Self { tip, time, signature, public: *key })
    }
}

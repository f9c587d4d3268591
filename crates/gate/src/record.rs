//! The trail: what was intended, decided and done.

use okta_catalog::redact;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::context::Context;

/// Keeps rows. Whoever keeps them puts number, time and chain on each.
pub trait Recorder: Send + Sync + 'static {
    /// Keeps a row; with `durable`, only returns once it would survive a power cut.
    fn record(&self, row: Row, durable: bool) -> Result<Recorded, TrailError>;
}

/// A row that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number, from 1 in each process.
    pub seq: u64,
    /// SHA-256 of its bytes as kept.
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
#[error("the audit trail at {place} cannot be written")]
pub struct TrailError {
    /// Where it is kept.
    pub place: String,
    /// Why.
    #[source]
    pub source: std::io::Error,
}

/// A row of the trail.
#[derive(Clone, Debug, Default)]
pub struct Row(pub(crate) Map<String, Value>);

impl Row {
    /// A row of that kind.
    pub(crate) fn new(kind: &str) -> Self {
        let mut row = Self::default();
        row.set("kind", kind);
        row
    }

    /// The first row of a call: who calls what with which arguments, secrets dropped.
    pub(crate) fn call(context: &Context, tool: &str, effect: &str, args: &Value) -> Self {
        let mut row = Self::new("call");
        row.set("tool", tool);
        row.set("effect", effect);
        row.set("principal", context.principal.as_str());
        row.set("client", json!({ "name": context.client, "version": context.client_version }));
        row.set("org", context.org.as_str());
        row.set("profile", context.profile.as_str());
        row.set("era", context.era.as_str());
        if let Some(trace) = &context.trace {
            row.set("trace", trace.as_str());
        }
        let mut kept = args.clone();
        let dropped = redact(&mut kept);
        // Of what is kept: over a short secret it would let the secret be guessed.
        row.set("args_sha256", digest(&kept));
        row.set("args", kept);
        if !dropped.is_empty() {
            row.set("redactions", dropped.len());
        }
        row
    }

    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    /// The row as JSON, without number and time.
    pub fn into_json(self) -> Map<String, Value> {
        self.0
    }
}

/// SHA-256, in hex, over JSON with its keys sorted.
pub(crate) fn digest(value: &Value) -> String {
    let mut hasher = Sha256::new();
    feed(value, &mut hasher);
    hex(&hasher.finalize())
}

fn feed(value: &Value, hasher: &mut Sha256) {
    match value {
        Value::Array(items) => {
            hasher.update(b"[");
            for item in items {
                feed(item, hasher);
                hasher.update(b",");
            }
            hasher.update(b"]");
        }
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            hasher.update(b"{");
            for key in keys {
                hasher.update(Value::from(key.as_str()).to_string());
                hasher.update(b":");
                feed(map.get(key).unwrap_or(&Value::Null), hasher);
                hasher.update(b",");
            }
            hasher.update(b"}");
        }
        scalar => hasher.update(scalar.to_string()),
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

//! What the pipeline puts into the rows of the trail.

use okta_catalog::redact;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{context::Context, files};

pub use okta_trail::{Recorded, Recorder, Row, TrailError, hex};

/// The first row of a call: who calls what with which arguments, secrets and files dropped.
pub(crate) fn call(context: &Context, tool: &str, effect: &str, args: &Value) -> Row {
    let mut row = Row::new("call");
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
    files::without_contents(&mut kept);
    let dropped = redact(&mut kept);
    // Of what is kept: over a short secret it would let the secret be guessed.
    row.set("args_sha256", digest(&kept));
    row.set("args", kept);
    if !dropped.is_empty() {
        row.set("redactions", dropped.len());
    }
    row
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

//! A tool's declaration as MCP lists it.

use std::sync::Arc;

use okta_catalog::{Effect, ToolDef};
use okta_client::Method;
use rmcp::model::{Tool, ToolAnnotations};
use sha2::{Digest as _, Sha256};

/// The tool as `tools/list` shows it (MCP specification, "Tools").
pub fn definition(def: &ToolDef) -> Tool {
    let (description, schema) = def.describe();
    Tool::new(def.name, description, Arc::new(schema))
        .with_title(def.title)
        .with_annotations(annotations(def))
}

/// The hints: all follow from effect and method, and each is always given. A change that is not
/// purely additive counts as destructive to a client.
pub fn annotations(def: &ToolDef) -> ToolAnnotations {
    let reads = def.effect() == Effect::Read;
    let method = def.operation.map_or(Method::Get, |operation| operation.method);
    let mut hints = ToolAnnotations::new();
    hints.read_only_hint = Some(reads);
    hints.destructive_hint = Some(!reads && !additive(def));
    hints.idempotent_hint = Some(reads || matches!(method, Method::Put | Method::Delete));
    hints.open_world_hint = Some(!reads || def.operation.is_some());
    hints
}

/// True for a POST to a collection: it adds an object, and changes none.
fn additive(def: &ToolDef) -> bool {
    def.operation.is_some_and(|operation| {
        operation.method == Method::Post
            && operation.effect == Effect::Write
            && !operation.path.ends_with('}')
            && !operation.path.contains("/lifecycle/")
    })
}

/// SHA-256, in hex, over the definitions as they are served: what the trail keeps of them.
pub fn definitions_digest(tools: &[Tool]) -> String {
    let text = serde_json::to_vec(tools).unwrap_or_default();
    okta_gate::hex(&Sha256::digest(text))
}

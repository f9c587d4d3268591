//! What the list of tools costs a model: name, description and input schema, in tokens of
//! `o200k_base`.

use serde_json::{Value, json};

use crate::Result;

/// Tokens by tool, the dearest first.
pub(crate) fn count(tools: &[Value]) -> Result<Vec<(usize, String)>> {
    let encoding = tiktoken_rs::o200k_base()?;
    let mut costs: Vec<(usize, String)> = tools
        .iter()
        .map(|tool| {
            let part = |key: &str| tool.get(key).cloned().unwrap_or_default();
            let seen = json!({
                "name": part("name"),
                "description": part("description"),
                "inputSchema": part("inputSchema"),
            });
            let name = tool.get("name").and_then(Value::as_str).unwrap_or("?").to_owned();
            (encoding.encode_ordinary(&seen.to_string()).len(), name)
        })
        .collect();
    costs.sort_unstable_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    Ok(costs)
}

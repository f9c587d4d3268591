//! What the list of tools costs a session.

use okta_catalog::tools;
use serde_json::json;

/// How many tokens a tool may cost on average.
const AVERAGE: usize = 90;

#[test]
fn the_list_of_tools_is_cheap() {
    let tokens = tiktoken_rs::o200k_base().unwrap();
    let mut costs: Vec<(usize, &str)> = tools()
        .map(|tool| {
            let (description, schema) = tool.describe();
            let listed = json!({
                "name": tool.name, "description": description, "inputSchema": schema,
            });
            (tokens.encode_ordinary(&listed.to_string()).len(), tool.name)
        })
        .collect();
    costs.sort_unstable_by(|one, other| other.cmp(one));
    for (cost, name) in &costs {
        println!("{cost:>4} {name}");
    }
    let sum: usize = costs.iter().map(|(cost, _)| cost).sum();
    println!("{sum} tokens, {} tools, {} each", costs.len(), sum / costs.len());
    assert!(sum <= AVERAGE * costs.len(), "{sum} tokens for {} tools", costs.len());
}

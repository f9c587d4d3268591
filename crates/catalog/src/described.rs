//! What a model reads of each tool, made from its declaration once, not each time the program
//! starts: that took a quarter of the start.
//!
//! `described.tsv` has a line a tool: its name, a tab, and `description` and `inputSchema` as
//! `tools/list` shows them (MCP specification, "Tools"). `cargo xtask gen` writes it; a line that
//! does not say what the declaration says fails the test below.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use crate::tool::Args;

const WRITTEN: &str = include_str!("../described.tsv");

/// The lines, by the names of the tools.
static LINES: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| WRITTEN.lines().filter_map(|line| line.split_once('\t')).collect());

#[derive(Default, Deserialize)]
#[cfg_attr(any(test, feature = "schemas"), derive(serde::Serialize))]
#[serde(rename_all = "camelCase")]
struct Described<'a> {
    description: Cow<'a, str>,
    input_schema: Args,
}

/// The description of the tool and the schema of its arguments.
pub(crate) fn of(name: &str) -> (String, Args) {
    let line = LINES.get(name).and_then(|line| serde_json::from_str(line).ok());
    let Described { description, input_schema } = line.unwrap_or_default();
    (description.into_owned(), input_schema)
}

/// The lines, as the declarations want them.
#[cfg(any(test, feature = "schemas"))]
pub fn described() -> String {
    let line = |tool: &crate::ToolDef| {
        let (description, input_schema) = tool.made();
        let described = Described { description: description.into(), input_schema };
        let described = serde_json::to_string(&described).unwrap_or_default();
        format!("{}\t{described}\n", tool.name)
    };
    crate::tools().map(line).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_say_what_the_declarations_say() {
        for (there, wanted) in WRITTEN.lines().zip(described().lines()) {
            assert_eq!(there, wanted, "run cargo xtask gen");
        }
        assert_eq!(WRITTEN.lines().count(), crate::tools().count(), "run cargo xtask gen");
        for tool in crate::tools() {
            assert_eq!(of(tool.name), tool.made(), "{}", tool.name);
        }
    }
}

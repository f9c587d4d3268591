//! The tools, one file per Okta resource.

mod groups;
mod logs;
mod scope_status;
mod users;
mod users_csv;

use crate::tool::ToolDef;

/// The tools of one Okta resource.
#[derive(Clone, Copy)]
pub struct Toolset {
    /// The toolset's name.
    pub name: &'static str,
    /// Its tools, in the order in which clients see them.
    pub tools: &'static [ToolDef],
}

/// Every toolset, in the order in which clients see them.
pub const TOOLSETS: &[Toolset] = &[
    Toolset { name: "server", tools: scope_status::TOOLS },
    Toolset { name: "users", tools: users::TOOLS },
    Toolset { name: "users", tools: users_csv::TOOLS },
    Toolset { name: "groups", tools: groups::TOOLS },
    Toolset { name: "logs", tools: logs::TOOLS },
];

/// Every tool, in the order in which clients see them.
pub fn tools() -> impl Iterator<Item = &'static ToolDef> {
    TOOLSETS.iter().flat_map(|set| set.tools)
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static ToolDef> {
    tools().find(|tool| tool.name == name)
}

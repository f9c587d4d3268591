//! The tools, one file per Okta resource.

#![expect(clippy::doc_markdown, reason = "the model reads these comments: a backtick is a token")]

mod app_assignments;
mod apps;
mod brands;
mod catalog_apps;
mod changes;
mod custom_domains;
mod custom_pages;
mod device_assurance;
mod email_customizations;
mod email_domains;
mod email_templates;
mod end_user;
mod error_pages;
mod groups;
mod logs;
mod policies;
mod policy_rules;
mod scope_status;
mod sign_in_pages;
mod sign_out_pages;
mod theme_images;
mod themes;
mod users;
mod users_csv;

pub use changes::{PREVIEW_CHANGE, UNDO_CHANGE};
pub use logs::GET_LOGS;
use okta_client::Method;
pub use users::GET_USER;

use crate::tool::{Operation, ToolDef};

/// The tools of one area, which are switched on and off together.
#[derive(Clone, Copy)]
pub struct Toolset {
    /// The toolset's name.
    pub name: &'static str,
    /// Its tools, in the order in which clients see them.
    pub tools: &'static [ToolDef],
}

/// One toolset from the tools of several files.
macro_rules! toolset {
    ($name:literal, $($file:ident),+) => {
        Toolset {
            name: $name,
            tools: &const { joined::<{ 0 $(+ $file::TOOLS.len())+ }>(&[$($file::TOOLS),+]) },
        }
    };
}

/// Every toolset, in the order in which clients see them. A static: as a constant, every crate that
/// looks at it would have the code of all tools once more.
pub static TOOLSETS: &[Toolset] = &[
    toolset!("server", scope_status, changes),
    toolset!("users", users, users_csv),
    toolset!("groups", groups),
    toolset!("applications", apps, app_assignments, catalog_apps),
    toolset!("policies", policies, policy_rules),
    toolset!("device_assurance", device_assurance),
    toolset!("brands", brands, themes, theme_images),
    toolset!("domains", custom_domains, email_domains),
    toolset!("custom_pages", error_pages, sign_in_pages, sign_out_pages),
    toolset!("email_templates", email_templates, email_customizations),
    toolset!("logs", logs),
    toolset!("end_user", end_user),
];

#[expect(clippy::indexing_slicing, reason = "no iterators in a const fn; the compiler runs it")]
const fn joined<const N: usize>(files: &[&[ToolDef]]) -> [ToolDef; N] {
    let mut tools = [files[0][0]; N];
    let (mut file, mut from, mut to) = (0, 0, 0);
    while file < files.len() {
        while from < files[file].len() {
            tools[to] = files[file][from];
            from += 1;
            to += 1;
        }
        file += 1;
        from = 0;
    }
    tools
}

/// Every tool, in the order in which clients see them.
pub fn tools() -> impl Iterator<Item = &'static ToolDef> {
    TOOLSETS.iter().flat_map(|set| set.tools)
}

/// The tool of that name.
pub fn find(name: &str) -> Option<&'static ToolDef> {
    tools().find(|tool| tool.name == name)
}

/// The toolset that a tool belongs to.
pub fn toolset_of(tool: &ToolDef) -> &'static str {
    let set = TOOLSETS.iter().find(|set| set.tools.iter().any(|other| other.name == tool.name));
    set.map_or("", |set| set.name)
}

/// The operation with that method and path template, whichever tool declares it.
pub fn operation(method: &str, path: &str) -> Option<Operation> {
    let method = Method::named(method)?;
    tools()
        .flat_map(ToolDef::operations)
        .find(|operation| operation.method == method && operation.path == path)
}

//! The page of environment variables.

use okta_mcp_server::VARS;

use super::template::Page;

pub(crate) fn page() -> String {
    let mut page = Page::new(
        "Environment variables",
        "What `okta-mcp` reads from its environment. A variable that is empty counts as not set. \
         What is wrong with one of them stops the start with one line on standard error and exit \
         code 2.",
    );
    for variable in VARS {
        page.heading(2, variable.name);
        page.paragraph(variable.about);
        page.paragraph(&format!(
            "Default: {}. Example: `{}={}`",
            variable.default, variable.name, variable.example
        ));
    }
    page.end()
}

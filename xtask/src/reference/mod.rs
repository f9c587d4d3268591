//! The reference, from the declarations that the program itself goes by.

mod abridged;
mod commands;
mod environment;
mod examples;
mod template;
mod tools;

use crate::Result;

/// The page of the tools, each with a call of it.
pub(crate) fn tools() -> Result<String> {
    Ok(tools::page(&examples::all()?))
}

/// The page of the commands.
pub(crate) fn commands() -> String {
    commands::page()
}

/// The page of the environment variables.
pub(crate) fn environment() -> String {
    environment::page()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_command_and_variable_has_its_place() {
        let examples = examples::all().unwrap();
        let tools = tools::page(&examples);
        for tool in okta_catalog::tools() {
            assert!(tools.contains(&format!("\n### {}\n", tool.name)), "{}", tool.name);
            assert!(examples.contains_key(tool.name), "{} has no example", tool.name);
        }
        let commands = commands::page();
        for command in okta_mcp::command().get_subcommands() {
            let heading = format!("\n## okta-mcp {}\n", command.get_name());
            assert!(commands.contains(&heading), "{heading}");
        }
        let environment = environment::page();
        for variable in okta_mcp_server::VARS {
            assert!(
                environment.contains(&format!("\n## {}\n", variable.name)),
                "{}",
                variable.name
            );
        }
    }
}

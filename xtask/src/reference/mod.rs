//! The reference, from the declarations that the program itself goes by.

mod abridged;
pub(crate) mod commands;
pub(crate) mod environment;
pub(crate) mod examples;
mod template;
pub(crate) mod tools;

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

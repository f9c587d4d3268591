//! The reference, from the declarations that the program itself goes by.

mod abridged;
pub(crate) mod commands;
pub(crate) mod examples;
pub(crate) mod guides;
mod person;
pub(crate) mod schema;
pub(crate) mod settings;
mod template;
pub(crate) mod tools;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_command_and_setting_has_its_place() {
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
        let settings = settings::page();
        for setting in okta_mcp_server::SETTINGS {
            let heading = format!("\n## {}\n", setting.variable);
            assert!(settings.contains(&heading), "{heading}");
        }
    }
}

//! What is generated: the reference, and what a model reads of the tools, from the declarations
//! that the program itself goes by.

mod abridged;
mod commands;
mod environment;
mod examples;
mod template;
mod tools;

use fs_err as fs;

use crate::{Result, printer, workspace};

/// What is generated, in this order: the examples call the tools that were described before.
const FILES: [(&str, fn() -> Result<String>); 4] = [
    ("crates/catalog/described.tsv", || Ok(okta_catalog::described())),
    ("docs/reference/tools.md", || Ok(tools::page(&examples::all()?))),
    ("docs/reference/commands.md", || Ok(commands::page())),
    ("docs/reference/environment.md", || Ok(environment::page())),
];

/// Writes every generated file, or checks that each is as it would be written.
pub(crate) fn generate(check: bool) -> Result {
    let mut stale = Vec::new();
    for (name, text) in FILES {
        let text = text()?;
        let path = workspace::root().join(name);
        let there = fs::read_to_string(&path).unwrap_or_default();
        if there == text {
            continue;
        }
        if check {
            stale.push(format!("{name} {}", difference(&there, &text)));
        } else {
            fs::write(&path, text)?;
            printer::note(&format!("wrote {name}"));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nhint: run cargo xtask gen", stale.join("\n")).into())
}

/// Where two texts part.
fn difference(there: &str, wanted: &str) -> String {
    if there.is_empty() {
        return "is missing".to_owned();
    }
    let (mut old, mut new) = (there.lines(), wanted.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (old.next(), new.next()) {
            (None, None) => return "differs in its last line end".to_owned(),
            (old, new) if old == new => {}
            (old, new) => {
                let side = |text: Option<&str>| text.unwrap_or("(the end)").to_owned();
                return format!(
                    "is stale from line {line} on:\n  - {}\n  + {}",
                    side(old),
                    side(new)
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_says_where() {
        assert_eq!(difference("", "a\n"), "is missing");
        assert_eq!(difference("a\nb\n", "a\nc\n"), "is stale from line 2 on:\n  - b\n  + c");
        assert_eq!(difference("a\n", "a\nb\n"), "is stale from line 2 on:\n  - (the end)\n  + b");
        assert_eq!(difference("a\n", "a"), "differs in its last line end");
    }

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

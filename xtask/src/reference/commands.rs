//! The page of commands: what `--help` prints.

use clap::Command;

use super::template::Page;

/// How wide the help is printed, whatever terminal this runs on.
const WIDTH: usize = 100;

pub(crate) fn page() -> String {
    let mut page = Page::new(
        "Commands",
        "What `--help` prints for each command. Exit codes: 0 done, 1 not done, 2 the command line \
         or the configuration is wrong, 3 a fault in `okta-mcp`.",
    );
    let mut command = okta_mcp::command().term_width(WIDTH).max_term_width(WIDTH);
    command.build();
    add(&mut page, command);
    page.end()
}

fn add(page: &mut Page, command: Command) {
    let name = command.get_bin_name().unwrap_or(command.get_name()).to_owned();
    let below: Vec<Command> = command.get_subcommands().cloned().collect();
    page.heading(2, &name);
    let mut command = command.term_width(WIDTH).max_term_width(WIDTH);
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    page.block(&lines.join("\n"));
    for command in below.into_iter().filter(|command| !command.is_hide_set()) {
        add(page, command);
    }
}

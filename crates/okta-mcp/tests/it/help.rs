//! Every command explains itself.

use crate::support::{Home, assert_shown};

#[test]
fn every_command_has_help_with_an_example() {
    let home = Home::new();
    let mut all = vec![Vec::new()];
    let command = okta_mcp::command();
    all.extend(command.get_subcommands().map(|command| vec![command.get_name()]));
    for mut args in all {
        let name = args.first().copied().unwrap_or("okta-mcp").to_owned();
        args.push("--help");
        let ran = home.run(&args);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{name}");
        assert!(ran.stdout.contains("Example"), "{name}");
        assert_shown!(format!("help-{name}"), ran.stdout);
    }
}

#[test]
fn mistakes_on_the_command_line_are_named() {
    let home = Home::new();
    let mut shown = String::new();
    for args in [
        &["frobnicate"][..],
        &["--sandbx"],
        &["call"],
        &["call", "list_users", "limit"],
        &["call", "list_users", "limit=many"],
        &["call", "list_usrs"],
        &["call", "xyz"],
        &["call", "list_users", "limit=1", "--json", "{}"],
        &["call", "list_users", "--json", "[]"],
        &["call", "list_users", "--json", "{"],
        &["sandbox", "--fault", "fire=1"],
        &["sandbox", "--fault", "slow=1001"],
        &["sandbox", "--fault", "slow=600", "--fault", "cut=600"],
        &["sandbox", "--users", "0"],
        &["sandbox", "--ca-file", "ca.pem"],
        &["completions", "dos"],
    ] {
        let ran = home.run(args);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        let line = ran.stderr.lines().next().unwrap();
        shown = format!("{shown}{args:?}\n  {line}\n");
    }
    assert_shown!("usage-errors", shown);
}

#[test]
fn completions_are_for_every_shell() {
    let home = Home::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = home.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("no-rate-limits"), "{shell}");
    }
}

#[test]
fn colour_is_only_for_terminals() {
    let ran = Home::new().run(&["demo"]);
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
}

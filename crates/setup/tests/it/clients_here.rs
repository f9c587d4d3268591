//! The clients of a machine, as `doctor` looks at them.

use std::path::Path;

use okta_mcp_setup::clients::{
    Content, Environment, Found, Launch, Machine, Starts, System, installed,
};

/// A home with these files in it.
fn look(files: &[(&str, &str)], check: impl FnOnce(&Path, Vec<Found>)) {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text.replace("HOME", home.path().to_str().unwrap())).unwrap();
    }
    let bin = home.path().join("bin");
    let env = |name: &str| match name {
        "HOME" => Some(home.path().display().to_string()),
        "PATH" => Some(bin.display().to_string()),
        _ => None,
    };
    let environment = Environment {
        machine: Machine { system: System::Linux, env: &env },
        program: bin.join("okta-mcp"),
    };
    check(home.path(), installed(&environment));
}

fn launches(found: &Found) -> &[Launch] {
    match &found.content {
        Content::Servers(launches) => launches,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_clients_that_are_here_are_found() {
    look(&[], |_, found| assert!(found.is_empty(), "{found:?}"));
    look(&[(".cursor/other.json", "")], |_, found| {
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].client.id, "cursor");
        assert!(matches!(found[0].content, Content::Missing));
    });
}

#[test]
fn what_starts_okta_mcp_is_told() {
    let claude = r#"{ "mcpServers": {
        "a": { "command": "okta-mcp", "args": ["--profile", "prod"] },
        "b": { "command": "HOME/bin/okta-mcp", "args": ["--profile=test", "--config", "/x.toml"] },
        "c": { "command": "HOME/old/okta-mcp", "env": { "OKTA_MCP_PROFILE": "old", "OKTA_API_TOKEN": "00x" } },
        "d": { "command": "/nowhere/okta-mcp", "env": { "OKTA_PRIVATE_KEY": "/keys/okta.pem" } },
        "e": { "command": "uvx", "args": ["okta-mcp-server"], "env": { "OKTA_PRIVATE_KEY": "-----BEGIN" } },
        "f": { "command": "npx", "args": ["files"] }
    } }"#;
    let files = [("bin/okta-mcp", ""), ("old/okta-mcp", ""), (".claude.json", claude)];
    look(&files, |home, found| {
        assert_eq!(found.len(), 1);
        let all = launches(&found[0]);
        let starts: Vec<&Starts> = all.iter().map(|launch| &launch.starts).collect();
        let other = Starts::Other(home.join("old/okta-mcp"));
        assert_eq!(
            starts,
            [&Starts::This, &Starts::This, &other, &Starts::Nothing, &Starts::OktaOwn]
        );
        let profiles: Vec<Option<&str>> =
            all.iter().map(|launch| launch.profile.as_deref()).collect();
        assert_eq!(profiles, [Some("prod"), Some("test"), Some("old"), None, None]);
        assert_eq!(all[1].config.as_deref(), Some(Path::new("/x.toml")));
        let secrets: Vec<usize> = all.iter().map(|launch| launch.secrets.len()).collect();
        assert_eq!(secrets, [0, 0, 1, 0, 1]);
        assert_eq!(all[2].secrets, ["OKTA_API_TOKEN"]);
    });
}

#[test]
fn a_file_that_the_client_cannot_read_is_told() {
    look(&[(".config/Claude/claude_desktop_config.json", "{\n  \"a\": 1,\n}")], |_, found| {
        let Content::Unreadable(error) = &found[0].content else { panic!("{found:?}") };
        assert!(error.to_string().starts_with("line "), "{error}");
    });
}

//! A server in a client's file: what is there stays, to the byte.

use std::path::Path;

use insta::assert_snapshot;
use okta_mcp_setup::clients::{CLIENTS, Client, Entry, Machine, OktaOwn, PlacedKey, System};

pub(crate) fn client(id: &str) -> &'static Client {
    Client::find(id).unwrap()
}

pub(crate) fn ours() -> Entry {
    Entry {
        command: "/usr/local/bin/okta-mcp".to_owned(),
        args: vec!["--profile".to_owned(), "prod".to_owned()],
        env: Vec::new(),
    }
}

/// Adds the server, and checks that adding it again changes nothing.
fn with(id: &str, text: &str) -> String {
    let added = client(id).with(text, "okta", &ours()).unwrap();
    assert_eq!(client(id).with(&added, "okta", &ours()).unwrap(), added, "twice is once");
    let servers = client(id).servers(&added).unwrap();
    assert_eq!(servers.iter().filter(|server| server.name == "okta").count(), 1);
    added
}

#[test]
fn every_client_has_its_file_on_every_system() {
    let mut told = Vec::new();
    for system in [System::Linux, System::MacOs, System::Windows] {
        let env = |name: &str| match name {
            "HOME" => Some("/home/ana".to_owned()),
            "USERPROFILE" => Some("C:/Users/ana".to_owned()),
            "APPDATA" => Some("C:/Users/ana/AppData/Roaming".to_owned()),
            _ => None,
        };
        let machine = Machine { system, env: &env };
        for client in CLIENTS {
            let file = client.file(&machine).unwrap();
            let file = file.display().to_string().replace('\\', "/");
            told.push(format!("{system:?} {}: {file}", client.name));
        }
    }
    assert_snapshot!("files", told.join("\n"));
}

#[test]
fn variables_move_the_files() {
    let env = |name: &str| match name {
        "HOME" => Some("/home/ana".to_owned()),
        "XDG_CONFIG_HOME" => Some("/config".to_owned()),
        "CODEX_HOME" => Some("/codex".to_owned()),
        "CLAUDE_CONFIG_DIR" => Some("/claude".to_owned()),
        _ => None,
    };
    let machine = Machine { system: System::Linux, env: &env };
    for (id, file) in [
        ("zed", "/config/zed/settings.json"),
        ("vscode", "/config/Code/User/mcp.json"),
        ("codex", "/codex/config.toml"),
        ("claude-code", "/claude/.claude.json"),
        ("cursor", "/home/ana/.cursor/mcp.json"),
    ] {
        assert_eq!(client(id).file(&machine).unwrap(), Path::new(file), "{id}");
    }
    let nowhere = Machine { system: System::Linux, env: &|_| None };
    assert!(CLIENTS.iter().all(|client| client.file(&nowhere).is_none()));
}

#[test]
fn a_file_that_is_not_there_is_made() {
    let all: Vec<String> =
        CLIENTS.iter().map(|client| format!("# {}\n{}", client.id, with(client.id, ""))).collect();
    assert_snapshot!("new", all.join("\n"));
}

#[test]
fn paths_of_windows_and_odd_names_come_back_as_they_went() {
    let odd = Entry {
        command: r#"C:\Program Files\"Okta"\okta-mcp.exe"#.to_owned(),
        args: vec!["--config".to_owned(), "C:\\Users\\Ana\tß\\x.toml".to_owned()],
        env: Vec::new(),
    };
    for client in CLIENTS {
        let added = client.with("", "okta \"a\".b", &odd).unwrap();
        let servers = client.servers(&added).unwrap();
        assert_eq!(
            (servers[0].name.as_str(), &servers[0].entry),
            ("okta \"a\".b", &odd),
            "{added}"
        );
    }
}

#[test]
fn no_secret_is_in_what_debugging_shows() {
    let text = r#"{ "mcpServers": { "a": { "command": "x", "args": ["hide-me"], "env": { "T": "hide-me" } } } }"#;
    let shown = format!("{:?}", client("cursor").servers(text).unwrap());
    assert!(shown.contains("\"T\"") && !shown.contains("hide-me"), "{shown}");
}

#[test]
fn others_comments_and_indentation_stay() {
    let zed = "// Zed settings\n//\n{\n    \"theme\": \"One Dark\", // dark\n    \"context_servers\": {\n        \
               \"files\": {\n            \"command\": \"npx\",\n            \"args\": [\"-y\", \"files\",],\n        \
               },\n    },\n    /* the end */\n}\n";
    assert_snapshot!("zed", with("zed", zed));
    let desktop = "{\n\t\"mcpServers\": {\n\t\t\"files\": { \"command\": \"npx\", \"args\": [\"-y\"] }\n\t},\n\t\"globalShortcut\": \"\"\n}";
    assert_snapshot!("desktop", with("claude-desktop", desktop));
    let code = r#"{"numStartups":7,"projects":{"/x":{"mcpServers":{"okta":{"command":"other"}}}},"big":123456789012345678901234567890}"#;
    assert_snapshot!("code", with("claude-code", code));
    let codex = "# my codex\nmodel = \"o3\"   # the model\n\n[mcp_servers.files]\ncommand = \"npx\"\nargs = [ \"-y\", \"files\" ] # all\n\n[tui]\nnotifications = true\n";
    assert_snapshot!("codex", with("codex", codex));
    assert_snapshot!(
        "codex-inline",
        with("codex", "mcp_servers = { files = { command = \"npx\" } }\n")
    );
}

#[test]
fn an_entry_of_that_name_is_replaced_and_what_else_is_set_in_it_stays() {
    let cursor = r#"{
  "mcpServers": {
    "okta": {
      "command": "uvx",
      "args": ["okta-mcp-server"], // Okta's own
      "timeout": 60,
      "env": { "OKTA_ORG_URL": "https://acme.okta.com", "RUST_LOG": "info", "OKTA_PRIVATE_KEY": "s3cr3t" },
      "disabled": false
    }
  }
}
"#;
    assert_snapshot!("replaced", with("cursor", cursor));
    let vscode = "{\n  \"servers\": {\n    \"okta\": {\n      \"type\": \"http\",\n      \"url\": \"https://example.com/mcp\",\n      \"headers\": { \"Authorization\": \"Bearer abc\" }\n    }\n  }\n}\n";
    assert_snapshot!("replaced-elsewhere", with("vscode", vscode));
    let codex = "[mcp_servers.okta]\ncommand = \"uvx\" # python\nargs = [\"okta-mcp-server\"]\nstartup_timeout_sec = 30\n\n[mcp_servers.okta.env]\nOKTA_ORG_URL = \"https://acme.okta.com\"\nOKTA_PRIVATE_KEY = \"s3cr3t\"\n";
    assert_snapshot!("replaced-codex", with("codex", codex));
}

#[test]
fn marks_and_line_ends_of_windows_stay() {
    let json =
        "\u{feff}{\r\n  \"mcpServers\": {\r\n    \"a\": { \"command\": \"b\" }\r\n  }\r\n}\r\n";
    let toml = "\u{feff}model = \"o3\"\r\n\r\n[mcp_servers.a]\r\ncommand = \"b\"\r\n";
    for (id, text) in [("cursor", json), ("codex", toml)] {
        let added = with(id, text);
        assert!(added.starts_with('\u{feff}'), "{added:?}");
        assert_eq!(added.matches('\n').count(), added.matches("\r\n").count(), "{added:?}");
        assert!(added.matches('\u{feff}').count() == 1 && added.contains("okta-mcp"), "{added:?}");
    }
}

#[test]
fn what_cannot_be_read_is_left_alone_and_says_where() {
    let refused =
        |id: &str, text: &str| client(id).with(text, "okta", &ours()).unwrap_err().to_string();
    let cases = [
        ("claude-desktop", "{\n  \"mcpServers\": {\n    \"a\": {},\n  }\n}"),
        ("claude-desktop", "{\n  // a comment\n}"),
        ("claude-code", "{\n  \"mcpServers\": {"),
        ("cursor", "{ \"mcpServers\": [] }"),
        ("cursor", "{ \"mcpServers\": { \"okta\": \"okta-mcp\" } }"),
        ("cursor", "[]"),
        ("cursor", "{ \"mcpServers\": { \"okta\": {}, \"okta\": {} } }"),
        ("cursor", "{ \"mcpServers\": {}, \"mcpServers\": {} }"),
        ("cursor", "{ 'mcpServers': {} }"),
        ("codex", "[mcp_servers\n"),
        ("codex", "a = 1\nb ="),
        ("codex", "mcp_servers = 7"),
        ("codex", "[mcp_servers]\nokta = 7"),
    ];
    let told: Vec<String> =
        cases.iter().map(|(id, text)| format!("{text:?}\n  {}", refused(id, text))).collect();
    assert_snapshot!("refused", told.join("\n"));
}

#[test]
fn no_secret_is_shown() {
    let json = r#"{
  "mcpServers": {
    "okta": { "command": "uvx", "env": { "OKTA_PRIVATE_KEY": "-----BEGIN PRIVATE KEY-----\nhide-me", "OKTA_KEY_ID": "kid" } },
    "db": { "command": "db", "args": ["--password", "hide-me", "--url=https://a:0123456789ABCDEFGHIJabcdef@x", "--verbose"] },
    "http": { "url": "https://example.com", "headers": { "Authorization": "hide-me", "X-Api-Key": ["hide-me"] } }
  }
}"#;
    let toml = "[mcp_servers.a]\ncommand = \"a\"\nargs = [\"--token\", \"hide-me\"] # args\nenv = { API_TOKEN = \"hide-me\", HOME = \"/x\" }\n";
    for (id, text) in [("cursor", json), ("codex", toml)] {
        let shown = client(id).shown(text).unwrap();
        assert!(!shown.contains("hide-me") && !shown.contains("0123456789"), "{shown}");
        assert_snapshot!(format!("shown-{id}"), shown);
    }
}

#[test]
fn oktas_own_server_is_known_however_it_is_started() {
    let entry = |command: &str, args: &[&str], env: &[(&str, &str)]| Entry {
        command: command.to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        env: env.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect(),
    };
    let env = [
        ("OKTA_ORG_URL", "https://acme.okta.com"),
        ("OKTA_CLIENT_ID", "0oa1"),
        ("OKTA_SCOPES", "okta.users.read okta.groups.read"),
        ("OKTA_KEY_ID", "kid"),
        ("OKTA_PRIVATE_KEY", "/keys/okta.pem"),
    ];
    for known in [
        entry("uvx", &["okta-mcp-server"], &env),
        entry("uvx", &["okta-mcp-server==1.1.7"], &env),
        entry("uv", &["run", "--directory", "/src/okta-mcp-server", "okta-mcp-server"], &env),
        entry("/venv/bin/okta-mcp-server", &[], &env),
        entry("python", &["-m", "okta_mcp_server"], &env),
        entry(
            "docker",
            &["run", "-i", "--rm", "-e", "OKTA_ORG_URL", "okta-mcp-server:latest"],
            &env,
        ),
    ] {
        let own = OktaOwn::of(&known).unwrap();
        assert_eq!(own.org.as_deref(), Some("https://acme.okta.com"), "{known:?}");
        assert_eq!(own.client_id.as_deref(), Some("0oa1"));
        assert!(
            matches!(&own.key, Some(PlacedKey::File(path)) if path == Path::new("/keys/okta.pem"))
        );
    }
    let own = OktaOwn::of(&entry(
        "docker",
        &[
            "run",
            "-e",
            "OKTA_ORG_URL=https://acme.okta.com",
            "-e",
            "OKTA_CLIENT_ID=${input:id}",
            "okta-mcp-server",
        ],
        &[("OKTA_PRIVATE_KEY", "-----BEGIN PRIVATE KEY-----\nx"), ("OKTA_SCOPES", "<SCOPES>")],
    ));
    let own = own.unwrap();
    assert_eq!(own.org.as_deref(), Some("https://acme.okta.com"));
    assert_eq!((own.client_id, own.scopes), (None, None), "what is asked for elsewhere is unknown");
    assert!(matches!(own.key, Some(PlacedKey::Inline(_))));
    assert!(OktaOwn::of(&entry("okta-mcp", &["--profile", "prod"], &[])).is_none());
}

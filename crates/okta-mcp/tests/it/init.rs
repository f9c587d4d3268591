//! `okta-mcp init`, driven by flags: a fresh machine, an old one, and mistakes.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{BINARY, Home, Ran, Sandbox, assert_shown};

/// An org over HTTPS, and the home of somebody who is to connect to it.
pub(crate) struct Machine {
    pub(crate) home: Home,
    pub(crate) org: Sandbox,
    pub(crate) key: String,
    ca: String,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let home = Home::new();
        let ca = home.path().join("ca.pem").to_str().unwrap().to_owned();
        let org = home.sandbox(&["--https", "--users", "30", "--ca-file", &ca]);
        let key = home.path().join("key.pem").to_str().unwrap().to_owned();
        Self { home, org, key, ca }
    }

    pub(crate) fn of_org(&self, name: &str) -> &str {
        self.org.env[name].as_str().unwrap()
    }

    /// What this machine knows of the way to the org.
    pub(crate) fn env(&self) -> Vec<(&'static str, &str)> {
        // On Windows clients keep their files by other variables.
        let home = self.home.path().to_str().unwrap();
        vec![("SSL_CERT_FILE", &self.ca), ("USERPROFILE", home), ("APPDATA", home)]
    }

    fn init(&self, args: &[&str]) -> Ran {
        let mut all = vec!["init"];
        all.extend(args);
        self.home.run_with(&self.env(), &all)
    }

    /// Runs with a service app whose key is in a file.
    fn service(&self, more: &[&str]) -> Ran {
        let mut args = vec!["--org", self.of_org("OKTA_ORG_URL")];
        args.extend(["--client-id", self.of_org("OKTA_CLIENT_ID")]);
        args.extend(["--key-file", &self.key, "--key-id", self.of_org("OKTA_KEY_ID")]);
        args.extend(more);
        self.init(&args)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.file(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        fs_err::create_dir_all(self.file(name).parent().unwrap()).unwrap();
        fs_err::write(self.file(name), text).unwrap();
    }

    /// The configuration file, wherever this system has it.
    fn config(&self) -> PathBuf {
        let places = [
            ".config/okta-mcp/okta-mcp.toml",
            "Library/Application Support/okta-mcp/okta-mcp.toml",
            "okta-mcp/okta-mcp.toml",
        ];
        let mut paths = places.map(|place| self.file(place)).into_iter();
        paths.find(|path| path.exists()).unwrap()
    }

    /// The text with nothing in it that differs from run to run.
    pub(crate) fn plain(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in [
            (self.of_org("OKTA_ORG_URL"), "[org]"),
            (BINARY, "[program]"),
            (self.of_org("OKTA_KEY_ID"), "[kid]"),
            (self.home.path().to_str().unwrap(), "[home]"),
        ] {
            text = text.replace(name, value);
        }
        text
    }

    /// A call with nothing but the profile.
    fn users(&self, profile: &str) -> usize {
        let list = self.home.run(&["call", "list_users", "limit=5", "--profile", profile]).json();
        list["items"].as_array().unwrap().len()
    }
}

fn exists(path: &Path) -> bool {
    fs_err::symlink_metadata(path).is_ok()
}

#[test]
fn a_fresh_machine_is_set_up_by_one_command() {
    let machine = Machine::new();
    let args = ["--profile", "prod", "--toolsets", "users,groups", "--yes"];
    let clients = ["--client", "cursor,codex,claude-code"];
    let ran = machine.service(&[&args[..], &clients].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("is signed in to localhost: 3 scopes"), "{ran:?}");
    if cfg!(target_os = "linux") {
        assert_shown!("init", machine.plain(&ran.shown()));
    }
    assert_eq!(machine.users("prod"), 5);
    let entry: Value = serde_json::from_str(&machine.read(".cursor/mcp.json")).unwrap();
    let started = json!({ "command": BINARY, "args": ["--profile", "prod"] });
    assert_eq!(entry["mcpServers"]["okta-prod"], started);

    // Once more changes nothing, and needs nothing said again.
    let again = machine.init(&["--profile", "prod", "--client", "cursor,codex,claude-code"]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert!(again.stdout.contains("Nothing to change"), "{again:?}");
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let machine = Machine::new();
    let before = fs_err::read_dir(machine.home.path()).unwrap().count();
    let ran = machine.service(&["--client", "zed", "--dry-run"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for shown in ["Create the app", "+ [profiles.default]", "context_servers", "okta.users.read"] {
        assert!(ran.stdout.contains(shown), "{shown}: {ran:?}");
    }
    let made = machine.init(&[
        "--org",
        machine.of_org("OKTA_ORG_URL"),
        "--client-id",
        "0oa1",
        "--generate-key",
        "--dry-run",
    ]);
    assert_eq!(made.code, Some(0), "{made:?}");
    assert_eq!(fs_err::read_dir(machine.home.path()).unwrap().count(), before);
}

#[test]
fn what_is_missing_is_named_with_its_option() {
    let machine = Machine::new();
    let org = machine.of_org("OKTA_ORG_URL").to_owned();
    let token = machine.file("token");
    fs_err::write(&token, "two words\n").unwrap();
    let cases: [&[&str]; 12] = [
        &[],
        &["--org", "https://okta.com"],
        &["--org", &org],
        &["--org", &org, "--app-kind", "service"],
        &["--org", &org, "--app-kind", "native"],
        &["--org", &org, "--app-kind", "native", "--client-id", "two words"],
        &["--org", &org, "--app-kind", "native", "--client-id", "0oa1", "--toolsets", "grups"],
        &["--org", &org, "--app-kind", "native", "--client-id", "0oa1"],
        &["--org", &org, "--app-kind", "web", "--client-id", "0oa1"],
        &["--org", &org, "--key-file", "/nowhere.pem", "--client-id", "0oa1"],
        &["--org", &org, "--app-kind", "native", "--client-id", "0oa1", "--profile", "a b"],
        &["--take-over", "cursor"],
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|args| {
            let ran = machine.init(args);
            assert_eq!(ran.code, Some(2), "{args:?}: {ran:?}");
            machine.plain(&format!("{args:?}\n{}", ran.stderr))
        })
        .collect();
    assert_shown!("init-missing", told.join("\n"));
    assert!(!exists(&machine.file(".config")));
}

#[test]
fn a_key_is_made_and_its_public_half_shown() {
    let machine = Machine::new();
    let args = ["--org", machine.of_org("OKTA_ORG_URL"), "--client-id", "0oa1", "--generate-key"];
    let ran = machine.init(&[&args[..], &["--yes"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let jwk = ran.stdout.lines().find(|line| line.starts_with("{\"")).unwrap();
    let jwk: Value = serde_json::from_str(jwk).unwrap();
    assert_eq!((&jwk["kty"], jwk.get("d")), (&json!("RSA"), None));
    let config = machine.config();
    let text = fs_err::read_to_string(&config).unwrap();
    assert!(text.contains("private_key_file = \"keys/default.pem\""), "{text}");
    assert!(text.contains(jwk["kid"].as_str().unwrap()), "{text}");
    let key = config.with_file_name("keys").join("default.pem");
    let pem = fs_err::read_to_string(&key).unwrap();
    assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----"));
    let line = pem.lines().nth(1).unwrap();
    assert!(!ran.stdout.contains(line) && !ran.stderr.contains(line));
    assert!(ran.stdout.contains("register the public key"), "{ran:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&key), mode(&config)), (0o600, 0o600));
    }

    // Another one gets another file: the first is still registered.
    let again = machine.init(&[&args[..], &["--yes"]].concat());
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(fs_err::read_to_string(&key).unwrap(), pem);
    let changed = fs_err::read_to_string(&config).unwrap();
    assert!(changed.contains("private_key_file = \"keys/default-2"), "{changed}");
    let check = machine.home.run(&["config", "check"]);
    assert_eq!(check.code, Some(0), "{check:?}");
}

#[test]
fn users_of_oktas_own_server_switch_by_one_command() {
    let machine = Machine::new();
    let pem = fs_err::read_to_string(&machine.key).unwrap();
    let entry = json!({ "mcpServers": {
        "files": { "command": "npx", "args": ["-y", "files"] },
        "okta-mcp-server": { "command": "uvx", "args": ["okta-mcp-server"], "timeout": 60, "env": {
            "OKTA_ORG_URL": machine.of_org("OKTA_ORG_URL"),
            "OKTA_CLIENT_ID": machine.of_org("OKTA_CLIENT_ID"),
            "OKTA_SCOPES": "okta.users.read okta.groups.read",
            "OKTA_PRIVATE_KEY": pem,
            "OKTA_KEY_ID": machine.of_org("OKTA_KEY_ID"),
        } },
    } });
    machine.write(".cursor/mcp.json", &format!("{entry:#}\n"));
    let ran = machine.init(&["--take-over", "cursor", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let secret = pem.lines().nth(1).unwrap();
    assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
    assert!(ran.stderr.contains("will still hold the secret"), "{ran:?}");
    let after: Value = serde_json::from_str(&machine.read(".cursor/mcp.json")).unwrap();
    let replaced = json!({ "command": BINARY, "args": [], "timeout": 60 });
    assert_eq!(after["mcpServers"]["okta-mcp-server"], replaced);
    assert_eq!(after["mcpServers"]["files"], entry["mcpServers"]["files"]);
    let config = fs_err::read_to_string(machine.config()).unwrap();
    assert!(config.contains(r#"scopes = ["okta.users.read", "okta.groups.read"]"#), "{config}");
    assert!(!config.contains(secret), "{config}");
    assert_eq!(machine.users("default"), 5);
}

#[test]
fn what_is_set_stays_where_nothing_else_is_said() {
    let machine = Machine::new();
    assert_eq!(machine.service(&["--yes", "--toolsets", "users", "--read-only"]).code, Some(0));
    let config = machine.config();
    let more = format!("{}log_level = \"INFO\" # loud\n", fs_err::read_to_string(&config).unwrap());
    fs_err::write(&config, &more).unwrap();
    let ran = machine.init(&["--yes", "--client-id", "0oa1"]);
    assert!(ran.stdout.contains("Wrote"), "{ran:?}");
    let after = fs_err::read_to_string(&config).unwrap();
    assert_eq!(after, more.replace(machine.of_org("OKTA_CLIENT_ID"), "0oa1"));
    // Rights grow by a word only.
    let ran = machine.init(&["--yes", "--manage", "--toolsets", "groups"]);
    assert!(ran.stdout.contains("- read_only = true"), "{ran:?}");
    let after = fs_err::read_to_string(&config).unwrap();
    assert!(after.contains("okta.groups.manage") && !after.contains("read_only"), "{after}");
}

#[test]
fn people_sign_in_by_a_code_or_with_a_browser() {
    let machine = Machine::new();
    let org = machine.of_org("OKTA_ORG_URL").to_owned();
    let id = machine.org.sign_in["native"]["client_id"].as_str().unwrap().to_owned();
    let args = ["--org", &org, "--app-kind", "native", "--client-id", &id, "--yes"];
    let ran = machine.init(&args);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Next: okta-mcp login"), "{ran:?}");
    let config = machine.config();
    let text = fs_err::read_to_string(&config).unwrap();
    assert!(text.contains("\"offline_access\"") && text.contains("okta.users.read.self"), "{text}");
    assert!(!text.contains("sign_in"), "{text}");

    let ran = machine.init(&[&args[..], &["--browser", "--redirect-port", "9999"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let text = fs_err::read_to_string(&config).unwrap();
    assert!(
        text.contains("sign_in = \"browser\"\n") && text.contains("redirect_port = 9999\n"),
        "{text}"
    );
    let whoami = machine.home.run(&["whoami"]);
    assert!(whoami.stderr.contains("nobody is signed in"), "{whoami:?}");
}

#[test]
fn an_api_token_is_tried() {
    let machine = Machine::new();
    let token = machine.file("token");
    fs_err::write(&token, format!("{}\n", machine.org.api_token)).unwrap();
    let with = |file: &Path| {
        let org = ["--org", machine.of_org("OKTA_ORG_URL"), "--profile", "look", "--read-only"];
        machine.init(&[&org[..], &["--api-token-file", file.to_str().unwrap(), "--yes"]].concat())
    };
    let ran = with(&token);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("The API token is good for localhost"), "{ran:?}");
    assert!(!ran.stdout.contains(&machine.org.api_token), "{ran:?}");
    assert!(fs_err::read_to_string(machine.config()).unwrap().contains("read_only = true"));
    assert_eq!(machine.users("look"), 5);

    let wrong = machine.file("wrong");
    fs_err::write(&wrong, "00wrong\n").unwrap();
    let ran = with(&wrong);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("everything is written, but the sign-in fails"), "{ran:?}");
    assert!(ran.stderr.contains("okta-mcp doctor --profile look"), "{ran:?}");
}

#[test]
fn a_file_that_cannot_be_read_stops_it_before_anything_is_written() {
    let machine = Machine::new();
    let broken = "{\n  \"mcpServers\": {\n";
    machine.write(".cursor/mcp.json", broken);
    let ran = machine.service(&["--client", "codex,cursor", "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("mcp.json: line ") && ran.stderr.contains("left as it is"),
        "{ran:?}"
    );
    assert_eq!(machine.read(".cursor/mcp.json"), broken);
    assert!(!exists(&machine.file(".codex")) && !exists(&machine.file(".config")));
}

#[test]
fn what_the_server_would_refuse_is_not_written() {
    let machine = Machine::new();
    assert_eq!(machine.service(&["--yes"]).code, Some(0));
    let config = machine.config();
    let good = fs_err::read_to_string(&config).unwrap();
    let bad = format!("{good}max_in_flight = 0\n");
    fs_err::write(&config, &bad).unwrap();
    let ran = machine.service(&["--yes", "--toolsets", "users"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("okta-mcp.toml:") && ran.stderr.contains("max_in_flight"),
        "{ran:?}"
    );
    assert_eq!(fs_err::read_to_string(&config).unwrap(), bad);
    fs_err::write(&config, "[profiles").unwrap();
    let ran = machine.service(&["--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("line 1"), "{ran:?}");
}

#[test]
fn an_org_that_cannot_be_reached_is_no_surprise_later() {
    let machine = Machine::new();
    let args =
        ["--org", machine.of_org("OKTA_ORG_URL"), "--app-kind", "native", "--client-id", "0oa1"];
    let all = [&["init"], &args[..], &["--yes"]].concat();
    // Without the certificate there is no way to it.
    let ran = machine.home.run(&all);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("cannot be checked") && ran.stderr.contains("--offline"),
        "{ran:?}"
    );
    assert!(!exists(&machine.file(".config")));
    let ran = machine.home.run(&[&all[..], &["--offline"]].concat());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(fs_err::read_to_string(machine.config()).unwrap().contains("client_id = \"0oa1\""));
}

#[test]
fn the_guide_alone_needs_neither_org_nor_terminal() {
    let home = Home::new();
    let ran = home.run(&["init", "--guide", "--app-kind", "web", "--redirect-port", "9999"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("Web Application")
            && ran.stdout.contains("http://127.0.0.1:9999/callback")
    );
    let ran = home.run(&["--sandbox", "init"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--sandbox needs no setting up"), "{ran:?}");
}

#[test]
fn what_the_environment_says_over_the_profile_is_told() {
    let machine = Machine::new();
    let mut env = machine.env();
    env.push(("OKTA_SCOPES", "okta.logs.read"));
    let org = machine.of_org("OKTA_ORG_URL");
    let args = ["init", "--org", org, "--app-kind", "native", "--client-id", "0oa1", "--dry-run"];
    let ran = machine.home.run_with(&env, &args);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told = "OKTA_SCOPES, OKTA_MCP_KEYRING: set in this environment";
    assert!(ran.stderr.contains(told), "{ran:?}");
}

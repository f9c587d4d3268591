//! `okta-mcp config`, and what a profile can say.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::{Home, Ran, assert_shown, fed, session};

const SECRET: &str = "00s3cr3tS3cr3tS3cr3t";

const FILE: &str = r#"
[profiles.prod]
org = "acme.okta.com"
api_token = "00s3cr3tS3cr3tS3cr3t"
scopes = ["okta.users.read", "okta.groups.manage"]
toolsets = ["users", "groups"]
deny_tools = ["delete_*", "*_coffee"]
read_only = true
redirect_port = 9000
export_dir = "exports"
max_in_flight = 5
proxy = "http://ana:00s3cr3tS3cr3tS3cr3t@proxy.example.com:3128"

[profiles.preview]
org = "https://acme.oktapreview.com"
client_id = "0oa1b2c3d4e5f6g7h8i9"
private_key_file = "missing.pem"
scopes = "okta.users.read"

[profiles.staff]
org = "acme.okta.com"
api_token_file = "token"
sign_in = "device"
"#;

struct Desk {
    home: Home,
    file: PathBuf,
}

impl Desk {
    fn new(text: &str) -> Self {
        let home = Home::new();
        let file = home.path().join("okta-mcp.toml");
        fs_err::write(&file, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs_err::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        Self { home, file }
    }

    fn run(&self, env: &[(&str, &str)], args: &[&str]) -> Ran {
        let mut command = self.home.command(args);
        command.env("OKTA_MCP_CONFIG", &self.file).envs(env.iter().copied());
        command.output().unwrap().into()
    }

    /// What is shown, without the folder.
    fn shown(&self, ran: &Ran) -> String {
        let shown = ran.shown();
        assert!(!shown.contains(SECRET), "{shown}");
        let mut shown = shown.replace(self.home.path().to_str().unwrap(), "[home]");
        // How wide a table is depends on how long the folder's name is.
        while shown.contains("   ") {
            shown = shown.replace("   ", "  ");
        }
        shown
    }
}

#[test]
fn each_setting_is_shown_with_where_it_comes_from() {
    let desk = Desk::new(FILE);
    let env = [("OKTA_MCP_MAX_IN_FLIGHT", "9"), ("OKTA_MCP_PROFILE", "prod")];
    let ran = desk.run(&env, &["config", "show"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_shown!("config-show", desk.shown(&ran));
    let token = [("OKTA_MCP_PROFILE", "prod"), ("OKTA_PRIVATE_KEY_FILE", "/no/such.pem")];
    let ran = desk.run(&token, &["config", "show", "--set", "--read-only"]);
    assert_shown!("config-show-set", desk.shown(&ran));
}

#[test]
fn programs_are_told_the_same() {
    let desk = Desk::new(FILE);
    let env = [("OKTA_MCP_MAX_IN_FLIGHT", "9")];
    let args = ["config", "show", "--json", "--read-only", "--profile", "prod"];
    let ran = desk.run(&env, &args);
    desk.shown(&ran);
    let told = ran.json();
    assert_eq!((&told["profile"], &told["problem"]), (&json!("prod"), &Value::Null));
    let find = |name: &str| {
        let rows = told["settings"].as_array().unwrap();
        rows.iter().find(|row| row["setting"] == name).unwrap().clone()
    };
    let file = desk.file.to_str().unwrap();
    assert_eq!(
        find("api_token"),
        json!({
            "setting": "api_token", "variable": "OKTA_API_TOKEN", "flag": null, "value": "(set)",
            "default": "none", "not_used_because_of": null,
            "origin": { "layer": "file", "path": file, "line": 4, "column": 13 },
        })
    );
    let from_environment = json!({ "layer": "environment", "name": "OKTA_MCP_MAX_IN_FLIGHT" });
    assert_eq!(
        (&find("max_in_flight")["value"], &find("max_in_flight")["origin"]),
        (&json!(9), &from_environment)
    );
    assert_eq!(find("read_only")["origin"], json!({ "layer": "flag", "name": "--read-only" }));
    assert_eq!(find("dpop")["origin"], json!({ "layer": "default" }));
    assert_eq!(find("toolsets")["value"], json!(["users", "groups"]));
}

#[test]
fn the_whole_file_is_checked() {
    let desk = Desk::new(FILE);
    let ran = desk.run(&[], &["config", "check"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let one = desk.run(&[], &["config", "check", "--profile", "prod"]);
    assert_eq!(one.code, Some(0), "{one:?}");
    let slip = Desk::new("[profiles.prod]\norg = 'acme.okta.com'\napi_tokn = 'x'\n");
    let wrong = slip.run(&[], &["config", "check"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    let all = [desk.shown(&ran), desk.shown(&one), slip.shown(&wrong)];
    assert_shown!("config-check", all.join("\n"));
    let told = desk.run(&[], &["config", "check", "--profile", "prod", "--json"]).json();
    assert_eq!(
        (&told["profiles"][0]["good"], &told["profiles"][0]["org"]),
        (&json!(true), &json!("acme.okta.com"))
    );
}

#[test]
fn a_profile_is_all_that_a_server_needs() {
    let home = Home::new();
    let sandbox = home.sandbox(&[]);
    let text = |name: &str| sandbox.env[name].as_str().unwrap();
    let profile = format!(
        "[profiles.default]\norg = '{}'\nclient_id = '{}'\nprivate_key_file = '{}'\nkey_id = '{}'\n\
         scopes = ['okta.users.read', 'okta.groups.manage']\ntoolsets = ['groups']\n\
         deny_tools = ['delete_*']\n",
        text("OKTA_ORG_URL"),
        text("OKTA_CLIENT_ID"),
        text("OKTA_PRIVATE_KEY"),
        text("OKTA_KEY_ID"),
    );
    let desk = Desk::new(&profile);
    let call = desk.run(&[], &["call", "list_groups", "limit=1"]);
    assert_eq!(call.code, Some(0), "{call:?}");
    for (tool, code) in [("list_users", "toolsets ("), ("delete_group", "deny_tools (")] {
        let args = if tool == "delete_group" { vec!["group_id=00g1"] } else { Vec::new() };
        let ran = desk.run(&[], &[vec!["call", tool], args].concat());
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(ran.stderr.contains(&format!("{tool} is switched off by {code}")), "{ran:?}");
    }
    let listed = desk.run(&[], &["tools"]).stdout;
    assert!(listed.contains("create_group") && !listed.contains("delete_group"), "{listed}");
    // The org in memory takes the place of org and sign-in, and nothing else.
    let ran = desk.run(&[], &["tools", "--sandbox"]);
    assert_eq!((ran.code, ran.stdout.contains("list_users")), (Some(0), false), "{ran:?}");
}

#[test]
fn the_log_goes_where_the_profile_says() {
    let desk = Desk::new(
        "[profiles.default]\nlog_file = 'okta.log'\nlog_level = 'DEBUG'\nstate_dir = 'state'\n",
    );
    let messages: Vec<String> =
        session("tools/list", &json!({})).iter().map(Value::to_string).collect();
    let mut command = desk.home.command(&["--sandbox"]);
    command.env("OKTA_MCP_CONFIG", &desk.file);
    let ran = fed(command, &format!("{}\n", messages.join("\n")));
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    assert!(desk.home.path().join("okta.log").is_file());
    assert!(desk.home.path().join("state/audit").is_dir());
}

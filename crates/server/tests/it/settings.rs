//! Settings from file, environment and flags: which holds, what contradicts, what is shown of it.

use std::fs;

use okta_mcp_server::{
    Config, ConfigError, Flags, Kind, Origin, Profile, Row, SETTINGS, Setting, Settings, SignIn,
};
use serde_json::{Value, json};

use crate::{client::OrgBox, config_file::Home};

/// What must never be printed.
const SECRET: &str = "00s3cr3tS3cr3tS3cr3t";

/// The flags that name a file with that profile in it.
fn file(home: &Home, profile: &str) -> Flags {
    let path = home.write("x.toml", &format!("[profiles.default]\n{profile}"));
    Flags { file: Some(path), ..Flags::default() }
}

fn settings(home: &Home, flags: &Flags) -> Result<Settings, ConfigError> {
    Settings::read(&|name: &str| home.env.get(name).cloned(), flags)
}

fn config(home: &Home, flags: &Flags) -> Result<Config, ConfigError> {
    Config::read(&|name: &str| home.env.get(name).cloned(), flags)
}

/// What is told of a configuration that cannot be, without the folder.
fn told(home: &Home, flags: &Flags) -> String {
    let error = config(home, flags).expect_err("a mistake").to_string();
    assert!(!error.contains('\n') && !error.contains(SECRET), "{error}");
    home.without_folder(&error)
}

fn row(settings: &Settings, setting: &Setting) -> Row {
    let mut rows = settings.rows().into_iter();
    rows.find(|row| row.setting.variable == setting.variable).unwrap()
}

/// What a setting's example is shown as.
fn example(setting: &Setting) -> Value {
    match setting.kind {
        Kind::Secret | Kind::Key => json!("(set)"),
        Kind::Whole(_) | Kind::YesNo => serde_json::from_str(setting.example).unwrap(),
        Kind::Words => json!(setting.example.split(' ').collect::<Vec<_>>()),
        Kind::Paths => json!(setting.example.split(':').collect::<Vec<_>>()),
        Kind::Text | Kind::Url | Kind::Word(_) | Kind::Path => json!(setting.example),
    }
}

#[cfg(unix)]
#[test]
fn every_setting_can_be_given_in_each_layer_and_is_shown_with_its_origin() {
    for setting in SETTINGS {
        let mut home = Home::new();
        let mut flags = Flags::default();
        let nothing = row(&settings(&home, &flags).unwrap(), setting);
        assert!(nothing.origin.is_none(), "{nothing:?}");
        if setting.key.is_some() {
            flags = file(&home, &format!("# One line more.\n{}", setting.toml_example()));
            let row = row(&settings(&home, &flags).unwrap(), setting);
            assert!(matches!(row.origin, Some(Origin::File { line: 3, .. })), "{row:?}");
            assert_eq!((row.value, row.instead), (Some(example(setting)), None));
        } else {
            // These two name the file and the profile: both must be there.
            let path = home.write("named.toml", "[profiles.prod]\n[profiles.default]");
            home.set("OKTA_MCP_CONFIG", &path.display());
            home.set("OKTA_MCP_PROFILE", &"prod");
        }
        if setting.key.is_some() {
            home.set(setting.variable, &setting.example);
        }
        let shown = row(&settings(&home, &flags).unwrap(), setting);
        assert_eq!(shown.origin, Some(Origin::Variable(setting.variable)), "{shown:?}");
        if let Some(flag) = setting.flag {
            let file =
                flags.file.clone().or_else(|| Some(home.env["OKTA_MCP_CONFIG"].clone().into()));
            let all = Flags { file, profile: Some("default".to_owned()), read_only: true };
            let shown = row(&settings(&home, &all).unwrap(), setting);
            assert_eq!(shown.origin, Some(Origin::Flag(flag)), "{shown:?}");
        }
    }
}

#[test]
fn a_higher_layer_holds_setting_by_setting() {
    let mut home = Home::new();
    let flags = file(
        &home,
        "org = 'acme.okta.com'\nmax_in_flight = 5\nread_attempts = 7\nsensitive = 'allow'\n\
         scopes = 'okta.users.read, okta.logs.read'\napi_token_file = 'token'\n\
         export_dir = 'out'\nupload_dirs = ['~/images', '/srv/logos']",
    );
    home.write("token", SECRET);
    home.set("OKTA_MCP_MAX_IN_FLIGHT", &"9");
    home.set("OKTA_ORG_URL", &"https://other.okta.com");
    let config = config(&home, &flags).unwrap();
    assert_eq!(config.org.host(), "other.okta.com");
    assert_eq!((config.max_in_flight, config.read_attempts, config.allow_sensitive), (9, 7, true));
    assert_eq!(config.scopes, ["okta.users.read", "okta.logs.read"]);
    assert_eq!(config.exports, home.path("out"));
    if cfg!(unix) {
        assert_eq!(config.uploads, [home.path("images"), "/srv/logos".into()]);
    }
    assert!(matches!(config.sign_in, SignIn::ApiToken { .. }) && config.api_token());
}

#[tokio::test]
async fn a_credential_of_a_higher_layer_replaces_the_whole_lower_one() {
    let org = OrgBox::new().await.environment();
    let mut home = Home::new();
    home.write("key.pem", &org["OKTA_PRIVATE_KEY"]);
    let profile = "org = 'acme.okta.com'\nclient_id = '0oa1'\nscopes = ['okta.users.read']\n\
                   sign_in = 'private_key'\nprivate_key = 'key.pem'\nkey_id = 'old'\n";
    let flags = file(&home, profile);
    let key_id = |home: &Home| match config(home, &flags).unwrap().sign_in {
        SignIn::ServiceApp { key, client_id, .. } => {
            assert_eq!(client_id, "0oa1");
            key.key_id().map(str::to_owned)
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(key_id(&home).as_deref(), Some("old"));
    // The id that goes with the key of the file is not that of another one.
    home.set("OKTA_PRIVATE_KEY", &org["OKTA_PRIVATE_KEY"]);
    assert_eq!(key_id(&home), None);
    home.set("OKTA_KEY_ID", &"new");
    assert_eq!(key_id(&home).as_deref(), Some("new"));
    home.env.remove("OKTA_PRIVATE_KEY");
    assert_eq!(key_id(&home).as_deref(), Some("new"));
    // A token in the environment: neither key nor the word that goes with it count.
    home.set("OKTA_API_TOKEN", &SECRET);
    let with_token = config(&home, &flags).unwrap();
    assert!(matches!(with_token.sign_in, SignIn::ApiToken { .. }));
    assert_eq!(
        with_token.remarks.iter().map(|said| home.without_folder(said)).collect::<Vec<_>>(),
        [
            "sign_in (x.toml:5:11) does not count: OKTA_API_TOKEN says how to sign in",
            "OKTA_KEY_ID is not used: the way to sign in is `api_token`",
        ]
    );
    let shown = settings(&home, &flags).unwrap().rows();
    let key = shown.iter().find(|row| row.setting.key == Some("private_key")).unwrap();
    assert_eq!(key.instead.as_deref(), Some("OKTA_API_TOKEN"));
    // And the other way round: a word in the environment over a token in the file.
    home.env.remove("OKTA_API_TOKEN");
    home.set("OKTA_MCP_SIGN_IN", &"private_key");
    let flags = file(&home, &format!("org = 'acme.okta.com'\napi_token = '{SECRET}'"));
    assert!(told(&home, &flags).starts_with("client_id is not set in profile default of x.toml"));
}

#[test]
fn what_contradicts_within_a_layer_names_both_places() {
    let mut home = Home::new();
    let org = "org = 'acme.okta.com'\nclient_id = '0oa1'\n";
    let mut all = Vec::new();
    for pair in [
        "api_token = 'x'\nprivate_key_file = 'key.pem'",
        "api_token = 'x'\napi_token_file = 'token'",
        "private_key = 'key.pem'\nclient_secret = 'x'",
        "private_key = 'key.pem'\nprivate_key_file = 'key.pem'",
        "client_secret = 'x'\nclient_secret_file = 'y'",
        "redirect_port = 1\nredirect_uri = 'http://127.0.0.1:1/'",
        "domain_key = 'x'\ndomain_key_file = 'y'",
        "sign_in = 'device'\napi_token = 'x'",
        "sign_in = 'api_token'\nprivate_key = 'key.pem'",
        "sign_in = 'private_key'\nclient_secret = 'x'",
    ] {
        let flags = file(&home, &format!("{org}{pair}"));
        all.push(format!("{pair}\n    {}", told(&home, &flags)));
    }
    for (first, second) in [
        ("OKTA_API_TOKEN", "OKTA_CLIENT_SECRET"),
        ("OKTA_PRIVATE_KEY_FILE", "OKTA_API_TOKEN_FILE"),
        ("OKTA_MCP_REDIRECT_PORT", "OKTA_MCP_REDIRECT_URI"),
        ("OKTA_MCP_DOMAIN_KEY", "OKTA_MCP_DOMAIN_KEY_FILE"),
    ] {
        home.set(first, &"1");
        home.set(second, &"1");
        all.push(format!("{first}, {second}\n    {}", told(&home, &Flags::default())));
        home.env.retain(|name, _| *name != first && *name != second);
    }
    // In two layers the higher one holds.
    home.set("OKTA_MCP_REDIRECT_PORT", &"9000");
    let flags = file(&home, "redirect_uri = 'http://127.0.0.1:1/'");
    let shown = settings(&home, &flags).unwrap().rows();
    let uri = shown.iter().find(|row| row.setting.key == Some("redirect_uri")).unwrap();
    assert_eq!(uri.instead.as_deref(), Some("OKTA_MCP_REDIRECT_PORT"));
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn every_mistake_in_a_profile_is_one_line_with_its_place() {
    let home = Home::new();
    let good = "org = 'acme.okta.com'\napi_token = '00x'\n";
    let mut all = Vec::new();
    for text in [
        "clientid = '0oa1'",
        "coffee = 'black'",
        "org = 1",
        "org = ''",
        "org = 'https://acme-admin.okta.com'\napi_token = '00x'",
        "org = 'acme.okta.com'",
        "org = 'acme.okta.com'\nclient_id = '0oa1'\nscopes = 'a'\nprivate_key = 'none.pem'",
        "org = 'acme.okta.com'\nclient_id = '0oa1'\nscopes = 'a'\nprivate_key = 'rubbish'",
        "org = 'acme.okta.com'\nclient_id = '0oa1'\nscopes = 'a'\nprivate_key = 'keyring'\nkeyring = 'off'",
        "org = 'acme.okta.com'\napi_token = 'keyring'\nkeyring = 'off'",
        "org = 'acme.okta.com'\nclient_id = '0oa1'\nclient_secret = 'keyring'\nkeyring = 'off'",
        "org = 'acme.okta.com'\napi_token = '00x'\ndomain_key = 'keyring'",
        "keyring = 'on'",
        "org = 'acme.okta.com'\nsign_in = 'api_token'",
        "sign_in = 'password'",
        "dpop = 'never'",
        "redirect_port = 0",
        "redirect_port = 65536",
        "redirect_port = '8765'",
        "org = 'acme.okta.com'\nclient_id = '0oa1'\nsign_in = 'browser'\n\
         redirect_uri = 'https://acme.example/cb'",
        "max_in_flight = 0",
        "max_in_flight = 2.5",
        "read_only = 'yes'",
        "scopes = []",
        "scopes = ['okta.users.read', 1]",
        "GOOD scopes = ['okta/users']",
        "GOOD toolsets = ['group']",
        "GOOD allow_tools = ['get_usr']",
        "GOOD deny_tools = ['get_user', 'delete_grup']",
        "GOOD deny_tools = ['a[']",
        "GOOD log_level = 'LOUD'",
        "upload_dirs = '/srv'",
        "sensitive = 'perhaps'",
        "private_key = [1]",
    ] {
        let flags = file(&home, &text.replace("GOOD ", good));
        all.push(format!("{text}\n    {}", told(&home, &flags)));
    }
    insta::assert_snapshot!(all.join("\n\n"));
}

#[cfg(unix)]
#[test]
fn a_secret_stands_in_a_file_of_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    home.write("key.pem", "x");
    for (line, secret) in [
        (format!("api_token = '{SECRET}'"), true),
        (format!("client_secret = '{SECRET}'"), true),
        (format!("private_key = '{SECRET}'"), true),
        (format!("domain_key = '{SECRET}'"), true),
        ("private_key = 'key.pem'".to_owned(), false),
        ("api_token = 'keyring'".to_owned(), false),
        ("api_token_file = 'key.pem'".to_owned(), false),
    ] {
        let flags = file(&home, &line);
        let path = flags.file.clone().unwrap();
        for mode in [0o600, 0o640, 0o604, 0o644] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let read = settings(&home, &flags);
            assert_eq!(read.is_err(), secret && mode != 0o600, "{line} {mode:o}");
            if let Err(error) = read {
                let error = error.to_string();
                let place = format!("x.toml:2:{}: ", line.find('\'').unwrap() + 1);
                let remedy = format!("chmod 600 {}, or keep it in a file", path.display());
                assert!(home.without_folder(&error).starts_with(&place), "{error}");
                assert!(error.contains(&remedy) && !error.contains(SECRET), "{error}");
            }
        }
    }
}

#[test]
fn no_secret_is_printed() {
    let mut home = Home::new();
    let secrets = SETTINGS.iter().filter(|setting| setting.is_secret());
    for setting in secrets {
        let key = setting.key.unwrap();
        let lines = format!(
            "org = 'acme.okta.com'\nclient_id = '0oa1'\nproxy = 'http://ana:{SECRET}@proxy:1'\n\
             {key} = '{SECRET}'"
        );
        let flags = file(&home, &lines);
        for env in [None, Some(setting.variable)] {
            if let Some(variable) = env {
                home.set(variable, &SECRET);
            }
            let settings = settings(&home, &flags).unwrap();
            let profile = Profile::read(&|name: &str| home.env.get(name).cloned(), &flags);
            let config = config(&home, &flags);
            let mut printed = format!("{settings:?} {profile:?} {:?} {config:?}", settings.rows());
            if let Err(error) = config {
                printed.push_str(&error.to_string());
            }
            assert!(!printed.contains(SECRET), "{key}: {printed}");
        }
        home.env.remove(setting.variable);
    }
    // Nor where it stands in the wrong place.
    for wrong in [
        format!("api_tokn = '{SECRET}'"),
        format!("api_token = ['{SECRET}']"),
        format!("api_token = '{SECRET}"),
        format!("api_token = '{SECRET}'\napi_token = '{SECRET}'"),
    ] {
        let flags = file(&home, &wrong);
        let error = config(&home, &flags).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET), "{error:?}");
    }
}

#[test]
fn toolsets_and_lists_only_take_away() {
    let mut home = Home::new();
    let good = format!("org = 'acme.okta.com'\napi_token = '{SECRET}'\n");
    let mut there = |lines: &str| {
        let path = home.write("x.toml", &format!("[profiles.default]\n{good}{lines}"));
        home.set("OKTA_MCP_CONFIG", &path.display());
        let config = config(&home, &Flags::default()).unwrap();
        let names = okta_catalog::tools().map(|tool| tool.name);
        let left: Vec<&str> = names.filter(|name| !config.off.contains_key(name)).collect();
        (left, config.off, config.remarks)
    };
    let server: Vec<&str> = okta_catalog::TOOLSETS[0].tools.iter().map(|tool| tool.name).collect();
    assert!(server.contains(&"get_scope_status"));
    let (left, off, _) = there("");
    assert!(off.is_empty() && left.len() > 100);
    let (left, off, _) = there("toolsets = ['log*']");
    assert_eq!(left[server.len()..], ["get_logs", "get_login_failures"]);
    assert!(off["delete_group"].starts_with("toolsets ("), "{}", off["delete_group"]);
    assert!(off["delete_group"].ends_with("x.toml:4:12)"), "{}", off["delete_group"]);
    let (left, ..) = there("toolsets = ['logs', 'groups']\nallow_tools = ['get_*', 'list_users']");
    assert_eq!(left[server.len()..], ["get_group", "get_logs", "get_login_failures"]);
    let lists = "allow_tools = ['get_group', 'get_logs']\ndeny_tools = 'get_gr*, undo_change'";
    let (left, off, _) = there(lists);
    assert!(left.ends_with(&["get_logs"]) && !left.contains(&"undo_change"), "{left:?}");
    assert!(off["get_group"].starts_with("deny_tools ("));
    let (_, _, remarks) = there("toolsets = ['users']\nallow_tools = ['*_coffee']");
    assert_eq!(
        remarks,
        [
            "allow_tools: \"*_coffee\" matches no tool that there is",
            "toolsets, allow_tools and deny_tools leave no tool",
        ]
    );
    // The environment holds over the file, list by list.
    home.set("OKTA_MCP_DENY_TOOLS", &"{create,delete}_group get_user");
    let config = config(&home, &Flags::default()).unwrap();
    assert_eq!(config.off["delete_group"], "OKTA_MCP_DENY_TOOLS");
}

//! The configuration file: where it is found, what it says, and the one clear line for what it
//! cannot say.

use std::{collections::HashMap, fs, path::PathBuf};

use okta_mcp_server::{
    AuditSettings, CheckpointCommand, Config, ConfigError, Flags, Profile, SyslogTo,
};
use tempfile::TempDir;

/// A home, with files in it.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) env: HashMap<&'static str, String>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().display().to_string();
        let env = HashMap::from([("HOME", home.clone()), ("LOCALAPPDATA", home)]);
        Self { folder, env }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file that is its owner's alone.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    pub(crate) fn set(&mut self, name: &'static str, value: &dyn std::fmt::Display) {
        self.env.insert(name, format!("{value}"));
    }

    fn read(&self, flags: &Flags) -> Result<Profile, ConfigError> {
        Profile::read(&|name: &str| self.env.get(name).cloned(), flags)
    }

    fn profile(&self) -> Profile {
        self.read(&Flags::default()).unwrap()
    }

    /// What is told of a file that says this, without the folder.
    fn told(&self, text: &str) -> String {
        let path = self.write("x.toml", text);
        let flags = Flags { file: Some(path), ..Flags::default() };
        let error = self.read(&flags).expect_err(text).to_string();
        assert!(!error.contains('\n'), "{error}");
        self.without_folder(&error)
    }

    pub(crate) fn without_folder(&self, text: &str) -> String {
        let folder = format!("{}{}", self.folder.path().display(), std::path::MAIN_SEPARATOR);
        text.replace(&folder, "")
    }
}

fn flags(file: PathBuf, profile: Option<&str>, read_only: bool) -> Flags {
    Flags { file: Some(file), profile: profile.map(str::to_owned), read_only }
}

const THREE: &str = "
    [profiles.default]
    [profiles.prod]
    read_only = true
    [profiles.preview]
    rules = [{ tools = ['delete_*'], decision = 'deny' }]
";

#[test]
fn flags_hold_over_the_environment_and_that_over_the_usual_place() {
    let mut home = Home::new();
    assert_eq!((home.profile().file, home.profile().name.as_str()), (None, "default"));
    let config = if cfg!(target_os = "macos") {
        "Library/Application Support/okta-mcp/okta-mcp.toml"
    } else if cfg!(windows) {
        "okta-mcp/okta-mcp.toml"
    } else {
        ".config/okta-mcp/okta-mcp.toml"
    };
    let usual = home.write(config, THREE);
    assert_eq!(home.profile().file, Some(usual));
    let named = home.write("named.toml", THREE);
    home.set("OKTA_MCP_CONFIG", &named.display());
    assert_eq!(home.profile().file, Some(named));
    home.set("OKTA_MCP_PROFILE", &"prod");
    assert!(home.profile().policy.read_only());
    let flag = home.write("flag.toml", THREE);
    let profile = home.read(&flags(flag.clone(), Some("preview"), false)).unwrap();
    assert_eq!((profile.file, profile.name.as_str()), (Some(flag), "preview"));
    assert!(!profile.policy.read_only());
    assert_eq!(profile.policy.source().rules.len(), 1);
}

#[cfg(target_os = "linux")]
#[test]
fn the_usual_place_is_that_of_the_desktop_specification() {
    let mut home = Home::new();
    let elsewhere = home.path("elsewhere");
    home.set("XDG_CONFIG_HOME", &elsewhere.display());
    let usual = home.write("elsewhere/okta-mcp/okta-mcp.toml", THREE);
    assert_eq!(home.profile().file, Some(usual));
    // One that is not absolute does not count (XDG Base Directory Specification).
    home.set("XDG_CONFIG_HOME", &"elsewhere");
    assert_eq!(home.profile().file, None);
}

#[test]
fn read_only_is_of_flag_environment_file_in_this_order() {
    let mut home = Home::new();
    let file = home.write("x.toml", THREE);
    let read_only = |home: &Home, profile: &str, flag: bool| {
        home.read(&flags(file.clone(), Some(profile), flag)).unwrap().policy.read_only()
    };
    assert!(!read_only(&home, "default", false) && read_only(&home, "prod", false));
    assert!(read_only(&home, "default", true));
    home.set("OKTA_MCP_READ_ONLY", &"true");
    assert!(read_only(&home, "default", false));
    home.set("OKTA_MCP_READ_ONLY", &"false");
    assert!(!read_only(&home, "prod", false) && read_only(&home, "prod", true));
    home.set("OKTA_MCP_READ_ONLY", &"yes");
    let error = home.read(&Flags::default()).unwrap_err().to_string();
    assert_eq!(error, "OKTA_MCP_READ_ONLY: \"yes\" is neither true nor false");
    // Without a file too.
    home.set("OKTA_MCP_READ_ONLY", &"true");
    assert!(home.profile().policy.read_only());
}

#[test]
fn a_profile_that_is_not_there_is_told_with_those_that_are() {
    let home = Home::new();
    let file = home.write("x.toml", THREE);
    let only = home.write("only.toml", "[profiles.prod]\nread_only = true");
    let told = |flags: &Flags| home.without_folder(&home.read(flags).unwrap_err().to_string());
    assert_eq!(
        told(&flags(file, Some("gov"), false)),
        "there is no profile \"gov\": x.toml has default, preview, prod"
    );
    // Whoever wrote profiles and names none does not run without one.
    assert_eq!(
        told(&flags(only, None, false)),
        "there is no profile \"default\": name one of only.toml with --profile: prod"
    );
    let none = Flags { profile: Some("gov".to_owned()), ..Flags::default() };
    assert_eq!(
        told(&none),
        "there is no profile \"gov\": there is no configuration file (--config names one)"
    );
    assert_eq!(
        told(&flags(home.path("missing.toml"), None, false)),
        "--config: missing.toml: there is no such file"
    );
    let empty = home.write("empty.toml", "");
    assert_eq!(home.read(&flags(empty, None, false)).unwrap().name, "default");
}

#[test]
fn the_audit_table_says_how_the_trail_is_kept() {
    let home = Home::new();
    let audit = |text: &str| {
        let file = home.write("x.toml", text);
        home.read(&flags(file, None, false)).unwrap().audit
    };
    assert_eq!(audit(""), AuditSettings::default());
    let all = audit(
        "[audit]
        required = true
        pseudonymise = true
        retention_days = 30
        rotate_mib = 8
        checkpoint_rows = 100
        syslog = 'tcp:[::1]:601'
        command = ['/usr/bin/tee', '-a']",
    );
    assert!(all.required && all.pseudonymise);
    assert_eq!((all.retention_days, all.rotate_mib.get(), all.checkpoint_rows), (30, 8, 100));
    assert_eq!(all.syslog, Some(SyslogTo::Tcp("[::1]:601".to_owned())));
    let command = ["/usr/bin/tee", "-a"].map(str::to_owned).to_vec();
    assert_eq!(all.command, Some(CheckpointCommand(command)));
    let syslog = |place: &str| audit(&format!("[audit]\nsyslog = '{place}'")).syslog;
    assert_eq!(syslog("udp:localhost:514"), Some(SyslogTo::Udp("localhost:514".to_owned())));
    #[cfg(unix)]
    assert_eq!(syslog("unix:/dev/log"), Some(SyslogTo::Unix("/dev/log".into())));
}

#[test]
fn every_mistake_is_one_line_with_its_place() {
    let home = Home::new();
    let texts = [
        "read_only = true",
        "[profile.default]",
        "[audit]\nrequird = true",
        "[audit]\nrequired = 'yes'",
        "[audit]\nrotate_mib = 0",
        "[audit]\nretention_days = -1",
        "[audit]\nsyslog = 'logs.example.com'",
        "[audit]\ncommand = []",
        "[profiles.default]\nreadonly = true",
        "[profiles.default]\n  read_only = 1",
        "[profiles.default\nread_only = true",
        "[profiles.default]\nread_only = true\nread_only = false",
        "[profiles.default.protect]\nuser = ['x']",
        "[[profiles.default.rules]]\ndecision = 'forbid'",
        "[[profiles.default.rules]]\ndecision = 'deny'\n\n[[profiles.default.rules]]\ntool = ['x']\ndecision = 'deny'",
        "[[profiles.default.rules]]\ntools = ['delete_group']",
        "[[profiles.default.rules]]\ntools = 'delete_group'\ndecision = 'deny'",
        "[[profiles.default.rules]]\neffects = ['destructiv']\ndecision = 'deny'",
        "[[profiles.default.rules]]\nname = 'grüße'\ndecision = 'deny'\ntools = ['get_group', 'delete_grup']",
        "[[profiles.default.rules]]\ntoolsets = ['group']\ndecision = 'deny'",
        "[[profiles.default.rules]]\ndecision = 'deny'\nwhen = 'agrs.x > 1'",
        "[[profiles.default.rules]]\ndecision = 'deny'\nlevel = 'desktop'",
        "profiles.default.rules = [{ decision = 'deny', operations = ['delete /x'] }]",
        "[[profiles.default.limits]]\nname = 'x'\nat_most = 1\nwithin = 'hour'",
        "[profiles.default.protect]\ngroups = ['']",
    ];
    let told: Vec<String> =
        texts.iter().map(|text| format!("{text}\n    {}", home.told(text))).collect();
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn other_profiles_are_read_when_they_are_named() {
    let home = Home::new();
    let text = "[profiles.default]\n[profiles.odd]\nrules = [{ when = 'x', decision = 'deny' }]";
    let file = home.write("x.toml", text);
    home.read(&flags(file.clone(), None, false)).unwrap();
    home.read(&flags(file.clone(), Some("odd"), false)).unwrap_err();
    assert!(Profile::of_file(file, Some("odd")).is_err());
}

#[test]
fn a_glob_that_matches_nothing_is_remarked() {
    let home = Home::new();
    let rule = "tools = ['*_coffee'], decision = 'allow', effects = ['destructive']";
    let file = home.write("x.toml", &format!("profiles.default.rules = [{{ {rule} }}]"));
    let remarks = home.read(&flags(file, None, false)).unwrap().remarks;
    assert_eq!(
        remarks,
        [
            "rule 1 lets calls that are sensitive or destructive through without a person",
            "rule 1: \"*_coffee\" matches no tool that there is",
        ]
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_change_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let home = Home::new();
    let file = home.write("x.toml", THREE);
    let link = home.path("link.toml");
    symlink(&file, &link).unwrap();
    for (mode, good) in
        [(0o600, true), (0o644, true), (0o400, true), (0o664, false), (0o602, false)]
    {
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        for path in [&file, &link] {
            let read = home.read(&flags(path.clone(), None, false));
            assert_eq!(read.is_ok(), good, "{mode:o}");
            if let Err(error) = read {
                let path = path.display();
                let told = format!("(mode 0{mode:o}): chmod go-w {path}");
                assert!(error.to_string().ends_with(&told), "{error}");
            }
        }
    }
}

#[test]
fn what_is_no_configuration_file_is_told() {
    let home = Home::new();
    fs::create_dir(home.path("folder")).unwrap();
    fs::write(home.path("binary"), [0xff, 0xfe, 0x00]).unwrap();
    fs::write(home.path("huge"), vec![b'#'; (1 << 20) + 1]).unwrap();
    for (name, why) in [
        ("folder", "it is no file"),
        ("binary", "it is no text in UTF-8"),
        ("huge", "it is too large for a configuration"),
    ] {
        let error = home.read(&flags(home.path(name), None, false)).unwrap_err().to_string();
        assert!(error.ends_with(why), "{error}");
    }
}

#[test]
fn a_file_can_be_judged_before_it_is_written() {
    let home = Home::new();
    let path = home.path("x.toml");
    let judge = |text: &str, profile: &str| {
        let env = |name: &str| home.env.get(name).cloned();
        Config::of_text(path.clone(), text.to_owned(), profile, &env)
    };
    let text = "[profiles.a]\norg = \"https://acme.okta.com\"\napi_token = \"00x\"\n";
    assert_eq!(judge(text, "a").unwrap().org.host(), "acme.okta.com");
    let error = judge(&format!("{text}colour = 1\n"), "a").unwrap_err().to_string();
    assert!(home.without_folder(&error).contains("x.toml:4:1"), "{error}");
    assert!(judge(text, "b").is_err());
    assert!(!path.exists());
}

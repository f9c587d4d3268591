//! The keyring as the program meets it: a Secret Service on a bus of the test's own.

use std::fs;

use super::world::World;
use crate::support::Ran;

#[path = "../../../../keyring/tests/it/desktop.rs"]
#[expect(dead_code, reason = "the tests of okta-keyring need more of it")]
mod desktop;

use desktop::{Desktop, Manner};

/// A world whose programs have a desktop.
struct Session {
    world: World,
    desktop: Desktop,
}

impl Session {
    fn new(manner: Manner, scopes: &[&str]) -> Self {
        Self { world: World::new(scopes), desktop: Desktop::start(manner) }
    }

    fn run(&self, args: &[&str]) -> Ran {
        let bus = self.desktop.address();
        let env = [("OKTA_MCP_KEYRING", "auto"), ("DBUS_SESSION_BUS_ADDRESS", bus)];
        self.world.run_with(&env, args)
    }

    /// The profile signs in with the key that the keyring holds.
    fn use_keyring(&self) {
        let key = self.world.key().display().to_string();
        let ran = self.run(&["keys", "store", "private_key", "--file", &key]);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        fs::remove_file(key).unwrap();
        let config = self.world.config();
        let named = "private_key_file = \"key.pem\"";
        self.world.write_config(&config.replace(named, "private_key = \"keyring\""));
    }
}

#[test]
fn a_key_in_the_keyring_signs_in_is_replaced_and_forgotten() {
    let session = Session::new(Manner::Unlocked, &["okta.users.read", "okta.apps.manage"]);
    let Session { world, desktop } = &session;
    session.use_keyring();
    assert_eq!(session.run(&["whoami"]).code, Some(0));
    let shown = session.run(&["keys", "show", "--json"]).json();
    assert_eq!(shown["lies_in"], "the Secret Service");

    let old = world.key_ids();
    let ran = session.run(&["keys", "rotate", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(world.key_ids().len() == 1 && world.key_ids() != old);
    assert_eq!(session.run(&["whoami"]).code, Some(0));
    // What was kept beside it is gone, and no key is on the disk.
    assert_eq!(desktop.entries().len(), 1, "{:?}", desktop.entries());
    assert!(!world.key().exists() && !world.pending().exists());

    let ran = session.run(&["keys", "forget", "private_key"]);
    assert!(ran.stdout.contains("no longer holds the private key of"), "{ran:?}");
    let ran = session.run(&["whoami"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    let told = "okta-mcp keys store private_key --profile default puts it there";
    assert!(ran.stderr.contains(told), "{ran:?}");
    assert_eq!(desktop.prompts(), 0);
}

#[test]
fn an_entry_belongs_to_its_org_and_app() {
    let session = Session::new(Manner::Unlocked, &["okta.users.read"]);
    session.use_keyring();
    let config = session.world.config();
    let url = session.world.env("OKTA_ORG_URL");
    let client = session.world.env("OKTA_CLIENT_ID");
    for (from, to) in [(url.as_str(), "https://acme.okta.com"), (client.as_str(), "0oaAnother")] {
        session.world.write_config(&config.replace(from, to));
        let ran = session.run(&["keys", "show"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("the Secret Service has no private key of"), "{ran:?}");
    }
    let token = "00tokenThatIsSecret";
    let ran = session.run(&["keys", "store", "api_token", "--file", "none"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
    let file = session.world.beside("token");
    fs::write(&file, format!("{token}\n")).unwrap();
    let ran = session.run(&["keys", "store", "api_token", "--file", file.to_str().unwrap()]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!format!("{ran:?}").contains(token), "{ran:?}");
    for text in ["", "two words", "two\nlines"] {
        fs::write(&file, text).unwrap();
        let ran = session.run(&["keys", "store", "api_token", "--file", file.to_str().unwrap()]);
        assert_eq!(ran.code, Some(2), "{text:?} {ran:?}");
    }
    fs::write(&file, "no key").unwrap();
    let ran = session.run(&["keys", "store", "private_key", "--file", file.to_str().unwrap()]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[test]
fn what_is_sealed_opens_in_the_next_process_and_stays_shut_while_the_keyring_is_locked() {
    let session = Session::new(Manner::Unlocked, &["okta.groups.manage"]);
    let made = session.run(&["call", "create_group", "profile.name=Night shift"]).json();
    let undo = made["_undo"]["id"].as_str().or_else(|| made["_undo"].as_str()).unwrap().to_owned();
    let state = session.world.home().join("state/okta-mcp");
    assert!(state.join("seal-key.keyring").exists() && !state.join("seal-key").exists());
    let [entry] = session.desktop.entries().try_into().unwrap();
    assert!(entry.starts_with("sealing key "), "{entry}");

    session.desktop.change(Manner::Locked);
    let ran = session.run(&["undo", &undo]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(said.contains("the keyring is locked") && said.contains("seal-key.keyring"), "{said}");
    assert!(!state.join("seal-key").exists(), "no second key");
    // The setting may say no later, too.
    let ran = session.world.run(&["undo", &undo]);
    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(ran.code == Some(1) && said.contains("OKTA_MCP_KEYRING"), "{said}");

    session.desktop.change(Manner::Unlocked);
    let (_, ran) = session.answer(&["undo", &undo]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(session.desktop.prompts(), 0);
}

#[test]
fn where_the_keyring_is_locked_the_key_is_in_its_file() {
    for manner in [Manner::Locked, Manner::Fresh, Manner::NoService, Manner::Silent] {
        let session = Session::new(manner, &["okta.groups.manage"]);
        let ran = session.run(&["call", "create_group", "profile.name=Night shift"]);
        assert_eq!(ran.code, Some(0), "{manner:?} {ran:?}");
        let state = session.world.home().join("state/okta-mcp");
        assert!(state.join("seal-key").exists() && !state.join("seal-key.keyring").exists());
        assert_eq!(session.desktop.prompts(), 0);
    }
}

#[test]
fn nobody_asks_the_keyring_before_a_key_is_needed() {
    let session = Session::new(Manner::Unlocked, &["okta.users.read"]);
    for args in [&["whoami"][..], &["tools"], &["call", "list_users", "limit=1"]] {
        assert_eq!(session.run(args).code, Some(0));
    }
    assert!(session.desktop.asked("Hello").is_empty());
}

impl Session {
    /// Runs at a terminal, and says yes.
    fn answer(&self, args: &[&str]) -> (String, Ran) {
        let env =
            [("OKTA_MCP_KEYRING", "auto"), ("DBUS_SESSION_BUS_ADDRESS", self.desktop.address())];
        self.world.answer_with(&env, args, "yes\n")
    }
}

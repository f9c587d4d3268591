//! `okta-mcp keys`: another key for the app, with every place where it can stop.

#[cfg(all(unix, not(target_os = "macos")))]
mod keyring;
mod world;

use std::fs;

use serde_json::{Value, json};
use world::World;

/// Both: for the rotation by itself.
const MANAGE: &[&str] = &["okta.users.read", "okta.apps.manage"];
const READ: &[&str] = &["okta.users.read"];

#[test]
fn a_new_key_is_registered_tried_and_taken_into_use_and_the_old_one_removed() {
    let world = World::new(MANAGE);
    let old = world.key_ids();
    let before = world.config();
    let ran = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let [new] = world.key_ids().try_into().unwrap();
    assert_ne!(vec![new.clone()], old);
    // The file says the new id where it said the old one, and nothing else is another.
    assert_eq!(world.config(), before.replace(&format!("'{}'", old[0]), &format!("\"{new}\"")));
    let key = fs::read_to_string(world.key()).unwrap();
    assert!(key.starts_with("-----BEGIN PRIVATE KEY-----"));
    assert!(!world.pending().exists());
    assert!(!format!("{}{}", ran.stdout, ran.stderr).contains("PRIVATE"), "{ran:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(world.key()).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let shown = world.run(&["keys", "show", "--json"]).json();
    assert_eq!((&shown["key_id"], &shown["thumbprint"]), (&json!(new), &json!(new)));
    assert_eq!(shown["public_jwk"]["kid"], json!(new));
    assert_eq!(world.run(&["whoami"]).code, Some(0));
}

#[test]
fn the_trail_holds_each_step_and_verifies() {
    let world = World::new(MANAGE);
    let [old] = world.key_ids().try_into().unwrap();
    assert_eq!(world.run(&["keys", "rotate", "--yes"]).code, Some(0));
    let [new] = world.key_ids().try_into().unwrap();
    let rows = world.rows();
    let of = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).collect::<Vec<_>>();
    let requests: Vec<&str> =
        of("intent").iter().map(|row| row["requests"][0]["operation"].as_str().unwrap()).collect();
    assert_eq!(
        requests,
        [
            "/api/v1/apps/{appId}/credentials/jwks",
            "/api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate",
            "/api/v1/apps/{appId}/credentials/jwks/{keyId}",
        ]
    );
    assert!(of("intent").iter().all(|row| row["confirmed"] == "flag"));
    assert!(of("outcome").iter().all(|row| row["outcome"] == "success"));
    let [switched] = of("key_rotation").try_into().unwrap();
    let about = &switched["about"];
    assert_eq!((&about["key_id"], &about["replaces"]), (&json!(new), &json!(old)));
    assert_eq!(world.run(&["audit", "verify"]).code, Some(0));
    let text: String = rows.iter().map(Value::to_string).collect();
    assert!(!text.contains("PRIVATE KEY"));
}

#[test]
fn the_old_key_stays_where_it_is_wanted() {
    let world = World::new(MANAGE);
    let ran = world.run(&["keys", "rotate", "--yes", "--keep-old"]);
    assert_eq!((ran.code, world.key_ids().len()), (Some(0), 2), "{ran:?}");
    assert!(ran.stderr.contains("Remove the old key "), "{ran:?}");
    assert!(!world.pending().exists());
}

#[test]
fn by_hand_the_same_command_goes_on_when_the_key_is_registered() {
    let world = World::new(READ);
    let [old] = world.key_ids().try_into().unwrap();
    let (key, config) = (fs::read(world.key()).unwrap(), world.config());
    let ran = world.run(&["keys", "rotate"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let jwk: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(jwk["d"].is_null() && jwk["kid"].is_string(), "{jwk}");
    let unchanged = || {
        assert_eq!((fs::read(world.key()).unwrap(), world.config()), (key.clone(), config.clone()));
        assert_eq!(world.run(&["whoami"]).code, Some(0), "the old key is in use");
    };
    unchanged();
    // Nothing was done: the same key again, and why it stops.
    let again = world.run(&["keys", "rotate"]);
    assert_eq!((again.code, &again.stdout), (Some(1), &ran.stdout), "{again:?}");
    assert!(again.stderr.contains("does not let the new key"), "{again:?}");
    unchanged();
    let shown = world.run(&["keys", "show", "--json"]).json();
    assert!(shown["new_key"].as_str().unwrap().starts_with(jwk["kid"].as_str().unwrap()));

    world.register(&jwk);
    let done = world.run(&["keys", "rotate"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(done.stderr.contains(&format!("Remove the old key {old}")), "{done:?}");
    assert!(world.config().contains(jwk["kid"].as_str().unwrap()));
    assert_eq!((world.run(&["whoami"]).code, world.pending().exists()), (Some(0), false));
    assert_eq!(world.key_ids().len(), 2);
}

#[test]
fn a_scope_without_an_admin_role_leaves_it_to_a_person() {
    let world = World::new(MANAGE);
    world.take_roles();
    let ran = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!((ran.code, world.key_ids().len()), (Some(0), 1), "{ran:?}");
    let jwk: Value = serde_json::from_str(&ran.stdout).unwrap();
    world.register(&jwk);
    let done = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!((done.code, world.key_ids().len()), (Some(0), 2), "{done:?}");
    assert!(done.stderr.contains("Remove the old key "), "{done:?}");
}

#[test]
fn wherever_it_was_interrupted_it_goes_on_from_there() {
    for stop in ["registered", "key written", "all but the old key removed"] {
        let world = World::new(MANAGE);
        let [old] = world.key_ids().try_into().unwrap();
        let shown = world.run(&["keys", "rotate", "--by-hand"]);
        let jwk: Value = serde_json::from_str(&shown.stdout).unwrap();
        let new = jwk["kid"].as_str().unwrap().to_owned();
        world.register(&jwk);
        let told: Value = serde_json::from_slice(&fs::read(world.pending()).unwrap()).unwrap();
        if stop != "registered" {
            fs::write(world.key(), told["private_key"].as_str().unwrap()).unwrap();
        }
        if stop == "key written" {
            let ran = world.run(&["keys", "rotate", "--abandon"]);
            assert_eq!((ran.code, world.pending().exists()), (Some(1), true), "{ran:?}");
        }
        if stop.starts_with("all") {
            world.write_config(&world.config().replace(&old, &new));
        }
        let ran = world.run(&["keys", "rotate", "--yes"]);
        assert_eq!(ran.code, Some(0), "{stop}: {ran:?}");
        assert!(ran.stderr.contains("A rotation was begun"), "{stop}: {ran:?}");
        assert_eq!(world.key_ids(), [new], "{stop}");
        assert_eq!((world.run(&["whoami"]).code, world.pending().exists()), (Some(0), false));
    }
}

#[test]
fn the_key_of_an_app_that_people_sign_in_to_is_tried_without_them() {
    let mut world = World::new(READ);
    world.become_a_web_app();
    let [old] = world.key_ids().try_into().unwrap();
    let ran = world.run(&["keys", "rotate", "--by-hand"]);
    let jwk: Value = serde_json::from_str(&ran.stdout).unwrap();
    let again = world.run(&["keys", "rotate", "--by-hand"]);
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(world.config().contains(&old));
    world.register(&jwk);
    let done = world.run(&["keys", "rotate", "--by-hand"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(world.config().contains(jwk["kid"].as_str().unwrap()) && !world.pending().exists());
    assert!(done.stderr.contains(&format!("Remove the old key {old}")), "{done:?}");
}

#[test]
fn a_key_that_is_not_in_use_can_be_forgotten() {
    let world = World::new(READ);
    let before = (fs::read(world.key()).unwrap(), world.config());
    assert_eq!(world.run(&["keys", "rotate"]).code, Some(0));
    let ran = world.run(&["keys", "rotate", "--abandon"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!world.pending().exists());
    assert_eq!((fs::read(world.key()).unwrap(), world.config()), before);
    let ran = world.run(&["keys", "rotate", "--abandon"]);
    assert_eq!(ran.stdout, "There is no new key to forget\n");
    assert_eq!(world.key_ids().len(), 1);
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_made() {
    let world = World::new(MANAGE);
    let (url, client, id) =
        (world.env("OKTA_ORG_URL"), world.env("OKTA_CLIENT_ID"), world.env("OKTA_KEY_ID"));
    let text = fs::read_to_string(world.key()).unwrap();
    let profile = format!("org = '{url}'\nclient_id = '{client}'\nscopes = ['okta.users.read']\n");
    let named = format!("{profile}private_key_file = 'key.pem'\n");
    let inline = format!("{profile}private_key = '''{text}'''\nkey_id = '{id}'\n");
    let key = world.key().display().to_string();
    for (config, env, told) in [
        (inline, vec![], "the key stands in the setting itself"),
        (named.clone(), vec![("OKTA_KEY_ID", id.as_str())], "OKTA_KEY_ID: a new key has a new id"),
        (profile.clone(), vec![("OKTA_PRIVATE_KEY_FILE", key.as_str())], "no profile that could"),
    ] {
        world.write_config(&format!("[profiles.default]\n{config}"));
        let ran = world.run_with(&env, &["keys", "rotate", "--yes"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(told), "{ran:?}");
        assert!(ran.stderr.contains("okta-mcp.toml"), "{ran:?}");
        assert_eq!((world.key_ids().len(), world.pending().exists()), (1, false));
    }
    // A folder that nothing can be written to, as far as root can be kept from it.
    world.write_config(&format!("[profiles.default]\n{named}key_id = '{id}'\n"));
    fs::create_dir(world.beside("key.pem.rotation.new")).unwrap();
    let ran = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!((ran.code, world.key_ids().len()), (Some(1), 1), "{ran:?}");
    assert!(ran.stderr.contains("nothing was made"), "{ran:?}");
}

#[test]
fn where_the_key_cannot_be_put_in_place_the_old_one_stays_in_use() {
    let world = World::new(MANAGE);
    fs::create_dir(world.beside("key.pem.new")).unwrap();
    let ran = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("okta-mcp keys rotate goes on from here"), "{ran:?}");
    assert_eq!(world.run(&["whoami"]).code, Some(0));
    assert_eq!(world.key_ids().len(), 2);
    fs::remove_dir(world.beside("key.pem.new")).unwrap();
    let ran = world.run(&["keys", "rotate", "--yes"]);
    assert_eq!((ran.code, world.key_ids().len()), (Some(0), 1), "{ran:?}");
    assert_eq!(world.run(&["whoami"]).code, Some(0));
}

#[test]
fn read_only_changes_nothing_at_okta() {
    let world = World::new(MANAGE);
    let ran = world.run(&["keys", "rotate", "--yes", "--read-only"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("Register this public key"), "{ran:?}");
    assert_eq!(world.key_ids().len(), 1);
}

#[test]
fn without_a_key_there_is_none_to_look_after() {
    let world = World::new(READ);
    world.write_config(&format!(
        "[profiles.default]\norg = '{}'\nclient_id = '0oa1'\n",
        world.env("OKTA_ORG_URL")
    ));
    for command in ["show", "rotate"] {
        let ran = world.run(&["keys", command]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("no private key signs in"), "{ran:?}");
    }
    let ran = world.run(&["--sandbox", "keys", "show"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn the_person_at_the_terminal_is_asked_once_and_may_say_no() {
    let world = World::new(MANAGE);
    let before = (fs::read(world.key()).unwrap(), world.config(), world.key_ids());
    let (shown, ran) = world.answer(&["keys", "rotate"], "no\n");
    assert!(shown.contains("adds the public key") && shown.contains("deactivates and deletes"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("not confirmed: nothing is changed"), "{ran:?}");
    assert_eq!((fs::read(world.key()).unwrap(), world.config(), world.key_ids()), before);
    assert!(!world.pending().exists());
    let (_, ran) = world.answer(&["keys", "rotate"], "yes\n");
    assert_eq!((ran.code, world.key_ids().len()), (Some(0), 1), "{ran:?}");
    assert!(world.rows().iter().any(|row| row["confirmed"] == "client"));
}

#[cfg(unix)]
#[test]
fn without_a_terminal_somebody_must_have_said_yes() {
    let world = World::new(MANAGE);
    let ran = world.away_from_terminals(&["keys", "rotate"]);
    assert_eq!((ran.code, world.key_ids().len()), (Some(1), 1), "{ran:?}");
    assert!(ran.stderr.contains("or with --yes"), "{ran:?}");
    assert_eq!(world.run(&["whoami"]).code, Some(0));
}

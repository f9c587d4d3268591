//! `okta-mcp doctor`, as people and scripts see it; what it finds is tried in `okta-mcp-setup`.

use serde_json::Value;

use crate::support::{Home, Sandbox, assert_shown};

/// What it prints, without where and when this run was.
fn shown(home: &Home, org: &Sandbox, text: &str) -> String {
    let (_, port) = org.env["OKTA_ORG_URL"].as_str().unwrap().rsplit_once(':').unwrap();
    let home = home.path().display().to_string();
    let text = text.replace(&home, "[home]").replace(&format!("port {port}"), "port [port]");
    let lines = text.lines().map(|line| line.split_once(", until ").map_or(line, |(told, _)| told));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn all_is_well_and_the_exit_code_says_so() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let ran = home.run_with(&org.env(), &["doctor"]);
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{ran:?}");
    assert_shown!("doctor-well", shown(&home, &org, &ran.stdout));
    let told = home.run_with(&org.env(), &["doctor", "--json"]).json();
    assert_eq!((&told["ok"], &told["profile"]), (&true.into(), &"default".into()), "{told}");
    assert_eq!(told["checks"].as_array().unwrap().len(), ran.stdout.lines().count());
    // It only looks.
    assert!(!home.path().join("state/okta-mcp").exists());
}

#[test]
fn what_is_wrong_is_told_with_what_helps() {
    let home = Home::new();
    let org = home.sandbox(&[]);
    let mut env = org.env();
    env.push(("OKTA_KEY_ID", "another"));
    let ran = home.run_with(&env, &["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_shown!("doctor-key", shown(&home, &org, &ran.shown()));
    let told = home.run_with(&env, &["doctor", "--json"]);
    assert_eq!(told.code, Some(1));
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    let wrong = told["checks"].as_array().unwrap().iter().find(|told| told["outcome"] == "fail");
    assert_eq!(wrong.unwrap()["trouble"], "key_id", "{told}");

    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("OKTA_ORG_URL is not set"), "{ran:?}");
    let ran = home.run(&["--sandbox", "doctor"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
}

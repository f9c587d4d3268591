//! Whatever stands in a client's file, adding a server keeps all the rest of it.

use okta_mcp_setup::clients::Client;
use proptest::prelude::*;

use crate::clients::{client, ours};

/// A file, and the lines of it that have to be there afterwards.
fn file(others: &[(String, u8)], comment: &str, toml: bool) -> (String, Vec<String>) {
    let mut kept = vec![comment.to_owned()];
    let lines: Vec<String> = others
        .iter()
        .map(|(name, kind)| {
            let line = match (toml, kind % 3) {
                (true, 0) => format!("[mcp_servers.x-{name}]\ncommand = \"{name}\" # {comment}"),
                (true, 1) => format!("[other.x-{name}]\na = [ 1,2 , 3]"),
                (true, _) => format!("[[list]]\nname = '{name}'"),
                (false, 0) => format!("\"x-{name}\" :{{\"command\":\"{name}\"}} // {comment}"),
                (false, 1) => format!("\"x-{name}\": {{\"url\": \"{name}\", \"n\": 1.50}}"),
                (false, _) => format!("\"x-{name}\"  :  {{ }}"),
            };
            kept.extend(line.lines().map(|line| line.split(" //").next().unwrap().to_owned()));
            line
        })
        .collect();
    let text = if toml {
        format!("# {comment}\nfirst = 1\n{}\n", lines.join("\n"))
    } else {
        // A comment after the last one, too: the comma has to go before it.
        let inner: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(at, line)| {
                let comma = if at + 1 == lines.len() { "" } else { "," };
                match line.split_once(" //") {
                    Some((code, comment)) => format!("   {code}{comma} //{comment}"),
                    None => format!("   {line}{comma}"),
                }
            })
            .collect();
        format!(
            "/* {comment} */\n{{ \"mcpServers\": {{\n{}\n}}, \"z\": [1,2] }}\n",
            inner.join("\n")
        )
    };
    (text, kept)
}

fn check(client: &Client, text: &str, kept: &[String]) {
    let before = client.servers(text).unwrap();
    let added = client.with(text, "okta", &ours()).unwrap();
    for line in kept {
        assert!(added.contains(line.as_str()), "{line:?} is gone:\n{added}");
    }
    let mut after = client.servers(&added).unwrap();
    let at = after.iter().position(|server| server.name == "okta").unwrap();
    assert_eq!(after.remove(at).entry, ours());
    let sorted = |mut servers: Vec<_>| {
        servers.sort_by(|a: &okta_mcp_setup::clients::Server, b| a.name.cmp(&b.name));
        servers
    };
    assert_eq!(sorted(after), sorted(before));
    assert_eq!(client.with(&added, "okta", &ours()).unwrap(), added);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_other_key_and_comment_stays(
        others in proptest::collection::btree_map("[a-z]{1,8}", any::<u8>(), 0..6),
        comment in "[a-zA-Z ]{1,20}",
    ) {
        let others: Vec<(String, u8)> = others.into_iter().collect();
        let (text, kept) = file(&others, &comment, false);
        check(client("cursor"), &text, &kept);
        let (text, kept) = file(&others, &comment, true);
        check(client("codex"), &text, &kept);
    }

    #[test]
    fn no_text_makes_it_fail_but_clearly(text in "\\PC{0,60}") {
        for id in ["cursor", "claude-code", "codex"] {
            if let Ok(added) = client(id).with(&text, "okta", &ours()) {
                prop_assert!(client(id).servers(&added).is_ok());
            }
        }
    }
}

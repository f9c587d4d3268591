//! The page of settings.

use okta_mcp_server::{Group, Kind, SETTINGS, Setting};

use super::template::Page;

pub(crate) fn page() -> String {
    let mut page = Page::new(
        "Settings",
        "What can be configured: in a profile of `okta-mcp.toml`, by an environment variable, some \
         by a flag. A flag holds over the environment, that over the file. A variable that is empty \
         counts as not set. What is wrong with one of them stops the start with one line on \
         standard error and exit code 2. `okta-mcp config show` tells what holds and where it comes \
         from.",
    );
    page.paragraph(
        "The rules of a profile (`rules`, `limits`, `protect`) stand in [Policy](../policy.md), the \
         table `audit` in [Audit trail](../audit.md), how it all goes together in \
         [Configuration](../configuration.md). Editors check and complete the file by \
         [okta-mcp.schema.json](okta-mcp.schema.json).",
    );
    let names = |setting: &Setting| {
        let code = |name: Option<&str>| name.map_or_else(String::new, |name| format!("`{name}`"));
        vec![code(setting.key), code(Some(setting.variable)), code(setting.flag)]
    };
    let rows: Vec<Vec<String>> = SETTINGS.iter().map(names).collect();
    page.table(&["In the file", "Environment variable", "Flag"], &rows);
    for setting in SETTINGS {
        add(&mut page, setting);
    }
    page.end()
}

fn add(page: &mut Page, setting: &Setting) {
    page.heading(2, setting.variable);
    page.paragraph(setting.about);
    if let Some(group) = setting.group {
        let others: Vec<String> = of(group)
            .filter(|other| other.variable != setting.variable)
            .map(|other| format!("`{}`", other.name()))
            .collect();
        page.paragraph(&format!(
            "Goes without {}: one given in a higher layer replaces those of a lower one.",
            others.join(", ")
        ));
    }
    let mut facts = vec![format!("* Takes {}", takes(setting.kind))];
    facts.push(format!("* Default: {}", setting.default));
    facts.push(format!("* Example: `{}={}`", setting.variable, setting.example));
    if setting.key.is_some() {
        facts.push(format!("* In the file: `{}`", setting.toml_example()));
    }
    page.paragraph(&facts.join("\n"));
}

/// The settings of a group.
fn of(group: Group) -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(move |setting| setting.group == Some(group))
}

fn takes(kind: Kind) -> String {
    match kind {
        Kind::Text => "a text".to_owned(),
        Kind::Url => "a URL".to_owned(),
        Kind::Secret => "a secret".to_owned(),
        Kind::Key => "a secret, or the path of a file that holds it".to_owned(),
        Kind::Word(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            format!("one of {}", words.join(", "))
        }
        Kind::Words => "words".to_owned(),
        Kind::Path => "a path; in the file relative to its folder, `~/` is the home".to_owned(),
        Kind::Paths => "paths; in the file relative to its folder, `~/` is the home".to_owned(),
        Kind::Whole(u32::MAX) => "a whole number of at least 1".to_owned(),
        Kind::Whole(most) => format!("a whole number from 1 to {most}"),
        Kind::YesNo => "`true` or `false`".to_owned(),
    }
}

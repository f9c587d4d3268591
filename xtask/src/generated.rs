//! The files that are written by what is declared or known elsewhere.

use fs_err as fs;
use okta_mcp_setup::AppKind;

use crate::{
    Result, facts, printer,
    reference::{commands, examples, guides, schema, settings, tools},
    workspace,
};

/// Makes the text of a file; `None` where what it is made of is not there.
type Make = fn() -> Result<Option<String>>;

/// The files below the root of the repository, in the order in which they are made: the examples
/// of the reference call tools that were described before.
const FILES: [(&str, Make); 11] = [
    ("facts/operations.tsv", facts::operations),
    ("crates/catalog/described.tsv", || Ok(Some(okta_catalog::described()))),
    ("docs/reference/tools.md", || Ok(Some(tools::page(&examples::all()?)))),
    ("docs/reference/commands.md", || Ok(Some(commands::page()))),
    ("docs/reference/settings.md", || Ok(Some(settings::page()))),
    ("docs/reference/okta-mcp.schema.json", || schema::text().map(Some)),
    ("docs/guides/README.md", || Ok(Some(guides::contents()))),
    ("docs/guides/native.md", || guides::page(AppKind::Native)),
    ("docs/guides/service.md", || guides::page(AppKind::Service)),
    ("docs/guides/web.md", || guides::page(AppKind::Web)),
    ("docs/guides/api-token.md", || guides::page(AppKind::ApiToken)),
];

/// Writes every generated file, or checks that each is as it would be written.
pub(crate) fn generate(check: bool) -> Result {
    let mut stale = Vec::new();
    for (name, make) in FILES {
        let Some(text) = make()? else {
            printer::note(&format!("skipped {name}: Okta's specification is not there"));
            continue;
        };
        let path = workspace::root().join(name);
        let there = fs::read_to_string(&path).unwrap_or_default();
        if there == text {
            continue;
        }
        if check {
            stale.push(format!("{name} {}", difference(&there, &text)));
        } else {
            fs::create_dir_all(path.parent().unwrap_or(&path))?;
            fs::write(&path, text)?;
            printer::note(&format!("wrote {name}"));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("{}\nhint: run cargo xtask gen", stale.join("\n")).into())
}

/// Where two texts part.
fn difference(there: &str, wanted: &str) -> String {
    if there.is_empty() {
        return "is missing".to_owned();
    }
    let (mut old, mut new) = (there.lines(), wanted.lines());
    let mut line = 0;
    loop {
        line += 1;
        match (old.next(), new.next()) {
            (None, None) => return "differs in its last line end".to_owned(),
            (old, new) if old == new => {}
            (old, new) => {
                let side = |text: Option<&str>| text.unwrap_or("(the end)").to_owned();
                return format!(
                    "is stale from line {line} on:\n  - {}\n  + {}",
                    side(old),
                    side(new)
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_file_says_where() {
        assert_eq!(difference("", "a\n"), "is missing");
        assert_eq!(difference("a\nb\n", "a\nc\n"), "is stale from line 2 on:\n  - b\n  + c");
        assert_eq!(difference("a\n", "a\nb\n"), "is stale from line 2 on:\n  - (the end)\n  + b");
        assert_eq!(difference("a\n", "a"), "differs in its last line end");
    }
}

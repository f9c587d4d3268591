//! The files that are written by what is declared or known elsewhere.

use fs_err as fs;

use crate::{Result, facts, printer, reference, workspace};

/// Writes every generated file, or checks that each is as it would be written.
pub(crate) fn generate(check: bool) -> Result {
    let mut files = Vec::from(reference::pages()?);
    match facts::operations()? {
        Some(table) => files.push((facts::FILE, table)),
        None => printer::note(&format!(
            "skipped {}: Okta's specification is not there to compare with",
            facts::FILE
        )),
    }
    let mut stale = Vec::new();
    for (name, text) in files {
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

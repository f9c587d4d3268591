//! The guides: what to click in the Admin Console, one page per kind of app.

use okta_mcp_setup::{
    AppKind, TROUBLES, Wanted,
    guide::{Line, Step, Values},
};

use super::template::Page;
use crate::Result;

/// The page that leads to the others.
pub(crate) fn contents() -> String {
    let mut page = Page::new(
        "Guides",
        "What to click in Okta's Admin Console, for each kind of app that okta-mcp signs in with. \
         `okta-mcp init` prints the same with your own values in it, asks for what comes of it, and \
         writes the profile and the clients' configuration.",
    );
    let values = Values::placeholders(Vec::new());
    let row = |kind: AppKind| {
        let guide = kind.guide(&values);
        let id = kind.id();
        vec![format!("[{}]({id}.md)", guide.title), format!("`{id}`"), guide.about.to_owned()]
    };
    let rows: Vec<Vec<String>> = AppKind::ALL.into_iter().map(row).collect();
    page.table(&["Guide", "`--app-kind`", "For whom"], &rows);
    page.paragraph(
        "[Signing in](../signing-in.md) tells how each way goes, [Configuration](../configuration.md) \
         what stands in a profile.",
    );
    page.end()
}

/// The page of one kind.
pub(crate) fn page(kind: AppKind) -> Result<Option<String>> {
    let wanted = Wanted { people: kind.is_of_people(), ..Wanted::default() };
    let values = Values::placeholders(wanted.scopes()?);
    let guide = kind.guide(&values);
    let mut page = Page::new(guide.title, guide.about);
    page.paragraph(&format!(
        "`okta-mcp init --app-kind {}` goes through this with your own values, and writes what comes \
         of it into a profile. The scopes below are those that read; with `--manage` it lists those \
         that change things, with `--toolsets` those of the toolsets that you name.",
        kind.id()
    ));
    for (number, step) in (1..).zip(&guide.steps) {
        page.heading(2, &format!("{number}. {}", step.title));
        add(&mut page, step);
    }
    troubles(&mut page, kind);
    Ok(Some(page.end()))
}

fn add(page: &mut Page, step: &Step) {
    let lines: Vec<String> = step
        .lines
        .iter()
        .map(|line| match line {
            Line::Do(text) => format!("* {text}"),
            Line::Why(text) => format!("\n  {text}.\n"),
            Line::Copy(text) => {
                let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
                format!("\n  ```text\n{}\n  ```\n", lines.join("\n"))
            }
        })
        .collect();
    // Two parts that each stand by themselves need but one line between them.
    page.paragraph(lines.join("\n").replace("\n\n\n", "\n\n").trim_end());
}

/// What may be wrong, as `okta-mcp doctor` tells it.
fn troubles(page: &mut Page, kind: AppKind) {
    page.heading(2, "What may be wrong");
    page.paragraph("`okta-mcp doctor` looks for each of these.");
    let fits = TROUBLES.iter().filter(|trouble| trouble.kinds.contains(&kind));
    let rows: Vec<Vec<String>> =
        fits.map(|trouble| vec![trouble.sign.to_owned(), trouble.remedy.to_owned()]).collect();
    page.table(&["What is seen", "What helps"], &rows);
}

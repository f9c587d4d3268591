//! What a person sees: all of it, as text.

use okta_storage::NewApproval;

use super::{Machine, ask};

fn filters() -> Vec<(&'static str, &'static str)> {
    vec![
        (r"(?s)<style>.*</style>", "<style>[style]</style>"),
        (r#"name="csrf" value="[\w-]{43}""#, r#"name="csrf" value="[token]""#),
        // A line each, for whoever reads the snapshot.
        (r"(</?(?:dl|form|head|main|div)[^>]*>|</(?:p|h1|dd|label|button|title)>)", "$1\n"),
    ]
}

#[tokio::test]
async fn the_page_shows_all_that_is_known() {
    let machine = Machine::new().await;
    let mut browser = machine.asked("a").await;
    let page = browser.open().await.html;
    let refused = browser.press("approve", "wrong").await.html;
    let refused = &refused[refused.find("role=\"alert\"").unwrap()..];
    let done = browser.approve().await.html;
    insta::with_settings!({ filters => filters() }, {
        insta::assert_snapshot!("page", page);
        insta::assert_snapshot!("wrong", refused);
        insta::assert_snapshot!("done", done);
    });
}

#[tokio::test]
async fn hostile_names_are_text() {
    let machine = Machine::new().await;
    let script = "<script>alert(1)</script>";
    let tag = "\"><img src=x onerror=alert(1)><!--";
    let hidden = "Sales\u{202e}gnp.exe\u{200b}\u{e0041}\u{1b}[2J\u{0}";
    let long = "W".repeat(10_000);
    let new = NewApproval {
        tool: script.to_owned(),
        effect: tag.to_owned(),
        summary: script.to_owned(),
        question: format!(
            "Delete the group {script}?\n{tag}\n{hidden}\r\n{long}\n</style></main>&lt;b&gt;"
        ),
        principal: hidden.to_owned(),
        org: format!("{script}.example"),
        profile: tag.to_owned(),
        client: format!("{hidden}{script}"),
        ..ask("a")
    };
    let mut browser = machine.asked_as(new).await;
    let page = browser.open().await.html;
    for bad in ["<script", "<img", "<!--", "\u{202e}", "\u{200b}", "\u{e0041}", "\u{1b}", "\0"] {
        assert!(!page.contains(bad), "{bad:?}");
    }
    for good in [
        "<h1 dir=\"auto\">Delete the group &lt;script&gt;alert(1)&lt;/script&gt;?</h1>",
        "<p class=\"line\" dir=\"auto\">&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;!--</p>",
        "<p class=\"line\" dir=\"auto\">Sales\\u202egnp.exe\\u200b\\udb40\\udc41\\u001b[2J\\u0000</p>",
        &format!(">{long}</p>"),
        "&lt;/style&gt;&lt;/main&gt;&amp;lt;b&amp;gt;",
    ] {
        assert!(page.contains(good), "{good} is not in {page}");
    }
    assert_eq!(page.matches("</main>").count(), 1);
    let done = browser.approve().await.html;
    assert!(done.contains("&lt;script&gt;") && !done.contains("<script"), "{done}");
}

#[tokio::test]
async fn an_empty_question_shows_the_summary() {
    let machine = Machine::new().await;
    let mut browser = machine.asked_as(NewApproval { question: String::new(), ..ask("a") }).await;
    browser.open().await.says(200, "<h1 dir=\"auto\">Delete the group Night shift</h1>");
}

//! Texts of several lines, as they are shown.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const PAGE: &str = "<html>\n<head>\n<title>Sign in</title>\n</head>\n<body>\n<div id=\"w\"></div>\n\
                    </body>\n</html>";

#[test]
fn what_joins_and_what_leaves_is_shown_with_a_little_around_it() {
    let after = PAGE
        .replace("Sign in", "Log in")
        .replace("</body>", "<script src=\"https://x.example/a.js\"></script>\n</body>");
    assert_eq!(
        difference("pageContent", PAGE, &after, usize::MAX),
        [
            "pageContent: 1 line removed, 2 lines added",
            "| <html>",
            "| <head>",
            "- <title>Sign in</title>",
            "+ <title>Log in</title>",
            "| </head>",
            "| <body>",
            "| <div id=\"w\"></div>",
            "+ <script src=\"https://x.example/a.js\"></script>",
            "| </body>",
            "| </html>",
        ]
    );
}

#[test]
fn far_places_have_a_gap_between_them() {
    let lines: Vec<String> = (0..40).map(|at| format!("line {at}\n")).collect();
    let before = lines.concat();
    let after = before.replace("line 3\n", "").replace("line 30\n", "line 30!\n");
    assert_eq!(
        difference("body", &before, &after, usize::MAX),
        [
            "body: 2 lines removed, 1 line added",
            "| line 1",
            "| line 2",
            "- line 3",
            "| line 4",
            "| line 5",
            "| …",
            "| line 28",
            "| line 29",
            "- line 30",
            "+ line 30!",
            "| line 31",
            "| line 32",
        ]
    );
}

#[test]
fn a_long_line_is_broken_before_its_tags() {
    let before = format!("<p>{}</p><a href=\"https://acme.example\">go</a><br/>", "x".repeat(200));
    let after = before.replace("acme", "evil");
    assert!(by_line(&before, &after));
    assert_eq!(
        difference("body", &before, &after, usize::MAX)[2..],
        [
            "- <a href=\"https://acme.example\">go</a>",
            "+ <a href=\"https://evil.example\">go</a>",
            "| <br/>"
        ]
    );
    assert!(!by_line("one", &before), "a short text is replaced whole");
}

#[test]
fn what_is_left_out_is_said() {
    let after = "new line\n".repeat(10);
    assert_eq!(
        difference("body", "old\n", &after, 20),
        [
            "body: 1 line removed, 10 lines added",
            "- old",
            "+ new line",
            "+ new line",
            "+ new … (4 more characters)",
            "+ … (7 lines more, 56 characters)",
        ]
    );
    let before = "old line\n".repeat(10);
    let told = difference("body", &before, "new\n", 20);
    assert_eq!(told.last().unwrap(), "- … (8 lines more)");
    assert!(told.contains(&"+ new".to_owned()), "{told:?}");
}

#[test]
fn very_long_texts_are_replaced_between_their_equal_ends() {
    let lines = |word: &str| {
        let lines: Vec<String> = (0..3000).map(|at| format!("{word} {at}\n")).collect();
        lines.concat()
    };
    let before = format!("head\n{}tail\n", lines("old"));
    let after = format!("head\n{}tail\n", lines("new"));
    let told = difference("body", &before, &after, usize::MAX);
    assert_eq!(told.len(), 1 + 1 + 6000 + 1);
    assert_eq!((told[1].as_str(), told[6002].as_str()), ("| head", "| tail"));
    let grown = format!("head\n{}{}tail\n", lines("old"), lines("new"));
    let told = difference("body", &before, &grown, usize::MAX);
    assert_eq!(told[0], "body: 3000 lines added");
}

#[test]
fn whole_pages_that_join_or_leave_are_shown_however_long_they_are() {
    let page = "line\n".repeat(5000);
    let without = "head\ntail\n".to_owned();
    let with = format!("head\n{page}tail\n");
    let told = difference("body", &without, &with, usize::MAX);
    assert_eq!((told[0].as_str(), told.len()), ("body: 5000 lines added", 1 + 5000 + 2));
    let told = difference("body", &with, &without, usize::MAX);
    assert_eq!((told[0].as_str(), told.len()), ("body: 5000 lines removed", 1 + 5000 + 2));
}

#[test]
fn some_thousand_lines_are_compared_one_by_one() {
    let text = |word: &str| {
        let line = |at| if at % 2 == 0 { format!("line {at}\n") } else { format!("{word} {at}\n") };
        (0..2000).map(line).collect::<String>()
    };
    let told = difference("body", &text("old"), &text("new"), usize::MAX);
    assert_eq!(told[0], "body: 1000 lines removed, 1000 lines added");
}

#[test]
fn a_comparison_goes_over_all_of_both_texts_once() {
    for (leaving, joining) in [(2, 3), (2500, 2600), (5000, 0), (0, 5000)] {
        let old = [vec!["one", "two"], vec!["old"; leaving], vec!["last"]].concat();
        let new = [vec!["one", "two"], vec!["new"; joining], vec!["last"]].concat();
        let (mut in_old, mut in_new) = (0, 0);
        for op in compare(&old, &new) {
            assert_eq!((op.old_range().start, op.new_range().start), (in_old, in_new), "{op:?}");
            (in_old, in_new) = (op.old_range().end, op.new_range().end);
            let stays = old[op.old_range()] == new[op.new_range()];
            assert_eq!(op.tag() == DiffTag::Equal, stays, "{op:?}");
        }
        assert_eq!((in_old, in_new), (old.len(), new.len()));
    }
}

#[test]
fn texts_of_several_lines_are_taken_out_with_their_place() {
    let mut body = json!({ "a": "one", "b": { "c": ["x", "y\nz\n"] }, "d": "1\n2\n3" });
    let texts = take_out(&mut body);
    assert_eq!(
        body,
        json!({ "a": "one", "b": { "c": ["x", "(2 lines, below)"] }, "d": "(3 lines, below)" })
    );
    assert_eq!(texts[0], ("b.c.1".to_owned(), "y\nz\n".to_owned()));
    assert_eq!(texts[1].0, "d");
}

#[test]
fn a_model_is_told_the_lines() {
    let change = json!({ "field": "body", "before": "a\nb\n", "after": "a\nc\n" });
    let lines = json!({ "field": "body", "lines": ["| a", "- b", "+ c"] });
    assert_eq!(told(change), lines);
    let added = json!({ "field": "body", "after": "a\nb" });
    assert_eq!(told(added), json!({ "field": "body", "lines": ["+ a", "+ b"] }));
    for other in [
        json!({ "field": "name", "before": "a", "after": "b" }),
        json!({ "field": "list", "before": ["a\nb"], "after": "a\nb" }),
        json!({ "field": "gone", "before": "a" }),
    ] {
        assert_eq!(told(other.clone()), other);
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let line = prop_oneof!["[a-c<>/ ]{0,4}", Just("<p>".repeat(80))];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

proptest! {
    /// What joins can be put together again from what is shown; nothing else is marked so.
    #[test]
    fn all_that_joins_is_shown(before in any_text(), after in any_text()) {
        let told = difference("f", &before, &after, usize::MAX);
        let joins: Vec<&str> = told.iter().filter_map(|line| line.strip_prefix("+ ")).collect();
        let old = broken(&before);
        let fresh: Vec<&str> = broken(&after).into_iter().filter(|line| !old.contains(line)).map(ended).collect();
        for line in &fresh {
            prop_assert!(joins.contains(line), "{:?} in {:?}", line, told);
        }
        prop_assert_eq!(before == after, told.len() == 1);
        prop_assert!(told[1..].iter().all(|line| ["+ ", "- ", "| "].iter().any(|mark| line.starts_with(mark))));
    }

    /// A limit is one: beyond it, lines and characters are counted.
    #[test]
    fn nothing_that_joins_is_left_out_in_silence(after in any_text(), longest in 1_usize..60) {
        let told = difference("f", "", &after, longest);
        let shown = told.iter().filter(|line| line.starts_with("+ ") && !line.starts_with("+ … (")).count();
        let all = broken(&after).len();
        let rest = all - shown;
        prop_assert_eq!(rest > 0, told.iter().any(|line| line.starts_with(&format!("+ … ({}", count(rest)))));
    }

    #[test]
    fn pieces_are_the_text(text in any_text()) {
        prop_assert_eq!(broken(&text).concat(), text);
    }
}

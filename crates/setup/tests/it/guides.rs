//! The guides, as they are printed.

use insta::assert_snapshot;
use okta_mcp_setup::{
    AppKind, Wanted,
    guide::{Line, Values},
};

fn values(kind: AppKind, changes: bool) -> Values {
    let wanted = Wanted {
        toolsets: vec!["groups".to_owned(), "logs".to_owned()],
        changes,
        people: kind.is_of_people(),
    };
    Values {
        app_name: "okta-mcp of Ana".to_owned(),
        redirect_uri: "http://127.0.0.1:9999/callback".to_owned(),
        scopes: wanted.scopes().unwrap(),
        changes,
        public_jwk: Some(r#"{"kty":"RSA","kid":"k1"}"#.to_owned()),
        profile: " --profile prod".to_owned(),
    }
}

#[test]
fn every_step_says_what_to_click_with_the_exact_values() {
    for kind in AppKind::ALL {
        let guide = kind.guide(&values(kind, true));
        let mut told = vec![guide.title.to_owned(), guide.about.to_owned()];
        for step in &guide.steps {
            told.push(format!("\n# {}", step.title));
            told.extend(step.lines.iter().map(|line| match line {
                Line::Do(text) => format!("- {text}"),
                Line::Copy(text) => format!("{text:?}"),
                Line::Why(text) => format!("  {text}"),
            }));
        }
        assert_snapshot!(format!("guide-{}", kind.id()), told.join("\n"));
    }
}

#[test]
fn what_is_wanted_shows() {
    for kind in AppKind::ALL {
        let text = |changes| format!("{:?}", kind.guide(&values(kind, changes)));
        let (reads, changes) = (text(false), text(true));
        assert!(
            reads.contains("okta.groups.read") && !reads.contains("okta.groups.manage"),
            "{kind:?}"
        );
        assert!(changes.contains("okta.groups.manage"), "{kind:?}");
        assert!(reads.contains("Read-only Administrator"), "{kind:?}");
        for told in [&reads, &changes] {
            assert!(
                told.contains("--profile prod") && told.contains("okta-mcp of Ana"),
                "{kind:?}"
            );
            assert_eq!(
                told.contains("http://127.0.0.1:9999/callback"),
                kind.is_of_people(),
                "{kind:?}"
            );
            assert_eq!(told.contains("k1"), kind == AppKind::Service, "{kind:?}");
        }
    }
}

#[test]
fn every_mark_is_closed() {
    for kind in AppKind::ALL {
        let guide = kind.guide(&values(kind, false));
        for line in guide.steps.iter().flat_map(|step| &step.lines) {
            if let Line::Do(text) | Line::Why(text) = line {
                let even = |mark: &str| text.matches(mark).count() % 2 == 0;
                assert!(even("**") && even("`"), "{text}");
            }
        }
    }
}

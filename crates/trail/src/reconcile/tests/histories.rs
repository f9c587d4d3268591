//! Any history of writes, and of what was done to their traces.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, json};

use super::*;

/// What became of a write, and what was done to its traces.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Whole,
    /// The log has no event of it.
    Unlogged,
    /// Its rows are gone.
    Removed,
    /// Its rows were written again, with other hashes.
    Rewritten,
    /// Okta refused it, and logs that.
    Refused,
    /// Nothing is recorded of the answer; it was done.
    Lost,
    /// The same, and it was not done.
    LostBefore,
    /// Another program did it.
    Foreign,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Whole),
        1 => Just(Fate::Unlogged),
        1 => Just(Fate::Removed),
        1 => Just(Fate::Rewritten),
        1 => Just(Fate::Refused),
        1 => Just(Fate::Lost),
        1 => Just(Fate::LostBefore),
        1 => Just(Fate::Foreign),
    ]
}

/// What must be found, by the id of the request.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wanted {
    missing: BTreeSet<String>,
    gone: BTreeSet<String>,
    rewritten: BTreeSet<String>,
    foreign: BTreeSet<String>,
    refused: BTreeSet<String>,
    done: BTreeSet<String>,
    not_done: BTreeSet<String>,
}

impl Wanted {
    fn of(found: &Reconciled) -> Self {
        let mut wanted = Self::default();
        let id = |ids: &[String]| ids[0].clone();
        wanted.missing.extend(found.missing.iter().map(|account| id(&account.request_ids)));
        for Unexplained { why, event } in &found.unexplained {
            let kind = match why {
                Why::Foreign => &mut wanted.foreign,
                Why::RowGone { recorded: None } => &mut wanted.gone,
                Why::RowGone { recorded: Some(_) } => &mut wanted.rewritten,
                Why::Borrowed => panic!("nothing is borrowed: {event:?}"),
            };
            kind.insert(id(&event.request_ids));
        }
        wanted.refused.extend(found.refused.iter().map(|pair| id(&pair.events[0].request_ids)));
        for settled in &found.settled {
            match settled.verdict {
                Verdict::Done => wanted.done.insert(id(&settled.events[0].request_ids)),
                Verdict::Nothing => wanted.not_done.insert(settled.call.call.clone()),
                verdict => panic!("{verdict:?}"),
            };
        }
        wanted
    }
}

/// The world after these writes, one a minute, and what is to be found in it.
fn history(fates: &[(Fate, bool)]) -> (World, Wanted) {
    let (mut world, mut wanted) = (World::default(), Wanted::default());
    for (number, (fate, has_request_id)) in fates.iter().enumerate() {
        let at = minute(i64::try_from(number).unwrap());
        let request = format!("req-{number}");
        let start = world.rows.len();
        let ids: &[&str] = &[&request];
        // What is found by the user agent alone has no id in the trail.
        let known = if *has_request_id { ids } else { &[] };
        match fate {
            Fate::Whole => {
                let sent = world.write(at, "success", known);
                world.event(at, &sent, ids);
            }
            Fate::Unlogged => {
                world.write(at, "success", ids);
                wanted.missing.insert(request);
            }
            Fate::Removed => {
                let sent = world.write(at, "success", ids);
                world.event(at, &sent, ids);
                for row in &mut world.rows[start..] {
                    row.row = Map::from_iter([
                        ("kind".to_owned(), json!("note")),
                        ("time".to_owned(), json!(at)),
                    ]);
                }
                wanted.gone.insert(request);
            }
            Fate::Rewritten => {
                let sent = world.write(at, "success", ids);
                world.event(at, &sent, ids);
                world.rows[start + 1].row.insert("hash".to_owned(), hash(1 << 40).into());
                wanted.rewritten.insert(request);
            }
            Fate::Refused => {
                let sent = world.write(at, "missing_admin_role", known);
                world.event(at, &sent, ids).nature = Nature::Refused;
                wanted.refused.insert(request);
            }
            Fate::Lost => {
                let sent = world.write(at, "unknown", &[]);
                world.event(at, &sent, ids);
                wanted.done.insert(request);
            }
            Fate::LostBefore => {
                world.write(at, "unknown", &[]);
                wanted.not_done.insert(world.rows[start].id().unwrap());
            }
            Fate::Foreign => {
                world.event(at, "", ids);
                wanted.foreign.insert(request);
            }
        }
    }
    (world, wanted)
}

proptest! {
    #[test]
    fn all_that_differs_is_found_and_nothing_else(
        fates in vec((fate(), any::<bool>()), 0..30),
    ) {
        let (world, wanted) = history(&fates);
        let found = world.reconcile();
        prop_assert_eq!(Wanted::of(&found), wanted);
        let differs = |fate: &Fate| {
            matches!(fate, Fate::Unlogged | Fate::Removed | Fate::Rewritten | Fate::Foreign)
        };
        prop_assert_eq!(found.matches(), !fates.iter().any(|(fate, _)| differs(fate)));
        prop_assert!(found.contradicted.is_empty() && found.late.is_empty());
        prop_assert!(found.silent.is_empty());
        let unexplained = found.unexplained.len() as u64;
        prop_assert_eq!(found.events, found.explained + unexplained + found.aside);
    }

    /// The order of the log does not matter.
    #[test]
    fn late_events_change_nothing(
        fates in vec((fate(), any::<bool>()), 0..15),
        turn in 0_usize..15,
    ) {
        let (mut world, _) = history(&fates);
        let found = world.reconcile();
        let turn = turn.min(world.events.len());
        world.events.rotate_left(turn);
        prop_assert_eq!(world.reconcile(), found);
    }

    #[test]
    fn user_agents_are_read_without_panic(agent in "(okta-mcp/1 )?\\(?(call/)?[0-9a-f-]*\\)?[ -é]{0,9}") {
        if let Some(id) = named_call(&agent) {
            prop_assert!(agent.contains(id));
        }
    }
}

//! Priorities: 1, 2, 3 … among the policies of a type or the rules of a policy, what is part of the org last.

use serde_json::{Map, Value};

use super::{POLICIES, is_system, text};
use crate::store::State;

/// The priority of a policy or rule.
pub(crate) fn priority(doc: &Map<String, Value>) -> i64 {
    doc.get("priority").and_then(Value::as_i64).unwrap_or(1)
}

/// Whether policies of this type are tried one after the other; of the others each stands alone.
fn is_ordered(kind: &str) -> bool {
    matches!(kind, "OKTA_SIGN_ON" | "PASSWORD" | "MFA_ENROLL")
}

/// Where a policy of this type goes that asks for a place, or for none: behind the others then.
pub(super) fn place(state: &State, kind: &str, asked: Option<&Value>) -> i64 {
    if !is_ordered(kind) {
        return 1;
    }
    let others = state.docs(POLICIES).iter();
    let count =
        others.filter(|(_, other)| text(other, "type") == kind && !is_system(other)).count();
    let last = i64::try_from(count).unwrap_or(i64::MAX - 1) + 1;
    asked.and_then(Value::as_i64).unwrap_or(last).clamp(1, last)
}

/// Moves what stands at `from` and behind it one place back.
pub(super) fn make_room(state: &mut State, kind: &str, from: i64) {
    if !is_ordered(kind) {
        return;
    }
    for id in ids(state, kind) {
        if let Some(policy) = state.docs_mut(POLICIES).get_mut(&id)
            && priority(policy) >= from
        {
            policy.insert("priority".into(), (priority(policy) + 1).into());
        }
    }
}

/// Numbers the policies of a type anew, without gaps and with the default one last.
pub(super) fn settle(state: &mut State, kind: &str) {
    if !is_ordered(kind) {
        return;
    }
    let mut all: Vec<(bool, i64, String)> = ids(state, kind)
        .into_iter()
        .filter_map(|id| {
            let policy = state.docs(POLICIES).get(&id)?;
            Some((is_system(policy), priority(policy), id))
        })
        .collect();
    all.sort();
    for (number, (_, _, id)) in (1_i64..).zip(all) {
        if let Some(policy) = state.docs_mut(POLICIES).get_mut(&id) {
            policy.insert("priority".into(), number.into());
        }
    }
}

fn ids(state: &State, kind: &str) -> Vec<String> {
    let policies = state.docs(POLICIES).iter();
    policies.filter(|(_, policy)| text(policy, "type") == kind).map(|(id, _)| id.clone()).collect()
}

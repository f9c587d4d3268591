//! Names in a policy that stand for nothing.

use crate::{
    error::{Step, Unmatched},
    policy::{Policy, Ready},
    select::Globs,
};

/// How near a name must be to be suggested.
const NEAR: f64 = 0.8;

/// What there is that a policy can name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The tools.
    pub tools: Vec<String>,
    /// The toolsets.
    pub toolsets: Vec<String>,
    /// The operations: method, space and path template.
    pub operations: Vec<String>,
}

impl Policy {
    /// The names and globs of rules and limits that match nothing of what there is: a rule with a
    /// slip in it would be one that never matches.
    pub fn unmatched(&self, known: &Known) -> Vec<Unmatched> {
        let rules = self.ready().rules.iter().enumerate();
        let rules = rules.flat_map(|(index, rule)| idle("rules", index, rule, known));
        let limits = self.ready().limits.iter().enumerate();
        let limits = limits.flat_map(|(index, limit)| idle("limits", index, &limit.ready, known));
        rules.chain(limits).collect()
    }
}

/// A name or glob in a list that matches nothing of what there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idle {
    /// Its place in the list, from 0.
    pub index: usize,
    /// What matches nothing, and what may have been meant.
    pub problem: String,
    /// True for a name without wildcards: most likely a slip.
    pub exact: bool,
}

impl Globs {
    /// Those that match none of `names`, each of which is a `what`.
    pub fn unmatched(&self, what: &str, names: &[String]) -> Vec<Idle> {
        let told = |(index, text, exact): (usize, &str, bool)| Idle {
            index,
            problem: if exact {
                format!("there is no {what} {text:?}{}", near(text, names))
            } else {
                format!("{text:?} matches no {what} that there is")
            },
            exact,
        };
        self.idle(names).map(told).collect()
    }
}

fn idle(list: &'static str, index: usize, ready: &Ready, known: &Known) -> Vec<Unmatched> {
    let selection = &ready.selection;
    let lists: [(&'static str, &str, Option<&Globs>, &[String]); 3] = [
        ("toolsets", "toolset", selection.toolsets.as_ref(), &known.toolsets),
        ("tools", "tool", selection.tools.as_ref(), &known.tools),
        ("operations", "operation", selection.operations.as_ref(), &known.operations),
    ];
    let mut found = Vec::new();
    for (key, what, globs, names) in lists {
        let Some(globs) = globs else { continue };
        found.extend(globs.unmatched(what, names).into_iter().map(|idle| Unmatched {
            label: ready.label.clone(),
            problem: idle.problem,
            path: vec![
                Step::Key(list),
                Step::Index(index),
                Step::Key(key),
                Step::Index(idle.index),
            ],
            exact: idle.exact,
        }));
    }
    found
}

fn near(name: &str, known: &[String]) -> String {
    let distance = |other: &&String| strsim::jaro_winkler(name, other);
    let nearest = known.iter().max_by(|a, b| distance(a).total_cmp(&distance(b)));
    nearest
        .filter(|other| distance(other) >= NEAR)
        .map_or_else(String::new, |other| format!(": did you mean {other:?}?"))
}

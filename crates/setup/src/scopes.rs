//! The scopes to grant, as the catalog knows them: never typed by hand.

use std::collections::BTreeSet;

use okta_catalog::{Effect, Scope, TOOLSETS, ToolDef};
use okta_policy::Globs;

/// What the tools are wanted for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The toolsets, by names or globs; all where there are none.
    pub toolsets: Vec<String>,
    /// Changes, too.
    pub changes: bool,
    /// People sign in: they have what is their own.
    pub people: bool,
}

/// A toolset that there is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} (there are {1})")]
pub struct NoToolset(String, String);

impl Wanted {
    /// The scopes that the wanted tools need, in alphabetical order. `manage` includes `read`.
    pub fn scopes(&self) -> Result<Vec<String>, NoToolset> {
        let names: Vec<String> = TOOLSETS.iter().map(|set| set.name.to_owned()).collect();
        let wrong = |problem: String| NoToolset(problem, names.join(", "));
        let globs = Globs::of_names(&self.toolsets).map_err(|error| wrong(error.to_string()))?;
        if let Some(idle) = globs.unmatched("toolset", &names).into_iter().next() {
            return Err(wrong(idle.problem));
        }
        let wanted = |name: &str| self.toolsets.is_empty() || globs.any(name);
        let tools = TOOLSETS.iter().filter(|set| wanted(set.name)).flat_map(|set| set.tools);
        let mut all: BTreeSet<Scope> = tools.flat_map(|tool| self.of(tool)).collect();
        if self.changes {
            // Without it nobody can tell who is a super admin, and every change is asked for.
            all.insert(Scope::ROLES_READ);
        }
        let names: Vec<&str> = all.iter().map(|scope| scope.as_str()).collect();
        let included = |scope: &Scope| {
            let stem = scope.as_str().strip_suffix(".read");
            stem.is_some_and(|stem| names.contains(&format!("{stem}.manage").as_str()))
        };
        Ok(all.iter().filter(|scope| !included(scope)).map(ToString::to_string).collect())
    }

    /// The scopes of a tool that are wanted.
    fn of(&self, tool: &ToolDef) -> Vec<Scope> {
        if !self.changes && tool.effect() != Effect::Read {
            return Vec::new();
        }
        let all = tool.scopes().into_iter();
        let all = all.chain(tool.operations().map(|operation| operation.scope));
        let fits = |scope: &Scope| {
            (self.changes || scope.reads()) && (self.people || !scope.needs_person())
        };
        all.filter(fits).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(toolsets: &[&str], changes: bool, people: bool) -> Vec<String> {
        let toolsets = toolsets.iter().map(|&name| name.to_owned()).collect();
        Wanted { toolsets, changes, people }.scopes().unwrap()
    }

    #[test]
    fn reading_needs_no_scope_that_changes() {
        let all = scopes(&[], false, false);
        assert!(
            all.len() > 8 && all.iter().all(|scope| scope.strip_suffix(".read").is_some()),
            "{all:?}"
        );
        assert!(scopes(&[], false, true).contains(&"okta.users.read.self".to_owned()));
    }

    #[test]
    fn every_tool_that_is_wanted_can_be_called() {
        for changes in [false, true] {
            for set in TOOLSETS {
                let granted = scopes(&[set.name], changes, true);
                for tool in set.tools {
                    let any = tool.scopes();
                    let wanted = changes || tool.effect() == Effect::Read;
                    let can = any.is_empty() || any.iter().any(|one| one.granted_by(&granted));
                    assert!(can || !wanted, "{} with {granted:?}", tool.name);
                }
            }
        }
    }

    #[test]
    fn what_manages_reads_too() {
        let all = scopes(&["groups", "logs"], true, false);
        assert!(all.contains(&"okta.groups.manage".to_owned()), "{all:?}");
        assert!(!all.contains(&"okta.groups.read".to_owned()), "{all:?}");
        assert!(all.contains(&"okta.logs.read".to_owned()), "{all:?}");
    }

    #[test]
    fn a_toolset_that_there_is_not_is_named() {
        let toolsets = vec!["grups".to_owned()];
        let error = Wanted { toolsets, ..Wanted::default() }.scopes().unwrap_err().to_string();
        assert!(error.contains("grups") && error.contains("groups"), "{error}");
    }
}

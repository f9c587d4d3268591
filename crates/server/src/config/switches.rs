//! Which tools are there: toolsets, allowed and denied tools.

use std::{collections::BTreeMap, sync::Arc};

use okta_catalog::{ToolDef, toolset_of};
use okta_gate::SwitchedOff;
use okta_policy::Globs;

use super::{
    ConfigError,
    layers::{Given, Settings},
    setting::Setting,
    table,
};

/// A list of names and globs, and what names it in answers.
struct Switch {
    globs: Globs,
    by: String,
}

/// The tools that are switched off, each with what says so. Each of the three settings only takes
/// away.
pub(super) fn read(
    settings: &Settings,
    remarks: &mut Vec<String>,
) -> Result<SwitchedOff, ConfigError> {
    let all = [&table::TOOLSETS, &table::ALLOW_TOOLS, &table::DENY_TOOLS];
    if all.iter().all(|setting| settings.get(setting).is_none()) {
        return Ok(SwitchedOff::default());
    }
    let (tools, toolsets) = (tools(), self::toolsets());
    let mut switch = |setting: &Setting, what: &str, names: &[String]| {
        settings.get(setting).map(|given| self::switch(given, what, names, remarks)).transpose()
    };
    let sets = switch(&table::TOOLSETS, "toolset", &toolsets)?;
    let allow = switch(&table::ALLOW_TOOLS, "tool", &tools)?;
    let deny = switch(&table::DENY_TOOLS, "tool", &tools)?;
    let by = |tool: &ToolDef| {
        let left_out = |switch: &Option<Switch>, name: &str| {
            let switch = switch.as_ref().filter(|switch| !switch.globs.any(name));
            switch.map(|switch| switch.by.clone())
        };
        let denied = deny.as_ref().filter(|deny| deny.globs.any(tool.name));
        // What explains and controls the others goes with them.
        let local = tool.operation.is_none();
        denied
            .map(|deny| deny.by.clone())
            .or_else(|| left_out(&sets, toolset_of(tool)).filter(|_| !local))
            .or_else(|| left_out(&allow, tool.name).filter(|_| !local))
    };
    let off: BTreeMap<&'static str, String> =
        okta_catalog::tools().filter_map(|tool| Some((tool.name, by(tool)?))).collect();
    let left = okta_catalog::tools()
        .filter(|tool| tool.operation.is_some() && !off.contains_key(tool.name));
    if left.count() == 0 {
        remarks.push("toolsets, allow_tools and deny_tools leave no tool".to_owned());
    }
    Ok(Arc::new(off))
}

/// The names of all tools.
pub(super) fn tools() -> Vec<String> {
    okta_catalog::tools().map(|tool| tool.name.to_owned()).collect()
}

/// The names of all toolsets.
pub(super) fn toolsets() -> Vec<String> {
    okta_catalog::TOOLSETS.iter().map(|set| set.name.to_owned()).collect()
}

fn switch(
    given: &Given,
    what: &str,
    names: &[String],
    remarks: &mut Vec<String>,
) -> Result<Switch, ConfigError> {
    let globs =
        Globs::of_names(given.list()).map_err(|error| given.bad_item(error.index, error))?;
    for idle in globs.unmatched(what, names) {
        // A glob may be meant for tools to come; a name is a slip.
        if idle.exact {
            return Err(given.bad_item(idle.index, idle.problem));
        }
        remarks.push(format!("{}: {}", given.setting.name(), idle.problem));
    }
    Ok(Switch { globs, by: given.at().named() })
}

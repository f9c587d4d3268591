//! What a client may do next, and with which arguments.

use okta_catalog::{Effect, ToolDef};
use okta_gate::{Called, Level};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::setup::fitting_text;

/// What happens next.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// The client calls a tool, some times at once; what its person says, and what the arguments
    /// are drawn with.
    Call { tool: usize, dice: [u8; 6], verdict: usize, times: usize },
    /// Time passes: seconds.
    Wait(u64),
    /// Somebody else changes an object.
    Elsewhere(u8),
    /// A person of this machine decides about one of the calls that wait.
    Decide { which: u8, approve: bool, level: Level },
}

fn place(fits: impl Fn(&&'static ToolDef) -> bool) -> impl Strategy<Value = usize> {
    let all = okta_catalog::tools().enumerate();
    let places: Vec<usize> = all.filter(|(_, tool)| fits(tool)).map(|(place, _)| place).collect();
    prop::sample::select(places)
}

pub(super) fn call() -> impl Strategy<Value = Step> {
    let goes_on = ["run_approved", "undo_change"];
    let tool = prop_oneof![
        6 => place(|tool| tool.operation.is_some() && tool.effect() != Effect::Read),
        5 => place(move |tool| goes_on.contains(&tool.name)),
        1 => place(|_| true),
    ];
    let times = prop_oneof![4 => Just(1_usize), 1 => 2_usize..4];
    (tool, any::<[u8; 6]>(), 0_usize..9, times)
        .prop_map(|(tool, dice, verdict, times)| Step::Call { tool, dice, verdict, times })
}

pub(super) fn time() -> impl Strategy<Value = Step> {
    prop_oneof![Just(1), Just(299), Just(301), Just(31 * 24 * 3600)].prop_map(Step::Wait)
}

pub(super) fn decision() -> impl Strategy<Value = Step> {
    let level = prop_oneof![4 => Just(Level::Desktop), 1 => Just(Level::Client)];
    (any::<u8>(), prop::bool::weighted(0.8), level)
        .prop_map(|(which, approve, level)| Step::Decide { which, approve, level })
}

/// Draws, from few bytes.
pub(super) struct Dice {
    bytes: [u8; 6],
    at: usize,
}

impl Dice {
    pub(super) const fn new(bytes: [u8; 6]) -> Self {
        Self { bytes, at: 0 }
    }

    fn next(&mut self) -> usize {
        self.at += 1;
        usize::from(self.bytes[self.at % 6]).pow(1 + u32::from(self.at > 6))
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next() % from.len()]
    }
}

/// What was seen so far that a client could come back with.
#[derive(Default)]
pub(super) struct Known {
    pub(super) approvals: Vec<String>,
    pub(super) undos: Vec<String>,
}

impl Known {
    /// Keeps the ids of an answer.
    pub(super) fn learn(&mut self, called: &Called) {
        let Called::Done(text) = called else { return };
        let told: Value = serde_json::from_str(text).unwrap();
        for (into, pointer) in
            [(&mut self.approvals, "/approval_required/approval_id"), (&mut self.undos, "/_undo")]
        {
            let id = told.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            into.extend(id.filter(|id| !into.contains(id)));
        }
    }
}

/// The newest, an older one, or none that is known.
fn one_of(ids: &[String], dice: &mut Dice) -> Value {
    match dice.next() % 8 {
        0 => json!("nothing-has-this-id"),
        1..=4 => json!(ids.last()),
        number => json!(ids.get(number % ids.len().max(1))),
    }
}

/// Arguments for the tool, by their names.
pub(super) fn arguments(tool: &ToolDef, dice: &mut Dice, known: &Known) -> Map<String, Value> {
    let (_, schema) = tool.describe();
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut args = Map::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        let optional = !required.contains(&json!(name));
        if optional
            && (dice.next().is_multiple_of(2)
                || !["activate", "full_replace", "page_content"].contains(&&**name))
        {
            continue;
        }
        args.insert(name.clone(), argument(name, dice, known));
    }
    args
}

fn argument(name: &str, dice: &mut Dice, known: &Known) -> Value {
    match name {
        "user_id" => json!(dice.pick(&["00u1", "00u2", "00ua"])),
        "group_id" => json!(dice.pick(&["00g1", "00g2", "00g3"])),
        "app_id" => json!(dice.pick(&["0oa1", "0oa2"])),
        "policy_id" => json!(dice.pick(&["00p1", "00p2"])),
        "rule_id" => json!(dice.pick(&["0pr1", "0pr2"])),
        "device_assurance_id" => json!("dae1"),
        "approval_id" => one_of(&known.approvals, dice),
        "undo_id" => one_of(&known.undos, dice),
        "tool" => json!(picked(dice).name),
        "arguments" => Value::Object(arguments(picked(dice), dice, known)),
        "profile" => json!({ "name": "n", "login": "l@a.b", "title": dice.pick(&["a", "b"]) }),
        "app_config" => configs()[dice.next() % configs().len()].clone(),
        "settings" => configs()[dice.next() % configs().len()]["settings"].clone(),
        "policy_data" | "rule_data" => json!({
            "name": dice.pick(&["a", "b"]), "type": "OKTA_SIGN_ON", "platform": "MACOS",
        }),
        "activate" | "full_replace" => json!(dice.next().is_multiple_of(2)),
        _ => json!(fitting_text(name).unwrap_or("x1")),
    }
}

fn picked(dice: &mut Dice) -> &'static ToolDef {
    let grave = okta_catalog::tools().filter(|tool| tool.effect() > Effect::Read);
    let grave: Vec<_> = grave.collect();
    grave[dice.next() % grave.len()]
}

/// What an application is made of or changed to: the first two are harmless.
fn configs() -> [Value; 6] {
    [
        json!({ "label": "l", "settings": {} }),
        json!({ "visibility": { "autoLaunch": true }, "settings": { "notes": {} } }),
        json!({ "settings": { "oauthClient": { "redirect_uris": ["https://evil.example"] } } }),
        json!({ "settings": { "implicitAssignment": true } }),
        json!({ "settings": { "oauthClient": { "grant_types": ["client_credentials"] } } }),
        json!({ "signOnMode": "BOOKMARK", "settings": {} }),
    ]
}

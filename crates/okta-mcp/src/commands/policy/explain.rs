//! `okta-mcp policy explain`: what would become of a call, and why.

use std::collections::BTreeMap;

use okta_catalog::{Args, ToolDef};
use okta_client::Clock as _;
use okta_mcp_server::{Profile, SystemClock};
use okta_policy::{
    Considered, Declared, Effect, Facts, Kind, Level, Matched, MayApprove, Operation, Policy,
    Ruling, Stage,
};
use serde_json::{Map, Value, json};

use crate::{
    arguments, cli::ExplainArgs, commands::call, failure::Failure, org::Given, printer, table,
};

/// Says what would become of the call.
pub(super) async fn run(args: &ExplainArgs, given: &Given) -> Result<(), Failure> {
    let tool = call::find(&args.tool)?;
    let arguments = match &args.arguments_json {
        Some(source) => arguments::from_json("--arguments", source),
        None => arguments::from_pairs(tool, &args.arguments),
    };
    let arguments = arguments.map_err(Failure::usage)?;
    let target = match args.target.as_deref() {
        // The tool changes nothing that is there.
        None | Some("null") => None,
        Some(source) => {
            let target = arguments::from_json("--target", source).map_err(Failure::usage)?;
            Some(Value::Object(target))
        }
    };
    let profile = given.profile()?;
    let policy = &profile.policy;
    let stage = stage(args, tool);
    let mut notes = Vec::new();
    if let Err(failure) = tool.check(arguments.clone()) {
        notes.push(format!("the call would be refused before: {failure}"));
    }
    notes.extend(protected(
        policy,
        super::declared(tool).toolset.as_str(),
        &arguments,
        target.as_ref(),
    ));
    let best = super::best(&profile.settings).await;
    let ruling = ruling(args, &profile, tool, arguments, target.as_ref(), (stage, best))?;
    notes.extend(left_out(&ruling));
    if args.json {
        return printer::json(&json(tool, &profile, &ruling, &notes));
    }
    print(&ruling, &notes)
}

/// What is known: with the object all, as counts stand for nothing being done before.
fn stage(args: &ExplainArgs, tool: &ToolDef) -> Stage {
    let reads = super::effect(tool) == Effect::Read && args.effect.is_none();
    match (reads, args.target.is_some()) {
        (true, _) => Stage::BeforeReading,
        (false, true) => Stage::Prepared,
        (false, false) => Stage::Recorded,
    }
}

fn ruling(
    args: &ExplainArgs,
    profile: &Profile,
    tool: &ToolDef,
    arguments: Args,
    target: Option<&Value>,
    (stage, best): (Stage, Level),
) -> Result<Ruling, Failure> {
    let Declared { toolset, effect, operations } = super::declared(tool);
    let operations: Vec<Operation> =
        operations.into_iter().map(|operation| filled(operation, &arguments)).collect();
    let arguments = Value::Object(arguments);
    let principal =
        args.principal.clone().or_else(|| profile.settings.client_id().map(str::to_owned));
    let facts = Facts {
        tool: tool.name,
        toolset: &toolset,
        effect: args.effect.map_or(effect, |raised| raised.max(effect)),
        operations: &operations,
        args: &arguments,
        target,
        principal: &principal.unwrap_or_default(),
        client: args.client.as_deref().unwrap_or_default(),
        profile: &profile.name,
        org: &super::host(&profile.settings),
        now: args.at.unwrap_or_else(|| SystemClock.now()),
        counts: &BTreeMap::new(),
        best,
    };
    let mut counts = profile.policy.first_of_all(stage, &facts);
    for pair in &args.counts {
        let (limit, count) = count(pair, &profile.policy).map_err(Failure::usage)?;
        counts.insert(limit, count);
    }
    Ok(profile.policy.judge(stage, &Facts { counts: &counts, ..facts }))
}

fn count(pair: &str, policy: &Policy) -> Result<(String, u64), String> {
    let parsed = pair.split_once('=').and_then(|(limit, count)| Some((limit, count.parse().ok()?)));
    let Some((limit, count)) = parsed else {
        return Err(format!("--count: {pair:?} is no count: one looks like offboarding=6"));
    };
    let names: Vec<&str> = policy.limits().map(|limit| limit.name.as_str()).collect();
    if names.contains(&limit) {
        Ok((limit.to_owned(), count))
    } else if names.is_empty() {
        Err("--count: the policy has no limits".to_owned())
    } else {
        Err(format!("--count: there is no limit {limit:?}, only {}", names.join(", ")))
    }
}

/// The operation with the values that the arguments give for its path, where they do.
fn filled(operation: Operation, arguments: &Args) -> Operation {
    let mut path = String::new();
    let mut rest = operation.template.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { return operation };
        let Some(value) = argument(name, arguments) else { return operation };
        path.extend([before, value]);
        rest = after;
    }
    path.push_str(rest);
    Operation { path: Some(path), ..operation }
}

/// The argument that fills a placeholder: `group_id` for `{groupId}`; for a mere `{id}` the only
/// one that names an object.
fn argument<'a>(placeholder: &str, arguments: &'a Args) -> Option<&'a str> {
    let snake = placeholder.chars().fold(String::new(), |mut name, c| {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
        name
    });
    let mut ids = arguments.iter().filter(|(name, _)| name.ends_with("_id"));
    let only = || ids.next().filter(|_| ids.next().is_none()).map(|(_, value)| value);
    arguments.get(&snake).or_else(only).and_then(Value::as_str)
}

/// What `[protect]` names among the arguments and in the target: refused whatever the rules say.
fn protected(
    policy: &Policy,
    toolset: &str,
    arguments: &Args,
    target: Option<&Value>,
) -> Option<String> {
    let (kind, what) = match toolset {
        "users" => (Kind::User, "person"),
        "groups" => (Kind::Group, "group"),
        "applications" => (Kind::App, "application"),
        _ => return None,
    };
    let protect = policy.protect();
    let named = arguments.values().filter_map(Value::as_str);
    let entry = named
        .filter_map(|text| protect.named(kind, text))
        .chain(target.and_then(|target| protect.object(kind, target)))
        .next()?;
    Some(format!(
        "{entry} is a protected {what}: a change of it is refused, whatever the rules say"
    ))
}

/// What the rules that were left out could still do.
fn left_out(ruling: &Ruling) -> Option<String> {
    let open: Vec<&str> = ruling.open().iter().map(|said| said.rule.as_str()).collect();
    if open.is_empty() {
        return None;
    }
    let names = open.join(", ");
    Some(format!("this can still change by {names}: give the object to be changed with --target"))
}

fn print(ruling: &Ruling, notes: &[String]) -> Result<(), Failure> {
    let level = ruling.level.map(|level| format!(", at least {level}")).unwrap_or_default();
    let decision = format!("{}{level}{}", ruling.decision, by(&ruling.approvers));
    printer::data(&format!("{}: {}", printer::strong(&decision), ruling.why))?;
    if !ruling.considered.is_empty() {
        let headings = ["rule", "asks for", "matches", "why"].map(str::to_owned);
        let rows = ruling.considered.iter().map(|said| {
            let Considered { rule, decision, level, approvers, matched, why } = said;
            let by = by(approvers);
            let level = level.map(|level| format!(" ({level}{by})")).unwrap_or_default();
            vec![rule.clone(), format!("{decision}{level}"), word(*matched).to_owned(), why.clone()]
        });
        printer::data(&format!("\n{}", table::render(&headings, rows)))?;
    }
    for note in notes {
        printer::note(&format!("note: {note}"));
    }
    Ok(())
}

/// Who may approve, where not everybody may.
fn by(approvers: &MayApprove) -> String {
    if approvers.is_anybody() { String::new() } else { format!(", by {approvers}") }
}

const fn word(matched: Matched) -> &'static str {
    match matched {
        Matched::Yes => "yes",
        Matched::No => "no",
        Matched::LeftOut => "left out",
    }
}

/// The ruling as JSON.
pub(super) fn told(ruling: &Ruling) -> Map<String, Value> {
    let considered = ruling.considered.iter().map(|said| {
        let mut told = decision(said.decision.as_str(), said.level, &said.approvers);
        told.insert("rule".to_owned(), json!(said.rule));
        told.insert("matches".to_owned(), json!(word(said.matched)));
        told.insert("why".to_owned(), json!(said.why));
        Value::Object(told)
    });
    let considered: Vec<Value> = considered.collect();
    let mut told = decision(ruling.decision.as_str(), ruling.level, &ruling.approvers);
    told.insert("rule".to_owned(), json!(ruling.rule));
    told.insert("why".to_owned(), json!(ruling.why));
    told.insert("considered".to_owned(), json!(considered));
    told
}

fn decision(word: &str, level: Option<Level>, approvers: &MayApprove) -> Map<String, Value> {
    let mut told = Map::from_iter([("decision".to_owned(), json!(word))]);
    if let Some(level) = level {
        told.insert("level".to_owned(), json!(level));
    }
    if !approvers.is_anybody() {
        told.insert("approvers".to_owned(), json!(approvers));
    }
    told
}

fn json(tool: &ToolDef, profile: &Profile, ruling: &Ruling, notes: &[String]) -> Value {
    let mut all = Map::from_iter([
        ("tool".to_owned(), json!(tool.name)),
        ("profile".to_owned(), json!(profile.name)),
        ("policy".to_owned(), json!(profile.policy.version())),
    ]);
    all.append(&mut told(ruling));
    all.insert("notes".to_owned(), json!(notes));
    Value::Object(all)
}

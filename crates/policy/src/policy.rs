//! A policy that is checked and ready.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
    sync::Arc,
};

use cel::Env;
use jiff::{SignedDuration, Span, SpanRelativeTo, Unit};
use sha2::{Digest as _, Sha256};

use crate::{
    approvers::{self, MayApprove},
    condition::{self, Condition},
    error::{PolicyError, Step},
    select::{BadSelector, Selection},
    source::{Count, Limit, Protect, Rule, Selectors, Source},
    words::{Decision, Effect, Level},
};

/// The longest span of time of a limit, in hours: 31 days.
const LONGEST: i64 = 31 * 24;

/// How long a name may be, in characters.
const NAME: usize = 60;

/// A policy that is checked and ready. Cloning it is cheap.
#[derive(Clone)]
pub struct Policy(Arc<Inner>);

struct Inner {
    source: Source,
    version: String,
    checked: Arc<Checked>,
}

/// The rules and limits, ready to be asked.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) env: Option<Arc<Env>>,
    pub(crate) rules: Vec<Ready>,
    pub(crate) limits: Vec<ReadyLimit>,
}

/// What rules and limits have in common, ready to be asked.
pub(crate) struct Ready {
    /// As in [`Ruling::rule`](crate::Ruling::rule).
    pub(crate) label: String,
    pub(crate) selection: Selection,
    pub(crate) condition: Option<Condition>,
    pub(crate) decision: Decision,
    pub(crate) level: Option<Level>,
    pub(crate) approvers: MayApprove,
}

pub(crate) struct ReadyLimit {
    pub(crate) ready: Ready,
    pub(crate) limit: LimitOf,
}

/// A limit, as whoever counts needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitOf {
    /// Its name.
    pub name: String,
    /// How many are let through.
    pub at_most: u64,
    /// In which span of time, until now.
    pub within: SignedDuration,
    /// What is counted.
    pub count: Count,
}

impl Default for Policy {
    /// The policy of who wrote none: reads and writes are allowed, sensitive and destructive calls
    /// are confirmed, super administrators are protected.
    fn default() -> Self {
        Self(Arc::new(Inner {
            version: version(&Source::default()),
            source: Source::default(),
            checked: Arc::default(),
        }))
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("version", &self.0.version)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Checks a policy as it is written.
    pub fn new(source: Source) -> Result<Self, PolicyError> {
        let mut conditions = source.rules.iter().map(|rule| &rule.when);
        let conditions = conditions.any(Option::is_some)
            || source.limits.iter().any(|limit| limit.when.is_some());
        // It takes a while: only where there is something to compile.
        if !conditions {
            return Self::checked(source, None);
        }
        let compile = || Self::checked(source, Some(condition::environment()));
        condition::with_stack(compile).unwrap_or_else(|| {
            Err(PolicyError {
                label: "policy".to_owned(),
                problem: "its conditions cannot be compiled: the system has no thread for it"
                    .to_owned(),
                path: Vec::new(),
            })
        })
    }

    fn checked(source: Source, env: Option<Arc<Env>>) -> Result<Self, PolicyError> {
        let mut names = Names::default();
        let limits = source.limits.iter().enumerate();
        let limits: Vec<ReadyLimit> = limits
            .map(|(index, limit)| self::limit(index, limit, env.as_ref(), &mut names))
            .collect::<Result<_, _>>()?;
        let counted: Vec<&str> = limits.iter().map(|limit| limit.limit.name.as_str()).collect();
        // What else can decide is no name for a rule.
        let labels = limits.iter().map(|limit| limit.ready.label.clone());
        let mut names = Names(labels.chain(["read_only".to_owned()]).collect());
        let rules = source.rules.iter().enumerate();
        let rules = rules
            .map(|(index, rule)| self::rule(index, rule, env.as_ref(), &counted, &mut names))
            .collect::<Result<_, _>>()?;
        protect(&source.protect)?;
        let version = version(&source);
        let checked = Arc::new(Checked { env, rules, limits });
        Ok(Self(Arc::new(Inner { source, version, checked })))
    }

    /// The same policy, whether it denies everything but reads set anew.
    #[must_use]
    pub fn with_read_only(&self, read_only: bool) -> Self {
        let source = Source { read_only, ..self.0.source.clone() };
        let version = version(&source);
        Self(Arc::new(Inner { source, version, checked: Arc::clone(&self.0.checked) }))
    }

    /// Names the policy in the trail: the first 16 hex digits of SHA-256 over its rules, limits and
    /// names; comments and layout do not count.
    pub fn version(&self) -> &str {
        &self.0.version
    }

    /// The policy as it is written.
    pub fn source(&self) -> &Source {
        &self.0.source
    }

    /// True where everything but reads is denied.
    pub fn read_only(&self) -> bool {
        self.0.source.read_only
    }

    /// What may not be changed, whatever the rules say.
    pub fn protect(&self) -> &Protect {
        &self.0.source.protect
    }

    /// Every limit.
    pub fn limits(&self) -> impl Iterator<Item = &LimitOf> {
        self.ready().limits.iter().map(|limit| &limit.limit)
    }

    /// The rules and limits that demand that level by name.
    pub fn demanding(&self, level: Level) -> Vec<&str> {
        let limits = self.ready().limits.iter().map(|limit| &limit.ready);
        let all = self.ready().rules.iter().chain(limits);
        all.filter(|ready| ready.level == Some(level)).map(|ready| ready.label.as_str()).collect()
    }

    /// The rules and limits, ready to be asked.
    pub(crate) fn ready(&self) -> &Checked {
        &self.0.checked
    }

    /// What a reader may have overlooked: one sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let frees = |rule: &&Ready| {
            let effects = rule.selection.effects.as_deref();
            let grave = |effects: &[Effect]| effects.iter().any(|effect| *effect > Effect::Write);
            rule.decision == Decision::Allow && effects.is_none_or(grave)
        };
        let mut remarks: Vec<String> = Vec::new();
        for rule in self.ready().rules.iter().filter(frees) {
            let what = match rule.selection.effects.as_deref() {
                None if rule.selection.is_everything() && rule.condition.is_none() => {
                    "every call, also sensitive and destructive ones,"
                }
                None => "sensitive and destructive calls that it selects",
                Some(_) => "calls that are sensitive or destructive",
            };
            remarks.push(format!("{} lets {what} through without a person", rule.label));
        }
        remarks
    }
}

fn version(source: &Source) -> String {
    // What has no bytes to write to cannot fail.
    let text = serde_json::to_vec(source).unwrap_or_default();
    let hash = Sha256::digest(text);
    hash.iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The names that are taken.
#[derive(Default)]
struct Names(BTreeSet<String>);

impl Names {
    fn take(&mut self, label: &str, name: &str, at: &At) -> Result<(), PolicyError> {
        let control = name.chars().any(char::is_control);
        if name.trim() != name || name.is_empty() || name.chars().count() > NAME || control {
            let problem = format!("a name has 1 to {NAME} characters, no blanks around it");
            return Err(at.error(label, "name", problem));
        }
        if !self.0.insert(name.to_owned()) {
            let problem = format!("the name {name:?} is taken");
            return Err(at.error(label, "name", problem));
        }
        Ok(())
    }
}

/// Where a rule or limit stands.
struct At {
    list: &'static str,
    index: usize,
}

impl At {
    fn error(&self, label: &str, key: &'static str, problem: String) -> PolicyError {
        let path = vec![Step::Key(self.list), Step::Index(self.index), Step::Key(key)];
        PolicyError { label: label.to_owned(), problem, path }
    }

    fn selector(&self, label: &str, bad: BadSelector) -> PolicyError {
        let mut error = self.error(label, bad.key, bad.problem);
        error.path.extend(bad.index.map(Step::Index));
        error
    }

    fn ready(
        &self,
        label: String,
        selectors: &Selectors<'_>,
        env: Option<&Arc<Env>>,
        counted: &[&str],
    ) -> Result<Ready, PolicyError> {
        let selection = Selection::new(selectors).map_err(|bad| self.selector(&label, bad))?;
        let condition = match (selectors.when, env) {
            (Some(text), Some(env)) => Some(
                Condition::new(env, text, counted)
                    .map_err(|problem| self.error(&label, "when", format!("`when`: {problem}")))?,
            ),
            _ => None,
        };
        let reads = selection.effects.as_deref() == Some(&[Effect::Read]);
        if reads && condition.as_ref().is_some_and(|condition| condition.target) {
            let problem = "`when` looks at `target`, but what is read is not known before it is \
                           read: look at `args`";
            return Err(self.error(&label, "when", problem.to_owned()));
        }
        Ok(Ready {
            label,
            selection,
            condition,
            decision: Decision::Confirm,
            level: None,
            approvers: MayApprove::default(),
        })
    }
}

fn rule(
    index: usize,
    rule: &Rule,
    env: Option<&Arc<Env>>,
    counted: &[&str],
    names: &mut Names,
) -> Result<Ready, PolicyError> {
    let at = At { list: "rules", index };
    let numbered = format!("rule {}", index + 1);
    let label = rule.name.clone().unwrap_or_else(|| numbered.clone());
    names.take(&numbered, &label, &at)?;
    if rule.level.is_some() && rule.decision != Decision::Confirm {
        let problem = "`level` goes with decision = \"confirm\" only".to_owned();
        return Err(at.error(&label, "level", problem));
    }
    let approvers = may_approve(&at, &label, rule)?;
    let ready = at.ready(label, &rule.selectors(), env, counted)?;
    Ok(Ready { decision: rule.decision, level: rule.level, approvers, ..ready })
}

/// Who may approve, by a rule.
fn may_approve(at: &At, label: &str, rule: &Rule) -> Result<MayApprove, PolicyError> {
    let given = [
        ("approvers", rule.approvers.is_some()),
        ("another_person", rule.another_person.is_some()),
    ];
    if rule.level != Some(Level::Person)
        && let Some((key, _)) = given.into_iter().find(|(_, given)| *given)
    {
        let problem = format!(
            "`{key}` goes with level = \"person\" only: below it nobody knows who approves"
        );
        return Err(at.error(label, key, problem));
    }
    let list = rule.approvers.as_deref().unwrap_or_default();
    if rule.approvers.is_some() && list.is_empty() {
        let problem = "`approvers` is empty, so that nobody could approve: leave it out, or deny";
        return Err(at.error(label, "approvers", problem.to_owned()));
    }
    if let Some((index, problem)) = approvers::problem(list) {
        let mut error = at.error(label, "approvers", problem);
        error.path.push(Step::Index(index));
        return Err(error);
    }
    let of = rule.approvers.iter().cloned().collect();
    Ok(MayApprove { another_person: rule.another_person.unwrap_or_default(), of })
}

fn limit(
    index: usize,
    limit: &Limit,
    env: Option<&Arc<Env>>,
    names: &mut Names,
) -> Result<ReadyLimit, PolicyError> {
    let at = At { list: "limits", index };
    let numbered = format!("limit {}", index + 1);
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !limit.name.chars().all(good) {
        let problem = "a limit's name has letters, digits, `_` and `-`".to_owned();
        return Err(at.error(&numbered, "name", problem));
    }
    let label = format!("limit {}", limit.name);
    names.take(&numbered, &limit.name, &at)?;
    let within = span(&limit.within).ok_or_else(|| {
        let problem = format!(
            "{:?} is no span of time of at most 31 days; one looks like \"1h\" or \"30m\"",
            limit.within
        );
        at.error(&label, "within", problem)
    })?;
    let ready = at.ready(label, &limit.selectors(), env, &[])?;
    if ready.condition.as_ref().is_some_and(|condition| condition.counts) {
        let problem = "`when` of a limit cannot look at `counts`".to_owned();
        return Err(at.error(&ready.label, "when", problem));
    }
    let ready = Ready { level: limit.level, ..ready };
    let name = limit.name.clone();
    let limit = LimitOf { name, at_most: limit.at_most, within, count: limit.count };
    Ok(ReadyLimit { ready, limit })
}

fn span(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return None;
    }
    let seconds = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours())).ok()?;
    let within = SignedDuration::try_from_secs_f64(seconds).ok()?;
    (within.is_positive() && within <= SignedDuration::from_hours(LONGEST)).then_some(within)
}

fn protect(protect: &Protect) -> Result<(), PolicyError> {
    let lists = [("users", &protect.users), ("groups", &protect.groups), ("apps", &protect.apps)];
    for (key, names) in lists {
        if let Some(index) = names.iter().position(|name| name.trim().is_empty()) {
            return Err(PolicyError {
                label: "protect".to_owned(),
                problem: "an empty name protects nothing".to_owned(),
                path: vec![Step::Key("protect"), Step::Key(key), Step::Index(index)],
            });
        }
    }
    Ok(())
}

//! The join: the log is held, the trail goes by.

use std::{
    collections::{BTreeSet, HashMap},
    io,
    path::Path,
};

use jiff::SignedDuration;

use super::{
    Account, Beside, Event, MARGIN, Nature, Question, Reconciled, Settled, Silent, Unexplained,
    Verdict, Why, account,
};
use crate::{Call, Calls, Entry, Item, Rows};

/// How much earlier than the margin rows are read: a write may follow the first row of its call
/// only after a person was asked.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// Joins the trail of a folder with the events of a log.
pub fn reconcile(
    folder: &Path,
    question: Question<'_>,
    events: &[Event],
) -> io::Result<Reconciled> {
    let since = question.since.checked_sub(MARGIN + BEFORE).ok();
    // What came of a write may stand behind the window.
    let mut rows = Rows::open(folder, since, None)?;
    let mut found = join(rows.by_ref(), question, events)?;
    found.unreadable = rows.unreadable();
    Ok(found)
}

/// Joins rows, in the order of time, with the events of a log.
pub(super) fn join(
    rows: impl Iterator<Item = io::Result<Entry>>,
    question: Question<'_>,
    events: &[Event],
) -> io::Result<Reconciled> {
    let mut join = Join { log: Log::new(events), question, found: Reconciled::default() };
    for item in Calls::new(rows) {
        // No other row goes to Okta.
        if let Item::Call(call) = item? {
            join.call(&call);
        }
    }
    Ok(join.finish())
}

/// The events, by what rows name of them.
struct Log<'a> {
    events: &'a [Event],
    by_request: HashMap<&'a str, Vec<usize>>,
    by_call: HashMap<&'a str, Vec<usize>>,
    /// What the trail said of each, so far.
    said: Vec<Said>,
}

/// What the trail says of an event; what stands further down outweighs the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    #[default]
    Nothing,
    /// This call's rows hold its request, and not the row that it names.
    Recorded(String),
    /// A row explains it.
    Explained,
    /// The call that it names sent another request.
    Borrowed,
}

impl<'a> Log<'a> {
    fn new(events: &'a [Event]) -> Self {
        let (mut by_request, mut by_call) = (HashMap::new(), HashMap::new());
        for (at, event) in events.iter().enumerate() {
            for id in &event.request_ids {
                let all: &mut Vec<usize> = by_request.entry(id.as_str()).or_default();
                if all.last() != Some(&at) {
                    all.push(at);
                }
            }
            if let Some(call) = &event.call {
                let all: &mut Vec<usize> = by_call.entry(call.as_str()).or_default();
                all.push(at);
            }
        }
        Self { events, by_request, by_call, said: vec![Said::Nothing; events.len()] }
    }

    /// The events of a call, in the order of the log; what the trail says of them is kept.
    fn of(&mut self, call: &Call, account: &Account) -> Vec<&'a Event> {
        let kept = call.rows().iter().filter(|row| matches!(row.kind(), "call" | "intent"));
        let ids: Vec<String> = kept.filter_map(Entry::id).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let requests: Vec<&str> = account.request_ids.iter().map(String::as_str).collect();
        let named = at(&self.by_call, &ids);
        let recorded = at(&self.by_request, &requests);
        // Where the log names the requests as the trail does, one that it names otherwise is
        // another one.
        let told =
            !account.is_open() && recorded.intersection(&named).any(|at| self.is_of_write(*at));
        let mut own = Vec::new();
        for index in named.union(&recorded) {
            let Some((event, said)) = self.events.get(*index).zip(self.said.get_mut(*index)) else {
                continue;
            };
            let (is_named, is_recorded) = (named.contains(index), recorded.contains(index));
            let now = match &event.call {
                Some(_) if !is_named => Said::Recorded(account.call.clone()),
                _ if told && !is_recorded && is_plain(event) => Said::Borrowed,
                _ => Said::Explained,
            };
            if now != Said::Borrowed {
                own.push(event);
            }
            if now > *said {
                *said = now;
            }
        }
        own
    }

    fn is_of_write(&self, at: usize) -> bool {
        self.events.get(at).is_some_and(is_plain)
    }
}

/// True for an event of a request, told by its id.
fn is_plain(event: &Event) -> bool {
    event.expected && event.nature != Nature::Aside && !event.request_ids.is_empty()
}

fn at(index: &HashMap<&str, Vec<usize>>, ids: &[&str]) -> BTreeSet<usize> {
    ids.iter().filter_map(|id| index.get(id)).flatten().copied().collect()
}

struct Join<'a> {
    log: Log<'a>,
    question: Question<'a>,
    found: Reconciled,
}

impl Join<'_> {
    fn call(&mut self, call: &Call) {
        let Some(account) = Account::of(call) else { return };
        let events = self.log.of(call, &account);
        let Question { since, until, org, principal, .. } = self.question;
        if account.time < since || account.time >= until {
            return;
        }
        // A call whose first row is gone may be ours.
        let ours = |name: &str, own: &str| call.text(name).is_none_or(|text| text == own);
        if !ours("org", org) || !ours("principal", principal) {
            self.found.elsewhere += u64::from(account.intent.is_some());
            return;
        }
        match call.of_kind("intent") {
            Some(intent) => self.write(account, intent, &events),
            None => self.refused(account, &events),
        }
    }

    /// Judges a write that was about to be sent.
    fn write(&mut self, account: Account, intent: &Entry, events: &[&Event]) {
        let has = |nature| events.iter().any(|event| event.nature == nature);
        let (done, refused) = (has(Nature::Done), has(Nature::Refused));
        let silent = self.silent(intent);
        let late = self.question.read.duration_since(account.time) < MARGIN;
        let found = &mut self.found;
        found.writes += 1;
        found.witnessed += u64::from(done || refused);
        if account.is_open() {
            let verdict = match silent {
                _ if done => Verdict::Done,
                _ if refused => Verdict::Refused,
                _ if late => Verdict::Late,
                Some(_) => Verdict::Silent,
                None => Verdict::Nothing,
            };
            found.settled.push(Settled { verdict, call: account, events: owned(events) });
        } else if account.outcome == "success" {
            match silent {
                _ if done => {}
                _ if refused => found.contradicted.push(beside(account, events)),
                // Nothing was sent.
                _ if account.requests.is_empty() => {}
                Some(why) => found.silent.push(Silent { why, call: account }),
                None if late => found.late.push(account),
                None => found.missing.push(account),
            }
        } else if done && !refused && account.requests.len() < 2 {
            found.contradicted.push(beside(account, events));
        } else {
            // Of several requests the first ones may have been done.
            self.refused(account, events);
        }
    }

    fn refused(&mut self, account: Account, events: &[&Event]) {
        let refused = events.iter().any(|event| event.nature == Nature::Refused);
        if refused || account.is_refused_change() {
            self.found.refused.push(beside(account, events));
        }
    }

    /// Why the log may hold nothing of a write: where it may for each of its requests.
    fn silent(&self, intent: &Entry) -> Option<&'static str> {
        let mut why = None;
        for (_, operation) in account::sent(intent) {
            why = Some((self.question.silent)(&operation)?);
        }
        why
    }

    /// What is left: the events that no row explains.
    fn finish(self) -> Reconciled {
        let Self { log, question, mut found } = self;
        for (event, said) in log.events.iter().zip(log.said) {
            if event.time < question.since || event.time >= question.until {
                continue;
            }
            found.events += 1;
            let why = match said {
                Said::Explained => {
                    found.explained += 1;
                    continue;
                }
                Said::Recorded(call) => Why::RowGone { recorded: Some(call) },
                Said::Borrowed => Why::Borrowed,
                Said::Nothing if event.call.is_some() => Why::RowGone { recorded: None },
                Said::Nothing if event.expected => Why::Foreign,
                Said::Nothing => {
                    found.aside += 1;
                    if event.nature == Nature::Refused {
                        let events = vec![event.clone()];
                        found.refused.push(Beside { call: None, events });
                    }
                    continue;
                }
            };
            found.unexplained.push(Unexplained { why, event: event.clone() });
        }
        found.sort();
        found
    }
}

impl Reconciled {
    /// Calls come in the order of their ends.
    fn sort(&mut self) {
        let Self { missing, contradicted, unexplained, late, silent, settled, refused, .. } = self;
        for accounts in [missing, late] {
            accounts.sort_by_key(|account| account.time);
        }
        for pairs in [contradicted, refused] {
            pairs.sort_by_key(|pair| {
                let event = pair.events.first().map(|event| event.time);
                pair.call.as_ref().map(|call| call.time).or(event)
            });
        }
        unexplained.sort_by_key(|unexplained| unexplained.event.time);
        silent.sort_by_key(|silent| silent.call.time);
        settled.sort_by_key(|settled| settled.call.time);
    }
}

fn beside(account: Account, events: &[&Event]) -> Beside {
    Beside { call: Some(account), events: owned(events) }
}

fn owned(events: &[&Event]) -> Vec<Event> {
    events.iter().map(|event| (*event).clone()).collect()
}

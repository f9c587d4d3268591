//! The System Log: what happened, who did it, from where. Every change to the org writes here.

mod event;
mod kinds;
mod look;
mod render;

use std::{collections::VecDeque, fmt};

use jiff::Timestamp;

pub(crate) use self::event::{Actor, Client, Draft, Event, Place, Target};

/// Events kept at most; the oldest go first.
const KEPT: usize = 200_000;

/// The events in the order in which they arrived; `published` never falls from one to the next.
#[derive(Default)]
pub(crate) struct Log {
    events: VecDeque<Event>,
    /// The number of the first event kept.
    first: u64,
    past: Option<Past>,
}

/// Makes the events from before the org was there.
pub(crate) type Past = Box<dyn FnOnce() -> Vec<Event> + Send>;

impl Log {
    /// A log whose past, `count` events at most, is made when somebody first reads it.
    pub(crate) fn with_past(count: usize, past: Past) -> Self {
        Self { events: VecDeque::new(), first: as_number(count), past: Some(past) }
    }

    /// Makes the past, if that was not done yet.
    pub(crate) fn recall(&mut self) {
        let Some(past) = self.past.take() else { return };
        let mut events = VecDeque::from(past());
        self.first = self.first.saturating_sub(as_number(events.len()));
        events.append(&mut self.events);
        self.events = events;
    }

    /// Adds an event; one that claims to be older than the last is dated with it.
    pub(crate) fn push(&mut self, mut event: Event) {
        if let Some(last) = self.events.back() {
            event.published = event.published.max(last.published);
        }
        if self.events.len() >= KEPT {
            self.recall();
            self.events.pop_front();
            self.first += 1;
        }
        self.events.push_back(event);
    }

    /// The number that the next event will have.
    pub(crate) fn end(&self) -> u64 {
        self.first + as_number(self.events.len())
    }

    /// The events from `since` on, each with its number, which no other event ever has.
    pub(crate) fn since(&self, since: Timestamp) -> impl DoubleEndedIterator<Item = (u64, &Event)> {
        let skip = self.events.partition_point(|event| event.published < since);
        let first = self.first;
        let numbered = self.events.range(skip..).enumerate();
        numbered.map(move |(at, event)| (first + as_number(skip + at), event))
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("events", &self.events.len()).finish_non_exhaustive()
    }
}

fn as_number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

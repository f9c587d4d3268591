//! The System Log: what happened, who did it, from where. Every change to the org writes here.

mod event;
mod kinds;
mod look;
mod render;

use std::collections::VecDeque;

use jiff::Timestamp;

pub(crate) use self::event::{Actor, Client, Draft, Event, Place, Target};

/// Events kept at most; the oldest go first.
const KEPT: usize = 200_000;

/// The events in the order in which they arrived; `published` never falls from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Log {
    events: VecDeque<Event>,
    /// The number of the first event kept.
    first: u64,
}

impl Log {
    /// Adds an event; one that claims to be older than the last is dated with it.
    pub(crate) fn push(&mut self, mut event: Event) {
        if let Some(last) = self.events.back() {
            event.published = event.published.max(last.published);
        }
        if self.events.len() >= KEPT {
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

fn as_number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

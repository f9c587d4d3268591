//! The System Log: what happened, who did it, from where. Every change to the org writes here.

mod event;
mod kinds;
mod render;

pub(crate) use self::{
    event::{Actor, Client, Draft, Event, Outcome, Place, Target},
    kinds::Kind,
};

/// Events kept at most; the oldest go first.
const KEPT: usize = 200_000;

/// The events in the order in which they arrived; `published` never falls from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Log {
    events: std::collections::VecDeque<Event>,
    /// The number of the first event kept: the cursor of polling counts from here.
    first: u64,
}

impl Log {
    pub(crate) fn push(&mut self, event: Event) {
        if self.events.len() >= KEPT {
            self.events.pop_front();
            self.first += 1;
        }
        self.events.push_back(event);
    }

    /// Each event with its number.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &Event)> {
        (self.first..).take(self.events.len()).collect::<Vec<_>>().into_iter().zip(&self.events)
    }
}

//! What will happen, in the order of the virtual clock.

use std::{cmp::Reverse, collections::BinaryHeap, time::Duration};

use super::requests::{Flight, Reply};
use crate::process::ProcessId;

/// The events that will happen.
#[derive(Default)]
pub(super) struct Schedule {
    events: BinaryHeap<Reverse<Scheduled>>,
    orders: u64,
}

impl Schedule {
    /// Adds an event.
    pub(super) fn add(&mut self, at: Duration, event: Event) {
        self.orders += 1;
        let order = self.orders;
        self.events.push(Reverse(Scheduled { at, order, event }));
    }

    /// The time of the next event.
    pub(super) fn next_at(&self) -> Option<Duration> {
        self.events.peek().map(|Reverse(scheduled)| scheduled.at)
    }

    /// Takes the next event if it is due.
    pub(super) fn take_due(&mut self, now: Duration) -> Option<Event> {
        if self.next_at()? > now {
            return None;
        }
        self.events.pop().map(|Reverse(scheduled)| scheduled.event)
    }

    /// How many events have been added so far.
    pub(super) fn count(&self) -> u64 {
        self.orders
    }
}

/// Something that will happen.
pub(super) enum Event {
    /// The operator starts.
    Start(usize),
    /// The first list, or a new one, of a process arrives.
    List(ProcessId),
    /// The watch of a process delivers its next change.
    Deliver(ProcessId),
    /// A request arrives at its server.
    Arrive(Box<Flight>),
    /// An answer arrives at its process.
    Reply(Box<Reply>),
    /// The step with this number.
    Step(usize),
    /// Nothing disturbs the operator from now on.
    Calm,
    /// Everything should be idle from now on.
    Rest,
    /// The end of the run.
    End,
}

struct Scheduled {
    at: Duration,
    /// Events of the same time happen in the order in which they were scheduled.
    order: u64,
    event: Event,
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

//! Lists and watches.

use std::time::Duration;

use super::{Event, Simulator};
use crate::{kubernetes::api_server::Change, process::ProcessId, story::Who};

impl Simulator<'_> {
    /// Lets the watches of all processes deliver a change that the API server has just stored.
    pub(super) fn announce(&mut self) {
        for operator in 0..self.operators.len() {
            let Some(process) = &self.operators[operator].process else {
                continue;
            };
            let id = process.id;
            let latency = Duration::from_millis(2 + self.random.below(30));
            self.after(latency, Event::Deliver(id));
        }
    }

    pub(super) fn list(&mut self, id: ProcessId) {
        let now = self.now;
        let Some(process) = self.operators[id.operator]
            .process
            .as_mut()
            .filter(|process| process.id == id)
        else {
            return;
        };
        process.list(&self.api, now);
        self.story
            .tell(now, Who::Operator(id), || "has a new list".into());
    }

    pub(super) fn deliver(&mut self, id: ProcessId) {
        let now = self.now;
        let operator = &mut self.operators[id.operator];
        let Some(process) = operator.process.as_mut().filter(|process| process.id == id) else {
            return;
        };
        let later = process
            .frozen_until
            .unwrap_or_default()
            .max(operator.lags_until);
        if later > now {
            self.at(later, Event::Deliver(id));
            return;
        }
        // Its first list will hold the change.
        if !process.has_list() {
            return;
        }
        // A list may have held the change already.
        let Some((key, change)) = self.api.changes().get(process.delivered) else {
            return;
        };
        process.delivered += 1;
        process.receive(key, change, now);
    }

    /// Delivers the last change once more.
    pub(super) fn deliver_again(&mut self, operator: usize) {
        let now = self.now;
        let Some(process) = self.operators[operator].process.as_mut() else {
            return;
        };
        let last = process.delivered.checked_sub(1);
        if let Some((key, change @ Change::Applied(_))) =
            last.and_then(|last| self.api.changes().get(last))
        {
            process.receive(key, change, now);
        }
    }
}

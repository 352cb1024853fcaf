//! Which faults have met which requests, and what the object showed at that time.

use std::collections::BTreeMap;

/// Counts what was reached: the reason that the object showed, the fault, and the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage(BTreeMap<(String, String, &'static str), u64>);

impl Coverage {
    /// Notes that a fault met a request.
    pub fn note(&mut self, reason: String, fault: String, request: &'static str) {
        *self.0.entry((reason, fault, request)).or_default() += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: Self) {
        for (reached, count) in other.0 {
            *self.0.entry(reached).or_default() += count;
        }
    }

    /// What was reached, and how often.
    pub fn reached(&self) -> impl Iterator<Item = (&str, &str, &'static str, u64)> {
        self.0.iter().map(|((reason, fault, request), count)| {
            (reason.as_str(), fault.as_str(), *request, *count)
        })
    }
}

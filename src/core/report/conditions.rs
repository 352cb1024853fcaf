//! A list of conditions, in which `lastTransitionTime` moves only with the status.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::api::conditions::{reasons, types};

/// A list of conditions in which `lastTransitionTime` moves only with the status.
#[derive(Clone, Debug)]
pub struct Conditions {
    list: Vec<Condition>,
    generation: i64,
    now: Timestamp,
}

impl Conditions {
    /// Takes the conditions of the last pass.
    pub fn new(list: Vec<Condition>, generation: i64, now: Timestamp) -> Self {
        Self {
            list,
            generation,
            now,
        }
    }

    /// Sets a condition.
    pub fn set(&mut self, kind: &str, status: Truth, reason: &str, message: &str) {
        let status = status.as_str();
        let before = self
            .list
            .iter()
            .position(|condition| condition.type_ == kind);
        let since = before
            .map(|at| &self.list[at])
            .filter(|condition| condition.status == status)
            .map_or(Time(self.now), |condition| {
                condition.last_transition_time.clone()
            });
        let condition = Condition {
            type_: kind.to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            message: message.to_owned(),
            observed_generation: Some(self.generation),
            last_transition_time: since,
        };
        match before {
            Some(at) => self.list[at] = condition,
            None => self.list.push(condition),
        }
    }

    /// Whether a condition is there.
    pub fn has(&self, kind: &str) -> bool {
        self.list.iter().any(|condition| condition.type_ == kind)
    }

    /// Whether a person has to act on this generation, or will have to if its wait lasts.
    pub(crate) fn outlasts_an_outage(&self) -> bool {
        self.list.iter().any(|condition| {
            let waits =
                condition.type_ == types::RECONCILING && usual_wait(&condition.reason).is_some();
            (condition.type_ == types::STALLED || waits)
                && condition.observed_generation == Some(self.generation)
        })
    }

    /// Takes a condition away.
    pub fn remove(&mut self, kind: &str) {
        self.list.retain(|condition| condition.type_ != kind);
    }

    /// Whether what passes by itself within some minutes has lasted longer.
    pub(crate) fn has_lasted(&self, reason: &str) -> bool {
        let Some(usual) = usual_wait(reason) else {
            return false;
        };
        self.list.iter().any(|condition| {
            let waited = self.now.as_second() - condition.last_transition_time.0.as_second();
            match condition.type_.as_str() {
                types::STALLED => condition.reason == reason,
                types::RECONCILING => condition.reason == reason && waited >= usual,
                _ => false,
            }
        })
    }

    /// The time of `Reconciling` counts from the beginning of such a wait, whatever went on before.
    pub(crate) fn restart_wait(&mut self, reason: &str) {
        if usual_wait(reason).is_some() {
            self.list.retain(|condition| {
                condition.type_ != types::RECONCILING || condition.reason == reason
            });
        }
    }

    /// The list.
    pub fn into_inner(self) -> Vec<Condition> {
        self.list
    }
}

/// How long a wait with this reason may last before a person has to look, in seconds.
fn usual_wait(reason: &str) -> Option<i64> {
    match reason {
        // IAM takes minutes to make a role known.
        reasons::ROLE_NOT_USABLE => Some(5 * 60),
        // ECS takes one to ten minutes to delete a service.
        reasons::DRAINING => Some(30 * 60),
        _ => None,
    }
}

/// Status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    True,
    /// It does not hold.
    False,
    /// It is not known.
    Unknown,
}

impl Truth {
    fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

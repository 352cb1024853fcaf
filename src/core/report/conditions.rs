//! The list of conditions in a status, in which `lastTransitionTime` changes only with the status of a condition.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};

use crate::api::conditions::{reasons, types};

/// Status of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionStatus {
    /// The condition holds.
    True,
    /// The condition does not hold.
    False,
    /// The operator cannot tell.
    Unknown,
}

impl ConditionStatus {
    /// The status as Kubernetes spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// Status, reason and message of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionValue {
    /// Whether the condition holds.
    pub status: ConditionStatus,
    /// Reason, from [`reasons`].
    pub reason: &'static str,
    /// Text for people: what is the case, why, and what to do.
    pub message: String,
}

/// The conditions of an object. `lastTransitionTime` of a condition changes only with its status.
#[derive(Clone, Debug)]
pub struct Conditions {
    list: Vec<Condition>,
    generation: Option<i64>,
    now: Timestamp,
}

impl Conditions {
    /// Starts from the stored conditions. `generation` becomes the `observedGeneration` of each condition that is set.
    pub fn new(list: Vec<Condition>, generation: Option<i64>, now: Timestamp) -> Self {
        Self {
            list,
            generation,
            now,
        }
    }

    /// The conditions of an object that does not fit the CustomResourceDefinition: not ready, not synced, and stalled until
    /// a person corrects it. Their time is that of the object's creation, so that writing them again changes nothing.
    pub fn of_malformed(generation: Option<i64>, created: Timestamp, message: &str) -> Self {
        let mut conditions = Self::new(Vec::new(), generation, created);
        for (kind, status) in [
            (types::READY, ConditionStatus::False),
            (types::SYNCED, ConditionStatus::False),
            (types::STALLED, ConditionStatus::True),
        ] {
            let value = ConditionValue {
                status,
                reason: reasons::INVALID_SPEC,
                message: message.to_owned(),
            };
            conditions.set(kind, &value);
        }
        conditions
    }

    /// Sets a condition.
    pub fn set(&mut self, kind: &str, value: &ConditionValue) {
        let status = value.status.as_str();
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
            reason: value.reason.to_owned(),
            message: value.message.clone(),
            observed_generation: self.generation,
            last_transition_time: since,
        };
        match before {
            Some(at) => self.list[at] = condition,
            None => self.list.push(condition),
        }
    }

    /// Sets `Reconciling` before a call, unless it or `Stalled` is set already: a retry keeps the reason and the time of
    /// the first attempt, and what waits for a person keeps waiting until the call has a result.
    pub fn begin_call(&mut self, reason: &'static str, message: impl FnOnce() -> String) {
        if self.has(types::RECONCILING) || self.has(types::STALLED) {
            return;
        }
        let value = ConditionValue {
            status: ConditionStatus::True,
            reason,
            message: message(),
        };
        self.set(types::RECONCILING, &value);
    }

    /// Removes a condition.
    pub fn remove(&mut self, kind: &str) {
        self.list.retain(|condition| condition.type_ != kind);
    }

    /// The list, as the status stores it.
    pub fn into_inner(self) -> Vec<Condition> {
        self.list
    }

    fn has(&self, kind: &str) -> bool {
        self.list.iter().any(|condition| condition.type_ == kind)
    }

    /// Whether this generation waits for a person, or for something that a person has to look at if the wait lasts.
    pub(crate) fn outlasts_an_outage(&self) -> bool {
        self.list.iter().any(|condition| {
            let waits =
                condition.type_ == types::RECONCILING && usual_wait(&condition.reason).is_some();
            (condition.type_ == types::STALLED || waits)
                && condition.observed_generation == self.generation
        })
    }

    /// Whether a wait that usually ends within minutes has lasted longer than that.
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

    /// Removes `Reconciling` where it has another reason, so that its time counts from the beginning of this wait.
    pub(crate) fn restart_wait(&mut self, reason: &str) {
        if usual_wait(reason).is_some() {
            self.list.retain(|condition| {
                condition.type_ != types::RECONCILING || condition.reason == reason
            });
        }
    }
}

/// How long a wait with this reason usually lasts at most, in seconds; after that `Reconciling` becomes `Stalled`.
fn usual_wait(reason: &str) -> Option<i64> {
    match reason {
        // IAM takes minutes to propagate a new role.
        reasons::ROLE_NOT_USABLE => Some(5 * 60),
        // ECS takes one to ten minutes to delete a service.
        reasons::DRAINING => Some(30 * 60),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

    use super::Conditions;

    fn shown(conditions: Conditions) -> Vec<(String, String, String)> {
        let shown = |condition: Condition| (condition.type_, condition.status, condition.reason);
        conditions.into_inner().into_iter().map(shown).collect()
    }

    fn row(kind: &str, status: &str, reason: &str) -> (String, String, String) {
        (kind.to_owned(), status.to_owned(), reason.to_owned())
    }

    #[test]
    fn a_malformed_object_is_stalled_since_its_creation() {
        let created = Timestamp::UNIX_EPOCH;
        let conditions = Conditions::of_malformed(Some(3), created, "spec.cpu: not a string");
        for condition in &conditions.list {
            assert_eq!(condition.observed_generation, Some(3));
            assert_eq!(condition.last_transition_time.0, created);
            assert_eq!(condition.message, "spec.cpu: not a string");
        }
        let expected = [
            row("Ready", "False", "InvalidSpec"),
            row("Synced", "False", "InvalidSpec"),
            row("Stalled", "True", "InvalidSpec"),
        ];
        assert_eq!(shown(conditions), expected);
    }

    #[test]
    fn a_call_sets_reconciling_once_and_never_beside_stalled() {
        let mut conditions = Conditions::new(Vec::new(), Some(1), Timestamp::UNIX_EPOCH);
        conditions.begin_call("Creating", || "creating".to_owned());
        conditions.begin_call("Updating", || unreachable!("Reconciling is set already"));
        assert_eq!(shown(conditions), [row("Reconciling", "True", "Creating")]);
        let mut stalled = Conditions::of_malformed(None, Timestamp::UNIX_EPOCH, "");
        stalled.begin_call("Updating", || unreachable!("Stalled is set"));
        assert_eq!(shown(stalled).len(), 3);
    }
}

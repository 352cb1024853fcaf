//! Coarse state of an object, derived from its conditions.

use crate::api::{
    ExpressServiceStatus,
    conditions::{reasons, types},
};

/// Coarse state of an object, used by metrics and logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The object has no conditions yet.
    New,
    /// `Ready` is True.
    Ready,
    /// `Ready` is True, and the service was changed outside Kubernetes, which is only reported.
    Drifted,
    /// The operator is working towards the spec.
    Reconciling,
    /// A person has to act.
    Stalled,
    /// `spec.suspend` is true: the operator observes the service but does not change it.
    Suspended,
    /// The object is being deleted.
    Deleting,
    /// `Ready` is not True, for none of the causes above.
    NotReady,
    /// The stored object does not fit the CustomResourceDefinition.
    Malformed,
}

impl State {
    /// All states.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Ready,
        Self::Drifted,
        Self::Reconciling,
        Self::Stalled,
        Self::Suspended,
        Self::Deleting,
        Self::NotReady,
        Self::Malformed,
    ];

    /// The state as metrics and logs spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Ready => "ready",
            Self::Drifted => "drifted",
            Self::Reconciling => "reconciling",
            Self::Stalled => "stalled",
            Self::Suspended => "suspended",
            Self::Deleting => "deleting",
            Self::NotReady => "not_ready",
            Self::Malformed => "malformed",
        }
    }

    /// Derives the state from a status. `deleting` says whether the object is being deleted.
    pub fn of(status: Option<&ExpressServiceStatus>, deleting: bool) -> Self {
        let conditions = status.map_or(&[][..], |status| &status.conditions);
        let find = |kind: &str| conditions.iter().find(|condition| condition.type_ == kind);
        let holds = |kind: &str| find(kind).is_some_and(|condition| condition.status == "True");
        let suspended = find(types::READY).is_some_and(|ready| ready.reason == reasons::SUSPENDED);
        let drifted = find(types::SYNCED).is_some_and(|synced| synced.reason == reasons::DRIFTED);
        match () {
            () if holds(types::STALLED) => Self::Stalled,
            () if deleting => Self::Deleting,
            () if conditions.is_empty() => Self::New,
            () if suspended => Self::Suspended,
            () if holds(types::RECONCILING) => Self::Reconciling,
            () if holds(types::READY) && drifted => Self::Drifted,
            () if holds(types::READY) => Self::Ready,
            () => Self::NotReady,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State;
    use serde_json::json;

    #[test]
    fn the_state_is_what_the_conditions_say_and_what_needs_a_person_comes_first() {
        let state = |conditions: &[(&str, &str, &str)], deleting: bool| {
            let conditions: Vec<_> = conditions
                .iter()
                .map(|(kind, status, reason)| {
                    json!({
                        "type": kind, "status": status, "reason": reason, "message": "",
                        "lastTransitionTime": "2026-11-25T00:00:00Z",
                    })
                })
                .collect();
            let status = serde_json::from_value(json!({"conditions": conditions})).unwrap();
            State::of(Some(&status), deleting)
        };
        let creating = [
            ("Ready", "False", "Creating"),
            ("Reconciling", "True", "Creating"),
        ];
        assert_eq!(State::of(None, false), State::New);
        assert_eq!(State::of(None, true), State::Deleting);
        assert_eq!(state(&[], false), State::New);
        assert_eq!(state(&creating, false), State::Reconciling);
        assert_eq!(state(&creating, true), State::Deleting);
        assert_eq!(
            state(&[("Stalled", "True", "AccessDenied")], true),
            State::Stalled
        );
        assert_eq!(
            state(&[("Ready", "True", "Available")], false),
            State::Ready
        );
        assert_eq!(
            state(&[("Ready", "True", "Suspended")], false),
            State::Suspended
        );
        let drifted = [("Ready", "True", "Drifted"), ("Synced", "False", "Drifted")];
        assert_eq!(state(&drifted, false), State::Drifted);
        assert_eq!(
            state(&[("Ready", "False", "Available")], false),
            State::NotReady
        );
    }
}

//! Reading the operator state: whether it is trusted, and what an edit is compared with.

use std::collections::BTreeSet;

use crate::{
    api::{
        ExpressServiceStatus,
        operator_state::{InitialConfiguration, Intent, LastApplied, OperatorState, RolledBack},
    },
    core::{
        desired::{
            configuration::{Configuration, Mode},
            field::Field,
        },
        operator_state::intent::{IntentState, Operation},
    },
};

/// The scheme of the operator state and its hashes. State of another scheme is not trusted. A change of a hash needs a new
/// number.
pub const SCHEME: i32 = 1;

impl ExpressServiceStatus {
    /// The operator state, if it exists and has the present scheme.
    pub fn trusted_state(&self) -> Option<&OperatorState> {
        let stored = self.stored_state();
        stored.filter(|state| state.scheme == SCHEME)
    }

    /// The operator state, of whatever scheme.
    ///
    /// Earlier versions stored it in `memory`. This version clears that field, so a value there is a copy of
    /// `operatorState`, or was written afterwards by an older operator, as after a downgrade, and is the newer one.
    pub(crate) fn stored_state(&self) -> Option<&OperatorState> {
        self.memory.as_ref().or(self.operator_state.as_ref())
    }

    /// The value of the former field `memory` in a write of `state` over this status.
    ///
    /// It is cleared only once the API server has stored `operatorState`. A CustomResourceDefinition without that field
    /// prunes it, and clearing `memory` in the same write would lose the only copy.
    pub fn former_field(&self, state: &OperatorState) -> Option<OperatorState> {
        (self.memory.is_some() && self.operator_state.is_none()).then(|| state.clone())
    }
}

/// The hashes of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes<'a> {
    /// The hash of the whole configuration.
    pub whole: &'a str,
    /// The hash without scaling, which a rollout does not change; `None` where only the hash of the whole was stored.
    pub rollout: Option<&'a str>,
}

impl<'a> From<&'a LastApplied> for Hashes<'a> {
    fn from(applied: &'a LastApplied) -> Self {
        Self {
            whole: &applied.hash,
            rollout: Some(&applied.rollout_hash),
        }
    }
}

impl InitialConfiguration {
    /// The hashes of a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        Self {
            hash: configuration.hash(),
            rollout_hash: configuration.rollout_hash(),
        }
    }
}

impl OperatorState {
    /// The configuration with which the spec is compared to recognise an edit: the one last applied; before that, the one of
    /// the create that was sent; before that, the one that the spec had when the operator state was first written.
    pub fn baseline(&self) -> Option<Hashes<'_>> {
        let initial = self.initial.as_ref().map(|initial| Hashes {
            whole: &initial.hash,
            rollout: Some(&initial.rollout_hash),
        });
        let created = || {
            let intent = self.intent.as_ref()?;
            let applies = intent
                .expected()
                .and_then(|expected| expected.applies.as_ref());
            let of_intent = Hashes {
                whole: &intent.hash,
                rollout: None,
            };
            let of_intent = initial
                .filter(|initial| initial.whole == intent.hash)
                .unwrap_or(of_intent);
            intent
                .is_for(Operation::Create)
                .then(|| applies.map_or(of_intent, Hashes::from))
        };
        let applied = self.last_applied.as_ref().map(Hashes::from);
        applied.or_else(created).or(initial)
    }

    /// The recorded rollback of the configuration with this hash.
    pub fn rollback_of(&self, rollout_hash: &str) -> Option<&RolledBack> {
        self.rolled_back
            .as_ref()
            .filter(|rolled_back| rolled_back.rollout_hash == rollout_hash)
    }

    /// Whether no call can have created a service for this object, and none was observed.
    pub fn never_had_a_service(&self) -> bool {
        let rejected_create = |intent: &Intent| {
            intent.is_for(Operation::Create) && intent.state() == IntentState::Rejected
        };
        self.service.is_none() && self.intent.as_ref().is_none_or(rejected_create)
    }

    /// The intent whose effect has not been observed yet.
    pub fn open_intent(&self) -> Option<&Intent> {
        self.intent
            .as_ref()
            .filter(|intent| intent.state().is_open())
    }

    /// The open intent, if it is for this operation.
    pub fn open(&self, operation: Operation) -> Option<&Intent> {
        self.open_intent().filter(|intent| intent.is_for(operation))
    }

    /// The fields that the spec set when it was last applied. A switch of the mode unsets none of those that a task
    /// definition decides.
    pub fn fields_set_before(&self, mode: Mode) -> BTreeSet<Field> {
        self.last_applied
            .iter()
            .flat_map(|applied| {
                let same_mode = applied.mode == mode.as_str();
                let fields = applied.fields.iter().filter_map(|path| Field::at(path));
                fields.filter(move |field| same_mode || !field.is_decided_by_task_definition())
            })
            .collect()
    }

    /// The keys of the tags that the spec set when it was last applied.
    pub fn tag_keys_set_before(&self) -> BTreeSet<String> {
        self.last_applied
            .iter()
            .flat_map(|applied| applied.tag_keys.iter().cloned())
            .collect()
    }

    /// The counter of the next intent: another one than that of the last, whatever somebody wrote there.
    pub fn next_counter(&self) -> i64 {
        let last = self.intent.as_ref().map_or(0, |intent| intent.counter);
        last.checked_add(1).unwrap_or(1)
    }
}

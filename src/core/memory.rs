//! Reading the memory in the status, and what each pass adds to it.

use std::collections::BTreeSet;

use super::{
    configuration::{Configuration, Mode},
    field::Field,
};
use crate::api::{
    ExpressServiceStatus,
    memory::{Expected, InitialConfiguration, Intent, LastApplied, Memory, RolledBack},
};

/// Scheme of the memory and its hashes; another number is not believed. Raise it with each change of a hash.
pub const SCHEME: i32 = 1;

/// Operations of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// CreateExpressGatewayService.
    Create,
    /// UpdateExpressGatewayService.
    Update,
    /// DeleteExpressGatewayService.
    Delete,
    /// TagResource.
    Tag,
    /// UntagResource.
    Untag,
}

impl Operation {
    /// The word in the status.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Tag => "Tag",
            Self::Untag => "Untag",
        }
    }
}

/// What is known of an intent's effect. An intent without outcome may or may not have taken effect.
pub mod outcome {
    /// ECS accepted the call; its effect was not seen yet.
    pub const ACCEPTED: &str = "Accepted";
    /// The effect was seen.
    pub const LANDED: &str = "Landed";
    /// ECS refused the call cleanly.
    pub const REFUSED: &str = "Refused";
    /// Its window passed without a trace of it.
    pub const LAPSED: &str = "Lapsed";
}

impl Operation {
    /// Name of the API action.
    pub fn action(self) -> &'static str {
        match self {
            Self::Create => "CreateExpressGatewayService",
            Self::Update => "UpdateExpressGatewayService",
            Self::Delete => "DeleteExpressGatewayService",
            Self::Tag => "TagResource",
            Self::Untag => "UntagResource",
        }
    }
}

impl ExpressServiceStatus {
    /// The memory, if it is there and of the present scheme.
    pub fn trusted_memory(&self) -> Option<&Memory> {
        self.memory
            .as_ref()
            .filter(|memory| memory.scheme == SCHEME)
    }
}

/// Hashes of a configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hashes<'a> {
    /// Of all of it.
    pub whole: &'a str,
    /// Of what a rollout brings: scaling left out; `None` where only the whole was noted.
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

impl Intent {
    /// What the call is expected to bring, if that was noted with this very intent.
    pub fn expected(&self) -> Option<&Expected> {
        self.expected
            .as_ref()
            .filter(|expected| expected.counter == self.counter)
    }

    /// The same, to be used up.
    pub(super) fn take_expected(&mut self) -> Option<Expected> {
        let counter = self.counter;
        self.expected
            .take()
            .filter(|expected| expected.counter == counter)
    }

    /// The same intent under a later counter: no two that are stored are equal.
    pub(super) fn renumbered(mut self, counter: i64) -> Self {
        let expected = self.take_expected();
        Self {
            counter,
            expected: expected.map(|expected| Expected {
                counter,
                ..expected
            }),
            ..self
        }
    }
}

impl InitialConfiguration {
    /// Of a configuration.
    pub fn of(configuration: &Configuration) -> Self {
        Self {
            hash: configuration.hash(),
            rollout_hash: configuration.rollout_hash(),
        }
    }
}

impl Memory {
    /// The configuration from which another one in the spec is an edit: the one last applied; before that, the one of the
    /// create that was sent; before that, the one with which this memory began.
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
            (intent.operation == Operation::Create.as_str())
                .then(|| applies.map_or(of_intent, Hashes::from))
        };
        let applied = self.last_applied.as_ref().map(Hashes::from);
        applied.or_else(created).or(initial)
    }

    /// The rollback on record of a configuration with this hash.
    pub fn rollback_of(&self, rollout_hash: &str) -> Option<&RolledBack> {
        self.rolled_back
            .as_ref()
            .filter(|rolled_back| rolled_back.rollout_hash == rollout_hash)
    }

    /// Whether no call can ever have made a service for this object, and none was seen.
    pub fn never_had_a_service(&self) -> bool {
        let refused_create = |intent: &Intent| {
            intent.operation == Operation::Create.as_str()
                && intent.outcome.as_deref() == Some(outcome::REFUSED)
        };
        self.service.is_none() && self.intent.as_ref().is_none_or(refused_create)
    }

    /// The intent whose effect was not seen yet.
    pub fn open_intent(&self) -> Option<&Intent> {
        self.intent.as_ref().filter(|intent| {
            !matches!(
                intent.outcome.as_deref(),
                Some(outcome::LANDED | outcome::REFUSED | outcome::LAPSED)
            )
        })
    }

    /// The open intent, if it is of this operation.
    pub fn open(&self, operation: Operation) -> Option<&Intent> {
        self.open_intent()
            .filter(|intent| intent.operation == operation.as_str())
    }

    /// Fields that the spec set when it was last applied, if that was in the same mode: a switch of mode unsets nothing.
    pub fn fields_set_before(&self, mode: Mode) -> BTreeSet<Field> {
        self.last_applied
            .iter()
            .filter(|applied| applied.mode == mode.as_str())
            .flat_map(|applied| &applied.fields)
            .filter_map(|path| Field::at(path))
            .collect()
    }

    /// Keys of the tags that the spec set when it was last applied.
    pub fn tag_keys_set_before(&self) -> BTreeSet<String> {
        self.last_applied
            .iter()
            .flat_map(|applied| applied.tag_keys.iter().cloned())
            .collect()
    }

    /// Counter of the next intent.
    pub fn next_counter(&self) -> i64 {
        self.intent.as_ref().map_or(1, |intent| intent.counter + 1)
    }
}

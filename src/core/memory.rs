//! Reading the memory in the status, and what each pass adds to it.

use std::collections::BTreeSet;

use super::{configuration::Mode, field::Field};
use crate::api::{
    ExpressServiceStatus,
    memory::{Intent, LastApplied, Memory},
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

impl Memory {
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

impl LastApplied {
    /// Whether the spec was edited since.
    pub fn differs_from(&self, hash: &str) -> bool {
        self.hash != hash
    }
}

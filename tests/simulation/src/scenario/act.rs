//! Acts of users, of others in AWS, and of the environment.

use std::time::Duration;

use ecs_express_emulator::Outcome;
use serde_json::Value;

use crate::link::Credentials;

/// An act and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Time since the start of the run.
    pub at: Duration,
    /// What happens.
    pub act: Act,
}

impl Step {
    /// An act so many seconds after the start.
    pub fn at(seconds: u64, act: Act) -> Self {
        Self {
            at: Duration::from_secs(seconds),
            act,
        }
    }

    /// Keeps the run from becoming calm before this time, and does nothing else: faults end with the last step.
    pub fn disturbed_until(seconds: u64) -> Self {
        Self::at(seconds, Act::Observe { object: 0 })
    }
}

/// What somebody other than the operator does.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A user applies the object with this spec: creates it, or replaces its spec.
    Apply {
        /// Number of the object.
        object: usize,
        /// The spec.
        spec: Value,
    },
    /// A user replaces the object by a manifest that knows nothing of the operator's finalizer and annotations.
    Replace {
        /// Number of the object.
        object: usize,
        /// The spec.
        spec: Value,
    },
    /// A user requests the deletion of the object.
    Delete {
        /// Number of the object.
        object: usize,
    },
    /// A user sets an annotation.
    Annotate {
        /// Number of the object.
        object: usize,
        /// Key of the annotation.
        key: &'static str,
        /// Value of the annotation.
        value: String,
    },
    /// A user confirms the adoption with the hash from the message of the Ready condition.
    ConfirmAdoption {
        /// Number of the object.
        object: usize,
    },
    /// Another controller adds its finalizer to the object, or removes it.
    Finalizer {
        /// Number of the object.
        object: usize,
        /// Whether it is there afterwards.
        present: bool,
    },
    /// Somebody removes the annotations of the operator.
    RemoveAnnotations {
        /// Number of the object.
        object: usize,
    },
    /// A user changes a label, which concerns nobody.
    Label {
        /// Number of the object.
        object: usize,
        /// Value of the label.
        value: String,
    },
    /// The API server gets an older CustomResourceDefinition, which drops the intent of a call, or the present one again.
    Definition {
        /// Whether it drops the intent.
        old: bool,
    },
    /// The object is restored from a backup, without its status.
    LoseStatus {
        /// Number of the object.
        object: usize,
    },
    /// A change in AWS, in the emulator's form.
    Aws(Value),
    /// Another client of the same account makes this call.
    Call {
        /// API action.
        action: &'static str,
        /// The request.
        body: Value,
    },
    /// The next deployment of the service ends like this.
    Outcome {
        /// Name of the service.
        service: String,
        /// How the deployment ends.
        outcome: Outcome,
    },
    /// The operator is killed and starts again.
    Restart {
        /// Number of the operator.
        operator: usize,
        /// How long it is down.
        down: Duration,
    },
    /// The operator does not execute for a time, as a paused virtual machine.
    Freeze {
        /// Number of the operator.
        operator: usize,
        /// For how long.
        span: Duration,
    },
    /// The watch of the operator delivers nothing for a time.
    Lag {
        /// Number of the operator.
        operator: usize,
        /// For how long.
        span: Duration,
    },
    /// The watch of the operator breaks and starts with a new list; what was in flight is lost.
    Relist {
        /// Number of the operator.
        operator: usize,
    },
    /// The watch of the operator delivers its last change once more.
    Repeat {
        /// Number of the operator.
        operator: usize,
    },
    /// The operator gets other credentials.
    Credentials {
        /// Number of the operator.
        operator: usize,
        /// The credentials.
        credentials: Credentials,
    },
    /// Nobody does anything, but by now the operator has done this; otherwise it is too slow.
    Expect {
        /// Number of the object.
        object: usize,
        /// What the object's service should be like.
        expected: Expected,
    },
    /// Nobody does anything, but what is the case is noted in the outcome of the run.
    Observe {
        /// Number of the object.
        object: usize,
    },
    /// The wall clock of the operator's machine becomes wrong by so many seconds.
    Clock {
        /// Number of the operator.
        operator: usize,
        /// How far it is ahead.
        seconds: i64,
    },
}

/// What a service should be like at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Its newest revision has this image.
    Image(String),
    /// Its deletion was requested.
    Deleted,
    /// The object does not say that it is ready.
    NotReady,
}

impl Act {
    /// The operator that the act concerns.
    pub fn operator(&self) -> Option<usize> {
        match self {
            Self::Restart { operator, .. }
            | Self::Freeze { operator, .. }
            | Self::Lag { operator, .. }
            | Self::Relist { operator }
            | Self::Repeat { operator }
            | Self::Credentials { operator, .. }
            | Self::Clock { operator, .. } => Some(*operator),
            Self::Apply { .. }
            | Self::Replace { .. }
            | Self::Delete { .. }
            | Self::Annotate { .. }
            | Self::ConfirmAdoption { .. }
            | Self::Finalizer { .. }
            | Self::Definition { .. }
            | Self::RemoveAnnotations { .. }
            | Self::Label { .. }
            | Self::LoseStatus { .. }
            | Self::Aws(_)
            | Self::Call { .. }
            | Self::Outcome { .. }
            | Self::Expect { .. }
            | Self::Observe { .. } => None,
        }
    }
}

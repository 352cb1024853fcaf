//! Fuzzing of everything that reads foreign bytes.
//!
//! Each [`Target`] is a function that takes any bytes, hands them to the operator, and panics if the operator breaks a
//! promise. `tests/replay.rs` replays the inputs in `corpus/`, and a few mutants of each, as an ordinary test. The
//! program of this crate (`make fuzz`) goes on from the same inputs, guided by coverage.
//!
//! - [`mutation`] alters an input, mostly along the structure of its JSON;
//! - `wire` is AWS without a network, `api_server` the port to a model of the API server;
//! - the other modules are the targets, one each.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a target may panic on a broken promise"
)]

mod api_server;
mod arn;
mod aws_answers;
mod command_line;
mod merge_patch;
pub mod mutation;
mod operator_state;
mod owner_tags;
mod reconcile;
mod redaction;
mod scene;
mod stable_text;
mod stored_object;
mod watch_event;
mod wire;

/// Something that reads foreign bytes.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name, which is also that of its folder in `corpus/`.
    pub name: &'static str,
    /// Feeds it an input; panics if it breaks a promise.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 11] = [
    Target {
        name: "arn",
        run: arn::run,
    },
    Target {
        name: "aws_answers",
        run: aws_answers::run,
    },
    Target {
        name: "command_line",
        run: command_line::run,
    },
    Target {
        name: "merge_patch",
        run: merge_patch::run,
    },
    Target {
        name: "operator_state",
        run: operator_state::run,
    },
    Target {
        name: "owner_tags",
        run: owner_tags::run,
    },
    Target {
        name: "reconcile",
        run: reconcile::run,
    },
    Target {
        name: "redaction",
        run: redaction::run,
    },
    Target {
        name: "stable_text",
        run: stable_text::run,
    },
    Target {
        name: "stored_object",
        run: stored_object::run,
    },
    Target {
        name: "watch_event",
        run: watch_event::run,
    },
];

/// Returns the target of a name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}

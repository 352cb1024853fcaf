//! A failure as its object tells it: what failed, what to do, and when it is tried again.

use crate::core::{
    desired::object::Desired,
    observed::failure::{Class, Failure, FailureKind},
    report::commands::ask_for_a_retry,
};

/// The text of a failure for the object's readers.
pub fn explain(failure: &Failure, desired: &Desired) -> String {
    let step = next_step(failure.kind, desired);
    let retry = ask_for_a_retry(desired);
    let when = match failure.kind.class() {
        Class::Invalid => format!(
            "it is tried again when the spec changes, within 10 minutes by default, and at once after: {retry}"
        ),
        Class::Blocked => format!(
            "it is tried again by itself, within 5 minutes by default, and at once after: {retry}"
        ),
        Class::Retry => {
            "it is tried again by itself, with pauses that grow to 5 minutes by default".to_owned()
        }
    };
    let parts = [failure.what_failed(), step, when];
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    said.join("; ")
}

fn next_step(kind: FailureKind, desired: &Desired) -> String {
    let arn = &desired.arn;
    match kind {
        FailureKind::ClusterNotFound => format!(
            "create the cluster \"{}\" in {} (account {}), or another ExpressService with another cluster",
            arn.cluster, arn.region, arn.account
        ),
        other => other.next_step().to_owned(),
    }
}

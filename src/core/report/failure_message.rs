//! The message of a failure: what failed, what to do, and when the operator retries.

use crate::core::{
    desired::object::Desired,
    observed::failure::{Class, Failure, FailureKind},
    report::commands::retry_command,
};

/// The message of a failure: what failed, what to do, and when the operator retries.
pub fn failure_message(failure: &Failure, desired: &Desired) -> String {
    let step = next_step(failure.kind, desired);
    let retry = retry_command(desired);
    let when = match failure.kind.class() {
        Class::Invalid => format!(
            "the operator retries when the spec changes, and every 10 minutes by default; to retry now, run: {retry}"
        ),
        Class::Blocked => format!(
            "the operator retries automatically, at least every 5 minutes by default; to retry now, run: {retry}"
        ),
        Class::Retry => {
            "the operator retries automatically, with delays that grow to 5 minutes by default"
                .to_owned()
        }
    };
    let parts = [failure.what_failed(), step, when];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}

fn next_step(kind: FailureKind, desired: &Desired) -> String {
    let arn = &desired.arn;
    match kind {
        FailureKind::ClusterNotFound => format!(
            "create the cluster \"{}\" in {} (account {}), or create another ExpressService with another cluster",
            arn.cluster, arn.region, arn.account
        ),
        other => other.next_step().to_owned(),
    }
}

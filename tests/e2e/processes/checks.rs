//! What must hold after each lifecycle, whatever happened to the operator. Nothing here uses the operator's own code:
//! the emulator's records, the proxy's, and the stored object are the only sources.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{call::Call, lifecycle::Lifecycle, testbed::Testbed, waits::summary};

/// What was wrong with ECS, as far as it permits what is a violation otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circumstance {
    /// Nothing of the following.
    Ordinary,
    /// Reads show the past, so the operator repeats calls that are the same when done twice.
    ReadsLag,
    /// ECS refuses calls. The mark of a retained service is an attempt only.
    CallsFail,
}

/// The violations after a lifecycle, each a sentence.
pub fn violations(lifecycle: Lifecycle, testbed: &Testbed) -> Vec<String> {
    violations_in(Circumstance::Ordinary, lifecycle, testbed)
}

/// The violations after a lifecycle during which something was wrong with ECS.
pub fn violations_in(
    circumstance: Circumstance,
    lifecycle: Lifecycle,
    testbed: &Testbed,
) -> Vec<String> {
    let calls = testbed.proxy.calls();
    let mut found = unfenced_calls(&calls);
    found.extend(early_release(lifecycle, &calls));
    let repeats = match circumstance {
        Circumstance::ReadsLag => usize::MAX,
        Circumstance::Ordinary | Circumstance::CallsFail => 1 + served_late(&calls),
    };
    let least_marks = match circumstance {
        Circumstance::CallsFail => 0,
        Circumstance::Ordinary | Circumstance::ReadsLag => 1,
    };
    found.extend(counts(lifecycle, testbed, repeats, least_marks));
    found.extend(final_state(lifecycle, testbed));
    if !testbed.other_services_are_unchanged() {
        found.push("a service of another owner was changed".into());
    }
    if !found.is_empty() {
        found.push(format!("the calls were: {}", summary(&calls)));
    }
    found
}

/// Each call that changes a service follows a fencing write of its own process.
fn unfenced_calls(calls: &[Call]) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = BTreeSet::new();
    for call in calls {
        if call.is_fence() {
            fenced.insert(call.process);
        } else if call.kind.mutates_ecs() && !fenced.remove(&call.process) {
            found.push(format!("{} was sent without a fencing write", call.kind));
        }
    }
    found
}

/// Without Retain, Kubernetes may forget the object only once the service is gone.
fn early_release(lifecycle: Lifecycle, calls: &[Call]) -> Vec<String> {
    let released = calls.iter().filter(|call| call.released_object());
    let gone = |call: &&Call| matches!(call.service.as_deref(), None | Some("INACTIVE"));
    released
        .filter(|_| lifecycle != Lifecycle::Retain)
        .filter(|call| !gone(call))
        .map(|call| {
            format!(
                "the finalizer was removed while the service was {:?}",
                call.service
            )
        })
        .collect()
}

/// The calls that were served after a later process had begun.
fn served_late(calls: &[Call]) -> usize {
    let mut latest = 0;
    let is_late = |call: &&Call| {
        latest = latest.max(call.process);
        call.kind.mutates_ecs() && call.process < latest
    };
    calls.iter().filter(is_late).count()
}

/// How often each action may be called, refused calls included. Creates and updates are never repeated; calls that are
/// the same when done twice may be made `repeats` times.
fn counts(
    lifecycle: Lifecycle,
    testbed: &Testbed,
    repeats: usize,
    least_marks: usize,
) -> Vec<String> {
    let [create, update, delete, tag, untag] = match lifecycle {
        Lifecycle::Create => [1..=1, 0..=0, 0..=0, 0..=0, 0..=0],
        Lifecycle::Update => [1..=1, 1..=1, 0..=0, 0..=0, 0..=0],
        Lifecycle::Adopt => [0..=0, 1..=1, 0..=0, 1..=repeats, 0..=0],
        Lifecycle::Delete => [1..=1, 0..=0, 1..=repeats, 0..=0, 0..=0],
        // A process that dies before it has removed the finalizer leaves the mark to the next one.
        Lifecycle::Retain => [
            1..=1,
            0..=0,
            0..=0,
            least_marks..=repeats.saturating_add(1),
            0..=0,
        ],
    };
    let expected = [
        ("CreateExpressGatewayService", create),
        ("UpdateExpressGatewayService", update),
        ("DeleteExpressGatewayService", delete),
        ("TagResource", tag),
        ("UntagResource", untag),
    ];
    let counted = expected.map(|(action, range)| (action, testbed.ecs_calls(action), range));
    counted
        .into_iter()
        .filter(|(_, calls, range)| !range.contains(&calls.len()))
        .map(|(action, calls, range)| {
            let codes: Vec<_> = calls.into_iter().map(|call| call.code).collect();
            format!(
                "{action} was called {} times instead of {range:?}: {codes:?}",
                codes.len()
            )
        })
        .collect()
}

/// The service that is left, and its owner tags.
fn final_state(lifecycle: Lifecycle, testbed: &Testbed) -> Option<String> {
    let service = testbed.service_in_ecs().unwrap_or_default();
    let status = testbed.service_status();
    let uid = tag(&service, "ecs-express.dev/uid");
    let as_expected = match lifecycle {
        Lifecycle::Create | Lifecycle::Update | Lifecycle::Adopt => {
            status.as_deref() == Some("ACTIVE")
                && tag(&service, "ecs-express.dev/namespace") == Some(testbed.namespace.as_str())
                && uid.is_some_and(|uid| uid.len() == 36)
        }
        Lifecycle::Delete => matches!(status.as_deref(), None | Some("INACTIVE")),
        Lifecycle::Retain => {
            let marked = !testbed.ecs_calls("TagResource").is_empty();
            status.as_deref() == Some("ACTIVE") && (uid == Some("released")) == marked
        }
    };
    (!as_expected).then(|| {
        format!(
            "the service is {status:?} with the tags {}",
            service["tags"]
        )
    })
}

fn tag<'a>(service: &'a Value, key: &str) -> Option<&'a str> {
    let tags = service["tags"].as_array()?;
    tags.iter().find(|tag| tag["key"] == key)?["value"].as_str()
}

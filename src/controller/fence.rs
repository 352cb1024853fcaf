//! The fence: the write to Kubernetes that has to succeed before a call may change something in ECS.
//!
//! The write carries the object's resourceVersion, so of two operators that decided on the same object at most one gets
//! past it. It stores the intent of the call, so that after a crash the next process knows that the call may have been
//! sent. A call goes out only if
//!
//! - the API server stored the intent, and returned it unchanged, and
//! - at most [`MAX_AGE`] has passed since the write was requested: after that, another operator may have acted.
//!
//! The first create of an object needs no intent: the write of finalizer and identity fences it
//! ([`after_adding_finalizer`]).

use std::time::Duration;

use super::{
    context::{Clock, Context},
    objects::{Objects, status_patch},
    reconciliation::{ReconcileError, Reconciliation},
    status,
};
use crate::{
    api::{ExpressService, ExpressServiceStatus, operator_state::Intent},
    core::{
        decide::{
            action::Action,
            decision::Decision,
            input::{Fence, Input},
        },
        observed::{
            failure::{Effect, Failure, FailureKind},
            history::Uptime,
        },
        operator_state::intent::Operation,
        record::intent::intent,
    },
    ecs::Ecs,
};

/// How old a fencing write may be when the call goes out. [`expired`] quotes it.
const MAX_AGE: Duration = Duration::from_secs(5);

/// The fence that a decision can rely on after this reconcile has added the finalizer, where the service may have been
/// created before.
pub(super) fn after_adding_finalizer(may_exist: bool) -> Fence {
    if may_exist {
        Fence::Needed
    } else {
        Fence::FinalizerJustAdded
    }
}

/// What became of the intent of a decision.
pub(super) enum IntentWrite {
    /// The action changes nothing in ECS.
    NotNeeded,
    /// The fence holds: the call may go out.
    Stored(Intent),
    /// The intent is stored, but the write took so long that the fence no longer holds.
    Expired(Intent, Failure),
    /// The API server accepted the write but did not store the intent.
    Dropped(Failure),
}

/// Stores the intent of a decision, unless the finalizer's write is the fence. An intent beside that write would claim,
/// after a crash, that no create was ever sent before it.
pub(super) async fn store_intent<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
) -> Result<IntentWrite, ReconcileError> {
    let intent = intent(input, decision, ctx.clock.wall());
    let (Some(intent), Some(operation)) = (intent, decision.action.operation()) else {
        return Ok(IntentWrite::NotNeeded);
    };
    let holds = |requested_at: Uptime| ctx.clock.uptime().saturating_sub(requested_at) < MAX_AGE;
    let is_first_create = input.fence == Fence::FinalizerJustAdded
        && input.state.is_none()
        && matches!(decision.action, Action::Create(_));
    if is_first_create && reconciliation.fenced_at.is_some_and(holds) {
        return Ok(IntentWrite::Stored(intent));
    }
    let before = reconciliation.object.status.clone().unwrap_or_default();
    let fenced = status::with_intent(&before, input, decision, &intent);
    // A patch of the difference also removes what the new intent lacks, such as the state of the last one.
    let patch = status_patch(&before, &fenced);
    let requested_at = ctx.clock.uptime();
    let object = &reconciliation.object;
    let stored = ctx.objects.patch_status(object, &patch).await?;
    reconciliation.stored(stored);
    Ok(if !holds(requested_at) {
        IntentWrite::Expired(intent, expired(operation))
    } else if !holds_intent(&reconciliation.object, &intent) {
        IntentWrite::Dropped(dropped(operation))
    } else {
        IntentWrite::Stored(intent)
    })
}

/// Whether the object, as the API server returned it, holds this very intent.
fn holds_intent(object: &ExpressService, intent: &Intent) -> bool {
    let operator_state = object
        .status
        .as_ref()
        .and_then(ExpressServiceStatus::trusted_state);
    // Compared as JSON, since stored times have whole seconds. A missing part was pruned, or never stored.
    let json = |intent: &Intent| serde_json::to_value(intent).ok();
    operator_state
        .and_then(|operator_state| operator_state.open_intent())
        .is_some_and(|stored| json(stored).is_some() && json(stored) == json(intent))
}

fn expired(operation: Operation) -> Failure {
    not_sent(
        operation,
        FailureKind::IntentExpired,
        "the Kubernetes API server took more than 5 s to store the intent",
    )
}

/// An intent that the stored CustomResourceDefinition has no field for is pruned, and fences nothing.
fn dropped(operation: Operation) -> Failure {
    not_sent(
        operation,
        FailureKind::IntentDropped,
        "the Kubernetes API server dropped the intent, since the CustomResourceDefinition expressservices.ecs-express.dev is older than the operator",
    )
}

fn not_sent(operation: Operation, kind: FailureKind, message: &'static str) -> Failure {
    Failure {
        operation: operation.action(),
        kind,
        effect: Effect::None,
        code: String::new(),
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_AGE, dropped, expired};
    use crate::core::{
        observed::failure::{Effect, FailureKind},
        operator_state::intent::Operation,
    };

    #[test]
    fn a_call_that_was_not_sent_reads_as_a_matter_of_kubernetes() {
        let late = expired(Operation::Create);
        assert_eq!(
            (late.kind, late.effect),
            (FailureKind::IntentExpired, Effect::None)
        );
        assert_eq!(
            late.to_string(),
            format!(
                "CreateExpressGatewayService was not sent to ECS: the Kubernetes API server took more than {} s to store the intent",
                MAX_AGE.as_secs()
            )
        );
        let pruned = dropped(Operation::Update).to_string();
        for part in [
            "UpdateExpressGatewayService was not sent to ECS: the Kubernetes API server dropped the intent",
            "older than the operator",
            "ecs-express-operator crd | kubectl apply --server-side",
        ] {
            assert!(pruned.contains(part), "{part}: {pruned}");
        }
    }
}

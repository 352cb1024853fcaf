//! Act: the only place with side effects outside the object's status.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    ReconcileError, Reconciliation,
    context::{Clock, Context},
    gather, log,
    objects::{MetadataPatch, Objects, status_patch},
};
use crate::{
    api::{ExpressService, ExpressServiceStatus, FINALIZER, annotations, operator_state::Intent},
    core::{
        decide::{
            action::Action,
            decision::Decision,
            input::{Fence, Input},
            ownership::Owner,
        },
        observed::{
            failure::{Effect, Failure, FailureKind},
            history::ObservedAt,
        },
        operator_state::intent::Operation,
        record::{
            call_result::CallResult,
            intent::{intent, state_before_call},
        },
        report::conditions::Conditions,
    },
    ecs::{Created, Ecs, Updated},
};

/// What was sent, and what became of it.
pub(super) struct Act {
    pub(super) sent: Option<Intent>,
    pub(super) result: CallResult,
}

/// Does what was decided.
pub(super) async fn act<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
) -> Result<Act, ReconcileError> {
    let sent = match fence(ctx, reconciliation, input, decision).await? {
        IntentWrite::NotNeeded => None,
        IntentWrite::Stored(intent) => Some(intent),
        IntentWrite::Expired(intent, failure) => {
            let (sent, result) = (Some(intent), CallResult::Failed(failure));
            return Ok(Act { sent, result });
        }
        IntentWrite::Dropped(failure) => {
            // A service that is kept needs no call: it only stays without its mark.
            if matches!(decision.action, Action::Retain(_)) {
                release(ctx, reconciliation).await?;
            }
            let (sent, result) = (None, CallResult::Failed(failure));
            return Ok(Act { sent, result });
        }
    };
    let proved = reconciliation.state.history.clone();
    if sent.is_some() {
        reconciliation.sent(ctx.clock.uptime());
    }
    if let (Some(_), Some(operation)) = (&sent, decision.action.operation()) {
        log::sending(&input.desired.object, operation, &decision.reason);
    }
    let result = call(ctx, reconciliation, input, &decision.action).await?;
    log::accepted(&input.desired.object, &decision.action, &result);
    if let CallResult::Failed(failure) = &result
        && failure.effect == Effect::None
        && !failure.kind.holds_the_name()
    {
        reconciliation.state.history.call_rejected(&proved);
    }
    Ok(Act { sent, result })
}

/// Makes the call of an action.
async fn call<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    action: &Action,
) -> Result<CallResult, ReconcileError> {
    let (arn, redactor) = (&input.desired.arn, &reconciliation.redactor.clone());
    Ok(match action {
        Action::Nothing => CallResult::Idle,
        Action::AddFinalizer => {
            store_identity(ctx, reconciliation, input).await?;
            CallResult::Idle
        }
        Action::Create(request) => match ctx.ecs.create(request, redactor).await {
            Ok(Created { created_at, tagged }) => CallResult::Created { created_at, tagged },
            Err(failure) => CallResult::Failed(failure),
        },
        Action::Update(request) => match ctx.ecs.update(request, redactor).await {
            Ok(Updated { revision }) => CallResult::Updated { revision },
            Err(failure) => CallResult::Failed(failure),
        },
        Action::Delete => accepted(ctx.ecs.delete(arn, redactor).await),
        Action::Tag(request) | Action::Adopt(request) => {
            accepted(ctx.ecs.tag(request, redactor).await)
        }
        Action::Untag(request) => accepted(ctx.ecs.untag(request, redactor).await),
        Action::Retain(request) => {
            let marked = accepted(ctx.ecs.tag(request, redactor).await);
            if let CallResult::Failed(failure) = &marked {
                tracing::warn!(%arn, %failure, "the retained service could not be marked as released");
            }
            release(ctx, reconciliation).await?;
            marked
        }
        Action::VerifyOwnerTags => {
            let started = ctx.clock.uptime();
            match gather::owner_by_tags(&ctx.ecs, input.desired, redactor).await {
                Ok(owner) => {
                    let other_owner = !matches!(owner, Owner::Ours | Owner::TagsLost);
                    let ended = ctx.clock.uptime();
                    reconciliation.other_owner = Some((other_owner, ObservedAt { started, ended }));
                    CallResult::Idle
                }
                Err(failure) => CallResult::Failed(failure),
            }
        }
        Action::ReleaseFinalizer => {
            release(ctx, reconciliation).await?;
            CallResult::Idle
        }
    })
}

fn accepted(answer: Result<(), Failure>) -> CallResult {
    match answer {
        Ok(()) => CallResult::Accepted,
        Err(failure) => CallResult::Failed(failure),
    }
}

/// What stands between a decision and its call.
enum IntentWrite {
    /// The action sends nothing that changes something in ECS.
    NotNeeded,
    /// The intent is stored, and the call may go out.
    Stored(Intent),
    /// The intent is stored, but the answer was so slow that others may have come in between.
    Expired(Intent, Failure),
    /// The API server did not store the intent, whatever it answered.
    Dropped(Failure),
}

/// Stores a new intent before a call that changes something in ECS. The finalizer's patch is the first create's fence where
/// there is no memory yet: an existing one would say, after a crash, that no create was ever sent.
async fn fence<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
) -> Result<IntentWrite, ReconcileError> {
    let now = ctx.clock.wall();
    let (Some(intent), Some(operation)) =
        (intent(input, decision, now), decision.action.operation())
    else {
        return Ok(IntentWrite::NotNeeded);
    };
    let young = |at| ctx.clock.uptime().saturating_sub(at) < ctx.settings.fence_age;
    let fenced = input.fence == Fence::FinalizerJustAdded
        && input.state.is_none()
        && matches!(decision.action, Action::Create(_))
        && reconciliation.fenced_at.is_some_and(young);
    if !fenced {
        store_intent(ctx, reconciliation, input, decision, &intent, now).await?;
        // The answer itself may have been slow: then the write is no fence any more.
        let stored_at = reconciliation.fenced_at.unwrap_or_default();
        if !young(stored_at) {
            return Ok(IntentWrite::Expired(
                intent,
                intent_write_expired(operation),
            ));
        }
        if !holds_intent(&reconciliation.object, &intent) {
            return Ok(IntentWrite::Dropped(dropped(operation)));
        }
    }
    Ok(IntentWrite::Stored(intent))
}

/// Nothing was sent: as good as a clean refusal.
fn intent_write_expired(operation: Operation) -> Failure {
    Failure {
        operation: operation.action(),
        kind: FailureKind::Unavailable,
        effect: Effect::None,
        code: "FenceTooOld".to_owned(),
        message: "the Kubernetes API server took too long to store the intent, and nothing was sent to ECS".into(),
    }
}

/// Whether the object, as the API server gave it back, holds this very intent.
fn holds_intent(object: &ExpressService, intent: &Intent) -> bool {
    let operator_state = object
        .status
        .as_ref()
        .and_then(ExpressServiceStatus::trusted_state);
    // As JSON, since a stored time has whole seconds. A part that is missing was dropped, or never stored.
    let json = |intent: &Intent| serde_json::to_value(intent).ok();
    operator_state
        .and_then(|operator_state| operator_state.open_intent())
        .is_some_and(|stored| json(stored).is_some() && json(stored) == json(intent))
}

/// The stored CustomResourceDefinition has no place for the intent: what the API server prunes fences nothing.
fn dropped(operation: Operation) -> Failure {
    Failure {
        operation: operation.action(),
        kind: FailureKind::Refused,
        effect: Effect::None,
        code: "IntentNotStored".to_owned(),
        message: "the Kubernetes API server dropped the intent, and nothing was sent to ECS: the CustomResourceDefinition expressservices.ecs-express.dev is older than the operator; update it with: ecs-express-operator crd | kubectl apply --server-side -f -".into(),
    }
}

async fn store_intent<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
    intent: &Intent,
    now: Timestamp,
) -> Result<(), ReconcileError> {
    let operator_state = state_before_call(input, decision, Some(intent.clone()), now);
    let before = reconciliation.object.status.clone().unwrap_or_default();
    let generation = Some(input.desired.generation);
    let mut conditions = Conditions::new(before.conditions.clone(), generation, now);
    let reason = &decision.reason;
    conditions.begin_call(reason.as_str(), || {
        reason.message(input, decision.assessment.as_ref())
    });
    let fenced = ExpressServiceStatus {
        operator_state: Some(operator_state),
        memory: None,
        conditions: conditions.into_inner(),
        ..before.clone()
    };
    // What the new intent has no more, the outcome of the last one above all, must go.
    let patch = status_patch(&before, &fenced);
    let asked_at = ctx.clock.uptime();
    reconciliation.stored(
        ctx.objects
            .patch_status(&reconciliation.object, &patch)
            .await?,
    );
    reconciliation.fenced_at = Some(asked_at);
    Ok(())
}

/// Stores finalizer and identity in one write.
async fn store_identity<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
) -> Result<(), ReconcileError> {
    let mut finalizers = reconciliation
        .object
        .metadata
        .finalizers
        .clone()
        .unwrap_or_default();
    if !finalizers.iter().any(|finalizer| finalizer == FINALIZER) {
        finalizers.push(FINALIZER.to_owned());
    }
    let patch = MetadataPatch {
        finalizers,
        annotations: BTreeMap::from([
            (
                annotations::SERVICE_ARN.to_owned(),
                input.desired.arn.to_string(),
            ),
            (
                annotations::CLUSTER_ID.to_owned(),
                input.desired.cluster_id.clone(),
            ),
        ]),
    };
    let asked_at = ctx.clock.uptime();
    reconciliation.stored(
        ctx.objects
            .patch_metadata(&reconciliation.object, &patch)
            .await?,
    );
    reconciliation.fenced_at = Some(asked_at);
    Ok(())
}

async fn release<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
) -> Result<(), ReconcileError> {
    let mut finalizers = reconciliation
        .object
        .metadata
        .finalizers
        .clone()
        .unwrap_or_default();
    finalizers.retain(|finalizer| finalizer != FINALIZER);
    let patch = MetadataPatch {
        finalizers,
        annotations: BTreeMap::new(),
    };
    reconciliation.stored(
        ctx.objects
            .patch_metadata(&reconciliation.object, &patch)
            .await?,
    );
    reconciliation.released = true;
    Ok(())
}

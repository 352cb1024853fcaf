//! Act: the only place with side effects outside the object's status.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    Pass, PassError,
    context::{Clock, Context},
    gather, log,
    objects::{MetadataPatch, Objects, status_patch},
};
use crate::{
    api::{ExpressServiceStatus, FINALIZER, annotations, conditions::types, memory::Intent},
    core::{
        conditions::{Conditions, Truth},
        decide::{Action, Case, Decision, Fence},
        failure::{Effect, Failure, FailureKind},
        findings::Owner,
        memory::Operation,
        remember::{Outcome, before_sending, intent},
    },
    ecs::{Created, Ecs, Updated},
};

/// What was sent, and what became of it.
pub(super) struct Act {
    pub(super) sent: Option<Intent>,
    pub(super) outcome: Outcome,
}

/// Does what was decided.
pub(super) async fn act<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<Act, PassError> {
    let sent = match fence(ctx, pass, case, decision).await? {
        Fenced::NotNeeded => None,
        Fenced::Stored(intent) => Some(intent),
        Fenced::TooLate(intent, failure) => {
            let (sent, outcome) = (Some(intent), Outcome::Failed(failure));
            return Ok(Act { sent, outcome });
        }
    };
    let arn = &case.desired.arn;
    let outcome = match &decision.action {
        Action::Nothing => Outcome::Idle,
        Action::AddFinalizer => {
            store_identity(ctx, pass, case).await?;
            Outcome::Idle
        }
        Action::Create(request) => match ctx.ecs.create(request).await {
            Ok(Created { created_at }) => Outcome::Created { created_at },
            Err(failure) => Outcome::Failed(failure),
        },
        Action::Update(request) => match ctx.ecs.update(request).await {
            Ok(Updated { revision }) => Outcome::Updated { revision },
            Err(failure) => Outcome::Failed(failure),
        },
        Action::Delete => accepted(ctx.ecs.delete(arn).await),
        Action::Tag(request) | Action::Adopt(request) => accepted(ctx.ecs.tag(request).await),
        Action::Untag(request) => accepted(ctx.ecs.untag(request).await),
        Action::Retain(request) => {
            let marked = accepted(ctx.ecs.tag(request).await);
            if let Outcome::Failed(failure) = &marked {
                tracing::warn!(%arn, %failure, "the retained service could not be marked as released");
            }
            release(ctx, pass).await?;
            marked
        }
        Action::LookAtTags => match gather::owner_by_tags(&ctx.ecs, case.desired).await {
            Ok(owner) => {
                pass.foreign = Some(!matches!(owner, Owner::Ours | Owner::TagsLost));
                Outcome::Idle
            }
            Err(failure) => Outcome::Failed(failure),
        },
        Action::ReleaseFinalizer => {
            release(ctx, pass).await?;
            Outcome::Idle
        }
    };
    log::accepted(&case.desired.object, &decision.action, &outcome);
    Ok(Act { sent, outcome })
}

fn accepted(answer: Result<(), Failure>) -> Outcome {
    match answer {
        Ok(()) => Outcome::Accepted,
        Err(failure) => Outcome::Failed(failure),
    }
}

/// What stands between a decision and its call.
enum Fenced {
    /// The action sends nothing that changes something in ECS.
    NotNeeded,
    /// The intent is stored, and the call may go out.
    Stored(Intent),
    /// The intent is stored, but the answer was so slow that others may have come in between.
    TooLate(Intent, Failure),
}

/// Stores a new intent before a call that changes something in ECS. The finalizer's patch is the first create's fence.
async fn fence<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<Fenced, PassError> {
    let now = ctx.clock.wall();
    let (Some(intent), Some(operation)) = (
        intent(case, &decision.action, now),
        decision.action.operation(),
    ) else {
        return Ok(Fenced::NotNeeded);
    };
    let young = |at| ctx.clock.uptime().saturating_sub(at) < ctx.settings.fence_age;
    let fenced = case.fence == Fence::FinalizerStored
        && matches!(decision.action, Action::Create(_))
        && pass.fenced_at.is_some_and(young);
    if !fenced {
        store_intent(ctx, pass, case, decision, &intent, now).await?;
        // The answer itself may have been slow: then the write is no fence any more.
        let stored_at = pass.fenced_at.unwrap_or_default();
        if !young(stored_at) {
            return Ok(Fenced::TooLate(intent, too_late(operation)));
        }
    }
    pass.sent();
    log::sending(&case.desired.object, operation, &decision.why);
    Ok(Fenced::Stored(intent))
}

/// Nothing was sent: as good as a clean refusal.
fn too_late(operation: Operation) -> Failure {
    Failure {
        operation: operation.action(),
        kind: FailureKind::Unavailable,
        effect: Effect::None,
        code: "FenceTooOld".to_owned(),
        message: "the Kubernetes API server took too long to store the intent, and nothing was sent to ECS".to_owned(),
    }
}

async fn store_intent<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
    intent: &Intent,
    now: Timestamp,
) -> Result<(), PassError> {
    let memory = before_sending(case, decision, Some(intent.clone()), now);
    let before = pass.object.status.clone().unwrap_or_default();
    let mut conditions = Conditions::new(before.conditions.clone(), case.desired.generation, now);
    // One that holds already keeps its reason and time: this is but another try.
    if !conditions.has(types::RECONCILING) {
        let why = &decision.why;
        let message = why.message(case, decision.findings.as_ref());
        conditions.set(types::RECONCILING, Truth::True, why.reason(), &message);
    }
    let fenced = ExpressServiceStatus {
        memory: Some(memory),
        conditions: conditions.into_inner(),
        ..before.clone()
    };
    // What the new intent has no more, the outcome of the last one above all, must go.
    let patch = status_patch(&before, &fenced);
    let asked_at = ctx.clock.uptime();
    pass.stored(ctx.objects.patch_status(&pass.object, &patch).await?);
    pass.fenced_at = Some(asked_at);
    Ok(())
}

/// Stores finalizer and identity in one write.
async fn store_identity<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
) -> Result<(), PassError> {
    let mut finalizers = pass.object.metadata.finalizers.clone().unwrap_or_default();
    if !finalizers.iter().any(|finalizer| finalizer == FINALIZER) {
        finalizers.push(FINALIZER.to_owned());
    }
    let patch = MetadataPatch {
        finalizers,
        annotations: BTreeMap::from([
            (
                annotations::SERVICE_ARN.to_owned(),
                case.desired.arn.to_string(),
            ),
            (
                annotations::CLUSTER_ID.to_owned(),
                case.desired.cluster_id.clone(),
            ),
        ]),
    };
    let asked_at = ctx.clock.uptime();
    pass.stored(ctx.objects.patch_metadata(&pass.object, &patch).await?);
    pass.fenced_at = Some(asked_at);
    Ok(())
}

async fn release<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
) -> Result<(), PassError> {
    let mut finalizers = pass.object.metadata.finalizers.clone().unwrap_or_default();
    finalizers.retain(|finalizer| finalizer != FINALIZER);
    let patch = MetadataPatch {
        finalizers,
        annotations: BTreeMap::new(),
    };
    pass.stored(ctx.objects.patch_metadata(&pass.object, &patch).await?);
    pass.released = true;
    Ok(())
}

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
    api::{
        ExpressService, ExpressServiceStatus, FINALIZER, annotations, conditions::types,
        memory::Intent,
    },
    core::{
        conditions::{Conditions, Truth},
        decide::{Action, Case, Decision, Fence},
        failure::{Effect, Failure, FailureKind},
        findings::Owner,
        memory::Operation,
        remember::{Outcome, before_sending, intent},
        sightings::Taken,
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
        Fenced::Dropped(failure) => {
            // A service that is kept needs no call: it only stays without its mark.
            if matches!(decision.action, Action::Retain(_)) {
                release(ctx, pass).await?;
            }
            let (sent, outcome) = (None, Outcome::Failed(failure));
            return Ok(Act { sent, outcome });
        }
    };
    let proved = pass.entry.sightings.clone();
    if sent.is_some() {
        pass.sent(ctx.clock.uptime());
    }
    if let (Some(_), Some(operation)) = (&sent, decision.action.operation()) {
        log::sending(&case.desired.object, operation, &decision.why);
    }
    let outcome = call(ctx, pass, case, &decision.action).await?;
    log::accepted(&case.desired.object, &decision.action, &outcome);
    if let Outcome::Failed(failure) = &outcome
        && failure.effect == Effect::None
        && !failure.kind.holds_the_name()
    {
        pass.entry.sightings.refused(&proved);
    }
    Ok(Act { sent, outcome })
}

/// Makes the call of an action.
async fn call<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    action: &Action,
) -> Result<Outcome, PassError> {
    let (arn, redactor) = (&case.desired.arn, &pass.redactor.clone());
    Ok(match action {
        Action::Nothing => Outcome::Idle,
        Action::AddFinalizer => {
            store_identity(ctx, pass, case).await?;
            Outcome::Idle
        }
        Action::Create(request) => match ctx.ecs.create(request, redactor).await {
            Ok(Created { created_at, tagged }) => Outcome::Created { created_at, tagged },
            Err(failure) => Outcome::Failed(failure),
        },
        Action::Update(request) => match ctx.ecs.update(request, redactor).await {
            Ok(Updated { revision }) => Outcome::Updated { revision },
            Err(failure) => Outcome::Failed(failure),
        },
        Action::Delete => accepted(ctx.ecs.delete(arn, redactor).await),
        Action::Tag(request) | Action::Adopt(request) => {
            accepted(ctx.ecs.tag(request, redactor).await)
        }
        Action::Untag(request) => accepted(ctx.ecs.untag(request, redactor).await),
        Action::Retain(request) => {
            let marked = accepted(ctx.ecs.tag(request, redactor).await);
            if let Outcome::Failed(failure) = &marked {
                tracing::warn!(%arn, %failure, "the retained service could not be marked as released");
            }
            release(ctx, pass).await?;
            marked
        }
        Action::LookAtTags => {
            let started = ctx.clock.uptime();
            match gather::owner_by_tags(&ctx.ecs, case.desired, redactor).await {
                Ok(owner) => {
                    let foreign = !matches!(owner, Owner::Ours | Owner::TagsLost);
                    let ended = ctx.clock.uptime();
                    pass.foreign = Some((foreign, Taken { started, ended }));
                    Outcome::Idle
                }
                Err(failure) => Outcome::Failed(failure),
            }
        }
        Action::ReleaseFinalizer => {
            release(ctx, pass).await?;
            Outcome::Idle
        }
    })
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
    /// The API server did not store the intent, whatever it answered.
    Dropped(Failure),
}

/// Stores a new intent before a call that changes something in ECS. The finalizer's patch is the first create's fence where
/// there is no memory yet: an existing one would say, after a crash, that no create was ever sent.
async fn fence<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
) -> Result<Fenced, PassError> {
    let now = ctx.clock.wall();
    let (Some(intent), Some(operation)) =
        (intent(case, decision, now), decision.action.operation())
    else {
        return Ok(Fenced::NotNeeded);
    };
    let young = |at| ctx.clock.uptime().saturating_sub(at) < ctx.settings.fence_age;
    let fenced = case.fence == Fence::FinalizerStored
        && case.memory.is_none()
        && matches!(decision.action, Action::Create(_))
        && pass.fenced_at.is_some_and(young);
    if !fenced {
        store_intent(ctx, pass, case, decision, &intent, now).await?;
        // The answer itself may have been slow: then the write is no fence any more.
        let stored_at = pass.fenced_at.unwrap_or_default();
        if !young(stored_at) {
            return Ok(Fenced::TooLate(intent, too_late(operation)));
        }
        if !holds_intent(&pass.object, &intent) {
            return Ok(Fenced::Dropped(dropped(operation)));
        }
    }
    Ok(Fenced::Stored(intent))
}

/// Nothing was sent: as good as a clean refusal.
fn too_late(operation: Operation) -> Failure {
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
    let memory = object
        .status
        .as_ref()
        .and_then(ExpressServiceStatus::trusted_memory);
    // As JSON, since a stored time has whole seconds. A part that is missing was dropped, or never stored.
    let json = |intent: &Intent| serde_json::to_value(intent).ok();
    memory
        .and_then(|memory| memory.open_intent())
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
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
    intent: &Intent,
    now: Timestamp,
) -> Result<(), PassError> {
    let memory = before_sending(case, decision, Some(intent.clone()), now);
    let before = pass.object.status.clone().unwrap_or_default();
    let mut conditions = Conditions::new(before.conditions.clone(), case.desired.generation, now);
    // One that holds already keeps its reason and time: this is but another try. So does what only a person can end.
    if !conditions.has(types::RECONCILING) && !conditions.has(types::STALLED) {
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

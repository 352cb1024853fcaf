//! Act: carries out a decision. Makes at most one call that changes something in ECS, behind the fence.

use super::{
    context::{Clock, Context},
    fence::{self, IntentWrite},
    finalizer, gather, log,
    objects::Objects,
    reconciliation::{ReconcileError, Reconciliation},
};
use crate::{
    api::operator_state::Intent,
    core::{
        decide::{action::Action, decision::Decision, input::Input, requests::TagRequest},
        observed::{
            failure::{Effect, Failure},
            history::ObservedAt,
            service::Observed,
        },
        record::call_result::CallResult,
    },
    ecs::{Created, Ecs, Updated},
};

/// The result of carrying out a decision.
pub(super) struct Acted {
    /// The intent that was stored before the call, if one was.
    pub(super) intent: Option<Intent>,
    pub(super) result: CallResult,
}

/// Carries out a decision.
pub(super) async fn act<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
) -> Result<Acted, ReconcileError> {
    let intent = match fence::store_intent(ctx, reconciliation, input, decision).await? {
        IntentWrite::NotNeeded => None,
        IntentWrite::Stored(intent) => Some(intent),
        IntentWrite::Expired(intent, failure) => {
            reconciliation.state.history.intent_stored(&intent);
            return Ok(Acted {
                intent: Some(intent),
                result: CallResult::Failed(failure),
            });
        }
        IntentWrite::Dropped(failure) => {
            // A retained service needs no call: it only stays without its mark.
            if matches!(decision.action, Action::Retain(_)) {
                finalizer::remove(ctx, reconciliation).await?;
            }
            return Ok(Acted {
                intent: None,
                result: CallResult::Failed(failure),
            });
        }
    };
    let history_before = reconciliation.state.history.clone();
    if let Some(intent) = &intent {
        let now = ctx.clock.uptime();
        let history = &mut reconciliation.state.history;
        history.call_sent(intent, now);
        if matches!(decision.action, Action::Create(_)) {
            history.create_sent();
        }
        log::sending(&input.desired.object, decision);
    }
    let result = carry_out(ctx, reconciliation, input, &decision.action).await?;
    log::accepted(&input.desired.object, &decision.action, &result);
    if let CallResult::Failed(failure) = &result
        && failure.effect == Effect::None
        && !failure.kind.holds_the_name()
    {
        reconciliation.state.history.call_rejected(&history_before);
    }
    Ok(Acted { intent, result })
}

async fn carry_out<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    action: &Action,
) -> Result<CallResult, ReconcileError> {
    let (arn, redactor) = (&input.desired.arn, &reconciliation.redactor);
    Ok(match action {
        Action::Nothing => CallResult::Idle,
        Action::AddFinalizer => {
            finalizer::add(ctx, reconciliation, input.desired).await?;
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
        Action::Retain(request) => retain(ctx, reconciliation, request).await?,
        Action::VerifyOwnerTags => verify_owner_tags(ctx, reconciliation, input).await,
        Action::ReleaseFinalizer => {
            finalizer::remove(ctx, reconciliation).await?;
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

/// Marks a retained service as released and removes the finalizer, even if the service could not be marked.
async fn retain<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    request: &TagRequest,
) -> Result<CallResult, ReconcileError> {
    let marked = ctx.ecs.tag(request, &reconciliation.redactor).await;
    if let Err(failure) = &marked {
        tracing::warn!(arn = %request.arn, %failure, "could not mark the retained service as released");
    }
    finalizer::remove(ctx, reconciliation).await?;
    Ok(accepted(marked))
}

/// Reads the owner tags a second time, in another way than the observation did.
async fn verify_owner_tags<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
) -> CallResult {
    let started = ctx.clock.uptime();
    let redactor = &reconciliation.redactor;
    match gather::has_owner_tags(&ctx.ecs, input.desired, redactor).await {
        Ok(ours) => {
            let ended = ctx.clock.uptime();
            let ordinary = matches!(input.observed, Observed::Present(it) if it.is_ordinary());
            let other_owner = !ours || ordinary;
            reconciliation.other_owner = Some((other_owner, ObservedAt { started, ended }));
            CallResult::Idle
        }
        Err(failure) => CallResult::Failed(failure),
    }
}

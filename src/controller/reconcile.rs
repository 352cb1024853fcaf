//! One reconcile of one object: gather → decide → act → report.

use std::time::Duration;

use super::{
    act::act,
    context::{Clock, Context},
    fence, gather, log,
    objects::{ObjectKey, Objects, ObjectsError},
    reconciliation::{ReconcileError, Reconciliation},
    report::{report, report_rejection},
    triggers::{KnownVersions, Requeue, delay_after_interruption},
};
use crate::{
    core::{
        decide::{
            action::Action,
            decide,
            decision::Decision,
            input::{Fence, Input},
            ownership::Owner,
            reason::{Progress, Reason},
        },
        desired::{object::Desired, recorded_identity::has_finalizer},
        observed::{failure::FailureKind, history::ObservedAt, service::Observed},
        record::call_result::CallResult,
        report::requeue::{Pacing, attempts_after, requeue_after},
    },
    ecs::Ecs,
    telemetry::metrics::ReconcileOutcome,
};

/// How long one reconcile may take: four reads and a write of 20 s each.
const TIMEOUT: Duration = Duration::from_secs(100);

/// A decision, and the result of its call.
type ReconcileResult = Result<(Decision, CallResult), ReconcileError>;

/// Reconciles one object: observes its service, makes at most one call that changes something, and reports.
pub async fn reconcile<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    key: &ObjectKey,
) -> Requeue {
    if let Some(rest) = ctx.own_write_delay(key) {
        return Requeue::After(rest);
    }
    let Some(object) = ctx.objects.cached(key) else {
        ctx.states.forget(key);
        return Requeue::AwaitChange;
    };
    let uid = object.metadata.uid.clone().unwrap_or_default();
    let state = ctx.states.get(key, &uid);
    let mut reconciliation = Reconciliation::new(object, state);
    let started = ctx.clock.uptime();
    let reconciled = match tokio::time::timeout(TIMEOUT, run(ctx, &mut reconciliation)).await {
        Ok(reconciled) => reconciled,
        Err(_) => Err(ReconcileError::Timeout(TIMEOUT)),
    };
    let took = ctx.clock.uptime().saturating_sub(started);
    ctx.reconciles.count(outcome(&reconciled), took);
    if let Err(ReconcileError::Objects(ObjectsError::Invalid(text))) = &reconciled {
        report_rejection(ctx, &mut reconciliation, text).await;
    }
    finish(ctx, key, reconciliation, &reconciled)
}

/// The outcome of a reconcile, for the metrics.
fn outcome(reconciled: &ReconcileResult) -> ReconcileOutcome {
    match reconciled {
        Err(ReconcileError::Objects(ObjectsError::Invalid(_))) => ReconcileOutcome::Rejected,
        Err(_) => ReconcileOutcome::Interrupted,
        Ok((_, CallResult::Failed(failure))) => match failure.kind {
            FailureKind::IntentExpired => ReconcileOutcome::Interrupted,
            FailureKind::IntentDropped => ReconcileOutcome::Rejected,
            _ => ReconcileOutcome::Failed,
        },
        Ok((_, CallResult::Created { .. } | CallResult::Updated { .. } | CallResult::Accepted)) => {
            ReconcileOutcome::Changed
        }
        Ok((decision, CallResult::Idle)) => match (&decision.reason, decision.reason.progress()) {
            (Reason::Unreadable(_), _) => ReconcileOutcome::Failed,
            (_, Progress::Reconciling) => ReconcileOutcome::Waiting,
            (_, Progress::Stalled) => ReconcileOutcome::Stalled,
            (_, Progress::Idle) => ReconcileOutcome::AtRest,
        },
    }
}

async fn run<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
) -> ReconcileResult {
    let caller = ctx.ecs.caller().await;
    let caller = caller.map(|caller| ctx.record_caller(caller));
    let desired = Desired::parse(&reconciliation.object, &ctx.operator());
    reconciliation.redactor.hide(&desired.configuration);
    let started = ctx.clock.uptime();
    let observed = gather::observe(ctx, reconciliation, &desired, caller).await;
    let ended = ctx.clock.uptime();
    let observation = Observation {
        observed,
        at: ObservedAt { started, ended },
    };
    let latest_intent = reconciliation
        .status_before
        .trusted_state()
        .and_then(|state| state.intent.as_ref());
    reconciliation
        .state
        .history
        .record(&observation.observed, latest_intent, observation.at);
    let had_finalizer = has_finalizer(&reconciliation.object);
    let (decision, result) =
        step(ctx, reconciliation, &desired, &observation, Fence::Needed).await?;
    if decision.action != Action::AddFinalizer {
        return Ok((decision, result));
    }
    // The finalizer's write is a fence, so the same observation may lead to the create.
    let desired = Desired::parse(&reconciliation.object, &ctx.operator());
    // Whoever removed the finalizer may have removed every trace of an earlier create with it.
    let may_exist = had_finalizer || reconciliation.state.history.create_in_doubt();
    let fence = fence::after_adding_finalizer(may_exist);
    step(ctx, reconciliation, &desired, &observation, fence).await
}

/// What ECS showed, and when.
struct Observation {
    observed: Observed,
    at: ObservedAt,
}

/// Decides on an observation, acts, and reports.
async fn step<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    desired: &Desired,
    observation: &Observation,
    fence: Fence,
) -> ReconcileResult {
    let status = reconciliation.status_before.clone();
    let history = reconciliation.state.history.clone();
    let input = Input {
        desired,
        observed: &observation.observed,
        state: status.trusted_state(),
        deployment: status.deployment.as_ref(),
        managed_resources: status.managed_resources.as_deref().unwrap_or_default(),
        history: &history,
        windows: &ctx.settings.windows,
        fence,
        now: ctx.clock.wall(),
    };
    let decision = decide(&input);
    tracing::debug!(object = %desired.object, reason = decision.reason.as_str(), "decided");
    let acted = act(ctx, reconciliation, &input, &decision).await?;
    log::failures(&mut reconciliation.state, &input, &decision, &acted.result);
    if decision.action != Action::AddFinalizer {
        report(ctx, reconciliation, &input, &decision, &acted).await?;
    }
    record_owner(reconciliation, &decision, observation.at);
    Ok((decision, acted.result))
}

/// Records whether the service has another owner: as the second read of the tags found, or else as the observation
/// shows it.
fn record_owner(reconciliation: &mut Reconciliation, decision: &Decision, observed_at: ObservedAt) {
    let ours = decision
        .assessment
        .as_ref()
        .is_some_and(|assessment| matches!(assessment.owner, Owner::Ours | Owner::TagsLost));
    let observed = ours.then_some((false, observed_at));
    if let Some((other_owner, at)) = reconciliation.other_owner.or(observed) {
        reconciliation.state.history.record_owner(other_owner, at);
    }
}

/// Stores the state of the object for the next reconcile, and says when that is due.
fn finish<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    key: &ObjectKey,
    mut reconciliation: Reconciliation,
    reconciled: &ReconcileResult,
) -> Requeue {
    let finalized = matches!(reconciled, Ok((decision, _)) if decision.reason == Reason::Finalized);
    if reconciliation.released || finalized {
        ctx.states.forget(key);
        return Requeue::AwaitChange;
    }
    let delay = match reconciled {
        Ok((decision, result)) => {
            reconciliation.state.known_versions =
                std::mem::take(&mut reconciliation.known_versions);
            delay_after(ctx, &mut reconciliation, decision, result)
        }
        Err(error) => {
            let state = &mut reconciliation.state;
            // Nothing was completed: the next reconcile starts even if the cache shows no other version.
            state.known_versions = KnownVersions::default();
            state.attempts += 1;
            // The API server quotes the object.
            let error = reconciliation.redactor.show(&error.to_string());
            let attempts = state.attempts;
            tracing::info!(object = %key, %error, attempts, "reconcile interrupted");
            let random = ctx.clock.random();
            delay_after_interruption(attempts, &ctx.settings.intervals, random)
        }
    };
    let mut state = reconciliation.state;
    state.malformed_reports = 0;
    state.due = Some(ctx.clock.uptime() + delay);
    if ctx.objects.cached_version(key).is_some() {
        ctx.states.keep(key, state);
    }
    Requeue::After(delay)
}

/// The delay after a reconcile that was completed.
fn delay_after<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    decision: &Decision,
    result: &CallResult,
) -> Duration {
    let state = &mut reconciliation.state;
    let failed = decision.failure(result).is_some();
    state.rejection_reported = false;
    state.attempts = attempts_after(state.attempts, decision, result);
    state.in_progress = !failed && decision.reason.progress() == Progress::Reconciling;
    let pacing = Pacing {
        attempts: state.attempts,
        intervals: &ctx.settings.intervals,
        windows: &ctx.settings.windows,
        objects: ctx.states.count(state.in_progress),
        random: ctx.clock.random(),
    };
    requeue_after(decision, result, &pacing)
}

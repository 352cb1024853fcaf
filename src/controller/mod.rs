//! The loop: gather → decide → act → report. It knows Kubernetes and AWS only through two ports.

mod act;
pub mod cache_entry;
mod changes;
mod compressed;
pub mod context;
mod gather;
pub mod kubernetes;
mod log;
pub mod objects;
mod outage;
pub mod reconcile_state;
mod recorders;
mod refusal;
mod rejected;
mod report;
pub mod run;

use std::{sync::Arc, time::Duration};

use crate::{
    api::{ExpressService, ExpressServiceStatus},
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
        observed::{
            failure::Failure,
            history::{ObservedAt, Uptime},
            service::Observed,
        },
        record::call_result::CallResult,
        redaction::redact::Redactor,
        report::requeue::{Pacing, attempts_after, requeue_after},
    },
    ecs::Ecs,
    telemetry::metrics::ReconcileOutcome,
};
use context::{Clock, Context};
use objects::{ObjectKey, Objects, ObjectsError};
use reconcile_state::ReconcileState;

/// When to look at an object again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requeue {
    /// After a delay, or when it changes.
    After(Duration),
    /// When it changes.
    AwaitChange,
}

/// One look at one object, at most one call that changes something, and a report.
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
    let deadline = ctx.settings.reconcile_timeout;
    let ended = match tokio::time::timeout(deadline, reconciliation.run(ctx)).await {
        Ok(ended) => ended,
        Err(_) => Err(ReconcileError::Deadline(deadline)),
    };
    let took = ctx.clock.uptime().saturating_sub(started);
    ctx.reconciles.count(outcome(&ended), took);
    if let Err(ReconcileError::Objects(ObjectsError::Invalid(text))) = &ended {
        rejected::tell(ctx, &mut reconciliation, text).await;
    }
    reconciliation.close(ctx, key, ended)
}

/// What a pass came to, for the metrics.
fn outcome(ended: &Result<(Decision, CallResult), ReconcileError>) -> ReconcileOutcome {
    match ended {
        Err(ReconcileError::Objects(ObjectsError::Invalid(_))) => ReconcileOutcome::Rejected,
        Err(_) => ReconcileOutcome::Interrupted,
        Ok((_, CallResult::Failed(_))) => ReconcileOutcome::Failed,
        Ok((_, CallResult::Created { .. } | CallResult::Updated { .. } | CallResult::Accepted)) => {
            ReconcileOutcome::Changed
        }
        Ok((decision, CallResult::Idle)) => match (&decision.reason, decision.reason.progress()) {
            (Reason::Unreadable(_), _) => ReconcileOutcome::Failed,
            (_, Progress::Reconciling) => ReconcileOutcome::Waiting,
            (_, Progress::Stalled) => ReconcileOutcome::Stalled,
            (_, Progress::AtRest) => ReconcileOutcome::AtRest,
        },
    }
}

/// Why a pass ended early. Nothing is lost: the next one looks again.
#[derive(Debug, thiserror::Error)]
enum ReconcileError {
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    #[error("the pass took longer than {0:?}; it is tried again")]
    Deadline(Duration),
}

/// One pass over one object.
struct Reconciliation {
    object: ExpressService,
    status_before: ExpressServiceStatus,
    state: ReconcileState,
    /// What the object hides.
    redactor: Redactor,
    /// When the request of the last fencing write went out.
    fenced_at: Option<Uptime>,
    /// What the second reading of the tags said.
    other_owner: Option<(bool, ObservedAt)>,
    released: bool,
    /// The resourceVersions that it has read and written.
    known_versions: Vec<String>,
    /// Somebody else's change came in between: what is stored since then is news.
    rebased: bool,
}

impl Reconciliation {
    fn new(object: Arc<ExpressService>, state: ReconcileState) -> Self {
        let object = Arc::unwrap_or_clone(object);
        Self {
            status_before: object.status.clone().unwrap_or_default(),
            known_versions: object.metadata.resource_version.iter().cloned().collect(),
            object,
            state,
            redactor: Redactor::default(),
            fenced_at: None,
            other_owner: None,
            released: false,
            rebased: false,
        }
    }

    /// Goes on with the object as a write of its own has left it.
    fn stored(&mut self, object: ExpressService) {
        self.object = object;
        if !self.rebased {
            let version = self.object.metadata.resource_version.iter().cloned();
            self.known_versions.extend(version);
        }
    }

    /// Goes on with the object as others have left it.
    fn rebase(&mut self, object: ExpressService) {
        self.object = object;
        self.rebased = true;
    }

    async fn run<E: Ecs, O: Objects, C: Clock>(
        &mut self,
        ctx: &Context<E, O, C>,
    ) -> Result<(Decision, CallResult), ReconcileError> {
        let caller = self.caller(ctx).await;
        let desired = Desired::parse(&self.object, &ctx.operator());
        self.redactor.hide(&desired.configuration);
        let kept = gather::Kept {
            redactor: &mut self.redactor,
            resources_due: &mut self.state.resources_due,
        };
        let started = ctx.clock.uptime();
        let observed = gather::observe(ctx, &desired, &self.status_before, caller, kept).await;
        let observed_at = ObservedAt {
            started,
            ended: ctx.clock.uptime(),
        };
        let operator_state = self.status_before.trusted_state();
        let open_intent = operator_state.and_then(|operator_state| operator_state.open_intent());
        self.state
            .history
            .record(&observed, open_intent, observed_at);
        let had_finalizer = has_finalizer(&self.object);
        let (decision, result) = self
            .step(ctx, &desired, (&observed, observed_at), Fence::Needed)
            .await?;
        if decision.action != Action::AddFinalizer {
            return Ok((decision, result));
        }
        // The finalizer is stored, and is a fence: the same look may lead on to the create.
        let desired = Desired::parse(&self.object, &ctx.operator());
        let fence = if had_finalizer {
            Fence::Needed
        } else {
            Fence::FinalizerJustAdded
        };
        self.step(ctx, &desired, (&observed, observed_at), fence)
            .await
    }

    /// Whose credentials these are; with the failure while that cannot be asked.
    async fn caller<E: Ecs, O: Objects, C: Clock>(
        &self,
        ctx: &Context<E, O, C>,
    ) -> Result<(), Failure> {
        ctx.ecs.caller().await.map(|caller| ctx.note_caller(caller))
    }

    async fn step<E: Ecs, O: Objects, C: Clock>(
        &mut self,
        ctx: &Context<E, O, C>,
        desired: &Desired,
        (observed, observed_at): (&Observed, ObservedAt),
        fence: Fence,
    ) -> Result<(Decision, CallResult), ReconcileError> {
        let status = self.status_before.clone();
        let operator_state = status.trusted_state();
        let history = self.state.history.clone();
        let input = Input {
            desired,
            observed,
            state: operator_state,
            deployment: status.deployment.as_ref(),
            managed_resources: status.managed_resources.as_deref().unwrap_or_default(),
            history: &history,
            windows: &ctx.settings.windows,
            fence,
            now: ctx.clock.wall(),
        };
        let decision = decide(&input);
        tracing::debug!(object = %desired.object, reason = ?decision.reason.as_str(), "decided");
        let act = act::act(ctx, self, &input, &decision).await?;
        log::failures(&mut self.state, &input, &decision, &act.result);
        if decision.action != Action::AddFinalizer {
            report::report(ctx, self, &input, &decision, &act).await?;
        }
        let ours = decision
            .assessment
            .as_ref()
            .is_some_and(|assessment| matches!(assessment.owner, Owner::Ours | Owner::TagsLost));
        if let Some((other_owner, observed_at)) =
            self.other_owner.or(ours.then_some((false, observed_at)))
        {
            self.state.history.record_owner(other_owner, observed_at);
        }
        Ok((decision, act.result))
    }

    /// A call that changes something goes out.
    fn sent(&mut self, now: Uptime) {
        self.state.history.call_sent(now);
    }

    /// Keeps what was learned, and says when to look again.
    fn close<E: Ecs, O: Objects, C: Clock>(
        mut self,
        ctx: &Context<E, O, C>,
        key: &ObjectKey,
        ended: Result<(Decision, CallResult), ReconcileError>,
    ) -> Requeue {
        let settings = &ctx.settings;
        if self.released
            || matches!(&ended, Ok((decision, _)) if decision.reason == Reason::Finalized)
        {
            ctx.states.forget(key);
            return Requeue::AwaitChange;
        }
        let delay = match &ended {
            Ok((decision, result)) => {
                self.state.rejection_reported = false;
                let failed = decision.failure(result).is_some();
                self.state.attempts = attempts_after(self.state.attempts, decision, result);
                self.state.in_progress =
                    !failed && decision.reason.progress() == Progress::Reconciling;
                let pacing = Pacing {
                    attempts: self.state.attempts,
                    intervals: &settings.intervals,
                    windows: &settings.windows,
                    objects: ctx.states.in_progress_count(self.state.in_progress),
                    random: ctx.clock.random(),
                };
                requeue_after(decision, result, &pacing)
            }
            Err(error) => {
                self.state.attempts += 1;
                // The API server quotes the object, too.
                let error = self.redactor.show(&error.to_string());
                tracing::info!(object = %key, %error, attempts = self.state.attempts, "the pass ended early");
                let doubled = 1 << self.state.attempts.min(10);
                (settings.intervals.poll / 100)
                    .saturating_mul(doubled)
                    .min(settings.intervals.resync)
            }
        };
        self.state.due = Some(ctx.clock.uptime() + delay);
        self.state.known_versions = match ended {
            Ok(_) => self.known_versions,
            Err(_) => Vec::new(),
        };
        if ctx.objects.cached_version(key).is_some() {
            ctx.states.keep(key, self.state);
        }
        Requeue::After(delay)
    }
}

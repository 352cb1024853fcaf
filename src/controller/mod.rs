//! The loop: gather → decide → act → report. It knows Kubernetes and AWS only through two ports.

mod act;
pub mod cached;
mod changes;
pub mod context;
mod gather;
pub mod journal;
pub mod kubernetes;
mod log;
pub mod objects;
mod outage;
mod packed;
mod recorders;
mod refusal;
mod rejected;
mod report;
pub mod run;

use std::{sync::Arc, time::Duration};

use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::{
        decide::{Action, Case, Decision, Fence, decide},
        desired::Desired,
        failure::Failure,
        findings::Owner,
        observed::Observed,
        recorded::has_finalizer,
        redact::Redactor,
        remember::Outcome,
        retry::{attempts_after, next_look},
        sightings::{Taken, Uptime},
        why::{Progress, Why},
    },
    ecs::Ecs,
    telemetry::metrics::PassOutcome,
};
use context::{Clock, Context};
use journal::Entry;
use objects::{ObjectKey, Objects, ObjectsError};

/// When to look at an object again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// After a delay, or when it changes.
    Look(Duration),
    /// When it changes.
    Change,
}

/// One look at one object, at most one call that changes something, and a report.
pub async fn reconcile<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    key: &ObjectKey,
) -> Next {
    if let Some(rest) = ctx.echo(key) {
        return Next::Look(rest);
    }
    let Some(object) = ctx.objects.cached(key) else {
        ctx.journal.forget(key);
        return Next::Change;
    };
    let uid = object.metadata.uid.clone().unwrap_or_default();
    let entry = ctx.journal.entry(key, &uid);
    let mut pass = Pass::new(object, entry);
    let started = ctx.clock.uptime();
    let deadline = ctx.settings.pass_deadline;
    let ended = match tokio::time::timeout(deadline, pass.run(ctx)).await {
        Ok(ended) => ended,
        Err(_) => Err(PassError::Deadline(deadline)),
    };
    let took = ctx.clock.uptime().saturating_sub(started);
    ctx.passes.count(outcome(&ended), took);
    if let Err(PassError::Objects(ObjectsError::Invalid(text))) = &ended {
        rejected::tell(ctx, &mut pass, text).await;
    }
    pass.close(ctx, key, ended)
}

/// What a pass came to, for the metrics.
fn outcome(ended: &Result<(Decision, Outcome), PassError>) -> PassOutcome {
    match ended {
        Err(PassError::Objects(ObjectsError::Invalid(_))) => PassOutcome::Rejected,
        Err(_) => PassOutcome::Interrupted,
        Ok((_, Outcome::Failed(_))) => PassOutcome::Failed,
        Ok((_, Outcome::Created { .. } | Outcome::Updated { .. } | Outcome::Accepted)) => {
            PassOutcome::Changed
        }
        Ok((decision, Outcome::Idle)) => match (&decision.why, decision.why.progress()) {
            (Why::Unreadable(_), _) => PassOutcome::Failed,
            (_, Progress::Reconciling) => PassOutcome::Waiting,
            (_, Progress::Stalled) => PassOutcome::Stalled,
            (_, Progress::AtRest) => PassOutcome::AtRest,
        },
    }
}

/// Why a pass ended early. Nothing is lost: the next one looks again.
#[derive(Debug, thiserror::Error)]
enum PassError {
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    #[error("the pass took longer than {0:?}; it is tried again")]
    Deadline(Duration),
}

/// One pass over one object.
struct Pass {
    object: ExpressService,
    status_before: ExpressServiceStatus,
    entry: Entry,
    /// What the object hides.
    redactor: Redactor,
    /// When the request of the last fencing write went out.
    fenced_at: Option<Uptime>,
    /// What the second reading of the tags said.
    foreign: Option<(bool, Taken)>,
    released: bool,
    /// The resourceVersions that it has read and written.
    known_versions: Vec<String>,
    /// Somebody else's change came in between: what is stored since then is news.
    rebased: bool,
}

impl Pass {
    fn new(object: Arc<ExpressService>, entry: Entry) -> Self {
        let object = Arc::unwrap_or_clone(object);
        Self {
            status_before: object.status.clone().unwrap_or_default(),
            known_versions: object.metadata.resource_version.iter().cloned().collect(),
            object,
            entry,
            redactor: Redactor::default(),
            fenced_at: None,
            foreign: None,
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
    ) -> Result<(Decision, Outcome), PassError> {
        let caller = self.caller(ctx).await;
        let desired = Desired::parse(&self.object, &ctx.home());
        self.redactor.hide(&desired.configuration);
        let kept = gather::Kept {
            redactor: &mut self.redactor,
            resources_due: &mut self.entry.resources_due,
        };
        let started = ctx.clock.uptime();
        let observed = gather::look(ctx, &desired, &self.status_before, caller, kept).await;
        let taken = Taken {
            started,
            ended: ctx.clock.uptime(),
        };
        let memory = self.status_before.trusted_memory();
        self.entry.sightings.look(&observed, memory, taken);
        let had_finalizer = has_finalizer(&self.object);
        let (decision, outcome) = self
            .step(ctx, &desired, (&observed, taken), Fence::Needed)
            .await?;
        if decision.action != Action::AddFinalizer {
            return Ok((decision, outcome));
        }
        // The finalizer is stored, and is a fence: the same look may lead on to the create.
        let desired = Desired::parse(&self.object, &ctx.home());
        let fence = if had_finalizer {
            Fence::Needed
        } else {
            Fence::FinalizerStored
        };
        self.step(ctx, &desired, (&observed, taken), fence).await
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
        (observed, taken): (&Observed, Taken),
        fence: Fence,
    ) -> Result<(Decision, Outcome), PassError> {
        let status = self.status_before.clone();
        let memory = status.trusted_memory();
        let sightings = self.entry.sightings.clone();
        let case = Case {
            desired,
            observed,
            memory,
            deployment: status.deployment.as_ref(),
            managed_resources: status.managed_resources.as_deref().unwrap_or_default(),
            sightings: &sightings,
            windows: &ctx.settings.windows,
            fence,
            now: ctx.clock.wall(),
        };
        let decision = decide(&case);
        tracing::debug!(object = %desired.object, why = ?decision.why.reason(), "decided");
        let act = act::act(ctx, self, &case, &decision).await?;
        log::failures(&mut self.entry, &case, &decision, &act.outcome);
        if decision.action != Action::AddFinalizer {
            report::report(ctx, self, &case, &decision, &act).await?;
        }
        let ours = decision
            .findings
            .as_ref()
            .is_some_and(|findings| matches!(findings.owner, Owner::Ours | Owner::TagsLost));
        if let Some((foreign, taken)) = self.foreign.or(ours.then_some((false, taken))) {
            self.entry.sightings.look_at_tags(foreign, taken);
        }
        Ok((decision, act.outcome))
    }

    /// A call that changes something goes out.
    fn sent(&mut self, now: Uptime) {
        self.entry.sightings.sent(now);
    }

    /// Keeps what was learned, and says when to look again.
    fn close<E: Ecs, O: Objects, C: Clock>(
        mut self,
        ctx: &Context<E, O, C>,
        key: &ObjectKey,
        ended: Result<(Decision, Outcome), PassError>,
    ) -> Next {
        let settings = &ctx.settings;
        if self.released || matches!(&ended, Ok((decision, _)) if decision.why == Why::Left) {
            ctx.journal.forget(key);
            return Next::Change;
        }
        let delay = match &ended {
            Ok((decision, outcome)) => {
                self.entry.rejection_told = false;
                let failed = matches!(outcome, Outcome::Failed(_))
                    || matches!(decision.why, Why::Unreadable(_));
                self.entry.attempts = attempts_after(self.entry.attempts, decision, outcome);
                self.entry.under_way = !failed && decision.why.progress() == Progress::Reconciling;
                next_look(
                    decision,
                    outcome,
                    self.entry.attempts,
                    &settings.intervals,
                    &settings.windows,
                    ctx.journal.crowd(self.entry.under_way),
                    ctx.clock.chance(),
                )
            }
            Err(error) => {
                self.entry.attempts += 1;
                // The API server quotes the object, too.
                let error = self.redactor.show(&error.to_string());
                tracing::info!(object = %key, %error, attempts = self.entry.attempts, "the pass ended early");
                let doubled = 1 << self.entry.attempts.min(10);
                (settings.intervals.poll / 100)
                    .saturating_mul(doubled)
                    .min(settings.intervals.look)
            }
        };
        self.entry.due = Some(ctx.clock.uptime() + delay);
        self.entry.known_versions = match ended {
            Ok(_) => self.known_versions,
            Err(_) => Vec::new(),
        };
        if ctx.objects.cached_version(key).is_some() {
            ctx.journal.keep(key, self.entry);
        }
        Next::Look(delay)
    }
}

//! What is written to the status, and when.
//!
//! | when | what |
//! | --- | --- |
//! | before a call that changes something in ECS, except a first create that the finalizer's write fences | [`with_intent`]: the intent of the call, and `Reconciling` unless it or `Stalled` is set |
//! | at the end of a reconcile | [`write_projection`]: the core's projection of the reconcile, if [`should_report`](crate::core::report::status_change::should_report) and [`is_status_change`] allow it |
//! | for a stored object that cannot be parsed | [`malformed`]: `Ready` and `Synced` are False, `Stalled` is True |
//!
//! `core::report::status` computes the projection, and `core::report::status_change` has all the rules for when it is
//! written. Nothing is written for an idle object: its projection equals the stored status.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{
    context::{Clock, Context},
    objects::{Objects, ObjectsError, status_json, status_patch},
    reconciliation::{ReconcileError, Reconciliation},
};
use crate::{
    api::{
        ExpressServiceStatus,
        operator_state::{Intent, OperatorState},
    },
    core::{
        decide::{decision::Decision, input::Input},
        desired::recorded_identity::has_finalizer,
        record::{call_result::CallResult, intent::state_before_call},
        report::{
            conditions::Conditions, reconciled::Reconciled, status::project,
            status_change::is_status_change,
        },
    },
    ecs::Ecs,
};

/// Attempts to write a projection on top of changes that others make meanwhile.
const ATTEMPTS: usize = 3;

/// The status before a call that changes something in ECS: the stored one with the intent of the call.
pub(super) fn with_intent(
    stored: &ExpressServiceStatus,
    input: &Input<'_>,
    decision: &Decision,
    intent: &Intent,
) -> ExpressServiceStatus {
    let now = intent.at.0;
    let generation = Some(input.desired.generation);
    let mut conditions = Conditions::new(stored.conditions.clone(), generation, now);
    let reason = &decision.reason;
    conditions.begin_call(reason.as_str(), || {
        reason.message(input, decision.assessment.as_ref())
    });
    let state = state_before_call(input, decision, Some(intent.clone()), now);
    ExpressServiceStatus {
        memory: stored.former_field(&state),
        operator_state: Some(state),
        conditions: conditions.into_inner(),
        ..stored.clone()
    }
}

/// The status of a stored object that cannot be parsed. Its times are those of the object, so that the same error
/// always yields the same status.
pub(super) fn malformed(meta: &ObjectMeta, message: &str) -> ExpressServiceStatus {
    let created = meta.creation_timestamp.as_ref();
    let created = created.map_or(Timestamp::UNIX_EPOCH, |time| time.0);
    let conditions = Conditions::of_malformed(meta.generation, created, message);
    ExpressServiceStatus {
        observed_generation: meta.generation,
        conditions: conditions.into_inner(),
        ..ExpressServiceStatus::default()
    }
}

/// What a reconcile reports, which can be projected over any stored status.
pub(super) struct Report<'a> {
    pub(super) reconciled: Reconciled<'a>,
    /// The operator state to store.
    pub(super) operator_state: OperatorState,
    pub(super) now: Timestamp,
}

impl Report<'_> {
    /// The status to write over a stored one.
    pub(super) fn over(&self, stored: &ExpressServiceStatus) -> ExpressServiceStatus {
        let state = self.operator_state.clone();
        as_stored(project(stored, self.reconciled, state, self.now))
    }

    /// Whether the report contains the answer to a call that changes something, which no later observation shows.
    fn has_answer(&self) -> bool {
        *self.reconciled.result != CallResult::Idle
    }
}

/// Writes the projection of a reconcile if it differs from the stored status. Returns the status of the object afterwards.
pub(super) async fn write_projection<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    stored: &ExpressServiceStatus,
    report: &Report<'_>,
) -> Result<ExpressServiceStatus, ReconcileError> {
    let elapsed = |at| ctx.clock.uptime().saturating_sub(at);
    let since = reconciliation
        .state
        .written_at
        .map_or(Duration::MAX, elapsed);
    let status = report.over(stored);
    if !is_status_change(stored, &status, since)
        || reconciliation.state.unstored == Some(fingerprint(&status))
    {
        return Ok(status);
    }
    let status = write_over_conflicts(ctx, reconciliation, stored, report).await?;
    reconciliation.state.written_at = Some(ctx.clock.uptime());
    let is_complete = reconciliation.object.status.as_ref() == Some(&status);
    reconciliation.state.unstored = (!is_complete).then(|| fingerprint(&status));
    if !is_complete {
        tracing::warn!(
            object = %reconciliation.key(),
            "the API server dropped a part of the status: the CustomResourceDefinition is older than the operator; update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
        );
    }
    Ok(status)
}

/// Converts a status to what the API server will return for it: times lose their fractions of a second, which would
/// otherwise count as a change at each reconcile.
fn as_stored(status: ExpressServiceStatus) -> ExpressServiceStatus {
    serde_json::from_value(status_json(&status)).unwrap_or(status)
}

/// Writes the projection with the resourceVersion that it was computed on. If somebody else has written the object since
/// then, and [`may_write_over`] permits it, the projection is computed and written again on top, so that the answer of ECS
/// is not lost. Returns the status that was written.
async fn write_over_conflicts<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    stored: &ExpressServiceStatus,
    report: &Report<'_>,
) -> Result<ExpressServiceStatus, ReconcileError> {
    let mut stored = stored.clone();
    let mut attempt = 1;
    loop {
        let status = report.over(&stored);
        let patch = status_patch(&stored, &status);
        let written = ctx.objects.patch_status(&reconciliation.object, &patch);
        match written.await {
            Err(ObjectsError::Conflict) if attempt < ATTEMPTS => {
                let fresh = ctx.objects.read(&reconciliation.key()).await?;
                let theirs = fresh.status.clone().unwrap_or_default();
                let same_object = fresh.metadata.uid == reconciliation.object.metadata.uid
                    && has_finalizer(&fresh) == has_finalizer(&reconciliation.object);
                if !same_object || !may_write_over(&theirs, &stored, report) {
                    return Err(ObjectsError::Conflict.into());
                }
                reconciliation.rebase(fresh);
                stored = theirs;
                attempt += 1;
            }
            written => {
                reconciliation.stored(written?);
                return Ok(status);
            }
        }
    }
}

/// Whether a report may be written over a status that somebody else may have written after `stored` was read.
///
/// A status with another operator state is authoritative: another operator has recorded what it did. So is any other status
/// if nothing is lost, since the next reconcile observes ECS again. Nor may a report be written to another object of the same
/// name, nor where another process has added or removed the finalizer meanwhile: the first operator state has to say that a
/// create may have been sent behind it.
fn may_write_over(
    theirs: &ExpressServiceStatus,
    stored: &ExpressServiceStatus,
    report: &Report<'_>,
) -> bool {
    theirs == stored || report.has_answer() && theirs.trusted_state() == stored.trusted_state()
}

/// Distinguishes statuses from one another.
fn fingerprint(status: &ExpressServiceStatus) -> u64 {
    let mut hasher = DefaultHasher::new();
    status_json(status).to_string().hash(&mut hasher);
    hasher.finish()
}

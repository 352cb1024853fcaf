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
    api::{ExpressServiceStatus, operator_state::Intent},
    core::{
        decide::{decision::Decision, input::Input},
        desired::recorded_identity::has_finalizer,
        record::intent::state_before_call,
        report::{conditions::Conditions, status_change::is_status_change},
    },
    ecs::Ecs,
};

/// Attempts to write a projection on top of changes that others make to spec and metadata.
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

/// Writes the projection of a reconcile if it differs from the stored status.
pub(super) async fn write_projection<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    stored: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
) -> Result<(), ReconcileError> {
    let elapsed = |at| ctx.clock.uptime().saturating_sub(at);
    let since = reconciliation
        .state
        .written_at
        .map_or(Duration::MAX, elapsed);
    let fingerprint = fingerprint(status);
    if !is_status_change(stored, status, since)
        || reconciliation.state.unstored == Some(fingerprint)
    {
        return Ok(());
    }
    write_over_conflicts(ctx, reconciliation, stored, status).await?;
    reconciliation.state.written_at = Some(ctx.clock.uptime());
    let is_complete = reconciliation.object.status.as_ref() == Some(status);
    reconciliation.state.unstored = (!is_complete).then_some(fingerprint);
    if !is_complete {
        tracing::warn!(
            object = %reconciliation.key(),
            "the API server dropped a part of the status: the CustomResourceDefinition is older than the operator; update it with: ecs-express-operator crd | kubectl apply --server-side --force-conflicts -f -"
        );
    }
    Ok(())
}

/// Converts a status to what the API server will return for it: times lose their fractions of a second, which would
/// otherwise count as a change at each reconcile.
pub(super) fn as_stored(status: ExpressServiceStatus) -> ExpressServiceStatus {
    serde_json::from_value(status_json(&status)).unwrap_or(status)
}

/// Writes a status with the resourceVersion that it was computed on. If others have changed spec or metadata since
/// then, it is written on top, so that the answer of ECS is not lost; but not over a status that somebody else wrote,
/// which is then authoritative, nor to another object of the same name. Nor where another process has added or removed the
/// finalizer meanwhile: the first operator state has to say that a create may have been sent behind it.
async fn write_over_conflicts<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    stored: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
) -> Result<(), ReconcileError> {
    let patch = status_patch(stored, status);
    let mut attempt = 1;
    loop {
        let written = ctx.objects.patch_status(&reconciliation.object, &patch);
        match written.await {
            Err(ObjectsError::Conflict) if attempt < ATTEMPTS => {
                let fresh = ctx.objects.read(&reconciliation.key()).await?;
                if fresh.metadata.uid != reconciliation.object.metadata.uid
                    || fresh.status.clone().unwrap_or_default() != *stored
                    || has_finalizer(&fresh) != has_finalizer(&reconciliation.object)
                {
                    return Err(ObjectsError::Conflict.into());
                }
                reconciliation.rebase(fresh);
                attempt += 1;
            }
            written => {
                reconciliation.stored(written?);
                return Ok(());
            }
        }
    }
}

/// Distinguishes statuses from one another.
fn fingerprint(status: &ExpressServiceStatus) -> u64 {
    let mut hasher = DefaultHasher::new();
    status_json(status).to_string().hash(&mut hasher);
    hasher.finish()
}

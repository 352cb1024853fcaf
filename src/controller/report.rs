//! Report: the status if it says something new, and the events.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    ReconcileError, Reconciliation,
    act::Act,
    context::{Clock, Context},
    log,
    objects::{ObjectKey, Objects, ObjectsError, status_json, status_patch},
};
use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::{
        decide::{action::Action, decision::Decision, input::Input, reason::Reason},
        record::call::record_call,
        report::{
            events::events,
            reconciled::Reconciled,
            status::{is_ready, project},
            status_change::{is_status_change, should_report},
            transitions::lasting_failure,
        },
    },
    ecs::Ecs,
};

/// Attempts to write a status over others' changes of spec and metadata.
const ATTEMPTS: usize = 3;

/// Writes what is new.
pub(super) async fn report<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    input: &Input<'_>,
    decision: &Decision,
    act: &Act,
) -> Result<(), ReconcileError> {
    let ready = is_ready(&reconciliation.status_before);
    // The first memory has to be written: a finalizer without any means a create in flight.
    let remembered = reconciliation.status_before.trusted_state().is_some();
    if remembered && !should_report(&decision.reason, reconciliation.state.attempts, ready) {
        return Ok(());
    }
    let now = ctx.clock.wall();
    // Events compare with the status before the pass, not with its fence.
    let before = reconciliation.status_before.clone();
    let stored = reconciliation.object.status.clone().unwrap_or_default();
    let operator_state = record_call(input, decision, act.sent.clone(), &act.result, now);
    let reconciled = Reconciled {
        input,
        decision,
        result: &act.result,
    };
    let status = as_stored(project(&stored, reconciled, operator_state, now));
    let object = &input.desired.object;
    let attempts = reconciliation.state.attempts;
    let mut events = events(&before, &status, reconciled);
    events.extend(lasting_failure(reconciled, attempts));
    if !reconciliation.released && decision.reason != Reason::Finalized {
        let since = reconciliation
            .state
            .written_at
            .map_or(std::time::Duration::MAX, |at| {
                ctx.clock.uptime().saturating_sub(at)
            });
        let fingerprint = fingerprint(&status);
        if is_status_change(&stored, &status, since)
            && reconciliation.state.unstored != Some(fingerprint)
        {
            write(ctx, reconciliation, &stored, &status).await?;
            reconciliation.state.written_at = Some(ctx.clock.uptime());
            let whole = reconciliation.object.status.as_ref() == Some(&status);
            reconciliation.state.unstored = (!whole).then_some(fingerprint);
            if !whole {
                tracing::warn!(%object, "the API server drops a part of the status: the CustomResourceDefinition is older than the operator; update it with: ecs-express-operator crd | kubectl apply --server-side -f -");
            }
        }
    }
    log::transitions(object, &before, &status);
    // While a retained service is still held, its fence came late and its mark was not tried: nothing to tell yet.
    let held_back = matches!(decision.action, Action::Retain(_)) && !reconciliation.released;
    for event in events.iter().filter(|_| !held_back) {
        log::event(object, event);
        ctx.objects.publish(&reconciliation.object, event).await;
    }
    Ok(())
}

/// Tells two statuses apart.
fn fingerprint(status: &ExpressServiceStatus) -> u64 {
    let mut hasher = DefaultHasher::new();
    status_json(status).to_string().hash(&mut hasher);
    hasher.finish()
}

/// Writes a status with the resourceVersion it was computed on. Where others changed spec or metadata meanwhile, what ECS
/// answered must not be lost: it goes on top, unless somebody else wrote a memory, which is then the truth, or it is another
/// object by now.
async fn write<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    stored: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
) -> Result<(), ReconcileError> {
    let patch = status_patch(stored, status);
    let key = ObjectKey::of(&reconciliation.object.metadata);
    for _ in 1..ATTEMPTS {
        match ctx
            .objects
            .patch_status(&reconciliation.object, &patch)
            .await
        {
            Err(ObjectsError::Conflict) => {
                let fresh = ctx.objects.read(&key).await?;
                if fresh.metadata.uid != reconciliation.object.metadata.uid
                    || !same_operator_state(&fresh, stored)
                {
                    return Err(ObjectsError::Conflict.into());
                }
                reconciliation.rebase(fresh);
            }
            answer => {
                reconciliation.stored(answer?);
                return Ok(());
            }
        }
    }
    reconciliation.stored(
        ctx.objects
            .patch_status(&reconciliation.object, &patch)
            .await?,
    );
    Ok(())
}

/// A status as the API server will give it back, its times to the second: else parts of a second would be news at each look.
fn as_stored(status: ExpressServiceStatus) -> ExpressServiceStatus {
    serde_json::from_value(status_json(&status)).unwrap_or(status)
}

fn same_operator_state(object: &ExpressService, stored: &ExpressServiceStatus) -> bool {
    let fresh = object.status.clone().unwrap_or_default();
    fresh.operator_state == stored.operator_state && fresh.memory == stored.memory
}

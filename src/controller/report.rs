//! Report: the status if it says something new, and the events.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::{
    Pass, PassError,
    act::Act,
    context::{Clock, Context},
    log,
    objects::{ObjectKey, Objects, ObjectsError, status_json, status_patch},
};
use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::{
        decide::{Action, Case, Decision},
        events::events,
        remember::remember,
        retry::is_worth_telling,
        status::{is_ready, project, says_something_new},
        transitions::lasting_failure,
        why::Why,
    },
    ecs::Ecs,
};

/// Attempts to write a status over others' changes of spec and metadata.
const ATTEMPTS: usize = 3;

/// Writes what is new.
pub(super) async fn report<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    pass: &mut Pass,
    case: &Case<'_>,
    decision: &Decision,
    act: &Act,
) -> Result<(), PassError> {
    let ready = is_ready(&pass.status_before);
    // The first memory has to be written: a finalizer without any means a create in flight.
    let remembered = pass.status_before.trusted_memory().is_some();
    if remembered && !is_worth_telling(&decision.why, pass.entry.attempts, ready) {
        return Ok(());
    }
    let now = ctx.clock.wall();
    // Events compare with the status before the pass, not with its fence.
    let before = pass.status_before.clone();
    let stored = pass.object.status.clone().unwrap_or_default();
    let memory = remember(case, decision, act.sent.clone(), &act.outcome, now);
    let status = as_stored(project(&stored, case, decision, &act.outcome, memory, now));
    let object = &case.desired.object;
    let attempts = pass.entry.attempts;
    let mut events = events(&before, &status, case, decision, &act.outcome);
    events.extend(lasting_failure(case, decision, &act.outcome, attempts));
    if !pass.released && decision.why != Why::Left {
        let since = pass
            .entry
            .written_at
            .map_or(std::time::Duration::MAX, |at| {
                ctx.clock.uptime().saturating_sub(at)
            });
        let fingerprint = fingerprint(&status);
        if says_something_new(&stored, &status, since) && pass.entry.unstored != Some(fingerprint) {
            write(ctx, pass, &stored, &status).await?;
            pass.entry.written_at = Some(ctx.clock.uptime());
            let whole = pass.object.status.as_ref() == Some(&status);
            pass.entry.unstored = (!whole).then_some(fingerprint);
            if !whole {
                tracing::warn!(%object, "the API server drops a part of the status: the CustomResourceDefinition is older than the operator; update it with: ecs-express-operator crd | kubectl apply --server-side -f -");
            }
        }
    }
    log::transitions(object, &before, &status);
    // While a retained service is still held, its fence came late and its mark was not tried: nothing to tell yet.
    let held_back = matches!(decision.action, Action::Retain(_)) && !pass.released;
    for event in events.iter().filter(|_| !held_back) {
        log::event(object, event);
        ctx.objects.publish(&pass.object, event).await;
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
    pass: &mut Pass,
    stored: &ExpressServiceStatus,
    status: &ExpressServiceStatus,
) -> Result<(), PassError> {
    let patch = status_patch(stored, status);
    let key = ObjectKey::of(&pass.object.metadata);
    for _ in 1..ATTEMPTS {
        match ctx.objects.patch_status(&pass.object, &patch).await {
            Err(ObjectsError::Conflict) => {
                let fresh = ctx.objects.read(&key).await?;
                if fresh.metadata.uid != pass.object.metadata.uid || !same_memory(&fresh, stored) {
                    return Err(ObjectsError::Conflict.into());
                }
                pass.rebase(fresh);
            }
            answer => {
                pass.stored(answer?);
                return Ok(());
            }
        }
    }
    pass.stored(ctx.objects.patch_status(&pass.object, &patch).await?);
    Ok(())
}

/// A status as the API server will give it back, its times to the second: else parts of a second would be news at each look.
fn as_stored(status: ExpressServiceStatus) -> ExpressServiceStatus {
    serde_json::from_value(status_json(&status)).unwrap_or(status)
}

fn same_memory(object: &ExpressService, stored: &ExpressServiceStatus) -> bool {
    object.status.clone().unwrap_or_default().memory == stored.memory
}

//! The operator's finalizer: while an object carries it, the object cannot disappear before its ECS service is dealt
//! with.

use std::collections::BTreeMap;

use super::{
    context::{Clock, Context},
    objects::{MetadataPatch, Objects},
    reconciliation::{ReconcileError, Reconciliation},
};
use crate::{
    api::{ExpressService, FINALIZER, annotations},
    core::desired::object::Desired,
    ecs::Ecs,
};

/// Adds the finalizer and the identity of the service in one write, which is a fencing write.
pub(super) async fn add<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    desired: &Desired,
) -> Result<(), ReconcileError> {
    let mut finalizers = finalizers(&reconciliation.object);
    if !finalizers.iter().any(|finalizer| finalizer == FINALIZER) {
        finalizers.push(FINALIZER.to_owned());
    }
    let identity = [
        (annotations::SERVICE_ARN, desired.arn.to_string()),
        (annotations::CLUSTER_ID, desired.cluster_id.clone()),
    ];
    let annotations = identity.map(|(key, value)| (key.to_owned(), value)).into();
    let requested_at = ctx.clock.uptime();
    patch(ctx, reconciliation, finalizers, annotations).await?;
    reconciliation.fenced_at = Some(requested_at);
    Ok(())
}

/// Removes the finalizer, so that Kubernetes can delete the object.
pub(super) async fn remove<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
) -> Result<(), ReconcileError> {
    let mut finalizers = finalizers(&reconciliation.object);
    finalizers.retain(|finalizer| finalizer != FINALIZER);
    patch(ctx, reconciliation, finalizers, BTreeMap::new()).await?;
    reconciliation.released = true;
    Ok(())
}

async fn patch<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    finalizers: Vec<String>,
    annotations: BTreeMap<String, String>,
) -> Result<(), ReconcileError> {
    let patch = MetadataPatch {
        finalizers,
        annotations,
    };
    let object = &reconciliation.object;
    let stored = ctx.objects.patch_metadata(object, &patch).await?;
    reconciliation.stored(stored);
    Ok(())
}

fn finalizers(object: &ExpressService) -> Vec<String> {
    object.metadata.finalizers.clone().unwrap_or_default()
}

//! Gather: observes an object's service in ECS.

use super::{
    context::{Clock, Context},
    objects::Objects,
    reconciliation::Reconciliation,
};
use crate::{
    api::{ExpressServiceStatus, status::DeploymentStatus},
    core::{
        decide::reads::{RESOURCES_INTERVAL, Reads, Resources, plan, plan_with_counts},
        desired::{
            object::Desired, owner_tags::OwnerTags, phase::Phase, recorded_identity::IdentityCheck,
        },
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::{Class, Effect, Failure, FailureKind},
            history::Uptime,
            service::{Management, Missing, Observed, Read, Service, StatusCode},
        },
        redaction::redact::Redactor,
    },
    ecs::{Ecs, ServiceFacts, ServiceRecord},
};

/// Observes the object's service, with the related reads that the decision needs.
pub(super) async fn observe<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    desired: &Desired,
    caller: Result<(), Failure>,
) -> Observed {
    if desired.identity != IdentityCheck::Same {
        // No call is made that would show that the recorded account is back, so STS has to be asked again.
        ctx.ecs.doubt_caller();
    }
    let nothing_to_ask = desired.phase == Phase::Finalized
        || desired.identity != IdentityCheck::Same
        || desired.invalid.is_some() && !matches!(desired.phase, Phase::Deleting(_));
    if nothing_to_ask {
        return Observed::NotAsked;
    }
    if let Err(failure) = caller {
        return Observed::Unreadable(failure);
    }
    let redactor = &reconciliation.redactor;
    match ctx.ecs.describe(&desired.arn, redactor).await {
        Observed::Present(mut service) => {
            for revision in &service.revisions {
                reconciliation.redactor.hide(&revision.configuration);
            }
            let resources = resources(ctx, &mut reconciliation.state.resources_due);
            let reads = plan(desired, &service, &reconciliation.status_before, resources);
            related_reads(ctx, reconciliation, &mut service, reads).await;
            Observed::Present(service)
        }
        other => ordinary_service(&ctx.ecs, reconciliation, desired, other).await,
    }
}

/// Whether reading the managed resources again is due. What an earlier process read stays fresh for a
/// random part of the time, so that a restart does not read those of all objects at once.
fn resources<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    due: &mut Option<Uptime>,
) -> Resources {
    let now = ctx.clock.uptime();
    let due = due.get_or_insert_with(|| now + RESOURCES_INTERVAL.mul_f64(ctx.clock.random()));
    if now < *due {
        Resources::Fresh
    } else {
        Resources::Stale
    }
}

async fn related_reads<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    reconciliation: &mut Reconciliation,
    service: &mut Service,
    mut reads: Reads,
) {
    let (ecs, arn, redactor) = (&ctx.ecs, service.arn.clone(), &reconciliation.redactor);
    let status = &reconciliation.status_before;
    if reads.counts {
        (service.counts, service.management) = match ecs.service(&arn, redactor).await {
            Ok(ServiceRecord::Live(facts)) => {
                reads = plan_with_counts(reads, service, &facts.counts);
                (Read::Got(facts.counts), Read::Got(facts.management))
            }
            // It was there a moment ago: one of the two reads is stale.
            Ok(ServiceRecord::Missing | ServiceRecord::Inactive) => (Read::Skipped, Read::Skipped),
            Err(failure) => (Read::Failed(failure.clone()), Read::Failed(failure)),
        };
    }
    if reads.deployments {
        let mut deployments = ecs.deployments(&arn, redactor).await;
        for deployment in deployments.iter_mut().flatten() {
            keep_reported_reason(deployment, status);
        }
        service.deployments = read(deployments);
    }
    let newest = service.newest().map(|revision| revision.arn.clone());
    service.managed_resources = match (reads.managed_resources, newest) {
        (true, Some(revision)) => {
            reconciliation.state.resources_due = Some(ctx.clock.uptime() + RESOURCES_INTERVAL);
            read(ecs.managed_resources(&arn, &revision, redactor).await)
        }
        _ => status
            .managed_resources
            .clone()
            .map_or(Read::Skipped, Read::Got),
    };
}

/// Keeps the reported reason of a deployment that has ended: ECS's text may quote values of a revision that no longer
/// runs, which the redactor does not know any more.
fn keep_reported_reason(deployment: &mut DeploymentStatus, status: &ExpressServiceStatus) {
    let reported = status.deployment.as_ref().filter(|reported| {
        reported.arn.is_some()
            && reported.arn == deployment.arn
            && reported.status == deployment.status
            && deployment_state(reported.status.as_deref()) != DeploymentState::InProgress
    });
    if let Some(reason) = reported.and_then(|reported| reported.reason.clone()) {
        deployment.reason = Some(reason);
    }
}

fn read<T>(answer: Result<T, Failure>) -> Read<T> {
    match answer {
        Ok(answer) => Read::Got(answer),
        Err(failure) => Read::Failed(failure),
    }
}

/// Reads a name as an ordinary ECS service: if ECS refused to create or to describe it as an Express service, and as a second
/// opinion before a service that may exist counts as missing. Returns the observation of the Express service where that read
/// adds nothing.
async fn ordinary_service<E: Ecs>(
    ecs: &E,
    reconciliation: &Reconciliation,
    desired: &Desired,
    express: Observed,
) -> Observed {
    let redactor = &reconciliation.redactor;
    let suspicious = match &express {
        Observed::Missing(_) => may_have_a_service(desired, reconciliation),
        // The only parameter of the request is the ARN.
        Observed::Unreadable(failure) => failure.kind == FailureKind::InvalidParameter,
        Observed::NotAsked | Observed::Present(_) => false,
    };
    if !suspicious {
        return express;
    }
    match ecs.service(&desired.arn, redactor).await {
        Ok(ServiceRecord::Live(ServiceFacts {
            management: Management::Customer,
            counts,
            created_at,
        })) => Observed::Present(Box::new(Service {
            arn: desired.arn.clone(),
            code: StatusCode::Active,
            reason: None,
            infrastructure_role_arn: None,
            current_deployment: None,
            revisions: Vec::new(),
            tags: ecs.tags(&desired.arn, redactor).await.unwrap_or_default(),
            created_at,
            management: Read::Got(Management::Customer),
            counts: Read::Got(counts),
            deployments: Read::Skipped,
            managed_resources: Read::Skipped,
        })),
        // Only its record is left, which Express Mode refuses to describe until ECS purges it: the name is free.
        Ok(ServiceRecord::Inactive) => Observed::Missing(Missing::Inactive),
        Ok(ServiceRecord::Live(_)) if matches!(express, Observed::Missing(_)) => {
            Observed::Unreadable(Failure {
                operation: "DescribeExpressGatewayService",
                kind: FailureKind::Inconsistent,
                effect: Effect::None,
                code: "NotFound".to_owned(),
                message: "DescribeServices shows the service".into(),
            })
        }
        // The absence is not confirmed by this read yet.
        Err(failure)
            if failure.kind.class() == Class::Retry && matches!(express, Observed::Missing(_)) =>
        {
            Observed::Unreadable(failure)
        }
        // Anything else adds nothing to what Express Mode answered.
        Ok(ServiceRecord::Live(_) | ServiceRecord::Missing) | Err(_) => express,
    }
}

/// Whether the object may have a service: one was observed, or a call may have created one. A create that was rejected may have
/// been rejected because of an ordinary service. Of a create whose intent the API server dropped only this process knows.
fn may_have_a_service(desired: &Desired, reconciliation: &Reconciliation) -> bool {
    let state = reconciliation.status_before.trusted_state();
    let nothing_stored =
        state.is_some_and(|state| state.service.is_none() && state.intent.is_none());
    let nothing_sent = nothing_stored && !reconciliation.state.history.create_in_doubt();
    match desired.phase {
        Phase::Unclaimed | Phase::Finalized => false,
        Phase::Active | Phase::Deleting(_) => !nothing_sent,
    }
}

/// Whether the service carries the owner tags of this object, by the second way to read tags.
pub(super) async fn has_owner_tags<E: Ecs>(
    ecs: &E,
    desired: &Desired,
    redactor: &Redactor,
) -> Result<bool, Failure> {
    let tags = ecs.tags(&desired.arn, redactor).await?;
    Ok(
        match OwnerTags::read(&tags, &desired.object, &desired.cluster_id) {
            OwnerTags::Ours => true,
            OwnerTags::Other(_) | OwnerTags::Partial(_) | OwnerTags::None | OwnerTags::Released => {
                false
            }
        },
    )
}

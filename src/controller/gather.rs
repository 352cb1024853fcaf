//! Gather: one look at ECS.

use super::{
    context::{Clock, Context},
    objects::Objects,
};
use crate::{
    api::{ExpressServiceStatus, status::DeploymentStatus},
    core::{
        decide::{
            ownership::Owner,
            reads::{RESOURCES_INTERVAL, Reads, Resources, plan, plan_with_counts},
        },
        desired::{
            object::Desired, owner_tags::OwnerTags, policy::Phase, recorded_identity::IdentityCheck,
        },
        observed::{
            deployment::{DeploymentState, deployment_state},
            failure::{Effect, Failure, FailureKind},
            history::Uptime,
            service::{Management, Missing, Observed, Read, Service, StatusCode},
        },
        operator_state::intent::{IntentState, Operation},
        redaction::redact::Redactor,
    },
    ecs::{Ecs, ServiceFacts, ServiceRecord},
};

/// What a look takes from earlier looks, and leaves to what follows.
pub(super) struct Kept<'a> {
    /// What the object hides; the look adds what runs.
    pub(super) redactor: &'a mut Redactor,
    /// When the managed resources are to be read again.
    pub(super) resources_due: &'a mut Option<Uptime>,
}

/// Looks at the object's service, and at the neighbours that the look needs.
pub(super) async fn observe<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    desired: &Desired,
    status: &ExpressServiceStatus,
    caller: Result<(), Failure>,
    kept: Kept<'_>,
) -> Observed {
    if desired.identity != IdentityCheck::Same {
        // No call is made from which it could be seen that the former account is back.
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
    match ctx.ecs.describe(&desired.arn, kept.redactor).await {
        Observed::Present(mut service) => {
            for revision in &service.revisions {
                kept.redactor.hide(&revision.configuration);
            }
            let reads = plan(
                desired,
                &service,
                status,
                resources(ctx, kept.resources_due),
            );
            related_reads(ctx, &mut service, reads, status, kept).await;
            Observed::Present(service)
        }
        other => ordinary_service(&ctx.ecs, desired, status, other, kept.redactor).await,
    }
}

/// Whether the managed resources in the status are to be read again. What an earlier process read counts for a part of the
/// time, by chance: so a restart does not read those of all objects at once.
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
    service: &mut Service,
    mut reads: Reads,
    status: &ExpressServiceStatus,
    kept: Kept<'_>,
) {
    let (ecs, arn, redactor) = (&ctx.ecs, service.arn.clone(), &*kept.redactor);
    if reads.counts {
        (service.counts, service.management) = match ecs.service(&arn, redactor).await {
            Ok(ServiceRecord::Live(facts)) => {
                reads = plan_with_counts(reads, service, &facts.counts);
                (Read::Got(facts.counts), Read::Got(facts.management))
            }
            // It was there a moment ago: one of the two reads is behind.
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
            *kept.resources_due = Some(ctx.clock.uptime() + RESOURCES_INTERVAL);
            read(ecs.managed_resources(&arn, &revision, redactor).await)
        }
        _ => status
            .managed_resources
            .clone()
            .map_or(Read::Skipped, Read::Got),
    };
}

/// The reason of a deployment that has ended stays as it was told: it may quote values of a revision that no longer runs,
/// which nobody knows by now.
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

/// A name that ECS refused to create, or to describe, as an Express service may be held by an ordinary ECS service.
async fn ordinary_service<E: Ecs>(
    ecs: &E,
    desired: &Desired,
    status: &ExpressServiceStatus,
    express: Observed,
    redactor: &Redactor,
) -> Observed {
    let suspicious = match &express {
        Observed::Missing(_) => create_is_unclear(status),
        // The request has no parameter but the ARN.
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
        // Its record alone is left, which Express refuses to describe until it is purged: the name is free.
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
        // Anything else leaves what Express said; the create's own answer told the rest.
        Ok(ServiceRecord::Live(_) | ServiceRecord::Missing) | Err(_) => express,
    }
}

/// Whether a create was refused, or its effect is not seen yet.
fn create_is_unclear(status: &ExpressServiceStatus) -> bool {
    let operator_state = status.trusted_state();
    let refused = operator_state
        .and_then(|operator_state| operator_state.intent.as_ref())
        .is_some_and(|intent| {
            intent.is_for(Operation::Create) && intent.state() == IntentState::Rejected
        });
    refused
        || operator_state
            .is_some_and(|operator_state| operator_state.open(Operation::Create).is_some())
}

/// The owner by the second way to read tags.
pub(super) async fn owner_by_tags<E: Ecs>(
    ecs: &E,
    desired: &Desired,
    redactor: &Redactor,
) -> Result<Owner, Failure> {
    let tags = ecs.tags(&desired.arn, redactor).await?;
    Ok(
        match OwnerTags::read(&tags, &desired.object, &desired.cluster_id) {
            OwnerTags::Ours => Owner::Ours,
            OwnerTags::Other(whose) | OwnerTags::Partial(whose) => Owner::Other(whose),
            OwnerTags::None | OwnerTags::Released => Owner::Unowned,
        },
    )
}

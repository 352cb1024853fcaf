//! Gather: one look at ECS.

use super::{
    context::{Clock, Context},
    objects::Objects,
};
use crate::{
    api::ExpressServiceStatus,
    core::{
        desired::{Desired, Life},
        failure::{Failure, FailureKind},
        findings::Owner,
        identity::OwnerTags,
        memory::{Operation, outcome},
        observed::{Management, Observed, Read, Service, StatusCode},
        reads::{Reads, plan},
        recorded::IdentityCheck,
    },
    ecs::{Ecs, ServiceFacts},
};

/// Looks at the object's service, and at the neighbours that the look needs.
pub(super) async fn look<E: Ecs, O: Objects, C: Clock>(
    ctx: &Context<E, O, C>,
    desired: &Desired,
    status: &ExpressServiceStatus,
    caller: Result<(), Failure>,
) -> Observed {
    let nothing_to_ask = desired.life == Life::Left
        || desired.identity != IdentityCheck::Same
        || desired.invalid.is_some() && !matches!(desired.life, Life::Leaving(_));
    if nothing_to_ask {
        return Observed::NotAsked;
    }
    if let Err(failure) = caller {
        return Observed::Unreadable(failure);
    }
    match ctx.ecs.describe(&desired.arn).await {
        Observed::Present(mut service) => {
            let reads = plan(desired, &service, status);
            neighbours(&ctx.ecs, &mut service, reads, status).await;
            Observed::Present(service)
        }
        other => ordinary_service(&ctx.ecs, desired, status, other).await,
    }
}

async fn neighbours<E: Ecs>(
    ecs: &E,
    service: &mut Service,
    reads: Reads,
    status: &ExpressServiceStatus,
) {
    let arn = service.arn.clone();
    if reads.counts {
        service.counts = match ecs.service(&arn).await {
            Ok(Some(facts)) => {
                service.management = facts.management;
                Read::Got(facts.counts)
            }
            Ok(None) => Read::Skipped,
            Err(failure) => Read::Failed(failure),
        };
    }
    if reads.deployments {
        service.deployments = read(ecs.deployments(&arn).await);
    }
    let newest = service.newest().map(|revision| revision.arn.clone());
    service.managed_resources = match (reads.managed_resources, newest) {
        (true, Some(revision)) => read(ecs.managed_resources(&arn, &revision).await),
        _ => status
            .managed_resources
            .clone()
            .map_or(Read::Skipped, Read::Got),
    };
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
) -> Observed {
    let suspicious = match &express {
        Observed::Missing(_) => create_was_refused(status),
        // The request has no parameter but the ARN.
        Observed::Unreadable(failure) => failure.kind == FailureKind::InvalidParameter,
        Observed::NotAsked | Observed::Present(_) => false,
    };
    if !suspicious {
        return express;
    }
    match ecs.service(&desired.arn).await {
        Ok(Some(ServiceFacts {
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
            tags: ecs.tags(&desired.arn).await.unwrap_or_default(),
            created_at,
            management: Management::Customer,
            counts: Read::Got(counts),
            deployments: Read::Skipped,
            managed_resources: Read::Skipped,
        })),
        // Anything else leaves what Express said; the create's own answer told the rest.
        Ok(_) | Err(_) => express,
    }
}

fn create_was_refused(status: &ExpressServiceStatus) -> bool {
    status
        .trusted_memory()
        .and_then(|memory| memory.intent.as_ref())
        .is_some_and(|intent| {
            intent.operation == Operation::Create.as_str()
                && intent.outcome.as_deref() == Some(outcome::REFUSED)
        })
}

/// The owner by the second way to read tags.
pub(super) async fn owner_by_tags<E: Ecs>(ecs: &E, desired: &Desired) -> Result<Owner, Failure> {
    let tags = ecs.tags(&desired.arn).await?;
    Ok(
        match OwnerTags::read(&tags, &desired.object, &desired.cluster_id) {
            OwnerTags::Ours => Owner::Ours,
            OwnerTags::Another(whose) | OwnerTags::Partial(whose) => Owner::Another(whose),
            OwnerTags::None | OwnerTags::Released => Owner::Free,
        },
    )
}

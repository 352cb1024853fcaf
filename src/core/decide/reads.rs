//! Which related reads the observation of a present service needs. An idle service costs two calls per reconcile, and one
//! more an hour.

use std::time::Duration;

use crate::{
    api::ExpressServiceStatus,
    core::{
        decide::rollout::ended_at_applied_revision,
        desired::{object::Desired, phase::Phase},
        observed::{
            deployment::{DeploymentState, STOPPED, deployment_state},
            service::{Service, TaskCounts},
        },
    },
};

/// The reads that an observation makes besides `DescribeExpressGatewayService`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// `DescribeServices`, for the task counts.
    pub counts: bool,
    /// `ListServiceDeployments` and `DescribeServiceDeployments`.
    pub deployments: bool,
    /// `DescribeServiceRevisions`, for the managed resources.
    pub managed_resources: bool,
}

/// The time after which the managed resources of an idle service are read again: they can fail long after their creation.
pub const RESOURCES_INTERVAL: Duration = Duration::from_secs(3600);

/// Whether the managed resources in the status are recent enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resources {
    /// They are recent enough.
    Fresh,
    /// They are due to be read again.
    Stale,
}

/// Plans the related reads.
pub fn plan(
    desired: &Desired,
    service: &Service,
    status: &ExpressServiceStatus,
    resources: Resources,
) -> Reads {
    let wanted = match desired.phase {
        Phase::Unclaimed | Phase::Active => true,
        Phase::Deleting(_) | Phase::Finalized => false,
    };
    let known = is_outcome_known(service, status) && !is_about_to_send(desired, status);
    let incomplete = status.managed_resources.is_none() || still_provisioning(status);
    Reads {
        counts: true,
        deployments: wanted && !known,
        managed_resources: wanted
            && service.newest().is_some()
            && (!known || incomplete || resources == Resources::Stale),
    }
}

/// Refines the plan once the task counts are known: a managed resource may be the cause of missing tasks.
pub fn plan_with_counts(reads: Reads, service: &Service, counts: &TaskCounts) -> Reads {
    let Reads {
        counts: read_counts,
        deployments,
        managed_resources,
    } = reads;
    Reads {
        counts: read_counts,
        deployments,
        managed_resources: managed_resources
            || service.newest().is_some() && counts.running < counts.desired,
    }
}

/// Whether the status already shows how the last deployment ended, and no other one is expected.
fn is_outcome_known(service: &Service, status: &ExpressServiceStatus) -> bool {
    let Some(deployment) = &status.deployment else {
        return false;
    };
    let target = deployment.target_revision.as_deref();
    let applied = status
        .trusted_state()
        .and_then(|state| state.last_applied.as_ref())
        .and_then(|applied| applied.revision.as_deref());
    let newest = service.newest().map(|revision| revision.arn.as_str());
    let ended = match deployment_state(deployment.status.as_deref()) {
        DeploymentState::InProgress => false,
        // ECS may have replaced it, or may yet roll another one back to its revision.
        DeploymentState::Failed if deployment.status.as_deref() == Some(STOPPED) => false,
        DeploymentState::Succeeded => target == newest,
        DeploymentState::Failed => {
            target == newest
                || target == applied
                || ended_at_applied_revision(deployment, service, status.trusted_state())
        }
    };
    let nothing_sent = status
        .trusted_state()
        .is_none_or(|state| state.open_intent().is_none());
    ended
        && nothing_sent
        && target.is_some()
        && service.current_deployment.is_none()
        && service.revisions.len() == 1
}

/// Whether an edit, a restart or a retry is about to be sent, which requires the deployments before it to be known.
fn is_about_to_send(desired: &Desired, status: &ExpressServiceStatus) -> bool {
    let hash = desired.configuration.hash();
    status.trusted_state().is_some_and(|state| {
        let baseline = state.baseline();
        baseline.is_some_and(|baseline| baseline.whole != hash)
            || desired.restart.is_some() && desired.restart != state.restart
            || desired.retry.is_some() && desired.retry != state.retry
    })
}

/// Whether a managed resource in the status is not active yet.
fn still_provisioning(status: &ExpressServiceStatus) -> bool {
    status.managed_resources.iter().flatten().any(|resource| {
        resource
            .status
            .as_deref()
            .is_some_and(|word| word != "ACTIVE")
    })
}

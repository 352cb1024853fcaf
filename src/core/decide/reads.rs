//! Which neighbours of a present service a look has to read, so that a service at rest costs two calls, and one more an hour.

use std::time::Duration;

use crate::{
    api::ExpressServiceStatus,
    core::{
        desired::{object::Desired, policy::Phase},
        observed::{
            deployment::{DeploymentState, deployment_state},
            service::{Service, TaskCounts},
        },
    },
};

/// The neighbouring reads of one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reads {
    /// DescribeServices.
    pub counts: bool,
    /// ListServiceDeployments and DescribeServiceDeployments.
    pub deployments: bool,
    /// DescribeServiceRevisions.
    pub managed_resources: bool,
}

/// How old the managed resources in the status may be at rest: they can fail long after they were made.
pub const RESOURCES_LAST: Duration = Duration::from_secs(3600);

/// Whether the managed resources in the status are still believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resources {
    /// They are.
    Fresh,
    /// They were read too long ago.
    Stale,
}

/// Plans the reads beside DescribeExpressGatewayService.
pub fn plan(
    desired: &Desired,
    service: &Service,
    status: &ExpressServiceStatus,
    resources: Resources,
) -> Reads {
    let living = match desired.phase {
        Phase::Unclaimed | Phase::Active => true,
        Phase::Deleting(_) | Phase::Finalized => false,
    };
    let settled = is_settled(service, status) && !is_about_to_send(desired, status);
    let unknown = status.managed_resources.is_none() || still_provisioning(status);
    Reads {
        counts: true,
        deployments: living && !settled,
        managed_resources: living
            && service.newest().is_some()
            && (!settled || unknown || resources == Resources::Stale),
    }
}

/// With the counts known: fewer tasks than wanted may have their cause in what ECS made.
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

/// Whether the status knows how the last deployment of what runs, or of what was sent, has ended.
fn is_settled(service: &Service, status: &ExpressServiceStatus) -> bool {
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
        DeploymentState::Succeeded => target == newest,
        DeploymentState::Failed => target == newest || target == applied,
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

/// Whether an edit, a restart or a retry waits: which deployments there were before it has to be known.
fn is_about_to_send(desired: &Desired, status: &ExpressServiceStatus) -> bool {
    let hash = desired.configuration.hash();
    status.trusted_state().is_some_and(|state| {
        let baseline = state.baseline();
        baseline.is_some_and(|baseline| baseline.whole != hash)
            || desired.restart.is_some() && desired.restart != state.restart
            || desired.retry.is_some() && desired.retry != state.retry
    })
}

fn still_provisioning(status: &ExpressServiceStatus) -> bool {
    status.managed_resources.iter().flatten().any(|resource| {
        resource
            .status
            .as_deref()
            .is_some_and(|word| word != "ACTIVE")
    })
}

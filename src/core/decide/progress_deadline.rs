//! Deployments that do not end. Failed managed resources are reported at once, everything else after the progress deadline.

use jiff::Timestamp;

use crate::{
    api::status::ManagedResource,
    core::{
        decide::{
            assessment::Assessment, input::Input, presence::Present, reason::Reason,
            rollout::Rollout,
        },
        observed::service::Service,
    },
};

/// The time that a deployment may take, in seconds. The first one in a VPC waits up to 25 minutes for the load balancer, the
/// certificate and DNS.
const PROGRESS_DEADLINE: i64 = 30 * 60;

/// Replaces the reason of a deployment in progress by one that needs a person, if it cannot succeed or takes too long.
pub(crate) fn with_deadline(input: &Input<'_>, present: Present<'_>, reason: Reason) -> Reason {
    let Present {
        service,
        assessment,
    } = present;
    let stopped = matches!(assessment.rollout, Rollout::Stopped(_));
    if stopped || !matches!(reason, Reason::Deploying | Reason::WaitingForEndpoint) {
        return reason;
    }
    let rolling_back = assessment.rollout.is_rolling_back();
    // A rollback may take as long again.
    let deadline = PROGRESS_DEADLINE * if rolling_back { 2 } else { 1 };
    let late = began(service, assessment)
        .is_some_and(|began| input.now.as_second() - began.as_second() >= deadline);
    if !rolling_back && has_failed_resource(service) {
        Reason::ManagedResourceFailed
    } else if late {
        Reason::ProgressDeadlineExceeded
    } else {
        reason
    }
}

/// The time at which the deployment started, or, once it has ended, at which the wait for the endpoint started.
pub(crate) fn began(service: &Service, assessment: &Assessment) -> Option<Timestamp> {
    let newest = service.newest();
    let made = newest.map_or(service.created_at, |newest| newest.created_at);
    let Some(deployment) = assessment.rollout.deployment() else {
        return made;
    };
    let ended = deployment.finished_at.as_ref();
    let at = ended.or(deployment.started_at.as_ref()).map(|at| at.0);
    // A deployment that has not started yet has no time of its own.
    let targets_newest =
        deployment.target_revision.as_deref() == newest.map(|newest| newest.arn.as_str());
    at.or(made.filter(|_| targets_newest))
}

/// Whether ECS could not create something that the service needs.
fn has_failed_resource(service: &Service) -> bool {
    let mut resources = service.managed_resources.got().into_iter().flatten();
    resources.any(ManagedResource::has_failed)
}

//! Deployments that do not end: failed managed resources are reported at once, everything else after the progress deadline.

use jiff::Timestamp;

use crate::core::{
    decide::{assessment::Assessment, input::Input, reason::Reason},
    observed::service::{Observed, Service},
};

/// How long a deployment may take, in seconds: the first one in a VPC waits up to 25 minutes for load balancer,
/// certificate and DNS.
const PROGRESS_DEADLINE: i64 = 30 * 60;

/// Whether what is under way needs a person.
pub(crate) fn with_deadline(
    input: &Input<'_>,
    assessment: Option<&Assessment>,
    reason: Reason,
) -> Reason {
    let (
        Reason::Deploying | Reason::WaitingForEndpoint,
        Some(assessment),
        Observed::Present(service),
    ) = (&reason, assessment, input.observed)
    else {
        return reason;
    };
    let rolling_back = assessment.rollout.is_rolling_back();
    // What goes on after a rollback has begun may take as long again.
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

/// When the deployment began, or, once it has ended, the wait for the endpoint.
pub(crate) fn began(service: &Service, assessment: &Assessment) -> Option<Timestamp> {
    let newest = service.newest();
    let made = newest.map_or(service.created_at, |newest| newest.created_at);
    let Some(deployment) = assessment.rollout.deployment() else {
        return made;
    };
    let ended = deployment.finished_at.as_ref();
    let at = ended.or(deployment.started_at.as_ref()).map(|at| at.0);
    // One that waits to be started has no time of its own.
    let brings_newest =
        deployment.target_revision.as_deref() == newest.map(|newest| newest.arn.as_str());
    at.or(made.filter(|_| brings_newest))
}

/// Whether ECS could not create something that the service needs.
fn has_failed_resource(service: &Service) -> bool {
    let mut resources = service.managed_resources.got().into_iter().flatten();
    resources.any(|resource| resource.has_failed())
}

//! Answers of ECS about the deployments of a service.

use std::cmp::Reverse;

use aws_sdk_ecs::types::{ServiceDeployment, ServiceDeploymentBrief};

use super::{filled, free_text, is_about, status_time, timestamp, word};
use crate::{
    api::status::DeploymentStatus,
    core::{desired::identity::ServiceArn, redaction::redact::Redactor},
};

/// Number of deployments to describe at most.
const DESCRIBED: usize = 5;
/// `status` of a deployment that has succeeded.
const SUCCESSFUL: &str = "SUCCESSFUL";
/// `status` of a deployment that has ended. ECS has no FAILED; an unknown status counts as in progress.
const ENDED: [&str; 4] = [
    SUCCESSFUL,
    "STOPPED",
    "ROLLBACK_SUCCESSFUL",
    "ROLLBACK_FAILED",
];

/// The answer of ListServiceDeployments. ECS lists the newest first, but does not document the order.
pub(in crate::ecs) fn newest_first(
    answer: &[ServiceDeploymentBrief],
    arn: &ServiceArn,
    redactor: &Redactor,
) -> Vec<DeploymentStatus> {
    let mut briefs: Vec<_> = answer
        .iter()
        .filter(|brief| is_about(brief.service_arn(), arn))
        .collect();
    briefs.sort_by_key(|brief| Reverse(timestamp(brief.created_at())));
    briefs
        .into_iter()
        .map(|brief| DeploymentStatus {
            arn: filled(brief.service_deployment_arn()),
            status: word(
                brief
                    .status()
                    .map(aws_sdk_ecs::types::ServiceDeploymentStatus::as_str),
            ),
            stage: None,
            target_revision: filled(brief.target_service_revision_arn()),
            reason: free_text(brief.status_reason(), redactor),
            started_at: status_time(brief.started_at().or(brief.created_at())),
            finished_at: status_time(brief.finished_at()),
        })
        .collect()
}

/// ARNs of the deployments that the list does not describe in enough detail: those in progress, and the latest one if
/// it failed without a reason.
pub(in crate::ecs) fn to_describe(deployments: &[DeploymentStatus]) -> Vec<String> {
    deployments
        .iter()
        .enumerate()
        .filter(|(place, deployment)| {
            let status = deployment.status.as_deref().unwrap_or_default();
            let unexplained = status != SUCCESSFUL && deployment.reason.is_none();
            !ENDED.contains(&status) || (*place == 0 && unexplained)
        })
        .filter_map(|(_, deployment)| deployment.arn.clone())
        .take(DESCRIBED)
        .collect()
}

/// Adds the details from DescribeServiceDeployments.
pub(in crate::ecs) fn complete(
    deployments: &mut [DeploymentStatus],
    answer: &[ServiceDeployment],
    redactor: &Redactor,
) {
    for deployment in deployments {
        let detail = answer.iter().find(|detail| {
            detail.service_deployment_arn().is_some()
                && detail.service_deployment_arn() == deployment.arn.as_deref()
        });
        if let Some(detail) = detail {
            *deployment = completed(deployment, detail, redactor);
        }
    }
}

/// The later read takes precedence where it has a value.
fn completed(
    listed: &DeploymentStatus,
    detail: &ServiceDeployment,
    redactor: &Redactor,
) -> DeploymentStatus {
    let DeploymentStatus {
        arn,
        status,
        stage,
        target_revision,
        reason: listed_reason,
        started_at,
        finished_at,
    } = listed.clone();
    let target = detail.target_service_revision();
    let ended = detail.finished_at().or(detail.stopped_at());
    DeploymentStatus {
        arn,
        status: word(
            detail
                .status()
                .map(aws_sdk_ecs::types::ServiceDeploymentStatus::as_str),
        )
        .or(status),
        stage: word(
            detail
                .lifecycle_stage()
                .map(aws_sdk_ecs::types::ServiceDeploymentLifecycleStage::as_str),
        )
        .or(stage),
        target_revision: filled(target.and_then(|target| target.arn())).or(target_revision),
        reason: reason(detail, redactor).or(listed_reason),
        started_at: status_time(detail.started_at()).or(started_at),
        finished_at: status_time(ended).or(finished_at),
    }
}

/// ECS's own reason; without one, that of the rollback, or the alarms that went off.
fn reason(detail: &ServiceDeployment, redactor: &Redactor) -> Option<String> {
    let rollback = detail.rollback().and_then(|rollback| rollback.reason());
    let alarms = detail
        .alarms()
        .map(aws_sdk_ecs::types::ServiceDeploymentAlarms::triggered_alarm_names)
        .filter(|names| !names.is_empty())
        .map(|names| format!("alarms went off: {}", names.join(", ")));
    free_text(detail.status_reason(), redactor)
        .or_else(|| free_text(rollback, redactor))
        .or_else(|| free_text(alarms.as_deref(), redactor))
}

//! A service deployment: where it stands and which steps are still to come.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    service::Service,
    time::VirtualTime,
    timeline::{Stage, Step, Trigger},
};

/// Status of a service deployment. There is no FAILED.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DeploymentStatus {
    Pending,
    InProgress,
    StopRequested,
    Successful,
    Stopped,
    RollbackRequested,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl DeploymentStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::Stopped => "STOPPED",
            Self::StopRequested => "STOP_REQUESTED",
            Self::RollbackRequested => "ROLLBACK_REQUESTED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    pub(crate) fn is_running(self) -> bool {
        match self {
            Self::Pending
            | Self::InProgress
            | Self::StopRequested
            | Self::RollbackRequested
            | Self::RollbackInProgress => true,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed => {
                false
            }
        }
    }
}

/// Whether reads show the deployment already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Visibility {
    Hidden,
    Shown,
}

/// A rollback that was begun.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rollback {
    pub(crate) trigger: Trigger,
    pub(crate) reason: String,
    pub(crate) started_at: VirtualTime,
}

/// A service deployment.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) arn: String,
    /// Where its revision is among the service's revisions.
    pub(crate) target: usize,
    /// The revision that ran when it began, if any.
    pub(crate) source: Option<usize>,
    pub(crate) status: DeploymentStatus,
    pub(crate) status_reason: Option<String>,
    pub(crate) stage: Option<Stage>,
    pub(crate) visibility: Visibility,
    /// The reason that was asked for together with the outcome.
    pub(crate) reason: Option<String>,
    pub(crate) failed_tasks: u32,
    pub(crate) rollback: Option<Rollback>,
    pub(crate) created_at: VirtualTime,
    pub(crate) started_at: Option<VirtualTime>,
    pub(crate) finished_at: Option<VirtualTime>,
    pub(crate) updated_at: VirtualTime,
    pub(crate) steps: VecDeque<(VirtualTime, Step)>,
}

/// Failed tasks at which the circuit breaker opens.
const THRESHOLD: u32 = 3;

impl Deployment {
    /// Ends it in a final status.
    pub(crate) fn finish(
        &mut self,
        status: DeploymentStatus,
        reason: Option<String>,
        now: VirtualTime,
    ) {
        self.status = status;
        self.status_reason = reason;
        self.finished_at = Some(now);
        self.updated_at = now;
        self.visibility = Visibility::Shown;
        self.steps.clear();
    }

    /// The element of ListServiceDeployments.
    pub(crate) fn brief_to_wire(&self, service: &Service) -> Value {
        let mut wire = json!({
            "serviceDeploymentArn": self.arn,
            "serviceArn": service.arn.to_string(),
            "clusterArn": service.arn.cluster_arn(),
            "createdAt": self.created_at.to_wire(),
            "targetServiceRevisionArn": service.revisions[self.target].arn,
            "status": self.status.as_str(),
        });
        set(&mut wire, "statusReason", self.status_reason.as_deref());
        set(
            &mut wire,
            "startedAt",
            self.started_at.map(VirtualTime::to_wire),
        );
        set(
            &mut wire,
            "finishedAt",
            self.finished_at.map(VirtualTime::to_wire),
        );
        wire
    }

    /// The element of DescribeServiceDeployments.
    pub(crate) fn to_wire(&self, service: &Service) -> Value {
        let mut wire = json!({
            "serviceDeploymentArn": self.arn,
            "serviceArn": service.arn.to_string(),
            "clusterArn": service.arn.cluster_arn(),
            "createdAt": self.created_at.to_wire(),
            "updatedAt": self.updated_at.to_wire(),
            "status": self.status.as_str(),
            "sourceServiceRevisions": self
                .source
                .iter()
                .map(|source| revision_summary(service, *source))
                .collect::<Vec<_>>(),
            "targetServiceRevision": revision_summary(service, self.target),
            "deploymentConfiguration": deployment_configuration(service),
            "deploymentCircuitBreaker": {
                "status": self.circuit_breaker(),
                "failureCount": self.failed_tasks,
                "threshold": THRESHOLD,
            },
            "alarms": self.alarms(service),
        });
        set(&mut wire, "statusReason", self.status_reason.as_deref());
        set(&mut wire, "lifecycleStage", self.stage.map(Stage::as_str));
        set(
            &mut wire,
            "startedAt",
            self.started_at.map(VirtualTime::to_wire),
        );
        set(
            &mut wire,
            "finishedAt",
            self.finished_at.map(VirtualTime::to_wire),
        );
        let stopped = (self.status == DeploymentStatus::Stopped).then_some(self.finished_at);
        set(
            &mut wire,
            "stoppedAt",
            stopped.flatten().map(VirtualTime::to_wire),
        );
        set(&mut wire, "rollback", self.rollback_to_wire(service));
        wire
    }

    fn circuit_breaker(&self) -> &'static str {
        let triggered = self.failed_tasks >= THRESHOLD;
        if triggered {
            "TRIGGERED"
        } else if self.status.is_running() {
            "MONITORING"
        } else {
            "MONITORING_COMPLETE"
        }
    }

    fn alarms(&self, service: &Service) -> Value {
        let name = service.alarm_name();
        let triggered = self
            .rollback
            .as_ref()
            .is_some_and(|rollback| rollback.trigger == Trigger::Alarm);
        let status = if triggered {
            "TRIGGERED"
        } else if self.status.is_running() {
            "MONITORING"
        } else {
            "MONITORING_COMPLETE"
        };
        let triggered_names: Vec<&str> = triggered.then_some(name.as_str()).into_iter().collect();
        json!({ "status": status, "alarmNames": [name], "triggeredAlarmNames": triggered_names })
    }

    fn rollback_to_wire(&self, service: &Service) -> Option<Value> {
        let rollback = self.rollback.as_ref()?;
        let mut wire = json!({
            "reason": rollback.reason,
            "startedAt": rollback.started_at.to_wire(),
        });
        let source = self.source.map(|source| &service.revisions[source].arn);
        set(&mut wire, "serviceRevisionArn", source.map(String::as_str));
        Some(wire)
    }
}

fn revision_summary(service: &Service, index: usize) -> Value {
    let revision = &service.revisions[index];
    json!({
        "arn": revision.arn,
        "requestedTaskCount": revision.tasks.requested,
        "runningTaskCount": revision.tasks.running,
        "pendingTaskCount": revision.tasks.pending,
        "requestedProductionTrafficWeight": f64::from(revision.weight),
    })
}

/// Express chooses this for every service, and nobody can change it.
pub(crate) fn deployment_configuration(service: &Service) -> Value {
    json!({
        "strategy": "CANARY",
        "maximumPercent": 200,
        "minimumHealthyPercent": 100,
        "deploymentCircuitBreaker": { "enable": true, "rollback": true },
        "canaryConfiguration": { "canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3 },
        "bakeTimeInMinutes": 3,
        "alarms": { "alarmNames": [service.alarm_name()], "enable": true, "rollback": true },
    })
}

/// Sets a member where there is a value; an absent member is not written at all.
pub(crate) fn set<T: Into<Value>>(wire: &mut Value, member: &str, value: Option<T>) {
    if let Some(value) = value {
        wire[member] = value.into();
    }
}

//! Deployments as ListServiceDeployments and DescribeServiceDeployments show them.

use serde_json::{Value, json};

use crate::model::{
    api::answer::set_member,
    clock::VirtualTime,
    deployments::{
        deployment::{Deployment, DeploymentStatus},
        timeline::{Stage, Trigger},
    },
    services::service::Service,
};

/// The number of failed tasks at which the circuit breaker opens.
const THRESHOLD: u32 = 3;

impl Deployment {
    /// Returns an element of ListServiceDeployments.
    pub(crate) fn brief_to_wire(&self, service: &Service) -> Value {
        let mut wire = json!({
            "serviceDeploymentArn": self.arn,
            "serviceArn": service.arn.to_string(),
            "clusterArn": service.arn.cluster_arn(),
            "createdAt": self.created_at.to_wire(),
            "targetServiceRevisionArn": service.revisions[self.target].arn,
            "status": self.status.as_str(),
        });
        set_member(&mut wire, "statusReason", self.status_reason.as_deref());
        set_member(
            &mut wire,
            "startedAt",
            self.started_at.map(VirtualTime::to_wire),
        );
        set_member(
            &mut wire,
            "finishedAt",
            self.finished_at.map(VirtualTime::to_wire),
        );
        wire
    }

    /// Returns an element of DescribeServiceDeployments.
    pub(crate) fn to_wire(&self, service: &Service) -> Value {
        let mut wire = json!({
            "serviceDeploymentArn": self.arn,
            "serviceArn": service.arn.to_string(),
            "clusterArn": service.arn.cluster_arn(),
            "createdAt": self.created_at.to_wire(),
            "updatedAt": self.updated_at.to_wire(),
            "status": self.status.as_str(),
            "targetServiceRevision": revision_summary(service, self.target),
            "deploymentConfiguration": deployment_configuration(service),
            "deploymentCircuitBreaker": {
                "status": self.circuit_breaker(),
                "failureCount": self.failed_tasks,
                "threshold": THRESHOLD,
            },
            "alarms": self.alarms(service),
        });
        // ECS omits the member in a first deployment, and clients rely on that.
        let source = self.source.map(|source| revision_summary(service, source));
        set_member(
            &mut wire,
            "sourceServiceRevisions",
            source.map(|source| vec![source]),
        );
        set_member(&mut wire, "statusReason", self.status_reason.as_deref());
        set_member(&mut wire, "lifecycleStage", self.stage.map(Stage::as_str));
        set_member(
            &mut wire,
            "startedAt",
            self.started_at.map(VirtualTime::to_wire),
        );
        set_member(
            &mut wire,
            "finishedAt",
            self.finished_at.map(VirtualTime::to_wire),
        );
        let stopped = (self.status == DeploymentStatus::Stopped).then_some(self.finished_at);
        set_member(
            &mut wire,
            "stoppedAt",
            stopped.flatten().map(VirtualTime::to_wire),
        );
        set_member(&mut wire, "rollback", self.rollback_to_wire(service));
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
        set_member(&mut wire, "serviceRevisionArn", source.map(String::as_str));
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

/// Returns the deployment configuration, which Express sets and customers cannot change.
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

//! Answers of ECS and STS from JSON, in the types of the core. A test compares them with those of the adapter on the SDK.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use ecs_express_operator::{
    api::status::{DeploymentStatus, ManagedResource},
    core::{
        decide::requests::CreateRequest,
        desired::{
            configuration::{Configuration, Container, Logs, Network, Scaling},
            identity::Caller,
            redacted::Redacted,
        },
        observed::{
            failure::{Effect, Failure, FailureKind},
            service::{
                Management, Missing, Observed, Read, Revision, Service, StatusCode, TaskCounts,
                endpoint_url,
            },
        },
        redaction::redact::Redactor,
    },
    ecs::{Created, ServiceFacts, ServiceRecord, Updated, classify::operation},
};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use serde_json::Value;

use super::failures::incomplete;

/// The answer of GetCallerIdentity.
pub fn caller(answer: &Value) -> Result<Caller, Failure> {
    let account = filled(&answer["Account"]);
    let partition = answer["Arn"].as_str().and_then(|arn| arn.split(':').nth(1));
    match (account, partition) {
        (Some(account), Some(partition)) => Ok(Caller {
            partition: partition.to_owned(),
            account,
        }),
        _ => Err(incomplete(
            operation::CALLER,
            "the answer has no account or no ARN",
        )),
    }
}

/// The answer of DescribeExpressGatewayService.
pub fn observed(answer: &Value, redactor: &Redactor) -> Observed {
    let unreadable = |what| Observed::Unreadable(incomplete(operation::DESCRIBE, what));
    if !answer.is_object() {
        return unreadable("the answer has no service");
    }
    let code = match answer["status"]["statusCode"].as_str() {
        Some("INACTIVE") => return Observed::Missing(Missing::Inactive),
        Some("ACTIVE") => StatusCode::Active,
        Some("DRAINING") => StatusCode::Draining,
        Some(other) => StatusCode::Other(other.to_owned()),
        None => return unreadable("the answer has no status code"),
    };
    let Some(arn) = answer["serviceArn"]
        .as_str()
        .and_then(|arn| arn.parse().ok())
    else {
        return unreadable("the answer has no valid service ARN");
    };
    let mut seen = BTreeSet::new();
    let revisions: Vec<Revision> = elements(&answer["activeConfigurations"])
        .map(revision)
        .filter(|revision| !revision.arn.is_empty() && seen.insert(revision.arn.clone()))
        .collect();
    let mut redactor = redactor.clone();
    for revision in &revisions {
        redactor.hide(&revision.configuration);
    }
    Observed::Present(Box::new(Service {
        arn,
        code,
        reason: free_text(&answer["status"]["statusReason"], &redactor),
        infrastructure_role_arn: filled(&answer["infrastructureRoleArn"]),
        current_deployment: filled(&answer["currentDeployment"]),
        revisions,
        tags: tags(&answer["tags"]),
        created_at: whole_seconds(&answer["createdAt"]),
        management: Read::Skipped,
        counts: Read::Skipped,
        deployments: Read::Skipped,
        managed_resources: Read::Skipped,
    }))
}

fn revision(answer: &Value) -> Revision {
    let container_answer = &answer["primaryContainer"];
    let network = &answer["networkConfiguration"];
    let scaling = &answer["scalingTarget"];
    Revision {
        arn: filled(&answer["serviceRevisionArn"]).unwrap_or_default(),
        created_at: timestamp(&answer["createdAt"]),
        configuration: Configuration {
            execution_role_arn: filled(&answer["executionRoleArn"]),
            task_role_arn: filled(&answer["taskRoleArn"]),
            task_definition_arn: filled(&answer["taskDefinitionArn"]),
            container: filled(&container_answer["image"])
                .map(|image| container(image, container_answer)),
            health_check_path: filled(&answer["healthCheckPath"]),
            network: Network {
                security_groups: texts(&network["securityGroups"]).collect(),
                subnets: texts(&network["subnets"]).collect(),
            },
            cpu: filled(&answer["cpu"]),
            memory: filled(&answer["memory"]),
            cpu_architecture: filled(&answer["cpuArchitecture"]),
            scaling: Scaling {
                min_task_count: number(&scaling["minTaskCount"]),
                max_task_count: number(&scaling["maxTaskCount"]),
                metric: filled(&scaling["autoScalingMetric"]),
                target_value: number(&scaling["autoScalingTargetValue"]),
            },
        },
        endpoints: endpoints(&answer["ingressPaths"]),
    }
}

fn container(image: String, answer: &Value) -> Container {
    let logs = &answer["awsLogsConfiguration"];
    let named = |list: &Value, member: &str| {
        elements(list)
            .filter_map(|one| {
                let name = one["name"].as_str()?.to_owned();
                let value = one[member].as_str().unwrap_or_default();
                Some((name, Redacted::new(value)))
            })
            .collect()
    };
    Container {
        image,
        container_port: number(&answer["containerPort"]),
        logs: logs.is_object().then(|| Logs {
            group: logs["logGroup"].as_str().unwrap_or_default().to_owned(),
            stream_prefix: logs["logStreamPrefix"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }),
        credentials: filled(&answer["repositoryCredentials"]["credentialsParameter"]),
        command: texts(&answer["command"]).map(Redacted::new).collect(),
        environment: named(&answer["environment"], "value"),
        secrets: named(&answer["secrets"], "valueFrom"),
    }
}

/// The endpoints with their scheme, each once, public ones first.
fn endpoints(answer: &Value) -> Vec<String> {
    let mut paths: Vec<_> = elements(answer)
        .filter_map(|path| {
            let url = endpoint_url(&filled(&path["endpoint"])?);
            Some((path["accessType"] != "PUBLIC", url))
        })
        .collect();
    paths.sort_by_key(|(private, _)| *private);
    let mut seen = BTreeSet::new();
    paths
        .into_iter()
        .map(|(_, url)| url)
        .filter(|url| seen.insert(url.clone()))
        .collect()
}

/// Tags by key.
pub fn tags(answer: &Value) -> BTreeMap<String, String> {
    elements(answer)
        .filter_map(|tag| {
            let key = tag["key"].as_str()?.to_owned();
            Some((key, tag["value"].as_str().unwrap_or_default().to_owned()))
        })
        .collect()
}

/// The answer of DescribeServices for one service.
pub fn service_record(answer: &Value, redactor: &Redactor) -> Result<ServiceRecord, Failure> {
    let Some(service) = elements(&answer["services"]).next() else {
        return match elements(&answer["failures"]).next() {
            Some(failure) if failure["reason"] == "MISSING" => Ok(ServiceRecord::Missing),
            Some(failure) => Err(listed(
                operation::SERVICES,
                FailureKind::Refused,
                failure,
                redactor,
            )),
            None => Err(incomplete(
                operation::SERVICES,
                "the answer has neither services nor failures",
            )),
        };
    };
    if service["status"] == "INACTIVE" {
        return Ok(ServiceRecord::Inactive);
    }
    let count = |member: &str| number(&service[member]).unwrap_or_default();
    Ok(ServiceRecord::Live(ServiceFacts {
        management: if service["resourceManagementType"] == "CUSTOMER" {
            Management::Customer
        } else {
            Management::Express
        },
        counts: TaskCounts {
            desired: count("desiredCount"),
            running: count("runningCount"),
            pending: count("pendingCount"),
        },
        created_at: whole_seconds(&service["createdAt"]),
    }))
}

/// The answer of ListServiceDeployments, the newest first.
pub fn deployments(answer: &Value, redactor: &Redactor) -> Vec<DeploymentStatus> {
    let mut briefs: Vec<_> = elements(&answer["serviceDeployments"]).collect();
    briefs.sort_by_key(|brief| Reverse(timestamp(&brief["createdAt"])));
    briefs
        .into_iter()
        .map(|brief| DeploymentStatus {
            arn: filled(&brief["serviceDeploymentArn"]),
            status: filled(&brief["status"]),
            stage: None,
            target_revision: filled(&brief["targetServiceRevisionArn"]),
            reason: free_text(&brief["statusReason"], redactor),
            started_at: status_time(&brief["startedAt"])
                .or_else(|| status_time(&brief["createdAt"])),
            finished_at: status_time(&brief["finishedAt"]),
        })
        .collect()
}

/// The deployments that need more than the list: those in progress, and a last one that failed without a reason.
pub fn to_describe(deployments: &[DeploymentStatus]) -> Vec<String> {
    let needed = |(place, deployment): &(usize, &DeploymentStatus)| match deployment
        .status
        .as_deref()
        .unwrap_or_default()
    {
        "SUCCESSFUL" => false,
        "STOPPED" | "ROLLBACK_SUCCESSFUL" | "ROLLBACK_FAILED" => {
            *place == 0 && deployment.reason.is_none()
        }
        _ => true,
    };
    deployments
        .iter()
        .enumerate()
        .filter(needed)
        .filter_map(|(_, deployment)| deployment.arn.clone())
        .take(5)
        .collect()
}

/// Adds the answer of DescribeServiceDeployments.
pub fn complete(deployments: &mut [DeploymentStatus], answer: &Value, redactor: &Redactor) {
    for deployment in deployments {
        let arn = deployment.arn.clone();
        let detail = elements(&answer["serviceDeployments"])
            .find(|detail| arn.is_some() && filled(&detail["serviceDeploymentArn"]) == arn);
        let Some(detail) = detail else { continue };
        let replace = |value: &mut Option<String>, member: &Value| {
            if let Some(new) = filled(member) {
                *value = Some(new);
            }
        };
        replace(&mut deployment.status, &detail["status"]);
        replace(&mut deployment.stage, &detail["lifecycleStage"]);
        replace(
            &mut deployment.target_revision,
            &detail["targetServiceRevision"]["arn"],
        );
        let alarms: Vec<_> = texts(&detail["alarms"]["triggeredAlarmNames"]).collect();
        let alarms = if !alarms.is_empty() {
            Value::from(format!("alarms went off: {}", alarms.join(", ")))
        } else {
            Value::default()
        };
        let reason = free_text(&detail["statusReason"], redactor)
            .or_else(|| free_text(&detail["rollback"]["reason"], redactor))
            .or_else(|| free_text(&alarms, redactor));
        deployment.reason = reason.or(deployment.reason.take());
        deployment.started_at = status_time(&detail["startedAt"]).or(deployment.started_at.take());
        deployment.finished_at = status_time(&detail["finishedAt"])
            .or_else(|| status_time(&detail["stoppedAt"]))
            .or(deployment.finished_at.take());
    }
}

/// The answer of DescribeServiceRevisions for one revision, sorted.
pub fn managed_resources(
    answer: &Value,
    redactor: &Redactor,
) -> Result<Vec<ManagedResource>, Failure> {
    let Some(revision) = elements(&answer["serviceRevisions"]).next() else {
        return Err(match elements(&answer["failures"]).next() {
            Some(failure) => {
                let kind = if failure["reason"] == "MISSING" {
                    FailureKind::NotFound
                } else {
                    FailureKind::Refused
                };
                listed(operation::REVISIONS, kind, failure, redactor)
            }
            None => incomplete(
                operation::REVISIONS,
                "the answer has neither revisions nor failures",
            ),
        });
    };
    let all = &revision["ecsManagedResources"];
    let mut found = Vec::new();
    let mut add = |kind: &str, one: &Value, name: &str| {
        if one.is_object() {
            found.push(ManagedResource {
                r#type: kind.to_owned(),
                arn: filled(&one["arn"]).or_else(|| filled(&one[name])),
                status: filled(&one["status"]),
                reason: free_text(&one["statusReason"], redactor),
            });
        }
    };
    for path in elements(&all["ingressPaths"]) {
        add("LoadBalancer", &path["loadBalancer"], "");
        for group in elements(&path["loadBalancerSecurityGroups"]) {
            add("LoadBalancerSecurityGroup", group, "");
        }
        add("Certificate", &path["certificate"], "domainName");
        add("Listener", &path["listener"], "");
        add("ListenerRule", &path["rule"], "");
        for group in elements(&path["targetGroups"]) {
            add("TargetGroup", group, "");
        }
    }
    let scaling = &all["autoScaling"];
    add("ScalableTarget", &scaling["scalableTarget"], "");
    for policy in elements(&scaling["applicationAutoScalingPolicies"]) {
        add("ScalingPolicy", policy, "");
    }
    for alarm in elements(&all["metricAlarms"]) {
        add("Alarm", alarm, "");
    }
    for group in elements(&all["serviceSecurityGroups"]) {
        add("ServiceSecurityGroup", group, "");
    }
    for group in elements(&all["logGroups"]) {
        add("LogGroup", group, "logGroupName");
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The answer of CreateExpressGatewayService.
pub fn created(answer: &Value, request: &CreateRequest) -> Created {
    let answered = tags(&answer["tags"]);
    let mut owner = request
        .tags
        .iter()
        .filter(|(key, _)| key.starts_with("ecs-express.dev/"))
        .peekable();
    Created {
        created_at: whole_seconds(&answer["createdAt"]),
        tagged: owner.peek().is_some()
            && owner.all(|(key, value)| answered.get(key) == Some(value)),
    }
}

/// The answer of UpdateExpressGatewayService.
pub fn updated(answer: &Value) -> Updated {
    Updated {
        revision: filled(&answer["targetConfiguration"]["serviceRevisionArn"]),
    }
}

fn listed(
    operation: &'static str,
    kind: FailureKind,
    failure: &Value,
    redactor: &Redactor,
) -> Failure {
    Failure {
        operation,
        kind,
        effect: Effect::None,
        code: failure["reason"].as_str().unwrap_or("UNKNOWN").to_owned(),
        message: redactor.show(failure["detail"].as_str().unwrap_or_default()),
    }
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn texts(list: &Value) -> impl Iterator<Item = String> {
    elements(list).filter_map(|one| one.as_str().map(str::to_owned))
}

fn number(value: &Value) -> Option<i32> {
    value.as_i64().and_then(|number| number.try_into().ok())
}

fn filled(value: &Value) -> Option<String> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn free_text(value: &Value, redactor: &Redactor) -> Option<String> {
    filled(value).map(|text| redactor.show(&text).into())
}

/// A time of ECS: seconds since 1970 with a fraction, of which milliseconds count.
fn timestamp(value: &Value) -> Option<Timestamp> {
    let milliseconds = (value.as_f64()? * 1000.0).round();
    Timestamp::from_millisecond(milliseconds as i64).ok()
}

fn whole_seconds(value: &Value) -> Option<Timestamp> {
    Timestamp::from_second(timestamp(value)?.as_second()).ok()
}

fn status_time(value: &Value) -> Option<Time> {
    whole_seconds(value).map(Time)
}

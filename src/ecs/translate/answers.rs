//! Answers of ECS about a service.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{
    self, AccessType, EcsExpressGatewayService, ExpressGatewayContainer,
    ExpressGatewayScalingTarget, ExpressGatewayServiceConfiguration,
    ExpressGatewayServiceNetworkConfiguration, IngressPathSummary, ResourceManagementType,
    UpdatedExpressGatewayService,
};

use super::{LONGEST_WORD, cut, filled, free_text, is_about, timestamp, whole_seconds};
use crate::{
    core::{
        decide::requests::CreateRequest,
        desired::{
            configuration::{Configuration, Container, Logs, Network, Scaling},
            identity::ServiceArn,
            owner_tags,
            redacted::Redacted,
        },
        observed::{
            failure::{Failure, FailureKind},
            service::{
                Management, Missing, Observed, Read, Revision, Service, StatusCode, TaskCounts,
                endpoint_url,
            },
        },
        redaction::redact::Redactor,
    },
    ecs::{
        Created, ServiceFacts, ServiceRecord, Updated,
        classify::operation,
        sdk_error::{incomplete, listed},
    },
};

/// `statusCode` of a deleted service; also `status` of an ordinary one.
const INACTIVE: &str = "INACTIVE";
/// `failures[].reason` of a resource that ECS does not know, or not yet.
pub(super) const MISSING: &str = "MISSING";

/// The answer of DescribeExpressGatewayService about a service. One that lacks a member that every service has, or that
/// is about another service, is unreadable.
pub(in crate::ecs) fn observed(
    answer: Option<&EcsExpressGatewayService>,
    arn: &ServiceArn,
    redactor: &Redactor,
) -> Observed {
    match answer {
        Some(answer) => match service(answer, arn, redactor) {
            Ok(Some(service)) => Observed::Present(Box::new(service)),
            Ok(None) => Observed::Missing(Missing::Inactive),
            Err(what) => Observed::Unreadable(incomplete(operation::DESCRIBE, what)),
        },
        None => Observed::Unreadable(incomplete(operation::DESCRIBE, "the answer has no service")),
    }
}

/// Returns `None` for an INACTIVE service.
fn service(
    answer: &EcsExpressGatewayService,
    arn: &ServiceArn,
    redactor: &Redactor,
) -> Result<Option<Service>, &'static str> {
    // An absence of another service is none of this one.
    if !is_about(answer.service_arn(), arn) {
        return Err("the answer is about another service");
    }
    let status = answer.status();
    let code = status.and_then(|status| status.status_code());
    let code = match code.map(types::ExpressGatewayServiceStatusCode::as_str) {
        Some(INACTIVE) => return Ok(None),
        Some("ACTIVE") => StatusCode::Active,
        Some("DRAINING") => StatusCode::Draining,
        Some(other) => StatusCode::Other(cut(other, LONGEST_WORD)),
        None => return Err("the answer has no status code"),
    };
    if answer.service_arn().is_none() {
        return Err("the answer has no service ARN");
    }
    let revisions = revisions(answer.active_configurations());
    let mut redactor = redactor.clone();
    for revision in &revisions {
        redactor.hide(&revision.configuration);
    }
    Ok(Some(Service {
        arn: arn.clone(),
        code,
        reason: free_text(status.and_then(|status| status.status_reason()), &redactor),
        infrastructure_role_arn: filled(answer.infrastructure_role_arn()),
        current_deployment: filled(answer.current_deployment()),
        revisions,
        tags: tags(answer.tags()),
        created_at: whole_seconds(answer.created_at()),
        management: Read::Skipped,
        counts: Read::Skipped,
        deployments: Read::Skipped,
        managed_resources: Read::Skipped,
    }))
}

/// The revisions, each once. One without an ARN cannot be distinguished from others, and does not count yet.
fn revisions(answer: &[ExpressGatewayServiceConfiguration]) -> Vec<Revision> {
    let mut seen = BTreeSet::new();
    answer
        .iter()
        .map(revision)
        .filter(|revision| !revision.arn.is_empty() && seen.insert(revision.arn.clone()))
        .collect()
}

fn revision(answer: &ExpressGatewayServiceConfiguration) -> Revision {
    Revision {
        arn: answer.service_revision_arn().unwrap_or_default().to_owned(),
        // With its fraction, which decides which revision is the newest.
        created_at: timestamp(answer.created_at()),
        configuration: Configuration {
            execution_role_arn: filled(answer.execution_role_arn()),
            task_role_arn: filled(answer.task_role_arn()),
            task_definition_arn: filled(answer.task_definition_arn()),
            // A container without an image does not count yet.
            container: answer
                .primary_container()
                .filter(|container| !container.image().is_empty())
                .map(container),
            health_check_path: filled(answer.health_check_path()),
            network: answer
                .network_configuration()
                .map(network)
                .unwrap_or_default(),
            cpu: filled(answer.cpu()),
            memory: filled(answer.memory()),
            cpu_architecture: filled(
                answer
                    .cpu_architecture()
                    .map(aws_sdk_ecs::types::ExpressCpuArchitecture::as_str),
            ),
            scaling: answer.scaling_target().map(scaling).unwrap_or_default(),
        },
        endpoints: endpoints(answer.ingress_paths()),
    }
}

fn container(answer: &ExpressGatewayContainer) -> Container {
    let environment = answer.environment().iter().filter_map(|variable| {
        let value = Redacted::new(variable.value().unwrap_or_default());
        Some((variable.name()?.to_owned(), value))
    });
    let secrets = answer
        .secrets()
        .iter()
        .map(|secret| (secret.name().to_owned(), Redacted::new(secret.value_from())));
    Container {
        image: answer.image().to_owned(),
        container_port: answer.container_port(),
        logs: answer.aws_logs_configuration().map(|logs| Logs {
            group: logs.log_group().to_owned(),
            stream_prefix: logs.log_stream_prefix().to_owned(),
        }),
        credentials: answer
            .repository_credentials()
            .and_then(|credentials| filled(credentials.credentials_parameter())),
        command: answer.command().iter().map(Redacted::new).collect(),
        environment: environment.collect(),
        secrets: secrets.collect(),
    }
}

fn network(answer: &ExpressGatewayServiceNetworkConfiguration) -> Network {
    Network {
        security_groups: answer.security_groups().iter().cloned().collect(),
        subnets: answer.subnets().iter().cloned().collect(),
    }
}

fn scaling(answer: &ExpressGatewayScalingTarget) -> Scaling {
    Scaling {
        min_task_count: answer.min_task_count(),
        max_task_count: answer.max_task_count(),
        metric: filled(
            answer
                .auto_scaling_metric()
                .map(aws_sdk_ecs::types::ExpressGatewayServiceScalingMetric::as_str),
        ),
        target_value: answer.auto_scaling_target_value(),
    }
}

/// The endpoints with their scheme, each once, public ones first.
fn endpoints(answer: &[IngressPathSummary]) -> Vec<String> {
    let public = AccessType::Public.as_str();
    let (first, then): (Vec<_>, Vec<_>) = answer
        .iter()
        .filter(|path| !path.endpoint().is_empty())
        .partition(|path| path.access_type().as_str() == public);
    let mut seen = BTreeSet::new();
    first
        .into_iter()
        .chain(then)
        .map(|path| endpoint_url(path.endpoint()))
        .filter(|url| seen.insert(url.clone()))
        .collect()
}

/// Tags by key.
pub(in crate::ecs) fn tags(answer: &[types::Tag]) -> BTreeMap<String, String> {
    answer
        .iter()
        .filter_map(|tag| {
            let value = tag.value().unwrap_or_default();
            Some((tag.key()?.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The answer of DescribeServices for one service.
pub(in crate::ecs) fn service_record(
    services: &[types::Service],
    failures: &[types::Failure],
    arn: &ServiceArn,
    redactor: &Redactor,
) -> Result<ServiceRecord, Failure> {
    let refused = FailureKind::Refused;
    let Some(service) = services.first() else {
        return match failures.first() {
            Some(failure) if failure.reason() == Some(MISSING) => Ok(ServiceRecord::Missing),
            Some(failure) => Err(listed(operation::SERVICES, refused, failure, redactor)),
            None => Err(incomplete(
                operation::SERVICES,
                "the answer has neither services nor failures",
            )),
        };
    };
    if !is_about(service.service_arn(), arn) {
        let what = "the answer is about another service";
        return Err(incomplete(operation::SERVICES, what));
    }
    if service.status() == Some(INACTIVE) {
        return Ok(ServiceRecord::Inactive);
    }
    Ok(ServiceRecord::Live(ServiceFacts {
        management: management(service.resource_management_type()),
        counts: TaskCounts {
            desired: service.desired_count(),
            running: service.running_count(),
            pending: service.pending_count(),
        },
        created_at: whole_seconds(service.created_at()),
    }))
}

fn management(answer: Option<&ResourceManagementType>) -> Management {
    let customer = ResourceManagementType::Customer.as_str();
    if answer.is_some_and(|answer| answer.as_str() == customer) {
        Management::Customer
    } else {
        Management::Express
    }
}

/// The answer of CreateExpressGatewayService.
pub(in crate::ecs) fn created(
    answer: Option<&EcsExpressGatewayService>,
    request: &CreateRequest,
) -> Created {
    let answer = answer.filter(|service| is_about(service.service_arn(), &request.arn));
    let answered = answer
        .map(|service| tags(service.tags()))
        .unwrap_or_default();
    let owner: Vec<_> = request
        .tags
        .iter()
        .filter(|(key, _)| key.starts_with(owner_tags::PREFIX))
        .collect();
    Created {
        created_at: whole_seconds(answer.and_then(|service| service.created_at())),
        tagged: !owner.is_empty()
            && owner
                .iter()
                .all(|(key, value)| answered.get(*key) == Some(*value)),
    }
}

/// The answer of UpdateExpressGatewayService.
pub(in crate::ecs) fn updated(
    answer: Option<&UpdatedExpressGatewayService>,
    arn: &ServiceArn,
) -> Updated {
    let answer = answer.filter(|service| is_about(service.service_arn(), arn));
    let target = answer.and_then(|service| service.target_configuration());
    Updated {
        revision: filled(target.and_then(|target| target.service_revision_arn())),
    }
}

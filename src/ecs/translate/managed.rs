//! Answers of ECS about the resources that it manages for a revision.

use aws_sdk_ecs::types::{
    self, EcsManagedResources, ManagedAutoScaling, ManagedIngressPath, ManagedResourceStatus,
    ServiceRevision,
};

use super::{answers::MISSING, filled, free_text, word};
use crate::{
    api::status::ManagedResource,
    core::{
        observed::{
            failure::{Failure, FailureKind},
            managed_resources::SERVICE_SECURITY_GROUP,
        },
        redaction::redact::Redactor,
    },
    ecs::{
        classify::operation,
        sdk_error::{incomplete, listed},
    },
};

/// Converts a resource of one of the SDK's types, all of which have these members.
macro_rules! resource {
    ($type:expr, $resource:expr, $redactor:expr) => {
        resource!($type, $resource, None, $redactor)
    };
    ($type:expr, $resource:expr, $name:expr, $redactor:expr) => {
        resource(
            $type,
            $resource.arn().or($name),
            $resource.status(),
            free_text($resource.status_reason(), $redactor),
        )
    };
}

/// The answer of DescribeServiceRevisions for the revision with this ARN. A revision that ECS does not know, or not yet, is a
/// failure, not a revision without resources.
pub(in crate::ecs) fn resources(
    revisions: &[ServiceRevision],
    failures: &[types::Failure],
    arn: &str,
    redactor: &Redactor,
) -> Result<Vec<ManagedResource>, Failure> {
    let Some(revision) = revisions.first() else {
        return Err(match failures.first() {
            Some(failure) if failure.reason() == Some(MISSING) => listed(
                operation::REVISIONS,
                FailureKind::NotFound,
                failure,
                redactor,
            ),
            Some(failure) => listed(
                operation::REVISIONS,
                FailureKind::Refused,
                failure,
                redactor,
            ),
            None => incomplete(
                operation::REVISIONS,
                "the answer has neither revisions nor failures",
            ),
        });
    };
    if revision
        .service_revision_arn()
        .is_some_and(|answered| answered != arn)
    {
        let what = "the answer is about another revision";
        return Err(incomplete(operation::REVISIONS, what));
    }
    let mut found = revision
        .ecs_managed_resources()
        .map(|all| flattened(all, redactor))
        .unwrap_or_default();
    found.sort();
    found.dedup();
    Ok(bounded(found))
}

/// Number of resources to keep: several times what ECS creates for a service.
const MAX_RESOURCES: usize = 100;

/// Drops resources beyond [`MAX_RESOURCES`], and says how many. Failed ones and the service's security groups, on which
/// decisions depend, come first.
fn bounded(found: Vec<ManagedResource>) -> Vec<ManagedResource> {
    if found.len() <= MAX_RESOURCES {
        return found;
    }
    let matters = |it: &ManagedResource| it.has_failed() || it.r#type == SERVICE_SECURITY_GROUP;
    let (mut kept, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(matters);
    let all = kept.len() + rest.len();
    kept.extend(rest);
    kept.truncate(MAX_RESOURCES);
    kept.push(ManagedResource {
        r#type: "Other".to_owned(),
        reason: Some(format!(
            "ECS reports {} more resources",
            all - MAX_RESOURCES
        )),
        ..ManagedResource::default()
    });
    kept.sort();
    kept
}

fn flattened(all: &EcsManagedResources, redactor: &Redactor) -> Vec<ManagedResource> {
    let mut found: Vec<_> = all
        .ingress_paths()
        .iter()
        .flat_map(|path| ingress(path, redactor))
        .collect();
    found.extend(
        all.auto_scaling()
            .into_iter()
            .flat_map(|all| scaling(all, redactor)),
    );
    found.extend(
        all.metric_alarms()
            .iter()
            .map(|it| resource!("Alarm", it, redactor)),
    );
    let groups = all.service_security_groups().iter();
    found.extend(groups.map(|it| resource!(SERVICE_SECURITY_GROUP, it, redactor)));
    let groups = all.log_groups().iter();
    found.extend(groups.map(|it| resource!("LogGroup", it, Some(it.log_group_name()), redactor)));
    found
}

fn ingress(path: &ManagedIngressPath, redactor: &Redactor) -> Vec<ManagedResource> {
    let mut found = Vec::new();
    found.extend(
        path.load_balancer()
            .map(|it| resource!("LoadBalancer", it, redactor)),
    );
    let groups = path.load_balancer_security_groups().iter();
    found.extend(groups.map(|it| resource!("LoadBalancerSecurityGroup", it, redactor)));
    let certificate = path.certificate();
    found.extend(
        certificate.map(|it| resource!("Certificate", it, Some(it.domain_name()), redactor)),
    );
    found.extend(
        path.listener()
            .map(|it| resource!("Listener", it, redactor)),
    );
    found.extend(
        path.rule()
            .map(|it| resource!("ListenerRule", it, redactor)),
    );
    let groups = path.target_groups().iter();
    found.extend(groups.map(|it| resource!("TargetGroup", it, redactor)));
    found
}

fn scaling(all: &ManagedAutoScaling, redactor: &Redactor) -> Vec<ManagedResource> {
    let target = all.scalable_target();
    let policies = all.application_auto_scaling_policies().iter();
    target
        .map(|it| resource!("ScalableTarget", it, redactor))
        .into_iter()
        .chain(policies.map(|it| resource!("ScalingPolicy", it, redactor)))
        .collect()
}

fn resource(
    r#type: &str,
    arn_or_name: Option<&str>,
    status: &ManagedResourceStatus,
    reason: Option<String>,
) -> ManagedResource {
    ManagedResource {
        r#type: r#type.to_owned(),
        arn: filled(arn_or_name),
        status: word(Some(status.as_str())),
        reason,
    }
}

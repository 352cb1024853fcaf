//! Revisions as DescribeServiceRevisions shows them.

use serde_json::{Value, json};

use crate::model::{
    answers::managed_resources::managed_resources_to_wire,
    api::identifiers::Identifiers,
    configuration::service_configuration::Network,
    revisions::revision::Revision,
    services::service::Service,
    settings::{Settings, options::Architecture},
};

pub(crate) fn revision_to_wire(service: &Service, index: usize, settings: &Settings) -> Value {
    let revision = &service.revisions[index];
    let configuration = &revision.configuration;
    let container = &configuration.primary_container;
    let mut wire = json!({
        "serviceRevisionArn": revision.arn,
        "serviceArn": service.arn.to_string(),
        "clusterArn": service.arn.cluster_arn(),
        "taskDefinition": configuration.task_definition_arn,
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": network_to_wire(revision),
        "containerImages": [{
            "containerName": "Main",
            "image": container.image,
            "imageDigest": digest(&container.image),
        }],
        "guardDutyEnabled": false,
        "createdAt": revision.created_at.to_wire(),
        "ecsManagedResources": managed_resources_to_wire(service, index, settings),
    });
    let declared = configuration
        .cpu_architecture
        .as_deref()
        .unwrap_or("X86_64");
    let real = match settings.architecture {
        Architecture::Declared => declared,
        Architecture::X86_64 => "X86_64",
        Architecture::Arm64 => "ARM64",
    };
    if real != declared {
        wire["overrides"] = json!({ "runtimePlatform": { "cpuArchitecture": real } });
    }
    wire
}

/// Returns the `networkConfiguration` of services and revisions.
pub(crate) fn network_to_wire(revision: &Revision) -> Value {
    let Network {
        security_groups,
        subnets,
    } = &revision.configuration.network_configuration;
    json!({ "awsvpcConfiguration": {
        "subnets": subnets,
        "securityGroups": security_groups,
        "assignPublicIp": revision.access.assigns_public_ip(),
    } })
}

/// Derives an image digest from the name of the image.
fn digest(image: &str) -> String {
    format!("sha256:{}", Identifiers::derived(image).hex(64))
}

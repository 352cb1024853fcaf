//! DescribeServiceRevisions.

use serde_json::{Value, json};

use super::{
    Model,
    arn::{Caller, ServiceArn},
    batch::{ArnsRequest, limit, missing},
    choices::Architecture,
    configuration::Network,
    error::ApiError,
    managed,
    member_lag::leave_out,
    request::read,
    revision::Revision,
    service::{Service, State},
    settings::Settings,
};

impl Model {
    pub(super) fn describe_revisions(
        &mut self,
        caller: &Caller,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let request: ArnsRequest = read(body)?;
        let arns = request.service_revision_arns;
        limit("ServiceRevisionArns", &arns)?;
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        for arn in &arns {
            let owner = ServiceArn::owner(arn, "service-revision", caller)?;
            let Some(service) = self.seen(&owner) else {
                failures.push(missing(arn));
                continue;
            };
            if let State::Inactive { .. } = service.state {
                return Err(ApiError::invalid_parameter(
                    "Cannot call DescribeServiceRevisions for a service that is INACTIVE",
                ));
            }
            match service.revisions.iter().position(|known| known.arn == *arn) {
                Some(index) => {
                    let mut wire = revision_to_wire(service, index, &self.settings);
                    let created_at = service.revisions[index].created_at;
                    leave_out(
                        &mut wire["ecsManagedResources"],
                        created_at,
                        &self.settings,
                        self.now,
                    );
                    found.push(wire);
                }
                None => failures.push(missing(arn)),
            }
        }
        Ok(json!({ "serviceRevisions": found, "failures": failures }))
    }
}

fn revision_to_wire(service: &Service, index: usize, settings: &Settings) -> Value {
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
        "ecsManagedResources": managed::to_wire(service, index, settings),
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

/// `networkConfiguration` as services and revisions show it.
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

/// A digest that follows from the image's name; the same name always has the same one.
fn digest(image: &str) -> String {
    let seed = image.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!(
        "sha256:{}",
        super::identifiers::Identifiers::new(seed).hex(64)
    )
}

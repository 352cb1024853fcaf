//! Conversion of a spec into a [`Configuration`], the form in which it is compared with ECS.

use std::collections::BTreeSet;

use crate::{
    api::{
        container::PrimaryContainer,
        spec::{ExpressServiceSpec, NetworkConfiguration, ScalingTarget},
    },
    core::desired::{
        configuration::{Configuration, Container, Logs, Network, Scaling},
        redacted::Redacted,
    },
};

/// Returns the configuration that the spec sets. Fields that the spec leaves out are unset, an empty list is the same as
/// none, and an environment variable without a value is the empty text.
pub(crate) fn configuration(spec: &ExpressServiceSpec) -> Configuration {
    let ExpressServiceSpec {
        // The identity of the service, which is parsed into its ARN.
        service_name: _,
        cluster: _,
        region: _,
        // What `Desired` holds besides the configuration.
        infrastructure_role_arn: _,
        tags: _,
        deletion_policy: _,
        adoption_policy: _,
        drift_policy: _,
        suspend: _,
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        primary_container,
        health_check_path,
        network_configuration,
        cpu,
        memory,
        cpu_architecture,
        scaling_target,
    } = spec;
    Configuration {
        execution_role_arn: execution_role_arn.clone(),
        task_role_arn: task_role_arn.clone(),
        task_definition_arn: task_definition_arn.clone(),
        container: primary_container.as_ref().map(container),
        health_check_path: health_check_path.clone(),
        network: network_configuration
            .as_ref()
            .map(network)
            .unwrap_or_default(),
        cpu: cpu.clone(),
        memory: memory.clone(),
        cpu_architecture: cpu_architecture.clone(),
        scaling: scaling_target.as_ref().map(scaling).unwrap_or_default(),
    }
}

fn container(container: &PrimaryContainer) -> Container {
    let PrimaryContainer {
        image,
        container_port,
        aws_logs_configuration,
        repository_credentials,
        command,
        environment,
        secrets,
    } = container;
    Container {
        image: image.clone(),
        container_port: *container_port,
        logs: aws_logs_configuration.as_ref().map(|logs| Logs {
            group: logs.log_group.clone(),
            stream_prefix: logs.log_stream_prefix.clone(),
        }),
        credentials: repository_credentials
            .as_ref()
            .map(|credentials| credentials.credentials_parameter.clone()),
        command: command.iter().flatten().map(Redacted::new).collect(),
        environment: environment
            .iter()
            .flatten()
            .map(|variable| {
                let value = variable.value.clone().unwrap_or_default();
                (variable.name.clone(), Redacted::new(value))
            })
            .collect(),
        secrets: secrets
            .iter()
            .flatten()
            .map(|secret| (secret.name.clone(), Redacted::new(&secret.value_from)))
            .collect(),
    }
}

fn network(network: &NetworkConfiguration) -> Network {
    let NetworkConfiguration {
        security_groups,
        subnets,
    } = network;
    let set = |ids: &Option<Vec<String>>| ids.iter().flatten().cloned().collect::<BTreeSet<_>>();
    Network {
        security_groups: set(security_groups),
        subnets: set(subnets),
    }
}

fn scaling(target: &ScalingTarget) -> Scaling {
    let ScalingTarget {
        min_task_count,
        max_task_count,
        auto_scaling_metric,
        auto_scaling_target_value,
    } = target;
    Scaling {
        min_task_count: *min_task_count,
        max_task_count: *max_task_count,
        metric: auto_scaling_metric.clone(),
        target_value: *auto_scaling_target_value,
    }
}

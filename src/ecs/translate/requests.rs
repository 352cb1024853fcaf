//! Requests that change something. A field that the user left out is left out of the request.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::{
    error::BuildError,
    operation::{
        create_express_gateway_service::builders::CreateExpressGatewayServiceFluentBuilder,
        update_express_gateway_service::builders::UpdateExpressGatewayServiceFluentBuilder,
    },
    types::{
        ExpressCpuArchitecture, ExpressGatewayContainer, ExpressGatewayRepositoryCredentials,
        ExpressGatewayScalingTarget, ExpressGatewayServiceAwsLogsConfiguration,
        ExpressGatewayServiceNetworkConfiguration, ExpressGatewayServiceScalingMetric,
        KeyValuePair, Secret, Tag,
    },
};

use crate::{
    core::{
        decide::requests::{CreateRequest, UpdateRequest},
        desired::{
            configuration::{Configuration, Container, Logs, Network, Scaling},
            field::Field,
        },
        observed::failure::Failure,
    },
    ecs::{classify::operation, sdk_error::unbuildable},
};

/// The request for CreateExpressGatewayService: always with cluster and name, and without empty lists.
pub(in crate::ecs) fn create(
    builder: CreateExpressGatewayServiceFluentBuilder,
    request: &CreateRequest,
) -> Result<CreateExpressGatewayServiceFluentBuilder, Failure> {
    let CreateRequest {
        arn,
        infrastructure_role_arn,
        configuration,
        tags: wanted_tags,
    } = request;
    let Blocks {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        primary_container,
        health_check_path,
        network,
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = Blocks::of(configuration, EmptyLists::LeftOut)
        .map_err(|error| unbuildable(operation::CREATE, &error))?;
    Ok(builder
        .infrastructure_role_arn(infrastructure_role_arn)
        .cluster(&arn.cluster)
        .service_name(&arn.name)
        .set_execution_role_arn(execution_role_arn)
        .set_task_role_arn(task_role_arn)
        .set_task_definition_arn(task_definition_arn)
        .set_primary_container(primary_container)
        .set_health_check_path(health_check_path)
        .set_network_configuration(network)
        .set_cpu(cpu)
        .set_memory(memory)
        .set_cpu_architecture(cpu_architecture)
        .set_scaling_target(scaling)
        .set_tags((!wanted_tags.is_empty()).then(|| tags(wanted_tags))))
}

/// The request for UpdateExpressGatewayService: the lists of a container are explicit even if they are empty.
pub(in crate::ecs) fn update(
    builder: UpdateExpressGatewayServiceFluentBuilder,
    request: &UpdateRequest,
) -> Result<UpdateExpressGatewayServiceFluentBuilder, Failure> {
    let UpdateRequest {
        arn,
        configuration,
        cleared,
    } = request;
    let Blocks {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        primary_container,
        health_check_path,
        network,
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = Blocks::of(configuration, EmptyLists::Sent)
        .map_err(|error| unbuildable(operation::UPDATE, &error))?;
    Ok(builder
        .service_arn(arn.to_string())
        .set_execution_role_arn(execution_role_arn)
        .set_task_role_arn(task_role_arn)
        .set_task_definition_arn(task_definition_arn)
        .set_primary_container(primary_container)
        .set_health_check_path(health_check_path)
        .set_network_configuration(network.map(|network| with_cleared(network, cleared)))
        .set_cpu(cpu)
        .set_memory(memory)
        .set_cpu_architecture(cpu_architecture)
        .set_scaling_target(scaling))
}

/// Adds an explicit empty list if all security groups in force are to be removed. Only then, since it is not known
/// whether ECS accepts an empty list.
fn with_cleared(
    mut network: ExpressGatewayServiceNetworkConfiguration,
    cleared: &BTreeSet<Field>,
) -> ExpressGatewayServiceNetworkConfiguration {
    if cleared.contains(&Field::SecurityGroups) {
        network.security_groups.get_or_insert_default();
    }
    network
}

/// Tags, sorted by key.
pub(in crate::ecs) fn tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect()
}

/// How empty lists of a container are sent.
#[derive(Clone, Copy)]
enum EmptyLists {
    LeftOut,
    Sent,
}

impl EmptyLists {
    fn of<T>(self, list: Vec<T>) -> Option<Vec<T>> {
        match self {
            Self::LeftOut => some_if_filled(list),
            Self::Sent => Some(list),
        }
    }
}

fn some_if_filled<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}

/// The members that Create and Update have in common.
struct Blocks {
    execution_role_arn: Option<String>,
    task_role_arn: Option<String>,
    task_definition_arn: Option<String>,
    primary_container: Option<ExpressGatewayContainer>,
    health_check_path: Option<String>,
    network: Option<ExpressGatewayServiceNetworkConfiguration>,
    cpu: Option<String>,
    memory: Option<String>,
    cpu_architecture: Option<ExpressCpuArchitecture>,
    scaling: Option<ExpressGatewayScalingTarget>,
}

impl Blocks {
    fn of(configuration: &Configuration, empty: EmptyLists) -> Result<Self, BuildError> {
        let Configuration {
            execution_role_arn,
            task_role_arn,
            task_definition_arn,
            container: wanted_container,
            health_check_path,
            network: wanted_network,
            cpu,
            memory,
            cpu_architecture,
            scaling: wanted_scaling,
        } = configuration;
        Ok(Self {
            execution_role_arn: execution_role_arn.clone(),
            task_role_arn: task_role_arn.clone(),
            task_definition_arn: task_definition_arn.clone(),
            primary_container: wanted_container
                .as_ref()
                .map(|wanted| container(wanted, empty))
                .transpose()?,
            health_check_path: health_check_path.clone(),
            network: network(wanted_network),
            cpu: cpu.clone(),
            memory: memory.clone(),
            cpu_architecture: cpu_architecture
                .as_deref()
                .map(ExpressCpuArchitecture::from),
            scaling: scaling(wanted_scaling),
        })
    }
}

fn container(wanted: &Container, empty: EmptyLists) -> Result<ExpressGatewayContainer, BuildError> {
    let Container {
        image,
        container_port,
        logs: wanted_logs,
        credentials,
        command,
        environment,
        secrets,
    } = wanted;
    let command = command.iter().map(|word| word.reveal().to_owned());
    let environment = environment.iter().map(|(name, value)| {
        KeyValuePair::builder()
            .name(name)
            .value(value.reveal())
            .build()
    });
    let secrets = secrets
        .iter()
        .map(|(name, place)| {
            Secret::builder()
                .name(name)
                .value_from(place.reveal())
                .build()
        })
        .collect::<Result<_, _>>()?;
    ExpressGatewayContainer::builder()
        .image(image)
        .set_container_port(*container_port)
        .set_aws_logs_configuration(wanted_logs.as_ref().map(logs).transpose()?)
        .set_repository_credentials(credentials.as_ref().map(|parameter| {
            ExpressGatewayRepositoryCredentials::builder()
                .credentials_parameter(parameter)
                .build()
        }))
        .set_command(empty.of(command.collect()))
        .set_environment(empty.of(environment.collect()))
        .set_secrets(empty.of(secrets))
        .build()
}

fn logs(wanted: &Logs) -> Result<ExpressGatewayServiceAwsLogsConfiguration, BuildError> {
    let Logs {
        group,
        stream_prefix,
    } = wanted;
    ExpressGatewayServiceAwsLogsConfiguration::builder()
        .log_group(group)
        .log_stream_prefix(stream_prefix)
        .build()
}

/// An empty list is left out: no service runs without subnets, and ECS's own security group stays in any case.
fn network(wanted: &Network) -> Option<ExpressGatewayServiceNetworkConfiguration> {
    let Network {
        security_groups,
        subnets,
    } = wanted;
    let security_groups = some_if_filled(security_groups.iter().cloned().collect());
    let subnets = some_if_filled(subnets.iter().cloned().collect());
    (security_groups.is_some() || subnets.is_some()).then(|| {
        ExpressGatewayServiceNetworkConfiguration::builder()
            .set_security_groups(security_groups)
            .set_subnets(subnets)
            .build()
    })
}

fn scaling(wanted: &Scaling) -> Option<ExpressGatewayScalingTarget> {
    let Scaling {
        min_task_count,
        max_task_count,
        metric,
        target_value,
    } = wanted;
    (!wanted.is_unset()).then(|| {
        ExpressGatewayScalingTarget::builder()
            .set_min_task_count(*min_task_count)
            .set_max_task_count(*max_task_count)
            .set_auto_scaling_metric(
                metric
                    .as_deref()
                    .map(ExpressGatewayServiceScalingMetric::from),
            )
            .set_auto_scaling_target_value(*target_value)
            .build()
    })
}

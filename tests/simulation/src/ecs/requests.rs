//! Requests to ECS as JSON.

use std::collections::BTreeMap;

use ecs_express_operator::core::{
    decide::requests::{CreateRequest, UpdateRequest},
    desired::{
        configuration::{Configuration, Container, Logs, Network, Scaling},
        field::Field,
    },
};
use serde_json::{Map, Value, json};

/// Whether the empty lists of a container are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EmptyLists {
    LeftOut,
    Sent,
}

/// The request of CreateExpressGatewayService.
pub fn create(request: &CreateRequest) -> Value {
    let CreateRequest {
        arn,
        infrastructure_role_arn,
        configuration,
        tags: wanted,
    } = request;
    let mut body = blocks(configuration, EmptyLists::LeftOut);
    body.insert(
        "infrastructureRoleArn".into(),
        json!(infrastructure_role_arn),
    );
    body.insert("cluster".into(), json!(arn.cluster));
    body.insert("serviceName".into(), json!(arn.name));
    if !wanted.is_empty() {
        body.insert("tags".into(), tags(wanted));
    }
    Value::Object(body)
}

/// The request of UpdateExpressGatewayService.
pub fn update(request: &UpdateRequest) -> Value {
    let UpdateRequest {
        arn,
        configuration,
        cleared,
    } = request;
    let mut body = blocks(configuration, EmptyLists::Sent);
    body.insert("serviceArn".into(), json!(arn.to_string()));
    if cleared.contains(&Field::SecurityGroups)
        && let Some(Value::Object(network)) = body.get_mut("networkConfiguration")
    {
        network.entry("securityGroups").or_insert(json!([]));
    }
    Value::Object(body)
}

/// Tags, sorted by key.
pub fn tags(tags: &BTreeMap<String, String>) -> Value {
    let tags = tags
        .iter()
        .map(|(key, value)| json!({"key": key, "value": value}));
    Value::Array(tags.collect())
}

fn blocks(configuration: &Configuration, empty: EmptyLists) -> Map<String, Value> {
    let Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container: wanted,
        health_check_path,
        network: wanted_network,
        cpu,
        memory,
        cpu_architecture,
        scaling: wanted_scaling,
    } = configuration;
    members([
        (
            "executionRoleArn",
            execution_role_arn.clone().map(Value::from),
        ),
        ("taskRoleArn", task_role_arn.clone().map(Value::from)),
        (
            "taskDefinitionArn",
            task_definition_arn.clone().map(Value::from),
        ),
        (
            "primaryContainer",
            wanted.as_ref().map(|wanted| container(wanted, empty)),
        ),
        (
            "healthCheckPath",
            health_check_path.clone().map(Value::from),
        ),
        ("networkConfiguration", network(wanted_network)),
        ("cpu", cpu.clone().map(Value::from)),
        ("memory", memory.clone().map(Value::from)),
        ("cpuArchitecture", cpu_architecture.clone().map(Value::from)),
        ("scalingTarget", scaling(wanted_scaling)),
    ])
}

fn members<const N: usize>(members: [(&str, Option<Value>); N]) -> Map<String, Value> {
    members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
}

fn container(wanted: &Container, empty: EmptyLists) -> Value {
    let Container {
        image,
        container_port,
        logs,
        credentials,
        command,
        environment,
        secrets,
    } = wanted;
    let list = |list: Vec<Value>| {
        (empty == EmptyLists::Sent || !list.is_empty()).then_some(Value::Array(list))
    };
    let command = command.iter().map(|word| json!(word.expose()));
    let environment = environment
        .iter()
        .map(|(name, value)| json!({"name": name, "value": value.expose()}));
    let secrets = secrets
        .iter()
        .map(|(name, place)| json!({"name": name, "valueFrom": place.expose()}));
    let logs = logs.as_ref().map(
        |Logs {
             group,
             stream_prefix,
         }| json!({"logGroup": group, "logStreamPrefix": stream_prefix}),
    );
    Value::Object(members([
        ("image", Some(json!(image))),
        ("containerPort", container_port.map(Value::from)),
        ("awsLogsConfiguration", logs),
        (
            "repositoryCredentials",
            credentials
                .as_ref()
                .map(|parameter| json!({ "credentialsParameter": parameter })),
        ),
        ("command", list(command.collect())),
        ("environment", list(environment.collect())),
        ("secrets", list(secrets.collect())),
    ]))
}

fn network(wanted: &Network) -> Option<Value> {
    let Network {
        security_groups,
        subnets,
    } = wanted;
    let filled = members([
        (
            "securityGroups",
            (!security_groups.is_empty()).then(|| json!(security_groups)),
        ),
        ("subnets", (!subnets.is_empty()).then(|| json!(subnets))),
    ]);
    (!filled.is_empty()).then_some(Value::Object(filled))
}

fn scaling(wanted: &Scaling) -> Option<Value> {
    let Scaling {
        min_task_count,
        max_task_count,
        metric,
        target_value,
    } = wanted;
    let set = members([
        ("minTaskCount", min_task_count.map(Value::from)),
        ("maxTaskCount", max_task_count.map(Value::from)),
        ("autoScalingMetric", metric.clone().map(Value::from)),
        ("autoScalingTargetValue", target_value.map(Value::from)),
    ]);
    (!set.is_empty()).then_some(Value::Object(set))
}

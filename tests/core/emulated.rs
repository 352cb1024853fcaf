//! The emulator's model, called directly: what ECS makes of a request and shows of a service, in the types of the core. The
//! conversions are not those of the adapter, which a test of the core must not need.

use std::{collections::BTreeSet, time::Duration};

use ecs_express_emulator::{Caller, Model, Settings};
use ecs_express_operator::core::{
    decide::requests::{CreateRequest, UpdateRequest},
    desired::{
        configuration::{Configuration, Container, Logs, Network, Scaling},
        field::Field,
        redacted::Redacted,
    },
};
use serde_json::{Map, Value, json};

/// ECS, with one service.
pub struct Ecs {
    model: Model,
    caller: Caller,
    arn: String,
}

impl Ecs {
    /// ECS after it accepted the request and deployed it.
    pub fn with_service(settings: &Value, request: &CreateRequest) -> Self {
        let settings = Settings {
            time_scale: 0.0,
            region: "eu-west-1".into(),
            ..Settings::default()
        }
        .with(settings)
        .unwrap();
        let mut ecs = Self {
            model: Model::new(settings),
            caller: Caller {
                account: "123456789012".into(),
                region: "eu-west-1".into(),
            },
            arn: request.arn.to_string(),
        };
        let mut body = blocks(&request.configuration, Lists::LeftOut);
        body.insert("serviceName".into(), json!(request.arn.name));
        body.insert("cluster".into(), json!(request.arn.cluster));
        body.insert(
            "infrastructureRoleArn".into(),
            json!(request.infrastructure_role_arn),
        );
        ecs.call("CreateExpressGatewayService", &Value::Object(body));
        ecs.deploy();
        ecs
    }

    /// Sends an update, and waits until it is deployed.
    pub fn update(&mut self, request: &UpdateRequest) {
        let mut body = blocks(&request.configuration, Lists::Explicit);
        body.insert("serviceArn".into(), json!(self.arn));
        if request.cleared.contains(&Field::SecurityGroups)
            && let Some(network) = body.get_mut("networkConfiguration")
        {
            network["securityGroups"] = json!([]);
        }
        self.call("UpdateExpressGatewayService", &Value::Object(body));
        self.deploy();
    }

    /// The configuration that runs.
    pub fn runs(&mut self) -> Configuration {
        let answer = self.call(
            "DescribeExpressGatewayService",
            &json!({"serviceArn": self.arn}),
        );
        let active = answer["service"]["activeConfigurations"].as_array();
        let [active] = active.unwrap().as_slice() else {
            panic!("not deployed: {answer}");
        };
        configuration(active)
    }

    /// The security groups that ECS manages.
    pub fn managed_groups(&mut self) -> BTreeSet<String> {
        let answer = self.call(
            "DescribeExpressGatewayService",
            &json!({"serviceArn": self.arn}),
        );
        let revision = &answer["service"]["activeConfigurations"][0]["serviceRevisionArn"];
        let revision = json!({"serviceRevisionArns": [revision]});
        let answer = self.call("DescribeServiceRevisions", &revision);
        let managed = &answer["serviceRevisions"][0]["ecsManagedResources"];
        let groups = managed["serviceSecurityGroups"].as_array().unwrap().iter();
        groups
            .map(|group| {
                let arn = group["arn"].as_str().unwrap();
                arn.rsplit('/').next().unwrap().to_owned()
            })
            .collect()
    }

    fn call(&mut self, action: &str, body: &Value) -> Value {
        let answer = self.model.call(&self.caller, action, body);
        answer.unwrap_or_else(|error| panic!("{action} {body}: {error:?}"))
    }

    fn deploy(&mut self) {
        self.model.advance(Duration::from_secs(3600));
    }
}

/// What becomes of empty lists of the container.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lists {
    LeftOut,
    Explicit,
}

/// The members of a request that hold this configuration.
fn blocks(wanted: &Configuration, lists: Lists) -> Map<String, Value> {
    let Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container,
        health_check_path,
        network,
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = wanted;
    let filled = |list: &BTreeSet<String>| (!list.is_empty()).then(|| list.clone());
    let network = (*network != Network::default()).then(|| {
        json!({
            "subnets": filled(&network.subnets),
            "securityGroups": filled(&network.security_groups),
        })
    });
    let scaling = (!scaling.is_unset()).then(|| {
        json!({
            "minTaskCount": scaling.min_task_count,
            "maxTaskCount": scaling.max_task_count,
            "autoScalingMetric": scaling.metric,
            "autoScalingTargetValue": scaling.target_value,
        })
    });
    let body = json!({
        "executionRoleArn": execution_role_arn,
        "taskRoleArn": task_role_arn,
        "taskDefinitionArn": task_definition_arn,
        "primaryContainer": container.as_ref().map(|wanted| container_of(wanted, lists)),
        "healthCheckPath": health_check_path,
        "networkConfiguration": network,
        "cpu": cpu,
        "memory": memory,
        "cpuArchitecture": cpu_architecture,
        "scalingTarget": scaling,
    });
    match without_nulls(body) {
        Value::Object(body) => body,
        other => panic!("{other}"),
    }
}

fn container_of(wanted: &Container, lists: Lists) -> Value {
    let list = |list: Vec<Value>| (lists == Lists::Explicit || !list.is_empty()).then_some(list);
    let command = wanted.command.iter().map(|word| json!(word.expose()));
    let environment = wanted.environment.iter();
    let environment =
        environment.map(|(name, value)| json!({"name": name, "value": value.expose()}));
    let secrets = wanted.secrets.iter();
    let secrets = secrets.map(|(name, place)| json!({"name": name, "valueFrom": place.expose()}));
    json!({
        "image": wanted.image,
        "containerPort": wanted.container_port,
        "awsLogsConfiguration": wanted.logs.as_ref().map(|logs| {
            json!({"logGroup": logs.group, "logStreamPrefix": logs.stream_prefix})
        }),
        "repositoryCredentials": wanted.credentials.as_ref().map(|parameter| {
            json!({"credentialsParameter": parameter})
        }),
        "command": list(command.collect()),
        "environment": list(environment.collect()),
        "secrets": list(secrets.collect()),
    })
}

/// A member that is null in JSON is absent in a request.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        other => other,
    }
}

/// A configuration as an answer shows it.
fn configuration(shown: &Value) -> Configuration {
    let texts = |list: &Value| -> BTreeSet<String> {
        let list = list.as_array().into_iter().flatten();
        list.map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let container = &shown["primaryContainer"];
    let (network, scaling) = (&shown["networkConfiguration"], &shown["scalingTarget"]);
    Configuration {
        execution_role_arn: text(&shown["executionRoleArn"]),
        task_role_arn: text(&shown["taskRoleArn"]),
        task_definition_arn: text(&shown["taskDefinitionArn"]),
        container: (!container.is_null()).then(|| shown_container(container)),
        health_check_path: text(&shown["healthCheckPath"]),
        network: Network {
            security_groups: texts(&network["securityGroups"]),
            subnets: texts(&network["subnets"]),
        },
        cpu: text(&shown["cpu"]),
        memory: text(&shown["memory"]),
        cpu_architecture: text(&shown["cpuArchitecture"]),
        scaling: Scaling {
            min_task_count: number(&scaling["minTaskCount"]),
            max_task_count: number(&scaling["maxTaskCount"]),
            metric: text(&scaling["autoScalingMetric"]),
            target_value: number(&scaling["autoScalingTargetValue"]),
        },
    }
}

fn shown_container(shown: &Value) -> Container {
    let list = |member: &str| shown[member].as_array().into_iter().flatten();
    let by_name = |member: &str, value: &str| {
        let elements = list(member).map(|element| {
            let value = element[value].as_str().unwrap_or_default();
            let name = element["name"].as_str().unwrap();
            (name.to_owned(), Redacted::new(value))
        });
        elements.collect()
    };
    let logs = &shown["awsLogsConfiguration"];
    Container {
        image: text(&shown["image"]).unwrap(),
        container_port: number(&shown["containerPort"]),
        logs: (!logs.is_null()).then(|| Logs {
            group: text(&logs["logGroup"]).unwrap(),
            stream_prefix: text(&logs["logStreamPrefix"]).unwrap(),
        }),
        credentials: text(&shown["repositoryCredentials"]["credentialsParameter"]),
        command: list("command")
            .map(|word| Redacted::new(word.as_str().unwrap()))
            .collect(),
        environment: by_name("environment", "value"),
        secrets: by_name("secrets", "valueFrom"),
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number(value: &Value) -> Option<i32> {
    value.as_i64().map(|number| number.try_into().unwrap())
}

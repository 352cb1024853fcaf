//! The fields of a spec and their states: unset, minimum, typical, maximum, in another order, and those that ECS or the
//! operator refuses.
//!
//! A state is a merge patch of a spec (RFC 7396), so that setting, removing and moving within a list are the same to a
//! chain.

use serde_json::{Value, json};
use test_support::manifest::INFRASTRUCTURE_ROLE;

use super::lifecycles::spec;

/// A field, or fields that only make sense together.
#[derive(Clone, Debug)]
pub struct Field {
    /// Their paths in the spec.
    pub paths: &'static [&'static str],
    /// The states that are legal; where the field may be unset, that is the first one.
    pub legal: Vec<Value>,
    /// States that the operator or ECS refuses. An older schema may have stored them.
    pub refused: Vec<Value>,
}

/// The spec from which all states start.
pub fn base() -> Value {
    spec("shop:1")
}

/// All fields.
pub fn all() -> Vec<Field> {
    let mut fields = container();
    fields.extend(task());
    fields.extend(network());
    fields.extend(scaling());
    fields.extend(tags());
    fields.extend(policies());
    fields.extend(identity());
    fields
}

fn field(paths: &'static [&'static str], legal: Vec<Value>, refused: Vec<Value>) -> Field {
    Field {
        paths,
        legal,
        refused,
    }
}

/// The states in which the member of a block has these values.
fn members(block: &str, name: &str, values: &[Value]) -> Vec<Value> {
    let patch = |value: &Value| json!({ (block): { (name): value } });
    values.iter().map(patch).collect()
}

/// The states in which a member of the spec has these values.
fn values(name: &str, values: &[Value]) -> Vec<Value> {
    values
        .iter()
        .map(|value| json!({ (name): value }))
        .collect()
}

fn container() -> Vec<Field> {
    let of = |name: &str, values: &[Value]| members("primaryContainer", name, values);
    let variable = |name: &str, value: &str| json!({"name": name, "value": value});
    let secret = |name: &str, from: &str| json!({"name": name, "valueFrom": format!("arn:aws:ssm:eu-west-1:123456789012:parameter/{from}")});
    let (a, b) = (variable("A", "1"), variable("B", "2"));
    let (s, t) = (secret("S", "one"), secret("T", "two"));
    let logs = |group: &str, prefix: &str| json!({"logGroup": group, "logStreamPrefix": prefix});
    let credentials = |name: &str| {
        json!({"credentialsParameter":
            format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}")})
    };
    let many = |count: usize| -> Value {
        (0..count)
            .map(|n| variable(&format!("N{n}"), "x"))
            .collect()
    };
    let digest = format!("example.com/shop@sha256:{}", "a".repeat(64));
    vec![
        field(
            &["primaryContainer.image"],
            of("image", &[json!("shop:1"), json!("shop:2"), json!(digest)]),
            of("image", &[json!(""), json!("shop 3")]),
        ),
        field(
            &["primaryContainer.containerPort"],
            of(
                "containerPort",
                &[json!(null), json!(1), json!(8080), json!(65535)],
            ),
            of("containerPort", &[json!(0), json!(65536), json!(-1)]),
        ),
        field(
            &["primaryContainer.command"],
            of(
                "command",
                &[
                    json!(null),
                    json!([]),
                    json!(["a"]),
                    json!(["a", "b"]),
                    json!(["b", "a"]),
                ],
            ),
            of("command", &[json!(["x".repeat(70_000)])]),
        ),
        field(
            &["primaryContainer.environment"],
            of(
                "environment",
                &[
                    json!(null),
                    json!([]),
                    json!([{"name": "A"}]),
                    json!([a]),
                    json!([a, b]),
                    json!([b, a]),
                    many(256),
                ],
            ),
            of(
                "environment",
                &[json!([variable("A", &"x".repeat(70_000))])],
            ),
        ),
        field(
            &["primaryContainer.secrets"],
            of(
                "secrets",
                &[
                    json!(null),
                    json!([]),
                    json!([s]),
                    json!([s, t]),
                    json!([t, s]),
                    json!([secret("S", "two")]),
                ],
            ),
            vec![],
        ),
        field(
            &[
                "primaryContainer.awsLogsConfiguration.logGroup",
                "primaryContainer.awsLogsConfiguration.logStreamPrefix",
            ],
            of(
                "awsLogsConfiguration",
                &[
                    json!(null),
                    logs("one", "x"),
                    logs("one", "y"),
                    logs("two", "x"),
                ],
            ),
            vec![],
        ),
        field(
            &["primaryContainer.repositoryCredentials.credentialsParameter"],
            of(
                "repositoryCredentials",
                &[
                    json!(null),
                    credentials("one-AbCdEf"),
                    credentials("two-AbCdEf"),
                ],
            ),
            vec![],
        ),
    ]
}

fn task() -> Vec<Field> {
    let role = |name: &str| json!(format!("arn:aws:iam::123456789012:role/{name}"));
    let size = |cpu: Value, memory: Value| json!({"cpu": cpu, "memory": memory});
    let definition = |revision: u8| {
        let arn = format!("arn:aws:ecs:eu-west-1:123456789012:task-definition/own:{revision}");
        let mut patch = json!({"taskDefinitionArn": arn});
        for name in BY_TASK_DEFINITION {
            patch[name] = Value::Null;
        }
        patch
    };
    let mut managed = base();
    managed["taskDefinitionArn"] = Value::Null;
    vec![
        field(
            &["executionRoleArn"],
            values("executionRoleArn", &[role("exec"), role("exec-2")]),
            values("executionRoleArn", &[json!("nonsense")]),
        ),
        field(
            &["taskRoleArn"],
            values("taskRoleArn", &[json!(null), role("task"), role("task-2")]),
            values("taskRoleArn", &[json!("nonsense")]),
        ),
        field(
            &["taskDefinitionArn"],
            vec![managed, definition(1), definition(2)],
            values("taskDefinitionArn", &[json!("nonsense")]),
        ),
        field(
            &["cpu", "memory"],
            vec![
                size(json!(null), json!(null)),
                size(json!("256"), json!("512")),
                size(json!("1024"), json!(null)),
                size(json!(null), json!("4096")),
                size(json!("1024"), json!("8192")),
                size(json!("16384"), json!("122880")),
            ],
            vec![
                size(json!("300"), json!("512")),
                size(json!("256"), json!("122880")),
                size(json!("32769"), json!("999999")),
            ],
        ),
        field(
            &["cpuArchitecture"],
            values(
                "cpuArchitecture",
                &[json!(null), json!("X86_64"), json!("ARM64")],
            ),
            values("cpuArchitecture", &[json!("RISCV")]),
        ),
        field(
            &["healthCheckPath"],
            values(
                "healthCheckPath",
                &[
                    json!(null),
                    json!("/"),
                    json!("/health?deep=1"),
                    json!(format!("/{}", "a".repeat(1023))),
                ],
            ),
            values(
                "healthCheckPath",
                &[
                    json!("health"),
                    json!("/a b"),
                    json!(format!("/{}", "a".repeat(1024))),
                ],
            ),
        ),
    ]
}

/// What `taskDefinitionArn` excludes.
pub const BY_TASK_DEFINITION: [&str; 6] = [
    "primaryContainer",
    "executionRoleArn",
    "taskRoleArn",
    "cpu",
    "memory",
    "cpuArchitecture",
];

fn network() -> Vec<Field> {
    let many =
        |kind: &str| -> Value { (0..16).map(|n| json!(format!("{kind}-{n:017}"))).collect() };
    vec![
        field(
            &["networkConfiguration.subnets"],
            members(
                "networkConfiguration",
                "subnets",
                &[
                    json!(null),
                    json!([]),
                    json!(["subnet-a", "subnet-b"]),
                    json!(["subnet-b", "subnet-a"]),
                    json!(["subnet-a", "subnet-c"]),
                    many("subnet"),
                ],
            ),
            members(
                "networkConfiguration",
                "subnets",
                &[json!(["subnet-a"]), json!(["net-a", "net-b"])],
            ),
        ),
        field(
            &["networkConfiguration.securityGroups"],
            members(
                "networkConfiguration",
                "securityGroups",
                &[
                    json!(null),
                    json!([]),
                    json!(["sg-a"]),
                    json!(["sg-a", "sg-b"]),
                    json!(["sg-b", "sg-a"]),
                    many("sg"),
                ],
            ),
            members(
                "networkConfiguration",
                "securityGroups",
                &[json!(["group"])],
            ),
        ),
    ]
}

fn scaling() -> Vec<Field> {
    let of = |name: &str, values: &[Value]| members("scalingTarget", name, values);
    vec![
        field(
            &["scalingTarget.minTaskCount"],
            of(
                "minTaskCount",
                &[json!(null), json!(0), json!(2), json!(20)],
            ),
            of("minTaskCount", &[json!(-1), json!(5001)]),
        ),
        field(
            &["scalingTarget.maxTaskCount"],
            of(
                "maxTaskCount",
                &[json!(null), json!(1), json!(30), json!(5000)],
            ),
            of("maxTaskCount", &[json!(-1)]),
        ),
        field(
            &["scalingTarget.autoScalingMetric"],
            of(
                "autoScalingMetric",
                &[
                    json!(null),
                    json!("AVERAGE_CPU"),
                    json!("AVERAGE_MEMORY"),
                    json!("REQUEST_COUNT_PER_TARGET"),
                ],
            ),
            of("autoScalingMetric", &[json!("AVERAGE_DISK")]),
        ),
        field(
            &["scalingTarget.autoScalingTargetValue"],
            of(
                "autoScalingTargetValue",
                &[json!(null), json!(1), json!(50), json!(100)],
            ),
            of("autoScalingTargetValue", &[json!(0), json!(101)]),
        ),
    ]
}

fn tags() -> Vec<Field> {
    let tag = |key: &str, value: &str| json!({"key": key, "value": value});
    let many = |count: usize| -> Value { (0..count).map(|n| tag(&format!("t{n}"), "x")).collect() };
    let (a, b) = (tag("a", "1"), tag("b", "2"));
    vec![field(
        &["tags"],
        values(
            "tags",
            &[
                json!(null),
                json!([]),
                json!([{"key": "a"}]),
                json!([a]),
                json!([a, b]),
                json!([b, a]),
                many(46),
            ],
        ),
        values("tags", &[many(47), json!([tag("aws:x", "1")])]),
    )]
}

fn policies() -> Vec<Field> {
    let policy = |path: &'static [&'static str], name: &str, words: [&str; 2]| {
        let words = [json!(null), json!(words[0]), json!(words[1])];
        field(path, values(name, &words), vec![])
    };
    vec![
        policy(&["deletionPolicy"], "deletionPolicy", ["Delete", "Retain"]),
        policy(&["adoptionPolicy"], "adoptionPolicy", ["Never", "Adopt"]),
        policy(&["driftPolicy"], "driftPolicy", ["Correct", "Report"]),
        field(
            &["suspend"],
            values("suspend", &[json!(null), json!(false), json!(true)]),
            vec![],
        ),
    ]
}

/// What cannot change once the service exists.
fn identity() -> Vec<Field> {
    let kept = || vec![json!({})];
    vec![
        field(
            &["serviceName"],
            kept(),
            values("serviceName", &[json!("other")]),
        ),
        field(&["cluster"], kept(), values("cluster", &[json!("other")])),
        field(&["region"], kept(), values("region", &[json!("us-west-2")])),
        field(
            &["infrastructureRoleArn"],
            values("infrastructureRoleArn", &[json!(INFRASTRUCTURE_ROLE)]),
            values(
                "infrastructureRoleArn",
                &[json!("arn:aws:iam::123456789012:role/other")],
            ),
        ),
    ]
}

//! Fields that ECS cannot change: they are not set, changed or removed after creation.

use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::{Value, json};
use test_support::api_server::ApiServer;
use test_support::merge_patch::merge;

use crate::harness::{Namespace, ROLE, minimal};
use crate::rules::Answers;

const OTHER_ROLE: &str = "arn:aws:iam::123456789012:role/other";

/// A field, its value at creation and afterwards (`null` is unset), and the API server's message.
pub struct Change {
    field: &'static str,
    before: Value,
    after: Value,
    pub refusal: &'static str,
}

#[rustfmt::skip]
pub fn changes() -> Vec<Change> {
    let change = |field, before, after, refusal| Change { field, before, after, refusal };
    vec![
        change("serviceName", Value::Null, json!("web"), r#"spec.serviceName: Forbidden: serviceName cannot change after creation: was "<unset>", now "web"; create another ExpressService instead"#),
        change("serviceName", json!("web"), json!("shop"), r#"spec.serviceName: Forbidden: serviceName cannot change after creation: was "web", now "shop""#),
        change("serviceName", json!("web"), Value::Null, r#"spec.serviceName: Forbidden: serviceName cannot change after creation: was "web", now "<unset>""#),
        change("cluster", Value::Null, json!("team-a"), r#"spec.cluster: Forbidden: cluster cannot change after creation: was "<unset>", now "team-a"; create another ExpressService instead"#),
        change("cluster", json!("team-a"), json!("team-b"), r#"spec.cluster: Forbidden: cluster cannot change after creation: was "team-a", now "team-b""#),
        change("cluster", json!("team-a"), Value::Null, r#"spec.cluster: Forbidden: cluster cannot change after creation: was "team-a", now "<unset>""#),
        change("region", Value::Null, json!("eu-west-1"), r#"spec.region: Forbidden: region cannot change after creation: was "<unset>", now "eu-west-1"; create another ExpressService instead"#),
        change("region", json!("eu-west-1"), json!("us-east-1"), r#"spec.region: Forbidden: region cannot change after creation: was "eu-west-1", now "us-east-1""#),
        change("region", json!("eu-west-1"), Value::Null, r#"spec.region: Forbidden: region cannot change after creation: was "eu-west-1", now "<unset>""#),
        change("infrastructureRoleArn", json!(ROLE), json!(OTHER_ROLE), r#"spec.infrastructureRoleArn: Forbidden: infrastructureRoleArn cannot change after creation: was "arn:aws:iam::123456789012:role/express", now "arn:aws:iam::123456789012:role/other"; create another ExpressService instead"#),
        change("infrastructureRoleArn", json!(ROLE), Value::Null, "spec.infrastructureRoleArn: Required value"),
    ]
}

impl Change {
    fn object(&self, name: &str, value: &Value) -> Value {
        let mut object = minimal(name);
        let secret = json!({ "environment": [{ "name": "A", "value": "hunter2" }] });
        merge(
            &mut object,
            &json!({ "spec": { "primaryContainer": secret, self.field: value } }),
        );
        object
    }
}

#[test]
fn fields_that_ecs_cannot_change_are_not_set_changed_or_removed_after_creation() {
    let namespace = Namespace::new("immutable");
    let changes = changes();
    let objects = |value: fn(&Change) -> &Value| -> Vec<Value> {
        let named = changes.iter().enumerate();
        named
            .map(|(n, change)| change.object(&format!("change-{n}"), value(change)))
            .collect()
    };
    // On the server side: for rejected patches kubectl's own apply prints the whole patch with its values.
    let apply = ["apply", "--server-side"];
    let created = namespace.feed(&apply, &objects(|change| &change.before));
    assert!(created.ok, "{}", created.stderr);

    let printed = namespace.feed(&apply, &objects(|change| &change.after));
    assert!(!printed.stderr.contains("hunter2"), "{}", printed.stderr);
    let answers = Answers::of(&printed);
    let complaints: Vec<String> = changes
        .iter()
        .enumerate()
        .filter_map(|(n, change)| {
            let complaint = answers.complaint(&format!("change-{n}"), Some(change.refusal))?;
            Some(format!(
                "{}: {} to {}\n{complaint}",
                change.field, change.before, change.after
            ))
        })
        .collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn the_model_of_the_api_server_refuses_the_same_changes_in_the_same_words() {
    let changes = changes();
    // The model checks rules on changes, not that a field is there.
    let by_rule = changes
        .iter()
        .filter(|change| change.refusal.contains(": Forbidden: "));
    let mut checked = 0;
    for change in by_rule {
        let mut api = ApiServer::default();
        let key = ObjectKey {
            namespace: "team-a".into(),
            name: "web".into(),
        };
        api.create(&key, change.object("web", &change.before))
            .unwrap();
        let changed = change.object("web", &change.after);
        let write = api.edit(&key, |object| object["spec"] = changed["spec"].clone());
        let refusal = write.unwrap_err().to_string();
        assert!(
            refusal.contains(change.refusal),
            "{refusal}\n  expected: {}",
            change.refusal
        );
        checked += 1;
    }
    assert!(checked >= 10, "{checked} are too few to be all");
}

#[test]
fn everything_else_may_be_set_changed_and_removed() {
    let namespace = Namespace::new("mutable");
    let with = |spec: Value| {
        let mut object = minimal("web");
        merge(&mut object, &json!({ "spec": spec }));
        object
    };
    let fixed = json!({ "serviceName": "web", "cluster": "team-a", "region": "eu-west-1" });
    let full = |n: u32| {
        let role = format!("arn:aws:iam::123456789012:role/role-{n}");
        let mut spec = fixed.clone();
        merge(
            &mut spec,
            &json!({
                "executionRoleArn": role,
                "taskRoleArn": role,
                "primaryContainer": {
                    "image": format!("nginx:{n}"),
                    "containerPort": n,
                    "command": [format!("{n}")],
                    "environment": [{ "name": format!("A{n}"), "value": "1" }],
                    "secrets": [{ "name": format!("B{n}"), "valueFrom": "b" }],
                    "repositoryCredentials": {
                        "credentialsParameter":
                            format!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:{n}"),
                    },
                    "awsLogsConfiguration": { "logGroup": format!("{n}"), "logStreamPrefix": format!("{n}") },
                },
                "healthCheckPath": format!("/{n}"),
                "networkConfiguration": { "subnets": [format!("subnet-{n}")], "securityGroups": [format!("sg-{n}")] },
                "cpu": format!("{n}"),
                "memory": format!("{} GB", 2 * n),
                "cpuArchitecture": if n == 1 { "ARM64" } else { "X86_64" },
                "scalingTarget": { "minTaskCount": n, "maxTaskCount": n, "autoScalingTargetValue": n },
                "tags": [{ "key": format!("{n}"), "value": "a" }],
                "deletionPolicy": if n == 1 { "Retain" } else { "Delete" },
                "adoptionPolicy": if n == 1 { "Adopt" } else { "Never" },
                "driftPolicy": if n == 1 { "Report" } else { "Correct" },
                "suspend": n == 1,
            }),
        );
        spec
    };
    for spec in [fixed.clone(), full(1), full(2), fixed.clone()] {
        namespace.apply(&with(spec.clone()));
        let wanted = with(spec)["spec"].take();
        assert_eq!(namespace.get("web")["spec"], wanted);
    }
    let mut given = with(fixed.clone());
    merge(
        &mut given,
        &json!({ "spec": {
            "primaryContainer": null,
            "executionRoleArn": null,
            "taskDefinitionArn": crate::harness::TASK_DEFINITION,
        } }),
    );
    namespace.apply(&given);
    namespace.apply(&with(fixed));
}

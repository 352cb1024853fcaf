//! The first inputs: what the emulator's model answers in the life of a service. `UPDATE_CORPUS=1` writes them.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

use std::{fs, path::Path, time::Duration};

use ecs_express_emulator::{ApiError, Caller, Model, Outcome, Settings};
use fuzz::target;
use serde_json::{Value, json};
use test_support::{
    fixtures::SERVICE_ARN,
    manifest::{manifest, namespaced, spec},
    merge_patch::merge,
};

const SECRET: &str = "s3cr3t-of-the-environment";

/// A service, from before its creation until after its end.
struct Service {
    model: Model,
    caller: Caller,
}

impl Service {
    fn new() -> Self {
        Self {
            model: Model::new(Settings::default()),
            caller: Caller {
                account: "123456789012".to_owned(),
                region: "eu-west-1".to_owned(),
            },
        }
    }

    fn call(&mut self, action: &str, body: &Value) -> Result<Value, ApiError> {
        self.model.call(&self.caller, action, body)
    }

    fn advance(&mut self, seconds: u64) {
        self.model.advance(Duration::from_secs(seconds));
    }

    /// The answers to every read of the operator, as they are now, and plain ones to its changes.
    fn answers(&mut self) -> Value {
        let service = json!({ "service": SERVICE_ARN, "cluster": "default" });
        let listed = self.call("ListServiceDeployments", &service);
        let described = self.call(
            "DescribeExpressGatewayService",
            &json!({ "serviceArn": SERVICE_ARN, "include": ["TAGS"] }),
        );
        let deployment = listed.as_ref().map_or(Value::Null, |listed| {
            listed["serviceDeployments"][0]["serviceDeploymentArn"].clone()
        });
        let revision = described.as_ref().map_or(Value::Null, |described| {
            described["service"]["activeConfigurations"][0]["serviceRevisionArn"].clone()
        });
        let changed = json!({ "body": { "service": { "serviceArn": SERVICE_ARN } } });
        let caller = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/operator/session</Arn><UserId>U</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
        json!({
            "GetCallerIdentity": { "text": caller },
            "DescribeExpressGatewayService": wire(described),
            "DescribeServices": wire(self.call("DescribeServices", &json!({ "services": [SERVICE_ARN] }))),
            "ListServiceDeployments": wire(listed),
            "DescribeServiceDeployments": wire(
                self.call("DescribeServiceDeployments", &json!({ "serviceDeploymentArns": [deployment] })),
            ),
            "DescribeServiceRevisions": wire(
                self.call("DescribeServiceRevisions", &json!({ "serviceRevisionArns": [revision] })),
            ),
            "ListTagsForResource": wire(self.call("ListTagsForResource", &json!({ "resourceArn": SERVICE_ARN }))),
            "CreateExpressGatewayService": changed,
            "UpdateExpressGatewayService": changed,
            "DeleteExpressGatewayService": changed,
            "TagResource": { "body": {} },
            "UntagResource": { "body": {} },
        })
    }
}

fn wire(answer: Result<Value, ApiError>) -> Value {
    match answer {
        Ok(body) => json!({ "body": body }),
        Err(error) => json!({ "status": 400, "body": error.to_wire() }),
    }
}

/// The answers in each stage, in their order.
fn stages() -> Vec<(&'static str, Value)> {
    let mut service = Service::new();
    let mut stages = vec![("before", service.answers())];
    let create = spec(&json!({
        "serviceName": "team-a_shop", "cluster": "default",
        "primaryContainer": secretive(),
        "tags": [
            { "key": "team", "value": "a" },
            { "key": "ecs-express.dev/cluster-id", "value": "cluster-1" },
            { "key": "ecs-express.dev/namespace", "value": "team-a" },
            { "key": "ecs-express.dev/name", "value": "shop" },
            { "key": "ecs-express.dev/uid", "value": "u-1" },
        ],
    }));
    service
        .call("CreateExpressGatewayService", &create)
        .unwrap();
    service.advance(30);
    stages.push(("created", service.answers()));
    service.advance(600);
    stages.push(("running", service.answers()));
    let reason = format!(
        "task failed: value '{SECRET}' of TOKEN is wrong (Request ID: 6e0ba6d8-0c5a-4a9b-8f0e-1b2c3d4e5f60)"
    );
    service.model.set_outcome(
        "team-a_shop",
        Outcome::RollBackByCircuitBreaker,
        Some(reason),
    );
    let update = json!({ "serviceArn": SERVICE_ARN, "primaryContainer": { "image": "shop:2" } });
    service
        .call("UpdateExpressGatewayService", &update)
        .unwrap();
    service.advance(30);
    stages.push(("updating", service.answers()));
    service.advance(1_200);
    stages.push(("rolled-back", service.answers()));
    service
        .call(
            "DeleteExpressGatewayService",
            &json!({ "serviceArn": SERVICE_ARN }),
        )
        .unwrap();
    service.advance(5);
    stages.push(("draining", service.answers()));
    service.advance(1_200);
    stages.push(("deleted", service.answers()));
    stages
}

fn object() -> Value {
    let spec = spec(&json!({
        "primaryContainer": secretive(),
        "tags": [{ "key": "team", "value": "a" }],
    }));
    let mut object = namespaced("team-a", manifest("shop", &spec));
    merge(
        &mut object,
        &json!({"metadata": {
            "uid": "u-1", "generation": 1,
            "finalizers": ["ecs-express.dev/finalizer"],
            "annotations": {
                "ecs-express.dev/service-arn": SERVICE_ARN, "ecs-express.dev/cluster-id": "cluster-1",
            },
        }}),
    );
    object
}

/// A container with a secret value.
fn secretive() -> Value {
    json!({
        "command": ["serve", SECRET],
        "environment": [{ "name": "TOKEN", "value": SECRET }],
    })
}

/// The whole life, and the deletion of an object in each stage.
fn reconciles() -> Vec<(&'static str, Value)> {
    let stages = stages();
    let answers = |names: &[&str]| -> Vec<Value> {
        names
            .iter()
            .map(|name| {
                stages
                    .iter()
                    .find(|stage| stage.0 == *name)
                    .unwrap()
                    .1
                    .clone()
            })
            .collect()
    };
    let mut new = object();
    new["metadata"]["finalizers"].take();
    new["metadata"]["annotations"].take();
    let mut drifted = object();
    drifted["spec"]["primaryContainer"]["image"] = json!("shop:9");
    let mut deleting = object();
    deleting["metadata"]["deletionTimestamp"] = json!("2026-11-24T00:00:00Z");
    let failing = json!({ "DescribeExpressGatewayService": { "status": 503, "text": "<html>" } });
    let lives = [
        ("create", new, answers(&["before", "created", "running"])),
        ("adopt", object(), answers(&["running", "running"])),
        ("drift", drifted, answers(&["running", "running"])),
        (
            "roll-back",
            object(),
            answers(&["running", "updating", "rolled-back"]),
        ),
        (
            "delete",
            deleting.clone(),
            answers(&["running", "draining", "deleted", "deleted"]),
        ),
        ("delete-blind", deleting, vec![failing.clone(), failing]),
    ];
    lives
        .map(|(name, object, answers)| (name, json!({ "object": object, "answers": answers })))
        .into()
}

#[test]
fn the_answers_of_the_emulator_keep_every_promise() {
    run("aws_answers", stages());
}

#[test]
fn the_lives_that_the_emulator_shows_keep_every_promise() {
    run("reconcile", reconciles());
}

fn run(name: &str, inputs: Vec<(&'static str, Value)>) {
    let target = target(name).unwrap();
    for (stage, input) in inputs {
        let bytes = input.to_string().into_bytes();
        (target.run)(&bytes);
        if std::env::var_os("UPDATE_CORPUS").is_some() {
            let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
            let folder = corpus.join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("{stage}.json")), bytes).unwrap();
        }
    }
}

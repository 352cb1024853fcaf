//! The AWS CLI: one process for each call, as a person or a script runs it.

mod configuration;
mod errors;
mod identity;
mod lifecycle;
mod rollback;
mod task_definition;

use serde_json::Value;

use crate::{fixture::Fixture, python::written};

const INFRASTRUCTURE: &str = "arn:aws:iam::123456789012:role/infrastructure";
const EXECUTION: &str = "arn:aws:iam::123456789012:role/execution";
const SHOP: &str = "arn:aws:ecs:eu-central-1:123456789012:service/default/shop";

/// Creates the service `shop` with the required members only.
const CREATE_SHOP: [&str; 8] = [
    "ecs",
    "create-express-gateway-service",
    "--service-name=shop",
    "--infrastructure-role-arn",
    INFRASTRUCTURE,
    "--execution-role-arn",
    EXECUTION,
    "--primary-container=image=registry.example/shop:1",
];

/// A failed call, as the CLI prints it.
#[derive(Debug)]
struct Refusal {
    code: String,
    message: String,
}

struct Aws<'a> {
    fixture: &'a Fixture,
}

impl Aws<'_> {
    /// Runs `aws <arguments> --output json`; null if it prints nothing.
    async fn try_call(&self, arguments: &[&str]) -> Result<Value, Refusal> {
        let output = self
            .fixture
            .program("aws")
            .args(arguments)
            .args(["--output", "json"])
            .output()
            .await
            .unwrap();
        if !output.status.success() {
            let written = written(&output);
            return Err(refusal(&written).unwrap_or_else(|| panic!("aws {arguments:?}: {written}")));
        }
        if output.stdout.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&output.stdout).unwrap())
    }

    async fn call(&self, arguments: &[&str]) -> Value {
        match self.try_call(arguments).await {
            Ok(answer) => answer,
            Err(refusal) => panic!("aws {arguments:?}: {refusal:?}"),
        }
    }

    async fn refusal(&self, arguments: &[&str]) -> Refusal {
        match self.try_call(arguments).await {
            Ok(answer) => panic!("aws {arguments:?} was not refused: {answer}"),
            Err(refusal) => refusal,
        }
    }

    async fn create_shop(&self) -> Value {
        self.call(&CREATE_SHOP).await["service"].clone()
    }

    async fn update_shop(&self, arguments: &[&str]) -> Value {
        let update = [
            "ecs",
            "update-express-gateway-service",
            "--service-arn",
            SHOP,
        ];
        let answer = self.call(&[&update, arguments].concat()).await;
        answer["service"].clone()
    }

    async fn describe_shop(&self) -> Value {
        let answer = self
            .call(&[
                "ecs",
                "describe-express-gateway-service",
                "--service-arn",
                SHOP,
                "--include=TAGS",
            ])
            .await;
        answer["service"].clone()
    }

    async fn newest_deployment(&self) -> Value {
        let list = ["ecs", "list-service-deployments", "--service", SHOP];
        let listed = self.call(&list).await;
        let arn = listed["serviceDeployments"][0]["serviceDeploymentArn"].clone();
        let described = self
            .call(&[
                "ecs",
                "describe-service-deployments",
                "--service-deployment-arns",
                arn.as_str().unwrap(),
            ])
            .await;
        described["serviceDeployments"][0].clone()
    }

    /// Advances the clock until the newest deployment has ended, in long steps, since each check is a process.
    async fn wait_for_deployment(&self) -> Value {
        for _ in 0..5 {
            self.fixture.advance(600);
            let deployment = self.newest_deployment().await;
            let status = deployment["status"].as_str().unwrap();
            if !matches!(
                status,
                "PENDING"
                    | "IN_PROGRESS"
                    | "STOP_REQUESTED"
                    | "ROLLBACK_REQUESTED"
                    | "ROLLBACK_IN_PROGRESS"
            ) {
                return deployment;
            }
        }
        panic!("the deployment does not end");
    }
}

/// Parses `An error occurred (Code) when calling the Action operation: message`, with an optional part about retries.
fn refusal(written: &str) -> Option<Refusal> {
    let (_, rest) = written.split_once("An error occurred (")?;
    let (code, rest) = rest.split_once(')')?;
    let (_, rest) = rest.split_once(" operation")?;
    let message = rest
        .trim_start_matches(" (reached max retries: 0)")
        .strip_prefix(": ")?;
    Some(Refusal {
        code: code.to_owned(),
        message: message.trim().to_owned(),
    })
}

/// The images that run.
fn images(service: &Value) -> Vec<&str> {
    let active = service["activeConfigurations"].as_array().unwrap();
    let mut images: Vec<_> = active
        .iter()
        .map(|one| one["primaryContainer"]["image"].as_str().unwrap())
        .collect();
    images.sort_unstable();
    images
}

//! Tests of the model. Time passes only when a test advances the clock.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod broken_roles;
mod changes;
mod clock;
mod clusters;
mod degradation;
mod deletion;
mod errors;
mod faults;
mod lag;
mod late_rejections;
mod layering;
mod lifecycle;
mod load_balancers;
mod normalisation;
mod omitted_members;
mod options;
mod reads;
mod resources;
mod roles;
mod rollback;
mod saved;
mod tags;
mod task_definitions;
mod throttling;
mod update_service;
mod validation;
mod views;

use std::time::Duration;

use serde_json::{Value, json};

use super::{ApiError, Caller, Model, Settings};

const SHOP: &str = "arn:aws:ecs:us-east-1:123456789012:service/default/shop";

/// A model and the caller of its actions.
struct Fixture {
    model: Model,
    caller: Caller,
}

impl Fixture {
    fn new() -> Self {
        Self::with(&json!({}))
    }

    fn with(settings: &Value) -> Self {
        Self {
            model: Model::new(Settings::default().with(settings).unwrap()),
            caller: Caller {
                account: "123456789012".to_owned(),
                region: "us-east-1".to_owned(),
            },
        }
    }

    /// A model in which the service `shop` runs.
    fn with_shop() -> Self {
        let mut ecs = Self::new();
        ecs.create(create_request()).unwrap();
        ecs.advance(150);
        ecs
    }

    fn call(&mut self, action: &str, body: Value) -> Result<Value, ApiError> {
        self.model.call(&self.caller, action, &body)
    }

    fn error_of(&mut self, action: &str, body: Value) -> (String, String) {
        let error = self.call(action, body).unwrap_err();
        (error.code, error.message)
    }

    fn create(&mut self, body: Value) -> Result<Value, ApiError> {
        self.call("CreateExpressGatewayService", body)
    }

    fn describe(&mut self) -> Value {
        self.call(
            "DescribeExpressGatewayService",
            json!({ "serviceArn": SHOP }),
        )
        .unwrap()["service"]
            .take()
    }

    /// Returns the only active configuration.
    fn configuration(&mut self) -> Value {
        let mut service = self.describe();
        assert_eq!(service["activeConfigurations"].as_array().unwrap().len(), 1);
        service["activeConfigurations"][0].take()
    }

    fn update(&mut self, mut members: Value) -> Value {
        members["serviceArn"] = json!(SHOP);
        self.call("UpdateExpressGatewayService", members).unwrap()["service"].take()
    }

    fn delete(&mut self) -> Result<Value, ApiError> {
        self.call("DeleteExpressGatewayService", json!({ "serviceArn": SHOP }))
    }

    /// Returns the newest deployment as DescribeServiceDeployments shows it.
    fn deployment(&mut self) -> Value {
        let list = self
            .call("ListServiceDeployments", json!({ "service": SHOP }))
            .unwrap();
        let arn = &list["serviceDeployments"][0]["serviceDeploymentArn"];
        let body = json!({ "serviceDeploymentArns": [arn] });
        self.call("DescribeServiceDeployments", body).unwrap()["serviceDeployments"][0].take()
    }

    fn advance(&mut self, seconds: u64) {
        self.model.advance(Duration::from_secs(seconds));
    }
}

fn create_request() -> Value {
    json!({
        "serviceName": "shop",
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
        "primaryContainer": { "image": "registry.example/shop:1" },
    })
}

fn create_with(members: Value) -> Value {
    let mut request = create_request();
    for (member, value) in members.as_object().unwrap() {
        request[member] = value.clone();
    }
    request
}

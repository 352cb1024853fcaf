//! The services in the emulator of a testbed: the object's own, and others that must stay as they are.

use std::time::Duration;

use ecs_express_emulator::{Caller, Change};
use serde_json::{Value, json};
use test_support::{manifest::spec, merge_patch::merge};

use super::testbed::{OBJECT, Testbed};

impl Testbed {
    /// The name of the object's service.
    pub fn service(&self) -> String {
        format!("{}_{OBJECT}", self.namespace)
    }

    /// The object's service as the emulator has it.
    pub fn service_in_ecs(&self) -> Option<Value> {
        let overview = self.emulator.with_model(|model| model.overview());
        find(&overview, &self.service()).cloned()
    }

    pub fn service_status(&self) -> Option<String> {
        let overview = self.emulator.with_model(|model| model.overview());
        status_of(&overview, &self.service())
    }

    /// The ECS calls for the object's service as the emulator has recorded them: also those that it refused, unless the
    /// test let it refuse any.
    pub fn ecs_calls(&self, action: &str) -> Vec<ecs_express_emulator::Call> {
        let service = self.service();
        let injected = ["ServerException", "ThrottlingException"];
        let calls = self.emulator.calls().into_iter();
        calls
            .filter(|call| call.action == action)
            .filter(|call| {
                !call
                    .code
                    .as_deref()
                    .is_some_and(|code| injected.contains(&code))
            })
            .filter(|call| call.service_name.as_deref() == Some(service.as_str()))
            .collect()
    }

    /// Services that are not the object's: another cluster's, and one that is not an Express service.
    pub fn add_other_services(&mut self) {
        let other = format!("{}_other", self.namespace);
        let tags = [
            ("cluster-id", "other"),
            ("namespace", "shop"),
            ("name", OBJECT),
        ];
        let tags = tags
            .map(|(key, value)| json!({"key": format!("ecs-express.dev/{key}"), "value": value}));
        self.create_service(&other, &json!({"tags": tags}));
        let customer = format!("{}_customer", self.namespace);
        let change = Change::Customer(customer.as_str().into());
        self.emulator.change(change).unwrap();
        self.emulator.advance(Duration::from_secs(600));
        self.others = self.other_services();
    }

    /// What an operator could change of the services that are not the object's.
    fn other_services(&self) -> Vec<Value> {
        let overview = self.emulator.with_model(|model| model.overview());
        let services = overview["services"].as_array().cloned();
        let others = services.into_iter().flatten();
        others
            .filter(|service| service["serviceName"] != self.service())
            .map(|service| {
                let members = [
                    "serviceArn",
                    "statusCode",
                    "tags",
                    "createdAt",
                    "lastDeployment",
                ];
                members.map(|member| service[member].clone()).into()
            })
            .collect()
    }

    pub fn other_services_are_unchanged(&self) -> bool {
        self.others.len() == 2 && self.others == self.other_services()
    }

    /// Creates a service as somebody else would, outside the recorded calls.
    pub fn create_service(&self, name: &str, more: &Value) {
        let mut request = spec(&json!({
            "serviceName": name,
            "primaryContainer": {"image": "theirs:1"},
        }));
        merge(&mut request, more);
        let caller = Caller {
            account: "123456789012".into(),
            region: "eu-west-1".into(),
        };
        self.emulator.with_model(|model| {
            let created = model.call(&caller, "CreateExpressGatewayService", &request);
            created.unwrap();
            model.clear_calls();
        });
    }
}

fn find<'a>(overview: &'a Value, service: &str) -> Option<&'a Value> {
    let services = overview["services"].as_array()?;
    services.iter().find(|one| one["serviceName"] == service)
}

pub fn status_of(overview: &Value, service: &str) -> Option<String> {
    let found = find(overview, service)?;
    found["statusCode"].as_str().map(str::to_owned)
}

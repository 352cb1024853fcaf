//! What can be observed of a name, once through the API and once by the description.

use std::collections::{BTreeMap, BTreeSet};

use ecs_express_emulator::{Caller, Model, ServiceArn};
use serde_json::{Value, json};

use crate::{
    answers::{Answer, Call, Name, answer},
    deployment::Seconds,
    service::{Configuration, Rules, Service},
};

/// What DescribeExpressGatewayService shows. Revisions are numbered in the order of their creation.
#[derive(Debug, PartialEq, Eq)]
pub struct Described {
    status: String,
    current: Option<usize>,
    active: BTreeSet<(usize, Configuration)>,
}

/// What DescribeServices shows.
#[derive(Debug, PartialEq, Eq)]
pub struct Ordinary {
    status: String,
    management: String,
    running: i64,
    current: Option<usize>,
    revisions: BTreeSet<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct Observation {
    pub describe: Result<Described, Rejection>,
    pub ordinary: Option<Ordinary>,
    /// Each deployment as (revision, status).
    pub deployments: Result<Vec<(usize, String)>, Rejection>,
    pub newest_revision: Result<bool, Rejection>,
    pub tags: Result<Vec<String>, Rejection>,
    pub is_listed: bool,
}

/// The code of an error and its message, as far as the table of answers knows it.
pub type Rejection = (String, String);

/// Returns the rejection that the table of answers contains.
pub fn rejection(answer: Answer) -> Result<(), Rejection> {
    match answer {
        None => Ok(()),
        Some((code, message)) => Err((code.to_owned(), message.to_owned())),
    }
}

/// Observes a name through the API.
pub struct Observer<'a> {
    pub model: &'a mut Model,
    pub caller: &'a Caller,
    pub name: &'a str,
}

impl Observer<'_> {
    pub fn observe(&mut self) -> Observation {
        let arn = ServiceArn::new(self.caller, "default", self.name);
        let numbers = self.numbers(&arn);
        let arn = arn.to_string();
        let newest = self.newest_revision();
        let describe = self.call(
            Call::Describe,
            "DescribeExpressGatewayService",
            json!({ "serviceArn": arn }),
        );
        let deployments = json!({ "service": arn });
        let deployments = self.call(Call::ListDeployments, "ListServiceDeployments", deployments);
        let revision = self.call(
            Call::DescribeRevision,
            "DescribeServiceRevisions",
            json!({ "serviceRevisionArns": [newest] }),
        );
        let tags = json!({ "resourceArn": arn });
        let tags = self.call(Call::ListTags, "ListTagsForResource", tags);
        let services = self
            .model
            .call(
                self.caller,
                "DescribeServices",
                &json!({ "services": [self.name] }),
            )
            .unwrap();
        let listed = self
            .model
            .call(self.caller, "ListServices", &json!({}))
            .unwrap();
        Observation {
            describe: describe.map(|answer| described(&answer["service"], &numbers)),
            ordinary: services["services"]
                .get(0)
                .map(|service| ordinary(service, &numbers)),
            deployments: deployments.map(|answer| listed_deployments(&answer, &numbers)),
            newest_revision: revision.map(|answer| answer["failures"] == json!([])),
            tags: tags.map(|answer| {
                let mut keys = texts(&answer["tags"], "key");
                keys.sort();
                keys
            }),
            is_listed: listed["serviceArns"]
                .as_array()
                .unwrap()
                .contains(&json!(arn)),
        }
    }

    /// The number of each revision, by its ARN and by the ARNs of its deployments.
    fn numbers(&self, arn: &ServiceArn) -> BTreeMap<String, usize> {
        let Some(service) = self.model.service(arn) else {
            return BTreeMap::new();
        };
        let mut numbers: BTreeMap<String, usize> = service
            .revisions()
            .enumerate()
            .map(|(number, revision)| (revision.arn().to_owned(), number))
            .collect();
        for deployment in service.deployments() {
            let number = numbers[deployment.target_revision().arn()];
            numbers.insert(deployment.arn().to_owned(), number);
        }
        numbers
    }

    /// The ARN of the newest revision, or one that does not exist.
    fn newest_revision(&self) -> String {
        let arn = ServiceArn::new(self.caller, "default", self.name);
        let newest = self
            .model
            .service(&arn)
            .and_then(|service| service.revisions().last());
        newest.map_or_else(
            || arn.to_string().replace(":service/", ":service-revision/") + "/1",
            |revision| revision.arn().to_owned(),
        )
    }

    fn call(&mut self, call: Call, action: &str, body: Value) -> Result<Value, Rejection> {
        let answer = self.model.call(self.caller, action, &body);
        answer.map_err(|error| known_part(call, &error.code, &error.message))
    }
}

/// Shortens a message to what the table of answers contains of it for some state of the name.
pub fn known_part(call: Call, code: &str, message: &str) -> Rejection {
    let known = Name::ALL
        .into_iter()
        .filter_map(|name| answer(call, name))
        .find(|(known, beginning)| *known == code && message.starts_with(beginning));
    let message = known.map_or(message, |(_, beginning)| beginning);
    (code.to_owned(), message.to_owned())
}

fn described(service: &Value, numbers: &BTreeMap<String, usize>) -> Described {
    let active = service["activeConfigurations"].as_array().unwrap();
    Described {
        status: service["status"]["statusCode"].as_str().unwrap().to_owned(),
        current: number(&service["currentDeployment"], numbers),
        active: active
            .iter()
            .map(|shown| {
                let container = &shown["primaryContainer"];
                let configuration = Configuration {
                    path: shown["healthCheckPath"].as_str().unwrap().to_owned(),
                    image: container["image"].as_str().unwrap().to_owned(),
                    port: container["containerPort"].as_i64().unwrap(),
                    most_tasks: shown["scalingTarget"]["maxTaskCount"].as_i64().unwrap(),
                };
                let number = number(&shown["serviceRevisionArn"], numbers);
                (number.unwrap(), configuration)
            })
            .collect(),
    }
}

fn ordinary(service: &Value, numbers: &BTreeMap<String, usize>) -> Ordinary {
    let revisions = service["currentServiceRevisions"].as_array().unwrap();
    Ordinary {
        status: service["status"].as_str().unwrap().to_owned(),
        management: service["resourceManagementType"]
            .as_str()
            .unwrap()
            .to_owned(),
        running: service["runningCount"].as_i64().unwrap(),
        current: number(&service["currentServiceDeployment"], numbers),
        revisions: revisions
            .iter()
            .map(|revision| number(&revision["arn"], numbers).unwrap())
            .collect(),
    }
}

fn listed_deployments(answer: &Value, numbers: &BTreeMap<String, usize>) -> Vec<(usize, String)> {
    let list = answer["serviceDeployments"].as_array().unwrap();
    let mut deployments: Vec<(usize, String)> = list
        .iter()
        .map(|deployment| {
            let target = number(&deployment["targetServiceRevisionArn"], numbers);
            let status = deployment["status"].as_str().unwrap();
            (target.unwrap(), status.to_owned())
        })
        .collect();
    deployments.sort();
    deployments
}

fn number(arn: &Value, numbers: &BTreeMap<String, usize>) -> Option<usize> {
    arn.as_str().map(|arn| numbers[arn])
}

fn texts(list: &Value, member: &str) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one[member].as_str().unwrap().to_owned())
        .collect()
}

/// What the description says can be observed.
pub fn expected(service: Option<&Service>, rules: Rules, now: Seconds) -> Observation {
    let seen = service.filter(|service| service.is_visible(rules, now));
    let real = service.map_or(Name::Free, |service| service.name(rules, now));
    let name = if seen.is_some() { real } else { Name::Free };
    Observation {
        describe: rejection(answer(Call::Describe, name)).map(|()| {
            let service = seen.unwrap();
            Described {
                status: service.status(now).to_owned(),
                current: service.current(now),
                active: service
                    .active(now)
                    .into_iter()
                    .map(|number| (number, service.revisions[number].clone()))
                    .collect(),
            }
        }),
        ordinary: seen.map(|service| Ordinary {
            status: service.status(now).to_owned(),
            management: if service.is_express() {
                "ECS"
            } else {
                "CUSTOMER"
            }
            .to_owned(),
            running: service.running_tasks(now),
            current: service.current(now),
            revisions: service.active(now).into_iter().collect(),
        }),
        deployments: rejection(answer(Call::ListDeployments, name))
            .map(|()| seen.unwrap().shown(rules, now)),
        newest_revision: rejection(answer(Call::DescribeRevision, name))
            .map(|()| seen.is_some_and(Service::is_express)),
        tags: rejection(answer(Call::ListTags, name)).map(|()| {
            let mut tags = seen.unwrap().tags.clone();
            tags.sort();
            tags
        }),
        is_listed: seen.is_some_and(|service| service.status(now) == "ACTIVE"),
    }
}

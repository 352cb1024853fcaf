//! Acts of users, of others in AWS, and of the environment.

use std::{sync::atomic::Ordering, time::Duration};

use ecs_express_emulator::{Caller, Change, ServiceStatus};
use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::{Value, json};
use test_support::{manifest::manifest, merge_patch::merge};

use super::{Event, Observation, Simulator};
use crate::{
    checkers::{
        Occurrence,
        honesty::is_ready,
        truth::{ACCOUNT, REGION, SERVICE_ARN, arn_of},
    },
    kubernetes::api_server::Definition,
    link::{Credentials, lock},
    scenario::act::{Act, Expected},
    story::Who,
};

impl Simulator<'_> {
    /// Takes a step of the scenario.
    pub(super) fn act(&mut self, number: usize) {
        let act = &self.scenario.steps[number].act;
        if act
            .operator()
            .is_some_and(|operator| operator >= self.operators.len())
        {
            return;
        }
        self.story
            .tell(self.now, Who::Others, || format!("{act:?}"));
        match act {
            Act::Apply { object, spec } => self.apply(*object, spec),
            Act::Replace { object, spec } => self.replace(*object, spec),
            Act::Delete { object } => {
                let now = self.model.now().to_text();
                if let Some(key) = self.key(*object)
                    && self.api.delete(&key, &now).is_ok()
                {
                    self.announce();
                }
            }
            Act::Annotate { object, key, value } => {
                self.edit(*object, |metadata| {
                    merge(metadata, &json!({"annotations": {*key: value}}));
                });
            }
            Act::ConfirmAdoption { object } => self.confirm_adoption(*object),
            Act::Finalizer { object, present } => self.edit(*object, |metadata| {
                const OTHERS: &str = "example.com/others";
                let mut finalizers = metadata["finalizers"]
                    .as_array()
                    .cloned()
                    .unwrap_or_default();
                finalizers.retain(|one| one != OTHERS);
                // The API server accepts no new finalizer on an object that is being deleted.
                if *present && metadata["deletionTimestamp"].is_null() {
                    finalizers.push(json!(OTHERS));
                }
                metadata["finalizers"] = json!(finalizers);
            }),
            Act::RemoveAnnotations { object } => self.edit(*object, |metadata| {
                let annotations = json!({
                    SERVICE_ARN: null,
                    "ecs-express.dev/cluster-id": null,
                });
                merge(metadata, &json!({ "annotations": annotations }));
            }),
            Act::Label { object, value } => {
                if let Some(key) = self.key(*object) {
                    self.label(&key, value);
                }
            }
            Act::Definition { old } => {
                let mut definition = Definition::current().without_transition_rules();
                if *old {
                    definition = definition.without(&["status/operatorState/intent"]);
                }
                self.api.serve(definition);
                self.old_definition = *old;
            }
            Act::LoseStatus { object } => {
                if let Some(key) = self.key(*object) {
                    let written = self.api.edit(&key, |object| {
                        object["status"] = json!({ "observedGeneration": -1 });
                    });
                    if written.is_ok() {
                        self.announce();
                    }
                }
            }
            Act::Aws(change) => self.change_aws(change),
            Act::Call { action, body } => {
                let caller = Caller {
                    account: ACCOUNT.into(),
                    region: REGION.into(),
                };
                // Others may be refused as well.
                let _ = self.model.serve(&caller, action, body);
            }
            Act::Outcome { service, outcome } => self.model.set_outcome(service, *outcome, None),
            Act::Restart { operator, down } => self.kill(*operator, *down),
            Act::Freeze { operator, span } => self.freeze(*operator, *span),
            Act::Lag { operator, span } => {
                self.operators[*operator].lags_until = self.now + *span;
            }
            Act::Relist { operator } => {
                if let Some(process) = &self.operators[*operator].process {
                    let id = process.id;
                    self.after(Duration::from_millis(50), Event::List(id));
                }
            }
            Act::Repeat { operator } => self.deliver_again(*operator),
            Act::Credentials {
                operator,
                credentials,
            } => self.set_credentials(*operator, credentials),
            Act::Expect { object, expected } => self.expect(*object, expected),
            Act::Observe { object } => self.observe(*object),
            Act::Clock { operator, seconds } => {
                self.operators[*operator]
                    .wall_error
                    .store(*seconds, Ordering::Relaxed);
            }
        }
        self.note();
        self.check(&Occurrence::Acted(act));
    }

    /// Checks what the scenario says of this moment.
    fn expect(&mut self, object: usize, expected: &Expected) {
        let Some(key) = self.key(object) else { return };
        let arn = arn_of(&key, self.api.get(&key).map(|stored| &**stored));
        let service = self.truth.service(&arn);
        let holds = match expected {
            Expected::Image(image) => service
                .and_then(|service| service.newest.as_ref())
                .is_some_and(|(_, shown)| shown["primaryContainer"]["image"] == **image),
            Expected::NotReady => self.api.get(&key).is_some_and(|stored| !is_ready(stored)),
            Expected::Deleted => service.is_none_or(|it| it.status != ServiceStatus::Active),
        };
        if holds {
            return;
        }
        let (rule, what) = (
            "what a user asks for reaches ECS in time",
            format!("{key}: {expected:?}"),
        );
        self.story.tell(self.now, Who::Environment, || {
            format!("VIOLATION: {rule}: {what}")
        });
        self.violation = Some(crate::checkers::Violation { rule, what });
    }

    /// Notes what is the case.
    fn observe(&mut self, object: usize) {
        let Some(key) = self.key(object) else { return };
        let stored = self.api.get(&key).map(|stored| &**stored);
        let arn = arn_of(&key, stored);
        let tags = self
            .model
            .services()
            .find(|service| service.arn().to_string() == arn)
            .map(|service| service.tags().to_vec());
        let changes = self.requests.iter().filter(|made| made.aws && made.write);
        self.observations.push(Observation {
            object: stored.map_or(Value::Null, |stored| stored.json.clone()),
            service: self.truth.service(&arn).cloned(),
            tags: tags
                .into_iter()
                .flatten()
                .map(|tag| (tag.key, tag.value))
                .collect(),
            changes: changes.count(),
        });
    }

    fn key(&self, object: usize) -> Option<ObjectKey> {
        self.scenario.objects.get(object).cloned()
    }

    fn edit(&mut self, object: usize, change: impl FnOnce(&mut Value)) {
        let Some(key) = self.key(object) else { return };
        let written = self
            .api
            .edit(&key, |object| change(&mut object["metadata"]));
        if written.is_ok_and(|write| write.is_effective()) {
            self.announce();
        }
    }

    fn apply(&mut self, object: usize, spec: &Value) {
        let Some(key) = self.key(object) else { return };
        let written = if self.api.get(&key).is_some() {
            self.api.edit(&key, |object| object["spec"] = spec.clone())
        } else {
            self.api.create(&key, manifest(&key.name, spec))
        };
        if written.is_ok_and(|write| write.is_effective()) {
            self.announce();
        }
    }

    fn replace(&mut self, object: usize, spec: &Value) {
        let Some(key) = self.key(object) else { return };
        let written = self.api.edit(&key, |object| {
            object["spec"] = spec.clone();
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.remove("annotations");
                metadata.remove("finalizers");
                metadata.remove("labels");
            }
        });
        if written.is_ok() {
            self.announce();
        }
    }

    fn confirm_adoption(&mut self, object: usize) {
        let Some(key) = self.key(object) else { return };
        let message = self.api.get(&key).and_then(|stored| {
            stored.condition("Ready")?["message"]
                .as_str()
                .map(str::to_owned)
        });
        let hash = message
            .as_deref()
            .and_then(|message| message.split("adopt-confirm=").nth(1))
            .map(|rest| {
                rest.chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect::<String>()
            });
        if let Some(hash) = hash {
            self.edit(object, |metadata| {
                merge(
                    metadata,
                    &json!({"annotations": {"ecs-express.dev/adopt-confirm": hash}}),
                );
            });
        }
    }

    fn change_aws(&mut self, change: &Value) {
        match Change::from_wire(change) {
            // A change of what is not there is refused, as for any other client.
            Ok(change) => drop(self.model.change(change)),
            Err(what) => {
                self.violation = Some(crate::checkers::Violation {
                    rule: "the scenario is valid",
                    what,
                });
            }
        }
    }

    fn set_credentials(&mut self, operator: usize, credentials: &Credentials) {
        self.operators[operator].credentials = credentials.clone();
        if let Some(process) = &self.operators[operator].process {
            let mut shared = lock(&process.link.credentials);
            shared.0 += 1;
            shared.1 = credentials.clone();
        }
    }

    /// Ends everything that disturbs the operator.
    pub(super) fn make_calm(&mut self) {
        self.calm = true;
        self.story.tell(self.now, Who::Environment, || {
            "nothing disturbs the operator from now on".into()
        });
        self.old_definition = false;
        self.api
            .serve(Definition::current().without_transition_rules());
        for operator in 0..self.operators.len() {
            self.set_credentials(operator, &Credentials::Valid(ACCOUNT.into()));
            let this = &mut self.operators[operator];
            this.lags_until = self.now;
            this.wall_error.store(0, Ordering::Relaxed);
        }
        let lags = json!({"readLagSeconds": {}, "memberLagSeconds": {}, "throttling": "Off"});
        if let Err(what) = self.model.change_settings(&lags) {
            self.violation = Some(crate::checkers::Violation {
                rule: "the scenario is valid",
                what,
            });
        }
    }
}

//! The lives of an object, without anything that disturbs them.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::manifest;

use super::{
    Scenario,
    act::{Act, Step},
    key, service,
};

/// A life of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lifecycle {
    /// Created, and then left alone.
    Create,
    /// Created and edited.
    Update,
    /// An existing service is adopted, with a difference that has to be confirmed.
    Adopt,
    /// An edit that ECS rolls back, and another one that succeeds.
    Rollback,
    /// Created and deleted.
    Delete,
    /// Created, and deleted with `Retain`.
    Retain,
    /// Deleted and created again while the service drains.
    Recreate,
}

/// All lives.
pub const LIFECYCLES: [Lifecycle; 7] = [
    Lifecycle::Create,
    Lifecycle::Update,
    Lifecycle::Adopt,
    Lifecycle::Rollback,
    Lifecycle::Delete,
    Lifecycle::Retain,
    Lifecycle::Recreate,
];

/// A spec with this image.
pub fn spec(image: &str) -> Value {
    manifest::spec(&json!({"primaryContainer": {
        "image": image,
        "environment": [{"name": "TOKEN", "value": "canary-1"}],
    }}))
}

/// A life as a scenario.
pub fn scenario(life: Lifecycle) -> Scenario {
    let apply = |spec| Act::Apply { object: 0, spec };
    let mut steps = vec![Step::at(1, apply(spec("shop:1")))];
    match life {
        Lifecycle::Create => {}
        Lifecycle::Update => steps.push(Step::at(200, apply(spec("shop:2")))),
        Lifecycle::Adopt => steps = adoption(),
        Lifecycle::Rollback => {
            steps.push(Step::at(
                190,
                Act::Outcome {
                    service: service(0),
                    outcome: ecs_express_emulator::Outcome::RollBackByAlarm,
                },
            ));
            steps.push(Step::at(200, apply(spec("shop:2"))));
            steps.push(Step::at(500, apply(spec("shop:3"))));
        }
        Lifecycle::Delete => steps.push(Step::at(200, Act::Delete { object: 0 })),
        Lifecycle::Retain => {
            let mut retained = spec("shop:1");
            retained["deletionPolicy"] = json!("Retain");
            steps = vec![
                Step::at(1, apply(retained)),
                Step::at(200, Act::Delete { object: 0 }),
            ];
        }
        Lifecycle::Recreate => {
            steps.push(Step::at(200, Act::Delete { object: 0 }));
            // The deletion takes about two minutes.
            steps.push(Step::at(400, apply(spec("shop:2"))));
        }
    }
    // The last rollout or deletion, and two observations of an idle object.
    let last = steps.iter().map(|step| step.at.as_secs()).max();
    steps.push(Step::disturbed_until(last.unwrap_or_default() + 900));
    Scenario {
        seed: 0,
        emulator: json!({}),
        operators: 1,
        objects: vec![key(0)],
        steps,
        faults: Vec::new(),
    }
}

fn adoption() -> Vec<Step> {
    let mut existing = spec("shop:0");
    existing["serviceName"] = json!(service(0));
    if let Some(existing) = existing.as_object_mut() {
        existing.remove("adoptionPolicy");
    }
    let mut adopting = spec("shop:1");
    adopting["adoptionPolicy"] = json!("Adopt");
    vec![
        Step::at(
            0,
            Act::Call {
                action: crate::checkers::CREATE,
                body: existing,
            },
        ),
        Step {
            at: Duration::from_secs(100),
            act: Act::Apply {
                object: 0,
                spec: adopting,
            },
        },
        Step::at(160, Act::ConfirmAdoption { object: 0 }),
    ]
}

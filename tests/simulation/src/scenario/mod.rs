//! What happens in a run: the lives of the objects, the acts of others, and the faults.
//!
//! A scenario is data. A run depends on it alone, so it can be printed, repeated and made smaller.

pub mod act;
pub mod chains;
pub mod fault;
pub mod fields;
pub mod found;
pub mod histories;
pub mod lifecycles;
mod others;
pub mod random;
mod settings;

use std::time::Duration;

use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::Value;

use self::{act::Step, fault::Fault};

/// What happens in a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Decides latencies and jitter.
    pub seed: u64,
    /// Settings of the emulator that differ from its defaults.
    pub emulator: Value,
    /// How many operators run beside one another, without an election.
    pub operators: usize,
    /// Names of the objects.
    pub objects: Vec<ObjectKey>,
    /// Acts of users, of others in AWS, and of the environment, by their time.
    pub steps: Vec<Step>,
    /// Faults of requests.
    pub faults: Vec<Fault>,
}

impl Scenario {
    /// The time after which nothing disturbs the operator any more.
    pub fn calm_from(&self) -> Duration {
        let last = self.steps.iter().map(|step| step.at).max();
        last.unwrap_or_default() + Duration::from_secs(60)
    }
}

/// The key of the object with this number.
pub fn key(number: usize) -> ObjectKey {
    let name = match number {
        0 => "shop".into(),
        1 => "cart".into(),
        2 => "mail".into(),
        more => format!("web-{more}"),
    };
    ObjectKey {
        namespace: "team-a".into(),
        name,
    }
}

/// The name of the object's service.
pub fn service(number: usize) -> String {
    let key = key(number);
    format!("{}_{}", key.namespace, key.name)
}

//! Makes a failing scenario smaller: fewer faults, fewer steps, fewer settings, while the same rule stays broken.

use serde_json::Value;

use crate::{scenario::Scenario, simulator::run, story::Story};

/// The smallest scenario found that breaks this rule, by leaving out one thing after the other.
pub fn minimise(scenario: &Scenario, rule: &str) -> Scenario {
    let mut smallest = scenario.clone();
    loop {
        let smaller = candidates(&smallest).find(|candidate| {
            let outcome = run(candidate, Story::default());
            outcome
                .violation
                .is_some_and(|violation| violation.rule == rule)
        });
        match smaller {
            Some(smaller) => smallest = smaller,
            None => return smallest,
        }
    }
}

/// Scenarios that lack one thing.
fn candidates(scenario: &Scenario) -> impl Iterator<Item = Scenario> + use<> {
    let mut found = Vec::new();
    for number in 0..scenario.faults.len() {
        let mut smaller = scenario.clone();
        smaller.faults.remove(number);
        found.push(smaller);
    }
    for number in 0..scenario.steps.len() {
        let mut smaller = scenario.clone();
        smaller.steps.remove(number);
        found.push(smaller);
    }
    if let Value::Object(settings) = &scenario.emulator {
        for name in settings.keys() {
            let mut smaller = scenario.clone();
            if let Value::Object(settings) = &mut smaller.emulator {
                settings.remove(name);
            }
            found.push(smaller);
        }
    }
    if scenario.operators > 1 {
        let mut smaller = scenario.clone();
        smaller.operators = 1;
        found.push(smaller);
    }
    for (number, fault) in scenario.faults.iter().enumerate() {
        if fault.times > 1 {
            let mut smaller = scenario.clone();
            smaller.faults[number].times = 1;
            found.push(smaller);
        }
    }
    found.into_iter()
}

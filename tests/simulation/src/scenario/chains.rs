//! Chains: specs that a user applies to one object, one after the other.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::merge_patch::merge;

use super::{
    Scenario,
    act::{Act, Step},
    fields::{BY_TASK_DEFINITION, Field, all, base},
    key,
};
use crate::random::Random;

/// How long the operator has for each spec.
pub const LINK: Duration = Duration::from_secs(200);

/// A chain of specs.
#[derive(Clone, Debug)]
pub struct Chain {
    /// What it does, for people.
    pub name: String,
    /// Settings of the emulator that differ from its defaults.
    pub emulator: Value,
    /// The specs in their order.
    pub links: Vec<Link>,
}

/// A spec of a chain.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The spec.
    pub spec: Value,
    /// What should become of it.
    pub fate: Fate,
}

/// What should become of a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// ECS gets it.
    Applied,
    /// The operator or ECS refuses it.
    Refused,
    /// The operator only observes.
    Suspended,
}

impl Link {
    fn legal(spec: Value) -> Self {
        let fate = if spec["suspend"] == true {
            Fate::Suspended
        } else {
            Fate::Applied
        };
        Self { spec, fate }
    }

    fn refused(spec: Value) -> Self {
        let fate = Fate::Refused;
        Self { spec, fate }
    }
}

impl Chain {
    /// The chain as a scenario that notes what is the case at the end of each link.
    pub fn scenario(&self) -> Scenario {
        let links = self.links.iter().map(|link| &link.spec);
        scenario(&self.emulator, links)
    }
}

/// A scenario that applies these specs to one object.
pub fn scenario<'a>(emulator: &Value, specs: impl Iterator<Item = &'a Value>) -> Scenario {
    let mut steps = Vec::new();
    let mut at = Duration::from_secs(1);
    for spec in specs {
        let spec = spec.clone();
        let act = Act::Apply { object: 0, spec };
        steps.push(Step { at, act });
        at += LINK;
        let before = at.saturating_sub(Duration::from_millis(1));
        let act = Act::Observe { object: 0 };
        steps.push(Step { at: before, act });
    }
    Scenario {
        seed: 0,
        emulator: emulator.clone(),
        operators: 1,
        objects: vec![key(0)],
        steps,
        faults: Vec::new(),
    }
}

/// Every answer to the questions of what an update leaves out or empties.
pub fn answers() -> Vec<Value> {
    let mut answers = vec![json!({})];
    for (name, one, other) in [
        ("omittedMembers", "Replace", "Merge"),
        ("omittedBlocks", "Keep", "Reset"),
        ("emptyLists", "Clear", "Keep"),
        ("emptyStrings", "Refuse", "Clear"),
    ] {
        let with = |value: &str| {
            let value = value.to_owned();
            move |answer: &Value| {
                let mut answer = answer.clone();
                answer[name] = json!(value);
                answer
            }
        };
        let others: Vec<_> = answers.iter().map(with(other)).collect();
        answers = answers.iter().map(with(one)).chain(others).collect();
    }
    // Each block may be an exception.
    for name in [
        "omittedContainerMembers",
        "omittedNetworkMembers",
        "omittedScalingMembers",
    ] {
        answers.push(json!({"omittedMembers": "Merge", (name): "Replace"}));
        answers.push(json!({"omittedMembers": "Replace", (name): "Merge"}));
    }
    answers
}

/// For each field, a chain through every ordered pair of its legal states, and from each refused state back.
pub fn of_each_field(emulator: &Value) -> Vec<Chain> {
    let chain = |field: Field| Chain {
        name: field.paths.join(" and "),
        emulator: emulator.clone(),
        links: through_all_pairs(&field),
    };
    all().into_iter().map(chain).collect()
}

fn through_all_pairs(field: &Field) -> Vec<Link> {
    let specs: Vec<Value> = field
        .legal
        .iter()
        .map(|state| patched(&base(), state))
        .collect();
    let legal = |number: usize| Link::legal(specs[number].clone());
    let mut links = vec![legal(0)];
    for one in 0..specs.len() {
        if one > 0 {
            links.push(legal(one));
        }
        for other in one + 1..specs.len() {
            links.push(legal(other));
            links.push(legal(one));
        }
    }
    for state in &field.refused {
        links.push(Link::refused(patched(&specs[specs.len() - 1], state)));
        links.push(legal(specs.len() - 1));
    }
    links
}

fn patched(spec: &Value, patch: &Value) -> Value {
    let mut spec = spec.clone();
    merge(&mut spec, patch);
    spec
}

/// A chain of so many random changes; some are refused, some go back to an earlier spec.
pub fn random(seed: u64, length: usize) -> Chain {
    let mut random = Random::part(seed, 7);
    let fields = all();
    let emulator = random.pick(&answers());
    let mut links = vec![Link::legal(base())];
    let mut spec = base();
    while links.len() < length {
        let field = &fields[random.below(fields.len() as u64) as usize];
        if excluded(&spec, field) {
            continue;
        }
        if random.percent(15) && !field.refused.is_empty() && spec["suspend"] != true {
            let state = random.pick(&field.refused);
            links.push(Link::refused(patched(&spec, &state)));
        } else if random.percent(15) {
            let legal: Vec<_> = links
                .iter()
                .filter(|link| link.fate != Fate::Refused)
                .collect();
            spec = random.pick(&legal).spec.clone();
        } else {
            let state = random.pick(&field.legal);
            let next = patched(&spec, &state);
            if is_contradictory(&next) {
                continue;
            }
            spec = next;
        }
        links.push(Link::legal(spec.clone()));
    }
    if let Some(spec) = spec.as_object_mut() {
        spec.remove("suspend");
    }
    links.push(Link::legal(spec));
    Chain {
        name: format!("random chain {seed}"),
        emulator,
        links,
    }
}

/// Changes one field of a spec to another legal state, unless the schema would refuse the result.
pub fn change(spec: &mut Value, random: &mut Random) {
    let field = random.pick(&all());
    let next = patched(spec, &random.pick(&field.legal));
    if !excluded(spec, &field) && !is_contradictory(&next) {
        *spec = next;
    }
}

/// Whether the schema refuses the spec, although it accepts each of its fields.
fn is_contradictory(spec: &Value) -> bool {
    let count = |name: &str| spec["scalingTarget"][name].as_i64();
    let (min, max) = (count("minTaskCount"), count("maxTaskCount"));
    min.zip(max).is_some_and(|(min, max)| min > max)
}

/// Whether the task definition of the spec excludes the field.
fn excluded(spec: &Value, field: &Field) -> bool {
    let excluded = |path: &str| {
        BY_TASK_DEFINITION
            .iter()
            .any(|name| path.split('.').next() == Some(*name))
    };
    !spec["taskDefinitionArn"].is_null() && field.paths.iter().any(|path| excluded(path))
}

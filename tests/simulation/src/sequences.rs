//! Chains of specs, compared with the same specs applied to fresh objects: what ECS has after a chain is what it would
//! have without the way there, except for what the object reports as left in force.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    checkers::{Violation, configuration::members},
    scenario::chains::{Chain, Fate, Link, scenario},
    simulator::{Calm, Observation, run_and_calm},
    story::Story,
};

/// The end of a chain is judged by its last link.
const CALM: Calm = Calm {
    convergence: Duration::from_secs(1),
    rest: Duration::from_secs(1),
};

/// How many transitions ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// ECS got the spec.
    pub applied: u64,
    /// Of these, some fields of an earlier spec are reported as left in force.
    pub left_in_force: u64,
    /// The spec was refused, and changed nothing.
    pub refused: u64,
    /// A value that is left in force made ECS refuse the spec, and the object says so.
    pub held_back: u64,
    /// The object was suspended, and nothing changed.
    pub suspended: u64,
    /// ECS refuses the spec also for a fresh object.
    pub not_legal: u64,
}

impl Counts {
    /// All transitions.
    pub fn all(&self) -> u64 {
        self.applied + self.refused + self.held_back + self.suspended + self.not_legal
    }

    /// Adds those of another chain.
    pub fn add(&mut self, other: Self) {
        self.applied += other.applied;
        self.left_in_force += other.left_in_force;
        self.refused += other.refused;
        self.held_back += other.held_back;
        self.suspended += other.suspended;
        self.not_legal += other.not_legal;
    }
}

/// Runs a chain, and each of its specs alone. Returns what broke, with the number of the link.
pub fn judge(chain: &Chain) -> (Counts, Vec<(usize, Violation)>) {
    let outcome = run_and_calm(&chain.scenario(), Story::default(), CALM);
    let mut broken = Vec::new();
    if let Some(violation) = outcome.violation {
        broken.push((outcome.observations.len(), violation));
    }
    let mut counts = Counts::default();
    let mut alone = BTreeMap::new();
    for (number, (link, seen)) in chain.links.iter().zip(&outcome.observations).enumerate() {
        let before = number.checked_sub(1).map(|before| Reached {
            link: &chain.links[before],
            seen: &outcome.observations[before],
        });
        let after = Reached { link, seen };
        let direct = alone
            .entry(link.spec.to_string())
            .or_insert_with(|| directly(&chain.emulator, link));
        match transition(before.as_ref(), &after, direct.as_ref()) {
            Ok(one) => counts.add(one),
            Err(violation) => broken.push((number, violation)),
        }
    }
    (counts, broken)
}

/// A link and what was the case at its end.
struct Reached<'a> {
    link: &'a Link,
    seen: &'a Observation,
}

/// What becomes of the spec of a fresh object.
fn directly(emulator: &Value, link: &Link) -> Option<Observation> {
    if link.fate != Fate::Applied {
        return None;
    }
    let scenario = scenario(emulator, [&link.spec].into_iter());
    let mut outcome = run_and_calm(&scenario, Story::default(), CALM);
    outcome.observations.pop()
}

fn transition(
    before: Option<&Reached<'_>>,
    after: &Reached<'_>,
    direct: Option<&Observation>,
) -> Result<Counts, Violation> {
    let mut counts = Counts::default();
    match after.link.fate {
        Fate::Refused => {
            counts.refused = 1;
            if is_ready(after.seen) && is_synced(after.seen) {
                return broken("a refused spec is reported", shown(after.seen));
            }
            unchanged(before, after)?;
        }
        Fate::Suspended => {
            counts.suspended = 1;
            unchanged(before, after)?;
        }
        Fate::Applied => match direct.filter(|direct| is_ready(direct) && is_synced(direct)) {
            None => counts.not_legal = 1,
            Some(_) if is_held_back(after.seen) => {
                counts.held_back = 1;
                unchanged(before, after)?;
            }
            Some(direct) => {
                counts.applied = 1;
                counts.left_in_force = u64::from(!left_in_force(after.seen).is_empty());
                applied(after, direct)?;
                if let Some(before) = before {
                    nothing_sent_for_the_same(before, after)?;
                }
            }
        },
    }
    Ok(counts)
}

/// ECS has what it has for a fresh object, except for what is reported as left in force.
fn applied(after: &Reached<'_>, direct: &Observation) -> Result<(), Violation> {
    if !is_ready(after.seen) || !is_synced(after.seen) {
        return broken(
            "an object with a legal spec is ready and in sync",
            shown(after.seen),
        );
    }
    let left = left_in_force(after.seen);
    let set = members(&after.link.spec);
    let wrong: Vec<_> = left.iter().filter(|path| is_set(&set, path)).collect();
    if !wrong.is_empty() {
        return broken(
            "what the spec sets is not left in force",
            format!("{wrong:?}"),
        );
    }
    let (chained, fresh) = (state(after.seen), state(direct));
    let paths: BTreeSet<_> = chained.keys().chain(fresh.keys()).collect();
    let unexplained: Vec<_> = paths
        .into_iter()
        .filter(|path| chained.get(*path) != fresh.get(*path) && !left.contains(*path))
        .map(|path| {
            format!(
                "{path}: {} instead of {}",
                text(chained.get(path)),
                text(fresh.get(path))
            )
        })
        .collect();
    if unexplained.is_empty() {
        return Ok(());
    }
    broken(
        "what a chain reaches is what its last spec alone reaches",
        format!("{} ({})", unexplained.join("; "), shown(after.seen)),
    )
}

fn unchanged(before: Option<&Reached<'_>>, after: &Reached<'_>) -> Result<(), Violation> {
    let (mut was, mut is) = (BTreeMap::new(), state(after.seen));
    if let Some(before) = before {
        was = state(before.seen);
        if after.link.fate == Fate::Refused {
            // The tags that a spec no longer has may go before ECS refuses the new ones.
            let wanted = meaning(&after.link.spec);
            for state in [&mut was, &mut is] {
                let tags = state.get_mut("tags").and_then(Value::as_object_mut);
                if let (Some(tags), Some(wanted)) = (tags, wanted["tags"].as_object()) {
                    tags.retain(|key, _| wanted.contains_key(key));
                }
            }
        }
    }
    if is == was {
        return Ok(());
    }
    broken(
        "a spec that is refused, held back or suspended changes nothing",
        format!("{} ({})", short(&after.link.spec), shown(after.seen)),
    )
}

/// Two specs that mean the same: the second sends nothing.
fn nothing_sent_for_the_same(before: &Reached<'_>, after: &Reached<'_>) -> Result<(), Violation> {
    let same = before.link.fate == Fate::Applied
        && is_ready(before.seen)
        && meaning(&before.link.spec) == meaning(&after.link.spec);
    let sent = after.seen.changes - before.seen.changes;
    if same && sent > 0 {
        return broken("equal specs send nothing", format!("{sent} requests"));
    }
    Ok(())
}

/// What ECS has, without what differs from service to service: by path, in a form that does not depend on order.
fn state(seen: &Observation) -> BTreeMap<String, Value> {
    let Some((_, configuration)) = seen
        .service
        .as_ref()
        .and_then(|service| service.steady.as_ref())
    else {
        return BTreeMap::new();
    };
    let mut found = members(configuration);
    // ECS registers a task definition of its own for each revision that needs one.
    found.retain(|path, value| {
        let of_user = || value.as_str().is_some_and(|arn| arn.contains("/own:"));
        path != "taskDefinitionArn" || of_user()
    });
    if let Some(groups) = found.get_mut("networkConfiguration.securityGroups")
        && let Some(groups) = groups.as_array_mut()
    {
        groups.retain(is_of_a_user);
    }
    let mut tags = seen.tags.clone();
    tags.retain(|key, _| !key.starts_with("ecs-express.dev/"));
    found.insert("tags".into(), json!(tags));
    found
}

/// Whether a security group is none that ECS has made, whose id is random.
fn is_of_a_user(group: &Value) -> bool {
    let id = group.as_str().unwrap_or_default();
    ["sg-a", "sg-b"].contains(&id)
        || id.len() == "sg-".len() + 17 && id.starts_with("sg-000000000000000")
}

/// What a spec asks for.
fn meaning(spec: &Value) -> BTreeMap<String, Value> {
    let mut found = members(spec);
    let tags: BTreeMap<_, _> = spec["tags"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|tag| {
            (
                tag["key"].to_string(),
                tag["value"].as_str().unwrap_or_default(),
            )
        })
        .collect();
    found.insert("tags".into(), json!(tags));
    found
}

fn is_ready(seen: &Observation) -> bool {
    let status = &seen.object["status"];
    status["observedGeneration"] == seen.object["metadata"]["generation"]
        && condition(seen, "Ready").is_some_and(|ready| ready["status"] == "True")
}

fn is_synced(seen: &Observation) -> bool {
    condition(seen, "Synced").is_some_and(|synced| synced["status"] == "True")
}

fn condition<'a>(seen: &'a Observation, kind: &str) -> Option<&'a Value> {
    let conditions = seen.object["status"]["conditions"].as_array()?;
    conditions
        .iter()
        .find(|condition| condition["type"] == kind)
}

/// Whether the object says that values which are not in the spec made ECS refuse it.
fn is_held_back(seen: &Observation) -> bool {
    let message = |kind| condition(seen, kind).and_then(|it| it["message"].as_str());
    let says = |text: &str| text.contains("not in the spec but still in force in ECS");
    !is_ready(seen)
        && ["Ready", "Synced"]
            .into_iter()
            .filter_map(message)
            .any(says)
}

/// The paths that the object reports as left in force.
fn left_in_force(seen: &Observation) -> BTreeSet<String> {
    let synced = condition(seen, "Synced").filter(|synced| synced["reason"] == "LeftInForce");
    let message = synced
        .and_then(|synced| synced["message"].as_str())
        .unwrap_or_default();
    let named = message.split("spec.").skip(1);
    named
        .filter_map(|rest| rest.split(" (").next())
        .map(str::to_owned)
        .collect()
}

fn is_set(set: &BTreeMap<String, Value>, path: &str) -> bool {
    set.get(path).is_some_and(|value| {
        let empty = value.as_array().is_some_and(Vec::is_empty);
        !empty && value.as_object().is_none_or(|pairs| !pairs.is_empty())
    })
}

fn text(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), short)
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}

fn shown(seen: &Observation) -> String {
    let conditions = ["Ready", "Synced"].map(|kind| {
        condition(seen, kind).map_or_else(
            || format!("no {kind}"),
            |it| {
                format!(
                    "{kind}={} {}: {}",
                    it["status"],
                    it["reason"],
                    short(&it["message"])
                )
            },
        )
    });
    conditions.join(", ")
}

fn broken<T>(rule: &'static str, what: String) -> Result<T, Violation> {
    Err(Violation { rule, what })
}

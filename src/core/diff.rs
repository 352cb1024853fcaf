//! Where ECS differs from the spec, and the request that takes the difference away.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    configuration::{Configuration, Container, Mode, Network, Scaling},
    field::{Field, Value, WhenUnset},
    identity::owner_tags,
};

/// A field in which ECS differs from the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field.
    pub field: Field,
    /// What the spec wants, as a person may see it.
    pub desired: String,
    /// What ECS has, as a person may see it.
    pub actual: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.field.path();
        write!(
            f,
            "{path}: spec has {}, ECS has {}",
            self.desired, self.actual
        )
    }
}

/// A field that the user took out of the spec and that ECS cannot clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftInForce {
    /// The field.
    pub field: Field,
    /// What stays in force.
    pub actual: String,
}

/// The spec beside a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// What an update would change, in the order of [`Field`].
    pub differences: Vec<Difference>,
    /// What stays in force though it is no longer in the spec.
    pub left_in_force: Vec<LeftInForce>,
}

impl Diff {
    /// Whether an update would change nothing.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether scaling differs.
    pub fn touches_scaling(&self) -> bool {
        self.differences
            .iter()
            .any(|difference| difference.field.is_scaling())
    }
}

/// Compares what the user set with what a revision shows. `managed_groups` are ECS's own security groups, as far as known;
/// `set_before` are the fields that the spec set when it was last applied, in the same mode.
pub fn diff(
    desired: &Configuration,
    mode: Mode,
    actual: &Configuration,
    managed_groups: Option<&BTreeSet<&str>>,
    set_before: &BTreeSet<Field>,
) -> Diff {
    let (desired, actual) = (desired.values(), actual.values());
    let mut diff = Diff::default();
    for field in Field::ALL {
        let derived = match mode {
            Mode::Managed => field == Field::TaskDefinitionArn,
            Mode::TaskDefinition => field.is_decided_by_task_definition(),
        };
        if derived {
            continue;
        }
        match (desired.get(&field), actual.get(&field)) {
            (Some(want), have) if !same(field, want, have, managed_groups) => {
                diff.differences.push(Difference {
                    field,
                    desired: want.shown_beside(have),
                    actual: have.map_or("nothing".into(), |have| have.shown_beside(Some(want))),
                });
            }
            (None, Some(have))
                if set_before.contains(&field) && field.when_unset() == WhenUnset::LeftInForce =>
            {
                diff.left_in_force.push(LeftInForce {
                    field,
                    actual: have.shown_beside(None),
                });
            }
            _ => {}
        }
    }
    diff
}

fn same(
    field: Field,
    want: &Value,
    have: Option<&Value>,
    managed_groups: Option<&BTreeSet<&str>>,
) -> bool {
    match (field, want, have) {
        (_, want, None) => want.is_empty(),
        // ECS adds its own group; while it is not known which that is, a group too many proves nothing.
        (Field::SecurityGroups, Value::Set(want), Some(Value::Set(have))) => {
            want.is_subset(have)
                && managed_groups.is_none_or(|managed| {
                    have.difference(want)
                        .all(|group| managed.contains(group.as_str()))
                })
        }
        (_, want, Some(have)) => want == have,
    }
}

/// The blocks of an update: all that the user set, and beside it, in the same block, the values in force, without ECS's own
/// security groups.
pub fn complete(
    desired: &Configuration,
    actual: Option<&Configuration>,
    managed_groups: Option<&BTreeSet<&str>>,
) -> Configuration {
    let Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container,
        health_check_path,
        network,
        cpu,
        memory,
        cpu_architecture,
        scaling,
    } = desired.clone();
    Configuration {
        execution_role_arn,
        task_role_arn,
        task_definition_arn,
        container: container.map(|container| {
            complete_container(
                container,
                actual.and_then(|actual| actual.container.as_ref()),
            )
        }),
        health_check_path,
        network: complete_network(
            network,
            actual.map(|actual| &actual.network),
            managed_groups,
        ),
        cpu,
        memory,
        cpu_architecture,
        scaling: complete_scaling(scaling, actual.map(|actual| &actual.scaling)),
    }
}

fn complete_container(container: Container, actual: Option<&Container>) -> Container {
    let Container {
        image,
        container_port,
        logs,
        credentials,
        command,
        environment,
        secrets,
    } = container;
    Container {
        image,
        container_port: container_port.or_else(|| actual?.container_port),
        logs: logs.or_else(|| actual?.logs.clone()),
        credentials: credentials.or_else(|| actual?.credentials.clone()),
        command,
        environment,
        secrets,
    }
}

fn complete_network(
    network: Network,
    actual: Option<&Network>,
    managed_groups: Option<&BTreeSet<&str>>,
) -> Network {
    if network == Network::default() {
        return network;
    }
    let Network {
        security_groups,
        subnets,
    } = network;
    let or_in_force = |set: BTreeSet<String>, in_force: BTreeSet<String>| {
        if set.is_empty() { in_force } else { set }
    };
    // Which of the groups in force are the user's is known only beside ECS's own.
    let users_groups = match (actual, managed_groups) {
        (Some(actual), Some(managed)) => actual
            .security_groups
            .iter()
            .filter(|group| !managed.contains(group.as_str()))
            .cloned()
            .collect(),
        _ => BTreeSet::new(),
    };
    Network {
        security_groups: or_in_force(security_groups, users_groups),
        subnets: or_in_force(
            subnets,
            actual
                .map(|actual| actual.subnets.clone())
                .unwrap_or_default(),
        ),
    }
}

/// `scalingTarget` with the values in force beside what the user set; unset stays unset.
pub fn complete_scaling(scaling: Scaling, actual: Option<&Scaling>) -> Scaling {
    if scaling.is_unset() {
        return scaling;
    }
    let Scaling {
        min_task_count,
        max_task_count,
        metric,
        target_value,
    } = scaling;
    Scaling {
        min_task_count: min_task_count.or_else(|| actual?.min_task_count),
        max_task_count: max_task_count.or_else(|| actual?.max_task_count),
        metric: metric.or_else(|| actual?.metric.clone()),
        target_value: target_value.or_else(|| actual?.target_value),
    }
}

/// Tags to set and keys to remove; foreign tags stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagDiff {
    /// Tags that are missing or have another value.
    pub set: BTreeMap<String, String>,
    /// Keys that the spec set before and sets no more.
    pub remove: BTreeSet<String>,
}

impl TagDiff {
    /// Compares the wanted tags with those on the service; `set_before` are the keys that the spec set before.
    pub fn between(
        desired: &BTreeMap<String, String>,
        actual: &BTreeMap<String, String>,
        set_before: &BTreeSet<String>,
    ) -> Self {
        Self {
            set: desired
                .iter()
                .filter(|(key, value)| actual.get(*key) != Some(*value))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            remove: set_before
                .iter()
                .filter(|key| !desired.contains_key(*key) && actual.contains_key(*key))
                .cloned()
                .collect(),
        }
    }

    /// Whether nothing is to be done.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }

    /// Only what concerns the owner tags.
    pub fn owner_part(mut self) -> Self {
        self.set
            .retain(|key, _| key.starts_with(owner_tags::PREFIX));
        self.remove.clear();
        self
    }
}

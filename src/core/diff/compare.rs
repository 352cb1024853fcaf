//! Comparison of the spec with the configuration of a service revision.

use std::collections::BTreeSet;

use crate::core::{
    desired::{
        configuration::{Configuration, Mode},
        field::{Field, WhenUnset},
        value::{Value, join},
    },
    diff::{
        complete::user_groups,
        not_comparable::{Cause, NotComparable},
    },
};

/// A field in which ECS differs from the spec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field of the spec.
    pub field: Field,
    /// Value in the spec as messages show it, without secret parts.
    pub desired: String,
    /// Value in ECS as messages show it, without secret parts.
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

/// A field that the user removed from the spec and that ECS cannot clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftInForce {
    /// The field of the spec.
    pub field: Field,
    /// Value that stays in force, as messages show it.
    pub actual: String,
}

/// Result of comparing the spec with a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// Fields that an update would change, in the order of [`Field`].
    pub differences: Vec<Difference>,
    /// Fields that are no longer in the spec but stay in force in ECS.
    pub left_in_force: Vec<LeftInForce>,
    /// Fields that cannot be compared yet.
    pub not_comparable: Vec<NotComparable>,
}

impl Diff {
    /// Whether every field could be compared and an update would change nothing.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.not_comparable.is_empty()
    }

    /// Whether a field of `scalingTarget` differs.
    pub fn touches_scaling(&self) -> bool {
        self.differences
            .iter()
            .any(|difference| difference.field.is_scaling())
    }

    /// Lists outside the container that an update has to send empty. The lists of the container are always sent.
    pub fn cleared(&self) -> BTreeSet<Field> {
        let fields = self.differences.iter().filter(|difference| {
            difference.field == Field::SecurityGroups && difference.desired == NOTHING
        });
        fields.map(|difference| difference.field).collect()
    }
}

/// Text in messages for an empty list or a field without a value.
const NOTHING: &str = "nothing";

/// Result of comparing one field of the spec with a revision.
enum Comparison {
    Same,
    Differs(Difference),
    LeftInForce(LeftInForce),
    Unknown(Cause),
}

/// Compares the fields that the user set with those of a revision. `managed_groups` are the security groups that ECS
/// created, if known. `set_before` are the fields that the spec set when it was last applied.
pub fn diff(
    desired: &Configuration,
    mode: Mode,
    actual: &Configuration,
    managed_groups: Option<&BTreeSet<&str>>,
    set_before: &BTreeSet<Field>,
) -> Diff {
    let (desired_values, actual_values) = (desired.values(), actual.values());
    let mut diff = Diff::default();
    for field in Field::ALL {
        let derived = match mode {
            Mode::Managed => field == Field::TaskDefinitionArn,
            Mode::TaskDefinition => field.is_decided_by_task_definition(),
        };
        if derived {
            continue;
        }
        let comparison = match (desired_values.get(&field), actual_values.get(&field)) {
            (None, _) if !set_before.contains(&field) => Comparison::Same,
            (Some(value), None) if value.is_empty() => Comparison::Same,
            (_, None) if actual.always_shows(field) => Comparison::Unknown(Cause::NotShown),
            (_, Some(_)) if field == Field::SecurityGroups => {
                compare_groups(desired, actual, managed_groups)
            }
            (Some(value), other) => compare(field, value, other),
            (None, Some(value)) => compare_unset(field, value),
            (None, None) => Comparison::Same,
        };
        match comparison {
            Comparison::Same => {}
            Comparison::Differs(difference) => diff.differences.push(difference),
            Comparison::LeftInForce(field) => diff.left_in_force.push(field),
            Comparison::Unknown(cause) => diff.not_comparable.push(NotComparable { field, cause }),
        }
    }
    diff
}

fn compare(field: Field, desired: &Value, actual: Option<&Value>) -> Comparison {
    if actual == Some(desired) {
        return Comparison::Same;
    }
    Comparison::Differs(Difference {
        field,
        desired: desired.display_against(actual),
        actual: actual.map_or(NOTHING.into(), |actual| {
            actual.display_against(Some(desired))
        }),
    })
}

/// Compares a field that the spec no longer sets and that has a value in ECS.
fn compare_unset(field: Field, actual: &Value) -> Comparison {
    match field.when_unset() {
        WhenUnset::LeftInForce => Comparison::LeftInForce(LeftInForce {
            field,
            actual: actual.display_against(None),
        }),
        WhenUnset::Emptied => Comparison::Same,
    }
}

/// Compares the security groups. ECS adds a group to those of the user; while it is not known which one, a group that the
/// spec does not list is neither a difference nor equal.
fn compare_groups(
    desired: &Configuration,
    actual: &Configuration,
    managed_groups: Option<&BTreeSet<&str>>,
) -> Comparison {
    let desired = &desired.network.security_groups;
    let in_force = &actual.network.security_groups;
    let users = match managed_groups {
        // A group that ECS created and that the spec lists counts as the user's.
        Some(managed) => {
            let created: BTreeSet<&str> = managed
                .iter()
                .copied()
                .filter(|group| !desired.contains(*group))
                .collect();
            user_groups(&actual.network, &created)
        }
        None if desired.is_subset(in_force) && desired != in_force => {
            return Comparison::Unknown(Cause::ManagedGroupsUnknown);
        }
        None => in_force.clone(),
    };
    if users == *desired {
        return Comparison::Same;
    }
    let display = |groups: &BTreeSet<String>| {
        if groups.is_empty() {
            NOTHING.to_owned()
        } else {
            join(groups.iter().map(String::as_str))
        }
    };
    Comparison::Differs(Difference {
        field: Field::SecurityGroups,
        desired: display(desired),
        actual: display(&users),
    })
}

//! Where ECS differs from the spec.

use std::collections::BTreeSet;

use crate::core::{
    desired::{
        configuration::{Configuration, Mode},
        field::{Field, WhenUnset},
        value::{Value, join},
    },
    diff::{
        complete::users_groups,
        not_comparable::{Cause, NotComparable},
    },
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
    /// What cannot be compared yet.
    pub not_comparable: Vec<NotComparable>,
}

impl Diff {
    /// Whether all could be compared, and an update would change nothing.
    pub fn is_empty(&self) -> bool {
        self.differences.is_empty() && self.not_comparable.is_empty()
    }

    /// Whether scaling differs.
    pub fn touches_scaling(&self) -> bool {
        self.differences
            .iter()
            .any(|difference| difference.field.is_scaling())
    }

    /// Lists outside the container that an update has to send empty. Those of the container are explicit in any case.
    pub fn cleared(&self) -> BTreeSet<Field> {
        let fields = self.differences.iter().filter(|difference| {
            difference.field == Field::SecurityGroups && difference.desired == NOTHING
        });
        fields.map(|difference| difference.field).collect()
    }
}

/// How an empty list, or a field without a value, is shown.
const NOTHING: &str = "nothing";

/// How a field of the spec stands beside a revision.
enum Comparison {
    Same,
    Differs(Difference),
    LeftInForce(LeftInForce),
    Unknown(Cause),
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
    let (wanted, shown) = (desired.values(), actual.values());
    let mut diff = Diff::default();
    for field in Field::ALL {
        let derived = match mode {
            Mode::Managed => field == Field::TaskDefinitionArn,
            Mode::TaskDefinition => field.is_decided_by_task_definition(),
        };
        if derived {
            continue;
        }
        let comparison = match (wanted.get(&field), shown.get(&field)) {
            (None, _) if !set_before.contains(&field) => Comparison::Same,
            (Some(want), None) if want.is_empty() => Comparison::Same,
            (_, None) if actual.always_shows(field) => Comparison::Unknown(Cause::NotShown),
            (_, Some(_)) if field == Field::SecurityGroups => {
                groups(desired, actual, managed_groups)
            }
            (Some(want), have) => compare(field, want, have),
            (None, Some(have)) => left(field, have),
            (None, None) => Comparison::Same,
        };
        match comparison {
            Comparison::Same => {}
            Comparison::Differs(difference) => diff.differences.push(difference),
            Comparison::LeftInForce(left) => diff.left_in_force.push(left),
            Comparison::Unknown(cause) => diff.not_comparable.push(NotComparable { field, cause }),
        }
    }
    diff
}

fn compare(field: Field, want: &Value, have: Option<&Value>) -> Comparison {
    if have == Some(want) {
        return Comparison::Same;
    }
    Comparison::Differs(Difference {
        field,
        desired: want.shown_beside(have),
        actual: have.map_or(NOTHING.into(), |have| have.shown_beside(Some(want))),
    })
}

fn left(field: Field, have: &Value) -> Comparison {
    match field.when_unset() {
        WhenUnset::LeftInForce => Comparison::LeftInForce(LeftInForce {
            field,
            actual: have.shown_beside(None),
        }),
        WhenUnset::Emptied => Comparison::Same,
    }
}

/// ECS adds its own group to those of the user. While it is not known which that is, a group too many is neither a
/// difference nor none.
fn groups(
    desired: &Configuration,
    actual: &Configuration,
    managed_groups: Option<&BTreeSet<&str>>,
) -> Comparison {
    let (want, have) = (
        &desired.network.security_groups,
        &actual.network.security_groups,
    );
    let users = match managed_groups {
        // A group of ECS's own that the user names too is the user's.
        Some(managed) => {
            let own: BTreeSet<&str> = managed
                .iter()
                .copied()
                .filter(|group| !want.contains(*group))
                .collect();
            users_groups(&actual.network, &own)
        }
        None if want.is_subset(have) && want != have => {
            return Comparison::Unknown(Cause::ManagedGroupsUnknown);
        }
        None => have.clone(),
    };
    if users == *want {
        return Comparison::Same;
    }
    let shown = |groups: &BTreeSet<String>| match groups.is_empty() {
        true => NOTHING.to_owned(),
        false => join(groups.iter().map(String::as_str)),
    };
    Comparison::Differs(Difference {
        field: Field::SecurityGroups,
        desired: shown(want),
        actual: shown(&users),
    })
}

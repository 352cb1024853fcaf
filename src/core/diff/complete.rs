//! The blocks of an update: all that the user set, and beside it, in the same block, the values in force. So the update
//! means the same whether ECS merges or replaces.

use std::collections::BTreeSet;

use crate::core::{
    desired::{
        configuration::{Configuration, Container, Network, Scaling},
        field::{Block, Field},
    },
    diff::not_comparable::{Cause, NotComparable},
};

/// Completes the blocks that the user set by the values in force, without ECS's own security groups. `cleared` are the
/// lists that the update sends empty.
pub fn complete(
    desired: &Configuration,
    actual: Option<&Configuration>,
    managed_groups: Option<&BTreeSet<&str>>,
    cleared: &BTreeSet<Field>,
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
            cleared,
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
    cleared: &BTreeSet<Field>,
) -> Network {
    let clears_groups = cleared.contains(&Field::SecurityGroups);
    if network == Network::default() && !clears_groups {
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
        (Some(actual), Some(managed)) if !clears_groups => users_groups(actual, managed),
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

/// The security groups in force without ECS's own.
pub(crate) fn users_groups(actual: &Network, managed: &BTreeSet<&str>) -> BTreeSet<String> {
    actual
        .security_groups
        .iter()
        .filter(|group| !managed.contains(group.as_str()))
        .cloned()
        .collect()
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

/// A value in force that an update would have to carry and that the revision does not show. Sent without it, the update
/// could reset what it means to keep.
pub(crate) fn unknown_in_force(
    desired: &Configuration,
    actual: &Configuration,
    managed_groups: Option<&BTreeSet<&str>>,
    cleared: &BTreeSet<Field>,
) -> Option<NotComparable> {
    let (set, shown) = (desired.values(), actual.values());
    let clears_groups = cleared.contains(&Field::SecurityGroups);
    let is_sent = |block| match block {
        Block::Container => desired.container.is_some(),
        Block::Network => desired.network != Network::default() || clears_groups,
        Block::Scaling => !desired.scaling.is_unset(),
        Block::None => false,
    };
    Field::ALL.into_iter().find_map(|field| {
        let carried = is_sent(field.block()) && !set.contains_key(&field);
        let own_unknown = field == Field::SecurityGroups
            && !clears_groups
            && managed_groups.is_none()
            && actual.network.security_groups.len() > 1;
        let cause = if own_unknown {
            Cause::ManagedGroupsUnknown
        } else if !shown.contains_key(&field) && actual.always_shows(field) {
            Cause::NotShown
        } else {
            return None;
        };
        carried.then_some(NotComparable { field, cause })
    })
}

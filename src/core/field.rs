//! The fields of a configuration as data: path, who decides them, and what becomes of them when they are unset.

use std::collections::{BTreeMap, BTreeSet};

use super::configuration::Hidden;

/// A field of the spec that ECS can change on a living service, in the order in which differences are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    missing_docs,
    reason = "each is named after its field, which path() gives"
)]
pub enum Field {
    Image,
    ContainerPort,
    Command,
    Environment,
    Secrets,
    LogGroup,
    LogStreamPrefix,
    CredentialsParameter,
    TaskDefinitionArn,
    ExecutionRoleArn,
    TaskRoleArn,
    Cpu,
    Memory,
    CpuArchitecture,
    HealthCheckPath,
    Subnets,
    SecurityGroups,
    MinTaskCount,
    MaxTaskCount,
    AutoScalingMetric,
    AutoScalingTargetValue,
}

/// What becomes of a field in ECS when the user takes it out of the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenUnset {
    /// An empty list is sent.
    Emptied,
    /// UpdateExpressGatewayService has no way to clear it: it stays in force.
    LeftInForce,
}

/// A block of the request: its members are sent together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// `primaryContainer`.
    Container,
    /// `networkConfiguration`.
    Network,
    /// `scalingTarget`.
    Scaling,
    /// None: a member at the top.
    None,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 21] = [
        Self::Image,
        Self::ContainerPort,
        Self::Command,
        Self::Environment,
        Self::Secrets,
        Self::LogGroup,
        Self::LogStreamPrefix,
        Self::CredentialsParameter,
        Self::TaskDefinitionArn,
        Self::ExecutionRoleArn,
        Self::TaskRoleArn,
        Self::Cpu,
        Self::Memory,
        Self::CpuArchitecture,
        Self::HealthCheckPath,
        Self::Subnets,
        Self::SecurityGroups,
        Self::MinTaskCount,
        Self::MaxTaskCount,
        Self::AutoScalingMetric,
        Self::AutoScalingTargetValue,
    ];

    /// Path in the object.
    pub fn path(self) -> &'static str {
        match self {
            Self::Image => "spec.primaryContainer.image",
            Self::ContainerPort => "spec.primaryContainer.containerPort",
            Self::Command => "spec.primaryContainer.command",
            Self::Environment => "spec.primaryContainer.environment",
            Self::Secrets => "spec.primaryContainer.secrets",
            Self::LogGroup => "spec.primaryContainer.awsLogsConfiguration.logGroup",
            Self::LogStreamPrefix => "spec.primaryContainer.awsLogsConfiguration.logStreamPrefix",
            Self::CredentialsParameter => {
                "spec.primaryContainer.repositoryCredentials.credentialsParameter"
            }
            Self::TaskDefinitionArn => "spec.taskDefinitionArn",
            Self::ExecutionRoleArn => "spec.executionRoleArn",
            Self::TaskRoleArn => "spec.taskRoleArn",
            Self::Cpu => "spec.cpu",
            Self::Memory => "spec.memory",
            Self::CpuArchitecture => "spec.cpuArchitecture",
            Self::HealthCheckPath => "spec.healthCheckPath",
            Self::Subnets => "spec.networkConfiguration.subnets",
            Self::SecurityGroups => "spec.networkConfiguration.securityGroups",
            Self::MinTaskCount => "spec.scalingTarget.minTaskCount",
            Self::MaxTaskCount => "spec.scalingTarget.maxTaskCount",
            Self::AutoScalingMetric => "spec.scalingTarget.autoScalingMetric",
            Self::AutoScalingTargetValue => "spec.scalingTarget.autoScalingTargetValue",
        }
    }

    /// The field at a path.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.path() == path)
    }

    /// What becomes of it when it is unset.
    pub fn when_unset(self) -> WhenUnset {
        match self {
            Self::Command | Self::Environment | Self::Secrets | Self::SecurityGroups => {
                WhenUnset::Emptied
            }
            Self::Image
            | Self::ContainerPort
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::TaskDefinitionArn
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => WhenUnset::LeftInForce,
        }
    }

    /// Whether it is part of `scalingTarget`.
    pub fn is_scaling(self) -> bool {
        self.block() == Block::Scaling
    }

    /// The block of the request of which it is a member.
    pub fn block(self) -> Block {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter => Block::Container,
            Self::Subnets | Self::SecurityGroups => Block::Network,
            Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => Block::Scaling,
            Self::TaskDefinitionArn
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture
            | Self::HealthCheckPath => Block::None,
        }
    }

    /// Whether every service revision has a value of it, given or filled in by ECS: one that does not show it is not
    /// complete yet. The others may be missing for good, as the roles of a task definition are.
    pub fn is_always_filled(self) -> bool {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::TaskDefinitionArn
            | Self::Cpu
            | Self::Memory
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::SecurityGroups
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => true,
            Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::CpuArchitecture => false,
        }
    }

    /// Whether a task definition decides it.
    pub fn is_decided_by_task_definition(self) -> bool {
        match self {
            Self::Image
            | Self::ContainerPort
            | Self::Command
            | Self::Environment
            | Self::Secrets
            | Self::LogGroup
            | Self::LogStreamPrefix
            | Self::CredentialsParameter
            | Self::ExecutionRoleArn
            | Self::TaskRoleArn
            | Self::Cpu
            | Self::Memory
            | Self::CpuArchitecture => true,
            Self::TaskDefinitionArn
            | Self::HealthCheckPath
            | Self::Subnets
            | Self::SecurityGroups
            | Self::MinTaskCount
            | Self::MaxTaskCount
            | Self::AutoScalingMetric
            | Self::AutoScalingTargetValue => false,
        }
    }
}

/// A normalised value: two values are equal exactly when they mean the same to ECS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number, without its unit.
    Number(i64),
    /// A list whose order has no meaning.
    Set(BTreeSet<String>),
    /// Hidden texts in order.
    Words(Vec<Hidden>),
    /// Hidden texts by name.
    Named(BTreeMap<String, Hidden>),
}

impl Value {
    /// Whether it is an empty list.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(_) | Self::Number(_) => false,
            Self::Set(ids) => ids.is_empty(),
            Self::Words(words) => words.is_empty(),
            Self::Named(named) => named.is_empty(),
        }
    }

    /// Feeds the value, hidden parts too, to a hash.
    pub(super) fn feed(&self, feed: &mut impl FnMut(&str)) {
        match self {
            Self::Text(text) => feed(text),
            Self::Number(number) => feed(&number.to_string()),
            Self::Set(ids) => ids.iter().for_each(|id| feed(id)),
            Self::Words(words) => words.iter().for_each(|word| feed(word.reveal())),
            Self::Named(named) => named.iter().for_each(|(name, value)| {
                feed(name);
                feed(value.reveal());
            }),
        }
    }

    /// What a person may see of it, beside the value it differs from: of what is hidden only a count, or the names that
    /// differ.
    pub fn shown_beside(&self, other: Option<&Self>) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Set(ids) => join(ids.iter().map(String::as_str)),
            Self::Words(words) => match words.len() {
                0 => "none".to_owned(),
                1 => "1 word".to_owned(),
                n => format!("{n} words"),
            },
            Self::Named(named) => shown_names(named, other),
        }
    }
}

/// The names whose values differ, and those that only the other side has.
fn shown_names(named: &BTreeMap<String, Hidden>, other: Option<&Value>) -> String {
    let empty = BTreeMap::new();
    let others = match other {
        Some(Value::Named(others)) => others,
        Some(Value::Text(_) | Value::Number(_) | Value::Set(_) | Value::Words(_)) | None => &empty,
    };
    let differing = named
        .iter()
        .filter(|(name, value)| others.get(*name) != Some(*value));
    let missing = others.keys().filter(|name| !named.contains_key(*name));
    let differing = join(differing.map(|(name, _)| name.as_str()));
    let missing = join(missing.map(String::as_str));
    match (differing.is_empty(), missing.is_empty()) {
        (true, true) => "none".to_owned(),
        (true, false) => format!("no {missing}"),
        (false, true) => format!("{differing} (values not shown)"),
        (false, false) => format!("{differing} (values not shown) and no {missing}"),
    }
}

/// The first few of many, with a count of the rest.
pub(super) fn join<'a>(items: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let items: Vec<&str> = items.collect();
    let mut text = items[..items.len().min(SHOWN)].join(", ");
    if items.len() > SHOWN {
        text.push_str(&format!(" and {} more", items.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_at_its_own_path() {
        for field in Field::ALL {
            assert_eq!(Field::at(field.path()), Some(field));
        }
    }

    #[test]
    fn of_an_environment_only_the_names_that_differ_are_shown() {
        let named = |pairs: &[(&str, &str)]| {
            Value::Named(
                pairs
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), Hidden::new(*v)))
                    .collect(),
            )
        };
        let desired = named(&[("A", "1"), ("TOKEN", "hunter2")]);
        let actual = named(&[("A", "1"), ("TOKEN", "old")]);
        assert_eq!(
            desired.shown_beside(Some(&actual)),
            "TOKEN (values not shown)"
        );
        assert_eq!(named(&[]).shown_beside(Some(&actual)), "no A, TOKEN");
        let other = named(&[("B", "2"), ("TOKEN", "old")]);
        assert_eq!(
            desired.shown_beside(Some(&other)),
            "A, TOKEN (values not shown) and no B"
        );
    }
}

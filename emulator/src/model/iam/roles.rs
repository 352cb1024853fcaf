//! IAM roles, as far as it matters whether ECS can assume them. No other part of IAM is modelled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{
    api::error::ApiError,
    clock::VirtualTime,
    settings::{
        Settings,
        role_options::{
            BrokenExecutionRole, BrokenInfrastructureRole, CallerPolicy, ConditionKeys,
            UnusableRole,
        },
    },
};

/// Whether ECS can assume a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Usability {
    /// The role can be assumed.
    Usable,
    /// The role cannot be assumed until this is changed.
    Unusable,
}

/// Whether ECS can provision the resources of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Provisioning {
    /// Named `Unhindered` in the state file.
    #[serde(rename = "Unhindered")]
    Allowed,
    /// The infrastructure role could not be assumed.
    Denied { reason: String },
}

/// Whether steps that need a role are held back because it cannot be assumed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Hold {
    #[default]
    None,
    UntilUsable,
    Forever,
}

impl Hold {
    /// The hold after the usability of the role has changed and would now cause `next`.
    pub(crate) fn then(self, next: Self) -> Self {
        match self {
            Self::Forever => Self::Forever,
            Self::None | Self::UntilUsable => next,
        }
    }
}

/// The usability of roles, by ARN.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Roles {
    /// The time at which a role was first used as an infrastructure role.
    first_named: BTreeMap<String, VirtualTime>,
    /// The usability that was set for a role, and when.
    decided: BTreeMap<String, (Usability, VirtualTime)>,
}

impl Roles {
    pub(crate) fn set_usability(&mut self, role: &str, usability: Usability, now: VirtualTime) {
        self.decided.insert(role.to_owned(), (usability, now));
    }

    /// Whether the role was explicitly made unusable.
    pub(crate) fn is_unusable(&self, role: &str) -> bool {
        let decided = self.decided.get(role);
        decided.is_some_and(|(usability, _)| *usability == Usability::Unusable)
    }

    /// The hold on the steps of a service that need this infrastructure role.
    pub(crate) fn infrastructure_hold(&self, role: &str, settings: &Settings) -> Hold {
        match settings.broken_infrastructure_role {
            BrokenInfrastructureRole::Waits if self.is_unusable(role) => Hold::UntilUsable,
            BrokenInfrastructureRole::Stays if self.is_unusable(role) => Hold::Forever,
            BrokenInfrastructureRole::Ignored
            | BrokenInfrastructureRole::Waits
            | BrokenInfrastructureRole::Stays => Hold::None,
        }
    }

    /// The hold on the steps of a deployment that need this execution role.
    pub(crate) fn execution_hold(&self, role: &str, settings: &Settings) -> Hold {
        match settings.broken_execution_role {
            BrokenExecutionRole::Waits if self.is_unusable(role) => Hold::UntilUsable,
            BrokenExecutionRole::Stays if self.is_unusable(role) => Hold::Forever,
            BrokenExecutionRole::Ignored
            | BrokenExecutionRole::Waits
            | BrokenExecutionRole::Stays
            | BrokenExecutionRole::RollsBack => Hold::None,
        }
    }

    /// Whether the tasks of a deployment with this execution role fail, so that it is rolled back.
    pub(crate) fn fails_tasks(&self, role: &str, settings: &Settings) -> bool {
        settings.broken_execution_role == BrokenExecutionRole::RollsBack && self.is_unusable(role)
    }

    /// The time from which the role can be assumed, if known.
    pub(crate) fn usable_since(&self, role: &str, settings: &Settings) -> Option<VirtualTime> {
        match self.decided.get(role) {
            Some((Usability::Usable, since)) => Some(*since),
            Some((Usability::Unusable, _)) => None,
            None => self
                .first_named
                .get(role)
                .map(|named| named.after_seconds(settings.role_usable_after_seconds)),
        }
    }

    /// When each new role can be assumed.
    pub(crate) fn usable_after(&self, settings: &Settings) -> impl Iterator<Item = VirtualTime> {
        let roles = self.first_named.keys();
        roles.filter_map(|role| self.usable_since(role, settings))
    }

    /// Assumes a role on behalf of ECS for a create or an update.
    ///
    /// # Errors
    /// Returns an error if the role cannot be assumed and the settings say that ECS reports this at once.
    pub(crate) fn assume(
        &mut self,
        role: &str,
        settings: &Settings,
        now: VirtualTime,
    ) -> Result<Provisioning, ApiError> {
        self.first_named.entry(role.to_owned()).or_insert(now);
        let usable = self.usable_since(role, settings);
        if usable.is_some_and(|since| since <= now) {
            return Ok(Provisioning::Allowed);
        }
        match settings.unusable_role {
            UnusableRole::AccessDenied => Err(ApiError::new(
                "AccessDeniedException",
                format!("Cannot assume role {role}. Verify that ecs.amazonaws.com is trusted."),
            )),
            UnusableRole::ClientException => Err(ApiError::new(
                "ClientException",
                "AWS was not able to validate the provided access credentials",
            )),
            UnusableRole::Accepted => Ok(Provisioning::Denied {
                reason: denial(role, "elasticloadbalancing:CreateLoadBalancer"),
            }),
        }
    }
}

/// The reason that a role was denied this action.
pub(crate) fn denial(role: &str, action: &str) -> String {
    let parts: Vec<&str> = role.splitn(6, ':').collect();
    let (partition, account) = match parts.as_slice() {
        [_, partition, _, _, account, _] => (*partition, *account),
        _ => ("aws", ""),
    };
    let name = role.rsplit('/').next().unwrap_or(role);
    format!(
        "AccessDenied: User: arn:{partition}:sts::{account}:assumed-role/{name}/ECSGateway is not \
         authorized to perform: {action}"
    )
}

/// Checks whether the caller is allowed to pass the role to ECS.
pub(crate) fn check_pass_role(role: &str, user: &str, settings: &Settings) -> Result<(), ApiError> {
    match (settings.caller_policy, settings.condition_keys) {
        (CallerPolicy::Required, ConditionKeys::Absent) => Err(ApiError::new(
            "AccessDeniedException",
            format!(
                "User: {user} is not authorized to perform: iam:PassRole on resource: {role} \
                 because no identity-based policy allows the iam:PassRole action"
            ),
        )),
        (CallerPolicy::Unconditional | CallerPolicy::IfExists, _)
        | (CallerPolicy::Required, ConditionKeys::Sent) => Ok(()),
    }
}

//! Checks of settings that their types do not make.

use crate::model::{
    api::action::Action,
    settings::{Settings, options::TakenName},
};

/// The members that can lag: those of an active configuration, and `serviceSecurityGroups` of
/// `ecsManagedResources`.
const LAGGING_MEMBERS: [&str; 17] = [
    "executionRoleArn",
    "taskRoleArn",
    "taskDefinitionArn",
    "cpu",
    "memory",
    "cpuArchitecture",
    "networkConfiguration",
    "networkConfiguration.subnets",
    "networkConfiguration.securityGroups",
    "healthCheckPath",
    "primaryContainer",
    "primaryContainer.containerPort",
    "scalingTarget",
    "scalingTarget.minTaskCount",
    "scalingTarget.maxTaskCount",
    "scalingTarget.autoScalingTargetValue",
    "serviceSecurityGroups",
];

/// The longest accepted duration, ten years in seconds, with which the virtual clock cannot overflow.
const LONGEST_SPAN: u64 = 10 * 365 * 24 * 3600;

/// The length of a first deployment with an existing load balancer, in seconds.
const FIRST_DEPLOYMENT: u64 = 120;

impl Settings {
    /// Returns how much longer a first deployment takes that needs a new load balancer, in seconds.
    pub(crate) fn load_balancer_seconds(&self) -> u64 {
        self.first_deployment_seconds
            .saturating_sub(FIRST_DEPLOYMENT)
    }

    /// Returns the VPC of these subnets, or `None` if they belong to none of the settings.
    pub(crate) fn vpc_of(&self, subnets: &[String]) -> Option<&str> {
        let contains = |(_, known): &(&String, &Vec<String>)| {
            subnets.iter().any(|subnet| known.contains(subnet))
        };
        let found = self.vpcs.iter().find(contains);
        found.map(|(vpc, _)| vpc.as_str())
    }

    /// Checks that the model can work with these values.
    ///
    /// # Errors
    /// Returns a message that names the invalid setting and what is allowed.
    pub fn check(&self) -> Result<(), String> {
        let digits = self.account_id.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || self.account_id.len() != 12 {
            return Err(format!(
                "settings: accountId: {:?} is not twelve digits",
                self.account_id
            ));
        }
        if !self.time_scale.is_finite() || !(0.0..=1_000_000.0).contains(&self.time_scale) {
            return Err(format!(
                "settings: timeScale: {} is not between 0 and 1000000",
                self.time_scale
            ));
        }
        for action in self.read_lag_seconds.keys() {
            if !Action::parse(action).is_some_and(Action::is_read) {
                return Err(format!(
                    "settings: readLagSeconds: {action:?} is not a reading action, such as {}",
                    "DescribeExpressGatewayService or ListServiceDeployments"
                ));
            }
        }
        for member in self.member_lag_seconds.keys() {
            if !LAGGING_MEMBERS.contains(&member.as_str()) {
                return Err(format!(
                    "settings: memberLagSeconds: {member:?} is not one of {}",
                    LAGGING_MEMBERS.join(", ")
                ));
            }
        }
        for (name, seconds) in self.spans() {
            if seconds > LONGEST_SPAN {
                return Err(format!(
                    "settings: {name}: {seconds} is more than {LONGEST_SPAN} seconds"
                ));
            }
        }
        if self.taken_by_customer == TakenName::Existing {
            return Err(
                "settings: takenByCustomer: Existing is not allowed, since a create cannot return \
                 a service that is not an Express service"
                    .to_owned(),
            );
        }
        if (1..FIRST_DEPLOYMENT).contains(&self.first_deployment_seconds) {
            return Err(format!(
                "settings: firstDeploymentSeconds: {} is neither 0 nor at least {FIRST_DEPLOYMENT}, which is \
                 the length of every other first deployment",
                self.first_deployment_seconds
            ));
        }
        if self.region.is_empty() {
            return Err("settings: region: must not be empty".to_owned());
        }
        Ok(())
    }

    /// Returns every duration in seconds, by its name on the wire.
    fn spans(&self) -> impl Iterator<Item = (&str, u64)> {
        let lags = self.read_lag_seconds.iter().chain(&self.member_lag_seconds);
        [
            ("roleUsableAfterSeconds", self.role_usable_after_seconds),
            ("bakeSeconds", self.bake_seconds),
            ("firstDeploymentSeconds", self.first_deployment_seconds),
            ("drainingSeconds", self.draining_seconds),
            ("drainingTailSeconds", self.draining_tail_seconds),
            ("inactiveSeconds", self.inactive_seconds),
            ("createVisibleSeconds", self.create_visible_seconds),
        ]
        .into_iter()
        .chain(lags.map(|(action, seconds)| (action.as_str(), *seconds)))
    }
}

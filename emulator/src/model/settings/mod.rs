//! Settings of the model: who and where, how long things take, and which answer to take where AWS is not known.

pub(crate) mod options;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    api::action::Action,
    settings::options::{
        Architecture, CallerPolicy, ClusterForm, ConditionKeys, ConfigurationOrder, Defaults,
        DeniedProvisioning, EmptyForm, EmptyLists, EmptyStrings, EndpointForm, ExpressBucket,
        IdenticalUpdate, ManagedRegistration, ModeSwitch, NotFoundForm, OmittedBlocks,
        OmittedMembers, RevisionDetail, StatusReasons, SubnetChanges, TakenName,
        TaskDefinitionLookup, Throttling, UnusableRole, UpdateInDeployment,
    },
};

/// Everything that can be set. `Settings::default()` is what the binary starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// The account of a caller whose access key is not itself an account id.
    pub account_id: String,
    /// The Region of control calls that name none.
    pub region: String,
    /// Clusters known in every Region. `default` is made by the first create that needs it.
    pub clusters: Vec<String>,
    /// Virtual seconds per real second. Read by the HTTP face only; 0 stops the clock.
    pub time_scale: f64,
    /// Where the virtual clock starts, in seconds since the epoch. Read once, at the start.
    pub start_time: u64,
    /// What service URLs begin with. The HTTP face puts its own address here.
    pub endpoint_base: String,
    /// Subnets filled in where a request names none.
    pub default_subnets: Vec<String>,
    /// Those of the subnets that are private; a service in such subnets alone is PRIVATE.
    pub private_subnets: Vec<String>,
    /// How answers write the cluster.
    pub cluster_form: ClusterForm,
    /// How answers write endpoints.
    pub endpoint_form: EndpointForm,
    /// Absent members inside a block that an Update sends.
    pub omitted_members: OmittedMembers,
    /// Absent members at the top of an Update.
    pub omitted_blocks: OmittedBlocks,
    /// Empty strings where something is expected.
    pub empty_strings: EmptyStrings,
    /// Where defaults come from.
    pub defaults: Defaults,
    /// Empty lists in an Update.
    pub empty_lists: EmptyLists,
    /// Order of two active configurations.
    pub configuration_order: ConfigurationOrder,
    /// How answers write lists that have no element yet.
    pub empty_form: EmptyForm,
    /// Where a statusReason is shown.
    pub status_reasons: StatusReasons,
    /// How much DescribeServiceRevisions tells.
    pub revision_detail: RevisionDetail,
    /// A Create on the name of an ACTIVE Express service.
    pub taken_name: TakenName,
    /// A Create on the name of an ACTIVE service that is no Express service.
    pub taken_by_customer: TakenName,
    /// An Update while a deployment runs.
    pub update_in_deployment: UpdateInDeployment,
    /// An Update that changes nothing.
    pub identical_update: IdenticalUpdate,
    /// An Update between the two kinds of task definition.
    pub mode_switch: ModeSwitch,
    /// An Update with other subnets.
    pub subnet_changes: SubnetChanges,
    /// Token buckets.
    pub throttling: Throttling,
    /// The bucket of the Express actions.
    pub express_bucket: ExpressBucket,
    /// The bucket of task definitions that ECS registers itself.
    pub managed_registration: ManagedRegistration,
    /// Virtual seconds after a role is first named as infrastructure role in which it cannot be assumed yet.
    pub role_usable_after_seconds: u64,
    /// How a role that cannot be assumed shows itself.
    pub unusable_role: UnusableRole,
    /// What becomes of a denied service once the role works.
    pub denied_provisioning: DeniedProvisioning,
    /// Whether ECS sends `iam:PassedToService`.
    pub condition_keys: ConditionKeys,
    /// What the caller's policy says about passing roles.
    pub caller_policy: CallerPolicy,
    /// What the tasks really run on.
    pub architecture: Architecture,
    /// How Describe says "not found".
    pub not_found_form: NotFoundForm,
    /// Task definitions that a request names.
    pub task_definitions: TaskDefinitionLookup,
    /// Virtual seconds of each of the two bakes of a rollout.
    pub bake_seconds: u64,
    /// Virtual seconds from DRAINING to INACTIVE.
    pub draining_seconds: u64,
    /// Virtual seconds after INACTIVE in which a create still fails with "still Draining".
    pub draining_tail_seconds: u64,
    /// Virtual seconds for which an INACTIVE service stays visible.
    pub inactive_seconds: u64,
    /// Virtual seconds after a create in which reads do not see the service yet.
    pub create_visible_seconds: u64,
    /// Virtual seconds by which the answers of a reading action lie behind, by action.
    pub read_lag_seconds: BTreeMap<String, u64>,
    /// Virtual seconds after a revision is made in which answers leave a member of it out, by member.
    pub member_lag_seconds: BTreeMap<String, u64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            account_id: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            clusters: Vec::new(),
            time_scale: 60.0,
            start_time: 1_767_225_600,
            endpoint_base: "http://127.0.0.1:4566".to_owned(),
            default_subnets: vec![
                "subnet-0a1b2c3d4e5f60001".to_owned(),
                "subnet-0a1b2c3d4e5f60002".to_owned(),
            ],
            cluster_form: ClusterForm::Name,
            endpoint_form: EndpointForm::Url,
            omitted_members: OmittedMembers::Replace,
            empty_lists: EmptyLists::Clear,
            configuration_order: ConfigurationOrder::Alternating,
            not_found_form: NotFoundForm::ResourceNotFound,
            task_definitions: TaskDefinitionLookup::Any,
            bake_seconds: 180,
            draining_seconds: 90,
            draining_tail_seconds: 0,
            inactive_seconds: 3600,
            create_visible_seconds: 0,
            read_lag_seconds: BTreeMap::new(),
            member_lag_seconds: BTreeMap::new(),
            private_subnets: Vec::new(),
            omitted_blocks: OmittedBlocks::Keep,
            empty_strings: EmptyStrings::Refuse,
            defaults: Defaults::DeveloperGuide,
            empty_form: EmptyForm::EmptyList,
            status_reasons: StatusReasons::Deployments,
            revision_detail: RevisionDetail::Full,
            taken_name: TakenName::NotIdempotent,
            taken_by_customer: TakenName::NotIdempotent,
            update_in_deployment: UpdateInDeployment::Replace,
            identical_update: IdenticalUpdate::Rollout,
            mode_switch: ModeSwitch::Accept,
            subnet_changes: SubnetChanges::SameAccess,
            throttling: Throttling::Off,
            express_bucket: ExpressBucket::Shared,
            managed_registration: ManagedRegistration::Free,
            role_usable_after_seconds: 0,
            unusable_role: UnusableRole::AccessDenied,
            denied_provisioning: DeniedProvisioning::Stays,
            condition_keys: ConditionKeys::Sent,
            caller_policy: CallerPolicy::Unconditional,
            architecture: Architecture::Declared,
        }
    }
}

/// Members of an active configuration, and `serviceSecurityGroups` of `ecsManagedResources`, that can lag.
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

/// Ten years: no span of time can make the virtual clock overflow.
const LONGEST_SPAN: u64 = 10 * 365 * 24 * 3600;

impl Settings {
    /// These settings with the members of `changes` laid over them.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
    pub fn with(&self, changes: &Value) -> Result<Self, String> {
        let Value::Object(changes) = changes else {
            return Err("settings: expected a JSON object".to_owned());
        };
        let mut merged = serde_json::to_value(self).map_err(|error| error.to_string())?;
        for (name, value) in changes {
            // Each alone first, so that the message can say which one is wrong.
            let alone = serde_json::json!({ name.as_str(): value });
            serde_json::from_value::<Self>(alone)
                .map_err(|error| format!("settings: {name}: {error}"))?;
            merged[name.as_str()] = value.clone();
        }
        let settings: Self =
            serde_json::from_value(merged).map_err(|error| format!("settings: {error}"))?;
        settings.check()?;
        Ok(settings)
    }

    /// Virtual seconds by which the answer of a reading action lies behind.
    pub(crate) fn lag(&self, action: Action) -> u64 {
        let lag = self.read_lag_seconds.get(action.as_str());
        lag.copied().unwrap_or(0)
    }

    /// The longest lag of all actions.
    pub(crate) fn longest_lag(&self) -> u64 {
        self.read_lag_seconds.values().copied().max().unwrap_or(0)
    }

    /// Refuses values with which the model could not work.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
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
                    "settings: readLagSeconds: {action:?} is no action that reads, such as {}",
                    "DescribeExpressGatewayService or ListServiceDeployments"
                ));
            }
        }
        for member in self.member_lag_seconds.keys() {
            if !LAGGING_MEMBERS.contains(&member.as_str()) {
                return Err(format!(
                    "settings: memberLagSeconds: {member:?} is none of {}",
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
                "settings: takenByCustomer: Existing is not possible, since a service that is no \
                 Express service cannot be answered with"
                    .to_owned(),
            );
        }
        if self.region.is_empty() {
            return Err("settings: region: must not be empty".to_owned());
        }
        Ok(())
    }

    /// Every span of time, by its name on the wire.
    fn spans(&self) -> impl Iterator<Item = (&str, u64)> {
        let lags = self.read_lag_seconds.iter().chain(&self.member_lag_seconds);
        [
            ("roleUsableAfterSeconds", self.role_usable_after_seconds),
            ("bakeSeconds", self.bake_seconds),
            ("drainingSeconds", self.draining_seconds),
            ("drainingTailSeconds", self.draining_tail_seconds),
            ("inactiveSeconds", self.inactive_seconds),
            ("createVisibleSeconds", self.create_visible_seconds),
        ]
        .into_iter()
        .chain(lags.map(|(action, seconds)| (action.as_str(), *seconds)))
    }
}

//! Settings of the model: account and Region, durations, and the behavior to choose where AWS is
//! ambiguous.

pub(crate) mod check;
pub(crate) mod options;
pub(crate) mod role_options;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{
    api::action::Action,
    settings::{
        options::{
            AbortDeployment, Architecture, BucketRefill, ClusterForm, ConfigurationOrder, Defaults,
            EmptyForm, EmptyLists, EmptyStrings, EndpointForm, ExpressBucket, IdenticalUpdate,
            ManagedRegistration, ModeSwitch, NotFoundForm, OmittedBlocks, OmittedMembers,
            QueuedDeployments, RevisionDetail, StatusReasons, SubnetChanges, TakenName,
            TaskDefinitionLookup, Throttling, UpdateInDeployment,
        },
        role_options::{
            BrokenExecutionRole, BrokenInfrastructureRole, CallerPolicy, ConditionKeys,
            DeniedProvisioning, UnusableRole,
        },
    },
};

/// The settings of the emulator. The binary starts with `Settings::default()`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Settings {
    /// The account id of callers whose access key contains none.
    pub account_id: String,
    /// The Region of control requests that name none.
    pub region: String,
    /// The clusters that exist in every Region. The first create that needs it creates `default`.
    pub clusters: Vec<String>,
    /// Virtual seconds per real second; 0 stops the clock. Only the HTTP server uses it.
    pub time_scale: f64,
    /// The start of the virtual clock, in seconds since the Unix epoch. Read only at the start.
    pub start_time: u64,
    /// The address with which service URLs begin. The HTTP server sets its own.
    pub endpoint_base: String,
    /// The subnets of a service whose request names none.
    pub default_subnets: Vec<String>,
    /// The private subnets. A service whose subnets are all private is PRIVATE.
    pub private_subnets: Vec<String>,
    /// The subnets of each VPC, by its id. All other subnets belong to one more VPC.
    pub vpcs: BTreeMap<String, Vec<String>>,
    /// How answers write the cluster.
    pub cluster_form: ClusterForm,
    /// How answers write endpoints.
    pub endpoint_form: EndpointForm,
    /// What members mean that are absent inside a block of an update, for the blocks whose own setting
    /// is absent.
    pub omitted_members: OmittedMembers,
    /// The same for `primaryContainer` alone.
    pub omitted_container_members: Option<OmittedMembers>,
    /// The same for `networkConfiguration` alone.
    pub omitted_network_members: Option<OmittedMembers>,
    /// The same for `scalingTarget` alone.
    pub omitted_scaling_members: Option<OmittedMembers>,
    /// What top-level members mean that are absent from an update.
    pub omitted_blocks: OmittedBlocks,
    /// What an empty string means in an update.
    pub empty_strings: EmptyStrings,
    /// The source of the default values.
    pub defaults: Defaults,
    /// What an empty list means in an update.
    pub empty_lists: EmptyLists,
    /// The order of two active configurations.
    pub configuration_order: ConfigurationOrder,
    /// How answers write lists without elements.
    pub empty_form: EmptyForm,
    /// Where answers show a statusReason.
    pub status_reasons: StatusReasons,
    /// How much of a configuration DescribeServiceRevisions shows.
    pub revision_detail: RevisionDetail,
    /// The answer to a create whose name an ACTIVE Express service has.
    pub taken_name: TakenName,
    /// The answer to a create whose name any other ACTIVE service has.
    pub taken_by_customer: TakenName,
    /// What happens to an update while a deployment is running.
    pub update_in_deployment: UpdateInDeployment,
    /// Whether reads show queued deployments.
    pub queued_deployments: QueuedDeployments,
    /// What happens to an update that changes nothing.
    pub identical_update: IdenticalUpdate,
    /// What happens to an update that switches between a managed and a customer's task definition.
    pub mode_switch: ModeSwitch,
    /// Which changes of the subnets an update may contain.
    pub subnet_changes: SubnetChanges,
    /// Whether calls are throttled.
    pub throttling: Throttling,
    /// The clock on which the token buckets refill.
    pub bucket_refill: BucketRefill,
    /// The token bucket of the Express actions.
    pub express_bucket: ExpressBucket,
    /// Whether task definitions that ECS registers count as calls.
    pub managed_registration: ManagedRegistration,
    /// How long a role cannot be assumed after its first use as infrastructure role, in virtual seconds.
    pub role_usable_after_seconds: u64,
    /// How ECS reports a role that it cannot assume.
    pub unusable_role: UnusableRole,
    /// What happens to a service whose provisioning was denied, once its role works.
    pub denied_provisioning: DeniedProvisioning,
    /// What happens while an infrastructure role that has worked cannot be assumed.
    pub broken_infrastructure_role: BrokenInfrastructureRole,
    /// What happens while an execution role cannot be assumed.
    pub broken_execution_role: BrokenExecutionRole,
    /// Whether ECS sends `iam:PassedToService`.
    pub condition_keys: ConditionKeys,
    /// What the caller's policy says about passing roles.
    pub caller_policy: CallerPolicy,
    /// The CPU architecture on which tasks actually run.
    pub architecture: Architecture,
    /// The error of DescribeExpressGatewayService for a service that does not exist.
    pub not_found_form: NotFoundForm,
    /// What happens to StopServiceDeployment with ABORT.
    pub abort_deployment: AbortDeployment,
    /// Whether task definitions in requests must be registered.
    pub task_definitions: TaskDefinitionLookup,
    /// The length of each of the two bakes of a deployment, in virtual seconds.
    pub bake_seconds: u64,
    /// The length of the first deployment of a service that needs a new load balancer, in virtual seconds;
    /// 0 if it takes as long as that of any other service.
    pub first_deployment_seconds: u64,
    /// The time from DRAINING to INACTIVE, in virtual seconds.
    pub draining_seconds: u64,
    /// How long after INACTIVE a create still fails with "still Draining", in virtual seconds.
    pub draining_tail_seconds: u64,
    /// How long an INACTIVE service stays visible, in virtual seconds.
    pub inactive_seconds: u64,
    /// How long reads miss a service after its creation, in virtual seconds.
    pub create_visible_seconds: u64,
    /// The lag of reading actions in virtual seconds, by action.
    pub read_lag_seconds: BTreeMap<String, u64>,
    /// How long answers omit a member after its revision is created, in virtual seconds, by member.
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
            omitted_container_members: None,
            omitted_network_members: None,
            omitted_scaling_members: None,
            empty_lists: EmptyLists::Clear,
            configuration_order: ConfigurationOrder::Alternating,
            not_found_form: NotFoundForm::ResourceNotFound,
            abort_deployment: AbortDeployment::Accept,
            task_definitions: TaskDefinitionLookup::Any,
            bake_seconds: 180,
            first_deployment_seconds: 0,
            draining_seconds: 90,
            draining_tail_seconds: 0,
            inactive_seconds: 3600,
            create_visible_seconds: 0,
            read_lag_seconds: BTreeMap::new(),
            member_lag_seconds: BTreeMap::new(),
            private_subnets: Vec::new(),
            vpcs: BTreeMap::new(),
            omitted_blocks: OmittedBlocks::Keep,
            empty_strings: EmptyStrings::Refuse,
            defaults: Defaults::DeveloperGuide,
            empty_form: EmptyForm::EmptyList,
            status_reasons: StatusReasons::Deployments,
            revision_detail: RevisionDetail::Full,
            taken_name: TakenName::NotIdempotent,
            taken_by_customer: TakenName::NotIdempotent,
            update_in_deployment: UpdateInDeployment::Replace,
            queued_deployments: QueuedDeployments::Hidden,
            identical_update: IdenticalUpdate::Rollout,
            mode_switch: ModeSwitch::Accept,
            subnet_changes: SubnetChanges::SameAccess,
            throttling: Throttling::Off,
            bucket_refill: BucketRefill::VirtualTime,
            express_bucket: ExpressBucket::Shared,
            managed_registration: ManagedRegistration::Free,
            role_usable_after_seconds: 0,
            unusable_role: UnusableRole::AccessDenied,
            denied_provisioning: DeniedProvisioning::Stays,
            broken_infrastructure_role: BrokenInfrastructureRole::Ignored,
            broken_execution_role: BrokenExecutionRole::Ignored,
            condition_keys: ConditionKeys::Sent,
            caller_policy: CallerPolicy::Unconditional,
            architecture: Architecture::Declared,
        }
    }
}

impl Settings {
    /// Returns these settings with the members of `changes`, a JSON object, replaced.
    ///
    /// # Errors
    /// Returns a message that names the invalid setting and what is allowed.
    pub fn with(&self, changes: &Value) -> Result<Self, String> {
        let Value::Object(changes) = changes else {
            return Err("settings: expected a JSON object".to_owned());
        };
        let mut merged = serde_json::to_value(self).map_err(|error| error.to_string())?;
        for (name, value) in changes {
            // Each setting is parsed alone first, so that the message can name the invalid one.
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

    /// Returns the lag of an action in virtual seconds.
    pub(crate) fn lag(&self, action: Action) -> u64 {
        let lag = self.read_lag_seconds.get(action.as_str());
        lag.copied().unwrap_or(0)
    }

    /// Returns the longest lag of all actions in virtual seconds.
    pub(crate) fn longest_lag(&self) -> u64 {
        self.read_lag_seconds.values().copied().max().unwrap_or(0)
    }
}

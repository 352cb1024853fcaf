//! Settings of the model: who and where, how long things take, and which answer to take where AWS is not known.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an answer writes the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterForm {
    /// The short name.
    Name,
    /// The full ARN, also where a name was sent.
    Arn,
}

/// How an answer writes an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointForm {
    /// With its scheme.
    Url,
    /// Without a scheme.
    Host,
    /// Without a scheme until the deployment of the revision is done, with it afterwards.
    HostThenUrl,
}

/// What a member means that is absent inside a block that an Update sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OmittedMembers {
    /// It keeps its value.
    Merge,
    /// It falls back to its default.
    Replace,
}

/// What an empty list in an Update means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum EmptyLists {
    /// It clears the old list.
    Clear,
    /// It is taken for absent and the old list stays.
    Keep,
}

/// The order of `activeConfigurations` while there are two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConfigurationOrder {
    /// Another order at each look.
    Alternating,
    /// The newest revision first.
    NewestFirst,
    /// The oldest revision first.
    OldestFirst,
}

/// How DescribeExpressGatewayService says that there is no such service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotFoundForm {
    /// ResourceNotFoundException.
    ResourceNotFound,
    /// InvalidParameterException "Resource not found".
    InvalidParameter,
}

/// Whether a task definition that a request names must have been registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TaskDefinitionLookup {
    /// One that is not known is accepted all the same; what it holds is made up.
    Any,
    /// It must be known.
    Registered,
}

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
    /// How answers write the cluster.
    pub cluster_form: ClusterForm,
    /// How answers write endpoints.
    pub endpoint_form: EndpointForm,
    /// Absent members inside a block that an Update sends.
    pub omitted_members: OmittedMembers,
    /// Empty lists in an Update.
    pub empty_lists: EmptyLists,
    /// Order of two active configurations.
    pub configuration_order: ConfigurationOrder,
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
        }
    }
}

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
        if self.region.is_empty() {
            return Err("settings: region: must not be empty".to_owned());
        }
        Ok(())
    }
}

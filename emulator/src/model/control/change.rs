//! Changes made outside the recorded calls, as by another user. Faults do not affect them.

use serde::Deserialize;
use serde_json::Value;

use crate::model::{
    api::{
        tag::Tag,
        validation::{check_role_arn, is_account_id},
    },
    clusters::Presence,
    iam::roles::Usability,
};

/// The service that a change affects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name of the service.
    pub service: String,
    /// The cluster; `default` if none is given.
    pub cluster: Option<String>,
    /// The Region; that of the settings if none is given.
    pub region: Option<String>,
}

impl From<&str> for Target {
    fn from(service: &str) -> Self {
        Self {
            service: service.to_owned(),
            cluster: None,
            region: None,
        }
    }
}

/// A managed resource that fails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failing {
    /// The kind of resource, such as `LoadBalancer` or `TargetGroups`.
    pub resource: String,
    /// The statusReason of the resource.
    pub reason: String,
}

/// A change made outside the recorded calls.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Another user updates the service with these members of UpdateExpressGatewayService.
    Update(Target, Value),
    /// Another user or an AWS service adds tags, so the prefix `aws:` is allowed.
    Tag(Target, Vec<Tag>),
    /// Another user removes the tags with these keys.
    Untag(Target, Vec<String>),
    /// Another user deletes the service.
    Delete(Target),
    /// Another user creates a service of this name that is not an Express service.
    Customer(Target),
    /// A managed resource of the service fails after its creation.
    Fail(Target, Failing),
    /// A managed resource of this kind, such as `LoadBalancer`, is detached from the service.
    Detach(Target, String),
    /// The desired count of the service is set, although its configuration asks for more or fewer tasks.
    DesiredCount(Target, u32),
    /// Tasks of the service die, so that only this number runs. It stays so until the next deployment.
    RunningCount(Target, u32),
    /// The service is removed without a trace, whatever its status.
    Purge(Target),
    /// A cluster is created or deleted.
    Cluster {
        /// The name of the cluster.
        name: String,
        /// The Region; that of the settings if none is given.
        region: Option<String>,
        /// Whether the cluster exists afterwards.
        presence: Presence,
    },
    /// A role becomes usable or unusable.
    Role {
        /// The ARN of the role.
        arn: String,
        /// Whether ECS can assume the role afterwards.
        usability: Usability,
    },
    /// A change in an account other than that of the settings.
    InAccount {
        /// The account id.
        account: String,
        /// The change.
        change: Box<Change>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeRequest {
    service: Option<String>,
    cluster: Option<String>,
    region: Option<String>,
    account: Option<String>,
    role: Option<String>,
    usable: Option<bool>,
    update: Option<Value>,
    tag: Option<Vec<Tag>>,
    untag: Option<Vec<String>>,
    fail: Option<Failing>,
    detach: Option<String>,
    #[serde(rename = "desiredCount")]
    desired_count: Option<u32>,
    #[serde(rename = "runningCount")]
    running_count: Option<u32>,
    delete: Option<bool>,
    customer: Option<bool>,
    purge: Option<bool>,
    exists: Option<bool>,
}

impl Change {
    /// Parses a change in the JSON form of the control endpoint.
    ///
    /// # Errors
    /// Returns a message that names the invalid member and what is allowed.
    pub fn from_wire(wire: &Value) -> Result<Self, String> {
        let mut request =
            ChangeRequest::deserialize(wire).map_err(|error| format!("changes: {error}"))?;
        match request.account.take() {
            None => Self::parse(request),
            Some(account) if is_account_id(&account) => Ok(Self::InAccount {
                account,
                change: Box::new(Self::parse(request)?),
            }),
            Some(account) => Err(format!(
                "changes: account: {account:?} is not twelve digits"
            )),
        }
    }

    /// Parses a change, apart from its account.
    fn parse(request: ChangeRequest) -> Result<Self, String> {
        match (&request.role, request.usable, &request.service) {
            (Some(arn), Some(usable), _) => Self::role(arn, usable),
            (_, _, Some(_)) => Self::service(request),
            (_, _, None) => Self::cluster(request),
        }
    }

    fn role(arn: &str, usable: bool) -> Result<Self, String> {
        check_role_arn("role", arn).map_err(|error| format!("changes: {}", error.message))?;
        let usability = if usable {
            Usability::Usable
        } else {
            Usability::Unusable
        };
        Ok(Self::Role {
            arn: arn.to_owned(),
            usability,
        })
    }

    fn service(request: ChangeRequest) -> Result<Self, String> {
        let target = Target {
            service: request.service.unwrap_or_default(),
            cluster: request.cluster,
            region: request.region,
        };
        let is_set = |flag: Option<bool>| flag.filter(|flag| *flag);
        let to = || target.clone();
        let mut changes: Vec<Self> = [
            request.update.map(|update| Self::Update(to(), update)),
            request.tag.map(|tags| Self::Tag(to(), tags)),
            request.untag.map(|keys| Self::Untag(to(), keys)),
            request.fail.map(|failing| Self::Fail(to(), failing)),
            request.detach.map(|resource| Self::Detach(to(), resource)),
            request
                .desired_count
                .map(|count| Self::DesiredCount(to(), count)),
            request
                .running_count
                .map(|count| Self::RunningCount(to(), count)),
            is_set(request.delete).map(|_| Self::Delete(to())),
            is_set(request.customer).map(|_| Self::Customer(to())),
            is_set(request.purge).map(|_| Self::Purge(to())),
        ]
        .into_iter()
        .flatten()
        .collect();
        match (changes.pop(), changes.is_empty(), request.exists) {
            (Some(Self::Update(target, update)), true, None) => {
                check_update(&update)?;
                Ok(Self::Update(target, update))
            }
            (Some(change), true, None) => Ok(change),
            _ => Err(
                "changes: besides \"service\", give exactly one of update, tag, untag, fail, \
                 detach, desiredCount, runningCount, \"delete\": true, \"customer\": true, \"purge\": true"
                    .to_owned(),
            ),
        }
    }

    fn cluster(request: ChangeRequest) -> Result<Self, String> {
        let presence = match request.exists {
            Some(true) => Presence::Exists,
            Some(false) => Presence::Missing,
            None => return Err(missing_target()),
        };
        match request.cluster {
            Some(name) => Ok(Self::Cluster {
                name,
                region: request.region,
                presence,
            }),
            None => Err(missing_target()),
        }
    }
}

fn missing_target() -> String {
    "changes: give \"service\" with a change, \"cluster\" with \"exists\": true or false, or \
     \"role\" with \"usable\": true or false"
        .to_owned()
}

/// Rejects unknown members, which AWS would ignore, to catch misspellings.
fn check_update(update: &Value) -> Result<(), String> {
    const MEMBERS: [&str; 10] = [
        "executionRoleArn",
        "taskRoleArn",
        "taskDefinitionArn",
        "cpu",
        "memory",
        "cpuArchitecture",
        "networkConfiguration",
        "healthCheckPath",
        "primaryContainer",
        "scalingTarget",
    ];
    let Value::Object(update) = update else {
        return Err("changes: update: expected a JSON object".to_owned());
    };
    match update
        .keys()
        .find(|member| !MEMBERS.contains(&member.as_str()))
    {
        None => Ok(()),
        Some(member) => Err(format!(
            "changes: update: unknown field `{member}`, expected one of {}",
            MEMBERS.join(", ")
        )),
    }
}

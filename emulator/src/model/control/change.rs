//! Changes behind the back of whoever uses the API. They are no calls: no fault meets them and no record is kept.

use serde::Deserialize;
use serde_json::Value;

use crate::model::{
    api::tag::Tag,
    api::validation::{check_role_arn, is_account_id},
    clusters::Presence,
    iam::roles::Usability,
};

/// The service that a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub service: String,
    /// Its cluster; `default` where none is given.
    pub cluster: Option<String>,
    /// Its Region; that of the settings where none is given.
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

/// What fails of all that ECS manages for a service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failing {
    /// Which of them: `LoadBalancer`, `TargetGroups` and others.
    pub resource: String,
    /// Shown as statusReason.
    pub reason: String,
}

/// A change that nobody asked the API for.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Somebody else updates the service with these members of UpdateExpressGatewayService.
    Update(Target, Value),
    /// Somebody else adds tags; an AWS service may, so `aws:` is no reserved prefix here.
    Tag(Target, Vec<Tag>),
    /// Somebody else takes tags away.
    Untag(Target, Vec<String>),
    /// Somebody else deletes the service.
    Delete(Target),
    /// A service that is no Express service takes the name.
    Customer(Target),
    /// Something that ECS manages for the service fails, long after it was made.
    Fail(Target, Failing),
    /// The INACTIVE record of the service is purged, or the service vanishes without a trace.
    Purge(Target),
    /// A cluster appears or goes.
    Cluster {
        /// Its name.
        name: String,
        /// Its Region; that of the settings where none is given.
        region: Option<String>,
        /// Which of the two.
        presence: Presence,
    },
    /// A role can be assumed, or no more.
    Role {
        /// Its ARN.
        arn: String,
        /// Which of the two.
        usability: Usability,
    },
    /// A change in another account than that of the settings.
    InAccount {
        /// The account.
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
    delete: Option<bool>,
    customer: Option<bool>,
    purge: Option<bool>,
    exists: Option<bool>,
}

impl Change {
    /// Reads a change from JSON, as the control endpoint takes it.
    ///
    /// # Errors
    /// A sentence that names the member and what is allowed.
    pub fn from_wire(wire: &Value) -> Result<Self, String> {
        let mut request =
            ChangeRequest::deserialize(wire).map_err(|error| format!("changes: {error}"))?;
        match request.account.take() {
            None => Self::in_account(request),
            Some(account) if is_account_id(&account) => Ok(Self::InAccount {
                account,
                change: Box::new(Self::in_account(request)?),
            }),
            Some(account) => Err(format!(
                "changes: account: {account:?} is not twelve digits"
            )),
        }
    }

    fn in_account(request: ChangeRequest) -> Result<Self, String> {
        if let (Some(arn), Some(usable)) = (&request.role, request.usable) {
            check_role_arn("role", arn).map_err(|error| format!("changes: {}", error.message))?;
            return Ok(Self::Role {
                arn: arn.clone(),
                usability: if usable {
                    Usability::Usable
                } else {
                    Usability::Unusable
                },
            });
        }
        let Some(service) = request.service else {
            return Self::cluster(request);
        };
        let target = Target {
            service,
            cluster: request.cluster,
            region: request.region,
        };
        let mut changes = Vec::new();
        changes.extend(
            request
                .update
                .map(|update| Self::Update(target.clone(), update)),
        );
        changes.extend(request.tag.map(|tags| Self::Tag(target.clone(), tags)));
        changes.extend(request.untag.map(|keys| Self::Untag(target.clone(), keys)));
        changes.extend(request.fail.map(|fail| Self::Fail(target.clone(), fail)));
        let flags = [
            (request.delete, Self::Delete(target.clone())),
            (request.customer, Self::Customer(target.clone())),
            (request.purge, Self::Purge(target)),
        ];
        changes.extend(
            flags
                .into_iter()
                .filter_map(|(flag, change)| (flag == Some(true)).then_some(change)),
        );
        match (changes.pop(), changes.is_empty(), request.exists) {
            (Some(Self::Update(target, update)), true, None) => {
                check_update(&update)?;
                Ok(Self::Update(target, update))
            }
            (Some(change), true, None) => Ok(change),
            _ => Err(
                "changes: beside \"service\" give exactly one of update, tag, untag, fail, \
                 \"delete\": true, \"customer\": true, \"purge\": true"
                    .to_owned(),
            ),
        }
    }

    fn cluster(request: ChangeRequest) -> Result<Self, String> {
        let presence = match request.exists {
            Some(true) => Presence::Exists,
            Some(false) => Presence::Missing,
            None => return Err(neither()),
        };
        match request.cluster {
            Some(name) => Ok(Self::Cluster {
                name,
                region: request.region,
                presence,
            }),
            None => Err(neither()),
        }
    }
}

fn neither() -> String {
    "changes: give \"service\" with a change, \"cluster\" with \"exists\": true or false, or \
     \"role\" with \"usable\": true or false"
        .to_owned()
}

/// Here a misspelt member is a mistake, though AWS would ignore it.
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

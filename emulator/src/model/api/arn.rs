//! The caller of an API action, and the ARNs of ECS.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::api::error::ApiError;

/// The account and the Region in which a call is made.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Caller {
    /// The account id, twelve digits.
    pub account: String,
    /// The Region, such as `us-east-1`.
    pub region: String,
}

impl Caller {
    /// Returns the partition of the Region.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else if self.region.starts_with("cn-") {
            "aws-cn"
        } else {
            "aws"
        }
    }

    pub(crate) fn cluster_arn(&self, cluster: &str) -> String {
        self.arn("ecs", &format!("cluster/{cluster}"))
    }

    /// Returns the ARN of the user that stands for every caller without a session.
    pub(crate) fn user_arn(&self) -> String {
        format!(
            "arn:{}:iam::{}:user/emulator",
            self.partition(),
            self.account
        )
    }

    /// Returns an ARN in the account and Region of the caller.
    pub(crate) fn arn(&self, service: &str, resource: &str) -> String {
        let Self { account, region } = self;
        format!(
            "arn:{}:{service}:{region}:{account}:{resource}",
            self.partition()
        )
    }

    /// Returns the short name of a cluster given by name or ARN, or `default` if none is given.
    pub(crate) fn cluster_name(&self, cluster: Option<&str>) -> Result<String, ApiError> {
        let given = cluster.unwrap_or("default");
        let name = if given.starts_with("arn:") {
            let parts = Parts::parse(given).ok_or_else(|| invalid_identifier(given))?;
            parts.check_caller(self)?;
            parts.resource.strip_prefix("cluster/")
        } else {
            Some(given)
        };
        name.filter(|name| is_name(name))
            .map(str::to_owned)
            .ok_or_else(|| invalid_identifier(given))
    }
}

/// The ARN of a service, which is its identity in the model.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ServiceArn {
    partition: String,
    region: String,
    account: String,
    /// The short name of the cluster.
    pub cluster: String,
    /// The name of the service.
    pub name: String,
}

impl ServiceArn {
    /// The ARN of the service with this name in a cluster, given by its short name.
    #[must_use]
    pub fn new(caller: &Caller, cluster: &str, name: &str) -> Self {
        Self {
            partition: caller.partition().to_owned(),
            region: caller.region.clone(),
            account: caller.account.clone(),
            cluster: cluster.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The account id.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The Region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Parses `arn:…:service/<cluster>/<name>` in the account and Region of the caller.
    pub(crate) fn parse(text: &str, caller: &Caller) -> Result<Self, ApiError> {
        Self::parse_kind(text, "service", caller)
    }

    /// Parses the ARN of a `service-deployment` or `service-revision` and returns the ARN of its service.
    pub(crate) fn owner(text: &str, kind: &str, caller: &Caller) -> Result<Self, ApiError> {
        Self::parse_kind(text, kind, caller)
    }

    fn parse_kind(text: &str, kind: &str, caller: &Caller) -> Result<Self, ApiError> {
        let parts = Parts::parse(text).ok_or_else(|| invalid_identifier(text))?;
        parts.check_caller(caller)?;
        let mut path = parts.resource.split('/');
        let (found, cluster, name, id) = (path.next(), path.next(), path.next(), path.next());
        let has_id = kind != "service";
        match (cluster, name) {
            (Some(cluster), Some(name))
                if found == Some(kind)
                    && is_name(cluster)
                    && is_name(name)
                    && id.is_some() == has_id =>
            {
                Ok(Self::new(caller, cluster, name))
            }
            _ => Err(invalid_identifier(text)),
        }
    }

    /// A caller in the account and Region of the service.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller {
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }

    pub(crate) fn cluster_arn(&self) -> String {
        self.caller().cluster_arn(&self.cluster)
    }

    pub(crate) fn revision_arn(&self, id: &str) -> String {
        self.below("service-revision", id)
    }

    pub(crate) fn deployment_arn(&self, id: &str) -> String {
        self.below("service-deployment", id)
    }

    fn below(&self, kind: &str, id: &str) -> String {
        let Self { cluster, name, .. } = self;
        self.caller()
            .arn("ecs", &format!("{kind}/{cluster}/{name}/{id}"))
    }
}

impl fmt::Display for ServiceArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            partition,
            region,
            account,
            cluster,
            name,
        } = self;
        write!(
            f,
            "arn:{partition}:ecs:{region}:{account}:service/{cluster}/{name}"
        )
    }
}

struct Parts<'a> {
    partition: &'a str,
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Parts<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let scheme = parts.next()?;
        let partition = parts.next()?;
        let service = parts.next()?;
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        (scheme == "arn" && service == "ecs").then_some(Self {
            partition,
            region,
            account,
            resource,
        })
    }

    fn check_caller(&self, caller: &Caller) -> Result<(), ApiError> {
        if self.region != caller.region || self.partition != caller.partition() {
            return Err(ApiError::invalid_parameter(format!(
                "Identifier is for {}. Your region is {}",
                self.region, caller.region
            )));
        }
        if self.account != caller.account {
            return Err(ApiError::invalid_parameter(format!(
                "Identifier is for account {}. Your accountId is {}",
                self.account, caller.account
            )));
        }
        Ok(())
    }
}

fn invalid_identifier(text: &str) -> ApiError {
    ApiError::invalid_parameter(format!("Invalid identifier: {text}"))
}

/// Whether the text is a valid name of a service or cluster: 1 to 255 letters, digits, `_` and `-`.
pub(crate) fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=255).contains(&text.len()) && text.bytes().all(plain)
}

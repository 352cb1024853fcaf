//! Who an object is, in Kubernetes and in AWS: the ARN that is known before the first call, and the owner tags.

use std::{fmt, str::FromStr};

/// ARN of an ECS service: `arn:<partition>:ecs:<region>:<account>:service/<cluster>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceArn {
    /// AWS partition: `aws`, `aws-cn`, `aws-us-gov` and others.
    pub partition: String,
    /// AWS Region.
    pub region: String,
    /// Account, 12 digits.
    pub account: String,
    /// Short name of the cluster.
    pub cluster: String,
    /// Name of the service.
    pub name: String,
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

/// The text is not the ARN of an ECS service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is not the ARN of an ECS service (arn:<partition>:ecs:<region>:<account>:service/<cluster>/<name>)"
)]
pub struct NotAServiceArn(pub String);

impl FromStr for ServiceArn {
    type Err = NotAServiceArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let err = || NotAServiceArn(text.to_owned());
        let arn = Arn::parse(text).ok_or_else(err)?;
        let mut path = arn.resource.split('/');
        match (path.next(), path.next(), path.next(), path.next()) {
            (Some("service"), Some(cluster), Some(name), None)
                if arn.service == "ecs" && !cluster.is_empty() && !name.is_empty() =>
            {
                Ok(Self {
                    partition: arn.partition.to_owned(),
                    region: arn.region.to_owned(),
                    account: arn.account.to_owned(),
                    cluster: cluster.to_owned(),
                    name: name.to_owned(),
                })
            }
            _ => Err(err()),
        }
    }
}

/// The parts of any ARN.
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            return None;
        }
        Some(Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

/// Whose credentials the operator uses, from STS GetCallerIdentity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// AWS partition.
    pub partition: String,
    /// Account, 12 digits.
    pub account: String,
}

/// The Kubernetes object.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectIdentity {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// UID; an object re-created under its name has another.
    pub uid: String,
}

impl fmt::Display for ObjectIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What the operator acts as: an AWS account and Region, and a Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorIdentity {
    /// Whose credentials it uses.
    pub caller: Caller,
    /// Region of objects that name none.
    pub region: String,
    /// UID of the namespace `kube-system`, unless the operator was given another id.
    pub cluster_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_arn_reads_back_what_it_prints() {
        let text = "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/web/team-a_shop";
        assert_eq!(text.parse::<ServiceArn>().unwrap().to_string(), text);
    }

    #[test]
    fn other_arns_are_no_service_arns() {
        for text in [
            "",
            "service/web/shop",
            "arn:aws:ecs:eu-west-1:123456789012:service/shop",
            "arn:aws:ecs:eu-west-1:123456789012:cluster/web",
            "arn:aws:ecs:eu-west-1:123456789012:service/web/shop/more",
            "arn:aws:iam::123456789012:role/service/x",
        ] {
            assert!(text.parse::<ServiceArn>().is_err(), "{text}");
        }
    }
}

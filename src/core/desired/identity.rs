//! Identities in Kubernetes and AWS: the object, its ECS service, and the operator.

use std::{fmt, str::FromStr};

/// ARN of an ECS service: `arn:<partition>:ecs:<region>:<account>:service/<cluster>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceArn {
    /// AWS partition, such as `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// AWS Region, such as `eu-west-1`.
    pub region: String,
    /// AWS account ID, 12 digits.
    pub account: String,
    /// Name of the ECS cluster, without the rest of its ARN.
    pub cluster: String,
    /// Name of the ECS service.
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

/// The error of parsing a text that is not the ARN of an ECS service; it holds the text.
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

/// The parts of an ARN of any AWS service.
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// Splits an ARN into its parts; `None` if the text does not have the form of an ARN.
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

/// The AWS account whose credentials the operator uses, as STS GetCallerIdentity returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// AWS partition, such as `aws`.
    pub partition: String,
    /// AWS account ID, 12 digits.
    pub account: String,
}

/// Identity of an ExpressService in its Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObjectIdentity {
    /// `metadata.namespace`.
    pub namespace: String,
    /// `metadata.name`.
    pub name: String,
    /// `metadata.uid`; an object that is deleted and created again under the same name has another UID.
    pub uid: String,
}

impl fmt::Display for ObjectIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// Identity under which the operator acts: an AWS account, a default Region, and a Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorIdentity {
    /// The AWS account whose credentials the operator uses.
    pub caller: Caller,
    /// Region for objects that leave out `spec.region`.
    pub region: String,
    /// Id of the Kubernetes cluster in owner tags: the UID of the namespace `kube-system`, unless configured otherwise.
    pub cluster_id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_service_arn_parses_to_the_same_arn() {
        let text = "arn:aws-us-gov:ecs:us-gov-west-1:123456789012:service/web/team-a_shop";
        assert_eq!(text.parse::<ServiceArn>().unwrap().to_string(), text);
    }

    #[test]
    fn other_texts_and_arns_are_rejected() {
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

//! Who an object is, in Kubernetes and in AWS: the ARN that is known before the first call, and the owner tags.

use std::{collections::BTreeMap, fmt, str::FromStr};

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

/// Keys of the owner tags on the ECS service.
pub mod owner_tags {
    /// Prefix of the operator's tags.
    pub const PREFIX: &str = "ecs-express.dev/";
    /// Cluster-id of the Kubernetes cluster.
    pub const CLUSTER_ID: &str = "ecs-express.dev/cluster-id";
    /// Namespace of the object.
    pub const NAMESPACE: &str = "ecs-express.dev/namespace";
    /// Name of the object.
    pub const NAME: &str = "ecs-express.dev/name";
    /// UID of the object, or [`RELEASED`].
    pub const UID: &str = "ecs-express.dev/uid";
    /// Value of [`UID`] on a service that its object has let go.
    pub const RELEASED: &str = "released";
}

/// The four tags that say whose an ECS service is.
pub fn owner_tags_of(object: &ObjectIdentity, cluster_id: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (owner_tags::CLUSTER_ID.to_owned(), cluster_id.to_owned()),
        (owner_tags::NAMESPACE.to_owned(), object.namespace.clone()),
        (owner_tags::NAME.to_owned(), object.name.clone()),
        (owner_tags::UID.to_owned(), object.uid.clone()),
    ])
}

/// What the owner tags on a service say to one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerTags {
    /// Cluster-id, namespace and name are this object's.
    Ours,
    /// They name another object.
    Other(String),
    /// Only some of cluster-id, namespace and name are there, and those are this object's.
    Partial(String),
    /// There are none.
    None,
    /// They name another object that has let the service go.
    Released,
}

impl OwnerTags {
    /// Reads the owner tags on a service with the eyes of `object`.
    pub fn read(
        tags: &BTreeMap<String, String>,
        object: &ObjectIdentity,
        cluster_id: &str,
    ) -> Self {
        let get = |key: &str| tags.get(key).map(String::as_str);
        let (cluster, namespace, name, uid) = (
            get(owner_tags::CLUSTER_ID),
            get(owner_tags::NAMESPACE),
            get(owner_tags::NAME),
            get(owner_tags::UID),
        );
        if cluster == Some(cluster_id)
            && namespace == Some(&object.namespace)
            && name == Some(&object.name)
        {
            return Self::Ours;
        }
        let whose = format!(
            "{}/{} in the cluster with id {}",
            namespace.unwrap_or("?"),
            name.unwrap_or("?"),
            cluster.unwrap_or("?")
        );
        let fits = cluster.is_none_or(|id| id == cluster_id)
            && namespace.is_none_or(|namespace| namespace == object.namespace)
            && name.is_none_or(|name| name == object.name);
        match (cluster, namespace, name, uid) {
            (None, None, None, None) => Self::None,
            (.., Some(owner_tags::RELEASED)) => Self::Released,
            _ if fits => Self::Partial(whose),
            _ => Self::Other(whose),
        }
    }
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

    #[test]
    fn owner_tags_are_ours_whatever_the_uid() {
        let object = ObjectIdentity {
            namespace: "team-a".into(),
            name: "shop".into(),
            uid: "new".into(),
        };
        let mut tags = owner_tags_of(&object, "c1");
        tags.insert(owner_tags::UID.into(), owner_tags::RELEASED.into());
        assert_eq!(OwnerTags::read(&tags, &object, "c1"), OwnerTags::Ours);
        assert_eq!(OwnerTags::read(&tags, &object, "c2"), OwnerTags::Released);
        tags.remove(owner_tags::UID);
        assert!(matches!(
            OwnerTags::read(&tags, &object, "c2"),
            OwnerTags::Other(_)
        ));
        assert_eq!(
            OwnerTags::read(&BTreeMap::new(), &object, "c1"),
            OwnerTags::None
        );
    }
}

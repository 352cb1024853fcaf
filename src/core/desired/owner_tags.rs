//! The tags on an ECS service that name the object which owns it.

use std::collections::BTreeMap;

use crate::core::desired::identity::ObjectIdentity;

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

/// The four tags that say whose an ECS service is.
pub fn owner_tags_of(object: &ObjectIdentity, cluster_id: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (CLUSTER_ID.to_owned(), cluster_id.to_owned()),
        (NAMESPACE.to_owned(), object.namespace.clone()),
        (NAME.to_owned(), object.name.clone()),
        (UID.to_owned(), object.uid.clone()),
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
        let (cluster, namespace, name, uid) =
            (get(CLUSTER_ID), get(NAMESPACE), get(NAME), get(UID));
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
            (.., Some(RELEASED)) => Self::Released,
            _ if fits => Self::Partial(whose),
            _ => Self::Other(whose),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_tags_are_ours_whatever_the_uid() {
        let object = ObjectIdentity {
            namespace: "team-a".into(),
            name: "shop".into(),
            uid: "new".into(),
        };
        let mut tags = owner_tags_of(&object, "c1");
        tags.insert(UID.into(), RELEASED.into());
        assert_eq!(OwnerTags::read(&tags, &object, "c1"), OwnerTags::Ours);
        assert_eq!(OwnerTags::read(&tags, &object, "c2"), OwnerTags::Released);
        tags.remove(UID);
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

//! The owner tags: tags on an ECS service that name the Kubernetes cluster and the object that owns it. Their keys
//! are in [`ALL`].

use std::collections::BTreeMap;

use crate::{api::vocabulary, core::desired::identity::ObjectIdentity};

/// Prefix of the keys of all owner tags.
pub const PREFIX: &str = "ecs-express.dev/";
vocabulary! {
    /// Id of the Kubernetes cluster of the object that owns the service.
    pub const CLUSTER_ID: &str = "ecs-express.dev/cluster-id";
    /// Namespace of the object that owns the service.
    pub const NAMESPACE: &str = "ecs-express.dev/namespace";
    /// Name of the object that owns the service.
    pub const NAME: &str = "ecs-express.dev/name";
    /// UID of the object that owns the service, or [`RELEASED`].
    pub const UID: &str = "ecs-express.dev/uid";
}

/// Value of [`UID`] on a service that was kept when its object was deleted, and that another object may adopt.
pub const RELEASED: &str = "released";

/// Returns the four owner tags of an object.
pub fn owner_tags_of(object: &ObjectIdentity, cluster_id: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        (CLUSTER_ID.to_owned(), cluster_id.to_owned()),
        (NAMESPACE.to_owned(), object.namespace.clone()),
        (NAME.to_owned(), object.name.clone()),
        (UID.to_owned(), object.uid.clone()),
    ])
}

/// Owner of a service according to its owner tags, as seen from one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerTags {
    /// Cluster-id, namespace and name are those of this object. The UID may be another: the object may have been created again.
    Ours,
    /// The tags name another object, which the text describes.
    Other(String),
    /// Some of the tags are missing and the remaining ones fit this object. The text describes the owner, with `?` for what
    /// is missing.
    Partial(String),
    /// The service has no owner tags.
    None,
    /// The tags name another object that has released the service.
    Released,
}

impl OwnerTags {
    /// Reads the owner tags among the tags of a service, as seen from `object` in the cluster with id `cluster_id`.
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
        let owner = format!(
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
            _ if fits => Self::Partial(owner),
            _ => Self::Other(owner),
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

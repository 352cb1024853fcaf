//! The port to Kubernetes: reads and writes of ExpressServices.

use std::{collections::BTreeMap, fmt, future::Future, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::report::event::Event,
};

/// Namespace and name of an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Namespace of the object.
    pub namespace: String,
    /// Name of the object.
    pub name: String,
}

impl ObjectKey {
    /// Returns the key of the object with this metadata.
    pub fn of(meta: &ObjectMeta) -> Self {
        Self {
            namespace: meta.namespace.clone().unwrap_or_default(),
            name: meta.name.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// A change of the metadata. It is written with the object's resourceVersion, so that it can serve as a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataPatch {
    /// The finalizers after the change.
    pub finalizers: Vec<String>,
    /// Annotations to set.
    pub annotations: BTreeMap<String, String>,
}

/// Why a read or write of an object failed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// Somebody else changed the object since it was read.
    #[error("the object was changed since it was read; the operator retries automatically")]
    Conflict,
    /// The object does not exist.
    #[error("the object no longer exists")]
    NotFound,
    /// The API server rejects the content, and would reject it again.
    #[error("the Kubernetes API server rejects what was written: {0}")]
    Invalid(String),
    /// Any other error.
    #[error(
        "the request to the Kubernetes API server failed: {0}; the operator retries automatically"
    )]
    Other(String),
}

/// Reads and writes of objects. Each write carries the resourceVersion of the object passed to it, and returns the
/// object as stored.
pub trait Objects: Send + Sync + 'static {
    /// Returns the object from the cache, which may be stale.
    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>>;

    /// Returns the resourceVersion of the object in the cache, if the cache has it and it is not malformed.
    fn cached_version(&self, key: &ObjectKey) -> Option<String>;

    /// Reads the object from the API server.
    fn read(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Changes the metadata.
    fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Applies a merge patch to the status.
    fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Publishes an event. A failure is logged and never fails a reconcile.
    fn publish(&self, object: &ExpressService, event: &Event) -> impl Future<Output = ()> + Send;
}

/// Returns the merge patch (RFC 7386) that turns `old` into `new`.
pub fn merge_patch(old: &Value, new: &Value) -> Value {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let removed = old
                .keys()
                .filter(|key| !new.contains_key(*key))
                .map(|key| (key.clone(), Value::Null));
            let changed = new.iter().filter_map(|(key, value)| match old.get(key) {
                Some(before) if before == value => None,
                Some(before) => Some((key.clone(), merge_patch(before, value))),
                None => Some((key.clone(), value.clone())),
            });
            Value::Object(removed.chain(changed).collect())
        }
        (_, new) => new.clone(),
    }
}

/// Returns the merge patch that turns one status into another.
pub fn status_patch(old: &ExpressServiceStatus, new: &ExpressServiceStatus) -> Value {
    merge_patch(&status_json(old), &status_json(new))
}

/// Returns a status as JSON. It is plain data with string keys, so it always has a JSON form.
pub fn status_json(status: &ExpressServiceStatus) -> Value {
    serde_json::to_value(status).unwrap_or_else(|_| json!({}))
}

#[cfg(test)]
mod tests {
    use super::merge_patch;
    use serde_json::json;

    #[test]
    fn a_merge_patch_holds_only_what_changes_and_null_for_what_is_removed() {
        let old = json!({"a": 1, "b": {"c": 1, "d": 2}, "e": [1]});
        let new = json!({"a": 1, "b": {"c": 3}, "e": [1, 2], "f": "x"});
        assert_eq!(
            merge_patch(&old, &new),
            json!({"b": {"c": 3, "d": null}, "e": [1, 2], "f": "x"})
        );
        assert_eq!(merge_patch(&old, &old), json!({}));
    }
}

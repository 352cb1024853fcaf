//! The port to Kubernetes: what the operator reads and writes there.

use std::{collections::BTreeMap, fmt, future::Future, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use crate::{
    api::{ExpressService, ExpressServiceStatus},
    core::report::event::Event,
};

/// Which object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectKey {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
}

impl ObjectKey {
    /// Key of the object with this metadata.
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

/// A change of the metadata; with the object's resourceVersion, so that it is a fence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataPatch {
    /// All finalizers.
    pub finalizers: Vec<String>,
    /// Annotations to set.
    pub annotations: BTreeMap<String, String>,
}

/// Why Kubernetes did not take a write.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// Somebody changed the object since it was read.
    #[error("the object was changed meanwhile; it is looked at again")]
    Conflict,
    /// The object is gone.
    #[error("the object is gone")]
    NotFound,
    /// The API server does not take the content, and would not take it again.
    #[error("the Kubernetes API server rejects what was written: {0}")]
    Invalid(String),
    /// Anything else.
    #[error("the Kubernetes API server refused a write: {0}; it is tried again")]
    Other(String),
}

/// Reads and writes of objects. Each write carries the resourceVersion of the object that it is given.
pub trait Objects: Send + Sync + 'static {
    /// The object as the cache has it, which may be stale.
    fn cached(&self, key: &ObjectKey) -> Option<Arc<ExpressService>>;

    /// The resourceVersion of the object in the cache, if that has it and it is not malformed.
    fn cached_version(&self, key: &ObjectKey) -> Option<String>;

    /// The object as the API server has it now.
    fn read(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Changes the metadata; gives the object back as it is then.
    fn patch_metadata(
        &self,
        object: &ExpressService,
        patch: &MetadataPatch,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Applies a merge patch to the status; gives the object back as it is then.
    fn patch_status(
        &self,
        object: &ExpressService,
        status: &Value,
    ) -> impl Future<Output = Result<ExpressService, ObjectsError>> + Send;

    /// Tells people. What cannot be told is logged and never fails a pass.
    fn publish(&self, object: &ExpressService, event: &Event) -> impl Future<Output = ()> + Send;
}

/// The merge patch (RFC 7386) that makes `new` of `old`.
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

/// The merge patch that makes one status of another.
pub fn status_patch(old: &ExpressServiceStatus, new: &ExpressServiceStatus) -> Value {
    merge_patch(&status_json(old), &status_json(new))
}

/// A status is plain data with string keys: it always has a JSON form.
pub fn status_json(status: &ExpressServiceStatus) -> Value {
    serde_json::to_value(status).unwrap_or_else(|_| json!({}))
}

#[cfg(test)]
mod tests {
    use super::merge_patch;
    use serde_json::json;

    #[test]
    fn a_merge_patch_holds_only_what_changes_and_null_for_what_goes() {
        let old = json!({"a": 1, "b": {"c": 1, "d": 2}, "e": [1]});
        let new = json!({"a": 1, "b": {"c": 3}, "e": [1, 2], "f": "x"});
        assert_eq!(
            merge_patch(&old, &new),
            json!({"b": {"c": 3, "d": null}, "e": [1, 2], "f": "x"})
        );
        assert_eq!(merge_patch(&old, &old), json!({}));
    }
}

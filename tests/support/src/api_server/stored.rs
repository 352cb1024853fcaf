//! Objects as the API server stores them, and what changes them.

use std::sync::Arc;

use ecs_express_operator::{
    api::ExpressService,
    controller::objects::{MetadataPatch, ObjectKey, ObjectsError},
};
use serde_json::{Value, json};

/// An object as the API server stores it.
#[derive(Debug)]
pub struct Stored {
    /// The object as JSON.
    pub json: Value,
    /// The object as the operator reads it.
    pub object: ExpressService,
}

impl Stored {
    pub(super) fn new(json: Value) -> Result<Self, ObjectsError> {
        let object = serde_json::from_value(json.clone())
            .map_err(|error| ObjectsError::Invalid(error.to_string()))?;
        Ok(Self { json, object })
    }

    /// The UID.
    pub fn uid(&self) -> &str {
        self.json["metadata"]["uid"].as_str().unwrap_or_default()
    }

    /// The generation.
    pub fn generation(&self) -> i64 {
        self.json["metadata"]["generation"]
            .as_i64()
            .unwrap_or_default()
    }

    /// Whether its deletion was requested.
    pub fn is_deleting(&self) -> bool {
        !self.json["metadata"]["deletionTimestamp"].is_null()
    }

    /// Whether it carries this finalizer.
    pub fn has_finalizer(&self, finalizer: &str) -> bool {
        finalizers(&self.json).any(|one| one == finalizer)
    }

    /// An annotation.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.json["metadata"]["annotations"][key].as_str()
    }

    /// A condition of the status.
    pub fn condition(&self, kind: &str) -> Option<&Value> {
        let conditions = self.json["status"]["conditions"].as_array()?;
        conditions
            .iter()
            .find(|condition| condition["type"] == kind)
    }
}

/// The finalizers of an object.
pub(super) fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    let finalizers = object["metadata"]["finalizers"].as_array();
    finalizers.into_iter().flatten().filter_map(Value::as_str)
}

/// A change of an object, as a watch delivers it.
#[derive(Clone, Debug)]
pub enum Change {
    /// The object was created or changed.
    Applied(Arc<Stored>),
    /// The object is gone.
    Deleted(Arc<Stored>),
}

/// An effect of a write.
#[derive(Clone, Debug)]
pub struct Write {
    /// The object before, unless it did not exist.
    pub before: Option<Arc<Stored>>,
    /// The object after, unless it does not exist any more.
    pub after: Option<Arc<Stored>>,
    /// The object as the answer shows it.
    pub answer: Arc<Stored>,
}

impl Write {
    /// Whether the write changed anything.
    pub fn is_effective(&self) -> bool {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => before.json != after.json,
            (None, _) | (_, None) => true,
        }
    }
}

/// A merge patch that requires a resourceVersion.
#[derive(Clone, Debug)]
pub struct Patch {
    /// The object.
    pub key: ObjectKey,
    /// The required resourceVersion.
    pub version: Option<String>,
    /// What is patched.
    pub part: Part,
    /// The merge patch.
    pub body: Value,
}

impl Patch {
    /// A change of an operator, who requires the object to be the one that it has read.
    pub fn metadata(object: &ExpressService, patch: &MetadataPatch) -> Self {
        let MetadataPatch {
            finalizers,
            annotations,
        } = patch;
        let body = json!({"metadata": {"finalizers": finalizers, "annotations": annotations}});
        Self::of(object, Part::Metadata, body)
    }

    /// The same of a status.
    pub fn status(object: &ExpressService, status: &Value) -> Self {
        Self::of(object, Part::Status, json!({ "status": status }))
    }

    fn of(object: &ExpressService, part: Part, body: Value) -> Self {
        Self {
            key: ObjectKey::of(&object.metadata),
            version: object.metadata.resource_version.clone(),
            part,
            body,
        }
    }
}

/// What a patch changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Finalizers and annotations.
    Metadata,
    /// The status, through its subresource.
    Status,
}

//! An object as the watch's store keeps it: compressed, since there may be ten thousand, of which few are read at a
//! time.

use kube::{
    Resource,
    api::ObjectMeta,
    core::{PartialObjectMeta, object::HasStatus},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

use super::compressed::Compressed;
use crate::{
    api::ExpressService,
    controller::triggers::{OPERATOR_ANNOTATIONS, fingerprint},
    core::{
        desired::size_limit::{blank, too_large_for_ecs},
        report::state::State,
    },
};

/// Longest compressed object in bytes. No useful object comes near it: it is twice the largest container that ECS
/// accepts with all quotes escaped, plus tags and status.
const MAX_SIZE: usize = 256 << 10;

/// A compressed object. Malformed objects are kept too, since they must not stop the others.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    meta: ObjectMeta,
    fingerprint: u64,
    has_changed: bool,
    state: State,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Compressed(Compressed),
    /// The error, without the offending value.
    Malformed(Box<str>),
}

impl CacheEntry {
    /// Compresses the parts of an object that the operator reads. Anybody who may write objects may write many large
    /// ones, so a container that is too large for ECS is replaced by a blank one of the same size.
    pub fn compress(mut object: ExpressService) -> Self {
        strip(&mut object.metadata);
        if let Some(container) = &mut object.spec.primary_container
            && let Some(size) = too_large_for_ecs(container)
        {
            *container = blank(container, size);
        }
        let state = State::of(
            object.status(),
            object.metadata.deletion_timestamp.is_some(),
        );
        let (state, content) = match Compressed::of(&object) {
            Ok(compressed) if compressed.size() > MAX_SIZE => {
                (State::Malformed, Content::Malformed(too_large().into()))
            }
            Ok(compressed) => (state, Content::Compressed(compressed)),
            Err(error) => (
                State::Malformed,
                Content::Malformed(error.to_string().into()),
            ),
        };
        let meta = match content {
            Content::Compressed(_) => version(&object.metadata),
            Content::Malformed(_) => identity(&object.metadata),
        };
        Self {
            fingerprint: fingerprint(&object.metadata),
            has_changed: true,
            state,
            meta,
            content,
        }
    }

    /// Returns the object.
    ///
    /// # Errors
    ///
    /// If the object is malformed, or the entry cannot be decompressed; the text contains no value of the object.
    pub fn decompress(&self) -> Result<ExpressService, String> {
        match &self.content {
            Content::Malformed(error) => Err(error.to_string()),
            Content::Compressed(compressed) => compressed.decompress(),
        }
    }

    /// The error in a malformed object, without the offending value.
    pub fn malformed(&self) -> Option<&str> {
        match &self.content {
            Content::Malformed(error) => Some(error),
            Content::Compressed(_) => None,
        }
    }

    /// Compares the entry with the one that it replaces in the store, if there is one.
    pub fn compare(&mut self, before: Option<&Self>) {
        let same = |before: &Self| {
            let same_form = before.malformed().is_some() == self.malformed().is_some();
            before.fingerprint == self.fingerprint && same_form
        };
        self.has_changed = !before.is_some_and(same);
    }

    /// Whether the change of the object triggers a reconcile. A write of its status does not.
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// State of the object, derived from its conditions.
    pub fn state(&self) -> State {
        self.state
    }
}

impl<'de> Deserialize<'de> for CacheEntry {
    /// Works on JSON text only, which is parsed a second time if the object is malformed; kube's `DeserializeGuard`
    /// would copy each object twice. In a watch event the API server writes `type` before `object`: in the other order
    /// serde would buffer the object, and the text would be gone.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let error = match serde_json::from_str(text.get()) {
            Ok(object) => return Ok(Self::compress(object)),
            Err(error) => error,
        };
        let PartialObjectMeta::<ExpressService> { metadata, .. } =
            serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        Ok(Self {
            fingerprint: fingerprint(&metadata),
            has_changed: true,
            state: State::Malformed,
            meta: identity(&metadata),
            content: Content::Malformed(malformed(&error).into()),
        })
    }
}

impl Resource for CacheEntry {
    type DynamicType = ();
    type Scope = <ExpressService as Resource>::Scope;

    fn kind(dt: &()) -> std::borrow::Cow<'_, str> {
        ExpressService::kind(dt)
    }

    fn group(dt: &()) -> std::borrow::Cow<'_, str> {
        ExpressService::group(dt)
    }

    fn version(dt: &()) -> std::borrow::Cow<'_, str> {
        ExpressService::version(dt)
    }

    fn plural(dt: &()) -> std::borrow::Cow<'_, str> {
        ExpressService::plural(dt)
    }

    fn meta(&self) -> &ObjectMeta {
        &self.meta
    }

    fn meta_mut(&mut self) -> &mut ObjectMeta {
        &mut self.meta
    }
}

/// Removes the metadata that the operator never reads, which may be the larger part of an object: the records of
/// kubectl and the API server, labels, and other annotations. Other finalizers stay, since a write of the finalizers
/// writes all of them.
fn strip(meta: &mut ObjectMeta) {
    meta.managed_fields = None;
    meta.labels = None;
    meta.owner_references = None;
    if let Some(annotations) = &mut meta.annotations {
        annotations.retain(|key, _| OPERATOR_ANNOTATIONS.contains(&key.as_str()));
    }
}

/// The error in an object that is too large, although ECS would accept its container.
fn too_large() -> String {
    format!(
        "the object takes more than {MAX_SIZE} bytes; shorten metadata.finalizers or the annotations under ecs-express.dev/ with kubectl edit; until then the operator does not change its ECS service"
    )
}

/// The metadata that identify an object and its version. kube's store and queue copy all of them.
fn version(meta: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        name: meta.name.clone(),
        namespace: meta.namespace.clone(),
        resource_version: meta.resource_version.clone(),
        ..ObjectMeta::default()
    }
}

/// The metadata that a report about a malformed object needs.
fn identity(meta: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        uid: meta.uid.clone(),
        generation: meta.generation,
        creation_timestamp: meta.creation_timestamp.clone(),
        ..version(meta)
    }
}

/// The error in a stored object, without the offending value, which may be a secret.
fn malformed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    let what = match text.rsplit_once(", expected ") {
        _ if text.starts_with("missing field ") => text.replace('`', ""),
        Some((_, expected)) => format!("a value has the wrong type, expected {expected}"),
        None => "a field does not match the schema".to_owned(),
    };
    format!(
        "the stored object does not match the current CustomResourceDefinition: {what}; correct it with kubectl edit; until then the operator does not change its ECS service"
    )
}

#[cfg(test)]
#[path = "cache_entry_tests.rs"]
mod tests;

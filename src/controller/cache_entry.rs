//! An object as the watch's store keeps it: packed, since ten thousand of them are held and few are looked at.

use std::hash::{DefaultHasher, Hash, Hasher};

use kube::{
    Resource,
    api::ObjectMeta,
    core::{PartialObjectMeta, object::HasStatus},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

use super::compressed::Compressed;
use crate::{
    api::{ExpressService, annotations},
    core::{
        desired::size_limit::{blank, too_large_for_ecs},
        report::state::State,
    },
};

/// Bytes that a packed object takes at most, far more than any that the loop has use for: twice the container that ECS takes
/// with all its quotes escaped, the tags, and a status.
const GREATEST: usize = 256 << 10;

/// The annotations that the operator reads.
const ANNOTATIONS_READ: [&str; 5] = [
    annotations::SERVICE_ARN,
    annotations::CLUSTER_ID,
    annotations::ADOPT_CONFIRM,
    annotations::RESTART,
    annotations::RETRY,
];

/// A packed object. Malformed ones are kept too: they must not stop the others.
#[derive(Clone, Debug)]
pub struct CacheEntry {
    meta: ObjectMeta,
    /// What a pass depends on, as a hash.
    trigger: u64,
    has_changed: bool,
    state: State,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Compressed(Compressed),
    /// What is wrong, without the value that is wrong.
    Malformed(Box<str>),
}

impl CacheEntry {
    /// Packs what the loop reads of an object. Anybody who may write objects may write great ones, and many: what ECS cannot
    /// take for its size is kept blank.
    pub fn compress(mut object: ExpressService) -> Self {
        keep_what_is_read(&mut object.metadata);
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
            Ok(compressed) if compressed.size() > GREATEST => {
                (State::Malformed, Content::Malformed(too_great().into()))
            }
            Ok(compressed) => (state, Content::Compressed(compressed)),
            Err(error) => (state, Content::Malformed(error.to_string().into())),
        };
        let meta = match content {
            Content::Compressed(_) => version(&object.metadata),
            Content::Malformed(_) => identity(&object.metadata),
        };
        Self {
            trigger: trigger(&object.metadata),
            has_changed: true,
            state,
            meta,
            content,
        }
    }

    /// The object again; what is wrong with it, if it is malformed.
    pub fn decompress(&self) -> Result<ExpressService, String> {
        match &self.content {
            Content::Malformed(what) => Err(what.to_string()),
            Content::Compressed(compressed) => compressed.decompress(),
        }
    }

    /// What is wrong with a malformed object, without the value that is wrong.
    pub fn malformed(&self) -> Option<&str> {
        match &self.content {
            Content::Malformed(what) => Some(what),
            Content::Compressed(_) => None,
        }
    }

    /// Compares it with the object that it replaces in the store, if there is one.
    pub fn compare(&mut self, before: Option<&Self>) {
        let same = |before: &Self| {
            let sound_as_before = before.malformed().is_some() == self.malformed().is_some();
            before.trigger == self.trigger && sound_as_before
        };
        self.has_changed = !before.is_some_and(same);
    }

    /// Whether something is new that a pass depends on. Otherwise each status that is written would be one more look.
    pub fn has_changed(&self) -> bool {
        self.has_changed
    }

    /// How the object stands.
    pub fn state(&self) -> State {
        self.state
    }
}

impl<'de> Deserialize<'de> for CacheEntry {
    /// From the text of JSON alone, which is read a second time if it is malformed; kube's own guard copies each object
    /// twice. In a watch event the API server writes `type` first: were `object` the first, serde would have no text left.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let error = match serde_json::from_str(text.get()) {
            Ok(object) => return Ok(Self::compress(object)),
            Err(error) => error,
        };
        let PartialObjectMeta::<ExpressService> { metadata, .. } =
            serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        Ok(Self {
            trigger: trigger(&metadata),
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

/// Takes away what is never read, which may be the greater part of an object: what kubectl and the API server keep there,
/// labels, and the annotations of others. Finalizers of others stay, since a write of the finalizers writes all of them.
fn keep_what_is_read(meta: &mut ObjectMeta) {
    meta.managed_fields = None;
    meta.labels = None;
    meta.owner_references = None;
    if let Some(annotations) = &mut meta.annotations {
        annotations.retain(|key, _| ANNOTATIONS_READ.contains(&key.as_str()));
    }
}

/// Of an object whose rest is too great, though ECS would take its container.
fn too_great() -> String {
    format!(
        "the object takes more than {GREATEST} bytes, which no ExpressService needs; shorten metadata.finalizers or the annotations under ecs-express.dev/ with kubectl edit; its ECS service is left as it is until then"
    )
}

/// Of the metadata, what names an object and its version. kube's store and queue copy each part of it.
fn version(meta: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        name: meta.name.clone(),
        namespace: meta.namespace.clone(),
        resource_version: meta.resource_version.clone(),
        ..ObjectMeta::default()
    }
}

/// What has to be told of an object that cannot be unpacked, besides.
fn identity(meta: &ObjectMeta) -> ObjectMeta {
    ObjectMeta {
        uid: meta.uid.clone(),
        generation: meta.generation,
        creation_timestamp: meta.creation_timestamp.clone(),
        ..version(meta)
    }
}

/// Hash of what a pass depends on: which object it is, the spec's generation, deletion, finalizers, and the operator's
/// annotations.
fn trigger(meta: &ObjectMeta) -> u64 {
    let mut hasher = DefaultHasher::new();
    meta.uid.hash(&mut hasher);
    meta.generation.hash(&mut hasher);
    meta.deletion_timestamp
        .as_ref()
        .map(|at| at.0)
        .hash(&mut hasher);
    meta.finalizers.hash(&mut hasher);
    for key in ANNOTATIONS_READ {
        meta.annotations
            .as_ref()
            .and_then(|all| all.get(key))
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// What is wrong with a stored object, without the value that is wrong: it may be a secret.
fn malformed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text
        .rsplit_once(" at line ")
        .map_or(&*text, |(what, _)| what);
    let what = match text.rsplit_once(", expected ") {
        _ if text.starts_with("missing field ") => text.replace('`', ""),
        Some((_, expected)) => format!("a value is of another type, expected {expected}"),
        None => "a field does not have the form of the schema".to_owned(),
    };
    format!(
        "the stored object does not fit the present CustomResourceDefinition: {what}; correct it with kubectl edit; its ECS service is left as it is until then"
    )
}

#[cfg(test)]
#[path = "cache_entry_tests.rs"]
mod tests;

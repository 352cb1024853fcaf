//! An object as the watch's store keeps it: packed, since ten thousand of them are held and few are looked at.

use std::{
    cell::RefCell,
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
};

use kube::{
    Resource,
    api::ObjectMeta,
    core::{DeserializeGuard, object::HasStatus},
};
use lz4_flex::block;
use serde::{Deserialize, Deserializer};

use crate::{
    api::{ExpressService, annotations},
    core::state::State,
};

/// What a typical object looks like, for the compression: most of every other is in it. Never stored, so free to change.
const TYPICAL: &[u8] = include_bytes!("typical.json");

/// A packed object. Malformed ones are kept too: they must not stop the others.
#[derive(Clone, Debug)]
pub struct Cached {
    meta: ObjectMeta,
    /// What a pass depends on, as a hash.
    trigger: u64,
    state: State,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Packed(Packed),
    /// What is wrong, without the value that is wrong.
    Malformed(Box<str>),
}

/// JSON, compressed: a quarter of it, and a twelfth of the parsed object.
#[derive(Clone, Debug)]
struct Packed {
    /// Length of the JSON.
    length: usize,
    bytes: Box<[u8]>,
}

/// Room to pack and unpack in. It is kept: room of its own for each object would leave holes between those that stay.
#[derive(Default)]
struct Room {
    json: Vec<u8>,
    packed: Vec<u8>,
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

impl Packed {
    fn of(object: &ExpressService) -> Result<Self, Box<dyn Error>> {
        ROOM.with_borrow_mut(|Room { json, packed }| {
            json.clear();
            serde_json::to_writer(&mut *json, object)?;
            packed.resize(block::get_maximum_output_size(json.len()), 0);
            let size = block::compress_into_with_dict(json, packed, TYPICAL)?;
            Ok(Self {
                length: json.len(),
                bytes: packed[..size].into(),
            })
        })
    }

    fn unpack(&self) -> Result<ExpressService, String> {
        ROOM.with_borrow_mut(|Room { json, .. }| {
            json.resize(self.length, 0);
            block::decompress_into_with_dict(&self.bytes, json, TYPICAL)
                .map_err(|error| error.to_string())?;
            serde_json::from_slice(json).map_err(|error| error.to_string())
        })
    }
}

impl Cached {
    /// Packs an object.
    pub fn pack(mut object: ExpressService) -> Self {
        // Half of an object that people apply, and never looked at.
        object.metadata.managed_fields = None;
        if let Some(annotations) = &mut object.metadata.annotations {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
        let content = match Packed::of(&object) {
            Ok(packed) => Content::Packed(packed),
            Err(error) => Content::Malformed(error.to_string().into()),
        };
        Self {
            trigger: trigger(&object.metadata),
            state: State::of(
                object.status(),
                object.metadata.deletion_timestamp.is_some(),
            ),
            meta: version(&object.metadata),
            content,
        }
    }

    /// The object again; what is wrong with it, if it is malformed.
    pub fn unpack(&self) -> Result<ExpressService, String> {
        match &self.content {
            Content::Malformed(what) => Err(what.to_string()),
            Content::Packed(packed) => packed.unpack(),
        }
    }

    /// What is wrong with a malformed object, without the value that is wrong.
    pub fn malformed(&self) -> Option<&str> {
        match &self.content {
            Content::Malformed(what) => Some(what),
            Content::Packed(_) => None,
        }
    }

    /// Hash of what a pass depends on: which object it is, the spec's generation, deletion, finalizers, and the operator's annotations. Without it
    /// each status that is written would be one more look.
    pub fn trigger(&self) -> Option<u64> {
        Some(self.trigger)
    }

    /// How the object stands.
    pub fn state(&self) -> State {
        self.state
    }
}

impl<'de> Deserialize<'de> for Cached {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let guarded = DeserializeGuard::<ExpressService>::deserialize(deserializer)?;
        Ok(match guarded.0 {
            Ok(object) => Self::pack(object),
            Err(invalid) => Self {
                trigger: trigger(&invalid.metadata),
                state: State::Malformed,
                meta: identity(&invalid.metadata),
                content: Content::Malformed(malformed(&invalid.error).into()),
            },
        })
    }
}

impl Resource for Cached {
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

/// Of the metadata, what names an object and its version. kube's store, queue and filter copy each part of it.
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

fn trigger(meta: &ObjectMeta) -> u64 {
    let mut hasher = DefaultHasher::new();
    meta.uid.hash(&mut hasher);
    meta.generation.hash(&mut hasher);
    meta.deletion_timestamp
        .as_ref()
        .map(|at| at.0)
        .hash(&mut hasher);
    meta.finalizers.hash(&mut hasher);
    let annotations_read = [
        annotations::SERVICE_ARN,
        annotations::CLUSTER_ID,
        annotations::ADOPT_CONFIRM,
        annotations::RESTART,
        annotations::RETRY,
    ];
    for key in annotations_read {
        meta.annotations
            .as_ref()
            .and_then(|all| all.get(key))
            .hash(&mut hasher);
    }
    hasher.finish()
}

/// What is wrong with a stored object, without the value that is wrong: it may be a secret.
fn malformed(error: &str) -> String {
    let what = match error.split_once(". Expected ") {
        _ if error.starts_with("Missing field ") => error.to_lowercase(),
        Some((_, expected)) => format!("a value is of another type, expected {expected}"),
        None => "a field does not have the form of the schema".to_owned(),
    };
    format!(
        "the stored object does not fit the present CustomResourceDefinition: {what}; correct it with kubectl edit; its ECS service is left as it is until then"
    )
}

#[cfg(test)]
mod tests {
    use super::{Cached, malformed};
    use crate::{api::ExpressService, core::state::State};
    use serde_json::{Value, json};

    fn object(container: &Value) -> Value {
        json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressService",
            "metadata": {
                "name": "x", "namespace": "team-a", "uid": "u", "resourceVersion": "7", "generation": 2,
                "finalizers": ["ecs-express.dev/service"],
                "annotations": {
                    "ecs-express.dev/restart": "1",
                    "kubectl.kubernetes.io/last-applied-configuration": "{}",
                },
            },
            "spec": {"infrastructureRoleArn": "a", "primaryContainer": container},
            "status": {"statusCode": "ACTIVE"},
        })
    }

    fn cached(object: &Value) -> Cached {
        serde_json::from_value(object.clone()).unwrap()
    }

    #[test]
    fn an_object_comes_out_of_the_cache_as_it_went_in_but_for_what_kubectl_keeps_in_it() {
        let object = object(&json!({"image": "shop:1"}));
        let mut expected: ExpressService = serde_json::from_value(object.clone()).unwrap();
        expected
            .metadata
            .annotations
            .as_mut()
            .unwrap()
            .remove("kubectl.kubernetes.io/last-applied-configuration");
        let unpacked = cached(&object).unpack().unwrap();
        assert_eq!(
            serde_json::to_value(unpacked).unwrap(),
            serde_json::to_value(expected).unwrap()
        );
    }

    #[test]
    fn the_typical_object_is_in_the_form_in_which_objects_are_packed() {
        let typical: ExpressService = serde_json::from_slice(super::TYPICAL).unwrap();
        assert_eq!(
            serde_json::to_string(&typical).unwrap(),
            std::str::from_utf8(super::TYPICAL).unwrap().trim_end()
        );
    }

    #[test]
    fn an_object_like_the_typical_one_packs_to_less_than_a_third() {
        let typical = std::str::from_utf8(super::TYPICAL).unwrap();
        let another = typical
            .replace("team-a", "payments")
            .replace("shop", "ledger")
            .replace("123456789012", "999988887777")
            .replace("eu-west-1", "us-east-2")
            .replace("0123456789abcdef", "fedcba9876543210");
        let packed = match cached(&serde_json::from_str(&another).unwrap()).content {
            super::Content::Packed(packed) => packed.bytes.len(),
            super::Content::Malformed(what) => panic!("{what}"),
        };
        assert!(3 * packed < another.len(), "{packed} of {}", another.len());
    }

    #[test]
    fn a_pass_is_triggered_by_spec_finalizers_and_our_annotations_and_not_by_a_status() {
        let base = object(&json!({"image": "shop:1"}));
        let changed = |pointer: &str, value: Value| {
            let mut object = base.clone();
            *object.pointer_mut(pointer).unwrap() = value;
            cached(&object).trigger() != cached(&base).trigger()
        };
        assert!(changed("/metadata/uid", json!("another")));
        assert!(changed("/metadata/generation", json!(3)));
        assert!(changed("/metadata/finalizers", json!([])));
        let mut leaving = base.clone();
        leaving["metadata"]["deletionTimestamp"] = json!("2026-11-25T00:00:00Z");
        assert!(cached(&leaving).trigger() != cached(&base).trigger());
        assert!(changed(
            "/metadata/annotations/ecs-express.dev~1restart",
            json!("2")
        ));
        assert!(!changed("/status/statusCode", json!("DRAINING")));
        assert!(!changed("/metadata/resourceVersion", json!("8")));
    }

    #[test]
    fn the_message_on_a_malformed_object_names_what_is_missing_or_expected_and_shows_no_value() {
        let message_on = |container: Value| {
            let cached = cached(&object(&container));
            assert_eq!(cached.state(), State::Malformed);
            cached.unpack().unwrap_err()
        };
        let message = message_on(json!({"containerPort": 80}));
        assert!(message.contains("missing field image"), "{message}");
        let message = message_on(json!("hunter2"));
        assert!(
            message.contains("expected struct PrimaryContainer"),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
        assert!(!malformed("whatever hunter2").contains("hunter2"));
    }
}

//! An object as the watch's store keeps it: packed, since ten thousand of them are held and few are looked at.

use std::hash::{DefaultHasher, Hash, Hasher};

use kube::{
    Resource,
    api::ObjectMeta,
    core::{PartialObjectMeta, object::HasStatus},
};
use serde::{Deserialize, Deserializer, de::Error};
use serde_json::value::RawValue;

use super::packed::Packed;
use crate::{
    api::{ExpressService, annotations},
    core::state::State,
};

/// A packed object. Malformed ones are kept too: they must not stop the others.
#[derive(Clone, Debug)]
pub struct Cached {
    meta: ObjectMeta,
    /// What a pass depends on, as a hash.
    trigger: u64,
    is_news: bool,
    state: State,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Packed(Packed),
    /// What is wrong, without the value that is wrong.
    Malformed(Box<str>),
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
            is_news: true,
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

    /// Compares it with the object that it replaces in the store, if there is one.
    pub fn compare(&mut self, before: Option<&Self>) {
        let same = |before: &Self| {
            let sound_as_before = before.malformed().is_some() == self.malformed().is_some();
            before.trigger == self.trigger && sound_as_before
        };
        self.is_news = !before.is_some_and(same);
    }

    /// Whether something is new that a pass depends on. Otherwise each status that is written would be one more look.
    pub fn is_news(&self) -> bool {
        self.is_news
    }

    /// How the object stands.
    pub fn state(&self) -> State {
        self.state
    }
}

impl<'de> Deserialize<'de> for Cached {
    /// From the text of JSON alone, which is read a second time if it is malformed; kube's own guard copies each object
    /// twice. In a watch event the API server writes `type` first: were `object` the first, serde would have no text left.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let error = match serde_json::from_str(text.get()) {
            Ok(object) => return Ok(Self::pack(object)),
            Err(error) => error,
        };
        let PartialObjectMeta::<ExpressService> { metadata, .. } =
            serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        Ok(Self {
            trigger: trigger(&metadata),
            is_news: true,
            state: State::Malformed,
            meta: identity(&metadata),
            content: Content::Malformed(malformed(&error).into()),
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
mod tests {
    use super::Cached;
    use crate::{api::ExpressService, core::state::State};
    use kube::core::{ObjectList, WatchEvent};
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

    fn is_news(object: &Value, before: &Value) -> bool {
        let mut object = cached(object);
        object.compare(Some(&cached(before)));
        object.is_news()
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
    fn lists_and_watch_events_are_read_as_the_api_server_writes_them() {
        let (sound, bad) = (object(&json!({"image": "shop:1"})), object(&json!({})));
        let list = json!({
            "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressServiceList",
            "metadata": {"resourceVersion": "9"}, "items": [sound, bad],
        });
        let list: ObjectList<Cached> = serde_json::from_str(&list.to_string()).unwrap();
        let malformed = list.items.iter().map(|item| item.malformed().is_some());
        assert!(malformed.eq([false, true]));
        let event = format!(r#"{{"type":"MODIFIED","object":{sound}}}"#);
        let event: WatchEvent<Cached> = serde_json::from_str(&event).unwrap();
        assert!(matches!(event, WatchEvent::Modified(object) if object.malformed().is_none()));
        let bookmark = r#"{"type":"BOOKMARK","object":{"kind":"ExpressService","apiVersion":"ecs-express.dev/v1alpha1",
            "metadata":{"resourceVersion":"12","creationTimestamp":null},"spec":null}}"#;
        let event: WatchEvent<Cached> = serde_json::from_str(bookmark).unwrap();
        assert!(
            matches!(event, WatchEvent::Bookmark(mark) if mark.metadata.resource_version == "12")
        );
        let error = r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
            "message":"too old resource version","reason":"Expired","code":410}}"#;
        let event: WatchEvent<Cached> = serde_json::from_str(error).unwrap();
        assert!(matches!(event, WatchEvent::Error(status) if status.code == 410));
    }

    #[test]
    fn a_pass_is_triggered_by_spec_finalizers_and_our_annotations_and_not_by_a_status() {
        let base = object(&json!({"image": "shop:1"}));
        assert!(cached(&base).is_news(), "one that was not there");
        let changed = |pointer: &str, value: Value| {
            let mut object = base.clone();
            *object.pointer_mut(pointer).unwrap() = value;
            is_news(&object, &base)
        };
        assert!(changed("/metadata/uid", json!("another")));
        assert!(changed("/metadata/generation", json!(3)));
        assert!(changed("/metadata/finalizers", json!([])));
        let mut leaving = base.clone();
        leaving["metadata"]["deletionTimestamp"] = json!("2026-11-25T00:00:00Z");
        assert!(is_news(&leaving, &base));
        assert!(changed(
            "/metadata/annotations/ecs-express.dev~1restart",
            json!("2")
        ));
        assert!(!changed("/status/statusCode", json!("DRAINING")));
        assert!(!changed("/metadata/resourceVersion", json!("8")));
        let mut malformed = base.clone();
        malformed["spec"]["primaryContainer"] = json!({});
        assert!(is_news(&malformed, &base) && is_news(&base, &malformed));
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
        let message = message_on(json!({"image": 5, "command": "hunter2, expected hunter3"}));
        assert!(!message.contains("hunter"), "{message}");
    }
}

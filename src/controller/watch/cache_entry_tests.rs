use super::{CacheEntry, MAX_SIZE};
use crate::{
    api::ExpressService,
    core::{
        desired::{
            identity::{Caller, OperatorIdentity},
            object::Desired,
            phase::Phase,
            size_limit::too_large_for_ecs,
        },
        report::state::State,
    },
};
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

fn cached(object: &Value) -> CacheEntry {
    serde_json::from_value(object.clone()).unwrap()
}

fn has_changed(object: &Value, before: &Value) -> bool {
    let mut object = cached(object);
    object.compare(Some(&cached(before)));
    object.has_changed()
}

#[test]
fn an_object_is_unchanged_by_the_cache_but_for_what_is_never_read() {
    let mut object = object(&json!({"image": "shop:1"}));
    let mut expected: ExpressService = serde_json::from_value(object.clone()).unwrap();
    let annotations = expected.metadata.annotations.as_mut().unwrap();
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    object["metadata"]["annotations"]["example.com/much"] = json!("x".repeat(200_000));
    object["metadata"]["labels"] = json!({"app": "shop"});
    object["metadata"]["managedFields"] = json!([{"manager": "kubectl"}]);
    object["metadata"]["ownerReferences"] =
        json!([{"apiVersion": "v1", "kind": "A", "name": "a", "uid": "b"}]);
    let decompressed = cached(&object).decompress().unwrap();
    assert_eq!(
        serde_json::to_value(decompressed).unwrap(),
        serde_json::to_value(expected).unwrap()
    );
}

#[test]
fn lists_and_watch_events_are_parsed_as_the_api_server_writes_them() {
    let (sound, bad) = (object(&json!({"image": "shop:1"})), object(&json!({})));
    let list = json!({
        "apiVersion": "ecs-express.dev/v1alpha1", "kind": "ExpressServiceList",
        "metadata": {"resourceVersion": "9"}, "items": [sound, bad],
    });
    let list: ObjectList<CacheEntry> = serde_json::from_str(&list.to_string()).unwrap();
    let malformed = list.items.iter().map(|item| item.malformed().is_some());
    assert!(malformed.eq([false, true]));
    let event = format!(r#"{{"type":"MODIFIED","object":{sound}}}"#);
    let event: WatchEvent<CacheEntry> = serde_json::from_str(&event).unwrap();
    assert!(matches!(event, WatchEvent::Modified(object) if object.malformed().is_none()));
    let bookmark = r#"{"type":"BOOKMARK","object":{"kind":"ExpressService","apiVersion":"ecs-express.dev/v1alpha1",
        "metadata":{"resourceVersion":"12","creationTimestamp":null},"spec":null}}"#;
    let event: WatchEvent<CacheEntry> = serde_json::from_str(bookmark).unwrap();
    assert!(matches!(event, WatchEvent::Bookmark(mark) if mark.metadata.resource_version == "12"));
    let error = r#"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure",
        "message":"too old resource version","reason":"Expired","code":410}}"#;
    let event: WatchEvent<CacheEntry> = serde_json::from_str(error).unwrap();
    assert!(matches!(event, WatchEvent::Error(status) if status.code == 410));
}

#[test]
fn spec_finalizers_and_operator_annotations_trigger_a_reconcile_and_a_status_does_not() {
    let base = object(&json!({"image": "shop:1"}));
    assert!(cached(&base).has_changed(), "one that was not there");
    let changed = |pointer: &str, value: Value| {
        let mut object = base.clone();
        *object.pointer_mut(pointer).unwrap() = value;
        has_changed(&object, &base)
    };
    assert!(changed("/metadata/uid", json!("another")));
    assert!(changed("/metadata/generation", json!(3)));
    assert!(changed("/metadata/finalizers", json!([])));
    let mut leaving = base.clone();
    leaving["metadata"]["deletionTimestamp"] = json!("2026-11-25T00:00:00Z");
    assert!(has_changed(&leaving, &base));
    assert!(changed(
        "/metadata/annotations/ecs-express.dev~1restart",
        json!("2")
    ));
    assert!(!changed("/status/statusCode", json!("DRAINING")));
    assert!(!changed("/metadata/resourceVersion", json!("8")));
    let mut malformed = base.clone();
    malformed["spec"]["primaryContainer"] = json!({});
    assert!(has_changed(&malformed, &base) && has_changed(&base, &malformed));
}

#[test]
fn the_message_on_a_malformed_object_names_what_is_missing_or_expected_and_shows_no_value() {
    let message_on = |container: Value| {
        let cached = cached(&object(&container));
        assert_eq!(cached.state(), State::Malformed);
        cached.decompress().unwrap_err()
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

#[test]
fn a_time_that_would_not_be_read_back_makes_an_object_malformed_instead_of_unreadable() {
    let mut ancient = object(&json!({"image": "shop:1", "command": ["-x"]}));
    assert_eq!(cached(&ancient).malformed(), None);
    let service = json!({"arn": "a", "createdAt": "-009999-01-02T01:59:59Z"});
    ancient["status"]["operatorState"] = json!({"scheme": 1, "service": service});
    let cached = cached(&ancient);
    assert_eq!(cached.malformed(), cached.decompress().err().as_deref());
    assert_eq!(cached.state(), State::Malformed);
}

/// Text that hardly compresses.
fn noise(length: usize) -> String {
    let mut state = 1u64;
    let mut text = String::new();
    while text.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        text.push_str(&format!("{:x}", state >> 12));
    }
    text.truncate(length);
    text
}

#[test]
fn a_container_too_large_for_ecs_is_kept_only_as_its_size_and_the_object_can_still_be_deleted() {
    let mut large = object(&json!({
        "image": "shop:1", "environment": [{"name": "A", "value": noise(1_300_000)}],
    }));
    large["metadata"]["deletionTimestamp"] = json!("2026-11-25T00:00:00Z");
    large["metadata"]["finalizers"] = json!(["example.com/theirs", "ecs-express.dev/finalizer"]);
    let cached = cached(&large);
    assert_eq!(cached.malformed(), None);
    assert_eq!(cached.state(), State::Deleting);
    let kept = format!("{:?}", cached.content).len();
    assert!(kept < 64 << 10, "{kept}");
    let decompressed = cached.decompress().unwrap();
    let container = |object: &ExpressService| object.spec.primary_container.clone().unwrap();
    let whole: ExpressService = serde_json::from_value(large).unwrap();
    assert_eq!(
        too_large_for_ecs(&container(&decompressed)),
        too_large_for_ecs(&container(&whole))
    );
    assert_eq!(decompressed.metadata.finalizers, whole.metadata.finalizers);
    let operator = OperatorIdentity {
        caller: Caller {
            partition: "aws".into(),
            account: "123456789012".into(),
        },
        region: "eu-west-1".into(),
        cluster_id: "cluster-1".into(),
    };
    let (kept, whole) = (
        Desired::parse(&decompressed, &operator),
        Desired::parse(&whole, &operator),
    );
    assert!(matches!(kept.phase, Phase::Deleting(_)));
    assert!(kept.invalid.is_some());
    assert_eq!(
        (kept.phase, kept.arn, kept.invalid),
        (whole.phase, whole.arn, whole.invalid)
    );
}

#[test]
fn an_object_with_too_much_of_anything_else_is_malformed_and_none_of_it_is_kept() {
    let with_finalizers = |length: usize| {
        let mut large = object(&json!({"image": "shop:1"}));
        let noise = noise(length);
        let finalizers = noise.as_bytes().chunks(60);
        let finalizers = finalizers.map(|one| format!("a.b/{}", String::from_utf8_lossy(one)));
        large["metadata"]["finalizers"] = finalizers.collect();
        cached(&large)
    };
    assert_eq!(with_finalizers(MAX_SIZE / 2).malformed(), None);
    let cached = with_finalizers(MAX_SIZE * 5 / 4);
    let message = cached.malformed().unwrap();
    assert!(
        message.contains("finalizers") && message.contains(&MAX_SIZE.to_string()),
        "{message}"
    );
    assert_eq!(cached.state(), State::Malformed);
    assert_eq!(cached.meta.uid.as_deref(), Some("u"));
    assert!(format!("{cached:?}").len() < 4096);
}

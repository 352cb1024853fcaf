//! The model of the API server behaves as the real one does. What it refuses is compared with a real one in
//! `tests/resource`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic on the unexpected"
)]

use std::collections::BTreeMap;

use ecs_express_operator::{
    api::FINALIZER,
    controller::objects::{MetadataPatch, ObjectKey, ObjectsError},
};
use serde_json::{Value, json};
use test_support::{
    api_server::{ApiServer, Change, Definition, Patch, Stored, Write},
    manifest::{manifest, spec},
    merge_patch::merge,
};

const NOW: &str = "2026-11-24T00:00:00Z";

fn key() -> ObjectKey {
    ObjectKey {
        namespace: "team-a".into(),
        name: "shop".into(),
    }
}

fn with(definition: Definition) -> ApiServer {
    let mut api = ApiServer::serving(definition);
    let object = manifest("shop", &spec(&json!({})));
    api.create(&key(), object).unwrap();
    api
}

fn api() -> ApiServer {
    with(Definition::current())
}

fn stored(api: &ApiServer) -> &Stored {
    api.get(&key()).expect("the object is stored")
}

fn change(api: &mut ApiServer, patch: &Value) -> Result<Write, ObjectsError> {
    api.edit(&key(), |object| merge(object, patch))
}

fn refusal(result: Result<Write, ObjectsError>) -> String {
    match result {
        Err(ObjectsError::Invalid(text)) => text,
        other => panic!("{other:?}"),
    }
}

fn write_status(api: &mut ApiServer, status: &Value) -> Result<Write, ObjectsError> {
    let object = stored(api).object.clone();
    api.patch(&Patch::status(&object, status))
}

fn write_finalizers(api: &mut ApiServer, finalizers: &[&str]) -> Result<Write, ObjectsError> {
    let object = stored(api).object.clone();
    let patch = MetadataPatch {
        finalizers: finalizers.iter().map(ToString::to_string).collect(),
        annotations: BTreeMap::new(),
    };
    api.patch(&Patch::metadata(&object, &patch))
}

#[test]
fn a_new_object_has_the_default_status_and_the_first_generation() {
    let api = api();
    assert_eq!(
        stored(&api).json["status"],
        json!({"observedGeneration": -1})
    );
    assert_eq!(stored(&api).generation(), 1);
    let former = with(Definition::current().without_default_status());
    assert!(stored(&former).json.get("status").is_none());
}

#[test]
fn only_a_change_of_the_spec_raises_the_generation() {
    let mut api = api();
    write_status(&mut api, &json!({"desiredCount": 1})).unwrap();
    change(&mut api, &json!({"metadata": {"labels": {"a": "b"}}})).unwrap();
    assert_eq!(stored(&api).generation(), 1);
    change(&mut api, &json!({"spec": {"cpu": "256"}})).unwrap();
    assert_eq!(stored(&api).generation(), 2);
}

#[test]
fn a_write_that_changes_nothing_keeps_the_resource_version_and_is_not_watched() {
    let mut api = api();
    write_status(&mut api, &json!({"desiredCount": 1})).unwrap();
    let (before, changes) = (stored(&api).json.clone(), api.changes().len());
    for write in [
        write_status(&mut api, &json!({"desiredCount": 1})),
        write_status(&mut api, &json!({})),
        write_finalizers(&mut api, &[]),
        change(&mut api, &json!({"metadata": {"annotations": {}}})),
        change(&mut api, &json!({"spec": {"unknown": 1}})),
    ] {
        assert!(!write.unwrap().is_effective());
    }
    assert_eq!(stored(&api).json, before);
    assert_eq!(api.changes().len(), changes);
}

#[test]
fn a_patch_with_an_old_resource_version_conflicts() {
    let mut api = api();
    let read = stored(&api).object.clone();
    change(&mut api, &json!({"metadata": {"labels": {"a": "b"}}})).unwrap();
    let late = api.patch(&Patch::status(&read, &json!({"desiredCount": 1})));
    assert!(matches!(late, Err(ObjectsError::Conflict)), "{late:?}");
}

#[test]
fn an_object_that_is_being_deleted_goes_with_its_last_finalizer() {
    let mut api = api();
    write_finalizers(&mut api, &[FINALIZER, "example.com/other"]).unwrap();
    api.delete(&key(), NOW).unwrap();
    write_finalizers(&mut api, &["example.com/other"]).unwrap();
    assert!(stored(&api).is_deleting());
    let write = write_finalizers(&mut api, &[]).unwrap();
    assert!(write.after.is_none() && api.get(&key()).is_none());
    assert!(matches!(
        api.changes().last(),
        Some((_, Change::Deleted(_)))
    ));
}

#[test]
fn no_finalizer_is_added_to_an_object_that_is_being_deleted() {
    let mut api = api();
    write_finalizers(&mut api, &["example.com/other"]).unwrap();
    api.delete(&key(), NOW).unwrap();
    let text = refusal(write_finalizers(
        &mut api,
        &["example.com/other", FINALIZER],
    ));
    assert_eq!(
        text,
        "ExpressService.ecs-express.dev \"shop\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be \
         added if the object is being deleted, found new finalizers []string{\"ecs-express.dev/finalizer\"}"
    );
    assert!(!stored(&api).has_finalizer(FINALIZER));
}

#[test]
fn a_change_that_the_definition_forbids_is_refused() {
    let edit = json!({"spec": {"cluster": "team-b"}});
    let text = refusal(change(&mut api(), &edit));
    assert_eq!(
        text,
        "ExpressService.ecs-express.dev \"shop\" is invalid: spec.cluster: Forbidden: cluster cannot change after \
         creation: was \"<unset>\", now \"team-b\"; create another ExpressService instead"
    );
    let mut former = with(Definition::current().without_transition_rules());
    change(&mut former, &edit).unwrap();
}

#[test]
fn the_key_of_a_list_occurs_once() {
    let revision = |arn: &str| json!({"arn": arn});
    let text = refusal(write_status(
        &mut api(),
        &json!({"revisions": [revision("x"), revision("y"), revision("x")]}),
    ));
    let words = r#"status.revisions[2]: Duplicate value: {"arn":"x"}"#;
    assert!(text.ends_with(words), "{text}");
}

#[test]
fn what_the_definition_does_not_know_is_pruned() {
    let state = json!({"operatorState": {"scheme": 1, "restart": "1", "ofALaterVersion": 2}});
    let mut api = api();
    write_status(&mut api, &json!({"ofALaterVersion": 1})).unwrap();
    assert!(stored(&api).json["status"].get("ofALaterVersion").is_none());
    // The operator state keeps what a later version wrote.
    write_status(&mut api, &state).unwrap();
    assert_eq!(
        stored(&api).json["status"]["operatorState"],
        state["operatorState"]
    );

    // An older definition may not.
    let former = Definition::current().without(&["status/operatorState/restart"]);
    let mut former = with(former);
    write_status(&mut former, &state).unwrap();
    assert_eq!(
        stored(&former).json["status"]["operatorState"],
        json!({"scheme": 1})
    );

    let former = Definition::current().without(&["status/operatorState"]);
    let mut former = with(former);
    write_status(&mut former, &state).unwrap();
    assert!(
        stored(&former).json["status"]
            .get("operatorState")
            .is_none()
    );
    // Until the definition is updated.
    former.serve(Definition::current());
    write_status(&mut former, &state).unwrap();
    assert_eq!(
        stored(&former).json["status"]["operatorState"],
        state["operatorState"]
    );
}

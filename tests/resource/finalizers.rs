//! Finalizers of an object that is being deleted: the model of the API server refuses what the real one refuses.

use ecs_express_operator::controller::objects::ObjectKey;
use serde_json::json;
use test_support::api_server::ApiServer;
use test_support::merge_patch::merge;

use crate::harness::{Namespace, minimal};

#[test]
fn no_finalizer_is_added_to_an_object_that_is_being_deleted_and_the_model_says_so_in_the_same_words()
 {
    let mut object = minimal("web");
    merge(
        &mut object,
        &json!({"metadata": {"finalizers": ["example.com/one"]}}),
    );
    let both = json!({"metadata": {"finalizers": ["example.com/one", "example.com/two"]}});

    let namespace = Namespace::new("finalizers");
    namespace.apply(&object);
    namespace.kubectl(&["delete", "xsvc", "web", "--wait=false"]);
    let patch =
        |body: &str| namespace.refusal(&["patch", "xsvc", "web", "--type=merge", "-p", body]);
    let real = patch(&both.to_string());

    let mut model = ApiServer::default();
    let key = ObjectKey {
        namespace: "finalizers".into(),
        name: "web".into(),
    };
    model.create(&key, object).unwrap();
    model.delete(&key, "2026-11-24T00:00:00Z").unwrap();
    let write = model.edit(&key, |object| merge(object, &both));
    let modelled = write.unwrap_err().to_string();
    let cause = |text: &str| {
        let (_, cause) = text.trim().split_once(" is invalid: ").expect("a refusal");
        cause.to_owned()
    };
    assert_eq!(cause(&modelled), cause(&real));

    let none = json!({"metadata": {"finalizers": null}}).to_string();
    namespace.kubectl(&["patch", "xsvc", "web", "--type=merge", "-p", &none]);
}

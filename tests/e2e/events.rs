//! Events as the API server stores them.

use controlplane::poll;
use ecs_express_operator::{
    api::ExpressService,
    controller::{kubernetes::Kubernetes, objects::Objects},
    core::report::event::{Event, Severity},
};
use kube::runtime::reflector;
use serde_json::{Value, json};

use crate::fixture::{DEADLINE, TestNamespace};
use crate::rejected_status::client;

const REASON: &str = "ForTests";

/// How often each text was published, as the API server has it.
fn published(namespace: &TestNamespace) -> Vec<(String, u64)> {
    let events: Value =
        serde_json::from_str(&namespace.kubectl(&["get", "events", "-o", "json"])).unwrap();
    let events = events["items"].as_array().unwrap().iter();
    let mut counts: Vec<_> = events
        .filter(|event| event["reason"] == REASON)
        .map(|event| {
            let text = event["message"].as_str().unwrap().to_owned();
            (text, event["series"]["count"].as_u64().unwrap_or(1))
        })
        .collect();
    counts.sort();
    counts
}

#[test]
fn a_text_that_is_published_again_counts_up_its_event_also_after_others_and_after_its_deletion() {
    let namespace = TestNamespace::new("repeated-events");
    namespace.apply("shop", &json!({"suspend": true}));
    let object: ExpressService = serde_json::from_value(namespace.object("shop").unwrap()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kubernetes = runtime.block_on(async {
        let (store, _writer) = reflector::store();
        Kubernetes::new(client().await, store)
    });
    let publish = |texts: &[&str]| {
        for text in texts {
            let event = Event {
                severity: Severity::Warning,
                reason: REASON,
                action: "Test",
                note: (*text).to_owned(),
            };
            runtime.block_on(kubernetes.publish(&object, &event));
        }
    };
    let until = |wanted: &[(&str, u64)]| {
        poll::until(DEADLINE, "the events", || {
            let published = published(&namespace);
            let same = published
                .iter()
                .map(|(text, count)| (text.as_str(), *count))
                .eq(wanted.iter().copied());
            same.then_some(()).ok_or(format!("{published:?}"))
        })
        .unwrap();
    };
    publish(&["throttled", "throttled"]);
    until(&[("throttled", 2)]);
    publish(&["denied", "throttled", "denied"]);
    until(&[("denied", 2), ("throttled", 3)]);

    namespace.kubectl(&["delete", "events", "--all"]);
    publish(&["throttled"]);
    until(&[("throttled", 1)]);
}

//! The main end-to-end scenario: a manifest becomes a service, which follows its edits and is deleted.

use controlplane::{http, poll};
use ecs_express_emulator::Change;
use serde_json::json;

use crate::fixture::{DEADLINE, TestNamespace, condition, fixture};

#[test]
fn a_manifest_becomes_a_serving_url_follows_edits_and_is_deleted() {
    let namespace = TestNamespace::new("scenario");
    namespace.apply("shop", &json!({}));
    namespace.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "--timeout=90s",
        "xsvc/shop",
    ]);
    let ready = namespace.until_ready("shop");
    let url = ready["status"]["url"].as_str().unwrap().to_owned();
    assert!(http::get_url(&url).unwrap().body.contains("shop:1"));
    assert_eq!(ready["status"]["serviceName"], "scenario_shop");
    assert_eq!(
        ready["status"]["revisions"][0]["cpu"], "1024",
        "the value in force is shown"
    );
    let calls = namespace.calls("scenario_shop");
    assert_eq!(
        calls[..2],
        [
            "DescribeExpressGatewayService",
            "CreateExpressGatewayService"
        ]
    );

    let table = namespace.kubectl(&["get", "xsvc"]);
    let mut lines = table.lines();
    assert_eq!(
        lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["NAME", "READY", "STATUS", "URL", "AGE"]
    );
    let row: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(row[..4], ["shop", "True", "ACTIVE", &url]);

    namespace.kubectl(&[
        "patch",
        "xsvc/shop",
        "--type=merge",
        "-p",
        r#"{"spec":{"primaryContainer":{"image":"shop:2"}}}"#,
    ]);
    namespace.until_ready("shop");
    assert!(http::get_url(&url).unwrap().body.contains("shop:2"));

    namespace.kubectl(&["scale", "xsvc/shop", "--replicas=3"]);
    let scaled = namespace.until_ready("shop");
    assert_eq!(
        scaled["status"]["revisions"][0]["scaling"],
        "3-20 AVERAGE_CPU 60"
    );

    fixture()
        .emulator
        .change(Change::Update(
            "scenario_shop".into(),
            json!({"primaryContainer": {"image": "evil:1"}}),
        ))
        .unwrap();
    let updates = || {
        namespace
            .calls("scenario_shop")
            .iter()
            .filter(|action| *action == "UpdateExpressGatewayService")
            .count()
    };
    poll::until(DEADLINE, "the drift to be corrected", || match updates() {
        3 => Ok(()),
        n => Err(format!("{n} updates")),
    })
    .unwrap();
    namespace.until_ready("shop");
    assert!(http::get_url(&url).unwrap().body.contains("shop:2"));

    let events = namespace.kubectl(&[
        "get",
        "events",
        "-o",
        "custom-columns=R:.reason,N:.message",
        "--no-headers",
    ]);
    for reason in ["Created", "Available", "Updated", "DriftCorrected"] {
        assert!(events.contains(reason), "no event {reason} among\n{events}");
    }

    namespace.kubectl(&["delete", "xsvc/shop", "--wait=false"]);
    namespace.until_gone("shop");
    assert!(
        namespace
            .calls("scenario_shop")
            .contains(&"DeleteExpressGatewayService".to_owned())
    );
    assert_ne!(http::get_url(&url).unwrap().status, 200);
}

#[test]
fn tags_follow_the_spec_without_a_new_revision() {
    let namespace = TestNamespace::new("tags");
    namespace.apply(
        "shop",
        &json!({"tags": [{"key": "team", "value": "a"}, {"key": "old", "value": "1"}]}),
    );
    let before = namespace.until_ready("shop")["status"]["deployment"]["arn"].clone();
    namespace.apply("shop", &json!({"tags": [{"key": "team", "value": "b"}]}));
    poll::until(DEADLINE, "TagResource and UntagResource", || {
        let calls = namespace.calls("tags_shop");
        let both = ["TagResource", "UntagResource"]
            .iter()
            .all(|action| calls.iter().any(|call| call == action));
        if both {
            Ok(())
        } else {
            Err(format!("{calls:?}"))
        }
    })
    .unwrap();
    let after = namespace.until_ready("shop");
    assert_eq!(after["status"]["deployment"]["arn"], before);
}

#[test]
fn a_namespace_with_live_services_can_be_deleted() {
    let namespace = TestNamespace::new("leaving");
    namespace.apply("shop", &json!({}));
    namespace.apply("cart", &json!({}));
    namespace.until_ready("shop");
    namespace.kubectl(&["delete", "namespace", "leaving", "--timeout=90s"]);
    for service in ["leaving_shop", "leaving_cart"] {
        assert!(
            namespace
                .calls(service)
                .contains(&"DeleteExpressGatewayService".to_owned()),
            "{service} leaked"
        );
    }
}

#[test]
fn a_rollback_is_reported_and_not_undone() {
    let namespace = TestNamespace::new("rollback");
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    fixture().emulator.set_outcome(
        "rollback_shop",
        ecs_express_emulator::Outcome::RollBackByCircuitBreaker,
    );
    namespace.apply("shop", &json!({"primaryContainer": {"image": "broken:1"}}));
    let object = namespace.until("shop", "RolledBack", |object| {
        condition(object, "Stalled").1 == "RolledBack"
    });
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "RolledBack".into())
    );
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    let updates = namespace
        .calls("rollback_shop")
        .iter()
        .filter(|action| *action == "UpdateExpressGatewayService")
        .count();
    assert_eq!(
        updates, 1,
        "the old image still runs: nothing is to be sent"
    );
}

#[test]
fn each_update_has_an_event_of_its_own_that_names_its_field() {
    let namespace = TestNamespace::new("events");
    namespace.apply("shop", &json!({}));
    namespace.until_ready("shop");
    for spec in [
        json!({"primaryContainer": {"image": "shop:2"}}),
        json!({"primaryContainer": {"image": "shop:2"}, "cpu": "512", "memory": "1024"}),
    ] {
        namespace.apply("shop", &spec);
        namespace.until_ready("shop");
    }
    let notes = poll::until(DEADLINE, "two events", || {
        let events = ["get", "events.events.k8s.io", "-o", "json"];
        let events: serde_json::Value = serde_json::from_str(&namespace.kubectl(&events)).unwrap();
        let items = events["items"].as_array().unwrap().iter();
        let updates = items.filter(|event| event["reason"] == "Updated");
        let notes: Vec<_> = updates.map(|event| event["note"].to_string()).collect();
        (notes.len() == 2)
            .then_some(notes.clone())
            .ok_or(format!("{notes:?}"))
    })
    .unwrap();
    for field in ["primaryContainer.image", "spec.cpu"] {
        assert!(notes.iter().any(|note| note.contains(field)), "{notes:?}");
    }
}

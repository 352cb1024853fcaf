//! The main job: a manifest becomes a service, follows its edits, and goes.

use controlplane::{http, poll};
use ecs_express_emulator::Change;
use serde_json::json;

use crate::stage::{DEADLINE, Scene, condition, stage};

#[test]
fn a_manifest_becomes_a_url_that_answers_follows_edits_and_goes() {
    let scene = Scene::new("story");
    scene.apply("shop", &json!({}));
    scene.kubectl(&[
        "wait",
        "--for=condition=Ready",
        "--timeout=90s",
        "xsvc/shop",
    ]);
    let ready = scene.until_ready("shop");
    let url = ready["status"]["url"].as_str().unwrap().to_owned();
    assert!(http::get_url(&url).unwrap().body.contains("shop:1"));
    assert_eq!(ready["status"]["serviceName"], "story_shop");
    assert_eq!(
        ready["status"]["revisions"][0]["cpu"], "1024",
        "the value in force is shown"
    );
    let calls = scene.calls("story_shop");
    assert_eq!(
        calls[..2],
        [
            "DescribeExpressGatewayService",
            "CreateExpressGatewayService"
        ]
    );

    let table = scene.kubectl(&["get", "xsvc"]);
    let mut lines = table.lines();
    assert_eq!(
        lines.next().unwrap().split_whitespace().collect::<Vec<_>>(),
        ["NAME", "READY", "STATUS", "URL", "AGE"]
    );
    let row: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(row[..4], ["shop", "True", "ACTIVE", &url]);

    scene.kubectl(&[
        "patch",
        "xsvc/shop",
        "--type=merge",
        "-p",
        r#"{"spec":{"primaryContainer":{"image":"shop:2"}}}"#,
    ]);
    scene.until_ready("shop");
    assert!(http::get_url(&url).unwrap().body.contains("shop:2"));

    scene.kubectl(&["scale", "xsvc/shop", "--replicas=3"]);
    let scaled = scene.until_ready("shop");
    assert_eq!(
        scaled["status"]["revisions"][0]["scaling"],
        "3-20 AVERAGE_CPU 60"
    );

    stage()
        .emulator
        .change(Change::Update(
            "story_shop".into(),
            json!({"primaryContainer": {"image": "evil:1"}}),
        ))
        .unwrap();
    let updates = || {
        scene
            .calls("story_shop")
            .iter()
            .filter(|action| *action == "UpdateExpressGatewayService")
            .count()
    };
    poll::until(
        DEADLINE,
        "the outside change to be corrected",
        || match updates() {
            3 => Ok(()),
            n => Err(format!("{n} updates")),
        },
    )
    .unwrap();
    scene.until_ready("shop");
    assert!(http::get_url(&url).unwrap().body.contains("shop:2"));

    let events = scene.kubectl(&[
        "get",
        "events",
        "-o",
        "custom-columns=R:.reason,N:.message",
        "--no-headers",
    ]);
    for reason in ["Created", "Available", "Updated", "DriftCorrected"] {
        assert!(events.contains(reason), "no event {reason} among\n{events}");
    }

    scene.kubectl(&["delete", "xsvc/shop", "--wait=false"]);
    scene.until_gone("shop");
    assert!(
        scene
            .calls("story_shop")
            .contains(&"DeleteExpressGatewayService".to_owned())
    );
    assert_ne!(http::get_url(&url).unwrap().status, 200);
}

#[test]
fn tags_follow_the_spec_without_a_new_revision() {
    let scene = Scene::new("tags");
    scene.apply(
        "shop",
        &json!({"tags": [{"key": "team", "value": "a"}, {"key": "old", "value": "1"}]}),
    );
    let before = scene.until_ready("shop")["status"]["deployment"]["arn"].clone();
    scene.apply("shop", &json!({"tags": [{"key": "team", "value": "b"}]}));
    poll::until(DEADLINE, "TagResource and UntagResource", || {
        let calls = scene.calls("tags_shop");
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
    let after = scene.until_ready("shop");
    assert_eq!(after["status"]["deployment"]["arn"], before);
}

#[test]
fn a_namespace_with_live_services_can_be_deleted() {
    let scene = Scene::new("leaving");
    scene.apply("shop", &json!({}));
    scene.apply("cart", &json!({}));
    scene.until_ready("shop");
    scene.kubectl(&["delete", "namespace", "leaving", "--timeout=90s"]);
    for service in ["leaving_shop", "leaving_cart"] {
        assert!(
            scene
                .calls(service)
                .contains(&"DeleteExpressGatewayService".to_owned()),
            "{service} leaked"
        );
    }
}

#[test]
fn a_rollback_is_told_and_not_fought() {
    let scene = Scene::new("rollback");
    scene.apply("shop", &json!({}));
    scene.until_ready("shop");
    stage().emulator.set_outcome(
        "rollback_shop",
        ecs_express_emulator::Outcome::RollBackByCircuitBreaker,
    );
    scene.apply("shop", &json!({"primaryContainer": {"image": "broken:1"}}));
    let object = scene.until("shop", "RolledBack", |object| {
        condition(object, "Stalled").1 == "RolledBack"
    });
    assert_eq!(
        condition(&object, "Ready"),
        ("False".into(), "RolledBack".into())
    );
    scene.apply("shop", &json!({}));
    scene.until_ready("shop");
    let updates = scene
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
    let scene = Scene::new("told");
    scene.apply("shop", &json!({}));
    scene.until_ready("shop");
    for spec in [
        json!({"primaryContainer": {"image": "shop:2"}}),
        json!({"primaryContainer": {"image": "shop:2"}, "cpu": "512", "memory": "1024"}),
    ] {
        scene.apply("shop", &spec);
        scene.until_ready("shop");
    }
    let notes = poll::until(DEADLINE, "two events", || {
        let events = ["get", "events.events.k8s.io", "-o", "json"];
        let events: serde_json::Value = serde_json::from_str(&scene.kubectl(&events)).unwrap();
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

//! Name conflicts: the name is taken by an unowned service, a previous one, or an earlier create.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::json;
use test_support::manifest::spec;

use crate::{
    harness::image_specs::{image, lag, running},
    harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn an_unowned_service_that_a_create_returns_is_not_taken_over() {
    for seen in ["a fault", "a lag"] {
        let mut cluster =
            SimulatedCluster::with(json!({"bakeSeconds": 10, "takenName": "Existing"})).await;
        let theirs = spec(
            &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
            }),
        );
        if seen == "a lag" {
            let unseen = json!({"createVisibleSeconds": 30});
            cluster.emulator.change_settings(&unseen).unwrap();
            cluster.call_outside(CREATE, &theirs);
        } else {
            cluster.call_outside(CREATE, &theirs);
            cluster.advance(MINUTE * 10);
            let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
            cluster.emulator.fail_next(missing);
        }
        cluster.apply(&image(1));
        cluster.run(MINUTE * 30).await;
        assert_eq!(
            (
                cluster.tag("ecs-express.dev/name"),
                cluster.calls(UPDATE),
                running(&cluster)
            ),
            (None, 0, "theirs:1".into()),
            "{seen}: tagged, updated, running"
        );
        cluster.delete();
        cluster.run(MINUTE * 5).await;
        assert_eq!(cluster.calls(DELETE), 0, "{seen}");
    }
}

#[tokio::test]
async fn an_unowned_service_that_a_create_returns_is_not_deleted_with_the_object() {
    let mut cluster =
        SimulatedCluster::with(json!({"bakeSeconds": 10, "takenName": "Existing"})).await;
    let theirs = spec(
        &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
        }),
    );
    let unseen = json!({"createVisibleSeconds": 30});
    cluster.emulator.change_settings(&unseen).unwrap();
    cluster.call_outside(CREATE, &theirs);
    cluster.apply(&image(1));
    cluster.run(MINUTE * 30).await;
    cluster.delete();
    cluster.run(MINUTE * 5).await;
    assert_eq!(cluster.calls(DELETE), 0);
}

#[tokio::test]
async fn an_edit_is_not_lost_to_a_create_that_returns_the_previous_service() {
    let mut found = Vec::new();
    for throttled in [false, true] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        let existing = json!({"takenName": "Existing"});
        cluster.emulator.change_settings(&existing).unwrap();
        let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
        cluster.emulator.fail_next(missing.times(2));
        let denied = Fault::new("DescribeServices", "AccessDeniedException", "no");
        cluster.emulator.fail_next(denied.times(2));
        if throttled {
            let throttle = Fault::new(UPDATE, "ThrottlingException", "Rate exceeded");
            cluster.emulator.fail_next(throttle);
        }
        cluster.apply(&image(2));
        cluster.run(MINUTE * 60).await;
        assert_eq!(cluster.calls(CREATE), 2);
        if running(&cluster) != "shop:2" {
            found.push(format!(
                "throttled: {throttled}: {}",
                cluster.message("Ready")
            ));
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn a_service_whose_name_is_taken_by_the_first_create_is_not_left_behind() {
    let mut cluster = SimulatedCluster::with(json!({"createVisibleSeconds": 200})).await;
    let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
    cluster.emulator.fail_next(lost);
    cluster.apply(&json!({}));
    cluster
        .until("a second create", |cluster| cluster.calls(CREATE) == 2)
        .await;
    cluster.delete();
    cluster.run(MINUTE * 20).await;
    let code = cluster.service()["statusCode"].clone();
    assert!(
        cluster.api.stored(&cluster.key).is_some() || code != "ACTIVE",
        "the object is gone, and its service is {code}"
    );
}

#[tokio::test]
async fn a_service_that_only_another_read_shows_is_neither_recreated_nor_left_behind() {
    for delete in [false, true] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        lag(&cluster, 300);
        let lost = Fault::new(CREATE, "ConnectionReset", "lost").applied();
        cluster.emulator.fail_next(lost);
        cluster.apply(&json!({}));
        cluster.reconcile_once().await;
        if delete {
            cluster.delete();
        }
        cluster.run(MINUTE * 20).await;
        assert_eq!(cluster.calls(CREATE), 1);
        let code = cluster.service()["statusCode"].clone();
        let gone = cluster.api.stored(&cluster.key).is_none();
        assert_eq!((gone, code == "ACTIVE"), (delete, !delete), "{code}");
    }
}

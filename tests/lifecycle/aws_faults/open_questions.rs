//! The questions of docs/live-aws.md with each possible answer: the emulator has a setting for each.

use std::time::Duration;

use ecs_express_emulator::{Fault, Model, Outcome};
use serde_json::{Value, json};
use test_support::manifest::spec;

use crate::{
    harness::image_specs::{image, running},
    harness::simulated_cluster::{CREATE, DELETE, DESCRIBE, SERVICE, SimulatedCluster, UPDATE},
};

const HOUR: Duration = Duration::from_secs(3600);

/// A cluster in which ECS answers like this, with a service that is Ready.
async fn ready_with(settings: &Value, spec: &Value) -> SimulatedCluster {
    let cluster = SimulatedCluster::ready(spec).await;
    cluster.emulator.change_settings(settings).unwrap();
    cluster.emulator.with_model(Model::clear_calls);
    cluster
}

/// The number of updates that ECS accepted.
fn accepted_updates(cluster: &SimulatedCluster) -> usize {
    let calls = cluster.emulator.calls().into_iter();
    let updates = calls.filter(|call| call.action == UPDATE && call.code.is_none());
    updates.count()
}

#[tokio::test]
async fn whatever_ecs_answers_to_a_create_with_a_taken_name_the_other_service_stays_as_it_is() {
    for (by, answer) in [
        ("takenName", "NotIdempotent"),
        ("takenName", "ClientException"),
        ("takenName", "Existing"),
        ("takenByCustomer", "NotIdempotent"),
        ("takenByCustomer", "ClientException"),
    ] {
        let unseen = json!({(by): answer, "createVisibleSeconds": 60});
        let mut cluster = SimulatedCluster::with(unseen).await;
        if by == "takenByCustomer" {
            cluster.change_outside(&json!({"customer": true}));
            let missing = Fault::new(DESCRIBE, "ResourceNotFoundException", "no");
            cluster.emulator.fail_next(missing);
        } else {
            cluster.call_outside(
                CREATE,
                &spec(
                    &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
                    }),
                ),
            );
        }
        cluster.emulator.with_model(Model::clear_calls);
        cluster.apply(&image(1));
        cluster.until_condition("Stalled", "True NotOwned").await;
        cluster.run(HOUR).await;
        cluster.delete();
        cluster.until_gone().await;
        let creates = cluster.calls(CREATE);
        assert!(creates >= 1, "{by} {answer}: the question did not come up");
        assert_eq!(cluster.changes_sent(), creates, "{by} {answer}");
    }
}

#[tokio::test]
async fn an_edit_during_a_deployment_is_made_whether_ecs_replaces_queues_or_refuses_it() {
    for answer in ["Replace", "Queue", "Refuse"] {
        let settings = json!({"updateInDeployment": answer, "bakeSeconds": 60});
        let mut cluster = ready_with(&settings, &image(1)).await;
        cluster.apply(&image(2));
        cluster
            .until("sent", |cluster| accepted_updates(cluster) == 1)
            .await;
        cluster.run(Duration::from_secs(20)).await;
        cluster.apply(&image(3));
        cluster.reconcile_once().await;
        let refused = cluster.calls(UPDATE) - accepted_updates(&cluster);
        assert_eq!(refused > 0, answer == "Refuse", "{answer}");
        cluster.until_ready().await;
        assert_eq!(running(&cluster), "shop:3", "{answer}");
        assert_eq!(accepted_updates(&cluster), 2, "{answer}");
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_restart_is_sent_once_whether_ecs_deploys_an_identical_update_or_not() {
    for answer in ["Rollout", "NoOp"] {
        let settings = json!({"identicalUpdate": answer});
        let mut cluster = ready_with(&settings, &image(1)).await;
        cluster.annotate("ecs-express.dev/restart", "1");
        cluster.run(HOUR).await;
        assert_eq!(cluster.calls(UPDATE), 1, "{answer}");
        assert!(cluster.is_ready(), "{answer}");
        cluster.assert_idle().await;
        cluster.restart_operator();
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "{answer}: after a restart");
    }
}

#[tokio::test]
async fn a_switch_of_the_mode_that_ecs_refuses_or_ignores_is_reported_and_starts_no_loop() {
    let given = json!({
        "primaryContainer": null,
        "executionRoleArn": null,
        "taskDefinitionArn": "arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:1",
    });
    for (answer, reason, most) in [
        ("Refuse", "InvalidParameter", 8),
        ("Ignore", "NotConverging", 3),
    ] {
        let mut cluster = ready_with(&json!({"modeSwitch": answer}), &image(1)).await;
        cluster.apply(&given);
        cluster.run(HOUR).await;
        assert_eq!(
            cluster.condition("Synced"),
            format!("False {reason}"),
            "{answer}: {}",
            cluster.message("Synced")
        );
        let updates = cluster.calls(UPDATE);
        assert!((1..=most).contains(&updates), "{answer}: {updates}");
        cluster.apply(&image(1));
        cluster.until_ready().await;
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_change_of_subnets_is_made_or_reported_with_its_refusal() {
    let subnets = |ids: [&str; 2]| json!({"networkConfiguration": {"subnets": ids}});
    let public = subnets(["subnet-0a", "subnet-0b"]);
    for (answer, accepted) in [("SameAccess", false), ("None", false), ("Any", true)] {
        let settings = json!({
            "subnetChanges": answer, "privateSubnets": ["subnet-1a", "subnet-1b"],
        });
        let mut cluster = ready_with(&settings, &public).await;
        cluster.apply(&subnets(["subnet-1a", "subnet-1b"]));
        cluster.run(HOUR).await;
        if accepted {
            assert!(cluster.is_ready(), "{answer}");
            assert_eq!(cluster.calls(UPDATE), 1, "{answer}");
        } else {
            assert_eq!(cluster.condition("Ready"), "False InvalidParameter");
            assert!(cluster.message("Ready").contains("ubnet"), "{answer}");
            assert!((1..=8).contains(&cluster.calls(UPDATE)), "{answer}");
            cluster.apply(&public);
            cluster.until_ready().await;
        }
        cluster.assert_idle().await;
    }
}

#[tokio::test]
async fn a_rollback_is_reported_with_the_reason_wherever_ecs_shows_one() {
    for answer in ["Deployments", "Everywhere", "Nowhere"] {
        let mut cluster = ready_with(&json!({"statusReasons": answer}), &image(1)).await;
        let why = "too many errors in the canary";
        cluster.emulator.with_model(|model| {
            let outcome = Outcome::RollBackByAlarm;
            model.set_outcome(SERVICE, outcome, Some(why.to_owned()));
        });
        cluster.apply(&image(2));
        cluster.until_condition("Stalled", "True RolledBack").await;
        // The rollback itself has a reason, too.
        let message = cluster.message("Stalled");
        assert!(message.contains(why), "{answer}: {message}");
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "{answer}");
    }
}

#[tokio::test]
async fn a_whole_life_passes_with_few_calls_in_whatever_detail_and_however_late_ecs_answers() {
    for settings in [
        json!({"emptyForm": "EmptyList"}),
        json!({"emptyForm": "Omitted"}),
        json!({"revisionDetail": "Full"}),
        json!({"revisionDetail": "Partial"}),
        json!({"statusReasons": "Everywhere"}),
        json!({"statusReasons": "Nowhere"}),
        json!({"throttling": "On", "expressBucket": "Shared"}),
        json!({"throttling": "On", "expressBucket": "Own", "managedRegistration": "Charged"}),
        json!({"readLagSeconds": {(DESCRIBE): 30}}),
        json!({"readLagSeconds": {"DescribeServices": 60, "ListServiceDeployments": 60}}),
        json!({"readLagSeconds": {"DescribeServiceDeployments": 30, "DescribeServiceRevisions": 60}}),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
        cluster.emulator.change_settings(&settings).unwrap();
        for tag in [1, 2] {
            cluster.apply(&image(tag));
            cluster.until_ready().await;
            // A late answer still ends the rollout, which is written two minutes later.
            cluster.run(Duration::from_secs(180)).await;
            cluster.assert_idle().await;
        }
        assert_eq!(running(&cluster), "shop:2", "{settings}");
        cluster.delete();
        cluster.until_gone().await;
        // A delete is repeated while the service is still shown as ACTIVE.
        let sent = [CREATE, UPDATE].map(|action| cluster.calls(action));
        assert_eq!(sent, [1, 1], "{settings}");
        assert!(cluster.calls(DELETE) <= 4, "{settings}");
        assert_eq!(cluster.service()["statusCode"], "INACTIVE", "{settings}");
    }
}

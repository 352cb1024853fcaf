//! Rollbacks: a configuration that ECS rolled back is not sent again until the spec changes or a retry is requested.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::{Value, json};

use crate::harness::simulated_cluster::{SERVICE, SimulatedCluster, UPDATE};

const HOUR: Duration = Duration::from_secs(3600);

fn image(tag: u32) -> Value {
    json!({"primaryContainer": {"image": format!("shop:{tag}")}})
}

/// A service whose second image was rolled back.
async fn rolled_back(outcome: Outcome) -> SimulatedCluster {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster.emulator.set_outcome(SERVICE, outcome);
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(Duration::from_secs(120)).await;
    cluster
}

#[tokio::test]
async fn a_configuration_that_was_rolled_back_is_not_sent_again() {
    for outcome in [
        Outcome::RollBackByCircuitBreaker,
        Outcome::RollBackByAlarm,
        Outcome::RollbackFails,
    ] {
        let mut cluster = rolled_back(outcome).await;
        assert_eq!(cluster.condition("Ready"), "False RolledBack");
        assert_eq!(cluster.condition("Synced"), "False RolledBack");
        assert!(
            cluster.message("Ready").contains("ecs-express.dev/retry"),
            "{}",
            cluster.message("Ready")
        );
        cluster.assert_idle().await;
        cluster.restart_operator();
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1, "after a restart");
        assert_eq!(cluster.condition("Ready"), "False RolledBack");
    }
}

#[tokio::test]
async fn a_rolled_back_configuration_is_not_sent_again_when_the_operator_state_is_lost() {
    for outcome in [Outcome::RollBackByCircuitBreaker, Outcome::RollBackByAlarm] {
        let mut cluster = rolled_back(outcome).await;
        cluster.api.lose_status(&cluster.key);
        cluster.restart_operator();
        cluster.run(HOUR).await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 1);
        assert_eq!(cluster.condition("Stalled"), "True RolledBack");
    }
}

#[tokio::test]
async fn scaling_is_sent_alone_while_the_rest_is_rolled_back() {
    let mut cluster = rolled_back(Outcome::RollBackByAlarm).await;
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    cluster.apply(&spec);
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    let updates = cluster.sent(UPDATE);
    assert_eq!(updates.len(), 2);
    let members: Vec<&String> = updates[1].as_object().unwrap().keys().collect();
    assert_eq!(members, ["scalingTarget", "serviceArn"]);
    assert_eq!(updates[1]["scalingTarget"]["minTaskCount"], 3);
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
}

#[tokio::test]
async fn after_a_rollback_another_image_is_sent_and_the_service_recovers() {
    let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    cluster.apply(&image(3));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 2);
    assert_eq!(cluster.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_retry_sends_the_rolled_back_configuration_once_more() {
    for outcome in [Outcome::Succeed, Outcome::RollBackByCircuitBreaker] {
        let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
        cluster.emulator.set_outcome(SERVICE, outcome);
        cluster.annotate("ecs-express.dev/retry", "1");
        cluster
            .until("sent again", |cluster| cluster.calls(UPDATE) == 2)
            .await;
        cluster.run(HOUR).await;
        cluster.assert_idle().await;
        cluster.restart_operator();
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 2);
        let wanted = if outcome == Outcome::Succeed {
            "True Available"
        } else {
            "False RolledBack"
        };
        assert_eq!(cluster.condition("Ready"), wanted);
    }
}

#[tokio::test]
async fn going_back_to_the_image_that_runs_is_ready_without_a_call() {
    let mut cluster = rolled_back(Outcome::RollBackByAlarm).await;
    cluster.apply(&image(1));
    cluster.until_ready().await;
    cluster.run(Duration::from_secs(600)).await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.condition("Stalled"), "absent");
}

#[tokio::test]
async fn a_configuration_that_was_rolled_back_may_be_tried_again_after_another_one_ran() {
    let mut cluster = rolled_back(Outcome::RollBackByAlarm).await;
    cluster.apply(&image(1));
    cluster.until_ready().await;
    cluster.apply(&image(2));
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 2);
}

#[tokio::test]
async fn drift_while_rolled_back_is_not_corrected() {
    let mut cluster = rolled_back(Outcome::RollBackByAlarm).await;
    cluster.change_outside(&json!({"update": {"primaryContainer": {"image": "other:1"}}}));
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
}

#[tokio::test]
async fn a_first_deployment_that_never_comes_up_is_never_ready_until_an_edit_fixes_it() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    cluster.apply(&image(1));
    cluster.run(HOUR).await;
    assert_eq!(
        cluster.condition("Stalled"),
        "True ProgressDeadlineExceeded"
    );
    cluster.assert_idle().await;
    cluster.apply(&image(2));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn a_rollout_that_never_comes_up_is_never_ready_until_an_edit_fixes_it() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster.emulator.set_outcome(SERVICE, Outcome::NeverComesUp);
    cluster.apply(&image(2));
    cluster.run(HOUR).await;
    assert_eq!(cluster.condition("Ready"), "False ProgressDeadlineExceeded");
    cluster.apply(&image(3));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 2);
}

#[tokio::test]
async fn an_update_that_was_lost_after_a_revert_is_sent_and_not_mistaken_for_the_old_rollback() {
    let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    cluster.apply(&image(1));
    cluster.until_ready().await;
    cluster.emulator.fail_next(Fault::new(
        UPDATE,
        "ServerException",
        "lost and not applied",
    ));
    cluster.run(Duration::from_secs(600)).await;
    cluster.apply(&image(3));
    cluster.until_ready().await;
    assert_eq!(
        cluster.status().revisions.unwrap()[0].image.as_deref(),
        Some("shop:3")
    );
}

#[tokio::test]
async fn scaling_that_is_sent_alone_is_reported_as_such_and_the_cause_of_the_rollback_stays() {
    let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    let cause = cluster.message("Stalled");
    assert!(cause.contains("ROLLBACK_SUCCESSFUL"), "{cause}");
    // Another revision keeps serving once scaling was sent.
    let (cause, _) = cause.split_once("; ").unwrap();
    let keeps_its_cause = |cluster: &SimulatedCluster| {
        let message = cluster.message("Stalled");
        assert!(message.starts_with(cause), "{message}");
        assert!(message.contains("shop:1"), "{message}");
    };
    cluster.api.take_events();
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    cluster.apply(&spec);
    cluster
        .until("sent", |cluster| cluster.calls(UPDATE) == 2)
        .await;
    let events = cluster.api.take_events();
    let updated = events.iter().find(|event| event.reason == "Updated");
    let note = &updated.unwrap().note;
    assert!(
        note.contains("only the scaling settings")
            && note.contains("minTaskCount")
            && !note.contains("shop:2"),
        "{note}"
    );
    for _ in 0..20 {
        cluster.run(Duration::from_secs(30)).await;
        let message = cluster.message("Ready");
        assert!(!message.contains("IN_PROGRESS"), "{message}");
        assert!(!message.contains("(SUCCESSFUL"), "{message}");
    }
    cluster.assert_idle().await;
    keeps_its_cause(&cluster);
    cluster.restart_operator();
    cluster.assert_idle().await;
    keeps_its_cause(&cluster);
}

#[tokio::test]
async fn scaling_that_drifts_is_corrected_even_after_scaling_was_sent_alone() {
    let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
    let mut spec = image(2);
    spec["scalingTarget"] = json!({"minTaskCount": 3});
    cluster.apply(&spec);
    cluster.run(HOUR).await;
    assert_eq!(cluster.calls(UPDATE), 2);
    cluster.change_outside(&json!({"update": {"scalingTarget": {"minTaskCount": 1}}}));
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    let updates = cluster.sent(UPDATE);
    assert_eq!(updates.len(), 3);
    assert_eq!(updates[2]["scalingTarget"]["minTaskCount"], 3);
    assert!(updates[2].get("primaryContainer").is_none());
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
}

#[tokio::test]
async fn a_lost_update_after_a_rollback_is_not_mistaken_for_what_was_rolled_back() {
    for restart in [false, true] {
        let mut cluster = rolled_back(Outcome::RollBackByCircuitBreaker).await;
        let lost = Fault::new(UPDATE, "ConnectionReset", "lost");
        cluster.emulator.fail_next(lost);
        cluster.apply(&image(3));
        cluster.reconcile_once().await;
        if restart {
            cluster.restart_operator();
        }
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 3, "restart: {restart}");
    }
}

#[tokio::test]
async fn scaling_that_drifts_while_the_rest_is_rolled_back_is_corrected_alone() {
    let scaled = |tag: u32| {
        let mut spec = image(tag);
        spec["scalingTarget"] = json!({"minTaskCount": 2});
        spec
    };
    let mut cluster = SimulatedCluster::ready(&scaled(1)).await;
    let outcome = Outcome::RollBackByCircuitBreaker;
    cluster.emulator.set_outcome(SERVICE, outcome);
    cluster.apply(&scaled(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(Duration::from_secs(120)).await;
    cluster.change_outside(&json!({"update": {"scalingTarget": {"minTaskCount": 5}}}));
    cluster.run(HOUR).await;
    cluster.assert_idle().await;
    let updates = cluster.sent(UPDATE);
    assert_eq!(updates.len(), 2, "{updates:?}");
    let members: Vec<&String> = updates[1].as_object().unwrap().keys().collect();
    assert_eq!(members, ["scalingTarget", "serviceArn"]);
    assert_eq!(updates[1]["scalingTarget"]["minTaskCount"], 2);
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:1");
}

#[tokio::test]
async fn scaling_that_is_edited_during_a_rollout_is_sent_once_and_at_once() {
    for seconds in [1, 20, 60] {
        let mut cluster = SimulatedCluster::ready(&image(1)).await;
        cluster.apply(&image(2));
        cluster
            .until("sent", |cluster| cluster.calls(UPDATE) == 1)
            .await;
        cluster.run(Duration::from_secs(seconds)).await;
        let mut spec = image(2);
        spec["scalingTarget"] = json!({"minTaskCount": 3});
        cluster.apply(&spec);
        cluster.run(Duration::from_secs(30)).await;
        assert_eq!(cluster.calls(UPDATE), 2, "{seconds}");
        let update = &cluster.sent(UPDATE)[1];
        assert_eq!(update["scalingTarget"]["minTaskCount"], 3, "{seconds}");
        // Complete, since ECS may build it on the revision that still runs.
        assert_eq!(update["primaryContainer"]["image"], "shop:2", "{seconds}");
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(cluster.calls(UPDATE), 2, "{seconds}");
        let runs = &cluster.service()["activeRevisions"][0];
        assert_eq!(runs["image"], "shop:2", "{seconds}");
    }
}

/// ECS stops the deployment of an update before it shows the revision: sending it again would fight that.
#[tokio::test]
async fn an_update_that_was_stopped_before_its_revision_is_shown_is_not_sent_again() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster
        .emulator
        .set_outcome(SERVICE, Outcome::StopBeforeShown);
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.run(Duration::from_secs(1800)).await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.condition("Stalled"), "True RolledBack");
}

#[tokio::test]
async fn a_retry_after_a_deployment_was_stopped_is_made_once_it_is_known_that_none_replaced_it() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    cluster.apply(&image(1));
    cluster
        .until("deploying", |cluster| {
            cluster
                .status()
                .deployment
                .is_some_and(|it| it.arn.is_some())
        })
        .await;
    let deployment = cluster.status().deployment.unwrap().arn.unwrap();
    let stop = json!({"serviceDeploymentArn": deployment, "stopType": "ABORT"});
    cluster.call_outside("StopServiceDeployment", &stop);
    cluster.run(Duration::from_secs(30)).await;
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.until_ready().await;
    assert_eq!(cluster.calls(UPDATE), 1);
}

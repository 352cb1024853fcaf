//! Version skew: a CustomResourceDefinition and an operator state of the previous version.

use std::time::Duration;

use ecs_express_emulator::{Fault, Outcome};
use serde_json::json;
use test_support::manifest::spec;

use crate::{
    harness::image_specs::{image, images, lag, lost, running, with_policy},
    harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE},
};

const MINUTE: Duration = Duration::from_secs(60);

/// The members that the previous version's CustomResourceDefinition lacks.
const NEW_MEMBERS: [&str; 2] = ["initial", "intent/expected"];

/// Makes the operator state look as the previous version would have written it.
fn as_written_before(cluster: &SimulatedCluster) {
    let unknown =
        json!({"status": {"operatorState": {"initial": null, "intent": {"expected": null}}}});
    cluster.api.change(&cluster.key, &unknown);
}

#[tokio::test]
async fn no_restart_is_sent_under_the_previous_crd_version() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    cluster.api.prune_members(&NEW_MEMBERS);
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.run(MINUTE * 30).await;
    assert_eq!(cluster.calls(UPDATE), 0, "the fence does not hold it");
}

#[tokio::test]
async fn no_retry_is_sent_under_the_previous_crd_version() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    for _ in 0..20 {
        cluster
            .emulator
            .set_outcome(SERVICE, Outcome::RollBackByCircuitBreaker);
    }
    cluster.apply(&image(2));
    cluster.until_condition("Stalled", "True RolledBack").await;
    cluster.api.prune_members(&NEW_MEMBERS);
    cluster.annotate("ecs-express.dev/retry", "1");
    cluster.run(MINUTE * 60).await;
    assert_eq!(cluster.calls(UPDATE), 1, "the fence does not hold it");
}

#[tokio::test]
async fn nothing_is_written_while_idle_under_the_previous_crd_version() {
    let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 10})).await;
    let theirs = spec(
        &json!({"serviceName": SERVICE, "primaryContainer": {"image": "theirs:1"},
        }),
    );
    cluster.call_outside(CREATE, &theirs);
    cluster.advance(MINUTE * 10);
    cluster.api.prune_members(&NEW_MEMBERS);
    cluster.apply(&json!({}));
    cluster.until_condition("Stalled", "True NotOwned").await;
    cluster.assert_idle().await;
}

#[tokio::test]
async fn updates_in_doubt_of_the_previous_version_are_understood() {
    let mut found = Vec::new();
    for policy in ["Correct", "Report"] {
        for answer in ["accepted", "lost", "not applied"] {
            let mut cluster = SimulatedCluster::ready(&with_policy(1, policy)).await;
            lag(&cluster, 45);
            match answer {
                "lost" => cluster.emulator.fail_next(lost().applied()),
                "not applied" => cluster.emulator.fail_next(lost()),
                _ => {}
            }
            cluster.apply(&with_policy(2, policy));
            cluster.reconcile_once().await;
            as_written_before(&cluster);
            cluster.restart_operator();
            cluster.run(MINUTE * 60).await;
            let sent = images(&cluster).len();
            let expected = if answer == "not applied" { 2 } else { 1 };
            let runs = running(&cluster);
            if runs != "shop:2" || sent != expected || !cluster.is_ready() {
                found.push(format!(
                    "{policy}, {answer}: {sent} sent, runs {runs}, {}",
                    cluster.condition("Ready")
                ));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn an_edit_after_a_lost_create_of_the_previous_version_is_an_edit() {
    for policy in ["Correct", "Report"] {
        let mut cluster =
            SimulatedCluster::with(json!({"bakeSeconds": 10, "createVisibleSeconds": 20})).await;
        cluster.apply(&with_policy(1, policy));
        cluster
            .emulator
            .fail_next(Fault::new(CREATE, "ConnectionReset", "lost").applied());
        cluster.reconcile_once().await;
        as_written_before(&cluster);
        cluster.apply(&with_policy(2, policy));
        cluster.restart_operator();
        cluster.run(MINUTE * 60).await;
        assert_eq!(
            (
                cluster.calls(CREATE),
                running(&cluster),
                cluster.condition("Stalled")
            ),
            (1, "shop:2".into(), "absent".into()),
            "{policy}: {}",
            cluster.message("Ready")
        );
    }
}

#[tokio::test]
async fn what_a_downgrade_leaves_in_an_intent_is_not_trusted() {
    let mut cluster = SimulatedCluster::ready(&image(1)).await;
    // This version: a lost update to 2 that also restarts; its response never arrives.
    cluster.emulator.fail_next(lost());
    cluster.annotate("ecs-express.dev/restart", "1");
    cluster.apply(&image(2));
    cluster.reconcile_once().await;
    let stored = serde_json::to_value(cluster.status()).unwrap();
    let stale = stored["operatorState"]["intent"].clone();
    let expected = &stale["expected"];
    assert!(
        expected["applies"].is_object() && expected["restart"] == "1",
        "{stale}"
    );
    // The previous version made restart 2, applied 3, and lost its own last update to 4. Its patches keep the members
    // that it does not know.
    let mut former = SimulatedCluster::ready(&image(1)).await;
    former.apply(&image(3));
    former.until_ready().await;
    former.run(MINUTE * 10).await;
    former.emulator.fail_next(lost().applied());
    former.apply(&image(4));
    former.reconcile_once().await;
    let leftovers = json!({"status": {"operatorState": {
        "restart": "2",
        "intent": {"expected": expected},
    }}});
    former.annotate("ecs-express.dev/restart", "2");
    former.api.change(&former.key, &leftovers);
    former.restart_operator();
    former.run(MINUTE * 60).await;
    assert_eq!(images(&former), ["shop:3", "shop:4"]);
}

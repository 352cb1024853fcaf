//! Security groups: a group removed from the spec is removed in ECS, and the managed group stays.

use std::time::Duration;

use ecs_express_emulator::Fault;
use serde_json::{Value, json};
use test_support::manifest::spec;

use crate::harness::simulated_cluster::{CREATE, SERVICE, SimulatedCluster, UPDATE};

const A: &str = "sg-0123abcd";
const B: &str = "sg-4567abcd";
const REVISIONS: &str = "DescribeServiceRevisions";

fn groups(ids: &[&str]) -> Value {
    json!({"networkConfiguration": {"securityGroups": ids}})
}

/// The groups of the newest revision, without the managed group.
fn attached(cluster: &SimulatedCluster) -> Vec<String> {
    let arn = json!({"serviceArn": cluster.service()["serviceArn"]});
    let caller = ecs_express_emulator::Caller {
        account: "123456789012".into(),
        region: "eu-west-1".into(),
    };
    let describe = "DescribeExpressGatewayService";
    let answer = cluster
        .emulator
        .with_model(|model| model.call(&caller, describe, &arn))
        .unwrap();
    let configurations = answer["service"]["activeConfigurations"]
        .as_array()
        .unwrap();
    let newest = configurations
        .iter()
        .max_by(|a, b| {
            let made = |it: &Value| it["createdAt"].as_f64().unwrap();
            made(a).total_cmp(&made(b))
        })
        .unwrap();
    let ids = newest["networkConfiguration"]["securityGroups"]
        .as_array()
        .unwrap();
    let mut ids: Vec<String> = ids
        .iter()
        .map(|id| id.as_str().unwrap().to_owned())
        .filter(|id| [A, B].contains(&id.as_str()))
        .collect();
    ids.sort();
    ids
}

fn denied() -> Fault {
    Fault::new(REVISIONS, "AccessDeniedException", "not authorized").times(10_000)
}

#[tokio::test]
async fn a_group_removed_during_a_rollout_is_removed_in_ecs_even_if_the_managed_groups_cannot_be_read_once()
 {
    for fault in [
        json!({"code": "ServerException"}),
        json!({"code": "AccessDeniedException"}),
        json!({"lag": 60}),
    ] {
        let mut cluster = SimulatedCluster::with(json!({"bakeSeconds": 60})).await;
        cluster.apply(&groups(&[A, B]));
        cluster.until_ready().await;
        cluster.apply(&json!({
            "primaryContainer": {"image": "shop:2"},
            "networkConfiguration": {"securityGroups": [A, B]},
        }));
        cluster
            .until("sent", |cluster| cluster.calls(UPDATE) == 1)
            .await;
        cluster.run(Duration::from_secs(20)).await;
        match fault["code"].as_str() {
            Some(code) => cluster
                .emulator
                .fail_next(Fault::new(REVISIONS, code, "no").times(3)),
            None => cluster
                .emulator
                .change_settings(&json!({"readLagSeconds": {(REVISIONS): 60}}))
                .unwrap(),
        }
        cluster.apply(&json!({
            "primaryContainer": {"image": "shop:2"},
            "networkConfiguration": {"securityGroups": [A]},
        }));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(attached(&cluster), [A], "{fault}");
        assert_eq!(cluster.calls(UPDATE), 2, "{fault}");
        assert_eq!(cluster.condition("Synced"), "True InSync", "{fault}");
    }
}

#[tokio::test]
async fn a_group_removed_while_the_managed_groups_were_never_read_is_not_reported_in_sync() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.emulator.fail_next(denied());
    cluster.apply(&groups(&[A, B]));
    cluster.run(Duration::from_secs(1200)).await;
    cluster.apply(&groups(&[A]));
    cluster.run(Duration::from_secs(1200)).await;
    assert_eq!(attached(&cluster), [A, B]);
    assert_eq!(cluster.condition("Ready"), "Unknown AccessDenied");
    assert!(cluster.message("Ready").contains(REVISIONS));
    assert_eq!(cluster.condition("Synced"), "Unknown AccessDenied");
    assert!(
        cluster
            .message("Synced")
            .contains("spec.networkConfiguration.securityGroups"),
        "{}",
        cluster.message("Synced")
    );
    cluster.assert_idle().await;
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(attached(&cluster), [A]);
    assert_eq!(cluster.calls(UPDATE), 1);
}

#[tokio::test]
async fn unchanged_groups_need_no_permission_to_read_revisions() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.emulator.fail_next(denied());
    cluster.apply(&groups(&[A]));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 0));
}

#[tokio::test]
async fn a_service_whose_managed_group_is_listed_late_becomes_ready_without_an_update() {
    let settings = json!({"bakeSeconds": 10, "memberLagSeconds": {"serviceSecurityGroups": 900}});
    let mut cluster = SimulatedCluster::with(settings).await;
    cluster.apply(&groups(&[A]));
    cluster.until_ready().await;
    // Managed resources are read again once an hour; then the group is in the status.
    cluster.run(Duration::from_secs(2 * 3600)).await;
    cluster.assert_idle().await;
    assert_eq!((cluster.calls(CREATE), cluster.calls(UPDATE)), (1, 0));
}

#[tokio::test]
async fn an_adoption_waits_until_the_managed_groups_are_known() {
    let mut cluster = SimulatedCluster::new().await;
    cluster.call_outside(
        CREATE,
        &spec(&json!({"serviceName": SERVICE,
            "networkConfiguration": {"securityGroups": [A, B]},
        })),
    );
    cluster.advance(Duration::from_secs(600));
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_calls);
    cluster.emulator.fail_next(denied());
    let mut spec = groups(&[A]);
    spec["adoptionPolicy"] = json!("Adopt");
    cluster.apply(&spec);
    cluster.run(Duration::from_secs(1200)).await;
    assert_eq!(cluster.changes_sent(), 0);
    assert_eq!(cluster.condition("Ready"), "Unknown AccessDenied");
    cluster
        .emulator
        .with_model(ecs_express_emulator::Model::clear_faults);
    cluster
        .until_condition("Stalled", "True AdoptionNotConfirmed")
        .await;
    assert!(cluster.message("Stalled").contains(B));
    assert_eq!(cluster.changes_sent(), 0);
}

#[tokio::test]
async fn groups_removed_from_the_spec_are_cleared_with_one_explicit_list() {
    for gone in [
        json!({"securityGroups": []}),
        json!({"securityGroups": null}),
        Value::Null,
    ] {
        let mut cluster = SimulatedCluster::ready(&groups(&[A, B])).await;
        cluster.apply(&json!({ "networkConfiguration": gone }));
        cluster.until_ready().await;
        cluster.assert_idle().await;
        assert_eq!(attached(&cluster), Vec::<String>::new(), "{gone}");
        let updates = cluster.sent(UPDATE);
        assert_eq!(updates.len(), 1, "{gone}");
        assert_eq!(
            updates[0]["networkConfiguration"]["securityGroups"],
            json!([])
        );
        let subnets = &updates[0]["networkConfiguration"]["subnets"];
        assert_eq!(subnets.as_array().map(Vec::len), Some(2), "{gone}");
        assert_eq!(cluster.condition("Synced"), "True InSync", "{gone}");
    }
}

#[tokio::test]
async fn groups_that_ecs_does_not_clear_are_left_in_force_and_named_after_one_attempt() {
    let mut cluster = SimulatedCluster::ready(&groups(&[A, B])).await;
    cluster
        .emulator
        .change_settings(&json!({"emptyLists": "Keep"}))
        .unwrap();
    cluster.apply(&json!({}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(cluster.calls(UPDATE), 1);
    assert_eq!(cluster.condition("Synced"), "True LeftInForce");
    let message = cluster.message("Synced");
    assert!(message.contains(A) && message.contains(B), "{message}");
    assert_eq!(cluster.condition("Stalled"), "absent");
    cluster.restart_operator();
    cluster.assert_idle().await;
    assert_eq!(cluster.condition("Synced"), "True LeftInForce");
}

#[tokio::test]
async fn a_rejected_empty_list_is_not_sent_again_and_the_rest_of_the_edit_succeeds() {
    let mut cluster = SimulatedCluster::ready(&groups(&[A])).await;
    let refusal = "securityGroups must not be empty";
    cluster
        .emulator
        .fail_next(Fault::new(UPDATE, "InvalidParameterException", refusal));
    cluster.apply(&json!({"primaryContainer": {"image": "shop:2"}}));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    let updates = cluster.sent(UPDATE);
    assert_eq!(updates.len(), 2);
    assert!(
        updates[1].get("networkConfiguration").is_none(),
        "{updates:?}"
    );
    assert_eq!(cluster.service()["activeRevisions"][0]["image"], "shop:2");
    assert_eq!(attached(&cluster), [A]);
    assert_eq!(cluster.condition("Synced"), "True LeftInForce");
}

#[tokio::test]
async fn a_group_removed_from_the_spec_is_not_sent_again_beside_other_subnets() {
    let subnets = json!(["subnet-0123abcd", "subnet-4567abcd"]);
    let mut cluster = SimulatedCluster::ready(&json!({
        "networkConfiguration": {"securityGroups": [A], "subnets": subnets},
    }))
    .await;
    cluster.apply(&json!({
        "networkConfiguration": {"subnets": ["subnet-89ababcd", "subnet-cdefabcd"]},
    }));
    cluster.until_ready().await;
    cluster.assert_idle().await;
    assert_eq!(attached(&cluster), Vec::<String>::new());
    assert_eq!(cluster.calls(UPDATE), 1);
}

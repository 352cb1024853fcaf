//! Bad input and bad days: the condition says what is wrong, and it heals when the cause goes.

use controlplane::poll;
use ecs_express_emulator::{Change, Fault, Presence};
use serde_json::json;

use crate::stage::{DEADLINE, Scene, condition, message, stage};

#[test]
fn a_missing_cluster_is_named_and_the_service_comes_when_it_is_made() {
    let scene = Scene::new("no-cluster");
    scene.apply("shop", &json!({"cluster": "later"}));
    let object = scene.until("shop", "ClusterNotFound", |object| {
        condition(object, "Stalled").1 == "ClusterNotFound"
    });
    let text = message(&object, "Ready");
    assert!(
        text.contains("spec.cluster") && text.contains("create the cluster"),
        "{text}"
    );
    stage()
        .emulator
        .change(Change::Cluster {
            name: "later".into(),
            region: None,
            presence: Presence::Exists,
        })
        .unwrap();
    scene.until_ready("shop");
}

#[test]
fn a_refused_role_is_named_and_heals() {
    let scene = Scene::new("no-role");
    let refusal = Fault::new(
        "CreateExpressGatewayService",
        "AccessDeniedException",
        "Cannot assume role arn:aws:iam::123456789012:role/infra (infrastructure role).",
    );
    stage()
        .emulator
        .fail_next(refusal.times(2).on_service("no-role_shop"));
    scene.apply("shop", &json!({}));
    let object = scene.until("shop", "RoleNotUsable", |object| {
        condition(object, "Ready").1 == "RoleNotUsable"
    });
    let text = message(&object, "Ready");
    assert!(
        text.contains("spec.infrastructureRoleArn") && text.contains("Cannot assume role"),
        "{text}"
    );
    scene.until_ready("shop");
}

#[test]
fn a_service_of_somebody_else_is_left_alone() {
    let scene = Scene::new("not-owned");
    stage()
        .emulator
        .change(Change::Customer("not-owned_shop".into()))
        .unwrap();
    scene.apply("shop", &json!({}));
    scene.until("shop", "NotOwned", |object| {
        condition(object, "Stalled").1 == "NotOwned"
    });
    scene.kubectl(&["delete", "xsvc/shop", "--wait=false"]);
    scene.until_gone("shop");
    let calls = scene.calls("not-owned_shop");
    assert!(
        !calls
            .iter()
            .any(|action| action.starts_with("Delete") || action.starts_with("Update")),
        "{calls:?}"
    );
}

#[test]
fn a_kill_of_the_operator_at_any_time_makes_no_second_service() {
    let scene = Scene::new("killed");
    let mut operator = stage().operator();
    for round in 0..4 {
        let name = format!("shop-{round}");
        let service = format!("killed_{name}");
        scene.apply(&name, &json!({}));
        poll::until(DEADLINE, "the first call", || {
            match scene.calls(&service).len() {
                calls if calls > round => Ok(()),
                calls => Err(format!("{calls} calls")),
            }
        })
        .unwrap();
        operator.kill();
        *operator = stage().new_operator();
    }
    drop(operator);
    for round in 0..4 {
        let name = format!("shop-{round}");
        scene.until_ready(&name);
        let landed = stage()
            .emulator
            .calls()
            .into_iter()
            .filter(|call| call.action == "CreateExpressGatewayService" && call.code.is_none())
            .filter(|call| call.service_name.as_deref() == Some(&format!("killed_{name}")))
            .count();
        assert_eq!(landed, 1, "{name}");
    }
}

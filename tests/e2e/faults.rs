//! Faults and invalid input: the condition names the cause, and the service recovers once the cause is gone.

use controlplane::poll;
use ecs_express_emulator::{Change, Fault, Presence};
use serde_json::json;

use crate::fixture::{DEADLINE, TestNamespace, condition, fixture, message};

#[test]
fn a_missing_cluster_is_named_and_the_service_is_created_once_it_exists() {
    let namespace = TestNamespace::new("no-cluster");
    namespace.apply("shop", &json!({"cluster": "later"}));
    let object = namespace.until("shop", "ClusterNotFound", |object| {
        condition(object, "Stalled").1 == "ClusterNotFound"
    });
    let text = message(&object, "Ready");
    assert!(
        text.contains("spec.cluster") && text.contains("create the cluster"),
        "{text}"
    );
    fixture()
        .emulator
        .change(Change::Cluster {
            name: "later".into(),
            region: None,
            presence: Presence::Exists,
        })
        .unwrap();
    namespace.until_ready("shop");
}

#[test]
fn a_rejected_role_is_named_and_recovered_from() {
    let namespace = TestNamespace::new("no-role");
    let refusal = Fault::new(
        "CreateExpressGatewayService",
        "AccessDeniedException",
        "Cannot assume role arn:aws:iam::123456789012:role/infra (infrastructure role).",
    );
    fixture()
        .emulator
        .fail_next(refusal.times(2).on_service("no-role_shop"));
    namespace.apply("shop", &json!({}));
    let object = namespace.until("shop", "RoleNotUsable", |object| {
        condition(object, "Ready").1 == "RoleNotUsable"
    });
    let text = message(&object, "Ready");
    assert!(
        text.contains("spec.infrastructureRoleArn") && text.contains("Cannot assume role"),
        "{text}"
    );
    namespace.until_ready("shop");
}

#[test]
fn a_service_of_another_owner_is_left_alone() {
    let namespace = TestNamespace::new("not-owned");
    fixture()
        .emulator
        .change(Change::Customer("not-owned_shop".into()))
        .unwrap();
    namespace.apply("shop", &json!({}));
    namespace.until("shop", "NotOwned", |object| {
        condition(object, "Stalled").1 == "NotOwned"
    });
    namespace.kubectl(&["delete", "xsvc/shop", "--wait=false"]);
    namespace.until_gone("shop");
    let calls = namespace.calls("not-owned_shop");
    assert!(
        !calls
            .iter()
            .any(|action| action.starts_with("Delete") || action.starts_with("Update")),
        "{calls:?}"
    );
}

#[test]
fn killing_the_operator_at_any_time_creates_no_second_service() {
    let namespace = TestNamespace::new("killed");
    let mut operator = fixture().operator();
    for round in 0..4 {
        let name = format!("shop-{round}");
        let service = format!("killed_{name}");
        namespace.apply(&name, &json!({}));
        poll::until(DEADLINE, "the first call", || {
            match namespace.calls(&service).len() {
                calls if calls > round => Ok(()),
                calls => Err(format!("{calls} calls")),
            }
        })
        .unwrap();
        operator.kill();
        *operator = fixture().new_operator();
    }
    drop(operator);
    for round in 0..4 {
        let name = format!("shop-{round}");
        namespace.until_ready(&name);
        let service = format!("killed_{name}");
        // The emulator refuses a second create of a name, so refused calls count as well.
        let creates: Vec<_> = fixture()
            .emulator
            .calls()
            .into_iter()
            .filter(|call| call.action == "CreateExpressGatewayService")
            .filter(|call| call.service_name.as_deref() == Some(&service))
            .map(|call| call.code)
            .collect();
        assert_eq!(creates, [None], "{name}");
    }
}

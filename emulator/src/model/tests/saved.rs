use serde_json::json;

use super::{World, create_request, create_with};
use crate::model::{Fault, Model, Outcome};

/// A world with something of everything: a rollout, one that waits behind it, a service whose role was
/// denied, one that drains, a session, a fault and a plan.
fn busy() -> World {
    let mut world = World::with(&json!({
        "updateInDeployment": "Queue", "unusableRole": "Accepted", "deniedProvisioning": "Resumes",
    }));
    world.create(create_request()).unwrap();
    world
        .create(create_with(json!({ "serviceName": "leaving" })))
        .unwrap();
    world.pass(150);
    world.update(json!({ "healthCheckPath": "/one" }));
    world.update(json!({ "healthCheckPath": "/two" }));
    let leaving = json!({ "serviceArn": super::SHOP.replace("shop", "leaving") });
    world.call("DeleteExpressGatewayService", leaving).unwrap();
    let late = json!({ "roleUsableAfterSeconds": 300 });
    world.model.change_settings(&late).unwrap();
    let denied = json!({
        "serviceName": "denied", "infrastructureRoleArn": "arn:aws:iam::123456789012:role/new",
    });
    world.create(create_with(denied)).unwrap();
    let assume = json!({
        "RoleArn": "arn:aws:iam::210987654321:role/x", "RoleSessionName": "one",
    });
    world.call("AssumeRole", assume).unwrap();
    world
        .model
        .set_outcome("shop", Outcome::RollBackByAlarm, None);
    world
        .model
        .fail_next(Fault::new("ListServices", "ServerException", ""));
    world.pass(40);
    world
}

#[test]
fn a_saved_model_goes_on_as_the_one_that_was_saved() {
    let mut world = busy();
    let mut again = Model::from_state(&world.model.to_state()).unwrap();
    assert_eq!(again.to_state(), world.model.to_state());
    for seconds in [30, 60, 300, 600] {
        let span = std::time::Duration::from_secs(seconds);
        again.advance(span);
        world.model.advance(span);
        assert_eq!(
            again.to_state(),
            world.model.to_state(),
            "after {seconds} s"
        );
    }
    let body = json!({ "serviceArn": super::SHOP });
    let answer = again
        .call(&world.caller, "UpdateExpressGatewayService", &body)
        .unwrap();
    assert_eq!(
        answer,
        world.call("UpdateExpressGatewayService", body).unwrap()
    );
}

#[test]
fn a_state_whose_parts_do_not_fit_together_is_refused() {
    let state = busy().model.to_state();
    let shop = state["services"]
        .as_array()
        .unwrap()
        .iter()
        .position(|service| service["arn"]["name"] == "shop")
        .unwrap();
    for (member, value) in [
        ("active", json!([99])),
        ("steady", json!(99)),
        ("resource_id", json!("short")),
        ("revisions", json!([])),
    ] {
        let mut broken = state.clone();
        broken["services"][shop][member] = value;
        let error = Model::from_state(&broken).unwrap_err().to_string();
        assert!(error.contains("service/default/shop"), "{error}");
    }
}

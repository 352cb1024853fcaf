use serde_json::{Value, json};

use super::{Fixture, create_request, create_with};
use crate::model::{Fault, Model, Outcome};

/// A model with something of everything: a running and a queued deployment, a service whose role was
/// denied, a draining service, a session, a fault and a planned outcome.
fn busy() -> Fixture {
    let mut ecs = Fixture::with(&json!({
        "updateInDeployment": "Queue", "unusableRole": "Accepted", "deniedProvisioning": "Resumes",
    }));
    ecs.create(create_request()).unwrap();
    ecs.create(create_with(json!({ "serviceName": "leaving" })))
        .unwrap();
    ecs.advance(150);
    ecs.update(json!({ "healthCheckPath": "/one" }));
    ecs.update(json!({ "healthCheckPath": "/two" }));
    let leaving = json!({ "serviceArn": super::SHOP.replace("shop", "leaving") });
    ecs.call("DeleteExpressGatewayService", leaving).unwrap();
    let late = json!({ "roleUsableAfterSeconds": 300 });
    ecs.model.change_settings(&late).unwrap();
    let denied = json!({
        "serviceName": "denied", "infrastructureRoleArn": "arn:aws:iam::123456789012:role/new",
    });
    ecs.create(create_with(denied)).unwrap();
    let assume = json!({
        "RoleArn": "arn:aws:iam::210987654321:role/x", "RoleSessionName": "one",
    });
    ecs.call("AssumeRole", assume).unwrap();
    ecs.model
        .set_outcome("shop", Outcome::RollBackByAlarm, None);
    ecs.model
        .fail_next(Fault::new("ListServices", "ServerException", ""));
    ecs.advance(40);
    ecs
}

#[test]
fn a_saved_model_continues_like_the_original() {
    let mut ecs = busy();
    let mut again = Model::from_state(&ecs.model.to_state()).unwrap();
    assert_eq!(again.to_state(), ecs.model.to_state());
    for seconds in [30, 60, 300, 600] {
        let span = std::time::Duration::from_secs(seconds);
        again.advance(span);
        ecs.model.advance(span);
        assert_eq!(again.to_state(), ecs.model.to_state(), "after {seconds} s");
    }
    let body = json!({ "serviceArn": super::SHOP });
    let answer = again
        .call(&ecs.caller, "UpdateExpressGatewayService", &body)
        .unwrap();
    assert_eq!(
        answer,
        ecs.call("UpdateExpressGatewayService", body).unwrap()
    );
}

#[test]
fn a_state_whose_parts_contradict_each_other_is_rejected() {
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

/// Removes members at any depth.
fn without(state: &mut Value, members: &[&str]) {
    match state {
        Value::Object(object) => {
            object.retain(|member, _| !members.contains(&member.as_str()));
            object
                .values_mut()
                .for_each(|value| without(value, members));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| without(value, members)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn a_state_of_the_first_format_is_read() {
    let state = busy().model.to_state();
    let mut first = state.clone();
    first["format"] = json!(1);
    let added = [
        "holds",
        "desired",
        "load_balancer",
        "load_balancer_seconds",
        "omittedContainerMembers",
        "omittedNetworkMembers",
        "omittedScalingMembers",
        "queuedDeployments",
        "brokenInfrastructureRole",
        "brokenExecutionRole",
        "abortDeployment",
        "bucketRefill",
        "vpcs",
        "firstDeploymentSeconds",
    ];
    without(&mut first, &added);
    for queued in first["services"].as_array_mut().unwrap() {
        for queued in queued["queue"].as_array_mut().unwrap() {
            without(queued, &["visibility"]);
        }
    }
    assert_ne!(first, state);
    assert_eq!(Model::from_state(&first).unwrap().to_state(), state);
}

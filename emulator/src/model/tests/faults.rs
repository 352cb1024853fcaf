use serde_json::json;

use super::{Fixture, SHOP, create_request};
use crate::model::{Delivery, Fault};

#[test]
fn a_fault_fails_this_many_calls_without_effect() {
    let mut ecs = Fixture::new();
    let fault = Fault::new("CreateExpressGatewayService", "AccessDeniedException", "no").times(2);
    ecs.model.fail_next(fault);
    for _ in 0..2 {
        let error = ecs.create(create_request()).unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.status),
            ("AccessDeniedException", 400)
        );
    }
    ecs.create(create_request()).unwrap();
}

#[test]
fn a_call_with_a_lost_answer_takes_effect() {
    let mut ecs = Fixture::new();
    ecs.model
        .fail_next(Fault::new("CreateExpressGatewayService", "ConnectionReset", "").applied());
    let error = ecs.create(create_request()).unwrap_err();
    assert_eq!(error.delivery, Delivery::ConnectionReset);
    ecs.describe();
}

#[test]
fn a_fault_can_be_restricted_to_one_service() {
    let mut ecs = Fixture::with_shop();
    ecs.model
        .fail_next(Fault::new("*", "ThrottlingException", "Rate exceeded").on_service("other"));
    ecs.describe();
    let other = json!({ "serviceArn": format!("{SHOP}-2") });
    let (code, _) = ecs.error_of("DescribeExpressGatewayService", other);
    assert_eq!(code, "ResourceNotFoundException");
    let named = json!({ "services": ["shop", "other"] });
    let (code, _) = ecs.error_of("DescribeServices", named);
    assert_eq!(code, "ThrottlingException");
}

#[test]
fn a_server_exception_is_a_500() {
    let mut ecs = Fixture::with_shop();
    ecs.model.fail_next(Fault::new(
        "DescribeExpressGatewayService",
        "ServerException",
        "oops",
    ));
    let body = json!({ "serviceArn": SHOP });
    let error = ecs.call("DescribeExpressGatewayService", body).unwrap_err();
    assert_eq!(error.status, 500);
}

#[test]
fn calls_are_recorded_with_their_answers() {
    let mut ecs = Fixture::with_shop();
    ecs.describe();
    let _ = ecs.create(create_request());
    let calls = ecs.model.calls();
    let seen: Vec<(&str, Option<&str>)> = calls
        .iter()
        .map(|call| (call.action.as_str(), call.code.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [
            ("CreateExpressGatewayService", None),
            ("DescribeExpressGatewayService", None),
            (
                "CreateExpressGatewayService",
                Some("InvalidParameterException")
            ),
        ]
    );
    assert!(
        calls
            .iter()
            .all(|call| call.service_name.as_deref() == Some("shop"))
    );
    assert_eq!(calls[0].service_arn.as_deref(), Some(SHOP));
    ecs.model.clear_calls();
    assert!(ecs.model.calls().is_empty());
}

#[test]
fn a_fault_for_an_unknown_action_is_rejected() {
    let message = Fault::new("CreateService", "X", "").check().unwrap_err();
    assert!(message.contains("CreateExpressGatewayService"), "{message}");
}

#[test]
fn a_lost_answer_stays_lost_if_the_call_would_have_failed() {
    let mut ecs = Fixture::with_shop();
    ecs.model
        .fail_next(Fault::new("CreateExpressGatewayService", "Timeout", "").applied());
    let error = ecs.create(create_request()).unwrap_err();
    assert_eq!(error.delivery, Delivery::Timeout);
}

#[test]
fn a_message_quotes_values_of_the_request() {
    let mut ecs = Fixture::new();
    ecs.model.fail_next(Fault::new(
        "CreateExpressGatewayService",
        "InvalidParameterException",
        "the image {/primaryContainer/image} of {/nowhere} is refused {/",
    ));
    let mut request = create_request();
    request["primaryContainer"] = json!({ "image": "shop:1" });
    let error = ecs.create(request).unwrap_err();
    assert_eq!(
        error.message,
        "the image shop:1 of {/nowhere} is refused {/"
    );
}

#[test]
fn a_list_in_an_answer_can_repeat_each_element() {
    let mut ecs = Fixture::with_shop();
    ecs.advance(600);
    let pointer = "/service/activeConfigurations";
    let fault = Fault::repeat("DescribeExpressGatewayService", pointer);
    fault.check().unwrap();
    ecs.model.fail_next(fault);
    let count =
        |service: serde_json::Value| service["activeConfigurations"].as_array().unwrap().len();
    assert_eq!(count(ecs.describe()), 2);
    assert_eq!(count(ecs.describe()), 1);
    let fault = Fault::new("DescribeExpressGatewayService", "Repeat", "");
    assert!(fault.check().unwrap_err().contains("pointer"));
}

#[test]
fn an_error_can_come_late() {
    let mut ecs = Fixture::with_shop();
    let fault = Fault::new("DescribeExpressGatewayService", "ServerException", "").delayed(4000);
    fault.check().unwrap();
    ecs.model.fail_next(fault);
    let body = json!({ "serviceArn": SHOP });
    let answered = ecs
        .model
        .serve(&ecs.caller, "DescribeExpressGatewayService", &body);
    assert_eq!(answered.answer.unwrap_err().code, "ServerException");
    let late = Delivery::Late { milliseconds: 4000 };
    assert_eq!(answered.delivery, late);
    for code in ["Cut", "Timeout", "ConnectionReset"] {
        let fault = Fault::new("*", code, "").delayed(1);
        let message = fault.check().unwrap_err();
        assert!(message.contains(code), "{message}");
    }
    let message = Fault::new("*", "Late", "").check().unwrap_err();
    assert!(message.contains("required"), "{message}");
}

#[test]
fn an_error_without_a_code_has_no_type() {
    let mut ecs = Fixture::with_shop();
    let body = json!({ "serviceArn": SHOP });
    for (status, expected) in [(None, 500), (Some(400), 400)] {
        let mut fault = Fault::new("DescribeExpressGatewayService", "NoCode", "oops");
        fault.status = status;
        ecs.model.fail_next(fault);
        let error = ecs
            .call("DescribeExpressGatewayService", body.clone())
            .unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("", expected));
        assert_eq!(error.to_wire(), json!({ "message": "oops" }));
    }
    let recorded = ecs.model.last_calls(1).remove(0);
    assert_eq!(recorded.code.as_deref(), Some("NoCode"));
}

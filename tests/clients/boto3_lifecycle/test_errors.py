"""Each error as the exception that boto3 raises for it."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from fixture import ACCOUNT, REGION, control, create, describe, ecs, role

ABSENT = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/default/absent"


class Errors(unittest.TestCase):
    def refused(self, exception: type[ClientError], message: str, call: Callable[..., Any], **request: Any) -> None:
        with self.assertRaises(ClientError) as raised:
            call(**request)
        self.assertIs(type(raised.exception), exception)
        self.assertIn(message, raised.exception.response["Error"]["Message"])

    def test_what_does_not_exist(self) -> None:
        create("there")
        errors = ecs.exceptions
        self.refused(errors.ResourceNotFoundException, "", ecs.describe_express_gateway_service, serviceArn=ABSENT)
        self.refused(
            errors.ServiceNotFoundException,
            "",
            ecs.update_express_gateway_service,
            serviceArn=ABSENT,
            cpu="512",
            memory="1024",
        )
        self.refused(
            errors.InvalidParameterException,
            "Resource not found",
            ecs.delete_express_gateway_service,
            serviceArn=ABSENT,
        )
        self.refused(errors.ClusterNotFoundException, "", ecs.list_services, cluster="absent")
        self.assertEqual(ecs.describe_services(services=["absent"])["failures"][0]["reason"], "MISSING")

    def test_invalid_creates(self) -> None:
        create("taken")
        errors = ecs.exceptions
        self.refused(errors.InvalidParameterException, "not idempotent", create, name="taken")
        self.refused(errors.ClusterNotFoundException, "", create, name="homeless", cluster="absent")
        self.refused(errors.InvalidParameterException, "", create, name="odd", cpu="300", memory="512")
        ecs.delete_express_gateway_service(serviceArn=ABSENT.replace("absent", "taken"))
        self.refused(errors.InvalidParameterException, "still Draining", create, name="taken")

    def test_a_missing_permission(self) -> None:
        message = "User is not authorized to perform: iam:PassRole"
        control(
            "errors", {"action": "CreateExpressGatewayService", "code": "AccessDeniedException", "message": message}
        )
        self.refused(ecs.exceptions.AccessDeniedException, message, create, name="denied")

    def test_a_server_error(self) -> None:
        control(
            "errors", {"action": "DescribeExpressGatewayService", "code": "ServerException", "message": "try again"}
        )
        self.refused(ecs.exceptions.ServerException, "try again", describe, arn=ABSENT)

    def test_a_throttled_call_is_reported_and_repeated_where_retries_are_on(self) -> None:
        throttle = {"action": "CreateExpressGatewayService", "code": "ThrottlingException", "message": "Rate exceeded"}
        control("errors", throttle)
        # No model lists it, so it has no class of its own.
        self.refused(ClientError, "Rate exceeded", create, name="throttled")
        control("errors", throttle)
        patient = boto3.client("ecs", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
        answer = patient.create_express_gateway_service(
            serviceName="throttled",
            infrastructureRoleArn=role("infrastructure"),
            executionRoleArn=role("execution"),
            primaryContainer={"image": "registry.example/shop:1"},
        )
        self.assertEqual(answer["ResponseMetadata"]["RetryAttempts"], 1)


if __name__ == "__main__":
    unittest.main()

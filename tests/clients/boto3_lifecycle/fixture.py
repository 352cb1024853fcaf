"""The fixture of a scenario: boto3's clients of the emulator, and a clock that only the test advances."""

from __future__ import annotations

import json
import os
import urllib.request
from typing import Any

import boto3

ACCOUNT = "123456789012"
REGION = os.environ["AWS_REGION"]
CLUSTER_ARN = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/"
UNFINISHED = {"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"}

ecs = boto3.client("ecs")


def role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def control(path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        f"{os.environ['AWS_ENDPOINT_URL']}/_emulator/{path}", data=json.dumps(body).encode()
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()


def advance(seconds: int) -> None:
    control("clock", {"advanceSeconds": seconds})


def create(name: str, image: str = "registry.example/shop:1", **more: Any) -> dict[str, Any]:
    return ecs.create_express_gateway_service(
        serviceName=name,
        infrastructureRoleArn=role("infrastructure"),
        executionRoleArn=role("execution"),
        primaryContainer={"image": image},
        **more,
    )["service"]


def describe(arn: str, include: tuple[str, ...] = ()) -> dict[str, Any]:
    return ecs.describe_express_gateway_service(serviceArn=arn, include=list(include))["service"]


def images(arn: str) -> set[str]:
    """The images that run."""
    return {active["primaryContainer"]["image"] for active in describe(arn)["activeConfigurations"]}


def newest_deployment(arn: str) -> dict[str, Any]:
    found = ecs.list_service_deployments(service=arn)["serviceDeployments"]
    arns = [found[0]["serviceDeploymentArn"]]
    return ecs.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"][0]


def wait_for_deployment(arn: str) -> dict[str, Any]:
    """Advances the clock until the newest deployment has ended."""
    for _ in range(40):
        # A deployment becomes visible some seconds after the call that started it.
        advance(30)
        deployment = newest_deployment(arn)
        if deployment["status"] not in UNFINISHED:
            return deployment
    raise AssertionError(f"the deployment does not end: {deployment}")


def create_and_wait(name: str, **more: Any) -> str:
    """The ARN of a new service whose first deployment succeeded."""
    arn = create(name, **more)["serviceArn"]
    status = wait_for_deployment(arn)["status"]
    assert status == "SUCCESSFUL", status
    return arn

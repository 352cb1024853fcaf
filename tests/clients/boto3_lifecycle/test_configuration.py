"""A configuration is read back as it was sent."""

from __future__ import annotations

import unittest
from typing import Any

from fixture import ACCOUNT, REGION, advance, describe, ecs, role, wait_for_deployment, create_and_wait

SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
CONTAINER: dict[str, Any] = {
    "image": "registry.example/shop:1",
    "containerPort": 8080,
    "awsLogsConfiguration": {"logGroup": "/shop", "logStreamPrefix": "web"},
    "repositoryCredentials": {"credentialsParameter": f"{SECRET}registry"},
    "command": ["serve", "--fast"],
    "environment": [{"name": "ZONE", "value": "b"}, {"name": "APP", "value": "shop"}],
    "secrets": [{"name": "TOKEN", "valueFrom": f"{SECRET}token"}, {"name": "KEY", "valueFrom": f"{SECRET}key"}],
}
SCALING = {
    "minTaskCount": 2,
    "maxTaskCount": 6,
    "autoScalingMetric": "REQUEST_COUNT_PER_TARGET",
    "autoScalingTargetValue": 900,
}
FULL: dict[str, Any] = {
    "serviceName": "full",
    "cluster": "team",
    "infrastructureRoleArn": role("infrastructure"),
    "executionRoleArn": role("execution"),
    "taskRoleArn": role("task"),
    "primaryContainer": CONTAINER,
    "healthCheckPath": "/healthz",
    "networkConfiguration": {"subnets": ["subnet-0a", "subnet-0b"], "securityGroups": ["sg-0a"]},
    "cpu": "512",
    "memory": "1024",
    "cpuArchitecture": "ARM64",
    "scalingTarget": SCALING,
    "tags": [{"key": "team", "value": "a"}],
}


def by_name(container: dict[str, Any]) -> dict[str, Any]:
    """The container as ECS returns it, with environment and secrets sorted by name."""
    return {
        **container,
        **{member: sorted(container[member], key=lambda entry: entry["name"]) for member in ("environment", "secrets")},
    }


class Configuration(unittest.TestCase):
    def active(self, arn: str) -> dict[str, Any]:
        (active,) = describe(arn)["activeConfigurations"]
        return active

    def test_a_full_configuration_is_read_back_as_it_was_sent(self) -> None:
        arn = ecs.create_express_gateway_service(**FULL)["service"]["serviceArn"]
        advance(10)
        active = self.active(arn)
        for member in (
            "executionRoleArn",
            "taskRoleArn",
            "healthCheckPath",
            "cpu",
            "memory",
            "cpuArchitecture",
            "scalingTarget",
        ):
            self.assertEqual(active[member], FULL[member], member)
        self.assertEqual(active["primaryContainer"], by_name(CONTAINER))
        self.assertEqual(active["networkConfiguration"]["subnets"], ["subnet-0a", "subnet-0b"])
        # ECS adds a managed group.
        self.assertIn("sg-0a", active["networkConfiguration"]["securityGroups"])
        self.assertEqual(describe(arn, include=("TAGS",))["tags"], FULL["tags"])

    def test_the_values_in_force_are_returned_where_none_was_sent(self) -> None:
        active = self.active(create_and_wait("bare"))
        self.assertEqual((active["cpu"], active["memory"], active["cpuArchitecture"]), ("1024", "2048", "X86_64"))
        self.assertEqual(active["healthCheckPath"], "/")
        self.assertEqual((active["primaryContainer"]["containerPort"], active["primaryContainer"]["command"]), (80, []))
        self.assertEqual(
            active["scalingTarget"],
            {"minTaskCount": 1, "maxTaskCount": 20, "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60},
        )

    def test_an_architecture_is_changed_and_kept_when_omitted(self) -> None:
        arn = create_and_wait("moved")
        for change, architecture in (({"cpuArchitecture": "ARM64"}, "ARM64"), ({"healthCheckPath": "/up"}, "ARM64")):
            answer = ecs.update_express_gateway_service(serviceArn=arn, **change)
            self.assertEqual(answer["service"]["targetConfiguration"]["cpuArchitecture"], architecture)
            self.assertEqual(wait_for_deployment(arn)["status"], "SUCCESSFUL")
            self.assertEqual(self.active(arn)["cpuArchitecture"], architecture)


if __name__ == "__main__":
    unittest.main()

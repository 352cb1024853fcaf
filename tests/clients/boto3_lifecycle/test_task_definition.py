"""A service that runs a given task definition."""

from __future__ import annotations

import unittest
from typing import Any

from fixture import describe, ecs, images, role, wait_for_deployment


def register(image: str) -> str:
    definition = ecs.register_task_definition(
        family="shop",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="512",
        memory="1024",
        executionRoleArn=role("execution"),
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        containerDefinitions=[
            {
                "name": "Main",
                "image": image,
                "portMappings": [{"name": "http", "containerPort": 8080, "protocol": "tcp"}],
                "environment": [{"name": "APP", "value": "shop"}],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "/shop", "awslogs-stream-prefix": "web"},
                },
            }
        ],
    )["taskDefinition"]
    return definition["taskDefinitionArn"]


def create(definition: str) -> str:
    return ecs.create_express_gateway_service(
        serviceName="defined", infrastructureRoleArn=role("infrastructure"), taskDefinitionArn=definition
    )["service"]["serviceArn"]


class TaskDefinition(unittest.TestCase):
    def active(self, arn: str) -> dict[str, Any]:
        self.assertEqual(wait_for_deployment(arn)["status"], "SUCCESSFUL")
        (active,) = describe(arn)["activeConfigurations"]
        return active

    def test_a_service_runs_what_was_registered_and_moves_to_the_next_revision(self) -> None:
        first, second = register("registry.example/shop:1"), register("registry.example/shop:2")
        self.assertEqual([arn.rpartition(":")[2] for arn in (first, second)], ["1", "2"])
        described = ecs.describe_task_definition(taskDefinition="shop")["taskDefinition"]
        self.assertEqual((described["taskDefinitionArn"], described["status"]), (second, "ACTIVE"))
        arn = create(first)
        active = self.active(arn)
        self.assertEqual((active["taskDefinitionArn"], active["cpuArchitecture"]), (first, "ARM64"))
        self.assertEqual(active["primaryContainer"]["containerPort"], 8080)
        ecs.update_express_gateway_service(serviceArn=arn, taskDefinitionArn=second)
        self.assertEqual(self.active(arn)["taskDefinitionArn"], second)
        self.assertEqual(images(arn), {"registry.example/shop:2"})
        self.force_new_deployment(arn)

    def force_new_deployment(self, arn: str) -> None:
        before = self.active(arn)
        service = ecs.update_service(service=arn, forceNewDeployment=True)["service"]
        self.assertEqual(service["serviceArn"], arn)
        after = self.active(arn)
        self.assertNotEqual(after["serviceRevisionArn"], before["serviceRevisionArn"])
        self.assertEqual(after["taskDefinitionArn"], before["taskDefinitionArn"])

    def test_members_of_a_task_definition_cannot_be_sent_beside_it(self) -> None:
        with self.assertRaises(ecs.exceptions.InvalidParameterException):
            ecs.create_express_gateway_service(
                serviceName="both",
                infrastructureRoleArn=role("infrastructure"),
                taskDefinitionArn=register("registry.example/shop:1"),
                cpuArchitecture="ARM64",
            )


if __name__ == "__main__":
    unittest.main()

"""Deployments that are rolled back or stopped."""

from __future__ import annotations

import unittest
from typing import Any

from fixture import advance, control, ecs, images, newest_deployment, wait_for_deployment, create_and_wait


def update(arn: str) -> None:
    ecs.update_express_gateway_service(serviceArn=arn, primaryContainer={"image": "registry.example/shop:2"})


class Rollback(unittest.TestCase):
    def rolled_back(self, name: str, outcome: str) -> dict[str, Any]:
        arn = create_and_wait(name)
        control("outcomes", {"service": name, "outcome": outcome, "reason": "too many errors"})
        update(arn)
        deployment = wait_for_deployment(arn)
        self.assertEqual(deployment["status"], "ROLLBACK_SUCCESSFUL")
        self.assertEqual(deployment["statusReason"], "too many errors")
        self.assertEqual(deployment["rollback"]["serviceRevisionArn"], deployment["sourceServiceRevisions"][0]["arn"])
        self.assertEqual(images(arn), {"registry.example/shop:1"})
        return deployment

    def test_the_circuit_breaker_restores_the_old_revision(self) -> None:
        deployment = self.rolled_back("broken", "RollBackByCircuitBreaker")
        self.assertEqual(deployment["deploymentCircuitBreaker"]["status"], "TRIGGERED")

    def test_an_alarm_restores_the_old_revision(self) -> None:
        deployment = self.rolled_back("alarming", "RollBackByAlarm")
        self.assertTrue(deployment["alarms"]["triggeredAlarmNames"])

    def test_a_deployment_that_is_stopped_rolls_back(self) -> None:
        arn = create_and_wait("stopped")
        update(arn)
        advance(60)
        deployment = newest_deployment(arn)["serviceDeploymentArn"]
        answer = ecs.stop_service_deployment(serviceDeploymentArn=deployment, stopType="ROLLBACK")
        self.assertEqual(answer["serviceDeploymentArn"], deployment)
        self.assertEqual(wait_for_deployment(arn)["status"], "ROLLBACK_SUCCESSFUL")
        self.assertEqual(images(arn), {"registry.example/shop:1"})
        with self.assertRaises(ecs.exceptions.ConflictException):
            ecs.stop_service_deployment(serviceDeploymentArn=deployment)

    def test_deployments_are_listed_by_status_and_time(self) -> None:
        arn = create_and_wait("listed")
        update(arn)
        advance(60)
        running = ecs.list_service_deployments(service=arn, status=["IN_PROGRESS"])["serviceDeployments"]
        self.assertEqual(len(running), 1)
        after = ecs.list_service_deployments(service=arn, createdAt={"after": running[0]["createdAt"]})[
            "serviceDeployments"
        ]
        self.assertLessEqual(len(after), 1)


if __name__ == "__main__":
    unittest.main()

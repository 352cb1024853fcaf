"""Deployments that are rolled back or stopped."""

from __future__ import annotations

import unittest
from datetime import timedelta
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

        def listed(**more: Any) -> list[str]:
            deployments = ecs.list_service_deployments(service=arn, **more)["serviceDeployments"]
            return [deployment["serviceDeploymentArn"] for deployment in deployments]

        update_arn, create_arn = listed()
        self.assertEqual(listed(status=["IN_PROGRESS"]), [update_arn])
        self.assertEqual(listed(status=["SUCCESSFUL"]), [create_arn])
        self.assertEqual(listed(status=["STOPPED"]), [])
        # boto3 sends whole seconds.
        began = newest_deployment(arn)["createdAt"]
        second = timedelta(seconds=1)
        self.assertEqual(listed(createdAt={"after": began - second}), [update_arn])
        self.assertEqual(listed(createdAt={"after": began + second}), [])
        self.assertEqual(listed(createdAt={"before": began - second}), [create_arn])
        self.assertEqual(listed(createdAt={"before": began + second}), [update_arn, create_arn])


if __name__ == "__main__":
    unittest.main()

"""The lifecycle of a service, from its creation to its deletion."""

from __future__ import annotations

import unittest

from fixture import (
    ACCOUNT,
    CLUSTER_ARN,
    REGION,
    advance,
    control,
    create,
    describe,
    ecs,
    images,
    newest_deployment,
    wait_for_deployment,
    create_and_wait,
)


class Life(unittest.TestCase):
    def test_from_create_to_inactive(self) -> None:
        arn = self.create()
        self.roll_out(arn)
        self.update(arn)
        self.tag(arn)
        self.list(arn)
        self.delete(arn)

    def create(self) -> str:
        service = create("shop")
        self.assertEqual(service["serviceArn"], f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/default/shop")
        self.assertEqual(service["status"]["statusCode"], "ACTIVE")
        self.assertNotIn("currentDeployment", service)
        return service["serviceArn"]

    def roll_out(self, arn: str) -> None:
        advance(3)
        self.assertEqual(describe(arn)["currentDeployment"], newest_deployment(arn)["serviceDeploymentArn"])
        deployment = wait_for_deployment(arn)
        self.assertEqual(deployment["status"], "SUCCESSFUL")
        service = describe(arn)
        self.assertNotIn("currentDeployment", service)
        (active,) = service["activeConfigurations"]
        self.assertEqual(active["serviceRevisionArn"], deployment["targetServiceRevision"]["arn"])
        self.assertTrue(active["ingressPaths"][0]["endpoint"].startswith("http"))
        self.look_at_revision(active["serviceRevisionArn"])

    def look_at_revision(self, arn: str) -> None:
        (revision,) = ecs.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
        managed = revision["ecsManagedResources"]
        self.assertEqual(managed["ingressPaths"][0]["loadBalancer"]["status"], "ACTIVE")
        self.assertEqual(managed["autoScaling"]["scalableTarget"]["status"], "ACTIVE")
        self.assertEqual(revision["containerImages"][0]["containerName"], "Main")

    def update(self, arn: str) -> None:
        answer = ecs.update_express_gateway_service(
            serviceArn=arn, primaryContainer={"image": "registry.example/shop:2"}, cpu="512", memory="1024"
        )
        target = answer["service"]["targetConfiguration"]
        self.assertEqual((target["cpu"], target["memory"]), ("512", "1024"))
        advance(60)
        self.assertEqual(images(arn), {"registry.example/shop:1", "registry.example/shop:2"})
        deployment = wait_for_deployment(arn)
        self.assertEqual(deployment["status"], "SUCCESSFUL")
        self.assertEqual(deployment["targetServiceRevision"]["arn"], target["serviceRevisionArn"])
        self.assertEqual(images(arn), {"registry.example/shop:2"})

    def tag(self, arn: str) -> None:
        ecs.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "a"}, {"key": "stage", "value": "live"}])
        ecs.untag_resource(resourceArn=arn, tagKeys=["stage"])
        self.assertEqual(ecs.list_tags_for_resource(resourceArn=arn)["tags"], [{"key": "team", "value": "a"}])
        self.assertEqual(describe(arn, include=("TAGS",))["tags"], [{"key": "team", "value": "a"}])
        self.assertFalse(describe(arn).get("tags"))

    def list(self, arn: str) -> None:
        pages = ecs.get_paginator("list_services").paginate(resourceManagementType="ECS")
        self.assertEqual([arn for page in pages for arn in page["serviceArns"]], [arn])
        (service,) = ecs.describe_services(services=[arn], include=["TAGS"])["services"]
        self.assertEqual(service["resourceManagementType"], "ECS")
        self.assertEqual(service["runningCount"], 1)
        ecs.get_waiter("services_stable").wait(services=[arn])

    def delete(self, arn: str) -> None:
        self.assertEqual(
            ecs.delete_express_gateway_service(serviceArn=arn)["service"]["status"]["statusCode"], "DRAINING"
        )
        self.assertEqual(ecs.list_services()["serviceArns"], [])
        with self.assertRaises(ecs.exceptions.ServiceNotActiveException):
            ecs.delete_express_gateway_service(serviceArn=arn)
        advance(120)
        self.assertEqual(describe(arn)["status"]["statusCode"], "INACTIVE")
        ecs.get_waiter("services_inactive").wait(services=[arn])
        advance(7200)
        with self.assertRaises(ecs.exceptions.ResourceNotFoundException):
            describe(arn)

    def test_pages_of_services_follow_each_other(self) -> None:
        control("changes", {"cluster": "paged", "exists": True})
        arns = {create(f"page-{number}", cluster="paged")["serviceArn"] for number in range(3)}
        pages = list(ecs.get_paginator("list_services").paginate(cluster="paged", PaginationConfig={"PageSize": 2}))
        self.assertEqual([len(page["serviceArns"]) for page in pages], [2, 1])
        self.assertEqual({arn for page in pages for arn in page["serviceArns"]}, arns)


class Clusters(unittest.TestCase):
    def test_a_cluster_is_described_and_a_missing_one_is_a_failure(self) -> None:
        create_and_wait("counted", cluster="team")
        answer = ecs.describe_clusters(clusters=["team", "absent"])
        (cluster,) = answer["clusters"]
        self.assertEqual((cluster["clusterArn"], cluster["status"]), (f"{CLUSTER_ARN}team", "ACTIVE"))
        self.assertGreaterEqual(cluster["activeServicesCount"], 1)
        self.assertEqual(
            [(failure["arn"], failure["reason"]) for failure in answer["failures"]],
            [(f"{CLUSTER_ARN}absent", "MISSING")],
        )


if __name__ == "__main__":
    unittest.main()

"""The identity of the caller: keys, an assumed role, and a web identity token."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import boto3
from fixture import ACCOUNT, role


def arn_of(session: boto3.Session) -> str:
    return session.client("sts").get_caller_identity()["Arn"]


class Identity(unittest.TestCase):
    def test_keys_belong_to_an_account(self) -> None:
        self.assertEqual(boto3.client("sts").get_caller_identity()["Account"], ACCOUNT)

    def test_an_assumed_role_acts_in_its_account(self) -> None:
        role_arn = "arn:aws:iam::210987654321:role/deployer"
        answer = boto3.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="scenario", DurationSeconds=900)
        credentials = answer["Credentials"]
        session = boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        self.assertEqual(arn_of(session), "arn:aws:sts::210987654321:assumed-role/deployer/scenario")
        self.assertEqual(session.client("ecs").list_clusters()["clusterArns"][0].split(":")[4], "210987654321")

    def test_a_web_identity_token_becomes_a_role_by_variables_alone(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            token = Path(directory, "token")
            token.write_text("header.payload.signature")
            web_identity = {
                "AWS_ROLE_ARN": role("workload"),
                "AWS_ROLE_SESSION_NAME": "pod",
                "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
            }
            others = {
                name: value
                for name, value in os.environ.items()
                if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
            }
            with mock.patch.dict(os.environ, {**others, **web_identity}, clear=True):
                self.assertEqual(arn_of(boto3.Session()), f"arn:aws:sts::{ACCOUNT}:assumed-role/workload/pod")


if __name__ == "__main__":
    unittest.main()

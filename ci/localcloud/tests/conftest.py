"""One paper cloud for the whole run; tests that restart or break it take their own."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from localcloud.models import MODELS

PROJECT = Path(__file__).resolve().parents[3]
LAUNCHER = PROJECT / "bin/localcloud"
TEMPLATES = Path(__file__).parent / "templates"


class Cloud:
    """A running local cloud and clients for it."""

    def __init__(self, home: Path):
        self.home = home
        self.description = json.loads((home / "cloud.json").read_text())
        self.environment = self.description["environment"]
        self.url = self.description["endpointUrl"]

    def client(self, service: str, region: str = "eu-central-1", **options: Any) -> Any:
        """Return a boto3 client with the cloud's own keys and no retries."""
        settings = {
            "region_name": region,
            "endpoint_url": self.url,
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
            "config": Config(
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
                connect_timeout=60,
                read_timeout=600,
            ),
        }
        return boto3.client(service, **(settings | options))

    def call(self, path: str, method: str = "GET", document: Any = None) -> Any:
        """Call the unauthenticated area and return its JSON."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.url + path, data=body, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or b"null")

    def requests(self) -> list[dict]:
        """Return the request log."""
        lines = (self.home / "requests.ndjson").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def set_transition(self, model: str, **transition: Any) -> None:
        """Set how fast a model changes state."""
        document = {"model_name": model, "transition": transition}
        self.call("/moto-api/state-manager/set-transition", "POST", document)


def run_localcloud(
    home: Path, *arguments: str, timeout_seconds: float = 900, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `bin/localcloud` for a home of its own."""
    settings = os.environ | {"DSS_LOCALCLOUD_HOME": str(home)} | environment
    return subprocess.run(
        [str(LAUNCHER), *arguments],
        env=settings,
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
        check=False,
    )


@pytest.fixture(scope="session")
def shared_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The run's one paper cloud, with the test templates deployed."""
    home = tmp_path_factory.mktemp("cloud")
    result = run_localcloud(
        home, "up", "--paper", DSS_LOCALCLOUD_TEMPLATES=str(TEMPLATES)
    )
    assert result.returncode == 0, result.stderr
    cloud = Cloud(home)
    # Each test looks at what it has just made.
    cloud.call("/localcloud/consistency", "POST", {"looks": 0})
    yield cloud
    assert run_localcloud(home, "down").returncode == 0


@pytest.fixture
def cloud(shared_cloud: Cloud) -> Iterator[Cloud]:
    """The shared cloud; faults and timing are put back after each test."""
    yield shared_cloud
    shared_cloud.call("/localcloud/faults", "DELETE")
    shared_cloud.call("/localcloud/instances", "DELETE")
    shared_cloud.call("/localcloud/exports", "DELETE")
    for model in MODELS:
        shared_cloud.call(
            "/moto-api/state-manager/unset-transition", "POST", {"model_name": model}
        )


@pytest.fixture
def launch(cloud: Cloud) -> Callable[..., dict]:
    """Launch one instance of the newest base image."""

    def launch(**options: Any) -> dict:
        ec2 = cloud.client("ec2")
        settings = {"ImageId": newest_base_image(ec2), "MinCount": 1, "MaxCount": 1}
        settings |= {"InstanceType": "t3.medium"}
        return ec2.run_instances(**(settings | options))["Instances"][0]

    return launch


def newest_base_image(ec2: Any) -> str:
    """Return the newest image that the shipped manifest's pattern matches."""
    images = ec2.describe_images(
        Owners=["099720109477"],
        Filters=[
            {
                "Name": "name",
                "Values": ["ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"],
            },
            {"Name": "architecture", "Values": ["x86_64"]},
        ],
    )["Images"]
    return max(images, key=lambda image: image["CreationDate"])["ImageId"]


# A trust policy's statement that lets nobody here begin a session.
OTHERS = {
    "Effect": "Allow",
    "Principal": {"Service": "ec2.amazonaws.com"},
    "Action": "sts:AssumeRole",
}


def make_export_role(cloud: Cloud, name: str, bucket: str) -> None:
    """Make a role that VM export may work with, into one bucket."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "vmie.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "vmimport"}},
    }
    writes = {
        "Effect": "Allow",
        "Action": ["s3:GetBucketLocation", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    iam = cloud.client("iam")
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    iam.put_role_policy(
        RoleName=name,
        PolicyName="export",
        PolicyDocument=policy(writes),
    )


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

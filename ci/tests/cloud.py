"""The paper cloud that the tests run against, and independent eyes (boto3) on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from localcloud.models import MODELS

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "bin/localcloud"
REGION = "eu-central-1"
BUCKET_STACK = "DATA-SCIENCE-SANDBOX-VM-Bucket"
IN_FLIGHT_SECONDS = 600
POLL_SECONDS = 0.02
# Every test has these of its own, to set how they behave and to see how they were called; the slow
# tier uses the real cloud's engine.
OWN_STAND_INS = {"DSS_ANSIBLE_RUNNER", "DSS_QEMU", "DSS_SSH_PORT", "DOCKER_HOST"}


class Cloud:
    """A local cloud that runs: its addresses, its request log, its switches."""

    def __init__(self, home: Path):
        self.home = home
        description = json.loads((home / "cloud.json").read_text())
        self.url: str = description["endpointUrl"]
        self.account: str = description["accountId"]
        variables: dict[str, str] = description["environment"]
        self.environment = {
            name: value
            for name, value in variables.items()
            if name not in OWN_STAND_INS
        }
        self.stand_ins = {
            name: variables[name] for name in OWN_STAND_INS & variables.keys()
        }
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a boto3 client with the cloud's own keys."""
        known = self._clients.get((service, region))
        if known is None:
            known = self._clients[service, region] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=self.environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self.environment["AWS_SECRET_ACCESS_KEY"],
                config=Config(
                    s3={"addressing_style": "path"},
                    connect_timeout=60,
                    read_timeout=600,
                ),
            )
            if service == "ec2":
                for moment in ("before-call", "after-call"):
                    known.meta.events.register(f"{moment}.ec2", self.see_all)
        return known

    def see_all(self, **_: Any) -> None:
        """Let EC2 show all that there is: a test's own looks are no race with its program."""
        self.call("/localcloud/consistency", "POST", {})

    def hide_new(self, looks: int, seed: int = 0) -> None:
        """Set how many looks may miss what EC2 has just made."""
        self.call("/localcloud/consistency", "POST", {"looks": looks, "seed": seed})

    def every(
        self, service: str, operation: str, region: str = REGION, **parameters: Any
    ) -> list[dict[str, Any]]:
        """Return what an operation lists, of all its pages."""
        paginator = self.client(service, region).get_paginator(operation)
        key = paginator.result_keys[0].expression
        pages = paginator.paginate(**parameters)
        return [thing for page in pages for thing in page.get(key, [])]

    def settle(self) -> None:
        """Wait until what a killed process asked for has had its effect.

        CloudFormation goes on with a deletion whoever died.
        """
        deadline = time.monotonic() + IN_FLIGHT_SECONDS
        while self.call("/localcloud/health")["requestsInFlight"] or any(
            stack["StackStatus"] == "DELETE_IN_PROGRESS"
            for stack in self.every("cloudformation", "describe_stacks")
        ):
            assert time.monotonic() < deadline, "a request is answered without end"
            time.sleep(POLL_SECONDS)

    def call(self, path: str, method: str = "GET", document: Any = None) -> Any:
        """Call the cloud's own, unauthenticated area."""
        body = None if document is None else json.dumps(document).encode()
        request = urllib.request.Request(self.url + path, data=body, method=method)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.loads(answer.read() or b"null")

    def add_faults(self, *rules: dict[str, Any]) -> None:
        """Let requests fail; see ci/localcloud/faults.py."""
        self.call("/localcloud/faults", "POST", list(rules))

    def unused_faults(self) -> list[dict[str, Any]]:
        """Return the rules that nothing has met yet."""
        return self.call("/localcloud/faults")

    def set_speed(self, model: str, **transition: Any) -> None:
        """Set how fast one kind of thing changes its state."""
        document = {"model_name": model, "transition": transition}
        self.call("/moto-api/state-manager/set-transition", "POST", document)

    def set_instances_address(self, **address: Any) -> None:
        """Say where new paper instances are to be found."""
        self.call("/localcloud/instances", "POST", address)

    def set_quota(self, code: str, value: float) -> None:
        """Set one of the account's EC2 quotas."""
        self.call("/localcloud/quotas", "POST", {code: value})

    def hold_exports(self) -> None:
        """Let export tasks that begin from now on stand still until they are let go."""
        self.call("/localcloud/exports", "POST", {"hold": True})

    def release_exports(self, *tasks: str) -> None:
        """Let export tasks go on; without any, all of them and those that come."""
        document = (
            {"release": list(tasks)} if tasks else {"hold": False, "release": True}
        )
        self.call("/localcloud/exports", "POST", document)

    def limit_exports(self, count: int) -> None:
        """Set how many export tasks the region takes at once."""
        self.call("/localcloud/exports", "POST", {"limit": count})

    def import_source_credential(self) -> None:
        """Give CodeBuild a credential for GitHub, as is done once for each account."""
        self.client("codebuild").import_source_credentials(
            token="ghp_of-nobody",
            serverType="GITHUB",
            authType="PERSONAL_ACCESS_TOKEN",
        )

    def forget_source_credentials(self) -> None:
        """Take CodeBuild's credentials for sources away."""
        client = self.client("codebuild")
        for known in client.list_source_credentials()["sourceCredentialsInfos"]:
            client.delete_source_credentials(arn=known["arn"])

    def hold_builds(self) -> None:
        """Let CodeBuild's builds stay where they are until they are led on."""
        self.call("/localcloud/builds", "POST", {"hold": True})

    def lead_build(self, build_id: str, phase: str | None = None, **how: Any) -> None:
        """Lead a build to a phase, write to its log; see ci/localcloud/emulation/codebuild/builds.py."""
        document = {"id": build_id, **({"phase": phase} if phase else {}), **how}
        self.call("/localcloud/builds", "POST", document)

    def restore(self) -> None:
        """Undo what a test switched; the normal speed is the highest."""
        self.call("/localcloud/builds", "DELETE")
        self.call("/localcloud/consistency", "DELETE")
        self.call("/localcloud/exports", "DELETE")
        self.call("/localcloud/quotas", "DELETE")
        self.call("/localcloud/faults", "DELETE")
        self.call("/localcloud/capacity", "DELETE")
        self.call("/localcloud/tag-policy", "DELETE")
        self.call("/localcloud/instances", "DELETE")
        for model in MODELS:
            self.set_speed(model, progression="immediate")

    def mark(self) -> int:
        """Return the present end of the request log, behind its last whole line."""
        return (self.home / "requests.ndjson").read_bytes().rfind(b"\n") + 1

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """Return the requests logged after a mark."""
        with (self.home / "requests.ndjson").open("rb") as file:
            file.seek(since)
            # The cloud may be writing a line just now.
            lines = file.read().rpartition(b"\n")[0].splitlines()
        return [json.loads(line) for line in lines]

    def operations(self, since: int, kind: str | None = None) -> list[str]:
        """Return the operations since a mark, all or of one class, such as `creating`."""
        return [
            request["operation"]
            for request in self.requests(since)
            if kind is None or request["class"] == kind
        ]

    @property
    def bucket(self) -> str:
        """The bucket of the images."""
        return bucket_outputs(self)["VMBucketId"]


@cache
def bucket_outputs(cloud: Cloud) -> dict[str, str]:
    """Return what the permanent stack of the image bucket gives to others."""
    stacks = cloud.client("cloudformation").describe_stacks(StackName=BUCKET_STACK)[
        "Stacks"
    ]
    return {o["OutputKey"]: o["OutputValue"] for o in stacks[0]["Outputs"]}


class AssetView:
    """What boto3 finds in the cloud that belongs to one asset id."""

    def __init__(self, cloud: Cloud, asset_id: str):
        self._cloud = cloud
        self._filter = [{"Name": "tag:exa_dss_id", "Values": [asset_id]}]
        self.asset_id = asset_id

    def images(self) -> list[dict[str, Any]]:
        """Its AMIs."""
        return self._every("describe_images", Owners=["self"])

    def snapshots(self) -> list[dict[str, Any]]:
        """Its snapshots."""
        return self._every("describe_snapshots", OwnerIds=["self"])

    def key_pairs(self) -> list[dict[str, Any]]:
        """Its key pairs."""
        pairs = self._cloud.client("ec2").describe_key_pairs()["KeyPairs"]
        return [pair for pair in pairs if self._is_mine(pair.get("Tags", []))]

    def instances(self) -> list[dict[str, Any]]:
        """Its instances that are not terminated."""
        return [
            instance
            for reservation in self._every("describe_instances")
            for instance in reservation["Instances"]
            if instance["State"]["Name"] != "terminated"
        ]

    def stacks(self) -> list[dict[str, Any]]:
        """Its stacks that are not deleted."""
        return [
            stack
            for stack in self._cloud.every("cloudformation", "describe_stacks")
            if stack["StackName"].startswith("EC2-")
            and self._is_mine(stack.get("Tags", []))
        ]

    def security_groups(self) -> list[dict[str, Any]]:
        """Its security groups."""
        return self._every("describe_security_groups")

    def export_tasks(self) -> list[dict[str, Any]]:
        """Its export tasks, whatever became of them."""
        return self._every("describe_export_image_tasks")

    def objects(self, prefix: str = "data_science_sandbox") -> dict[str, int]:
        """Sizes of its objects in the image bucket, by key."""
        place = {"Bucket": self._cloud.bucket, "Prefix": f"{prefix}/{self.asset_id}/"}
        found = self._cloud.every("s3", "list_objects_v2", **place)
        return {item["Key"]: item["Size"] for item in found}

    def exported(self, prefix: str = "data_science_sandbox") -> dict[str, int]:
        """Sizes of its disk images, by key: its objects without inventory and SBOM."""
        sizes = self.objects(prefix)
        return {key: size for key, size in sizes.items() if not key.endswith(".json")}

    def uploads(self) -> list[dict[str, Any]]:
        """Multipart uploads that nobody finished."""
        return [
            upload
            for upload in self._cloud.every(
                "s3", "list_multipart_uploads", Bucket=self._cloud.bucket
            )
            if f"/{self.asset_id}/" in upload["Key"]
        ]

    def assert_nothing_runs(self) -> None:
        """Assert that the asset has nothing that costs money by running."""
        assert self.instances() == []
        assert self.stacks() == []
        assert self.key_pairs() == []
        assert self.security_groups() == []
        assert self.uploads() == []

    def _every(self, operation: str, **parameters: Any) -> list[dict[str, Any]]:
        return self._cloud.every("ec2", operation, Filters=self._filter, **parameters)

    def _is_mine(self, tags: list[dict[str, str]]) -> bool:
        return {"Key": "exa_dss_id", "Value": self.asset_id} in tags


def control(home: Path, *arguments: str, timeout_seconds: float = 1800) -> str:
    """Run `bin/localcloud` for a home and return what it printed."""
    environment = os.environ | {
        "DSS_LOCALCLOUD_HOME": str(home),
        "DSS_PYTHON": sys.executable,
    }
    result = subprocess.run(
        [str(LAUNCHER), *arguments],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout_seconds,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout

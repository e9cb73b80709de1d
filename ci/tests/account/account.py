"""An account of AWS through boto3: who it is, and what it holds of a trial."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

FIREWALL_REGION = "us-east-1"
GONE = {"terminated", "shutting-down"}
# Operation, what it lists, what names one of them.
KINDS = (
    ("describe_images", "Images", "ImageId"),
    ("describe_snapshots", "Snapshots", "SnapshotId"),
    ("describe_volumes", "Volumes", "VolumeId"),
    ("describe_security_groups", "SecurityGroups", "GroupId"),
)


@dataclass
class Account:
    """What a profile of the AWS configuration files leads to."""

    profile: str
    region: str
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str | None = None) -> Any:
        """Return a client with the profile's credentials and endpoint."""
        place = (service, region or self.region)
        if place not in self._clients:
            session = boto3.Session(profile_name=self.profile)
            self._clients[place] = session.client(service, region_name=place[1])
        return self._clients[place]

    @property
    def number(self) -> str:
        """The account's twelve digits."""
        return self.client("sts").get_caller_identity()["Account"]

    @property
    def is_of_aws(self) -> bool:
        """Whether the endpoints are AWS's own, so that what is public can be asked for."""
        return ".amazonaws." in self.client("sts").meta.endpoint_url

    def stack(self, name: str, region: str | None = None) -> dict[str, Any] | None:
        """Return a stack; None where there is none."""
        try:
            answer = self.client("cloudformation", region).describe_stacks(
                StackName=name
            )
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return answer["Stacks"][0]

    def tagged(self, asset_id: str) -> set[str]:
        """Return what EC2 holds with an asset's tag, but for machines that have ended."""
        # `describe_tags` would go on showing what has just been removed.
        wanted = [{"Name": "tag:exa_dss_id", "Values": [asset_id]}]
        found = set()
        for operation, kind, name in KINDS:
            pages = self.client("ec2").get_paginator(operation).paginate(Filters=wanted)
            found |= {thing[name] for page in pages for thing in page[kind]}
        machines = self.client("ec2").get_paginator("describe_instances")
        for page in machines.paginate(Filters=wanted):
            for reservation in page["Reservations"]:
                for machine in reservation["Instances"]:
                    if machine["State"]["Name"] not in GONE:
                        found.add(machine["InstanceId"])
        pairs = self.client("ec2").describe_key_pairs(Filters=wanted)["KeyPairs"]
        return found | {pair["KeyName"] for pair in pairs}

"""Exports that somebody else works on in the same account."""

from __future__ import annotations

import secrets
from typing import Any

from .cloud import BUCKET_STACK, Cloud

BASE_OWNER = "099720109477"


class ForeignExports:
    """Export tasks that boto3 starts, and that stand still until a test lets them go."""

    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self._ec2 = cloud.client("ec2")
        self._images: list[str] = []

    def start(self, image_id: str | None = None, format: str = "RAW") -> str:
        """Start one, of an image of its own where none is named; return the task's id."""
        outputs = self._cloud.client("cloudformation").describe_stacks(
            StackName=BUCKET_STACK
        )["Stacks"][0]["Outputs"]
        known = {o["OutputKey"]: o["OutputValue"] for o in outputs}
        self._cloud.hold_exports()
        task = self._ec2.export_image(
            ImageId=image_id or self.make_image(),
            DiskImageFormat=format,
            S3ExportLocation={"S3Bucket": known["VMBucketId"], "S3Prefix": "foreign/"},
            RoleName=known["VMExportRoleId"],
        )["ExportImageTaskId"]
        self._cloud.call("/localcloud/exports", "POST", {"hold": False})
        return task

    def end(self) -> None:
        """Let all go, and remove the images."""
        self._cloud.release_exports()
        self._ec2.describe_export_image_tasks()
        mine = [{"Name": "image-id", "Values": self._images}]
        for image in self._ec2.describe_images(Filters=mine)["Images"]:
            self._ec2.deregister_image(ImageId=image["ImageId"])
        self._images.clear()

    def make_image(self) -> str:
        """Make an image that a machine can be started from, and that `end` removes."""
        base: list[dict[str, Any]] = self._cloud.every(
            "ec2", "describe_images", Owners=[BASE_OWNER]
        )
        machine = self._ec2.run_instances(
            ImageId=max(base, key=lambda image: image["CreationDate"])["ImageId"],
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.medium",
        )["Instances"][0]["InstanceId"]
        image = self._ec2.create_image(
            InstanceId=machine, Name=f"foreign-{secrets.token_hex(6)}"
        )["ImageId"]
        self._ec2.terminate_instances(InstanceIds=[machine])
        self._ec2.describe_images(ImageIds=[image])
        self._images.append(image)
        return image

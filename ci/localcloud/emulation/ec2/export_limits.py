"""How many exports there may be at once, and which images and buckets they take.

Source: https://docs.aws.amazon.com/vm-import/latest/userguide/limits-image-export.html
The code and the words of a refused limit: GoogleCloudPlatform/compute-image-import, PR 29.
`NotExportable` is what marketplace images are answered: https://github.com/aws/aws-sdk/issues/203.
That other images are answered the same is a guess, and so are the words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

from localcloud.answers import Answer, json_answer
from localcloud.emulation.ec2.encryption import is_encrypted
from localcloud.emulation.ec2.images import base_image_id, root_size_gib
from localcloud.emulation.iam.permissions import distrust_of_service, refusal_of_service
from localcloud.rules import rule

# Whom VM export acts as, and what it always says who it is with.
EXPORT_SERVICE, EXTERNAL_ID = "vmie.amazonaws.com", "vmimport"
IMAGE_LIMIT = 1
REGION_LIMIT = 5
# What support raises the region's limit to.
HIGHEST_REGION_LIMIT = 20
LARGEST_VOLUME_GIB = 1024
EXTENSIONS = {"VMDK": "vmdk", "RAW": "raw", "VHD": "vhd"}


class Switches:
    """What a test sets: the region's limit, which tasks stand still, which boot modes go."""

    def __init__(self) -> None:
        self.region_limit = REGION_LIMIT
        self.refuses_hybrid = False
        self.holds_new_tasks = False
        self.held: set[str] = set()

    def answer(self, method: str, body: bytes) -> Answer:
        """Answer `/localcloud/exports`.

        POST sets `limit`, lets new tasks stand still (`hold`), or lets go of some (`release`,
        a list of ids) or of all (`release`: true), or refuses what boots by BIOS and UEFI both
        (`refuseHybrid`); DELETE restores all.
        """
        if method == "DELETE":
            self.__init__()
        elif method == "POST":
            try:
                self._change(json.loads(body))
            except (ValueError, AttributeError, TypeError) as error:
                return json_answer(400, {"error": str(error)})
        return json_answer(
            200,
            {
                "limit": self.region_limit,
                "hold": self.holds_new_tasks,
                "held": sorted(self.held),
                "refuseHybrid": self.refuses_hybrid,
            },
        )

    def _change(self, wanted: dict[str, Any]) -> None:
        known = {"limit", "hold", "release", "refuseHybrid"}
        if unknown := sorted(wanted.keys() - known):
            raise ValueError(f"unknown field `{unknown[0]}`")
        limit = wanted.get("limit", self.region_limit)
        if not 1 <= limit <= HIGHEST_REGION_LIMIT:
            raise ValueError(f"`limit` is from 1 to {HIGHEST_REGION_LIMIT}")
        self.region_limit = limit
        self.holds_new_tasks = bool(wanted.get("hold", self.holds_new_tasks))
        self.refuses_hybrid = bool(wanted.get("refuseHybrid", self.refuses_hybrid))
        released = wanted.get("release", [])
        self.held -= self.held if released is True else set(released)


switches = Switches()


@rule("1", "2")
def check_room(active: Iterable[Any], image_id: str) -> None:
    """Refuse a further task where the image or the region has as many as it may."""
    tasks = list(active)
    of_image = sum(task.image.id == image_id for task in tasks)
    for count, limit in (
        (of_image, IMAGE_LIMIT),
        (len(tasks), switches.region_limit),
    ):
        if count >= limit:
            raise EC2ClientError(
                "ResourceCountExceeded",
                f"You already reached the maximum limit ({limit}) of active export image "
                "tasks",
            )


@rule("1c", "22", "23")
def check_exportable(response: Any, image: Any, location: dict) -> None:
    """Refuse what EC2 does not export, and where it does not export to."""
    disk_format = response._get_param("DiskImageFormat")
    if disk_format not in EXTENSIONS:
        raise EC2ClientError(
            "InvalidParameter", f"The disk image format {disk_format} is not supported."
        )
    _check_bucket(response, location.get("S3Bucket"))
    role = response._get_param("RoleName") or "vmimport"
    roles = iam_backends[response.ec2_backend.account_id]["aws"].roles.values()
    known = next((known for known in roles if known.name == role), None)
    if known is None or _export_refusal(response, known.arn, location):
        raise EC2ClientError(
            "InvalidParameter",
            f"The service role {role} provided does not exist or does not have "
            "sufficient permissions",
        )
    _check_image(response.ec2_backend, image)


@rule("permissions")
def _export_refusal(response: Any, role: str, location: dict) -> str | None:
    """Return why VM export cannot work with a role; which permissions it tries is a guess."""
    backend = response.ec2_backend
    source = (
        f"arn:aws:vmie:{backend.region_name}:{backend.account_id}:export-image-task"
    )
    bucket = f"arn:aws:s3:::{location.get('S3Bucket')}"
    key = f"{bucket}/{location.get('S3Prefix') or ''}export"
    return (
        distrust_of_service(role, EXPORT_SERVICE, source, EXTERNAL_ID)
        or refusal_of_service(role, ["s3:GetBucketLocation"], bucket)
        or refusal_of_service(role, ["s3:PutObject"], key)
    )


def _check_bucket(response: Any, name: str | None) -> None:
    backend = response.ec2_backend
    bucket = s3_backends[backend.account_id]["aws"].buckets.get(name)
    if bucket is None:
        raise EC2ClientError(
            "InvalidParameter",
            f"The given S3 bucket {name} does not exist or is not accessible",
        )
    if bucket.region_name != backend.region_name:
        raise EC2ClientError(
            "InvalidParameter",
            f"The given S3 bucket {name} is not local to the region",
        )
    setting = (bucket.encryption or {}).get("Rule", {})
    setting = setting[0] if isinstance(setting, list) else setting
    default = setting.get("ApplyServerSideEncryptionByDefault", {})
    if default.get("SSEAlgorithm", "AES256") != "AES256":
        raise EC2ClientError(
            "InvalidParameter",
            f"The given S3 bucket {name} is encrypted with a key of AWS KMS, which is not "
            "supported",
        )


def _check_image(backend: Any, image: Any) -> None:
    if is_encrypted(image):
        raise EC2ClientError(
            "NotExportable", f"The image {image.id} has an encrypted snapshot."
        )
    if image.owner_id != backend.account_id or image.product_codes:
        raise EC2ClientError(
            "NotExportable", f"The image ID provided ({image.id}) is not exportable."
        )
    if image.state != "available":
        raise EC2ClientError("IncorrectState", f"The image {image.id} is not available")
    if root_size_gib(image) > LARGEST_VOLUME_GIB:
        raise EC2ClientError(
            "NotExportable",
            f"The image {image.id} has a volume that is larger than 1 TiB.",
        )
    if switches.refuses_hybrid and image.boot_mode == "uefi-preferred":
        raise EC2ClientError(
            "NotExportable",
            f"The image {image.id} boots by BIOS and UEFI, which is not supported.",
        )
    base = base_image_id(image)
    regions = ec2_backends[backend.account_id].values()
    if base and not any(base in region.amis for region in regions):
        raise EC2ClientError(
            "NotExportable",
            f"The image {image.id} was made of {base}, which does not exist any more.",
        )

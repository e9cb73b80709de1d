"""ExportImage, DescribeExportImageTasks and CancelExportTask, which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.iam.models import iam_backends
from moto.moto_api._internal import mock_random

from localcloud import runtime
from localcloud.emulation import storage
from localcloud.emulation.images import is_encrypted, tags_for
from localcloud.emulation.patching import operation, paged

EXTENSIONS = {"VMDK": "vmdk", "RAW": "raw", "VHD": "vhd"}


class ExportImageTask(TaggedEC2Resource):
    """One export of an image to S3."""

    def __init__(self, response: Any, image: Any, location: dict):
        self.ec2_backend = response.ec2_backend
        self.account_id = response.ec2_backend.account_id
        self.id = "export-ami-" + mock_random.get_random_hex(17)
        self.image = image
        self.disk_format = response._get_param("DiskImageFormat")
        self.bucket = location["S3Bucket"]
        self.prefix = location.get("S3Prefix") or ""
        self.key = f"{self.prefix}{self.id}.{EXTENSIONS[self.disk_format]}"
        self.role_name = response._get_param("RoleName") or "vmimport"
        self.description = response._get_param("Description")
        self.client_token = response._get_param("ClientToken")
        self.add_tags(tags_for(response, "export-image-task"))
        failure = runtime.current().faults.take_outcome("fail-export")
        self.progress = runtime.current().machines.export(self, failure)

    def view(self) -> dict[str, Any]:
        """Return the task as EC2 describes it."""
        status, message, percent = self.progress.view()
        fields = {
            "ExportImageTaskId": self.id,
            "ImageId": self.image.id,
            "Description": self.description,
            "S3ExportLocation": {"S3Bucket": self.bucket, "S3Prefix": self.prefix},
            "Status": status,
            "StatusMessage": message or None,
            "Progress": percent or None,
            "Tags": [
                {"Key": tag["key"], "Value": tag["value"]} for tag in self.get_tags()
            ],
        }
        return {name: value for name, value in fields.items() if value is not None}

    def has_tags(self, filters: dict[str, list[str]]) -> bool:
        """Return whether the task passes `tag:…` filters."""
        tags = {f"tag:{tag['key']}": tag["value"] for tag in self.get_tags()}
        return all(tags.get(name) in values for name, values in filters.items())


def _tasks(backend: Any) -> dict[str, ExportImageTask]:
    return backend.__dict__.setdefault("localcloud_export_tasks", {})


@operation(EC2Response)
def export_image(self: Any) -> ActionResult:
    """ExportImage: begins a task; the same client token gives the same task."""
    backend, token = self.ec2_backend, self._get_param("ClientToken")
    for task in _tasks(backend).values():
        if token and task.client_token == token:
            return ActionResult(_created(task))
    location = self._get_param("S3ExportLocation") or {}
    image = backend.describe_images(ami_ids=[self._get_param("ImageId")])[0]
    _check_exportable(self, image, location)
    self.error_on_dryrun()
    task = ExportImageTask(self, image, location)
    _tasks(backend)[task.id] = task
    return ActionResult(_created(task))


def _created(task: ExportImageTask) -> dict[str, Any]:
    return task.view() | {
        "DiskImageFormat": task.disk_format,
        "RoleName": task.role_name,
    }


def _check_exportable(response: Any, image: Any, location: dict) -> None:
    backend = response.ec2_backend
    disk_format = response._get_param("DiskImageFormat")
    if disk_format not in EXTENSIONS:
        raise EC2ClientError(
            "InvalidParameter", f"The disk image format {disk_format} is not supported."
        )
    bucket = location.get("S3Bucket")
    if not storage.has_bucket(backend.account_id, bucket):
        raise EC2ClientError(
            "InvalidParameter",
            f"The given S3 bucket {bucket} does not exist or is not accessible",
        )
    role = response._get_param("RoleName") or "vmimport"
    roles = iam_backends[backend.account_id]["aws"].roles.values()
    if role not in {known.name for known in roles}:
        raise EC2ClientError(
            "InvalidParameter",
            f"The service role {role} provided does not exist or does not have "
            "sufficient permissions",
        )
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


@operation(EC2Response)
def describe_export_image_tasks(self: Any) -> ActionResult:
    """DescribeExportImageTasks, in pages; each look lets paper exports move on."""
    tasks = _tasks(self.ec2_backend)
    wanted = self._get_param("ExportImageTaskIds", [])
    for task_id in wanted:
        if task_id not in tasks:
            raise EC2ClientError(
                "InvalidExportTaskID.NotFound",
                f"The export task ID '{task_id}' does not exist",
            )
    filters = self._filters_from_querystring()
    chosen = [
        t
        for t in tasks.values()
        if (not wanted or t.id in wanted) and t.has_tags(filters)
    ]
    for task in chosen:
        task.progress.look()
    return paged(self, "ExportImageTasks", [task.view() for task in chosen])


@operation(EC2Response)
def cancel_export_task(self: Any) -> ActionResult:
    """CancelExportTask: nothing is written any more."""
    task = _tasks(self.ec2_backend).get(self._get_param("ExportTaskId"))
    if task is None:
        raise EC2ClientError(
            "InvalidExportTaskID.NotFound", "The export task ID does not exist"
        )
    task.progress.cancel()
    return ActionResult({})

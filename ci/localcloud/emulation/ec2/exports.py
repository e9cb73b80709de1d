"""ExportImage, DescribeExportImageTasks and CancelExportTask, which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from localcloud import runtime
from localcloud.emulation.ec2.consistency import not_found, seen, visibility
from localcloud.emulation.ec2.export_limits import (
    EXTENSIONS,
    check_exportable,
    check_room,
    switches,
)
from localcloud.emulation.ec2.images import tags_for
from localcloud.emulation.idempotency import check_repetition, fields_of
from localcloud.emulation.patching import operation, paged


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
        self.request_fields = fields_of(response)
        self.add_tags(tags_for(response, "export-image-task"))
        failure = runtime.current().faults.take_outcome("fail-export")
        self.progress = runtime.current().machines.export(self, failure)
        if switches.holds_new_tasks:
            switches.held.add(self.id)

    @property
    def is_active(self) -> bool:
        """Whether it counts against the limits."""
        return self._state()[0] == "active"

    def look(self) -> None:
        """Count one look at it."""
        if self.id not in switches.held:
            self.progress.look()

    def cancel(self) -> None:
        """Stop it, held or not."""
        switches.held.discard(self.id)
        self.progress.cancel()

    def _state(self) -> tuple[str, str, str]:
        if self.id in switches.held:
            return "active", "pending", "5"
        return self.progress.view()

    def view(self) -> dict[str, Any]:
        """Return the task as EC2 describes it."""
        status, message, percent = self._state()
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
            check_repetition(self, task.request_fields)
            return ActionResult(_created(task))
    location = self._get_param("S3ExportLocation") or {}
    image = backend.describe_images(ami_ids=[self._get_param("ImageId")])[0]
    check_exportable(self, image, location)
    self.error_on_dryrun()
    check_room((t for t in _tasks(backend).values() if t.is_active), image.id)
    task = ExportImageTask(self, image, location)
    _tasks(backend)[task.id] = task
    visibility.made("export-image-task", task.id)
    return ActionResult(_created(task))


def _created(task: ExportImageTask) -> dict[str, Any]:
    return task.view() | {
        "DiskImageFormat": task.disk_format,
        "RoleName": task.role_name,
    }


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
    missing = not_found(
        "InvalidExportTaskID.NotFound", "The export task ID '{}' does not exist"
    )
    chosen = seen(chosen, wanted, missing)
    for task in chosen:
        task.look()
    return paged(self, "ExportImageTasks", [task.view() for task in chosen])


@operation(EC2Response)
def cancel_export_task(self: Any) -> ActionResult:
    """CancelExportTask: nothing is written any more."""
    task = _tasks(self.ec2_backend).get(self._get_param("ExportTaskId"))
    if task is None:
        raise EC2ClientError(
            "InvalidExportTaskID.NotFound", "The export task ID does not exist"
        )
    task.cancel()
    return ActionResult({})

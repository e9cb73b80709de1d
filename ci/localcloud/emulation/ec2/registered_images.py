"""RegisterImage: one more image of a snapshot that another image has, usable at once.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

from localcloud import runtime
from localcloud.emulation.ec2.consistency import visibility
from localcloud.emulation.ec2.images import (
    base_image_id,
    check_name_is_free,
    finish_record,
    root_size_gib,
    tags_for,
)
from localcloud.emulation.patching import operation

BOOT_MODES = ("legacy-bios", "uefi", "uefi-preferred")


@operation(EC2Response)
def register_image(self: Any) -> ActionResult:
    """RegisterImage; a snapshot of no image boots nothing here, and is one all the same."""
    backend, name = self.ec2_backend, self._get_param("Name")
    snapshot = _snapshot(backend, _root_snapshot(self))
    source = _image_of(backend, snapshot)
    boot_mode = self._get_param("BootMode")
    if boot_mode not in (None, *BOOT_MODES):
        raise EC2ClientError(
            "InvalidParameterValue", f"Value ({boot_mode}) for parameter bootMode"
        )
    self.error_on_dryrun()
    check_name_is_free(backend, name)
    image = backend.register_image(name, self._get_param("Description"))
    # moto gives each image a snapshot of its own.
    backend.snapshots.pop(image.ebs_snapshot.id)
    image.ebs_snapshot = snapshot
    image.localcloud_encrypted = bool(snapshot.encrypted)
    if source is not None:
        image.localcloud_base_id = base_image_id(source)
        image.product_codes = list(source.product_codes)
    # EC2's defaults are `i386` and `paravirtual`.
    image.architecture = self._get_param("Architecture") or "i386"
    image.root_device_name = self._get_param("RootDeviceName") or "/dev/sda1"
    size_gib = root_size_gib(source) if source else int(snapshot.volume.size)
    finish_record(image, size_gib)
    image.virtualization_type = self._get_param("VirtualizationType") or "paravirtual"
    image.boot_mode = boot_mode
    image.add_tags(tags_for(self, "image"))
    visibility.made("image", image.id)
    if source is not None:
        runtime.current().machines.copy_image(image, source)
    # Nothing is written, so there is nothing to wait for.
    image.state = "available"
    return ActionResult({"ImageId": image.id})


def _root_snapshot(response: Any) -> str | None:
    root = response._get_param("RootDeviceName")
    for device in response._get_param("BlockDeviceMappings", []):
        if device.get("DeviceName") == root:
            return (device.get("Ebs") or {}).get("SnapshotId")
    raise EC2ClientError(
        "InvalidBlockDeviceMapping", f"Root device name {root} is not mapped"
    )


def _snapshot(backend: Any, snapshot_id: str | None) -> Any:
    if snapshot_id not in backend.snapshots:
        raise EC2ClientError(
            "InvalidSnapshot.NotFound", f"The snapshot '{snapshot_id}' does not exist."
        )
    return backend.snapshots[snapshot_id]


def _image_of(backend: Any, snapshot: Any) -> Any:
    images = backend.amis.values()
    return next((i for i in images if i.ebs_snapshot is snapshot), None)

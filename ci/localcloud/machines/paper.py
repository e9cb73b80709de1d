"""Paper mode: instances are records, and disks a few recognisable bytes."""

from __future__ import annotations

import json
import os
from typing import Any

from localcloud.answers import Answer, json_answer
from localcloud.emulation.s3 import storage
from localcloud.emulation.transitions import EXPORT_TASK, IMAGE, Transition
from localcloud.faults import FaultRule

DEFAULT_DISK_BYTES = 11 << 20
EXPORT_STEPS = {
    "validating": "10",
    "converting": "40",
    "updating": "85",
    "completed": "100",
}

# The first and last bytes that tell the formats apart.
MAGIC = {
    "VMDK": (b"KDMV\x01\0\0\0", b""),
    "VHD": (b"conectix", b"conectix" + b"\0" * 504),
    "RAW": (b"\xeb\x63\x90" + b"\0" * 507 + b"\x55\xaa", b""),
}


def paper_disk(disk_format: str, identity: str) -> bytes:
    """Return a disk's worth of bytes that name their format and image."""
    size_bytes = int(os.environ.get("DSS_LOCALCLOUD_IMAGE_BYTES", DEFAULT_DISK_BYTES))
    head, tail = MAGIC[disk_format]
    head += identity.encode()
    return head + b"\0" * max(0, size_bytes - len(head) - len(tail)) + tail


class PaperExport:
    """An export whose steps go by with time or looks, and whose disk is paper."""

    def __init__(self, task: Any, failure: FaultRule | None):
        self._task = task
        self._failure = failure
        self._steps = Transition(EXPORT_TASK, *EXPORT_STEPS)
        self._end: tuple[str, str, str] | None = None

    def look(self) -> None:
        """Count one look."""
        self._steps.advance()

    def view(self) -> tuple[str, str, str]:
        """Return (status, message, percent), writing the object when the last step is reached."""
        if self._end is None:
            step = self._steps.status or ""
            if step != "completed":
                return "active", step, EXPORT_STEPS[step]
            if self._failure is not None:
                self._end = ("deleted", self._failure.message, "")
            else:
                disk = paper_disk(self._task.disk_format, self._task.image.id)
                storage.put_bytes(
                    self._task.account_id, self._task.bucket, self._task.key, disk
                )
                self._end = ("completed", "", "")
        return self._end

    def cancel(self) -> None:
        """End it unwritten."""
        if self._end is None:
            self._end = ("deleted", "Task was cancelled by the user", "")


class PaperMachines:
    """Instances that run at once; what answers in their place stands in `localcloud.paper`."""

    mode = "paper"

    def __init__(self) -> None:
        self._address = {
            "publicIp": "127.0.0.1",
            "publicDnsName": "127.0.0.1",
        }

    def answer_instances(self, method: str, body: bytes) -> Answer:
        """Let a test say where new instances are to be found (`/localcloud/instances`)."""
        if method == "DELETE":
            self.__init__()
        elif method == "POST":
            try:
                wanted = json.loads(body)
                if unknown := sorted(wanted.keys() - self._address.keys()):
                    raise ValueError(f"unknown field `{unknown[0]}`")
            except (ValueError, AttributeError) as error:
                return json_answer(400, {"error": str(error)})
            self._address |= wanted
        return json_answer(200, self._address)

    def launch(self, instance: Any) -> None:
        """Run it at once, at the address set for new instances."""
        instance.localcloud_address = self._address["publicIp"]
        instance.localcloud_dns_name = self._address["publicDnsName"]
        instance._state.name, instance._state.code = "running", 16

    def stop(self, instance: Any) -> None:
        """Nothing runs, so nothing stops."""

    def start(self, instance: Any) -> None:
        """Nothing starts."""

    def terminate(self, instance: Any) -> None:
        """Nothing ends."""

    def reboot(self, instance: Any) -> None:
        """Nothing reboots."""

    def console(self, instance: Any) -> str:
        """Return a line that says why there is no more."""
        return f"{instance.id}: a paper instance has no console\n"

    def capture(self, image: Any, instance: Any, failure: FaultRule | None) -> None:
        """Let the image become available, or fail, with time or looks."""
        if failure is not None:
            image.state_reason = {
                "Code": "Client.InternalError",
                "Message": failure.message,
            }
        image.state = Transition(IMAGE, "pending", "failed" if failure else "available")

    def copy_image(self, image: Any, source: Any) -> None:
        """Let the copy become available with time or looks."""
        image.state = Transition(IMAGE, "pending", "available")

    def forget_image(self, image_id: str) -> None:
        """Nothing was kept."""

    def export(self, task: Any, failure: FaultRule | None) -> PaperExport:
        """Begin a paper export."""
        return PaperExport(task, failure)

    def reset(self) -> None:
        """Nothing to remove."""

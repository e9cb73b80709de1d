"""What the emulated services share within one server: machines, faults, the lock."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Protocol

from localcloud.faults import FaultRule, Faults


class ExportProgress(Protocol):
    """How far an export has come."""

    def look(self) -> None:
        """Count one look at it."""

    def view(self) -> tuple[str, str, str]:
        """Return (status, message, percent); status is active, completed or deleted."""

    def cancel(self) -> None:
        """Stop it; nothing is written any more."""


class Machines(Protocol):
    """What stands behind instances and images: nothing (paper) or containers (real)."""

    mode: str

    def launch(self, instance: Any) -> None:
        """Begin to run a new instance: sets its state and address."""

    def stop(self, instance: Any) -> None:
        """Begin to stop it."""

    def start(self, instance: Any) -> None:
        """Begin to start it again."""

    def terminate(self, instance: Any) -> None:
        """Begin to end it for good."""

    def reboot(self, instance: Any) -> None:
        """Begin to reboot it."""

    def console(self, instance: Any) -> str:
        """Return what its console has shown."""

    def capture(self, image: Any, instance: Any, failure: FaultRule | None) -> None:
        """Begin to make an image of it: sets the image's state."""

    def copy_image(self, image: Any, source: Any) -> None:
        """Begin to copy an image to another region: sets the copy's state."""

    def forget_image(self, image_id: str) -> None:
        """Free what a deregistered image takes."""

    def export(self, task: Any, failure: FaultRule | None) -> ExportProgress:
        """Begin to write an image to S3 as a disk."""

    def reset(self) -> None:
        """Remove every machine and image."""


class Runtime:
    """The one server's shared things; `install` makes them known to the emulation."""

    def __init__(self, machines: Machines, faults: Faults, home: Path):
        self.machines = machines
        self.faults = faults
        self.home = home
        self.lock = threading.RLock()


_installed: list[Runtime] = []


def install(runtime: Runtime) -> None:
    """Make `runtime` the one that the emulated services use."""
    _installed[:] = [runtime]


def current() -> Runtime:
    """Return the runtime of this server."""
    if not _installed:
        raise RuntimeError("the local cloud's runtime is used before it is installed")
    return _installed[0]

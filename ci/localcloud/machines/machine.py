"""One real machine: a copy of an image's root file system, its network, its container."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.machines.container import SHUTDOWN_GRACE_SECONDS, Container
from localcloud.machines.injection import injected_files, write_injection
from localcloud.machines.metadata import MetadataService
from localcloud.machines.network import MachineNetwork

COPY_TIMEOUT_SECONDS = 900
CONSOLE_BYTES = 65536


class MachineError(Exception):
    """A machine could not be made or started."""


class Machine:
    """Everything of one instance that is real; all of it lies in one folder."""

    def __init__(self, folder: Path, instance_id: str, address: str, ports: list[int]):
        self.folder = folder
        self.instance_id = instance_id
        self.address = address
        self.ports = ports
        self.root = folder / "root"
        self.network = MachineNetwork(folder, instance_id)
        self._metadata: MetadataService | None = None
        self._container: Container | None = None

    def create(self, source: Path) -> None:
        """Copy the root file system it starts from."""
        self.folder.mkdir(parents=True)
        copy_tree(source, self.root)
        # An image's own file system table names a disk that a container has not.
        (self.root / "etc/fstab").write_text("")

    def start(
        self, describe: Callable[[], dict[str, Any]], ended: Callable[[bool], None]
    ) -> None:
        """Boot it: network, metadata service, forwarded ports, container.

        `ended` is called with whether the machine wants to be rebooted, when it ends by itself.
        """
        self.network.set_up()
        self._metadata = MetadataService(self.network.path, describe)
        self.network.connect()
        for port in self.ports:
            self.network.forward(self.address, port)
        mounts = write_injection(
            self.folder / "injected", injected_files(dict(os.environ))
        )
        self._container = Container(
            self.folder, self.instance_id, self.network.path, mounts, ended
        )
        self._container.start()

    def restart_container(self) -> None:
        """Boot it again after its container ended; the network stayed."""
        if self._container is None:
            raise MachineError(f"machine {self.instance_id} was never started")
        self._container.start()

    def is_running(self) -> bool:
        """Return whether its container runs."""
        return self._container is not None and self._container.is_running()

    def stop_container(self, grace_seconds: float = SHUTDOWN_GRACE_SECONDS) -> None:
        """Power it off, in bounded time; the network stays."""
        if self._container is not None:
            self._container.stop(grace_seconds)

    def stop(self, grace_seconds: float = SHUTDOWN_GRACE_SECONDS) -> None:
        """Power it off and take its network down; its root file system stays."""
        try:
            self.stop_container(grace_seconds)
        finally:
            if self._metadata is not None:
                self._metadata.close()
                self._metadata = None
            self.network.tear_down()

    def remove(self) -> None:
        """Remove its folder; it must be stopped."""
        shutil.rmtree(self.folder, ignore_errors=False)

    def console(self) -> str:
        """Return the end of what its console has shown."""
        path = self.folder / "console.log"
        if not path.is_file():
            return ""
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - CONSOLE_BYTES))
            return handle.read().decode("utf-8", "replace")


def copy_tree(source: Path, target: Path) -> None:
    """Copy a root file system with everything that belongs to it, sharing blocks if possible."""
    command = [
        "cp",
        "--archive",
        "--sparse=auto",
        "--reflink=auto",
        str(source),
        str(target),
    ]
    try:
        result = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COPY_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(
            f"copying a machine took over {COPY_TIMEOUT_SECONDS} s"
        ) from error
    if result.returncode != 0:
        raise MachineError(
            f"a machine could not be copied: {result.stderr.strip()[-500:]}"
        )

"""One systemd-nspawn container: start, notice its end, stop in bounded time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from localcloud.processes import ProcessRecord, end_through_children

# systemd's orderly power-off.
POWER_OFF = signal.SIGRTMIN + 3
# An image is made of what an orderly end leaves, however busy this computer is.
SHUTDOWN_GRACE_SECONDS = 300
# What nspawn exits with when the machine wants to be rebooted.
EXIT_REBOOT = 133


class Container:
    """A root file system that runs with systemd; `ended` is called when it ends by itself."""

    def __init__(
        self,
        folder: Path,
        instance_id: str,
        namespace: Path,
        mounts: list[str],
        ended: Callable[[bool], None],
    ):
        self._folder = folder
        self._instance_id = instance_id
        self._namespace = namespace
        self._mounts = mounts
        self._ended = ended
        self._process: subprocess.Popen | None = None
        self._is_stopping = False

    @property
    def console(self) -> Path:
        """The file that keeps what the console shows."""
        return self._folder / "console.log"

    def start(self) -> None:
        """Boot it."""
        self._is_stopping = False
        # dockerd inside needs a writable network sysctl and the unified hierarchy.
        settings = os.environ | {
            "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1",
        }
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=settings,
                start_new_session=True,
            )
        ProcessRecord.of(self._process.pid).write(self._folder / "nspawn.pid")
        threading.Thread(target=self._watch, args=[self._process], daemon=True).start()

    def _command(self) -> list[str]:
        return [
            "systemd-nspawn",
            "--quiet",
            f"--directory={self._folder / 'root'}",
            f"--machine={self._instance_id}",
            "--register=no",
            "--keep-unit",
            f"--network-namespace-path={self._namespace}",
            "--resolv-conf=off",
            "--timezone=off",
            "--link-journal=no",
            "--console=read-only",
            "--system-call-filter=@keyring bpf",
            "--capability=all",
            *self._mounts,
            "--boot",
        ]

    def _watch(self, process: subprocess.Popen) -> None:
        status = process.wait()
        (self._folder / "nspawn.pid").unlink(missing_ok=True)
        if not self._is_stopping:
            self._ended(status == EXIT_REBOOT)

    def is_running(self) -> bool:
        """Return whether it runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self, grace_seconds: float = SHUTDOWN_GRACE_SECONDS) -> None:
        """Power it off in order, and by force after the grace."""
        self._is_stopping = True
        if self._process is None or not self.is_running():
            return
        stop_container(ProcessRecord.of(self._process.pid), grace_seconds)
        self._process.wait(10)


def stop_container(
    nspawn: ProcessRecord, grace_seconds: float = SHUTDOWN_GRACE_SECONDS
) -> None:
    """Power off the machine of an nspawn process, by force after the grace."""
    if not end_through_children(nspawn, POWER_OFF, grace_seconds):
        message = f"process {nspawn.pid} did not power off in {grace_seconds} s: killed"
        print(message, file=sys.stderr, flush=True)

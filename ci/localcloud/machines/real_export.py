"""Writes an image's disk to S3 in the format asked for, in the background."""

from __future__ import annotations

import hashlib
import re
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

from localcloud.emulation.s3 import storage
from localcloud.faults import FaultRule
from localcloud.processes import ProcessRecord, end, send

CONVERT_TIMEOUT_SECONDS = 3600
PART_BYTES = 64 << 20
# How qemu-img names the formats, and the kinds of them that EC2 writes.
CONVERSIONS = {
    "VMDK": ["-O", "vmdk", "-o", "subformat=streamOptimized"],
    "VHD": ["-O", "vpc", "-o", "subformat=dynamic,force_size=on"],
    "RAW": ["-O", "raw"],
}


class RealExport:
    """One conversion; it holds one of `slots` while it runs."""

    def __init__(
        self,
        task: Any,
        disk: Path,
        folder: Path,
        slots: threading.Semaphore,
        lock: threading.RLock,
        failure: FaultRule | None,
    ):
        self._task = task
        self._disk = disk
        self._folder = folder
        self._slots = slots
        self._lock = lock
        self._failure = failure
        self._view = ("active", "validating", "5")
        self._process: subprocess.Popen | None = None
        self._is_cancelled = False
        threading.Thread(target=self._run, name=task.id, daemon=True).start()

    def look(self) -> None:
        """It moves on by itself."""

    def view(self) -> tuple[str, str, str]:
        """Return (status, message, percent)."""
        return self._view

    def cancel(self) -> None:
        """Stop converting; nothing is written."""
        if self._view[0] == "active":
            self._is_cancelled = True
            self._view = ("deleted", "Task was cancelled by the user", "")
            if self._process is not None and self._process.poll() is None:
                send(ProcessRecord.of(self._process.pid), signal.SIGTERM)

    def _run(self) -> None:
        self._folder.mkdir(parents=True)
        output = self._folder / "disk"
        try:
            with self._slots:
                self._convert(output)
                self._finish(output)
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            if not self._is_cancelled:
                self._view = ("deleted", f"ServerError: {error}", "")
        finally:
            for leftover in self._folder.iterdir():
                leftover.unlink()
            self._folder.rmdir()

    def _convert(self, output: Path) -> None:
        command = ["qemu-img", "convert", "-p", "-f", "raw"]
        command += [*CONVERSIONS[self._task.disk_format], str(self._disk), str(output)]
        with (self._folder / "qemu-img.log").open("wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
        record = ProcessRecord.of(self._process.pid)
        record.write(self._folder / "qemu-img.pid")
        watchdog = threading.Timer(CONVERT_TIMEOUT_SECONDS, end, [record])
        watchdog.daemon = True
        watchdog.start()
        try:
            self._follow(self._process)
            status = self._process.wait(30)
        finally:
            watchdog.cancel()
        if status != 0 and not self._is_cancelled:
            text = (self._folder / "qemu-img.log").read_text(errors="replace")
            raise RuntimeError(
                f"qemu-img ended with status {status}: {text.strip()[-300:]}"
            )

    def _follow(self, process: subprocess.Popen) -> None:
        if process.stdout is None:
            return
        text = b""
        while chunk := process.stdout.read1(4096):
            text = (text + chunk)[-200:]
            seen = re.findall(rb"\(([\d.]+)/100%\)", text)
            if seen and not self._is_cancelled:
                percent = 10 + int(float(seen[-1]) * 0.75)
                self._view = ("active", "converting", str(percent))

    def _finish(self, output: Path) -> None:
        if self._is_cancelled:
            return
        if self._failure is not None:
            self._view = ("deleted", self._failure.message, "")
            return
        self._view = ("active", "updating", "90")
        etag = multipart_etag(output)
        with self._lock:
            if self._is_cancelled:
                return
            task = self._task
            storage.put_file(task.account_id, task.bucket, task.key, output, etag)
            self._view = ("completed", "", "")


def multipart_etag(path: Path) -> str:
    """Return the ETag of an object that was uploaded in parts, as EC2 does."""
    digests = []
    with path.open("rb") as handle:
        while True:
            digest, left = hashlib.md5(), PART_BYTES
            while left and (chunk := handle.read(min(left, 4 << 20))):
                digest.update(chunk)
                left -= len(chunk)
            if left == PART_BYTES:
                break
            digests.append(digest.digest())
    return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"

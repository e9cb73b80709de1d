"""Processes known by pid and start time, so that a reused pid is never mistaken."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessRecord:
    """One process for good: its pid, and the clock tick at which it started."""

    pid: int
    start_ticks: int

    @classmethod
    def of(cls, pid: int) -> ProcessRecord:
        """Return the record of a running process."""
        return cls(pid, start_ticks(pid))

    @classmethod
    def read(cls, path: Path) -> ProcessRecord:
        """Read a record that `write` wrote."""
        document = json.loads(path.read_text())
        return cls(document["pid"], document["start_ticks"])

    def write(self, path: Path) -> None:
        """Write the record, whole or not at all."""
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_text(json.dumps(asdict(self)))
        temporary.replace(path)


def start_ticks(pid: int) -> int:
    """Return when a process started, in clock ticks since boot."""
    # The name, in parentheses, may hold blanks and parentheses itself.
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def is_alive(record: ProcessRecord) -> bool:
    """Return whether that very process still runs."""
    try:
        fields = Path(f"/proc/{record.pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(fields[19]) == record.start_ticks and fields[0] not in "ZX"


def children(pid: int) -> list[int]:
    """Return the pids of a process's children."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        return [
            int(c) for task in tasks for c in (task / "children").read_text().split()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return []


def wait_until_gone(record: ProcessRecord, timeout_seconds: float) -> bool:
    """Return whether the process ended within the time."""
    deadline = time.monotonic() + timeout_seconds
    while is_alive(record):
        if time.monotonic() >= deadline:
            return False
        time.sleep(0.05)
    return True


def send(record: ProcessRecord, signal_number: int) -> None:
    """Send a signal to that very process, if it still runs."""
    if is_alive(record):
        try:
            os.kill(record.pid, signal_number)
        except ProcessLookupError:
            return


def end(record: ProcessRecord, grace_seconds: float = 5) -> None:
    """End a process: TERM, then after the grace KILL."""
    send(record, signal.SIGTERM)
    if not wait_until_gone(record, grace_seconds):
        send(record, signal.SIGKILL)
        wait_until_gone(record, 5)


def end_through_children(
    parent: ProcessRecord, signal_number: int, grace_seconds: float
) -> bool:
    """Send a signal to a process's children, and end all of them by force after the grace.

    Return whether force was not needed.
    """
    if not is_alive(parent):
        return True
    records = []
    for pid in children(parent.pid):
        try:
            records.append(ProcessRecord.of(pid))
        except (FileNotFoundError, ProcessLookupError):
            continue
    for record in records:
        send(record, signal_number)
    if wait_until_gone(parent, grace_seconds):
        return True
    for record in records:
        send(record, signal.SIGKILL)
    end(parent)
    return False

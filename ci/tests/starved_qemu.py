#!/usr/bin/env python3
"""Stands before `qemu-system-x86_64`: every machine gets a fifth of a processor.

By the control groups of version 2 or 1 where they can be written, else by stopping and continuing
the machine in turn. It appends a line to `starved.ndjson` beside itself for each machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = "qemu-system-x86_64"
SHARE = 0.2
PERIOD_MICROSECONDS = 100_000
# Of one turn of stopping and continuing.
TURN_SECONDS = 0.5
GROUPS = Path("/sys/fs/cgroup")


def main() -> int:
    """Run `qemu` with a quota; the trial of KVM and questions for its version run as they are."""
    arguments = sys.argv[1:]
    if "-netdev" not in arguments:
        os.execvp(PROGRAM, [PROGRAM, *arguments])
    group = limited_group()
    way = "duty cycle" if group is None else str(group)
    with (HERE / "starved.ndjson").open("a") as file:
        file.write(json.dumps({"pid": os.getpid(), "by": way}) + "\n")
    if group is not None:
        (group / "cgroup.procs").write_text(str(os.getpid()))
        os.execvp(PROGRAM, [PROGRAM, *arguments])
    return take_turns(arguments)


def limited_group() -> Path | None:
    """Make a control group for one machine; None where nobody may."""
    quota = int(PERIOD_MICROSECONDS * SHARE)
    for parent, marker, file, text in (
        (GROUPS, "cgroup.controllers", "cpu.max", f"{quota} {PERIOD_MICROSECONDS}"),
        (GROUPS / "cpu", "cpu.cfs_quota_us", "cpu.cfs_quota_us", str(quota)),
    ):
        # Of no processor control group, the folder would be a folder like any other.
        if not (parent / marker).exists():
            continue
        group = parent / f"dss-starved-{os.getpid()}"
        try:
            group.mkdir()
            (group / file).write_text(text)
            return group
        except OSError:
            if group.exists():
                group.rmdir()
    return None


def take_turns(arguments: list[str]) -> int:
    """Let the machine run for a part of each turn."""
    machine = subprocess.Popen([PROGRAM, *arguments])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: machine.kill())
    while machine.poll() is None:
        machine.send_signal(signal.SIGCONT)
        time.sleep(TURN_SECONDS * SHARE)
        machine.send_signal(signal.SIGSTOP)
        time.sleep(TURN_SECONDS * (1 - SHARE))
    return machine.returncode


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Stands before the real `ansible-runner`: plays what installs a second time, to see what changes.

`DSS_TEST_RUNNER` names the real one; `DSS_TEST_SECOND_PLAYS` is a file that gets a JSON line a
second play: playbook, connection, exit status, Ansible's own counts and the tasks that changed
something.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

PLAYED_TWICE = "sandbox.yml"
TIMEOUT_SECONDS = 7200


def main() -> int:
    """Play as asked, and where that went well once more in silence."""
    command = [os.environ["DSS_TEST_RUNNER"], *sys.argv[1:]]
    # It starts `ansible-playbook`, which lies beside it.
    os.environ["PATH"] = f"{Path(command[0]).parent}:{os.environ['PATH']}"
    status = subprocess.run(command, check=False).returncode
    playbook = command[command.index("-p") + 1]
    if status == 0 and playbook == PLAYED_TWICE:
        write_down(playbook, Path(command[2]), again(command))
    return status


def again(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run the playbook with every tag."""
    return subprocess.run(
        command,
        env=os.environ | {"ANSIBLE_RUN_TAGS": "all"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )


def write_down(playbook: str, data: Path, result: subprocess.CompletedProcess) -> None:
    """Append what Ansible counted, and which tasks changed something."""
    events = [
        json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")
    ]
    stats = [e["event_data"] for e in events if e["event"] == "playbook_on_stats"]
    changed = [
        e["event_data"]["task"]
        for e in events
        if e["event"] == "runner_on_ok" and e["event_data"]["res"].get("changed")
    ]
    inventory = json.loads((data / "inventory/hosts.json").read_text())
    variables = next(iter(inventory["all"]["hosts"].values()))
    line = {
        "playbook": playbook,
        "connection": variables["ansible_connection"],
        "status": result.returncode,
        "stats": stats[-1] if stats else {},
        "changed": changed,
    }
    with Path(os.environ["DSS_TEST_SECOND_PLAYS"]).open("a") as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())

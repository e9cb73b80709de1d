"""Stands in for `ansible-runner`: `FOLDER ARGUMENT…`; prints the events that it would print.

It reads `knobs.json` in its folder, and appends a line to `calls.ndjson` where that is there. Knobs
are looked up by the playbook's name, then under `*`:

    seconds   how long the play takes (default 0), unless another knob is set meanwhile
    stays     it takes that long whatever is set meanwhile
    message   the task fails with this message
    inventory what is stored where an inventory is asked for
    status    the exit status (default 0, or 2 with a message)
    noise     lines printed between the events that are no events
"""

import hashlib
import json
import os
import stat
import sys
import time
from pathlib import Path

HERE = Path(sys.argv[1])
VERSION = "2.4.0 (a stand-in)"
TASKS = [
    "wait until the machine is ready",
    "install packages",
    "Check that all is well",
]
INVENTORY = {
    "schema": "dssbatch.inventory/1",
    "system": {
        "id": "debian",
        "versionId": "12",
        "prettyName": "Debian GNU/Linux 12 (bookworm)",
        "kernel": "6.1.148-1",
        "architecture": "amd64",
    },
    "apt": [
        {
            "name": "libc6",
            "version": "2.36-9+deb12u10",
            "architecture": "amd64",
            "source": "glibc",
            "sourceVersion": "2.36-9+deb12u10",
        }
    ],
    "pip": [
        {
            "environment": "/home/ubuntu/jupyterenv",
            "packages": [{"name": "jupyterlab", "version": "4.2.5"}],
        }
    ],
    "repositories": [],
}


def main() -> int:
    """Pretend to run one playbook."""
    arguments = sys.argv[2:]
    if arguments == ["--version"]:
        print(VERSION)
        return 0
    data = Path(arguments[1])
    playbook = arguments[arguments.index("-p") + 1]
    knobs = read_knobs(playbook)
    inventory = json.loads((data / "inventory/hosts.json").read_text())
    host = next(iter(inventory["all"]["hosts"]))
    write_down(arguments, data, playbook, inventory)
    emit("playbook_on_start", playbook=playbook)
    emit("playbook_on_play_start", playbook=playbook, play="fake play")
    for task in TASKS:
        emit("playbook_on_task_start", task=task)
        emit("runner_on_start", task=task, host=host)
        for line in knobs.get("noise", []):
            print(line, flush=True)
        take_time(playbook, knobs)
        if task == TASKS[1] and "message" in knobs:
            emit(
                "runner_on_failed",
                task=task,
                host=host,
                ignore_errors=False,
                duration=0.1,
                res={"msg": knobs["message"], "rc": 100, "changed": False},
            )
            emit_stats(host, failures=1)
            return knobs.get("status", 2)
        emit("runner_on_ok", task=task, host=host, duration=0.1, res={"changed": True})
    variables = json.loads((data / "env/extravars").read_text())
    if destination := variables.get("inventory_destination"):
        Path(destination).write_text(json.dumps(knobs.get("inventory", INVENTORY)))
    emit_stats(host, failures=0)
    return knobs.get("status", 0)


def take_time(playbook: str, knobs: dict) -> None:
    """Wait, but no longer than a test wishes by then."""
    end = time.monotonic() + knobs.get("seconds", 0) / len(TASKS)
    while time.monotonic() < end and (
        knobs.get("stays") or read_knobs(playbook).get("seconds", 0) > 0
    ):
        time.sleep(min(0.05, max(0, end - time.monotonic())))


def read_knobs(playbook: str) -> dict:
    """Return what a test wishes for this playbook."""
    path = HERE / "knobs.json"
    knobs = json.loads(path.read_text()) if path.exists() else {}
    return knobs.get(playbook, knobs.get("*", {}))


def write_down(arguments: list, data: Path, playbook: str, inventory: dict) -> None:
    """Append how this call looks from inside; passwords only as digests.

    Nobody asks for that outside of tests, and even a digest of a password is better not kept.
    """
    calls = HERE / "calls.ndjson"
    if not calls.exists():
        return
    variables = next(iter(inventory["all"]["hosts"].values()))
    key = variables.get("ansible_ssh_private_key_file")
    mode = Path(key).stat().st_mode if key else 0
    secrets = {
        name: hashlib.sha256(value.encode()).hexdigest()
        for name, value in os.environ.items()
        if name.startswith("DSS_") and name.endswith("_PASSWORD")
    }
    call = {
        "argv": arguments,
        "playbook": playbook,
        "environment": sorted(os.environ),
        "passwordDigests": secrets,
        "inventory": variables,
        "extravars": json.loads((data / "env/extravars").read_text()),
        "knownHosts": (data / "known_hosts").read_text(),
        "keyPath": key,
        "keyMode": oct(stat.S_IMODE(mode)),
        "dataFolder": str(data),
        "dataMode": oct(stat.S_IMODE(data.stat().st_mode)),
    }
    with calls.open("a") as file:
        file.write(json.dumps(call) + "\n")


def emit(kind: str, **data: object) -> None:
    """Print one event as `ansible-runner run -j` does."""
    event = {
        "uuid": os.urandom(8).hex(),
        "stdout": "",
        "event": kind,
        "event_data": data,
    }
    print(json.dumps(event), flush=True)


def emit_stats(host: str, failures: int) -> None:
    """Print the play recap."""
    emit(
        "playbook_on_stats",
        processed={host: 1},
        ok={host: len(TASKS) - failures},
        changed={host: 1},
        failures={host: failures} if failures else {},
        dark={},
        skipped={},
        rescued={},
        ignored={},
    )


if __name__ == "__main__":
    sys.exit(main())

"""Machines that the developer's commands hand over."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .program import RunningProgram
from .project import Project

SETUP = "setup-ec2"
SETUP_AND_INSTALL = "setup-ec2-and-install-dependencies"


def ready(running: RunningProgram) -> dict[str, Any]:
    """Wait until a machine is handed over; what `--json` says of it."""
    running.wait_until(lambda: "machine-ready" in running.stdout(), "the machine")
    (event,) = [
        json.loads(line)
        for line in running.stdout().splitlines()
        if '"machine-ready"' in line
    ]
    return event


def machine_folder(project: Project) -> Path:
    return project.results / "machine"


def detached(project: Project, command: str = SETUP) -> dict[str, Any]:
    """Start a machine that stays; what `--json` says of it."""
    outcome = project.dssbatch(command, "--detach", "--json", check=0)
    (event,) = outcome.events("machine-ready")
    return event


def make_key(path: Path, passphrase: str = "") -> Path:
    """Make a private key; its public half lies beside it."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", str(path)]
    subprocess.run(command, check=True, timeout=300)
    return path

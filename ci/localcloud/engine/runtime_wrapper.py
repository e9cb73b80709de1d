"""Adds this machine's settings to a container that runc is about to make, or a process in it.

Run as `runtime_wrapper.py FOLDER GUEST_FOLDER RUNC_ARGUMENT...`; it changes the bundle's or the
process's JSON in place. The engine never sees it, and so no committed image keeps it. It runs
for every process in a container: the standard library is all it may import.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

# The runc commands that take a description, and the option that names it.
DESCRIPTIONS = {"create": "--bundle", "exec": "--process"}


def main(arguments: list[str]) -> None:
    """Change what the arguments of runc refer to."""
    folder, guest_folder, *runc = arguments
    variables = json.loads((Path(folder) / "environment.json").read_text())
    for command, option in DESCRIPTIONS.items():
        if command in runc and option in runc:
            path = Path(runc[runc.index(option) + 1])
            if command == "create":
                path /= "config.json"
            document = json.loads(path.read_text())
            if command == "create":
                add_variables(document["process"], variables)
                add_mount(document, folder, guest_folder)
            else:
                add_variables(document, variables)
            path.write_text(json.dumps(document))


def add_variables(process: dict, variables: dict[str, str]) -> None:
    """Add to a process's environment what it does not set itself."""
    environment = process.setdefault("env", [])
    known = {setting.partition("=")[0] for setting in environment}
    environment += [f"{k}={v}" for k, v in variables.items() if k not in known]


def add_mount(document: dict, folder: str, guest_folder: str) -> None:
    """Mount the folder, read-only, after the container's own mounts."""
    document.setdefault("mounts", []).append(
        {
            "destination": guest_folder,
            "type": "bind",
            "source": folder,
            "options": ["rbind", "ro", "nosuid", "nodev", "noexec"],
        }
    )


if __name__ == "__main__":
    main(sys.argv[1:])

"""The stand-in for `qemu` among a project's tools, whose behaviour tests set."""

from __future__ import annotations

import json
from typing import Any

from localcloud.paper.programs import install_qemu

from .project import Project


class FakeQemu:
    """A stand-in for qemu in a project's tools."""

    def __init__(self, project: Project):
        self._tools = project.tools
        project.environment |= install_qemu(project.tools)
        self._machines = project.tools / "machines.ndjson"
        self._machines.touch()

    def set(self, **knobs: Any) -> None:
        """Set how it behaves; see ci/localcloud/paper/qemu.py."""
        (self._tools / "qemu-knobs.json").write_text(json.dumps(knobs))

    def machines(self) -> list[list[str]]:
        """Return the command line of each machine, oldest first."""
        lines = self._machines.read_text().splitlines()
        return [json.loads(line)["arguments"] for line in lines]

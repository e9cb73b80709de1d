"""What goes to which worker: machines and engines of this computer stay with one."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

MACHINES = "machines"


class MachinesTogether(LoadScopeScheduling):
    """Keeps the files `test_real*` on one worker, and deals out the rest test by test.

    They share a release that takes minutes, and two machines at once would take twice as long.
    """

    def _split_scope(self, nodeid: str) -> str:
        name = PurePath(nodeid.split("::", 1)[0]).name
        return MACHINES if name.startswith("test_real") else nodeid


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> MachinesTogether | None:
    """Take the place of xdist's own groups, which pytest 9.2 has no names for."""
    if config.getvalue("dist") != "loadgroup":
        return None
    return MachinesTogether(config, log)

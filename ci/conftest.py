"""What goes to which worker: machines and engines of this computer stay with two of them."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class MachinesTogether(LoadScopeScheduling):
    """Keeps a folder's `test_real.py` and `test_real_*` on one worker, and deals out the rest.

    The files of one folder share a release that takes minutes, or a cloud with machines; the two
    folders share nothing. xdist begins with what has the most tests, and so with these: the other
    workers use the time in which machines wait.
    """

    def _split_scope(self, nodeid: str) -> str:
        path = PurePath(nodeid.split("::", 1)[0])
        is_real = path.name == "test_real.py" or path.name.startswith("test_real_")
        return str(path.parent) if is_real else nodeid


def pytest_xdist_make_scheduler(
    config: pytest.Config, log: Any
) -> MachinesTogether | None:
    """Take the place of xdist's own groups, which pytest 9.2 has no names for."""
    if config.getvalue("dist") != "loadgroup":
        return None
    return MachinesTogether(config, log)

"""What holds for all tests, wherever they lie."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what starts real machines into one group, before everything else.

    With `--dist loadgroup` one worker runs it, so that no two machines share this computer, while
    the others run what mostly waits.
    """
    for item in items:
        if is_real(item):
            item.add_marker(pytest.mark.xdist_group("machines"))
    items.sort(key=lambda item: not is_real(item))


def is_real(item: pytest.Item) -> bool:
    """Whether a test needs a machine, a disk or an engine of this computer."""
    return item.path.name.startswith("test_real")

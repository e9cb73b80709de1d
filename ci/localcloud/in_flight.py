"""How many requests are being answered: one in flight outlives the process that sent it."""

from __future__ import annotations

import threading


class InFlight:
    """Counts those who are within it, in any thread."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    @property
    def count(self) -> int:
        """How many are within it now."""
        with self._lock:
            return self._count

    def __enter__(self) -> None:
        with self._lock:
            self._count += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._count -= 1

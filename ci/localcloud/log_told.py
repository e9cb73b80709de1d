"""Shows that slow work which writes a log goes on."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

PAUSE_SECONDS = 10
LINE_CHARACTERS = 80


@contextlib.contextmanager
def log_told(log: Path, pause_seconds: float = PAUSE_SECONDS) -> Iterator[None]:
    """Say on standard error every few seconds, during the body, what a log says last."""
    is_over = threading.Event()
    arguments = (log, pause_seconds, is_over)
    thread = threading.Thread(target=_tell, args=arguments, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _tell(log: Path, pause_seconds: float, is_over: threading.Event) -> None:
    started = time.monotonic()
    while not is_over.wait(pause_seconds):
        lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
        last = next((line.strip() for line in reversed(lines) if line.strip()), "")
        seconds = time.monotonic() - started
        print(f"  {seconds:.0f} s: {last[:LINE_CHARACTERS]}", file=sys.stderr)

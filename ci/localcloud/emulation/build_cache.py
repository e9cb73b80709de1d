"""CodeBuild's local cache: folders that a project's next builds find again."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

COPY_TIMEOUT_SECONDS = 300
_lock = threading.Lock()


def restore(cache: Path, source: Path, folders: list[str]) -> list[str]:
    """Put what is kept into a build's source; return which folders."""
    found = []
    with _lock:
        for folder in folders:
            kept = cache / folder
            if kept.is_dir() and not (source / folder).exists():
                _copy(kept, source / folder)
                found.append(folder)
    return found


def save(cache: Path, source: Path, folders: list[str]) -> None:
    """Keep what a build leaves."""
    with _lock:
        for folder in folders:
            made, kept = source / folder, cache / folder
            if not made.is_dir():
                continue
            fresh = kept.with_name(f"{kept.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            _copy(made, fresh)
            shutil.rmtree(kept, ignore_errors=True)
            fresh.rename(kept)


def _copy(source: Path, target: Path) -> None:
    """Copy a folder; by links builds would write into each other's files."""
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["cp", "--archive", "--reflink=auto", str(source), str(target)],
        check=True,
        timeout=COPY_TIMEOUT_SECONDS,
    )

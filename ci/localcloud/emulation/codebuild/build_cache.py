"""CodeBuild's local cache: folders that a project's next builds find again."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

COPY_TIMEOUT_SECONDS = 300
DATABASE = ".db"
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
    """Keep what a build leaves, where it is not what was kept."""
    with _lock:
        for folder in folders:
            made, kept = source / folder, cache / folder
            if not made.is_dir() or (kept.is_dir() and not _is_changed(made, kept)):
                continue
            fresh = kept.with_name(f"{kept.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            _copy(made, fresh)
            shutil.rmtree(kept, ignore_errors=True)
            fresh.rename(kept)


def _is_changed(made: Path, kept: Path) -> bool:
    """Return whether a build has made or removed a file: then it is no link to a kept one."""
    return _inodes(made) != _inodes(kept)


def _inodes(folder: Path) -> set[tuple[str, int]]:
    return {
        (name, os.lstat(os.path.join(place, name)).st_ino)
        for place, _, names in os.walk(folder)
        for name in names
        if not name.endswith(DATABASE)
    }


def _copy(source: Path, target: Path) -> None:
    """Copy a folder by links.

    A build that replaces a file leaves others' alone. One that writes into a file changes it for
    all, as on CodeBuild, where the folder is there but once; databases are copied for that reason.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["cp", "--archive", "--link", str(source), str(target)],
        check=True,
        timeout=COPY_TIMEOUT_SECONDS,
    )
    for database in target.rglob(f"*{DATABASE}"):
        copy = database.with_name(f"{database.name}.copy")
        shutil.copy2(database, copy)
        os.replace(copy, database)

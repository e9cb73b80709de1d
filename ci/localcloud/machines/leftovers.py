"""What a server that died left behind: engine, containers, networks, root file systems."""

from __future__ import annotations

import shutil
from pathlib import Path

from localcloud.engine.docker_engine import end_engine
from localcloud.home import CloudHome
from localcloud.machines.container import stop_container
from localcloud.machines.network import remove_namespace
from localcloud.processes import ProcessRecord, end

GRACE_SECONDS = 5


def remove_leftovers(home: CloudHome) -> None:
    """End and remove what this home's folders record, and nothing else."""
    if home.docker.is_dir():
        end_engine(home.docker)
    machines = home.machines.iterdir() if home.machines.is_dir() else []
    for folder in sorted(machines):
        if (record := _read(folder / "nspawn.pid")) is not None:
            stop_container(record, GRACE_SECONDS)
        for name in ("slirp.pid", "qemu-img.pid"):
            if (record := _read(folder / name)) is not None:
                end(record, grace_seconds=2)
        if (folder / "netns").is_file():
            remove_namespace((folder / "netns").read_text())
        shutil.rmtree(folder)
    if home.images.is_dir():
        shutil.rmtree(home.images)


def _read(path: Path) -> ProcessRecord | None:
    try:
        return ProcessRecord.read(path)
    except (FileNotFoundError, ValueError, KeyError):
        return None

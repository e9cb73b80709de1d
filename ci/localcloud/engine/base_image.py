"""The base image of containers, made of the base machine once and cached beside it."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from localcloud.engine.packages import (
    DPKG,
    container_packages,
    container_paths,
    installed_packages,
    without_stanzas,
    without_triggers,
)
from localcloud.locking import exclusive_lock
from localcloud.machines.base_machine import ensure_base_machine

# The base of the shipped manifests' Docker image, which this stands in for.
REPOSITORY = "ubuntu"
TAG = "22.04"

REVISION = 1
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
TAR_TIMEOUT_SECONDS = 900
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# What the distributions' own base images add: nothing starts a service, and dpkg, whose work is
# lost with the container anyway, does not wait for the disk.
POLICY = "#!/bin/sh\nexit 101\n"
FILES = {
    "etc/dpkg/dpkg.cfg.d/docker-apt-speedup": ("force-unsafe-io\n", 0o644),
    "etc/machine-id": ("", 0o444),
    "usr/sbin/policy-rc.d": (POLICY, 0o755),
}


class BaseImageError(Exception):
    """The base image could not be made."""


@dataclass(frozen=True)
class BaseImage:
    """The files of the image, as a registry serves them."""

    folder: Path

    @property
    def layer(self) -> Path:
        """The one layer, an uncompressed tar: it travels within this machine only."""
        return self.folder / "layer.tar"

    @property
    def config(self) -> Path:
        """The image's configuration."""
        return self.folder / "config.json"

    @property
    def manifest(self) -> Path:
        """What names the other two by digest."""
        return self.folder / "manifest.json"


def base_image_folder(base: Path) -> Path:
    """Return where the image of a base machine's root folder lies, whether made or not."""
    recipe = json.dumps([REVISION, FILES]).encode()
    return base.parent / f"container-{hashlib.sha256(recipe).hexdigest()[:12]}"


def ensure_base_image() -> BaseImage:
    """Return the base image, making it, and the base machine before it, where it is missing."""
    root = ensure_base_machine()
    folder = base_image_folder(root)
    if not folder.is_dir():
        lock = folder.with_name(f"{folder.name}.lock")
        with exclusive_lock(lock, timeout_seconds=2 * TAR_TIMEOUT_SECONDS):
            if not folder.is_dir():
                _make(root, folder)
    return BaseImage(folder)


def _make(root: Path, folder: Path) -> None:
    partial = BaseImage(folder.with_name(f"{folder.name}.partial"))
    shutil.rmtree(partial.folder, ignore_errors=True)
    partial.folder.mkdir()
    packages = installed_packages(root)
    kept = container_packages(packages)
    left_out = set(packages) - kept
    changed = partial.folder / "changed"
    _write_changed(root, changed, left_out)
    own = {str(p.relative_to(changed)) for p in changed.rglob("*") if not p.is_dir()}
    paths = [path for path in container_paths(root, kept, left_out) if path not in own]
    _write_layer(partial.layer, [(root, paths), (changed, sorted(own))])
    shutil.rmtree(changed)
    describe(partial)
    partial.folder.rename(folder)


def _write_changed(root: Path, changed: Path, left_out: set[str]) -> None:
    files = dict(FILES)
    status = (root / DPKG / "status").read_text()
    files[f"{DPKG}/status"] = (without_stanzas(status, left_out), 0o644)
    for path in (root / DPKG / "triggers").iterdir():
        if path.is_file() and path.stat().st_size > 0:
            lines = path.read_text().splitlines()
            files[f"{DPKG}/triggers/{path.name}"] = (
                without_triggers(lines, left_out),
                0o644,
            )
    for name, (content, mode) in files.items():
        target = changed / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
        target.chmod(mode)


def _write_layer(layer: Path, parts: list[tuple[Path, list[str]]]) -> None:
    for folder, paths in parts:
        names = "".join(f"{path}\0" for path in paths)
        result = subprocess.run(
            [
                "tar",
                "--append",
                f"--file={layer}",
                "--format=posix",
                f"--directory={folder}",
                "--no-recursion",
                "--numeric-owner",
                "--null",
                "--verbatim-files-from",
                "--files-from=-",
            ],
            input=names,
            capture_output=True,
            text=True,
            timeout=TAR_TIMEOUT_SECONDS,
            check=False,
        )
        if result.returncode != 0:
            raise BaseImageError(f"tar: {result.stderr.strip()[-500:]}")


def describe(image: BaseImage) -> None:
    """Write the configuration and the manifest that belong to a layer."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    config = {
        "created": created,
        "architecture": "amd64",
        "os": "linux",
        "config": {"Env": [f"PATH={PATH}"], "Cmd": ["/bin/bash"]},
        "rootfs": {"type": "layers", "diff_ids": [digest(image.layer)]},
        "history": [{"created": created, "created_by": "the base machine"}],
    }
    image.config.write_text(json.dumps(config))
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _described(image.config, CONFIG_TYPE),
        "layers": [_described(image.layer, LAYER_TYPE)],
    }
    image.manifest.write_text(json.dumps(manifest))


def _described(path: Path, media_type: str) -> dict:
    size_bytes = path.stat().st_size
    return {"mediaType": media_type, "digest": digest(path), "size": size_bytes}


def digest(path: Path) -> str:
    """Return a file's digest as registries write it."""
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"

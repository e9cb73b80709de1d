"""A git repository in place of script-languages-release, which needs the internet."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from localcloud.home import PROJECT

VERSION_FIELD = "scriptLanguagesRelease"
AUTHOR = {
    "GIT_AUTHOR_NAME": "local cloud",
    "GIT_AUTHOR_EMAIL": "localcloud@localhost",
    "GIT_COMMITTER_NAME": "local cloud",
    "GIT_COMMITTER_EMAIL": "localcloud@localhost",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
GIT_TIMEOUT_SECONDS = 30


def make_repository(folder: Path) -> None:
    """Make the repository where there is none, and tag every version a manifest names."""
    if not (folder / ".git").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        _git(folder, "init", "--quiet", "--initial-branch=master")
        (folder / "README.md").write_text(
            "# script-languages-release\n\nStands in for the real repository.\n"
        )
        _git(folder, "add", "README.md")
        _git(folder, "commit", "--quiet", "--message", "Stand in")
    known = set(_git(folder, "tag", "--list").split())
    for version in sorted(manifest_versions(PROJECT / "manifests") - known):
        _git(folder, "tag", version)


def manifest_versions(folder: Path) -> set[str]:
    """Return the versions that the manifests of a folder ask for."""
    versions = set()
    for path in sorted(folder.glob("*.json")):
        try:
            manifest = json.loads(path.read_text())
        except ValueError:
            # A manifest with a mistake is for `dssbatch` to complain about.
            continue
        named = manifest.get("versions") if isinstance(manifest, dict) else None
        if isinstance(named, dict) and isinstance(named.get(VERSION_FIELD), str):
            versions.add(named[VERSION_FIELD])
    return versions - {""}


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**os.environ, **AUTHOR},
        check=True,
        capture_output=True,
        text=True,
        timeout=GIT_TIMEOUT_SECONDS,
    ).stdout

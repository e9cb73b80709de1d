"""What `bin/dssbatch` builds, and what it leaves: a restored build is current by its contents."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .cloud import ROOT

# Stands in for the compiler: says that it was called, and makes the program.
SWIFT = """#!/bin/sh
case $1 in --version) echo "Swift version $VERSION"; exit;; esac
echo built >>"$SAID"
mkdir -p .build/release
printf '#!/bin/sh\\necho program\\n' >.build/release/dssbatch
chmod +x .build/release/dssbatch
"""
OLD = 1_600_000_000


class Clone:
    """A small project with the real scripts."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("bin/dssbatch", "bin/lib/build.sh", "bin/lib/swift.sh"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        for name in ("Sources/a b.swift", "Package.swift", "manifests/schema/x.json"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            os.utime(path, (OLD, OLD))
        self.path = folder / "tools"
        self.path.mkdir()
        (self.path / "swift").write_text(SWIFT)
        (self.path / "swift").chmod(0o755)

    def builds(self, version: str = "6.3") -> int:
        """Run the program; return how often it was built on the way."""
        said = self.folder / "said"
        said.write_text("")
        outcome = subprocess.run(
            [self.folder / "bin/dssbatch"],
            env={
                "PATH": f"{self.path}:{os.environ['PATH']}",
                "SAID": str(said),
                "VERSION": version,
            },
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
        assert outcome.stdout == "program\n"
        return len(said.read_text().splitlines())


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")


def test_it_is_built_once(clone: Clone) -> None:
    assert [clone.builds() for _ in range(2)] == [1, 0]


def test_a_fresh_clone_with_the_old_build_builds_nothing(
    clone: Clone, tmp_path: Path
) -> None:
    clone.builds()
    other = Clone(tmp_path / "other")
    shutil.copytree(clone.folder / ".build", other.folder / ".build")
    for path in (other.folder / "Sources").iterdir():
        os.utime(path)
    assert [other.builds(), other.builds()] == [0, 0]


@pytest.mark.parametrize(
    "name",
    ["Sources/a b.swift", "Package.swift", "manifests/schema/x.json", "Sources/new"],
)
def test_another_source_builds_again(clone: Clone, name: str) -> None:
    clone.builds()
    (clone.folder / name).write_text("another")
    os.utime(clone.folder / name)
    program = clone.folder / ".build/release/dssbatch"
    os.utime(program, (OLD + 1, OLD + 1))
    assert [clone.builds(), clone.builds()] == [1, 0]


def test_another_toolchain_builds_again_what_is_looked_at(clone: Clone) -> None:
    clone.builds()
    os.utime(clone.folder / "Package.swift")
    os.utime(clone.folder / ".build/release/dssbatch", (OLD + 1, OLD + 1))
    assert clone.builds("6.4") == 1


def test_a_build_that_fails_is_not_taken_for_made(clone: Clone) -> None:
    (clone.path / "swift").write_text("#!/bin/sh\nexit 3\n")
    outcome = subprocess.run(
        [clone.folder / "bin/dssbatch"],
        env={"PATH": f"{clone.path}:{os.environ['PATH']}"},
        capture_output=True,
        check=False,
        timeout=600,
    )
    assert outcome.returncode != 0
    assert not list(clone.folder.glob(".build/release/*"))


def test_every_tool_reads_one_version_of_swift() -> None:
    version = (ROOT / ".swift-version").read_text().strip()
    assert f"swift_version={version}\n" in (ROOT / "bin/lib/swift.sh").read_text()

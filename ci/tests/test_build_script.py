"""What `bin/dssbatch` and `bin/test --unit` build, and what they leave.

A restored build of the program is current by its contents.
"""

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
mkdir -p .build/release .build/debug
case $* in *--build-tests*)
  cp "$TESTS" .build/debug/dssbatchPackageTests.xctest
  if [ -n "$EDITS" ]; then echo edited >"$EDITS"; fi;;
esac
printf '#!/bin/sh\\necho program\\n' >.build/release/dssbatch
chmod +x .build/release/dssbatch
"""
# Stands in for the tests: says how it was called, and writes a report of twelve tests.
TESTS = """#!/bin/sh
echo "$DSS_TESTS $*" >>"$SAID"
while [ "$1" != --xunit-output ]; do shift; done
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
  printf '  <testcase classname="S" name="test &quot;%s&quot;()" time="%s.25" />\\n' $i $i
done >"$2"
exit "${STATUS:-0}"
"""
OLD = 1_600_000_000


class Clone:
    """A small project with the real scripts."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in (
            *("bin/dssbatch", "bin/test"),
            *(f"bin/lib/{name}.sh" for name in ("build", "swift", "tiers")),
        ):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
        for name in (
            *("Sources/a b.swift", "Package.swift", "manifests/schema/x.json"),
            "Tests/T.swift",
        ):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
            os.utime(path, (OLD, OLD))
        self.path = folder / "tools"
        self.path.mkdir()
        (self.path / "swift").write_text(SWIFT)
        (self.path / "swift").chmod(0o755)
        (self.path / "tests").write_text(TESTS)
        (self.path / "tests").chmod(0o755)
        self.said = folder / "said"

    def unit(self, *words: str, **environment: str) -> tuple[list[str], int, str]:
        """Run the unit tests; return what was called, the status and what was said of it."""
        self.said.write_text("")
        outcome = subprocess.run(
            [self.folder / "bin/test", "--unit", *words],
            env={
                "PATH": f"{self.path}:{os.environ['PATH']}",
                "SAID": str(self.said),
                "VERSION": "6.3",
                "TESTS": str(self.path / "tests"),
            }
            | environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        called = self.said.read_text().splitlines()
        return called, outcome.returncode, outcome.stderr

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


def test_unit_tests_are_built_once_and_run_each_time(clone: Clone) -> None:
    first, status, said = clone.unit()
    assert first[0] == "built"
    assert first[1].startswith("unit --testing-library swift-testing")
    assert status == 0
    again, _, _ = clone.unit("Plan.*Tests")
    assert len(again) == 1
    assert again[0].endswith("--filter Plan.*Tests")
    assert "tier unit: " in said
    slowest = [line for line in said.splitlines() if line.endswith('"()')]
    assert len(slowest) == 10
    assert slowest[0] == '12.2 s S test "12"()'


@pytest.mark.parametrize(
    "name",
    ["Sources/a b.swift", "Tests/T.swift", "Tests/new", "manifests/schema/x.json"],
)
def test_an_edit_builds_unit_tests_again(clone: Clone, name: str) -> None:
    clone.unit()
    (clone.folder / name).write_text("another")
    assert [clone.unit()[0][0], clone.unit()[0][0][:4]] == ["built", "unit"]


def test_a_file_that_is_gone_builds_unit_tests_again(clone: Clone) -> None:
    clone.unit()
    (clone.folder / "Tests/T.swift").unlink()
    assert clone.unit()[0][0] == "built"


def test_what_is_edited_while_it_builds_is_built_next_time(clone: Clone) -> None:
    clone.unit(EDITS=str(clone.folder / "Tests/T.swift"))
    assert clone.unit()[0][0] == "built"


def test_a_failed_unit_test_is_the_status(clone: Clone) -> None:
    _, status, said = clone.unit(STATUS="1")
    assert status == 1
    assert "tier unit: " in said


def test_unit_tests_that_do_not_build_are_not_run(clone: Clone) -> None:
    (clone.path / "swift").write_text(SWIFT.replace("mkdir", "exit 3; mkdir"))
    called, status, _ = clone.unit()
    assert (called, status) == (["built"], 3)
    assert clone.unit()[0] == ["built"]


def test_words_that_mean_nothing_are_refused(clone: Clone) -> None:
    called, status, said = clone.unit("A", "B")
    assert (called, status) == ([], 2)
    assert "unknown argument `B`" in said

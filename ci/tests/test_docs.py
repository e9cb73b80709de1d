"""The documentation runs: every block marked `sh`, page by page, and every link leads somewhere."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import ROOT
from .markdown import broken_links, pages, split
from .program import binary
from .project import PASSWORDS, Project

TUTORIAL = ROOT / "docs/tutorial.md"
HOW_TOS = sorted((ROOT / "docs/howto").glob("*.md"))
# What the pages' blocks may be; anything else would be run by nobody and missed by nobody.
LANGUAGES = {"sh", "console", "json", "yaml", "text"}
# Ends what would never end.
TIMEOUT_SECONDS = 240


class Reader:
    """Types a page's blocks in one shell's life: what a block exports holds for the next."""

    def __init__(self, project: Project, environment: dict[str, str]):
        self._project = project
        self._environment = environment
        self._exports = project.folder / "exports.sh"
        self._exports.touch()
        (project.root / "bin").unlink()
        shutil.copytree(ROOT / "bin", project.root / "bin")
        wrapper = project.root / "bin/dssbatch"
        wrapper.write_text(f"#!/bin/sh\nexec '{binary()}' \"$@\"\n")

    def follow(self, page: Path) -> None:
        """Type every block of a page that is marked `sh`."""
        self.follow_text(page.read_text(), str(page.relative_to(ROOT)))

    def follow_text(self, text: str, name: str) -> None:
        """Type every block marked `sh`; a role is broken while one is to end with status 1.

        Each line of a block marked `text` has to be in what the block before it printed, but for
        an ellipsis at its ends.
        """
        _, blocks = split(text)
        output = ""
        for block in blocks:
            where = f"{name}:{block.line}"
            assert block.words[:1] and block.words[0] in LANGUAGES, where
            if block.words[0] == "text":
                missing = [
                    line
                    for line in block.text.splitlines()
                    if line.strip("…") not in output
                ]
                assert missing == [], f"{where}: {missing} not in\n{output}"
            if block.words[0] != "sh":
                continue
            if block.status == 1:
                self._project.set_runner(message="a role is broken")
            status, output = self.type(block.text)
            self._project.set_runner()
            assert status == block.status, f"{where}: status {status}\n{output}"

    def type(self, text: str) -> tuple[int, str]:
        """Run lines as one block; return their status, and what they printed."""
        script = f". '{self._exports}'\nset -euo pipefail\n{text}\nexport -p > '{self._exports}'\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._project.root,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def beginner(project: Project) -> Iterator[Reader]:
    """Who has cloned the project and has no cloud yet; what they start ends here."""
    shutil.copy(ROOT / "manifests/release.json", project.manifest_path)
    foreign = {*project.cloud.environment, *PASSWORDS, "DSS_ANSIBLE_RUNNER"}
    environment = {k: v for k, v in project.environment.items() if k not in foreign}
    # The default, but for the link to `ci` that would lead to this very repository.
    environment["DSS_LOCALCLOUD_HOME"] = str(project.root / ".localcloud")
    reader = Reader(project, environment)
    yield reader
    status, output = reader.type("bin/localcloud down")
    assert status == 0, output


def test_the_tutorial_leads_through_a_first_release(
    beginner: Reader, project: Project
) -> None:
    beginner.follow(TUTORIAL)
    assert not (project.root / ".localcloud/server.pid").exists()


@pytest.mark.parametrize("page", HOW_TOS, ids=lambda page: page.stem)
def test_a_how_to_does_what_it_says(page: Path, project: Project) -> None:
    Reader(project, project.environment).follow(page)


def test_a_block_that_ends_otherwise_is_found(project: Project) -> None:
    reader = Reader(project, project.environment)
    reader.follow_text("```sh\nexport A=1\n```\n```console\n$ false\n```\n", "page")
    assert reader.type('echo "$A"; false; echo never') == (1, "1\n")
    reader.follow_text("```sh status=3\nexit 3\n```\n", "page")
    with pytest.raises(AssertionError, match="page:2: status 1"):
        reader.follow_text("\n```sh\nfalse\n```\n", "page")
    shown = "```sh\necho one two\n```\n```text\n{}\n```\n"
    reader.follow_text(shown.format("…e t…"), "page")
    with pytest.raises(AssertionError, match="page:4"):
        reader.follow_text(shown.format("three"), "page")
    with pytest.raises(AssertionError, match="page:1"):
        reader.follow_text("```bash\ntrue\n```\n", "page")


def test_every_relative_link_leads_somewhere() -> None:
    found = {str(page.relative_to(ROOT)): broken_links(page) for page in pages()}
    assert {"README.md", "docs/README.md"} <= found.keys()
    assert {page: links for page, links in found.items() if links} == {}


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b.c` d\n# Twice\n# Twice\n[a](#a-bc-d) [t](#twice-1) [w](https://example.com)\n"
        "`[code](nothing)`\n```text\n[block](nothing)\n```\n"
        "[gone](gone.md) [h](page.md#gone)\n\n[ref]: gone-too.md\n"
    )
    assert broken_links(page) == ["gone.md", "page.md#gone", "gone-too.md"]

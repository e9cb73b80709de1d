"""Help and manual pages: judged by mandoc and groff, with examples that can be pasted."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .cloud import ROOT
from .program import binary

TIMEOUT_SECONDS = 120
# They take nothing that an example could show.
PLAIN = {"version", "help"}


def run(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program, whose answer is text."""
    return subprocess.run(
        words,
        env=os.environ | {"DSS_BINARY": str(binary())},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=check,
    )


@pytest.fixture(scope="module")
def commands() -> dict[str, dict[str, Any]]:
    """What every command says of itself, by name; the program's own under `dssbatch`."""
    whole = json.loads(run(str(binary()), "--experimental-dump-help").stdout)["command"]
    return {one["commandName"]: one for one in [whole, *whole["subcommands"]]}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The manual pages, by name."""
    folder = tmp_path_factory.mktemp("manual")
    run(str(ROOT / "bin/manual"), str(folder))
    return {path.stem: path for path in folder.iterdir()}


def test_every_command_has_a_page(
    pages: dict[str, Path], commands: dict[str, dict[str, Any]]
) -> None:
    own = {f"dssbatch-{name}" for name in commands if name not in ("dssbatch", "help")}
    assert set(pages) == own | {"dssbatch"}


def test_pages_are_good_to_every_formatter(pages: dict[str, Path]) -> None:
    paths = [str(path) for path in pages.values()]
    judged = run("mandoc", "-T", "lint", "-W", "warning", *paths, check=False)
    assert judged.stdout + judged.stderr == ""
    for path in paths:
        shown = run("groff", "-ww", "-man", "-Tutf8", path)
        assert shown.stderr == "" and shown.stdout, path


def test_a_page_says_what_help_says(pages: dict[str, Path]) -> None:
    shown = run("mandoc", "-T", "utf8", str(pages["dssbatch-plan"])).stdout
    page = re.sub(r".\x08", "", shown)
    usage = run(str(binary()), "plan", "--help").stdout
    options = set(re.findall(r"--[a-z][a-z-]+", usage))
    assert len(options) > 15
    for option in options:
        assert option in page
    assert "dssbatch plan manifests/release.json --explain" in page


def examples(command: dict[str, Any]) -> list[list[str]]:
    """The words of each example in a command's help, up to a pipe or redirection."""
    lines = (command.get("discussion") or "").splitlines()
    found = []
    for line in lines:
        # What follows a gap explains it.
        text = re.split(r" {2,}|  #", line.strip())[0]
        if line.startswith("  ") and text.startswith("dssbatch "):
            found.append(shlex.split(re.split(r" [|>] ", text)[0]))
    return found


def test_every_command_has_examples_that_can_be_pasted(
    commands: dict[str, dict[str, Any]],
) -> None:
    for name, command in commands.items():
        if name in PLAIN:
            continue
        shown = examples(command)
        assert shown, f"`{name}` has no example"
        for words in shown:
            meant = commands.get(words[1], commands["run"])
            known = {
                ("--" if one["kind"] == "long" else "-") + one["name"]
                for argument in meant["arguments"]
                for one in argument.get("names", [])
            }
            options = {word.partition("=")[0] for word in words if word.startswith("-")}
            assert options <= known, words

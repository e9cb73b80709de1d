"""Command lines that make no sense: status 2, and nothing started."""

from __future__ import annotations

import json

import pytest

from .program import assert_error
from .project import MANIFEST, Project

# The command line


def test_missing_manifest(bad: Project) -> None:
    assert_error(bad.dssbatch("manifests/absent.json"), 2, "manifests/absent.json")


def test_folder_as_manifest(bad: Project) -> None:
    assert_error(bad.dssbatch("manifests"), 2, "manifests")


COMMAND_LINES: dict[str, tuple[list[str], list[str]]] = {
    "no arguments": ([], []),
    "unknown option": ([MANIFEST, "--onyl", "export"], ["--onyl"]),
    "unknown command": (["plam", MANIFEST], ["plam"]),
    "option without value": ([MANIFEST, "--only"], ["--only"]),
    "bad choice": ([MANIFEST, "--on-error", "panic"], ["panic", "cleanup"]),
    "bad number": ([MANIFEST, "-j", "many"], ["many"]),
    "no jobs": ([MANIFEST, "-j", "0"], ["-j"]),
    "negative wait": ([MANIFEST, "--wait-lock=-1"], ["--wait-lock"]),
    "endless wait": (["clean", "--yes", "--wait-lock=inf"], ["--wait-lock"]),
    "set without value": ([MANIFEST, "--set", "export.prefix"], ["KEY=VALUE"]),
    "set to a wrong type": (
        [MANIFEST, "--set", "/instance/volumeGiB=big"],
        ["volumeGiB"],
    ),
    "set of an unknown field": ([MANIFEST, "--set", "/regoin=eu-west-1"], ["region"]),
    "region": ([MANIFEST, "--region", "Mars"], ["Mars"]),
    "what if in a run": ([MANIFEST, "--what-if", "cfn/ec2.yaml"], ["--what-if"]),
    "why without stage": (["why", MANIFEST], []),
    "unlock without run": (["unlock", MANIFEST], ["--run-id"]),
    "adopt without id": (["adopt", MANIFEST, "ami"], ["--id"]),
}


@pytest.mark.parametrize("name", COMMAND_LINES)
def test_bad_command_line(bad: Project, name: str) -> None:
    arguments, fragments = COMMAND_LINES[name]
    outcome = bad.dssbatch(*arguments)
    assert_error(outcome, 2, *fragments)
    assert outcome.stdout == ""


def test_unknown_option_suggests_the_right_one(bad: Project) -> None:
    outcome = bad.dssbatch(MANIFEST, "--onyl", "export")
    assert "--only" in outcome.stderr


def test_errors_with_json_keep_stdout_parseable(bad: Project) -> None:
    bad.set("regoin", value="x")
    outcome = bad.dssbatch(MANIFEST, "--json")
    assert outcome.status == 2
    for line in outcome.stdout.splitlines():
        json.loads(line)

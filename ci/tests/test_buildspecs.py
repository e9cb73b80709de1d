"""The buildspecs of the CodeBuild projects: which commands they run, with which words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from .cloud import ROOT

SAY = '#!/bin/sh\nprintf "%s\\n" "${0##*/}" "$@" >>"$SAID"\n'


def run(name: str, folder: Path, **variables: str) -> list[str]:
    """Run the phases as CodeBuild does, over stand-ins; return the words of all calls."""
    spec = yaml.safe_load((ROOT / "ci" / name).read_text())
    assert spec["env"]["shell"] == "bash"
    for program in ("setup", "test", "dssbatch", "aws"):
        path = folder / ("path" if program == "aws" else "bin") / program
        path.parent.mkdir(exist_ok=True)
        path.write_text(SAY)
        path.chmod(0o755)
    script = folder / "ci/install-swift.sh"
    script.parent.mkdir(exist_ok=True)
    script.write_text("#!/bin/sh\necho /opt/swift/usr/bin\n")
    script.chmod(0o755)
    search = {"PATH": f"{folder / 'path'}:{os.environ['PATH']}"}
    settings = os.environ | {"SAID": str(folder / "said")} | search | variables
    for phase in spec["phases"]:
        commands = "\n".join(spec["phases"][phase]["commands"])
        subprocess.run(
            ["bash", "-euc", commands], cwd=folder, env=settings, check=True, timeout=60
        )
    return (folder / "said").read_text().splitlines()


def test_ci_sets_up_and_tests(tmp_path: Path) -> None:
    assert run("buildspec.yaml", tmp_path) == ["setup", "test"]


@pytest.mark.parametrize(
    ("asset_id", "options"),
    [("", []), ("3.4.0", ["--asset-id", "3.4.0"]), ("a b", ["--asset-id", "a b"])],
)
def test_a_release_names_its_asset_and_results(
    tmp_path: Path, asset_id: str, options: list[str]
) -> None:
    said = run(
        "buildspec-release.yaml",
        tmp_path,
        ASSET_ID=asset_id,
        RESULTS_BUCKET="images",
        RESULTS_PREFIX="results/ci",
    )
    place = "s3://images/results/ci"
    wanted = ["dssbatch", "manifests/release.json", *options, "--results", place]
    assert said == ["setup", *wanted]

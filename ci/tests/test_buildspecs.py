"""The buildspecs of the CodeBuild projects: which commands they run, with which words."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .cloud import ROOT
from .stand_ins import StandIns


def run(name: str, folder: Path, **variables: str) -> list[str]:
    """Run the phases as CodeBuild does, over stand-ins; return the words of all calls."""
    spec = yaml.safe_load((ROOT / "ci" / name).read_text())
    assert spec["env"]["shell"] == "bash"
    programs = StandIns(folder)
    for phase in spec["phases"].values():
        programs.run("\n".join(phase["commands"]), **variables)
    return programs.said()


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


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        (
            {"DSS_VARIANTS": "a b,c"},
            ["run", "many.json", "--asset-id", "a b,c", "--keep-going"],
        ),
        (
            {"DSS_OPTIONS": "--only source-ami --only docker-image"},
            [
                *("run", "many.json", "--only", "source-ami"),
                *("--only", "docker-image", "--keep-going"),
            ],
        ),
        ({"DSS_COMMAND": "collect"}, ["collect", "many.json"]),
    ],
)
def test_a_build_of_a_batch_does_its_part(
    tmp_path: Path, variables: dict[str, str], words: list[str]
) -> None:
    spec = yaml.safe_load((ROOT / "ci/buildspec-matrix.yaml").read_text())
    given = spec["env"]["variables"] | variables
    place = "s3://images/results"
    said = run(
        "buildspec-matrix.yaml",
        tmp_path,
        **given | {"DSS_MATRIX": "many.json", "DSS_RESULTS": place},
    )
    waits = ["--wait-lock", "600"] if words[0] == "run" else []
    assert said == ["setup", "dssbatch", *words, *waits, "--results", place]

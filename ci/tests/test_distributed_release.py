"""Many releases by a batch of builds: as one process makes them, also when a build is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .cloud import AssetView, Cloud
from .code_build import BuildSource, deploy
from .matrix import FILE, Matrix
from .project import Project
from .test_distribute import builds
from .test_shared_results import Shared

pytestmark = pytest.mark.slow

STACK = "BUILDSPEC-TEST"
LETTERS = "abcdefgh"
# Nothing else is proved by more of them, in thrice the time.
MANY = pytest.param("abcdefghijklmnopqrst", marks=pytest.mark.exhaustive)
# What every run has of its own: ids, times, digests of disks and documents that hold them.
OWN = re.compile(
    r"ami-[0-9a-f]+|\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{64}|[0-9a-f]{32}(-\d+)?"
)


@pytest.fixture
def source(project: Project, cloud: Cloud, tmp_path: Path) -> Iterator[BuildSource]:
    shared = Shared(cloud, project.asset_id)
    deploy(
        cloud,
        STACK,
        ResultsPrefix=shared.prefix,
        MaximumBuildsInBatch="30",
    )
    source = BuildSource(project, tmp_path / "repository")
    source.carry_out(STACK)
    yield source
    cloud.call("/localcloud/builds", "DELETE")


def releases(shared: Shared, matrix: Matrix) -> dict[str, Any]:
    """What each `release.json` holds, less what each run has of its own."""
    documents = {}
    for asset_id in matrix.ids:
        document = json.loads(shared.objects(asset_id)["release.json"])
        document["timings"] = sorted(document["timings"])
        assert document.pop("seconds") >= 0
        text = OWN.sub("…", json.dumps(document))
        documents[asset_id[-1]] = text.replace(asset_id, "ID")
    return documents


@pytest.mark.parametrize("letters", [LETTERS, MANY])
def test_a_batch_gives_what_one_process_gives(
    source: BuildSource, project: Project, cloud: Cloud, tmp_path: Path, letters: str
) -> None:
    matrix, count = Matrix(project, letters), len(letters)
    source.commit({FILE: json.loads(matrix.path.read_text())})
    shared = Shared(cloud, project.asset_id)
    running = project.start(
        "distribute",
        FILE,
        "--results",
        shared.address,
        "--stack-name",
        STACK,
        "--branch",
        "release-test",
    )
    running.wait_until(lambda: running.stdout().endswith("\n"), "the batch's id")
    batch_id = running.stdout().strip()

    # One build is lost with its machine while it makes a release.
    def is_made() -> bool:
        return "ami.json" in shared.objects(matrix.ids[0])

    running.wait_until(
        lambda: "releases_001" in builds(cloud, batch_id),
        "the builds",
        timeout_seconds=3600,
    )
    lost = builds(cloud, batch_id)["releases_001"]
    running.wait_until(
        lambda: (
            any(e["operation"] == "ec2:RunInstances" for e in cloud.requests())
            or is_made()
        ),
        "a machine",
        timeout_seconds=3600,
    )
    cloud.call("/localcloud/builds", "POST", {"id": lost, "kill": True})
    outcome = running.outcome(7200)
    assert outcome.status == 1, str(outcome)
    assert "build releases_001" in outcome.stderr and "FAULT" in outcome.stderr

    # The same command again builds that one alone.
    again = project.dssbatch(*outcome.arguments, timeout_seconds=7200)
    assert again.status == 0, str(again)
    assert "releases_002" not in again.stderr
    assert f"{count} variants: {count} fresh" in again.stderr
    client = cloud.client("codebuild")
    for batch in (batch_id, again.stdout.strip()):
        (seen,) = client.batch_get_build_batches(ids=[batch])["buildBatches"]
        assert seen["complete"]

    # One process, elsewhere, makes the same.
    other = Project(tmp_path / "one", cloud)
    # As long as the other: the sizes of documents depend on it.
    other.fill(f"{project.asset_id[:-1]}z", project_port(project))
    alone = Matrix(other, letters)
    place = Shared(cloud, other.asset_id)
    alone.run("--results", place.address, timeout_seconds=3600)
    assert releases(shared, matrix) == releases(place, alone)
    for asset_id in matrix.ids:
        view = AssetView(cloud, asset_id)
        view.assert_nothing_runs()
        assert len(view.images()) == 1
    summary = json.loads(shared.objects("many")["summary.json"])
    assert summary["counts"] == {
        "fresh": count,
        "stale": 0,
        "failed": 0,
        "never ran": 0,
    }
    for variant in summary["variants"]:
        recorded = shared.objects(variant["assetId"])["release.json"]
        assert variant["release"] == json.loads(recorded)
    project.assert_secrets_kept()


def project_port(project: Project) -> int:
    """The ssh port of the machines of a project's manifest."""
    return json.loads(project.manifest_path.read_text())["instance"]["sshPort"]

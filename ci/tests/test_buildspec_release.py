"""A release made by the buildspec's own commands in a clean clone, and what others do with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .cloud import Cloud
from .code_build import BuildSource, deploy
from .github_server import GitHubServer
from .program import Outcome
from .project import MACHINE_CALLS, Project
from .test_shared_results import Shared
from .test_update_release import assert_published_documents

pytestmark = pytest.mark.slow

# The first build makes the Python environment.
BUILD_SECONDS = 7200
STACK = "BUILDSPEC-TEST"


@dataclass
class Builder:
    """Starts builds, and sees what they leave."""

    project: Project
    shared: Shared
    source: BuildSource

    def build(self, release_id: int) -> Outcome:
        """`start-release-build`, followed to its end."""
        return self.project.dssbatch(
            "start-release-build",
            "--release-id",
            str(release_id),
            "--branch",
            "release-test",
            "--stack-name",
            STACK,
            timeout_seconds=BUILD_SECONDS,
        )


@pytest.fixture
def builder(
    project: Project, cloud: Cloud, hub: GitHubServer, tmp_path: Path
) -> Iterator[Builder]:
    shared = Shared(cloud, project.asset_id)
    deploy(cloud, STACK, ResultsPrefix=shared.prefix)
    source = BuildSource(project, tmp_path / "repository")
    source.carry_out(STACK, GITHUB_API_URL=hub.environment()["GITHUB_API_URL"])
    yield Builder(project, shared, source)
    cloud.call("/localcloud/builds", "DELETE")


def test_a_release_by_the_buildspec(
    builder: Builder, hub: GitHubServer, cloud: Cloud, tmp_path: Path
) -> None:
    page = hub.add("v9", title="Title", body="By hand.")
    project, shared = builder.project, builder.shared
    place = ("--results", shared.address)
    outcome = builder.build(page.id)
    assert outcome.status == 0, str(outcome)
    assert "setup: installing Python tools" in outcome.stderr
    assert "Compiling" not in outcome.stderr
    names = shared.objects(project.asset_id)
    assert {"release.json", "ami.json", "export-vmdk.json", "github-release.json"} <= {
        *names
    }
    project.view.assert_nothing_runs()
    assert_published_documents(hub, page, names)

    # The next build finds all of it, its environment too.
    mark = cloud.mark()
    again = builder.build(page.id)
    assert again.status == 0 and "everything is fresh" in again.stderr, str(again)
    assert "setup: installing" not in again.stderr
    assert MACHINE_CALLS.isdisjoint(cloud.operations(mark))

    # A laptop publishes it again, twice.
    laptop = project.copy_to(tmp_path / "laptop")
    for _ in range(2):
        laptop.dssbatch(
            "update-release",
            "--release-id",
            str(page.id),
            *place,
            env=hub.environment(),
            check=0,
        )
        assert_published_documents(hub, page, names)

    # And exports anew, on the image that the build has made; the page names what that replaces.
    image, mark = shared.result(project.asset_id, "ami"), cloud.mark()
    outcome = laptop.run(
        *place,
        *("--only", "export-vmdk", "--force", "export-vmdk", "--replace-published"),
        check=0,
    )
    assert outcome.started() == {"export-vmdk"}
    assert MACHINE_CALLS.isdisjoint(cloud.operations(mark))
    assert shared.result(project.asset_id, "ami") == image
    project.assert_secrets_kept()

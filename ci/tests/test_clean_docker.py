"""`clean --all` and the Docker image, on an engine of records."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from localcloud.paper.docker_engine import BASE_IMAGE, PaperDockerEngine

from .project import Project


@pytest.fixture
def engine(project: Project) -> Iterator[PaperDockerEngine]:
    """An engine with the base image and an image of somebody else's."""
    engine = PaperDockerEngine(project.temporary / "e.sock")
    engine.add_image(BASE_IMAGE)
    project.environment["DOCKER_HOST"] = f"unix://{engine.socket}"
    project.edit_manifest(lambda m: m.update(docker={"repository": "team/sandbox"}))
    yield engine
    engine.close()


def contain(engine: PaperDockerEngine, name: str, asset_id: str) -> None:
    """Put a container onto the engine that is labelled with an asset id."""
    engine.containers[name] = {
        "Id": name,
        "Name": f"/{name}",
        "State": {"Running": True, "ExitCode": 0},
        "Config": {"Labels": {"exa_dss_id": asset_id}},
    }


def test_the_image_goes_with_all_and_only_then(
    project: Project, engine: PaperDockerEngine
) -> None:
    project.dssbatch("create-docker-image", "--version", "7", check=0)
    name = project.result("docker-image")["outputs"]["image"]
    contain(engine, "mine", project.asset_id)
    contain(engine, "theirs", f"{project.asset_id}-2")
    project.dssbatch("clean", "--yes", check=0)
    assert engine.image(name) is not None
    everything = ("clean", "--all", "--yes", "--older-than", "0")
    project.dssbatch(*everything, check=0)
    assert list(engine.containers) == ["theirs"]
    assert engine.image(name) is None
    assert engine.image("team/sandbox:latest") is None
    assert engine.image(BASE_IMAGE) is not None
    assert project.states("--only", "docker")["docker-image"] == "run"
    # A second time there is nothing left to remove.
    assert "nothing to remove" in project.dssbatch(*everything, check=0).stderr

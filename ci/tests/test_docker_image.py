"""The Docker image on an engine of records: what is built, pushed, refused, resumed, left."""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from localcloud.paper.docker_engine import BASE_IMAGE, PaperDockerEngine

from .cloud import Cloud
from .matrix import FILE, Matrix, started
from .program import assert_error
from .project import MANIFEST, Project

REPOSITORY = "registry.test:5000/team/sandbox"
PASSWORD = "registry-password-71c0"
PLAYED = ["sandbox.yml", "machine.yml", "finish-container.yml"]
PUBLISH = ("--set", "/docker/publish=true")


@pytest.fixture
def engine(project: Project) -> Iterator[PaperDockerEngine]:
    """An engine with the base image, named to the project by DOCKER_HOST."""
    engine = PaperDockerEngine(project.temporary / "e.sock")
    engine.add_image(BASE_IMAGE)
    project.environment["DOCKER_HOST"] = f"unix://{engine.socket}"
    project.environment["DOCKER_REGISTRY_PASSWORD"] = PASSWORD
    project.edit_manifest(
        lambda m: m.update(
            docker={"repository": REPOSITORY, "registryUser": "releaser"}
        )
    )
    yield engine
    engine.close()


def build(project: Project, *options: str, check: int = 0):
    """Run only the stages of the Docker image."""
    return project.run("--only", "docker", *options, check=check)


def test_create_docker_image_needs_no_aws(
    project: Project, engine: PaperDockerEngine, cloud: Cloud
) -> None:
    mark = cloud.mark()
    bare = {name: None for name in project.cloud.environment if name != "PATH"}
    outcome = project.dssbatch("create-docker-image", "--json", env=bare, check=0)
    assert outcome.started() == {"docker-image"}
    assert cloud.operations(mark) == []
    version = json.loads(project.manifest_path.read_text())["versions"]["sandbox"]
    outputs = project.result("docker-image")["outputs"]
    assert outputs["image"] == f"{REPOSITORY}:{version}"
    assert outputs["tags"] == [version, "latest"]
    image = engine.image(outputs["image"])
    assert image is not None
    assert image["Id"] == outputs["digest"]
    assert sorted(image["RepoTags"]) == [
        f"{REPOSITORY}:{version}",
        f"{REPOSITORY}:latest",
    ]
    config = image["Config"]
    assert config["ExposedPorts"] == {"8888/tcp": {}}
    assert config["Entrypoint"][-1].endswith("dss-entrypoint")
    assert config["Labels"]["org.opencontainers.image.version"] == version
    assert config["Labels"]["exa_dss_id"] == project.asset_id
    assert config["Healthcheck"]["Test"][0] == "CMD-SHELL"
    assert [call["playbook"] for call in project.runner_calls()] == PLAYED
    for call in project.runner_calls():
        assert call["inventory"]["ansible_connection"].startswith("community.docker")
        assert call["extravars"]["sandbox_target"] == "container"
    assert engine.containers == {}
    assert "push" not in engine.calls
    project.assert_secrets_kept()


def test_second_build_does_nothing(project: Project, engine: PaperDockerEngine) -> None:
    build(project)
    calls = len(engine.calls)
    assert build(project).started() == set()
    assert len(engine.calls) == calls
    engine.images.clear()
    assert build(project).started() == set()
    engine.add_image(BASE_IMAGE)
    assert build(project, "--verify").started() == {"docker-image"}


def test_publishing_later_builds_nothing_again(
    project: Project, engine: PaperDockerEngine
) -> None:
    build(project)
    plays = len(project.runner_calls())
    outcome = build(project, *PUBLISH)
    assert outcome.started() == {"docker-push"}
    assert len(project.runner_calls()) == plays
    outputs = project.result("docker-push")["outputs"]
    assert engine.registry[outputs["image"]] == outputs["digest"]
    assert set(engine.registry) == {f"{REPOSITORY}:{tag}" for tag in outputs["tags"]}
    assert {c["username"] for c in engine.credentials} == {"releaser"}
    assert {c["password"] for c in engine.credentials} == {PASSWORD}
    assert project.files_with(PASSWORD.encode()) == []
    assert build(project, *PUBLISH, "--verify").started() == set()
    engine.registry.clear()
    assert build(project, *PUBLISH, "--verify").started() == {"docker-push"}


def test_refused_push_in_a_stream_that_began_well_fails(
    project: Project, engine: PaperDockerEngine
) -> None:
    engine.faults["push"] = f"unauthorized: no {PASSWORD} here"
    outcome = build(project, *PUBLISH, check=1)
    assert outcome.stages("failed") == ["docker-push"]
    error = project.result("docker-push")["error"]
    assert error["code"] == "docker.push-refused"
    assert "DOCKER_REGISTRY_PASSWORD" in error["hint"]
    assert project.files_with(PASSWORD.encode()) == []
    engine.faults.clear()
    assert build(project, *PUBLISH).started() == {"docker-push"}


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"health": "unhealthy"}, "docker.image-unhealthy"),
        ({"exit": 137}, "docker.image-unstoppable"),
        ({"commit": 500}, "docker.500"),
        ({"create": 500}, "docker.500"),
    ],
)
def test_what_goes_wrong_leaves_nothing(
    project: Project, engine: PaperDockerEngine, fault: dict, code: str
) -> None:
    engine.faults |= fault
    build(project, check=1)
    assert project.result("docker-image")["error"]["code"] == code
    assert engine.containers == {}
    assert [i["RepoTags"] for i in engine.images.values()] == [[BASE_IMAGE]]
    engine.faults.clear()
    build(project)
    assert project.stale("--only", "docker") == {}


@pytest.mark.parametrize("playbook", PLAYED)
def test_killed_build_leaves_nothing_once_it_runs_again(
    project: Project, engine: PaperDockerEngine, playbook: str
) -> None:
    project.set_runner(**{playbook: {"seconds": 900}})
    running = project.start(MANIFEST, "--only", "docker")

    def is_reached() -> bool:
        return any(c["playbook"] == playbook for c in project.runner_calls())

    running.wait_until(is_reached, playbook)
    running.send(signal.SIGKILL)
    running.outcome()
    assert len(engine.containers) == 1
    project.set_runner()
    build(project)
    assert engine.containers == {}
    assert list(project.temporary.glob("dss-*")) == []


def test_interrupted_build_removes_its_container(
    project: Project, engine: PaperDockerEngine
) -> None:
    project.set_runner(**{"sandbox.yml": {"seconds": 900}})
    running = project.start(MANIFEST, "--only", "docker")
    project.wait_for_playbook(running)
    running.send(signal.SIGINT)
    assert running.outcome().status == 130
    assert engine.containers == {}


def test_absent_engine_is_said_before_a_machine_is_paid_for(
    project: Project, cloud: Cloud
) -> None:
    project.environment["DOCKER_HOST"] = f"unix://{project.temporary}/nobody.sock"
    project.edit_manifest(lambda m: m.update(docker={"repository": REPOSITORY}))
    mark = cloud.mark()
    outcome = project.run(check=None)
    assert outcome.status in (1, 2)
    assert "DOCKER_HOST" in outcome.stderr
    assert "ec2:RunInstances" not in cloud.operations(mark)


def test_local_run_never_falls_back_to_another_engine(
    project: Project, engine: PaperDockerEngine
) -> None:
    bare = {name: None for name in project.cloud.environment}
    project.dssbatch("create-docker-image", "--local", env=bare, check=0)
    # What `--local` makes lies in a folder of its own.
    local = project.results.parents[1] / "out-local" / project.asset_id
    result = json.loads((local / "docker-image.json").read_text())
    assert result["status"] == "succeeded"
    assert engine.calls == []


def test_local_cloud_without_an_engine_says_so(
    project: Project, engine: PaperDockerEngine, tmp_path: Path
) -> None:
    description = json.loads((project.cloud.home / "cloud.json").read_text())
    del description["environment"]["DOCKER_HOST"]
    (tmp_path / "cloud.json").write_text(json.dumps(description))
    bare: dict[str, str | None] = {name: None for name in project.cloud.environment}
    bare["DSS_LOCALCLOUD_HOME"] = str(tmp_path)
    outcome = project.dssbatch("create-docker-image", "--local", env=bare, check=2)
    assert "the local cloud runs no Docker engine" in outcome.stderr
    assert engine.calls == []


def test_whole_release_names_the_docker_image(
    project: Project, engine: PaperDockerEngine
) -> None:
    project.run(*PUBLISH)
    document = json.loads((project.results / "release.json").read_text())
    pushed = project.result("docker-push")["outputs"]
    assert document["docker"]["image"] == pushed["image"]
    assert document["docker"]["digest"] == pushed["digest"]
    text = (project.results / "artifacts.md").read_text()
    assert pushed["image"] in text
    assert pushed["digest"] in text
    keys = [key.partition(project.asset_id)[2] for key in project.view.objects()]
    assert any(key.endswith(".docker.cdx.json") for key in keys)
    assert project.stale(*PUBLISH) == {}


@pytest.mark.parametrize(
    ("docker", "pointer"),
    [
        ({}, "/docker"),
        ({"repository": "Upper/Case"}, "/docker/repository"),
        ({"repository": "a/b:tag"}, "/docker/repository"),
        ({"repository": "a/b", "publish": "yes"}, "/docker/publish"),
        ({"repository": "a/b", "push": True}, "/docker"),
    ],
)
def test_bad_section(bad: Project, docker: dict, pointer: str) -> None:
    bad.edit_manifest(lambda m: m.update(docker=docker))
    outcome = bad.dssbatch(MANIFEST, check=2)
    assert f"#{pointer}" in outcome.stderr
    assert "hint:" in outcome.stderr


def test_releases_of_a_matrix_share_one_image(
    project: Project, engine: PaperDockerEngine
) -> None:
    matrix = Matrix(project)
    outcome = matrix.run("--only", "docker", *PUBLISH)
    assert len([call for call in engine.calls if call == "commit"]) == 1
    assert len(project.runner_calls()) == len(PLAYED)
    assert {stage for _, stage in started(outcome)} == {"docker-image", "docker-push"}
    results = [
        json.loads((matrix.folder(asset_id) / "docker-image.json").read_text())
        for asset_id in matrix.ids
    ]
    assert len({result["outputs"]["imageId"] for result in results}) == 1
    for asset_id, result in zip(matrix.ids, results, strict=True):
        assert result["assetId"] == asset_id
        for document in ("inventory", "sbom"):
            named = result["outputs"]["documents"][document]
            content = (matrix.folder(asset_id) / named["file"]).read_bytes()
            assert f"sha256:{hashlib.sha256(content).hexdigest()}" == named["sha256"]
    assert set(matrix.plan("--only", "docker")[matrix.ids[2]].values()) == {"fresh"}


def test_releases_whose_images_differ_cannot_have_one_name(
    project: Project, engine: PaperDockerEngine
) -> None:
    matrix = Matrix(project, "ab")
    first, second = matrix.ids
    matrix.write({first: {}, second: {"/versions/poetry": "1.8.4"}})
    assert_error(project.dssbatch(FILE), 2, "both make Docker image")
    matrix.change(second, "/docker/repository", f"{REPOSITORY}-other")
    matrix.run("--only", "docker")
    assert len({image["Id"] for image in engine.images.values()}) >= 2


def test_latest_never_goes_back(project: Project, engine: PaperDockerEngine) -> None:
    def release(version: str, *tags: str) -> list[str]:
        def change(manifest: dict) -> None:
            manifest["versions"]["sandbox"] = version
            if tags:
                manifest["docker"]["tags"] = list(tags)

        project.edit_manifest(change)
        build(project, *PUBLISH)
        return project.result("docker-push")["outputs"]["tags"]

    latest = f"{REPOSITORY}:latest"
    assert release("3.9.0") == ["3.9.0", "latest"]
    assert release("3.10.0") == ["3.10.0", "latest"]
    newest = engine.registry[latest]
    # Another machine, whose engine knows nothing of what was pushed.
    engine.images.clear()
    engine.add_image(BASE_IMAGE)
    assert release("3.9.1") == ["3.9.1"]
    assert engine.registry[latest] == newest
    assert engine.registry[f"{REPOSITORY}:3.9.1"] != newest
    # What was fetched to know that is gone again.
    assert f"{REPOSITORY}@{newest}" not in [
        name for image in engine.images.values() for name in image["RepoDigests"]
    ]
    commits = engine.calls.count("commit")
    assert release("3.9.1", "latest", "3.9") == ["3.9.1", "latest", "3.9"]
    assert engine.calls.count("commit") == commits
    assert engine.registry[latest] == engine.registry[f"{REPOSITORY}:3.9.1"]

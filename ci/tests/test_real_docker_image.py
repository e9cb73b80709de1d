"""The Docker image in a real engine and a real registry: pushed, pulled again, run, stopped."""

from __future__ import annotations

import contextlib
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from .real_release import PASSWORD, RealRelease

PORT = 8888
ANSWER_TIMEOUT_SECONDS = 1800
STEP_TIMEOUT_SECONDS = 1800

pytestmark = pytest.mark.slow


class Engine:
    """The local cloud's engine, spoken to with Docker's own client."""

    def __init__(self, real: RealRelease):
        self._environment = real.environment | {
            "DOCKER_HOST": real.cloud.stand_ins["DOCKER_HOST"],
            "DOCKER_CONFIG": str(real.folder / "docker-client"),
        }

    def docker(self, *arguments: str, check: bool = True, secret: str = "") -> str:
        """Run the client."""
        result = subprocess.run(
            ["docker", *arguments],
            env=self._environment,
            input=secret,
            capture_output=True,
            text=True,
            timeout=STEP_TIMEOUT_SECONDS,
            check=False,
        )
        assert not check or result.returncode == 0, result.stderr
        return result.stdout.strip()

    @contextlib.contextmanager
    def container(self, image: str, *options: str) -> Iterator[str]:
        """Run a container in the background for the body."""
        name = self.docker("run", "--detach", "--network=host", *options, image)
        try:
            yield name
        finally:
            self.docker("rm", "--force", "--volumes", name, check=False)


@pytest.fixture(scope="module")
def engine(real: RealRelease) -> Engine:
    return Engine(real)


@pytest.fixture(scope="module")
def pulled(real: RealRelease, engine: Engine) -> str:
    """The image, out of the registry and from nowhere else."""
    recorded = real.outputs("docker-push")
    tags = [f"{real.repository}:{real.asset_id}", f"{real.repository}:latest"]
    before = engine.docker("image", "inspect", "--format={{.Id}}", tags[0])
    engine.docker("rmi", "--force", *tags)
    registry = real.registry
    engine.docker(
        *("login", "--username", registry.user, "--password-stdin", registry.address),
        secret=registry.password,
    )
    engine.docker("pull", "--quiet", f"{real.repository}@{recorded['digest']}")
    for tag in tags:
        engine.docker("pull", "--quiet", tag)
    assert engine.docker("image", "inspect", "--format={{.Id}}", tags[0]) == before
    return tags[0]


def answer(path: str) -> bytes:
    """Return what Jupyter answers, once it does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + ANSWER_TIMEOUT_SECONDS
    while True:
        try:
            with opener.open(f"http://127.0.0.1:{PORT}{path}", timeout=10) as response:
                return response.read()
        except OSError:
            assert time.monotonic() < deadline, "Jupyter does not answer"
            time.sleep(0.5)


def test_the_registry_has_what_was_recorded(real: RealRelease) -> None:
    name = real.repository.partition("/")[2]
    assert real.registry.tags(name) == sorted([real.asset_id, "latest"])
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = real.registry.call(f"/v2/{name}/manifests/latest", accept=kind)
    assert manifest["config"]["digest"] == real.outputs("docker-image")["digest"]


def test_the_image_says_what_it_is(real: RealRelease, engine: Engine) -> None:
    (image,) = json.loads(
        engine.docker("image", "inspect", real.outputs("docker-image")["image"])
    )
    labels, config = image["Config"]["Labels"], image["Config"]
    assert labels["exa_dss_id"] == real.asset_id
    assert labels["org.opencontainers.image.version"] == real.versions["sandbox"]
    assert labels["org.opencontainers.image.base.name"]
    assert labels["org.opencontainers.image.created"]
    assert list(config["ExposedPorts"]) == [f"{PORT}/tcp"]
    assert config["User"] not in ("", "root", "0")
    text = json.dumps(image)
    for secret in (real.registry.password, f"={PASSWORD}"):
        assert secret not in text


def test_the_pulled_image_serves_jupyter_and_stops_cleanly(
    engine: Engine, pulled: str
) -> None:
    with engine.container(pulled) as name:
        assert b"version" in answer("/api")
        assert b"password" in answer("/login")
        listing = engine.docker("exec", name, "sh", "-c", "ls ~/notebooks")
        assert "tutorial.ipynb" in listing
        # It is killed after that, which the status would show.
        engine.docker("stop", "--time=600", name)
        status = engine.docker("inspect", "--format={{.State.ExitCode}}", name)
        assert status == "0", engine.docker("logs", name)


def test_notebooks_of_the_user_are_never_overwritten(
    engine: Engine, pulled: str
) -> None:
    (home,) = engine.docker("run", "--rm", pulled, "sh", "-c", "echo ~").split()
    mount = f"--volume=notebooks-test:{home}/notebooks"
    edit = "echo mine > ~/notebooks/tutorial.ipynb && echo new > ~/notebooks/own.txt"
    engine.docker("run", "--rm", mount, pulled, "sh", "-c", edit)
    try:
        with engine.container(pulled, mount) as name:
            answer("/api")
            read = "cat ~/notebooks/tutorial.ipynb ~/notebooks/own.txt"
            assert engine.docker("exec", name, "sh", "-c", read) == "mine\nnew"
    finally:
        engine.docker("volume", "rm", "notebooks-test")


def test_a_refused_push_fails_and_repeats_nothing_else(real: RealRelease) -> None:
    result = real.dssbatch(
        *("--force", "docker-push", "--only", "docker-push", "--json"),
        timeout_seconds=STEP_TIMEOUT_SECONDS,
        DOCKER_REGISTRY_PASSWORD="not-the-password-9f3a",
    )
    assert result.returncode == 1, result.stdout + result.stderr
    assert "not-the-password-9f3a" not in result.stdout + result.stderr
    failed = real.document("docker-push.json")
    assert failed["status"] == "failed"
    assert failed["error"]["hint"]
    again = real.dssbatch(
        *("--only", "docker-push", "--json"), timeout_seconds=STEP_TIMEOUT_SECONDS
    )
    assert again.returncode == 0, again.stdout + again.stderr
    started = [
        event["stage"]
        for event in map(json.loads, again.stdout.splitlines())
        if event["event"] == "stage-started"
    ]
    assert started == ["docker-push"]


def test_no_container_of_the_build_is_left(engine: Engine) -> None:
    assert engine.docker("ps", "--all", "--quiet", "--filter=label=exa_dss_id") == ""

"""The Docker engine of real mode; needs root and a base machine."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import docker
import pytest

from .conftest import Cloud, run_localcloud

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="the engine needs root"),
]
BASE_IMAGE = "ubuntu:22.04"
# A dockerd whose kernel can do what `REFUSED` does not match.
PARTIAL_DOCKERD = """\
#!/bin/sh
if grep -Eq "$REFUSED" "${1#--config-file=}"; then
  echo 'driver not supported' >&2
  exit 1
fi
exec %s "$@"
"""


@pytest.fixture(scope="module")
def base_machine(tmp_path_factory):
    home = tmp_path_factory.mktemp("base")
    built = run_localcloud(home, "base", timeout_seconds=7200)
    assert built.returncode == 0, built.stderr


@pytest.fixture
def home(base_machine, tmp_path):
    yield tmp_path / "cloud"
    end_for_good(tmp_path / "cloud")


@pytest.fixture(scope="module")
def shared_home(base_machine, tmp_path_factory):
    home = tmp_path_factory.mktemp("docker")
    yield home
    end_for_good(home)


def end_for_good(home):
    reset = run_localcloud(home, "reset")
    assert reset.returncode == 0, reset.stderr
    assert [path.name for path in home.iterdir()] == ["cloud.lock"]
    assert left_of(home) == []
    shutil.rmtree(home)


def left_of(home):
    """Return what an engine could leave behind: processes and mounts."""
    commands = subprocess.run(
        ["pgrep", "--list-full", "--full", f"{home}/docker"],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    ).stdout.splitlines()
    mounts = Path("/proc/mounts").read_text().splitlines()
    return commands + [line for line in mounts if str(home) in line]


def up(home, **environment):
    started = time.monotonic()
    result = run_localcloud(home, "up", **environment)
    assert result.returncode == 0, result.stderr
    print(f"up took {time.monotonic() - started:.1f} s")
    return result


def client_of(home):
    return docker.DockerClient(
        Cloud(home).environment["DOCKER_HOST"], version="auto", timeout=600
    )


def run_sleeper(client):
    return client.containers.run(
        BASE_IMAGE, ["sleep", "600"], network_mode="host", detach=True
    )


def test_the_engine_comes_and_goes_with_the_cloud(shared_home):
    assert "warning" not in up(shared_home).stderr
    client = client_of(shared_home)
    assert client.images.get(BASE_IMAGE).attrs["Architecture"] == "amd64"
    said = client.containers.run(
        BASE_IMAGE,
        ["sh", "-c", "dpkg --audit && apt-get check --quiet && echo fine"],
        network_mode="host",
        remove=True,
    )
    assert said.decode().splitlines()[-1] == "fine"
    run_sleeper(client)
    client.close()
    assert left_of(shared_home)
    assert run_localcloud(shared_home, "down").returncode == 0
    assert left_of(shared_home) == []
    assert not (shared_home / "docker/docker.sock").exists()
    up(shared_home)
    client = client_of(shared_home)
    assert client.containers.list(all=True) == []
    assert client.images.get(BASE_IMAGE)
    client.close()


def test_packages_come_from_this_machines_sources_and_no_image_says_so(shared_home):
    up(shared_home)
    client = client_of(shared_home)
    container = run_sleeper(client)
    install = (
        "apt-get update && apt-get install --yes --no-install-recommends"
        " ca-certificates python3-venv && python3 -m venv /venv"
        " && /venv/bin/pip install --quiet certifi"
    )
    status, output = container.exec_run(["sh", "-c", install])
    assert status == 0, output.decode()[-2000:]
    image = container.commit("packages", "1")
    assert image.attrs["Config"]["Env"] == client.images.get(BASE_IMAGE).attrs[
        "Config"
    ].get("Env")
    assert not [c["Path"] for c in container.diff() if "localcloud" in c["Path"]]
    client.close()


def test_a_killed_server_takes_its_engine_along(shared_home):
    up(shared_home)
    client = client_of(shared_home)
    run_sleeper(client)
    client.close()
    os.kill(Cloud(shared_home).description["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 300
    while left_of(shared_home) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert left_of(shared_home) == []
    up(shared_home)
    client = client_of(shared_home)
    assert client.containers.list(all=True) == []
    client.close()


def with_dockerd(folder, refused):
    program = folder / "bin/dockerd"
    program.parent.mkdir()
    program.write_text(PARTIAL_DOCKERD % shutil.which("dockerd"))
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{os.environ['PATH']}", "REFUSED": refused}


def test_an_engine_without_overlays_copies(home, tmp_path):
    up(home, **with_dockerd(tmp_path, "overlay2"))
    client = client_of(home)
    assert client.info()["Driver"] == "vfs"
    client.containers.run(BASE_IMAGE, ["true"], network_mode="host", remove=True)
    client.close()


def test_without_an_engine_the_cloud_runs_and_says_what_is_missing(home, tmp_path):
    for result in (up(home, **with_dockerd(tmp_path, ".")), run_localcloud(home, "up")):
        assert "warning: there is no Docker engine" in result.stderr
        assert "driver not supported" in result.stderr
        assert f"hint: the whole log is `{home}/docker/engine.log`" in result.stderr
    cloud = Cloud(home)
    assert "DOCKER_HOST" not in cloud.environment
    assert cloud.client("sts").get_caller_identity()["Account"]


def test_a_home_that_lies_deep_has_its_socket_elsewhere(base_machine, tmp_path):
    home = tmp_path / ("d" * 100)
    up(home)
    socket = Path(Cloud(home).environment["DOCKER_HOST"].removeprefix("unix://"))
    assert socket.parent.parent == Path("/run")
    client = client_of(home)
    assert client.ping()
    client.close()
    assert run_localcloud(home, "reset").returncode == 0
    assert not socket.parent.exists()

"""Fixtures: a paper cloud for the whole run, project folders for each test."""

from __future__ import annotations

import itertools
import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .cloud import Cloud, control
from .foreign_exports import ForeignExports
from .github_server import GitHubServer, running_github
from .machines import make_key
from .program import binary
from .project import Project
from .real_release import FIRST_RUN_TIMEOUT_SECONDS, RealRelease
from .registry import running_registry
from .sshserver import SSHServer

_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker of the slow tier known."""
    config.addinivalue_line(
        "markers", "slow: takes longer than a few seconds; `-m slow`"
    )
    config.addinivalue_line(
        "markers", "exhaustive: takes hours; `ci/all`, and chosen by nothing else"
    )
    # Under `nohup` and in the background they are ignored, and the program would take that over.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Leave out what takes hours, unless it is asked for by its mark."""
    if "exhaustive" in config.option.markexpr:
        return
    chosen = [item for item in items if not item.get_closest_marker("exhaustive")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session", autouse=True)
def _program() -> None:
    assert binary().is_file(), (
        f"there is no `{binary()}`: build it, or name one in DSS_BINARY"
    )


@pytest.fixture(scope="session")
def session_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The paper cloud of the whole run."""
    home = tmp_path_factory.mktemp("cloud")
    control(home, "up", "--paper")
    yield Cloud(home)
    control(home, "down")


@pytest.fixture
def cloud(session_cloud: Cloud) -> Iterator[Cloud]:
    """The paper cloud, every switch in its first position."""
    session_cloud.restore()
    yield session_cloud
    session_cloud.restore()


@pytest.fixture
def foreign(cloud: Cloud) -> Iterator[ForeignExports]:
    """Exports of somebody else, none yet."""
    exports = ForeignExports(cloud)
    yield exports
    exports.end()


@pytest.fixture(scope="session")
def sshd(session_cloud: Cloud) -> SSHServer:
    """The ssh server that every paper instance seems to run."""
    return SSHServer(session_cloud)


@pytest.fixture(scope="session")
def session_release(
    session_cloud: Cloud, sshd: SSHServer, tmp_path_factory: pytest.TempPathFactory
) -> Project:
    """A finished release, made once; tests get copies of it."""
    session_cloud.restore()
    project = Project(tmp_path_factory.mktemp("release"), session_cloud)
    project.fill(f"shared-{secrets.token_hex(3)}", sshd.port)
    project.run()
    return project


@pytest.fixture
def make_project(
    cloud: Cloud, sshd: SSHServer, tmp_path: Path
) -> Iterator[Callable[..., Project]]:
    """Make project folders with asset ids that nobody used before."""
    made: list[Project] = []

    def make(asset_id: str | None = None) -> Project:
        number = next(_numbers)
        project = Project(tmp_path / f"p{number}", cloud)
        project.fill(asset_id or f"t{number}-{secrets.token_hex(3)}", sshd.port)
        made.append(project)
        return project

    yield make
    for project in made:
        project.end_processes()


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """A project folder where nothing has run yet."""
    return make_project()


@pytest.fixture
def released(
    session_release: Project, cloud: Cloud, tmp_path: Path
) -> Iterator[Project]:
    """A copy of the finished release; for tests that make no new AMI."""
    copy = session_release.copy_to(tmp_path / "released")
    yield copy
    copy.end_processes()


@pytest.fixture
def own_release(project: Project) -> Project:
    """A finished release of the test's own, to do anything with."""
    project.run()
    return project


@pytest.fixture
def bad(project: Project, cloud: Cloud) -> Iterator[Project]:
    """A project to break; afterwards neither the cloud nor the results were touched."""
    mark = cloud.mark()
    yield project
    assert cloud.requests(mark) == []
    assert not (project.root / "out").exists()
    assert project.runner_calls() == []


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A private key of the user's own."""
    return make_key(tmp_path / "own_key")


@pytest.fixture
def own_pair(
    cloud: Cloud, project: Project, key_file: Path
) -> Iterator[tuple[str, Path]]:
    """A key pair of the user's own: what EC2 calls it, and its file."""
    name = f"own-{project.asset_id}"
    public = key_file.with_suffix(".pub").read_bytes()
    ec2 = cloud.client("ec2")
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=public)
    yield name, key_file
    ec2.delete_key_pair(KeyName=name)


@pytest.fixture
def hub() -> Iterator[GitHubServer]:
    """A GitHub without releases."""
    with running_github() as server:
        yield server


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRelease]:
    """The release with real machines, made once for all slow tests."""
    if os.geteuid() != 0:
        pytest.skip("machines need root")
    folder = tmp_path_factory.mktemp("real")
    with running_registry(folder / "registry") as registry:
        release = RealRelease(folder, registry)
        try:
            result = release.quickstart(timeout_seconds=FIRST_RUN_TIMEOUT_SECONDS)
            assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-8000:]
            yield release
        finally:
            control(release.home, "reset")

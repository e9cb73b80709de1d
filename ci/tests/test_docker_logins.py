"""Registry logins, judged by Docker's own command on the same configurations."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from localcloud.paper.docker_engine import PaperDockerEngine

from .docker_cli import DockerCommand, docker_command
from .project import Project
from .test_docker_image import PUBLISH, build, engine

__all__ = ["engine"]

CASES = 12
MARK = b64encode(b"unreadable:login").decode()
HUB = "https://index.docker.io/v1/"
REPOSITORIES = ("team/sandbox", "registry.test:5000/team/sandbox", "h.test/sandbox")


@pytest.fixture
def docker(project: Project) -> Iterator[DockerCommand]:
    """Docker's own command, beside an engine that only listens."""
    with docker_command(project.temporary / "judge.sock") as command:
        yield command


def base64_of(draw: random.Random, user: str, password: str) -> str:
    """Encode a pair as `docker login` and other tools do it, or wrongly."""
    text = draw.choice([f"{user}:{password}"] * 6 + [f"{user}:{password}\0\0", user])
    encoded = b64encode(text.encode()).decode()
    return draw.choice(
        [encoded] * 6 + [encoded[:7] + "\n" + encoded[7:], encoded.rstrip("="), "!"]
    )


def entry(draw: random.Random) -> dict:
    """One login in a form that somebody writes."""
    user, password = f"u{draw.randrange(99)}", draw.choice(["p", "p:q", "ä€", ""])
    fields = {
        "auth": draw.choice([base64_of(draw, user, password)] * 5 + [""]),
        "username": f"n{draw.randrange(99)}",
        "password": "plain",
        "identitytoken": draw.choice(["token", ""]),
        "registrytoken": "registry",
        "email": "me@x.test",
        "serveraddress": "other.test",
    }
    weights = {"auth": 0.8, "registrytoken": 0.1, "identitytoken": 0.2}
    chosen = {k: v for k, v in fields.items() if draw.random() < weights.get(k, 0.25)}
    rename = draw.random() < 0.1
    return {k.capitalize() if rename else k: v for k, v in chosen.items()}


def server_names(repository: str, draw: random.Random) -> list[str]:
    """Return names under which logins may be filed: the server's own, another of its names, others.

    Of two other names Docker takes any: the order of a Go map.
    """
    first = repository.split("/")[0]
    host = first if "." in first else "docker.io"
    own = HUB if host == "docker.io" else host
    aliases = [
        f"https://{host}/v1/",
        f"http://{host}",
        f"https://{host}/v2/",
        f"{host}/",
    ]
    strangers = [host.upper(), f"{host}:443", "index.docker.io", "other.test"]
    names = [own, draw.choice(aliases), *draw.sample(strangers, 2)]
    return [name for name in names if draw.random() < 0.5] or [own]


def configuration(repository: str, draw: random.Random) -> dict:
    """Return a `config.json` that somebody may have."""
    names = server_names(repository, draw)
    config: dict = {"auths": {name: entry(draw) for name in names}}
    if draw.random() < 0.1:
        config["credHelpers"] = {names[0]: ""}
    if draw.random() < 0.1:
        config = {"Auths": config["auths"]}
    return config


def shown(login: dict) -> dict:
    """Return what the engine goes by: the strongest of what it is shown.

    A password without a user is nobody's:
    https://github.com/distribution/distribution/blob/main/internal/client/auth/session.go
    """
    for name in ("registrytoken", "identitytoken"):
        if login.get(name):
            return {name: login[name]}
    pair = {k: login.get(k) or "" for k in ("username", "password")}
    return pair if pair["username"] else {}


def write(folder: Path, config: dict) -> None:
    """Make a configuration which both programs read."""
    (folder / "config.json").write_text(json.dumps(config))


def asked(docker: DockerCommand, image: str, folder: Path, config: dict) -> dict | None:
    """Ask Docker's command for a login; None where the one that counts is unreadable.

    Docker goes on as nobody where any login of the file is unreadable. To want to be somebody and
    to be nobody is a fault, and one at another registry is none: so the others are asked without it.
    """
    write(folder, config)
    if (login := docker.login(image, folder)) is not None:
        return login
    (kind, entries), readable = next((k, v) for k, v in config.items()), {}
    for name, fields in entries.items():
        write(folder, config | {kind: {name: fields}})
        if docker.login(image, folder) is not None:
            readable[name] = fields
    blank = {name: readable.get(name, {"auth": MARK}) for name in entries}
    write(folder, config | {kind: blank})
    login = docker.login(image, folder)
    assert login is not None
    return None if login.get("username") == "unreadable" else login


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_logins_are_those_that_docker_shows(
    project: Project, engine: PaperDockerEngine, docker: DockerCommand, repository: str
) -> None:
    project.edit_manifest(lambda m: m.update(docker={"repository": repository}))
    folder = project.temporary / "docker"
    folder.mkdir()
    project.environment |= {"DOCKER_CONFIG": str(folder)}
    project.environment.pop("DOCKER_REGISTRY_PASSWORD")
    build(project)
    image = project.result("docker-image")["outputs"]["image"]
    seed = random.randrange(1 << 32)
    draw = random.Random(seed)
    for case in range(CASES):
        config = configuration(repository, draw)
        expected = asked(docker, image, folder, config)
        write(folder, config)
        engine.credentials.clear()
        outcome = build(project, *PUBLISH, "--force", "docker-push", check=None)
        told = (seed, case, config, expected, outcome.stderr)
        if expected is None:
            assert outcome.status == 2, told
            assert "docker.login" in outcome.stdout, told
        else:
            assert outcome.status == 0, told
            assert shown(engine.credentials[0]) == shown(expected), told

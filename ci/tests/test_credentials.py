"""Credentials and endpoints from every place that AWS's own tools take them from."""

from __future__ import annotations

import http.server
import json
import secrets
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from .cloud import Cloud
from .program import Outcome
from .project import MANIFEST, Project
from .roles import make_role
from .sshserver import free_port

Environment = dict[str, str | None]


def bare(cloud: Cloud, **variables: str) -> Environment:
    """Return an environment without the cloud's keys, but with its endpoint."""
    environment: Environment = {
        name: None for name in cloud.environment if name.startswith("AWS_")
    }
    environment |= {"AWS_ENDPOINT_URL": cloud.url, "AWS_EC2_METADATA_DISABLED": "true"}
    return environment | variables


def write_configuration(project: Project, config: str, credentials: str = "") -> None:
    """Write the files of `~/.aws`."""
    folder = project.folder / "home/.aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)


def keys(cloud: Cloud) -> tuple[str, str]:
    """Return the cloud's access key id and secret."""
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return cloud.environment[names[0]], cloud.environment[names[1]]


def ask(project: Project, *options: str, env: Environment) -> Outcome:
    """Make the program ask AWS one question, and expect an answer."""
    mark = project.cloud.mark()
    outcome = project.run("--refresh", *options, env=env)
    requests = project.cloud.requests(mark)
    assert "ec2:DescribeImages" in [request["operation"] for request in requests]
    assert {request["signature"] for request in requests} == {"ok"}
    return outcome


def profile_text(name: str, cloud: Cloud) -> str:
    """Return a profile with the cloud's keys, as a credentials file has it."""
    key_id, secret = keys(cloud)
    return f"[{name}]\naws_access_key_id = {key_id}\naws_secret_access_key = {secret}\n"


@pytest.mark.parametrize("chosen", ["default", "variable", "option"])
def test_shared_files(released: Project, cloud: Cloud, chosen: str) -> None:
    name = "default" if chosen == "default" else "build"
    write_configuration(released, "", profile_text(name, cloud))
    environment = bare(cloud, **({"AWS_PROFILE": name} if chosen == "variable" else {}))
    options = ["--aws-profile", name] if chosen == "option" else []
    ask(released, *options, env=environment)


def test_role_of_a_source_profile(released: Project, cloud: Cloud) -> None:
    role = make_role(cloud, f"builder-{released.folder.name}-{secrets.token_hex(3)}")
    config = f"[profile work]\nrole_arn = {role}\nsource_profile = base\nregion = eu-central-1\n"
    write_configuration(released, config, profile_text("base", cloud))
    mark = cloud.mark()
    ask(released, env=bare(cloud, AWS_PROFILE="work"))
    assert "sts:AssumeRole" in cloud.operations(mark)


def test_credential_process(released: Project, cloud: Cloud) -> None:
    key_id, secret = keys(cloud)
    script = released.folder / "home/credentials of mine.py"
    answer = {"Version": 1, "AccessKeyId": key_id, "SecretAccessKey": secret}
    script.write_text(f"print({json.dumps(json.dumps(answer))})\n")
    config = f'[profile own]\ncredential_process = {sys.executable} "{script}"\n'
    write_configuration(released, config)
    ask(released, env=bare(cloud, AWS_PROFILE="own"))


@pytest.fixture
def container_endpoint(cloud: Cloud) -> Iterator[str]:
    """A container's credentials endpoint that wants a token."""
    key_id, secret = keys(cloud)
    body = json.dumps(
        {
            "AccessKeyId": key_id,
            "SecretAccessKey": secret,
            "Expiration": "2099-01-01T00:00:00Z",
        }
    ).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        """Answers who knows the token."""

        def do_GET(self) -> None:
            known = self.headers.get("Authorization") == "open sesame"
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/credentials"
    server.shutdown()


def test_container_endpoint(
    released: Project, cloud: Cloud, container_endpoint: str
) -> None:
    variables = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": container_endpoint,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "open sesame",
    }
    ask(released, env=bare(cloud, **variables))


def test_unknown_profile_is_named(released: Project, cloud: Cloud) -> None:
    write_configuration(released, "", profile_text("default", cloud))
    outcome = released.dssbatch(
        MANIFEST, "--refresh", "--aws-profile", "biuld", env=bare(cloud)
    )
    assert outcome.status in (1, 2), str(outcome)
    assert "biuld" in outcome.stderr


def test_endpoint_by_option(released: Project, cloud: Cloud) -> None:
    environment = dict(cloud.environment) | {"AWS_ENDPOINT_URL": None}
    ask(released, "--endpoint-url", cloud.url, env=environment)


def test_endpoint_of_one_service_comes_first(released: Project, cloud: Cloud) -> None:
    environment: Environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}",
        "AWS_ENDPOINT_URL_CLOUDFORMATION": cloud.url,
        "AWS_ENDPOINT_URL_EC2": cloud.url,
        "AWS_ENDPOINT_URL_S3": cloud.url,
        "AWS_ENDPOINT_URL_STS": cloud.url,
    }
    ask(released, env=environment)

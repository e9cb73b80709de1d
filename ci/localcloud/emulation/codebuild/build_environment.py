"""The environment of a build's commands."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import boto3

# Of the server's own variables a build gets these, and pip's: what its image would have.
FROM_SERVER = {"PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE"}


class UnresolvedError(Exception):
    """A variable whose value cannot be found."""


def of_server() -> dict[str, str]:
    """Return those variables of the server."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in FROM_SERVER or name.startswith("PIP_")
    }


def resolve(
    variables: list[dict[str, str]], cloud: dict[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Return the variables' values, and those that must not be shown."""
    values, secret = {}, []
    for variable in variables:
        kind, value = variable.get("type", "PLAINTEXT"), variable["value"]
        if kind != "PLAINTEXT":
            value = _look_up(kind, value, cloud)
            secret.append(value)
        values[variable["name"]] = value
    return values, secret


def _client(service: str, cloud: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=cloud["AWS_ENDPOINT_URL"],
        region_name=cloud["AWS_REGION"],
        aws_access_key_id=cloud["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=cloud["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=cloud.get("AWS_SESSION_TOKEN"),
    )


def _look_up(kind: str, name: str, cloud: dict[str, str]) -> str:
    """Return a secret's text, or one member of it (`NAME:MEMBER`), or a parameter's value."""
    try:
        if kind == "PARAMETER_STORE":
            found = _client("ssm", cloud).get_parameter(Name=name, WithDecryption=True)
            return found["Parameter"]["Value"]
        secret, _, member = name.partition(":")
        found = _client("secretsmanager", cloud).get_secret_value(SecretId=secret)
        text = found["SecretString"]
        return json.loads(text)[member] if member else text
    except Exception as error:
        raise UnresolvedError(f"cannot get the value of `{name}`: {error}") from error


def swift_home(folder: Path) -> dict[str, str]:
    """Return the variable by which `ci/install-swift.sh` finds the toolchain of this machine.

    It stands for a build image that has the toolchain already.
    """
    swift = shutil.which("swift")
    if swift is None:
        return {}
    programs = Path(swift).resolve().parent
    place = folder / "swift" / "usr"
    place.mkdir(parents=True, exist_ok=True)
    link = place / "bin"
    if not link.is_symlink():
        link.symlink_to(programs)
    return {"DSS_SWIFT_HOME": str(place.parent)}

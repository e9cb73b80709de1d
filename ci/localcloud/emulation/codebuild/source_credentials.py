"""CodeBuild's credentials for sources, one a server type in each region; moto knows none.

Source: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ImportSourceCredentials.html
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.codebuild.exceptions import (
    InvalidInputException,
    ResourceNotFoundException,
)
from moto.codebuild.responses import CodeBuildResponse

from localcloud.emulation.patching import operation
from localcloud.rules import rule

SERVER_TYPES = ("BITBUCKET", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB")
AUTH_TYPES = ("BASIC_AUTH", "CODECONNECTIONS", "OAUTH", "PERSONAL_ACCESS_TOKEN")


def _known(backend: Any) -> dict[str, dict[str, str]]:
    return backend.__dict__.setdefault("localcloud_source_credentials", {})


@operation(CodeBuildResponse)
def import_source_credentials(response: Any) -> str:
    """Answer ImportSourceCredentials; the token is kept nowhere."""
    wanted = json.loads(response.body)
    server, kind = wanted["serverType"], wanted["authType"]
    if server not in SERVER_TYPES or kind not in AUTH_TYPES or not wanted.get("token"):
        raise InvalidInputException("Invalid server type, auth type or token")
    backend = response.codebuild_backend
    known, name = _known(backend), server.lower()
    arn = f"arn:aws:codebuild:{backend.region_name}:{backend.account_id}:token/{name}"
    if arn in known and not wanted.get("shouldOverwrite", True):
        raise InvalidInputException(f"Source credential already exists: {arn}")
    known[arn] = {"arn": arn, "serverType": server, "authType": kind}
    return json.dumps({"arn": arn})


@operation(CodeBuildResponse)
def list_source_credentials(response: Any) -> str:
    """Answer ListSourceCredentials."""
    known = list(_known(response.codebuild_backend).values())
    return json.dumps({"sourceCredentialsInfos": known})


@operation(CodeBuildResponse)
def delete_source_credentials(response: Any) -> str:
    """Answer DeleteSourceCredentials."""
    arn = json.loads(response.body)["arn"]
    if _known(response.codebuild_backend).pop(arn, None) is None:
        raise ResourceNotFoundException(f"Source credential not found: {arn}")
    return json.dumps({"arn": arn})


@rule("12")
def check_webhook(backend: Any, settings: dict[str, Any]) -> None:
    """Fail, as a project's creation does whose webhook nobody may register."""
    server, auth = settings["source"]["type"], settings["source"].get("auth") or {}
    is_known = any(c["serverType"] == server for c in _known(backend).values())
    if is_known or auth.get("type") == "CODECONNECTIONS":
        return
    raise ValidationError(
        message="Failed to call CreateWebhook, reason: Could not find access token for server "
        f"type {server.lower()} (Service: AWSCodeBuild; Status Code: 400; "
        "Error Code: ResourceNotFoundException)"
    )

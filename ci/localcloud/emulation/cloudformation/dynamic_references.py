"""Dynamic references in templates: `{{resolve:secretsmanager:…}}`, `ssm` and `ssm-secure`.

They are resolved when a resource is created or updated; templates and change sets keep the text.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.secretsmanager.exceptions import SecretsManagerClientError
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from localcloud.emulation.patching import wrap

REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm|ssm-secure):([^}]*)\}\}")
# An ARN has colons of its own.
SECRET = re.compile(
    r"(?P<id>arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::(?P<rest>.*))?"
)
NOT_FOUND = "Secrets Manager can't find the specified secret."


@wrap(parsing, "parse_resource")
def _parse_resource(original: Any, resource_json: dict, resources_map: Any) -> Any:
    parsed = original(resource_json, resources_map)
    if parsed is None:
        return None
    resource_class, body, resource_type = parsed
    account, region = resources_map._account_id, resources_map._region_name
    return resource_class, _resolved(body, account, region), resource_type


def _resolved(value: Any, account: str, region: str) -> Any:
    if isinstance(value, dict):
        return {k: _resolved(member, account, region) for k, member in value.items()}
    if isinstance(value, list):
        return [_resolved(item, account, region) for item in value]
    if not isinstance(value, str):
        return value

    def resolve(match: re.Match[str]) -> str:
        find = _secret if match[1] == "secretsmanager" else _parameter
        return find(match[2], account, region)

    return REFERENCE.sub(resolve, value)


def _secret(text: str, account: str, region: str) -> str:
    match = SECRET.fullmatch(text)
    if match is None:
        raise ValidationError(
            message="Incorrect format is used in the dynamic reference"
        )
    kind, key, stage, version, *_ = [*(match["rest"] or "").split(":"), "", "", ""]
    if kind not in ("", "SecretString"):
        raise ValidationError(
            message=f"Incorrect format is used in the dynamic reference: `{kind}`"
        )
    try:
        secret = secretsmanager_backends[account][region].get_secret_value(
            match["id"], version, stage or ("" if version else "AWSCURRENT")
        )
    except SecretsManagerClientError as error:
        raise ValidationError(
            message=f"{NOT_FOUND} (Service: AWSSecretsManager; Status Code: 400; "
            "Error Code: ResourceNotFoundException)"
        ) from error
    plain = secret["SecretString"]
    if not key:
        return plain
    members = json.loads(plain)
    if key not in members:
        raise ValidationError(
            message=f"Could not find a value associated with JSONKey in SecretString: {key}"
        )
    return str(members[key])


def _parameter(text: str, account: str, region: str) -> str:
    parameter = ssm_backends[account][region].get_parameter(text)
    if parameter is None:
        raise ValidationError(
            message=f"Parameters: [{text}] cannot be found. (Service: AWSSSM)"
        )
    return parameter.value

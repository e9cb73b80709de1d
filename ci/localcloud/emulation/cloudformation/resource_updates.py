"""Updates in place of the types that moto creates but does not update, or not all of it."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import Role
from moto.logs.models import LogGroup

from localcloud.emulation.patching import change, wrap


def _update_role(
    cls: type, original_resource: Role, cloudformation_json: dict, **_: Any
) -> Role:
    role, properties = original_resource, cloudformation_json["Properties"]
    trust = properties["AssumeRolePolicyDocument"]
    role.assume_role_policy_document = (
        trust if isinstance(trust, str) else json.dumps(trust)
    )
    role.description = properties.get("Description", "")
    role.max_session_duration = properties.get("MaxSessionDuration", 3600)
    wanted = {
        p["PolicyName"]: p["PolicyDocument"] for p in properties.get("Policies", [])
    }
    for name in set(role.policies) - set(wanted):
        role.delete_policy(name)
    for name, document in wanted.items():
        role.put_policy(name, document)
    return role


def _update_log_group(
    cls: type, original_resource: LogGroup, cloudformation_json: dict, **_: Any
) -> LogGroup:
    properties = cloudformation_json["Properties"]
    original_resource.set_retention_policy(properties.get("RetentionInDays"))
    original_resource.kms_key_id = properties.get("KmsKeyId")
    return original_resource


@wrap(Role, "put_policy")
def _put_policy(original: Any, role: Role, policy_name: str, policy: Any) -> None:
    # A template's document comes as an object; the API keeps text.
    original(
        role, policy_name, policy if isinstance(policy, str) else json.dumps(policy)
    )


@change
def _updates() -> None:
    Role.update_from_cloudformation_json = classmethod(_update_role)
    LogGroup.update_from_cloudformation_json = classmethod(_update_log_group)

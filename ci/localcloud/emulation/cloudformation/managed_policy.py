"""AWS::IAM::ManagedPolicy, which moto creates, but neither updates nor deletes."""

from __future__ import annotations

import json
import secrets
from typing import Any

from moto.iam.models import iam_backends

from localcloud.emulation.cloudformation.custom_resource import Made, resource_type


@resource_type("AWS::IAM::ManagedPolicy", "ManagedPolicyName")
def _managed_policy(
    properties: dict[str, Any], account_id: str, region: str, name: str
) -> Made:
    backend = iam_backends[account_id]["aws"]
    if "ManagedPolicyName" not in properties:
        name = f"{name}-{secrets.token_hex(6).upper()}"
    policy = backend.create_policy(
        description=properties.get("Description"),
        path=properties.get("Path", "/"),
        policy_document=json.dumps(properties["PolicyDocument"]),
        policy_name=name,
        tags=[],
    )
    roles = properties.get("Roles", [])
    for role in roles:
        backend.attach_role_policy(policy.arn, role)

    def update(new: dict[str, Any]) -> None:
        if new.get("Roles", []) != roles:
            raise NotImplementedError("who has the policy is not changed here")
        backend.create_policy_version(
            policy.arn, json.dumps(new["PolicyDocument"]), True
        )
        for version in list(policy.versions):
            if not version.is_default:
                backend.delete_policy_version(policy.arn, version.version_id)

    def delete() -> None:
        for role in roles:
            backend.detach_role_policy(policy.arn, role)
        backend.delete_policy(policy.arn)

    return Made(policy.arn, delete, update, {"PolicyArn": policy.arn})

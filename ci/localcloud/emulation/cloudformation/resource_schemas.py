"""What CloudFormation's schemas say of a resource type; cfn-lint carries them."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def _schema(resource_type: str) -> dict[str, Any]:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        return PROVIDER_SCHEMA_MANAGER.get_resource_schema(
            "us-east-1", resource_type
        ).schema
    except Exception:  # noqa: BLE001 - cfn-lint has a kind of its own for each way to miss
        return {}


def recreation_of(resource_type: str, name: str) -> str:
    """Return whether another value of a property makes a new resource."""
    schema = _schema(resource_type)
    for key, answer in (
        ("createOnlyProperties", "Always"),
        ("conditionalCreateOnlyProperties", "Conditionally"),
    ):
        pointers = schema.get(key) or []
        if any(pointer.split("/")[2] == name for pointer in pointers):
            return answer
    return "Never"


def is_taggable(resource_type: str) -> bool:
    """Return whether a stack's tags reach resources of a type."""
    schema = _schema(resource_type)
    tagging = schema.get("tagging") or {}
    return bool(tagging.get("taggable", schema.get("taggable", False)))


def name_property_of(resource_type: str, properties: dict) -> str | None:
    """Return the property that names a resource, where the template gives that name."""
    pointers = _schema(resource_type).get("primaryIdentifier") or []
    names = [pointer.split("/")[2] for pointer in pointers]
    return next((n for n in names if n.endswith("Name") and n in properties), None)

"""`AWS::NoValue` as a member of a list: CloudFormation leaves it out, moto leaves a null."""

from __future__ import annotations

from typing import Any

from moto.cloudformation import parsing

from localcloud.emulation.patching import wrap


@wrap(parsing, "clean_json")
def _clean_json(original: Any, resource_json: Any, resources_map: Any) -> Any:
    cleaned = original(resource_json, resources_map)
    if isinstance(resource_json, list):
        return [item for item in cleaned if item is not None]
    return cleaned

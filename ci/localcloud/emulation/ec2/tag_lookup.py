"""A thing's own tags, looked up by its id.

moto matches a pattern against every tag of the region each time it wants the tags of one thing, and it
wants them for every thing that it filters or shows: a look at EC2 costs the square of what there is,
and a cloud that hundreds of tests have used becomes slow.
"""

from __future__ import annotations

from typing import Any

from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from localcloud.emulation.patching import wrap


@wrap(TaggedEC2Resource, "get_tags")
def _own_tags(original: Any, resource: Any) -> list[dict[str, str]]:
    """Return what `original` returns."""
    if not resource.id:
        return []
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(resource.id), "")
    return [
        {
            "resource_id": resource.id,
            "key": key,
            "value": value,
            "resource_type": kind,
        }
        for key, value in resource.ec2_backend.tags.get(resource.id, {}).items()
    ]

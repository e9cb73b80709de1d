"""A way to add a CloudFormation resource type to moto in a few lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.core.common_models import CloudFormationModel

from localcloud.emulation.patching import declare


@dataclass
class Made:
    """A resource that was made: its id, what `Fn::GetAtt` answers, how it changes and ends."""

    physical_id: str
    delete: Callable[[], Any]
    # Gets the new properties; whatever makes a new resource does not come here.
    update: Callable[[dict], Any]
    attributes: dict[str, Any] = field(default_factory=dict)


class _MadeResource:
    """What all added types have in common; each gets its own `make` and names."""

    make: Callable[[dict, str, str, str], Made]
    type: str
    made: Made

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict,
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Any:
        resource = cls()
        properties = cloudformation_json.get("Properties") or {}
        resource.made = cls.make(properties, account_id, region_name, resource_name)
        return resource

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource: Any, cloudformation_json: dict, **_: Any
    ) -> Any:
        original_resource.made.update(cloudformation_json.get("Properties") or {})
        return original_resource

    @property
    def physical_resource_id(self) -> str:
        return self.made.physical_id

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        if attribute_name not in self.made.attributes:
            raise ValidationError(
                message="Template error: resource does not support attribute type "
                f"{attribute_name} in Fn::GetAtt"
            )
        return self.made.attributes[attribute_name]

    def delete(self, account_id: str, region: str) -> None:
        self.made.delete()

    def is_created(self) -> bool:
        return True


def resource_type(type_name: str, name_property: str | None = None) -> Callable:
    """Register `make(properties, account_id, region, name) -> Made` for a resource type."""

    def decorate(make: Callable[[dict, str, str, str], Made]) -> Callable:
        declare(make.__module__, lambda: _register(make, type_name, name_property))
        return make

    return decorate


def _register(
    make: Callable[[dict, str, str, str], Made],
    type_name: str,
    name_property: str | None,
) -> None:
    members = {
        "make": staticmethod(make),
        "type": type_name,
        "cloudformation_type": staticmethod(lambda: type_name),
        "cloudformation_name_type": staticmethod(lambda: name_property),
    }
    # moto looks for direct subclasses of its model.
    bases = (_MadeResource, CloudFormationModel)
    _keep_alive.append(type(type_name.replace(":", ""), bases, members))
    for cached in (
        parsing.get_model_list,
        parsing.get_model_map,
        parsing.get_name_type_map,
    ):
        cached.cache_clear()


# moto finds resource types as subclasses; a class that nothing refers to would vanish.
_keep_alive: list[type] = []

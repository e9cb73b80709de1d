"""One update of a stack: carried out, taken back, cleaned up."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.ec2 import ec2_backends
from moto.ec2.models.core import TaggedEC2Resource

from localcloud.emulation.cloudformation.resource_changes import ResourceChange
from localcloud.emulation.cloudformation.resource_schemas import name_property_of
from localcloud.emulation.cloudformation.stack_events import (
    ResourceRecorder,
    check_fault,
    reason_of,
)
from localcloud.emulation.cloudformation.stack_permissions import (
    check_deletion,
    check_handler,
)
from localcloud.emulation.cloudformation.template_values import dependencies
from localcloud.rules import rule

KEPT = (
    "_template",
    "input_parameters",
    "resolved_parameters",
    "_resource_json_map",
    "lazy_condition_map",
    "_parsed_resources",
)
REPLACING = (
    "Requested update requires the creation of a new physical resource; "
    "hence creating one."
)


@rule("18")
def is_retained(policy: str | None, *, undoes_creation: bool) -> bool:
    """Return whether a policy keeps a resource that a stack lets go."""
    if policy == "RetainExceptOnCreate":
        return not undoes_creation
    return policy == "Retain"


def creation_order(template: dict, names: Iterable[str]) -> list[str]:
    """Return the names so that each comes after what it needs."""
    chosen = set(names)
    order = graphlib.TopologicalSorter(dependencies(template)).static_order()
    return [name for name in order if name in chosen]


class StackUpdate:
    """Applies changes to the resources of a stack; keeps what it takes to go back."""

    def __init__(
        self, stack: Any, changes: list[ResourceChange], recorder: ResourceRecorder
    ):
        self._stack = stack
        self._map = stack.resource_map
        self._recorder = recorder.as_verb("UPDATE")
        self._changes = {change.logical_id: change for change in changes}
        self._kept = {name: getattr(self._map, name) for name in KEPT}
        self._old_template = self._map._template
        self._order = creation_order(
            self._old_template, self._old_template["Resources"]
        )
        self._updated: list[tuple[str, Any, dict]] = []
        # What the end of the update deletes, and what its rollback does, with the policy for it.
        self._superseded: list[tuple[str, Any, str | None]] = []
        self._is_undone = False
        self._made: list[tuple[str, Any, str | None]] = []

    @property
    def failed(self) -> list[str]:
        """The resource that failed first."""
        return self._recorder.failed[:1]

    def carry_out(self, template: dict, parameters: dict[str, str]) -> None:
        """Create and update; raises at the first failure."""
        for change in self._changes.values():
            if change.action == "Remove":
                self._supersede(change.logical_id)
        self._switch_to(template, parameters)
        changed = [n for n, c in self._changes.items() if c.action != "Remove"]
        for name in creation_order(template, changed):
            change = self._changes[name]
            if change.action == "Add":
                self._add(name)
            elif change.touches_resource:
                self._modify(change)

    def roll_back(self) -> None:
        """Bring back what was; raises where a resource does not go back."""
        recorder = self._recorder.as_verb("UPDATE")
        for name, resource, properties in reversed(self._updated):
            kind = resource.cf_resource_type
            physical = str(resource.physical_resource_id)
            recorder.add(name, kind, "UPDATE_IN_PROGRESS", physical=physical)
            try:
                check_fault("fail-rollback", name)
                self._update_in_place(name, resource, properties)
            except Exception as error:
                recorder.failure(name, kind, reason_of(error))
                self._recorder.failed = [name]
                raise
            self._updated.remove((name, resource, properties))
            recorder.created(name, resource)
        for name, value in self._kept.items():
            setattr(self._map, name, value)
        self._order = [name for name, _, _ in self._made]
        self._superseded, self._is_undone = self._made, True

    def clean_up(self) -> None:
        """Delete what is no longer wanted; as in AWS, a failure here fails nothing."""
        recorder = self._recorder.as_verb("DELETE")
        for name, resource, policy in self._in_deletion_order():
            kind, physical = resource.cf_resource_type, resource.physical_resource_id
            if is_retained(policy, undoes_creation=self._is_undone):
                recorder.add(name, kind, "DELETE_SKIPPED", physical=str(physical))
                continue
            recorder.add(name, kind, "DELETE_IN_PROGRESS", physical=str(physical))
            try:
                check_fault("fail-delete", name)
                check_deletion(resource, self._map._region_name)
                self._map._delete_resource(resource, resource.localcloud_body)
            except Exception as error:  # noqa: BLE001 - each service raises its own kinds
                recorder.add(
                    name, kind, "DELETE_FAILED", reason_of(error), str(physical)
                )
            else:
                recorder.created(name, resource)

    def _in_deletion_order(self) -> list[tuple[str, Any, str | None]]:
        known = {name: place for place, name in enumerate(self._order)}
        return sorted(self._superseded, key=lambda item: -known.get(item[0], 0))

    def _supersede(self, name: str) -> None:
        resource = self._map._parsed_resources.get(name)
        if resource is not None:
            policy = self._map._resource_json_map[name].get("DeletionPolicy")
            self._superseded.append((name, resource, policy))

    def _switch_to(self, template: dict, parameters: dict[str, str]) -> None:
        removed = {n for n, c in self._changes.items() if c.action == "Remove"}
        was_parameter = set(self._map.resolved_parameters)
        self._map._parsed_resources = {
            name: value
            for name, value in self._map._parsed_resources.items()
            if name not in removed | was_parameter
        }
        self._map._template = template
        self._map._resource_json_map = template["Resources"]
        self._map.input_parameters = parameters
        self._map.resolved_parameters = {}
        self._map.load_mapping()
        self._map.load_parameters()
        self._map.load_conditions()

    def _add(self, name: str) -> None:
        with self._recorder.as_verb("CREATE") as recorder:
            try:
                resource = self._map[name]
            finally:
                self._recorder.failed += recorder.failed
        self._tag(name, resource)
        policy = self._map._resource_json_map[name].get("DeletionPolicy")
        self._made.append((name, resource, policy))

    def _modify(self, change: ResourceChange) -> None:
        name, kind = change.logical_id, change.type
        resource = self._map._parsed_resources[name]
        reason = REPLACING if change.is_replaced else ""
        physical = str(resource.physical_resource_id)
        self._recorder.add(name, kind, "UPDATE_IN_PROGRESS", reason, physical)
        try:
            if change.is_replaced:
                resource = self._replace(change, resource)
            else:
                self._updated.append((name, resource, resource.localcloud_body))
                check_fault("fail-resource", name)
                body = self._resolved(name)
                properties = body.get("Properties") or {}
                region = self._map._region_name
                check_handler(kind, "update", properties, region, physical)
                self._update_in_place(name, resource, body)
        except Exception as error:
            self._recorder.failure(name, kind, reason_of(error))
            raise
        self._recorder.created(name, resource)

    def _replace(self, change: ResourceChange, resource: Any) -> Any:
        name = change.logical_id
        check_fault("fail-resource", name)
        body = self._resolved(name)
        properties = body.get("Properties") or {}
        named = name_property_of(change.type, properties)
        former = resource.localcloud_body.get("Properties") or {}
        if named and former.get(named) == properties[named]:
            raise ValidationError(
                message="CloudFormation cannot update a stack when a custom-named resource "
                f"requires replacing. Rename {properties[named]} and update the stack again."
            )
        policy = self._old_template["Resources"][name].get("UpdateReplacePolicy")
        self._superseded.append((name, resource, policy))
        del self._map._parsed_resources[name]
        # Without a recorder: these are no CREATE events.
        made = self._map[name]
        self._tag(name, made)
        self._made.append((name, made, None))
        return made

    def _resolved(self, name: str) -> dict:
        return parsing.parse_resource(self._map._resource_json_map[name], self._map)[1]

    def _update_in_place(self, name: str, resource: Any, body: dict) -> None:
        resource_class = parsing.resource_class_from_type(resource.cf_resource_type)
        update = resource_class.update_from_cloudformation_json
        if getattr(update, "__isabstractmethod__", False):
            raise ValidationError(
                message=f"the local cloud cannot update `{resource.cf_resource_type}`"
            )
        update(
            original_resource=resource,
            new_resource_name=resource.physical_resource_id,
            cloudformation_json=body,
            account_id=self._map._account_id,
            region_name=self._map._region_name,
        )
        resource.localcloud_body = body

    def _tag(self, name: str, resource: Any) -> None:
        if isinstance(resource, TaggedEC2Resource):
            backend = ec2_backends[self._map._account_id][self._map._region_name]
            tags = self._map.tags | {"aws:cloudformation:logical-id": name}
            backend.create_tags([resource.physical_resource_id], tags)

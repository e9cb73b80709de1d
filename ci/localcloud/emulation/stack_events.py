"""What CloudFormation tells of a stack while resources come and go."""

from __future__ import annotations

import threading
from typing import Any, Self

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event

from localcloud.emulation.patching import wrap

_recording = threading.local()


class ResourceRecorder:
    """Adds an event for each resource that is created within its `with` block.

    `failed` names the resource that failed first; those that only waited for it are cancelled.
    """

    def __init__(self, stack: Any, token: str | None, verb: str = "CREATE"):
        self._stack = stack
        self._token = token
        self._verb = verb
        self.failed: list[str] = []

    def __enter__(self) -> Self:
        _recording.current = self
        return self

    def __exit__(self, *_: object) -> None:
        _recording.current = None

    def add(
        self,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical: str = "",
    ) -> None:
        """Add one event of a resource."""
        event = Event(
            stack_id=self._stack.stack_id,
            stack_name=self._stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=physical,
            resource_type=resource_type,
            resource_status=status,
            resource_status_reason=reason or None,
            resource_properties=None,
        )
        event.client_request_token = self._token
        self._stack.events.append(event)

    def created(self, logical_id: str, resource: Any) -> None:
        """Add the event of a finished resource."""
        physical = str(resource.physical_resource_id)
        kind = resource.cf_resource_type
        self.add(logical_id, kind, f"{self._verb}_COMPLETE", physical=physical)

    def failure(self, logical_id: str, resource_type: str, reason: str) -> None:
        """Add the event of a failed resource: the first is the cause."""
        if self.failed:
            reason = "Resource creation cancelled"
        self.failed.append(logical_id)
        self.add(logical_id, resource_type, f"{self._verb}_FAILED", reason)


def reason_of(error: Exception) -> str:
    """Return the words of an error that CloudFormation would pass on."""
    text = (
        getattr(error, "message", None)
        or getattr(error, "description", None)
        or str(error)
    )
    return str(text) or type(error).__name__


@wrap(parsing, "parse_and_create_resource")
def _create_resource(
    original: Any,
    logical_id: str,
    resource_json: dict,
    resources_map: Any,
    **kwargs: Any,
) -> Any:
    recorder = getattr(_recording, "current", None)
    resource_type = resource_json.get("Type", "")
    condition = resource_json.get("Condition")
    if condition and not resources_map.lazy_condition_map[condition]:
        return None
    if recorder is None:
        return original(logical_id, resource_json, resources_map, **kwargs)
    recorder.add(logical_id, resource_type, "CREATE_IN_PROGRESS")
    try:
        if parsing.resource_class_from_type(resource_type) is None:
            raise ValidationError(
                message=f"Template format error: Unrecognized resource types: [{resource_type}]"
            )
        resource = original(logical_id, resource_json, resources_map, **kwargs)
    except Exception as error:
        recorder.failure(logical_id, resource_type, reason_of(error))
        raise
    recorder.created(logical_id, resource)
    return resource


def add_stack_event(
    stack: Any, status: str, reason: str | None = None, token: str | None = None
) -> None:
    """Add an event of the stack itself."""
    stack._add_stack_event(status, resource_status_reason=reason)
    stack.events[-1].client_request_token = token

"""What CloudFormation tells of a stack while resources come and go."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Callable
from typing import Any, Self

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Event
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance

from localcloud import runtime
from localcloud.emulation.cloudformation.stack_permissions import check_handler
from localcloud.emulation.patching import wrap

_recording = threading.local()
BUSY_INSTANCE = ("pending", "shutting-down")


class Timeline:
    """Events that are known already, and come to light one after the other.

    The emulation does its work at once; a client sees it happen in the time that a stack takes.
    """

    def __init__(self, stack: Any):
        self._stack = stack
        self._waiting: list[tuple[Event, Callable[[], bool]]] = []
        self._shown = 0

    def add(self, event: Event, is_due: Callable[[], bool] = lambda: True) -> None:
        """Add an event, which is not shown before it is due."""
        self._waiting.append((event, is_due))

    def show(self, share: float) -> None:
        """Show so much of all events, in order, up to the first that is not due."""
        total = self._shown + len(self._waiting)
        while self._waiting and self._shown < max(1, math.floor(share * total)):
            event, is_due = self._waiting[0]
            if not is_due():
                return
            self._waiting.pop(0)
            self._shown += 1
            event.timestamp = utcnow()
            self._stack.events.append(event)
            if event.resource_type == "AWS::CloudFormation::Stack":
                self._stack.status = event.resource_status
                self._stack.stack_status_reason = event.resource_status_reason

    def forget(self) -> None:
        """Drop what is not shown yet: it came otherwise."""
        self._waiting.clear()


def check_fault(outcome: str, logical_id: str) -> None:
    """Fail if a test asked for it; `key` of the rule is a glob on the logical id."""
    if rule := runtime.current().faults.take_outcome(outcome, logical_id):
        raise ValidationError(message=rule.message)


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
        resource: Any = None,
    ) -> None:
        """Add one event of a resource; an instance's is due once it no longer boots or ends."""
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
        add_event(
            self._stack,
            event,
            lambda: (
                not isinstance(resource, Instance)
                or resource.state not in BUSY_INSTANCE
            ),
        )

    def created(self, logical_id: str, resource: Any) -> None:
        """Add the event of a finished resource."""
        physical = str(resource.physical_resource_id)
        kind = resource.cf_resource_type
        self.add(
            logical_id,
            kind,
            f"{self._verb}_COMPLETE",
            physical=physical,
            resource=resource,
        )

    def failure(self, logical_id: str, resource_type: str, reason: str) -> None:
        """Add the event of a failed resource: the first is the cause."""
        if self.failed:
            verb = "update" if self._verb == "UPDATE" else "creation"
            reason = f"Resource {verb} cancelled"
        self.failed.append(logical_id)
        self.add(logical_id, resource_type, f"{self._verb}_FAILED", reason)

    def as_verb(self, verb: str) -> ResourceRecorder:
        """Return a recorder for the same stack whose events speak of another verb."""
        return ResourceRecorder(self._stack, self._token, verb)


def reason_of(error: Exception) -> str:
    """Return the words of an error that CloudFormation would pass on."""
    text = (
        getattr(error, "message", None)
        or getattr(error, "description", None)
        or str(error)
    )
    text = str(text) or type(error).__name__
    if isinstance(error, EC2ClientError):
        # Source: https://github.com/trailofbits/algo/issues/1285
        text += (
            f" (Service: AmazonEC2; Status Code: 400; Error Code: {error.code}; "
            f"Request ID: {uuid.uuid4()}; Proxy: null)"
        )
    return text


def _made(
    original: Any, logical_id: str, resource_json: dict, resources_map: Any, rest: dict
) -> Any:
    body = parsing.parse_resource(resource_json, resources_map)
    if body:
        properties = body[1].get("Properties") or {}
        region = resources_map._region_name
        check_handler(resource_json["Type"], "create", properties, region)
    resource = original(logical_id, resource_json, resources_map, **rest)
    # An update that fails goes back to it.
    resource.localcloud_body = body[1] if body else {}
    return resource


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
        return _made(original, logical_id, resource_json, resources_map, kwargs)
    recorder.add(logical_id, resource_type, "CREATE_IN_PROGRESS")
    try:
        check_fault("fail-resource", logical_id)
        if parsing.resource_class_from_type(resource_type) is None:
            raise ValidationError(
                message=f"Template format error: Unrecognized resource types: [{resource_type}]"
            )
        resource = _made(original, logical_id, resource_json, resources_map, kwargs)
    except Exception as error:
        recorder.failure(logical_id, resource_type, reason_of(error))
        raise
    recorder.created(logical_id, resource)
    return resource


def add_stack_event(
    stack: Any, status: str, reason: str | None = None, token: str | None = None
) -> None:
    """Add an event of the stack itself; it has that status once the event is shown."""
    event = Event(
        stack_id=stack.stack_id,
        stack_name=stack.name,
        logical_resource_id=stack.name,
        physical_resource_id=stack.stack_id,
        resource_type="AWS::CloudFormation::Stack",
        resource_status=status,
        resource_status_reason=reason,
        resource_properties=None,
    )
    event.client_request_token = token
    add_event(stack, event)


def add_event(
    stack: Any, event: Event, is_due: Callable[[], bool] = lambda: True
) -> None:
    """Add an event to the stack's timeline, or to its events where nothing is under way."""
    timeline: Timeline | None = stack.__dict__.get("localcloud_timeline")
    if timeline is None:
        timeline = Timeline(stack)
        timeline.add(event)
        timeline.show(1)
    else:
        timeline.add(event, is_due)

"""CloudFormation stacks: executed in the background, rolled back, deleted slowly."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, OutputMap, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models.instances import Instance

from localcloud.emulation.change_sets import (
    InvalidChangeSetStatusError,
    find_change_set,
    find_stack,
    settle_if_done,
)
from localcloud.emulation.patching import operation
from localcloud.emulation.stack_events import (
    ResourceRecorder,
    add_stack_event,
    reason_of,
)
from localcloud.emulation.transitions import STACK, Transition

EVENTS_PAGE_SIZE = 100
STACKS_PAGE_SIZE = 50


class StackProgress:
    """One create, update or delete on its way; ended by a look at the stack.

    The resources are made when it begins. What takes time is kept up: the speed that
    `cloudformation::stack` is set to, and instances that are still booting or ending.
    """

    def __init__(self, stack: Stack, verb: str, token: str | None):
        self.stack = stack
        self.verb = verb
        self.token = token
        self.cause: str | None = None
        self.rollback_cause: str | None = None
        self.failed: list[str] = []
        self._transition = Transition(STACK, "busy", "done")
        stack.status = f"{verb}_IN_PROGRESS"
        stack.stack_status_reason = "User Initiated"
        add_stack_event(stack, stack.status, "User Initiated", token)

    def fail(self, recorder: ResourceRecorder, error: Exception) -> None:
        """Remember the first failure: the stack rolls back."""
        self.cause = reason_of(error)
        self.failed = recorder.failed[:1]
        if self.verb == "DELETE":
            return
        names = f"[{', '.join(self.failed)}]"
        doing = "create" if self.verb == "CREATE" else "update"
        prefix = "" if self.verb == "CREATE" else "UPDATE_"
        reason = f"The following resource(s) failed to {doing}: {names}. "
        self.stack.status = f"{prefix}ROLLBACK_IN_PROGRESS"
        self.stack.stack_status_reason = reason
        add_stack_event(
            self.stack,
            self.stack.status,
            f"{reason}Rollback requested by user.",
            self.token,
        )

    def look(self, backend: CloudFormationBackend) -> None:
        """Count one look, and end what is done."""
        self._transition.advance()
        if self._check_instances() and self._transition.is_over:
            self._end(backend)

    def _instances(self) -> list[Instance]:
        resources = self.stack.resource_map._parsed_resources.values()
        return [r for r in resources if isinstance(r, Instance)]

    def _check_instances(self) -> bool:
        """Return whether no instance is on its way; a failed boot begins the rollback."""
        instances = self.stack.__dict__.get("localcloud_ending") or self._instances()
        if self.verb == "CREATE" and self.cause is None:
            for instance in instances:
                if instance.state == "terminated":
                    recorder = ResourceRecorder(self.stack, self.token)
                    reason = instance.state_reason.message
                    logical_id = instance.logical_resource_id
                    recorder.failure(logical_id, "AWS::EC2::Instance", reason)
                    self.fail(recorder, ValidationError(message=reason))
                    roll_back_creation(self.stack, self.token)
                    return False
        return all(i.state not in ("pending", "shutting-down") for i in instances)

    def _end(self, backend: CloudFormationBackend) -> None:
        del self.stack.localcloud_progress
        if self.verb == "DELETE":
            final = "DELETE_FAILED" if self.cause else "DELETE_COMPLETE"
            if not self.cause:
                backend.stacks.pop(self.stack.stack_id, None)
                backend.deleted_stacks[self.stack.stack_id] = self.stack
        elif self.cause:
            prefix = "" if self.verb == "CREATE" else "UPDATE_"
            final = (
                f"{prefix}ROLLBACK_{'FAILED' if self.rollback_cause else 'COMPLETE'}"
            )
        else:
            final = f"{self.verb}_COMPLETE"
        self.stack.status = final
        if not self.cause:
            self.stack.stack_status_reason = None
        reason = self.cause if final == "DELETE_FAILED" else self.rollback_cause
        add_stack_event(self.stack, final, reason, self.token)


def roll_back_creation(stack: Stack, token: str | None) -> None:
    """Delete what a failed creation made."""
    delete_resources(stack, token)
    stack.resource_map._resource_json_map = {}
    stack.output_map = OutputMap(stack.resource_map, {}, stack.stack_id)


def delete_resources(stack: Stack, token: str | None) -> None:
    """Delete a stack's resources, with an event each; raises where one cannot be deleted."""
    recorder = ResourceRecorder(stack, token, "DELETE")
    resources = {
        name: resource
        for name, resource in stack.resource_map._parsed_resources.items()
        if name in stack.resource_map._resource_json_map and resource is not None
    }
    stack.localcloud_ending = [r for r in resources.values() if isinstance(r, Instance)]
    for name, resource in resources.items():
        physical = str(resource.physical_resource_id)
        kind = resource.cf_resource_type
        recorder.add(name, kind, "DELETE_IN_PROGRESS", physical=physical)
    before = set(resources)
    try:
        stack.resource_map.delete()
    finally:
        for name in before:
            resource = resources[name]
            gone = name not in stack.resource_map._parsed_resources
            status = "DELETE_COMPLETE" if gone else "DELETE_SKIPPED"
            physical = str(resource.physical_resource_id)
            recorder.add(name, resource.cf_resource_type, status, physical=physical)


def _create(stack: Stack, change_set: Any, progress: StackProgress) -> None:
    stack.template, stack.parameters = change_set.template, change_set.parameters
    stack.tags, stack.role_arn = change_set.tags or {}, change_set.role_arn
    with ResourceRecorder(stack, progress.token) as recorder:
        try:
            stack._parse_template()
            stack.description = stack.template_dict.get("Description")
            stack.resource_map = stack._create_resource_map()
            stack.output_map = stack._create_output_map()
            stack.resource_map.create(stack.template_dict)
            _ = stack.outputs
        except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
            progress.fail(recorder, error)
    if progress.cause:
        try:
            roll_back_creation(stack, progress.token)
        except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
            progress.rollback_cause = reason_of(error)


def _update(stack: Stack, change_set: Any, progress: StackProgress) -> None:
    former = (stack.template, stack.parameters, stack.tags)
    with ResourceRecorder(stack, progress.token) as recorder:
        try:
            _apply(stack, change_set.template, change_set.parameters)
            stack.tags = change_set.tags or {}
        except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
            progress.fail(recorder, error)
    if progress.cause:
        stack.tags = former[2]
        try:
            _apply(stack, former[0], former[1])
        except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
            progress.rollback_cause = reason_of(error)


def _apply(stack: Stack, template: str, parameters: dict) -> None:
    template_dict = Stack.parse_template(template)
    stack.resource_map.update(template_dict, parameters)
    stack.template, stack.parameters, stack.template_dict = (
        template,
        parameters,
        template_dict,
    )
    stack.description = template_dict.get("Description")
    stack.output_map = stack._create_output_map()


@operation(CloudFormationResponse)
def execute_change_set(self: Any) -> ActionResult:
    """ExecuteChangeSet: begins, and answers at once."""
    backend, token = self.cloudformation_backend, self._get_param("ClientRequestToken")
    name = self._get_param("ChangeSetName")
    change_set = find_change_set(backend, name, self._get_param("StackName"))
    settle_if_done(change_set)
    if token and change_set.__dict__.get("localcloud_execution_token") == token:
        return EmptyResult()
    if change_set.execution_status != "AVAILABLE":
        raise InvalidChangeSetStatusError(
            f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status "
            f"of [{change_set.status}]"
        )
    change_set.localcloud_execution_token = token
    stack = change_set.stack
    progress = StackProgress(stack, change_set.change_set_type, token)
    stack.localcloud_progress = progress
    if progress.verb == "CREATE":
        _create(stack, change_set, progress)
    else:
        _update(stack, change_set, progress)
    change_set.execution_status = "EXECUTE_COMPLETE"
    return EmptyResult()


@operation(CloudFormationResponse)
def delete_stack(self: Any) -> ActionResult:
    """DeleteStack: begins, and answers at once; an unknown stack is no error."""
    backend, token = self.cloudformation_backend, self._get_param("ClientRequestToken")
    stack = find_stack(backend, self._get_param("StackName"))
    if stack is None or stack.status == "DELETE_IN_PROGRESS":
        return EmptyResult()
    progress = StackProgress(stack, "DELETE", token)
    stack.localcloud_progress = progress
    try:
        for export in stack.exports:
            backend.exports.pop(export.name, None)
        delete_resources(stack, token)
    except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
        progress.fail(ResourceRecorder(stack, token, "DELETE"), error)
    return EmptyResult()


@operation(CloudFormationResponse)
def describe_stacks(self: Any) -> ActionResult:
    """DescribeStacks; each look lets stacks move on."""
    backend, name = self.cloudformation_backend, self._get_param("StackName")
    stacks = list(backend.stacks.values())
    if name:
        stacks = [s for s in stacks if name in (s.name, s.stack_id)]
        if not stacks and name in backend.deleted_stacks:
            stacks = [backend.deleted_stacks[name]]
        if not stacks:
            raise ValidationError(message=f"Stack with id {name} does not exist")
    for stack in stacks:
        if progress := stack.__dict__.get("localcloud_progress"):
            progress.look(backend)
    if name and stacks[0].status == "DELETE_COMPLETE" and name == stacks[0].name:
        raise ValidationError(message=f"Stack with id {name} does not exist")
    start = int(self._get_param("NextToken") or 0)
    end = start + STACKS_PAGE_SIZE
    token = str(end) if end < len(stacks) else None
    return ActionResult({"Stacks": stacks[start:end], "NextToken": token})


@operation(CloudFormationResponse)
def describe_stack_events(self: Any) -> ActionResult:
    """DescribeStackEvents, the newest first, in pages."""
    name = self._get_param("StackName")
    stack = find_stack(self.cloudformation_backend, name)
    stack = stack or self.cloudformation_backend.deleted_stacks.get(name)
    if stack is None:
        raise ValidationError(message=f"Stack [{name}] does not exist")
    events = stack.events[::-1]
    start = int(self._get_param("NextToken") or 0)
    end = start + EVENTS_PAGE_SIZE
    token = str(end) if end < len(events) else None
    return ActionResult({"StackEvents": events[start:end], "NextToken": token})

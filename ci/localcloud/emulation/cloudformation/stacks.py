"""CloudFormation stacks: executed in the background, rolled back, deleted slowly."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import OutputMap, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult, EmptyResult

from localcloud.emulation.cloudformation.change_sets import (
    InvalidChangeSetStatusError,
    TokenAlreadyExistsError,
    find_change_set,
    find_stack,
    forget_change_sets,
    settle_if_done,
)
from localcloud.emulation.cloudformation.stack_events import ResourceRecorder
from localcloud.emulation.cloudformation.stack_permissions import (
    remember_caller,
    working_on,
)
from localcloud.emulation.cloudformation.stack_progress import (
    StackProgress,
    delete_resources,
    failure_reason,
    roll_back_creation,
)
from localcloud.emulation.cloudformation.stack_update import StackUpdate
from localcloud.emulation.patching import operation

EVENTS_PAGE_SIZE = 100
STACKS_PAGE_SIZE = 50


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
            progress.fail(recorder.failed[:1], error)
    if progress.cause:
        roll_back_creation(progress)


def _update(stack: Stack, change_set: Any, progress: StackProgress) -> None:
    former = (stack.template, stack.parameters, stack.tags)
    outputs = {o["OutputKey"]: {"Value": o["OutputValue"]} for o in stack.outputs or []}
    update = StackUpdate(
        stack,
        change_set.localcloud_changes,
        ResourceRecorder(stack, progress.token),
    )
    try:
        template = Stack.parse_template(change_set.template)
        update.carry_out(template, change_set.parameters)
        _describe(stack, change_set.template, change_set.parameters, change_set.tags)
        _ = stack.outputs
    except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
        progress.fail(update.failed, error)
        _describe(stack, *former)
        # Where the rollback fails, what they were made of may be gone.
        stack.output_map = OutputMap(
            stack.resource_map, {"Outputs": outputs}, stack.stack_id
        )
        _roll_back_update(stack, update, progress)
        return
    progress.say("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    update.clean_up()


def _roll_back_update(
    stack: Stack, update: StackUpdate, progress: StackProgress
) -> None:
    try:
        update.roll_back()
    except Exception:  # noqa: BLE001 - moto raises each service's own kinds
        progress.rollback_cause = failure_reason("UPDATE", update.failed)
        stack.localcloud_rollback = update
        return
    stack.output_map = stack._create_output_map()
    progress.say("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    update.clean_up()


def _describe(stack: Stack, template: str, parameters: dict, tags: dict | None) -> None:
    stack.template, stack.parameters, stack.tags = template, parameters, tags or {}
    stack.resource_map.tags.update(stack.tags)
    stack.template_dict = Stack.parse_template(template)
    stack.description = stack.template_dict.get("Description")
    stack.output_map = stack._create_output_map()


@operation(CloudFormationResponse)
def continue_update_rollback(self: Any) -> ActionResult:
    """ContinueUpdateRollback: tries again to bring back what was."""
    name = self._get_param("StackName")
    stack = find_stack(self.cloudformation_backend, name)
    if stack is None:
        raise ValidationError(message=f"Stack [{name}] does not exist")
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise ValidationError(
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be "
            "continued to rollback."
        )
    update = stack.__dict__.pop("localcloud_rollback")
    progress = StackProgress(
        stack, "UPDATE_ROLLBACK", self._get_param("ClientRequestToken")
    )
    stack.localcloud_progress = progress
    remember_caller(stack)
    with working_on(stack):
        _roll_back_update(stack, update, progress)
    if progress.rollback_cause:
        progress.verb, progress.cause = "UPDATE", progress.rollback_cause
    return EmptyResult()


@operation(CloudFormationResponse)
def execute_change_set(self: Any) -> ActionResult:
    """ExecuteChangeSet: begins, and answers at once."""
    backend, token = self.cloudformation_backend, self._get_param("ClientRequestToken")
    name = self._get_param("ChangeSetName")
    change_set = find_change_set(backend, name, self._get_param("StackName"))
    settle_if_done(change_set)
    if token and change_set.__dict__.get("localcloud_execution_token") == token:
        return EmptyResult()
    tokens = backend.__dict__.setdefault("localcloud_execution_tokens", set())
    if token and (change_set.stack_id, token) in tokens:
        raise TokenAlreadyExistsError(f"A client request token already exists: {token}")
    if change_set.execution_status != "AVAILABLE":
        raise InvalidChangeSetStatusError(
            f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status "
            f"of [{change_set.status}]"
        )
    change_set.localcloud_execution_token = token
    if token:
        tokens.add((change_set.stack_id, token))
    stack = change_set.stack
    stack.role_arn = change_set.role_arn or stack.role_arn
    remember_caller(stack)
    if stack.status.endswith("_IN_PROGRESS") and stack.status != "REVIEW_IN_PROGRESS":
        raise ValidationError(
            message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )
    forget_change_sets(backend, stack, but=change_set)
    progress = StackProgress(stack, change_set.change_set_type, token)
    stack.localcloud_progress = progress
    with working_on(stack):
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
    remember_caller(stack)
    progress = StackProgress(stack, "DELETE", token)
    stack.localcloud_progress = progress
    for export in stack.exports:
        backend.exports.pop(export.name, None)
    if failed := delete_resources(stack, token, "fail-delete"):
        reason = failure_reason("DELETE", failed)
        progress.fail(failed, ValidationError(message=reason))
    if update := stack.__dict__.pop("localcloud_rollback", None):
        update.clean_up()
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
    """DescribeStackEvents, the newest first, in pages; each look lets the stack move on."""
    name = self._get_param("StackName")
    stack = find_stack(self.cloudformation_backend, name)
    stack = stack or self.cloudformation_backend.deleted_stacks.get(name)
    if stack is None:
        raise ValidationError(message=f"Stack [{name}] does not exist")
    progress = stack.__dict__.get("localcloud_progress")
    if progress and not self._get_param("NextToken"):
        progress.look(self.cloudformation_backend)
    events = stack.events[::-1]
    start = int(self._get_param("NextToken") or 0)
    end = start + EVENTS_PAGE_SIZE
    token = str(end) if end < len(events) else None
    return ActionResult({"StackEvents": events[start:end], "NextToken": token})

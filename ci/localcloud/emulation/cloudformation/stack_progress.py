"""A stack on its way: created, updated or deleted, as far as a client has seen it."""

from __future__ import annotations

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, OutputMap, Stack
from moto.ec2.models.instances import Instance

from localcloud.emulation.cloudformation.change_sets import forget_change_sets
from localcloud.emulation.cloudformation.stack_events import (
    BUSY_INSTANCE,
    ResourceRecorder,
    Timeline,
    add_stack_event,
    check_fault,
    reason_of,
)
from localcloud.emulation.cloudformation.stack_permissions import (
    check_deletion,
    working_on,
)
from localcloud.emulation.cloudformation.stack_update import creation_order, is_retained
from localcloud.emulation.transitions import STACK, Transition


class StackProgress:
    """One create, update or delete on its way; ended by a look at the stack.

    The resources are made when it begins, and come to light one after the other. What takes time
    is kept up: the speed that `cloudformation::stack` is set to, and instances that are still
    booting or ending.
    """

    def __init__(self, stack: Stack, verb: str, token: str | None):
        self.stack = stack
        self.verb = verb
        self.token = token
        self.cause: str | None = None
        self.rollback_cause: str | None = None
        self._transition = Transition(STACK, "busy", "done")
        self.say(f"{verb}_IN_PROGRESS", "User Initiated")
        self.timeline = stack.localcloud_timeline = Timeline(stack)

    def say(self, status: str, reason: str | None = None) -> None:
        """Add an event of the stack itself."""
        add_stack_event(self.stack, status, reason, self.token)

    def fail(self, failed: list[str], error: Exception) -> None:
        """Remember the first failure: the stack rolls back."""
        self.cause = reason_of(error)
        if self.verb == "DELETE":
            return
        reason = failure_reason(self.verb, failed)
        if self.verb == "CREATE":
            self.say("ROLLBACK_IN_PROGRESS", reason + "Rollback requested by user.")
        else:
            self.say("UPDATE_ROLLBACK_IN_PROGRESS", reason)

    def look(self, backend: CloudFormationBackend) -> None:
        """Count one look: show what has happened by now, and end what is done."""
        self._transition.advance()
        is_settled = self._check_instances()
        self.timeline.show(self._transition.share_done)
        if is_settled and self._transition.is_over:
            self._end(backend)

    def _check_instances(self) -> bool:
        """Return whether no instance is on its way; a failed boot begins the rollback."""
        ending = self.stack.__dict__.get("localcloud_ending")
        resources = self.stack.resource_map._parsed_resources.values()
        instances = ending or [r for r in resources if isinstance(r, Instance)]
        if self.verb == "CREATE" and self.cause is None:
            for instance in instances:
                if instance.state == "terminated":
                    self._fail_boot(instance)
                    return False
        return all(i.state not in BUSY_INSTANCE for i in instances)

    def _fail_boot(self, instance: Instance) -> None:
        recorder = ResourceRecorder(self.stack, self.token)
        name, reason = instance.logical_resource_id, instance.state_reason.message
        self.timeline.forget()
        recorder.failure(name, "AWS::EC2::Instance", reason)
        self.fail([name], ValidationError(message=reason))
        roll_back_creation(self)

    def _end(self, backend: CloudFormationBackend) -> None:
        self.timeline.show(1)
        del self.stack.localcloud_progress, self.stack.localcloud_timeline
        if self.verb == "DELETE":
            final = "DELETE_FAILED" if self.cause else "DELETE_COMPLETE"
            if not self.cause:
                _forget(backend, self.stack)
        elif self.cause:
            prefix = "" if self.verb == "CREATE" else "UPDATE_"
            end = "FAILED" if self.rollback_cause else "COMPLETE"
            final = f"{prefix}ROLLBACK_{end}"
        else:
            final = f"{self.verb}_COMPLETE"
        self.say(final, self.cause if final == "DELETE_FAILED" else self.rollback_cause)


def failure_reason(verb: str, failed: list[str]) -> str:
    """Return what CloudFormation says of a stack in which resources failed."""
    return (
        f"The following resource(s) failed to {verb.lower()}: [{', '.join(failed)}]. "
    )


def _forget(backend: CloudFormationBackend, stack: Stack) -> None:
    backend.stacks.pop(stack.stack_id, None)
    backend.deleted_stacks[stack.stack_id] = stack
    forget_change_sets(backend, stack)


def roll_back_creation(progress: StackProgress) -> None:
    """Delete what a failed creation made."""
    stack = progress.stack
    failed = delete_resources(stack, progress.token, "fail-rollback")
    if failed:
        progress.rollback_cause = failure_reason("DELETE", failed)
        return
    stack.resource_map._resource_json_map = {}
    stack.output_map = OutputMap(stack.resource_map, {}, stack.stack_id)


def delete_resources(stack: Stack, token: str | None, fault: str) -> list[str]:
    """Delete a stack's resources, with events for each; returns those that stay by a failure."""
    recorder = ResourceRecorder(stack, token, "DELETE")
    bodies, parsed = (
        stack.resource_map._resource_json_map,
        stack.resource_map._parsed_resources,
    )
    names = [
        n
        for n in creation_order({"Resources": bodies}, bodies)
        if parsed.get(n) is not None
    ]
    stack.localcloud_ending = [
        parsed[n] for n in names if isinstance(parsed[n], Instance)
    ]
    failed = []
    for name in reversed(names):
        resource, body = parsed[name], bodies[name]
        kind, physical = resource.cf_resource_type, str(resource.physical_resource_id)
        policy = body.get("DeletionPolicy")
        if is_retained(policy, undoes_creation=fault == "fail-rollback"):
            recorder.add(name, kind, "DELETE_SKIPPED", physical=physical)
            continue
        recorder.add(name, kind, "DELETE_IN_PROGRESS", physical=physical)
        try:
            check_fault(fault, name)
            with working_on(stack):
                check_deletion(resource, stack.resource_map._region_name)
            stack.resource_map._delete_resource(resource, body)
        except Exception as error:  # noqa: BLE001 - moto raises each service's own kinds
            failed.append(name)
            recorder.add(name, kind, "DELETE_FAILED", reason_of(error), physical)
        else:
            parsed.pop(name)
            recorder.created(name, resource)
    return failed

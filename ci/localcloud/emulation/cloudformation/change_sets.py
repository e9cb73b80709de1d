"""CloudFormation change sets: checked like AWS's, empty ones fail, tokens are honoured."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_changeset_id, generate_stack_id
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends

from localcloud.emulation.cloudformation.resource_changes import Side, changes_between
from localcloud.emulation.cloudformation.stack_permissions import check_lookups
from localcloud.emulation.cloudformation.template_checks import (
    check_capabilities,
    effective_parameters,
    parse_template,
    resolve_parameters,
)
from localcloud.emulation.cloudformation.template_values import TemplateValues
from localcloud.emulation.ec2.consistency import visibility
from localcloud.emulation.idempotency import fields_of
from localcloud.emulation.patching import change, operation
from localcloud.emulation.transitions import (
    CHANGE_SET,
    Transition,
    transitioning_attribute,
)

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
NO_UPDATES = "No updates are to be performed."


@change
def _status() -> None:
    transitioning_attribute(ChangeSet, "status")


class ChangeSetNotFoundError(ServiceException):
    """ChangeSetNotFound."""

    code = "ChangeSetNotFound"


class InvalidChangeSetStatusError(ServiceException):
    """InvalidChangeSetStatus."""

    code = "InvalidChangeSetStatus"


class TokenAlreadyExistsError(ServiceException):
    """TokenAlreadyExistsException: the token stands for another operation on the stack."""

    code = "TokenAlreadyExistsException"


def find_stack(backend: CloudFormationBackend, name: str) -> Stack | None:
    """Return the stack of that name or id that is not deleted."""
    for stack in backend.stacks.values():
        if name in (stack.name, stack.stack_id):
            return stack
    return None


def find_change_set(
    backend: CloudFormationBackend, name: str, stack_name: str | None
) -> ChangeSet:
    """Return the change set of that id, or of that name within that stack."""
    for change_set in backend.change_sets.values():
        if change_set.change_set_id == name:
            return change_set
        in_stack = stack_name in (change_set.stack_name, change_set.stack_id)
        if change_set.change_set_name == name and in_stack:
            return change_set
    raise ChangeSetNotFoundError(f"ChangeSet [{name}] does not exist")


def _stack_for(response: Any, kind: str, name: str, tags: dict) -> Stack:
    backend = response.cloudformation_backend
    stack = find_stack(backend, name)
    if kind == "UPDATE":
        if stack is None or stack.status == "REVIEW_IN_PROGRESS":
            raise ValidationError(message=f"Stack [{name}] does not exist")
        if (
            not stack.status.endswith("_COMPLETE")
            or stack.status == "ROLLBACK_COMPLETE"
        ):
            raise ValidationError(
                message=f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
            )
        return stack
    if stack is not None:
        if stack.status != "REVIEW_IN_PROGRESS":
            raise ValidationError(
                message=f"Stack [{name}] already exists and cannot be created again "
                f"with the changeSet [{response._get_param('ChangeSetName')}]."
            )
        return stack
    stack_id = generate_stack_id(name, backend.region_name, backend.account_id)
    stack = Stack(
        stack_id=stack_id,
        name=name,
        template={},
        parameters={},
        account_id=backend.account_id,
        region_name=backend.region_name,
        tags=tags,
        cross_stack_resources=backend.exports,
    )
    stack.status = "REVIEW_IN_PROGRESS"
    stack._add_stack_event(
        "REVIEW_IN_PROGRESS", resource_status_reason="User Initiated"
    )
    backend.stacks[stack_id] = stack
    return stack


@operation(CloudFormationResponse)
def create_change_set(self: Any) -> ActionResult:
    """CreateChangeSet for a new or an existing stack."""
    backend, parameter = self.cloudformation_backend, self._get_param
    name, kind = parameter("ChangeSetName"), parameter("ChangeSetType") or "UPDATE"
    stack_name, token = parameter("StackName"), parameter("ClientToken")
    for known in backend.change_sets.values():
        if known.change_set_name == name and stack_name in (
            known.stack_name,
            known.stack_id,
        ):
            is_repetition = known.__dict__.get("localcloud_fields") == fields_of(self)
            if token and known.localcloud_token == token and is_repetition:
                return ActionResult(
                    {"Id": known.change_set_id, "StackId": known.stack_id}
                )
            raise AlreadyExistsException(
                f"ChangeSet {name} cannot be created as it already exists"
            )
    existing = find_stack(backend, stack_name)
    body = parameter("TemplateBody")
    if url := parameter("TemplateURL"):
        body = self._get_stack_from_s3_url(url)
    elif self._get_bool_param("UsePreviousTemplate", False) and existing is not None:
        body = existing.template
    template = parse_template(body)
    check_capabilities(template, parameter("Capabilities") or [])
    check_lookups(template, backend.region_name)
    previous = existing.stack_parameters if existing is not None else {}
    values = resolve_parameters(template, parameter("Parameters", []), previous)
    _check_key_pairs(backend, effective_parameters(template, values), template)
    tags = {item["Key"]: item["Value"] for item in parameter("Tags", [])}
    stack = _stack_for(self, kind, stack_name, tags)
    change_set = ChangeSet(
        change_set_type=kind,
        change_set_id=generate_changeset_id(
            name, backend.region_name, backend.account_id
        ),
        change_set_name=name,
        stack=stack,
        template=body,
        parameters=values,
        description=parameter("Description"),
        tags=tags,
        role_arn=parameter("RoleARN"),
    )
    change_set.localcloud_token = token
    change_set.localcloud_fields = fields_of(self)
    change_set.localcloud_capabilities = parameter("Capabilities") or []
    _settle(change_set, stack, template)
    backend.change_sets[change_set.change_set_id] = change_set
    return ActionResult({"Id": change_set.change_set_id, "StackId": stack.stack_id})


def _check_key_pairs(
    backend: CloudFormationBackend, values: dict[str, str], template: dict
) -> None:
    """CloudFormation looks up what a parameter of this type names, and sees what anybody sees.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
    """
    pairs = ec2_backends[backend.account_id][backend.region_name].key_pairs
    for name, declared in (template.get("Parameters") or {}).items():
        if declared.get("Type") != "AWS::EC2::KeyPair::KeyName":
            continue
        pair = pairs.get(values[name])
        if pair is None or visibility.misses(pair.id):
            raise ValidationError(
                message=f"Parameter validation failed: parameter value {values[name]} for "
                f"parameter name {name} does not exist"
            )


def _side(stack: Stack, template: dict, parameters: dict, tags: dict | None) -> Side:
    effective = effective_parameters(template, parameters)
    pseudo = {
        name: value
        for name, value in stack.resource_map._parsed_resources.items()
        if name.startswith("AWS::")
    }
    values = TemplateValues(template, effective, pseudo)
    return Side(template, effective, tags or {}, values)


def _settle(change_set: ChangeSet, stack: Stack, template: dict) -> None:
    """Work out the changes; without any, the change set fails."""
    is_update = change_set.change_set_type == "UPDATE"
    new = _side(stack, template, change_set.parameters, change_set.tags)
    former = stack.template_dict if is_update else {"Resources": {}}
    old = _side(stack, former, stack.parameters, stack.tags if is_update else {})
    _check_types(old.template["Resources"], template["Resources"])
    changes = changes_between(old, new)
    change_set.localcloud_changes = changes
    resources = stack.resource_map._parsed_resources
    change_set.localcloud_physical_ids = {
        c.logical_id: str(resources[c.logical_id].physical_resource_id)
        for c in changes
        if c.action != "Add" and resources.get(c.logical_id) is not None
    }
    is_empty = (
        is_update
        and not changes
        and old.tags == new.tags
        and old.values.outputs() == new.values.outputs()
    )
    reason = NO_CHANGES if former == template else NO_UPDATES
    final = "FAILED" if is_empty else "CREATE_COMPLETE"
    change_set.localcloud_final = (
        ("UNAVAILABLE", reason) if is_empty else ("AVAILABLE", None)
    )
    change_set.status = Transition(CHANGE_SET, "CREATE_IN_PROGRESS", final)
    change_set.execution_status = "UNAVAILABLE"


def _check_types(old: dict, new: dict) -> None:
    changed = [n for n in new if n in old and old[n]["Type"] != new[n]["Type"]]
    if changed:
        raise ValidationError(
            message="Update of resource type is not permitted. The new template modifies "
            f"resource type of the following resources: [{', '.join(changed)}]"
        )


def forget_change_sets(
    backend: CloudFormationBackend, stack: Stack, but: ChangeSet | None = None
) -> None:
    """Remove a stack's change sets: what they were made from is no longer there."""
    for known in list(backend.change_sets.values()):
        if known.stack_id == stack.stack_id and known is not but:
            del backend.change_sets[known.change_set_id]


def settle_if_done(change_set: ChangeSet) -> None:
    """Make the outcome visible once the change set is no longer in the making."""
    if (
        change_set.status != "CREATE_IN_PROGRESS"
        and "localcloud_final" in change_set.__dict__
    ):
        execution, reason = change_set.__dict__.pop("localcloud_final")
        change_set.execution_status, change_set.status_reason = execution, reason


@operation(CloudFormationResponse)
def delete_change_set(self: Any) -> ActionResult:
    """DeleteChangeSet; deleting an unknown one is no error, as in AWS."""
    name, stack_name = self._get_param("ChangeSetName"), self._get_param("StackName")
    backend = self.cloudformation_backend
    try:
        change_set = find_change_set(backend, name, stack_name)
    except ChangeSetNotFoundError:
        if stack_name and find_stack(backend, stack_name) is None:
            raise ValidationError(
                message=f"Stack [{stack_name}] does not exist"
            ) from None
        return EmptyResult()
    del backend.change_sets[change_set.change_set_id]
    return EmptyResult()

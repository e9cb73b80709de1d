"""CloudFormation change sets: checked like AWS's, empty ones fail, tokens are honoured."""

from __future__ import annotations

from typing import Any

from moto.cloudformation.exceptions import AlreadyExistsException, ValidationError
from moto.cloudformation.models import ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.cloudformation.utils import generate_changeset_id, generate_stack_id
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult

from localcloud.emulation.patching import operation
from localcloud.emulation.transitions import (
    CHANGE_SET,
    Transition,
    look,
    transitioning_attribute,
)

NO_CHANGES = (
    "The submitted information didn't contain changes. "
    "Submit different information to create a change set."
)
IAM_TYPES = ("AWS::IAM::",)
NAME_PROPERTIES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}

transitioning_attribute(ChangeSet, "status")


class ChangeSetNotFoundError(ServiceException):
    """ChangeSetNotFound."""

    code = "ChangeSetNotFound"


class InsufficientCapabilitiesError(ServiceException):
    """InsufficientCapabilitiesException."""

    code = "InsufficientCapabilitiesException"


class InvalidChangeSetStatusError(ServiceException):
    """InvalidChangeSetStatus."""

    code = "InvalidChangeSetStatus"


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


def check_capabilities(template: dict, capabilities: list[str]) -> None:
    """Raise unless the caller acknowledged that the template makes IAM resources."""
    resources = [
        r for r in template["Resources"].values() if r["Type"].startswith(IAM_TYPES)
    ]
    named = any(
        NAME_PROPERTIES.get(r["Type"], "") in (r.get("Properties") or {})
        for r in resources
    )
    if named and "CAPABILITY_NAMED_IAM" not in capabilities:
        raise InsufficientCapabilitiesError(
            "Requires capabilities : [CAPABILITY_NAMED_IAM]"
        )
    if resources and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(capabilities):
        raise InsufficientCapabilitiesError("Requires capabilities : [CAPABILITY_IAM]")


def resolve_parameters(
    template: dict, given: list[dict], previous: dict
) -> dict[str, str]:
    """Return the values passed for the template's parameters, checked as AWS checks them."""
    declared = template.get("Parameters") or {}
    values = {}
    for parameter in given:
        name = parameter["ParameterKey"]
        if name not in declared:
            raise ValidationError(
                message=f"Parameters: [{name}] do not exist in the template"
            )
        if str(parameter.get("UsePreviousValue", "")).lower() == "true":
            if name not in previous:
                raise ValidationError(
                    message=f"Invalid input for parameter key {name}. Cannot specify "
                    "usePreviousValue as true for a parameter key not in the previous template"
                )
            values[name] = previous[name]
        else:
            values[name] = str(parameter.get("ParameterValue", ""))
    missing = [n for n, p in declared.items() if n not in values and "Default" not in p]
    if missing:
        raise ValidationError(
            message=f"Parameters: [{', '.join(missing)}] must have values"
        )
    for name, value in values.items():
        allowed = declared[name].get("AllowedValues")
        if allowed and value not in [str(item) for item in allowed]:
            raise ValidationError(
                message=f"Parameter '{name}' must be one of AllowedValues",
            )
    return values


def effective_parameters(template: dict, values: dict) -> dict[str, str]:
    """Return what every parameter comes to, defaults included."""
    declared = template.get("Parameters") or {}
    return {n: str(values.get(n, p.get("Default"))) for n, p in declared.items()}


def parse_template(body: str | None) -> dict:
    """Return a template as a dictionary, or raise what AWS answers to a bad one."""
    try:
        template = Stack.parse_template(body or "")
    except Exception as error:  # yaml and json each raise many kinds
        raise ValidationError(message=f"Template format error: {error}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise ValidationError(
            message="Template format error: At least one Resources member must be defined."
        )
    return template


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
            if token and known.__dict__.get("localcloud_token") == token:
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
    previous = existing.stack_parameters if existing is not None else {}
    values = resolve_parameters(template, parameter("Parameters", []), previous)
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
    _settle(change_set, stack, template)
    backend.change_sets[change_set.change_set_id] = change_set
    return ActionResult({"Id": change_set.change_set_id, "StackId": stack.stack_id})


def _settle(change_set: ChangeSet, stack: Stack, template: dict) -> None:
    is_empty = change_set.change_set_type == "UPDATE" and (
        stack.has_template(change_set.template)
        and effective_parameters(template, change_set.parameters)
        == effective_parameters(template, stack.parameters)
        and (change_set.tags or {}) == (stack.tags or {})
    )
    final = "FAILED" if is_empty else "CREATE_COMPLETE"
    change_set.localcloud_final = (
        ("UNAVAILABLE", NO_CHANGES) if is_empty else ("AVAILABLE", None)
    )
    change_set.status = Transition(CHANGE_SET, "CREATE_IN_PROGRESS", final)
    change_set.execution_status = "UNAVAILABLE"


def settle_if_done(change_set: ChangeSet) -> None:
    """Make the outcome visible once the change set is no longer in the making."""
    if (
        change_set.status != "CREATE_IN_PROGRESS"
        and "localcloud_final" in change_set.__dict__
    ):
        execution, reason = change_set.__dict__.pop("localcloud_final")
        change_set.execution_status, change_set.status_reason = execution, reason


@operation(CloudFormationResponse)
def describe_change_set(self: Any) -> ActionResult:
    """DescribeChangeSet; each look lets it move on."""
    name, stack_name = self._get_param("ChangeSetName"), self._get_param("StackName")
    change_set = find_change_set(self.cloudformation_backend, name, stack_name)
    look(change_set, "status")
    settle_if_done(change_set)
    return ActionResult(change_set)


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

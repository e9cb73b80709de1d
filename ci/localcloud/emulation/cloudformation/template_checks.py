"""What CloudFormation refuses about a template and its parameters before anything begins."""

from __future__ import annotations

import re

from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.core.exceptions import ServiceException

IAM_TYPES = ("AWS::IAM::",)
NAME_PROPERTIES = {
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
}


class InsufficientCapabilitiesError(ServiceException):
    """InsufficientCapabilitiesException."""

    code = "InsufficientCapabilitiesException"


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
        if complaint := _complaint(declared[name], value):
            described = declared[name].get("ConstraintDescription")
            raise ValidationError(
                message=f"Parameter {name} failed to satisfy constraint: {described}"
                if described
                else f"Parameter '{name}' must {complaint}"
            )
    return values


def _complaint(declaration: dict, value: str) -> str | None:
    allowed = [str(item) for item in declaration.get("AllowedValues") or []]
    if allowed and value not in allowed:
        return "be one of AllowedValues"
    is_list = declaration.get("Type", "String") == "CommaDelimitedList"
    pattern = declaration.get("AllowedPattern")
    for item in value.split(",") if is_list else [value]:
        if pattern and not re.fullmatch(pattern, item):
            return f"match pattern {pattern}"
    shortest, longest = declaration.get("MinLength"), declaration.get("MaxLength")
    if shortest is not None and len(value) < int(shortest):
        return f"contain at least {shortest} characters"
    if longest is not None and len(value) > int(longest):
        return f"contain at most {longest} characters"
    if declaration.get("Type") != "Number":
        return None
    try:
        number = float(value)
    except ValueError:
        return "be a number"
    smallest, largest = declaration.get("MinValue"), declaration.get("MaxValue")
    if smallest is not None and number < float(smallest):
        return f"be a number not less than {smallest}"
    if largest is not None and number > float(largest):
        return f"be a number not greater than {largest}"
    return None


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

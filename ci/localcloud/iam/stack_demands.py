"""What CloudFormation's own calls demand of the caller; what its handlers call is in `handlers`.

Source:
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from localcloud.iam.calls import Call, World
from localcloud.iam.policies import Demand
from localcloud.iam.reference import action_keys, known_keys
from localcloud.rules import rule

SERVICE = "cloudformation.amazonaws.com"


def stack_demands(call: Call, world: World) -> Iterator[Demand]:
    """Return what one call of CloudFormation demands."""
    context = _context(call)
    for resource in _resources(call, world):
        yield Demand(
            call.action, resource, known_keys(action_keys(call.action), context)
        )
        if context.get("aws:TagKeys"):
            action = "cloudformation:TagResource"
            created = context | {"cloudformation:CreateAction": call.operation}
            yield Demand(action, resource, known_keys(action_keys(action), created))
    if call.operation == "DescribeStacks" and not call.fields.get("StackName"):
        yield Demand("cloudformation:ListStacks", "*")
    if role := call.fields.get("RoleARN"):
        yield Demand("iam:PassRole", role, {"iam:PassedToService": SERVICE})


@rule("3")
def _resources(call: Call, world: World) -> list[str]:
    """Return the ARNs that a call is authorised on.

    With a stack's name it is the stack; by the ARN of a change set alone it is that one.
    """
    stack, change_set = (
        call.fields.get("StackName"),
        call.fields.get("ChangeSetName", ""),
    )
    if stack:
        return [_stack_arn(stack, call.region, world)]
    if change_set.startswith("arn:"):
        return [change_set]
    if call.operation in ("ListStacks", "ListExports", "ValidateTemplate"):
        return ["*"]
    return [_stack_arn("*", call.region, world)]


def _stack_arn(name: str, region: str, world: World) -> str:
    if name.startswith("arn:"):
        return name
    known = world.stack_id(name, region)
    return known or f"arn:aws:cloudformation:{region}:{world.account}:stack/{name}/*"


def _context(call: Call) -> dict[str, Any]:
    fields, context = call.fields, {}
    names = {"RoleARN": "RoleArn", "TemplateURL": "TemplateUrl"}
    for field, key in names.items():
        if field in fields:
            context[f"cloudformation:{key}"] = fields[field]
    # Named by its ARN, a change set does not meet a condition on its name.
    change_set = fields.get("ChangeSetName", "")
    if change_set and not change_set.startswith("arn:"):
        context["cloudformation:ChangeSetName"] = change_set
    tags = {
        key: fields.get(name.replace(".Key", ".Value"), "")
        for name, key in fields.items()
        if re.fullmatch(r"Tags\.member\.\d+\.Key", name)
    }
    context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    return context | ({"aws:TagKeys": list(tags)} if tags else {})

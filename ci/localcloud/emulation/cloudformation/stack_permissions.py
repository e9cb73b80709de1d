"""Decides CloudFormation's own calls, which it makes with its caller's permissions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from moto.cloudformation.exceptions import ValidationError

from localcloud.emulation.iam.account_world import AccountWorld
from localcloud.emulation.iam.identities import Principal
from localcloud.emulation.iam.permissions import (
    Refusal,
    acting_caller,
    check,
    with_common_keys,
)
from localcloud.iam.handlers import handler_demands, lookup_demands
from localcloud.iam.policies import Demand


def remember_caller(stack: Any) -> None:
    """Keep who began the present operation of a stack: it goes on with those permissions."""
    caller = acting_caller.get()
    if caller is not None and stack.__dict__.get("role_arn"):
        session = caller.arn.rpartition("/")[2]
        name = stack.role_arn.rpartition("/")[2]
        arn = f"arn:aws:sts::{caller.account}:assumed-role/{name}/{session}"
        caller = Principal(arn, stack.role_arn)
    stack.localcloud_caller = caller


@contextmanager
def working_on(stack: Any) -> Iterator[None]:
    """Let handlers within work with the permissions of whoever began the stack's operation."""
    token = acting_caller.set(stack.__dict__.get("localcloud_caller"))
    try:
        yield
    finally:
        acting_caller.reset(token)


def check_handler(
    resource_type: str,
    handler: str,
    properties: dict[str, Any],
    region: str,
    physical_id: str = "",
) -> None:
    """Fail, as a resource's handler does whose call is refused."""
    world = AccountWorld()
    demands = handler_demands(
        resource_type, handler, properties, world, region, physical_id
    )
    _check_all(demands, region, _handler_message)


def check_deletion(resource: Any, region: str) -> None:
    """Fail, as the deletion of a stack's resource does whose call is refused."""
    properties = resource.__dict__.get("localcloud_body", {}).get("Properties") or {}
    physical_id = str(resource.physical_resource_id)
    check_handler(resource.cf_resource_type, "delete", properties, region, physical_id)


def check_lookups(template: dict[str, Any], region: str) -> None:
    """Fail where the caller may not look up what a template's parameters name.

    In which shape CloudFormation answers that is a guess.
    """
    _check_all(lookup_demands(template), region, str)


def _check_all(demands: Iterable[Demand], region: str, tell: Any) -> None:
    caller = acting_caller.get()
    if caller is None:
        return
    for demand in demands:
        try:
            check(caller, with_common_keys(demand, caller, region))
        except Refusal as refusal:
            raise ValidationError(message=tell(refusal)) from refusal


def _handler_message(refusal: Refusal) -> str:
    service = refusal.demand.action.partition(":")[0].capitalize()
    return (
        'Resource handler returned message: "You are not authorized to perform this operation. '
        f"{refusal}. Encoded authorization failure message: {refusal.encoded} "
        f'(Service: {service}, Status Code: 403)" (HandlerErrorCode: UnauthorizedOperation)'
    )

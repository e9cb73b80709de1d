"""Decides by the caller's policies, before anything is looked at, and for CloudFormation's calls.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import base64
import contextvars
import datetime
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from moto.cloudformation.exceptions import ValidationError

from localcloud.answers import Answer, error_answer
from localcloud.emulation.account_world import AccountWorld
from localcloud.emulation.identities import Principal, find_identity
from localcloud.iam.calls import Call
from localcloud.iam.demands import demands_of
from localcloud.iam.handlers import handler_demands, lookup_demands
from localcloud.iam.policies import Decision, Demand
from localcloud.iam.s3_demands import hides_absence
from localcloud.rules import rule
from localcloud.wire import WireRequest

BODY_LIMIT_BYTES = 1 << 20
# Without credentials of its own, CloudFormation calls with those of whoever began the operation.
_caller: contextvars.ContextVar[Principal | None] = contextvars.ContextVar(
    "caller", default=None
)
_asked: contextvars.ContextVar[list[Demand] | None] = contextvars.ContextVar(
    "asked", default=None
)


class Refusal(Exception):
    """A demand that the caller's policies do not allow."""

    def __init__(self, principal: Principal, demand: Demand, decision: Decision):
        self.demand = demand
        reason = (
            "with an explicit deny in an identity-based policy"
            if decision is Decision.EXPLICIT_DENY
            else f"because no identity-based policy allows the {demand.action} action"
        )
        super().__init__(
            f"User: {principal.arn} is not authorized to perform: {demand.action} "
            f"on resource: {demand.resource} {reason}"
        )

    @property
    def encoded(self) -> str:
        """The long form that only `sts:DecodeAuthorizationMessage` reads."""
        details = {
            "allowed": False,
            "context": {"action": self.demand.action, "resource": self.demand.resource},
        }
        text = zlib.compress(json.dumps(details).encode()) + secrets.token_bytes(48)
        return base64.urlsafe_b64encode(text).decode().rstrip("=")


@contextmanager
def acting(principal: Principal | None, asked: list[Demand]) -> Iterator[None]:
    """Let what happens within be done by this caller; `asked` gets every demand."""
    tokens = _caller.set(principal), _asked.set(asked)
    try:
        yield
    finally:
        _caller.reset(tokens[0])
        _asked.reset(tokens[1])


def refusal_of(
    request: WireRequest, body: IO[bytes], principal: Principal
) -> Answer | None:
    """Return what a caller is answered that may not do this; `None` for one that may."""
    call = _call_of(request, body)
    world = AccountWorld()
    try:
        for demand in demands_of(call, world):
            _check(principal, _everywhere(demand, principal, request.region))
        if call.service == "s3" and (demand := hides_absence(call, world)) is not None:
            _check(principal, _everywhere(demand, principal, request.region))
    except Refusal as refusal:
        return _answer(request, refusal)
    return None


def _check(principal: Principal, demand: Demand) -> None:
    asked = _asked.get()
    if asked is not None:
        asked.append(demand)
    decision = principal.decide(demand)
    if decision is not Decision.ALLOWED:
        raise Refusal(principal, demand, decision)


def _everywhere(demand: Demand, principal: Principal, region: str) -> Demand:
    """Return a demand with the keys that every request has."""
    now = datetime.datetime.now(datetime.UTC)
    context: dict[str, Any] = {
        "aws:CurrentTime": now.isoformat(),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:PrincipalAccount": principal.account,
        "aws:PrincipalArn": principal.identity_arn,
        "aws:RequestedRegion": region,
        # Loopback stands in for an endpoint that speaks TLS only.
        "aws:SecureTransport": True,
        "aws:SourceIp": "127.0.0.1",
        "aws:ViaAWSService": False,
    }
    return Demand(demand.action, demand.resource, context | demand.context)


def _call_of(request: WireRequest, body: IO[bytes]) -> Call:
    fields: dict[str, Any] = dict(request.form)
    if request.protocol == "json":
        try:
            document = json.loads(body.read(BODY_LIMIT_BYTES))
        except ValueError:
            document = {}
        body.seek(0)
        fields = document if isinstance(document, dict) else {}
    return Call(
        service=request.service,
        operation=request.operation,
        region=request.region,
        fields=fields,
        headers=request.headers,
        query=request.query,
        bucket=request.bucket,
        key=request.key,
    )


@rule("permissions")
def _answer(request: WireRequest, refusal: Refusal) -> Answer:
    protocol, text = request.protocol, str(refusal)
    without_body = request.method == "HEAD"
    if protocol == "ec2":
        message = (
            f"You are not authorized to perform this operation. {text}. "
            f"Encoded authorization failure message: {refusal.encoded}"
        )
        return error_answer(protocol, 403, "UnauthorizedOperation", message)
    if protocol == "json":
        return error_answer(protocol, 400, "AccessDeniedException", text)
    return error_answer(protocol, 403, "AccessDenied", text, without_body=without_body)


def refusal_of_service(
    role: str | None, actions: Iterable[str], resource: str
) -> str | None:
    """Return why a service cannot do something with the role that it was given.

    A role that is not in IAM is no obstacle here: some tests name one that nobody made.
    """
    if role is None or find_identity(role) is None:
        return None
    name, account = role.rpartition("/")[2], role.split(":")[4]
    principal = Principal(f"arn:aws:sts::{account}:assumed-role/{name}/AWS", role)
    try:
        for action in actions:
            demand = Demand(action, resource)
            _check(principal, _everywhere(demand, principal, resource.split(":")[3]))
    except Refusal as refusal:
        return str(refusal)
    return None


# CloudFormation


def remember_caller(stack: Any) -> None:
    """Keep who began the present operation of a stack: it goes on with those permissions."""
    caller = _caller.get()
    if caller is not None and stack.__dict__.get("role_arn"):
        session = caller.arn.rpartition("/")[2]
        name = stack.role_arn.rpartition("/")[2]
        arn = f"arn:aws:sts::{caller.account}:assumed-role/{name}/{session}"
        caller = Principal(arn, stack.role_arn)
    stack.localcloud_caller = caller


@contextmanager
def working_on(stack: Any) -> Iterator[None]:
    """Let handlers within work with the permissions of whoever began the stack's operation."""
    token = _caller.set(stack.__dict__.get("localcloud_caller"))
    try:
        yield
    finally:
        _caller.reset(token)


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
    caller = _caller.get()
    if caller is None:
        return
    for demand in demands:
        try:
            _check(caller, _everywhere(demand, caller, region))
        except Refusal as refusal:
            raise ValidationError(message=tell(refusal)) from refusal


def _handler_message(refusal: Refusal) -> str:
    service = refusal.demand.action.partition(":")[0].capitalize()
    return (
        'Resource handler returned message: "You are not authorized to perform this operation. '
        f"{refusal}. Encoded authorization failure message: {refusal.encoded} "
        f'(Service: {service}, Status Code: 403)" (HandlerErrorCode: UnauthorizedOperation)'
    )

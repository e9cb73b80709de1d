"""Decides by the policies of caller and resource, before anything is looked at.

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

from localcloud.answers import Answer, error_answer
from localcloud.emulation.iam.account_world import AccountWorld, policy_of_bucket
from localcloud.emulation.iam.identities import Principal, find_identity, trust_of
from localcloud.iam.calls import Call
from localcloud.iam.demands import demands_of
from localcloud.iam.policies import Decision, Demand
from localcloud.iam.principals import (
    Caller,
    Naming,
    ResourceVerdict,
    resource_verdict,
)
from localcloud.iam.s3_demands import hides_absence
from localcloud.rules import rule
from localcloud.wire import WireRequest

BODY_LIMIT_BYTES = 1 << 20
ASSUMPTION = "sts:AssumeRole"
# Without credentials of its own, CloudFormation calls with those of whoever began the operation.
acting_caller: contextvars.ContextVar[Principal | None] = contextvars.ContextVar(
    "caller", default=None
)
_asked: contextvars.ContextVar[list[Demand] | None] = contextvars.ContextVar(
    "asked", default=None
)


class Refusal(Exception):
    """A demand that the caller's policies do not allow."""

    def __init__(
        self,
        principal: Principal,
        demand: Demand,
        decision: Decision,
        kind: str = "identity-based",
    ):
        self.demand = demand
        reason = (
            f"with an explicit deny in {'an' if kind[0] == 'i' else 'a'} {kind} policy"
            if decision is Decision.EXPLICIT_DENY
            else f"because no {kind} policy allows the {demand.action} action"
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


def present_caller() -> Principal | None:
    """Return who is acting; `None` for the cloud's own key."""
    return acting_caller.get()


@contextmanager
def acting(principal: Principal | None, asked: list[Demand]) -> Iterator[None]:
    """Let what happens within be done by this caller; `asked` gets every demand."""
    tokens = acting_caller.set(principal), _asked.set(asked)
    try:
        yield
    finally:
        acting_caller.reset(tokens[0])
        _asked.reset(tokens[1])


def refusal_of(
    request: WireRequest, body: IO[bytes], principal: Principal
) -> Answer | None:
    """Return what a caller is answered that may not do this; `None` for one that may."""
    call = _call_of(request, body)
    world = AccountWorld()
    try:
        if call.action == ASSUMPTION:
            _check_assumption(call, principal)
            return None
        for demand in demands_of(call, world):
            check(principal, with_common_keys(demand, principal, request.region))
        if call.service == "s3" and (demand := hides_absence(call, world)) is not None:
            check(principal, with_common_keys(demand, principal, request.region))
    except Refusal as refusal:
        return _answer(request, refusal)
    return None


def check(principal: Principal, demand: Demand) -> None:
    """Refuse what neither the caller's policies nor the resource's own allow."""
    asked = _asked.get()
    if asked is not None:
        asked.append(demand)
    decision = principal.decide(demand)
    document = policy_of_bucket(demand.resource)
    if document is not None and decision is not Decision.EXPLICIT_DENY:
        verdict = resource_verdict(
            document, principal.caller, demand, names_resource=True
        )
        if verdict.is_denied:
            raise Refusal(
                principal, demand, Decision.EXPLICIT_DENY, kind="resource-based"
            )
        # Within one account either kind of policy is enough.
        if verdict.allowed is Naming.SESSION or (
            verdict.allowed is Naming.IDENTITY and principal.session_allows(demand)
        ):
            return
    if decision is not Decision.ALLOWED:
        raise Refusal(principal, demand, decision)


def refusal_to_assume(
    request: WireRequest, body: IO[bytes], principal: Principal
) -> Answer | None:
    """Return what the cloud's own key is answered, which may do all that trust allows."""
    call = _call_of(request, body)
    if call.action != ASSUMPTION:
        return None
    try:
        _check_assumption(call, principal)
    except Refusal as refusal:
        return _answer(request, refusal)
    return None


def _check_assumption(call: Call, principal: Principal) -> None:
    """Refuse a session that the role's trust policy does not let begin.

    A role of the same account trusts whom it names; where it names the account, that one's own
    policies decide. What another account's role says is not known here.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    arn = str(call.fields.get("RoleArn", ""))
    if arn.split(":")[4:5] != [AccountWorld.account]:
        return
    context = {}
    if external := call.fields.get("ExternalId"):
        context["sts:ExternalId"] = external
    demand = with_common_keys(Demand(ASSUMPTION, arn, context), principal, call.region)
    asked = _asked.get()
    if asked is not None:
        asked.append(demand)
    decision = principal.decide(demand)
    if decision is Decision.EXPLICIT_DENY:
        raise Refusal(principal, demand, decision)
    verdict = _trust(arn, principal.caller, demand)
    if verdict.is_denied:
        raise Refusal(principal, demand, Decision.EXPLICIT_DENY, kind="resource-based")
    if verdict.allowed >= Naming.IDENTITY:
        return
    if verdict.allowed is Naming.NOT or decision is not Decision.ALLOWED:
        raise Refusal(principal, demand, Decision.IMPLICIT_DENY)


def _trust(arn: str, caller: Caller, demand: Demand) -> ResourceVerdict:
    """Return what a role's trust policy says; a role that is not there trusts nobody."""
    role = find_identity(arn)
    document = trust_of(role) if role is not None else {}
    return resource_verdict(document, caller, demand, names_resource=False)


def distrust_of_service(
    role: str, service: str, source_arn: str, external_id: str | None = None
) -> str | None:
    """Return why a service cannot begin a session of the role that it was given.

    A role that is not in IAM is no obstacle here: some tests name one that nobody made.
    """
    if find_identity(role) is None:
        return None
    context = {
        "aws:SourceArn": source_arn,
        "aws:SourceAccount": source_arn.split(":")[4],
    }
    if external_id:
        context["sts:ExternalId"] = external_id
    verdict = _trust(role, Caller(service=service), Demand(ASSUMPTION, role, context))
    if verdict.is_denied or verdict.allowed is Naming.NOT:
        return f"{service} is not authorized to perform: {ASSUMPTION} on {role}"
    return None


def with_common_keys(demand: Demand, principal: Principal, region: str) -> Demand:
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
    if demand.action.startswith("s3:"):
        context["s3:TlsVersion"] = "1.3"
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
    # What a service does with its role is no demand of whoever called it.
    token = _asked.set(None)
    try:
        for action in actions:
            demand = Demand(action, resource)
            check(
                principal, with_common_keys(demand, principal, resource.split(":")[3])
            )
    except Refusal as refusal:
        return str(refusal)
    finally:
        _asked.reset(token)
    return None

"""Whom the statements of bucket policies and trust policies name.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from localcloud.iam.conditions import as_list
from localcloud.iam.policies import Demand, Statement


class Naming(IntEnum):
    """How a statement names somebody, from not at all to most closely."""

    NOT = 0
    # Its account, which then decides by its own policies.
    ACCOUNT = 1
    # Everybody, or a role whose session it is.
    IDENTITY = 2
    # The very session, whose own policy does not count then.
    SESSION = 3


@dataclass(frozen=True)
class Caller:
    """Who asks: a session or user with its role or own ARN, a service of AWS, or whoever brings
    a token of an OpenID provider of that ARN."""

    arn: str = ""
    identity_arn: str = ""
    service: str = ""
    provider: str = ""

    @property
    def account(self) -> str:
        """The account that it belongs to; none for a service."""
        return self.arn.split(":")[4] if self.arn else ""

    def naming(self, body: dict[str, Any]) -> Naming:
        """Return how a statement names it."""
        if "NotPrincipal" in body:
            is_named = self._in(body["NotPrincipal"]) > Naming.NOT
            return Naming.NOT if is_named else Naming.IDENTITY
        return self._in(body.get("Principal"))

    def _in(self, principal: Any) -> Naming:
        if principal == "*":
            return Naming.IDENTITY
        if not isinstance(principal, dict):
            return Naming.NOT
        if self.service:
            is_named = self.service in as_list(principal.get("Service"))
            return Naming.IDENTITY if is_named else Naming.NOT
        if self.provider:
            is_named = self.provider in as_list(principal.get("Federated"))
            return Naming.IDENTITY if is_named else Naming.NOT
        # Names are whole: a wildcard stands for everybody or for nothing.
        return max(map(self._as, as_list(principal.get("AWS"))), default=Naming.NOT)

    def _as(self, name: str) -> Naming:
        if name == self.arn and self.arn != self.identity_arn:
            return Naming.SESSION
        if name in ("*", self.identity_arn):
            return Naming.IDENTITY
        if name in (self.account, f"arn:aws:iam::{self.account}:root"):
            return Naming.ACCOUNT
        return Naming.NOT


@dataclass(frozen=True)
class ResourceVerdict:
    """What a resource's own policy says to somebody's demand."""

    is_denied: bool
    # The closest way in which a statement that allows it names who asks.
    allowed: Naming


def resource_verdict(
    document: dict[str, Any], caller: Caller, demand: Demand, *, names_resource: bool
) -> ResourceVerdict:
    """Judge by a bucket policy, or by a trust policy, which names no resource."""
    whole = {} if names_resource else {"Resource": "*"}
    allowed, is_denied = Naming.NOT, False
    for body in as_list(document.get("Statement")):
        naming = caller.naming(body)
        if naming is Naming.NOT:
            continue
        if not Statement("resource", body | whole).covers(demand):
            continue
        if body["Effect"] == "Deny":
            is_denied = True
        else:
            allowed = max(allowed, naming)
    return ResourceVerdict(is_denied, allowed)

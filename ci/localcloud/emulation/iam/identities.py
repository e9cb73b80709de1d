"""Who signs: roles and users with their policies. The cloud home's own key may do everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from localcloud.iam.policies import Decision, Demand, Statement, decide, statements
from localcloud.iam.principals import Caller

SESSION_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Principal:
    """A role's session, or a user: its ARN, and the ARN whose policies count."""

    arn: str
    identity_arn: str
    # Narrows what the role's policies allow, where the session was begun with it.
    session_policy: str | None = field(default=None, compare=False)

    @property
    def account(self) -> str:
        """The account that it belongs to."""
        return self.arn.split(":")[4]

    def decide(self, demand: Demand) -> Decision:
        """Return what its policies say now; those of what is gone say nothing."""
        decision = decide(self._statements(), demand)
        if self.session_policy and decision is Decision.ALLOWED:
            narrowed = statements({"session": json.loads(self.session_policy)})
            return decide(narrowed, demand)
        return decision

    @property
    def caller(self) -> Caller:
        """It as the policies of resources name it."""
        return Caller(self.arn, self.identity_arn)

    def session_allows(self, demand: Demand) -> bool:
        """Return whether the session's own policy allows it; without one it does."""
        if not self.session_policy:
            return True
        narrowed = statements({"session": json.loads(self.session_policy)})
        return decide(narrowed, demand) is Decision.ALLOWED

    def _statements(self) -> list[Statement]:
        identity = find_identity(self.identity_arn)
        return statements(dict(documents_of(identity))) if identity else []


def find_identity(arn: str) -> Any:
    """Return the role or user of an ARN; `None` where it is gone."""
    backend = iam_backends[arn.split(":")[4]]["aws"]
    known = [*backend.roles.values(), *backend.users.values()]
    return next((identity for identity in known if identity.arn == arn), None)


def documents_of(identity: Any) -> Iterator[tuple[str, dict]]:
    """Yield an identity's inline and attached policies, by name; moto keeps most as texts."""
    inline = identity.policies
    named = inline.items() if isinstance(inline, dict) else enumerate(inline)
    for name, document in named:
        yield str(name), _document(document)
    for policy in identity.managed_policies.values():
        for version in policy.versions:
            if version.is_default:
                yield policy.name, _document(version.document)


def _document(document: Any) -> dict:
    if isinstance(document, dict):
        document = document.get("policy_document", document)
    return json.loads(document) if isinstance(document, str) else document


def trust_of(role: Any) -> dict:
    """Return the policy that says who may begin a session of a role."""
    return _document(getattr(role, "assume_role_policy_document", None) or {})


class Administrator(Principal):
    """The cloud home's own key: a user of the account who may do everything."""

    def decide(self, demand: Demand) -> Decision:
        """Allow it: only the policies of resources may object."""
        return Decision.ALLOWED


def administrator() -> Administrator:
    """Return who the cloud home's own key belongs to."""
    arn = f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:user/administrator"
    return Administrator(arn, arn)


def role_named(name: str) -> Any:
    """Return the account's role of that name or ARN; `None` without one."""
    roles = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].roles.values()
    return next((role for role in roles if name in (role.name, role.arn)), None)


def begin_session(role: Any, name: str, region: str) -> dict[str, str]:
    """Begin a session of a role, as a service of AWS does that works with it.

    Returns the environment of a program that uses it.
    """
    backend = sts_backends[DEFAULT_ACCOUNT_ID]["aws"]
    session = backend.assume_role(region, name, role.arn, None, SESSION_SECONDS, None)
    return {
        "AWS_ACCESS_KEY_ID": session.access_key_id,
        "AWS_SECRET_ACCESS_KEY": session.secret_access_key,
        "AWS_SESSION_TOKEN": session.session_token,
    }

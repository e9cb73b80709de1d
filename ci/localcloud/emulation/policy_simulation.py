"""SimulatePrincipalPolicy: what an identity's policies would say to an action.

Statements are judged by effect, action and resource; conditions count as met.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

from localcloud.emulation.patching import operation


def _identity(backend: Any, arn: str) -> Any:
    for identity in [*backend.roles.values(), *backend.users.values()]:
        if identity.arn == arn:
            return identity
    raise NotFoundException(f"Entity with ARN {arn} cannot be found.")


def _documents(identity: Any) -> Iterator[dict]:
    """An identity's inline and attached policies; moto keeps them as texts and as objects."""
    inline = identity.policies
    documents = list(inline.values() if isinstance(inline, dict) else inline)
    for policy in identity.managed_policies.values():
        documents += [v.document for v in policy.versions if v.is_default]
    for document in documents:
        if isinstance(document, dict):
            document = document.get("policy_document", document)
        yield json.loads(document) if isinstance(document, str) else document


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [] if value is None else [value]


def _matches(patterns: Any, text: str, fold: bool = False) -> bool:
    known = [str(pattern).replace("[", "[[]") for pattern in _list(patterns)]
    if fold:
        known, text = [pattern.lower() for pattern in known], text.lower()
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in known)


def _concerns(statement: dict, action: str, resource: str) -> bool:
    if "NotAction" in statement:
        is_action = not _matches(statement["NotAction"], action, fold=True)
    else:
        is_action = _matches(statement.get("Action"), action, fold=True)
    if "NotResource" in statement:
        return is_action and not _matches(statement["NotResource"], resource)
    return is_action and _matches(statement.get("Resource"), resource)


def _decision(statements: list[dict], action: str, resource: str) -> str:
    effects = {s["Effect"] for s in statements if _concerns(s, action, resource)}
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if "Allow" in effects else "implicitDeny"


@operation(IamResponse)
def simulate_principal_policy(self: Any) -> ActionResult:
    """SimulatePrincipalPolicy, all on one page."""
    identity = _identity(self.backend, self._get_param("PolicySourceArn"))
    statements = [
        statement
        for document in _documents(identity)
        for statement in _list(document["Statement"])
    ]
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": _decision(statements, action, resource),
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns", []) or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})

"""SimulatePrincipalPolicy: what an identity's policies would say to an action.

A condition on a key that the call gives no value for is not met, as in AWS.
Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.responses import IamResponse

from localcloud.emulation.iam.identities import documents_of, find_identity
from localcloud.emulation.patching import operation
from localcloud.iam.policies import Demand, decide, statements


def _identity(arn: str) -> Any:
    identity = find_identity(arn)
    if identity is None:
        raise NotFoundException(f"Entity with ARN {arn} cannot be found.")
    return identity


@operation(IamResponse)
def simulate_principal_policy(self: Any) -> ActionResult:
    """SimulatePrincipalPolicy, all on one page."""
    identity = _identity(self._get_param("PolicySourceArn"))
    known = statements(dict(documents_of(identity)))
    context = {
        entry["ContextKeyName"]: entry["ContextKeyValues"]
        for entry in self._get_param("ContextEntries", [])
    }
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": str(decide(known, Demand(action, resource, context))),
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns", []) or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})

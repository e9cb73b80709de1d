"""Judges identity-based policies: explicit deny, then allow, else an implicit deny.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from localcloud.iam.conditions import arn_matches, as_list, condition_holds, pattern_of


@dataclass(frozen=True)
class Demand:
    """One permission that a request needs: an action on a resource, and the request's keys."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict, hash=False)


class Decision(StrEnum):
    """What policies say, in the words of `SimulatePrincipalPolicy`."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    policy: str
    body: dict[str, Any] = field(hash=False)

    @property
    def name(self) -> str:
        """Where to find it."""
        return f"{self.policy}/{self.body.get('Sid', '')}"

    @property
    def actions(self) -> list[str]:
        """The actions that it names."""
        return as_list(self.body.get("Action"))

    def covers(self, demand: Demand) -> bool:
        """Return whether it speaks of that action on that resource in that context."""
        return (
            self._concerns_action(demand.action)
            and self._concerns_resource(demand)
            and condition_holds(self.body.get("Condition", {}), demand.context)
        )

    def _concerns_action(self, action: str) -> bool:
        is_inverted = "NotAction" in self.body
        patterns = as_list(self.body.get("NotAction" if is_inverted else "Action"))
        matches = any(
            (pattern := pattern_of(text.lower(), {})) is not None
            and pattern.fullmatch(action.lower())
            for text in patterns
        )
        return matches != is_inverted

    def _concerns_resource(self, demand: Demand) -> bool:
        is_inverted = "NotResource" in self.body
        patterns = as_list(self.body.get("NotResource" if is_inverted else "Resource"))
        matches = any(arn_matches(p, demand.resource, demand.context) for p in patterns)
        return matches != is_inverted


def statements(policies: dict[str, dict[str, Any]]) -> list[Statement]:
    """Return the statements of policies by name."""
    return [
        Statement(name, body)
        for name, document in policies.items()
        for body in as_list(document["Statement"])
    ]


def allowing(known: list[Statement], demand: Demand) -> list[Statement]:
    """Return the statements that allow what is demanded; none if it is denied."""
    covering = [s for s in known if s.covers(demand)]
    if any(s.body["Effect"] == "Deny" for s in covering):
        return []
    return covering


def decide(known: list[Statement], demand: Demand) -> Decision:
    """Return what statements say to one demand."""
    effects = {s.body["Effect"] for s in known if s.covers(demand)}
    if "Deny" in effects:
        return Decision.EXPLICIT_DENY
    return Decision.ALLOWED if "Allow" in effects else Decision.IMPLICIT_DENY

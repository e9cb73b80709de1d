"""Judges IAM policies of one role: statements with wildcards, and the conditions that we use.

moto's own judge takes an `Allow` whose condition is not met for a denial of everything else.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Demand:
    """One permission that a request needs: an action on a resource, in a context."""

    action: str
    resource: str
    context: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Statement:
    """One statement of a policy."""

    policy: str
    body: dict[str, Any] = field(hash=False)

    @property
    def actions(self) -> list[str]:
        """The actions that it names."""
        return _as_list(self.body["Action"])

    @property
    def name(self) -> str:
        """Where to find it."""
        return f"{self.policy}/{self.body.get('Sid', '')}"

    def covers(self, demand: Demand) -> bool:
        """Return whether it speaks of that action on that resource in that context."""
        return (
            any(_matches(p, demand.action, ignore_case=True) for p in self.actions)
            and any(
                _matches(p, demand.resource) for p in _as_list(self.body["Resource"])
            )
            and _holds(self.body.get("Condition", {}), demand.context)
        )


def statements(policies: dict[str, dict[str, Any]]) -> list[Statement]:
    """Return the statements of policies by name."""
    return [
        Statement(name, body)
        for name, document in policies.items()
        for body in _as_list(document["Statement"])
    ]


def allowing(known: list[Statement], demand: Demand) -> list[Statement]:
    """Return the statements that allow what is demanded; none if it is denied."""
    covering = [s for s in known if s.covers(demand)]
    if any(s.body["Effect"] == "Deny" for s in covering):
        return []
    return covering


def _as_list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    # Only `*` and `?` are special; a bracket is itself.
    parts = [{"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern]
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else 0)
    return re.fullmatch("".join(parts), text, flags) is not None


def _holds(conditions: dict[str, dict[str, Any]], context: dict[str, Any]) -> bool:
    return all(
        _operator_holds(operator, context.get(key), _as_list(wanted))
        for operator, keys in conditions.items()
        for key, wanted in keys.items()
    )


def _operator_holds(operator: str, value: Any, wanted: list) -> bool:
    if operator == "Null":
        return str(value is None).lower() == str(wanted[0]).lower()
    values = [] if value is None else _as_list(value)
    if operator == "ForAnyValue:StringEquals":
        return any(v in wanted for v in values)
    if operator == "StringEqualsIfExists" and not values:
        return True
    if operator in ("StringEquals", "StringEqualsIfExists"):
        return bool(values) and all(v in wanted for v in values)
    if operator in ("StringLike", "ArnLike"):
        return bool(values) and all(any(_matches(w, v) for w in wanted) for v in values)
    raise NotImplementedError(f"the judge does not know the condition `{operator}`")

"""Faults that tests ask for: errors, delays, lost connections, failing tasks."""

from __future__ import annotations

import fnmatch
import threading
from dataclasses import asdict, dataclass, fields

from localcloud.rules import rule

OUTCOMES = (
    "fail-export",
    "fail-image",
    "fail-resource",
    "fail-rollback",
    "fail-delete",
)


class FaultRuleError(Exception):
    """A fault rule that makes no sense."""


@dataclass
class FaultRule:
    """One rule; it applies to the next `count` requests that it matches.

    `operation` is `service:Operation`, a glob; `key` a glob on the S3 key, or,
    with an outcome of stacks, on the logical id of a resource.
    """

    operation: str = "*"
    count: int = 1
    key: str = ""
    status: int = 0
    code: str = ""
    message: str = "a fault that a test asked for"
    dropConnection: str = ""
    delaySeconds: float = 0
    outcome: str = ""

    def matches(self, operation: str, key: str) -> bool:
        """Return whether this rule is meant for that request."""
        return (
            self.count > 0
            and fnmatch.fnmatchcase(operation, self.operation)
            and (not self.key or fnmatch.fnmatchcase(key, self.key))
        )


def parse_rule(document: object) -> FaultRule:
    """Return the rule that a JSON object describes, or raise `FaultRuleError`."""
    names = {f.name for f in fields(FaultRule)}
    if not isinstance(document, dict) or not document:
        raise FaultRuleError("a fault rule is a JSON object")
    if unknown := sorted(document.keys() - names):
        raise FaultRuleError(f"unknown field `{unknown[0]}`; known are {sorted(names)}")
    rule = FaultRule(**document)
    if rule.dropConnection not in ("", "before", "after"):
        raise FaultRuleError("`dropConnection` is `before` or `after`")
    if rule.outcome and rule.outcome not in OUTCOMES:
        raise FaultRuleError(f"`outcome` is one of {list(OUTCOMES)}")
    if bool(rule.status) != bool(rule.code):
        raise FaultRuleError("`status` and `code` go together")
    if not (rule.status or rule.dropConnection or rule.delaySeconds or rule.outcome):
        raise FaultRuleError(
            "a rule needs `status`, `dropConnection`, `delaySeconds` or `outcome`"
        )
    return rule


class Faults:
    """The rules in force; each use counts one of them down."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []

    def add(self, documents: list) -> None:
        """Add rules, all or none."""
        rules = [parse_rule(document) for document in documents]
        with self._lock:
            self._rules += rules

    def clear(self) -> None:
        """Forget every rule."""
        with self._lock:
            self._rules.clear()

    def listing(self) -> list[dict]:
        """Return the rules that still apply."""
        with self._lock:
            return [asdict(rule) for rule in self._rules if rule.count > 0]

    @rule("24")
    def take(self, operation: str, key: str = "") -> list[FaultRule]:
        """Use up the first rule about the answer and the first about the delay."""
        taken: list[FaultRule] = []
        with self._lock:
            for rule in self._rules:
                is_answer = bool(rule.status or rule.dropConnection)
                if rule.outcome or not rule.matches(operation, key):
                    continue
                if is_answer and any(r.status or r.dropConnection for r in taken):
                    continue
                rule.count -= 1
                taken.append(rule)
        return taken

    def take_outcome(self, outcome: str, key: str = "") -> FaultRule | None:
        """Use up the first rule that makes a background task end as `outcome`."""
        with self._lock:
            for rule in self._rules:
                is_meant = rule.outcome == outcome and rule.count > 0
                if is_meant and (not rule.key or fnmatch.fnmatchcase(key, rule.key)):
                    rule.count -= 1
                    return rule
        return None

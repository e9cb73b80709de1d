"""The published schemas, as scripts of others would use them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema

from .cloud import ROOT

FOLDER = ROOT / "manifests/schema"


@cache
def schema(kind: str) -> dict[str, Any]:
    """A published schema."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.schema.json").read_text())
    return found


def check(kind: str, document: object) -> None:
    """Fail where a document is not what its schema says."""
    validator = jsonschema.Draft202012Validator(schema(kind))
    assert [error.message for error in validator.iter_errors(document)] == []


@cache
def _event_validators() -> dict[str, jsonschema.Draft202012Validator]:
    """One for each kind of event: to try all of them at each event would take long."""
    whole = schema("events")
    found = {}
    for form in whole["oneOf"]:
        names = form["properties"]["event"]
        for name in names.get("enum", [names.get("const")]):
            form = {**form, "$defs": whole["$defs"]}
            found[name] = jsonschema.Draft202012Validator(form)
    return found


def check_event(event: dict[str, Any]) -> None:
    """Fail where an event is not what the schema of events says."""
    validators = _event_validators()
    assert event["event"] in validators, event
    messages = [
        error.message for error in validators[event["event"]].iter_errors(event)
    ]
    assert messages == [], event

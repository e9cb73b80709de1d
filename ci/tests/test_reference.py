"""docs/reference and the schemas that it is written from: nothing is left unsaid, all of it true."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import reference

FIELDS = [
    pytest.param(field, whole, id=f"{kind}{path}")
    for kind in reference.MANIFESTS
    for whole in [reference.schema(kind)]
    for path, field, _ in reference.fields(whole, whole)
]


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_pages_are_what_the_schemas_say(name: str) -> None:
    written = (reference.FOLDER / name).read_text()
    assert written == reference.PAGES[name](), "run `python ci/reference.py`"


@pytest.mark.parametrize(("field", "whole"), FIELDS)
def test_every_field_is_described_with_examples(
    field: dict[str, Any], whole: dict[str, Any]
) -> None:
    assert field["description"].endswith(".")
    assert field["examples"]
    values = field["examples"] + ([field["default"]] if "default" in field else [])
    judge = jsonschema.Draft202012Validator(field | {"$defs": whole.get("$defs", {})})
    for value in values:
        assert [error.message for error in judge.iter_errors(value)] == []


def test_every_event_is_described() -> None:
    for form in reference.schema("events")["oneOf"]:
        assert form["description"].endswith(".")


def test_a_field_of_a_list_or_a_choice_is_a_field() -> None:
    whole = {
        "properties": {
            "a": {"items": {"$ref": "#/$defs/one"}},
            "b": {"oneOf": [{"type": "string"}, {"$ref": "#/$defs/one"}]},
        },
        "$defs": {"one": {"properties": {"c": {}}, "required": ["c"]}},
    }
    found = [(path, required) for path, _, required in reference.fields(whole, whole)]
    assert found == [("/a", False), ("/a/*/c", True), ("/b", False), ("/b/c", True)]

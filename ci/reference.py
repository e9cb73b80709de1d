"""Writes docs/reference from the published schemas: `python ci/reference.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference"
MANIFESTS = ("release", "infrastructure", "matrix")
Schema = dict[str, Any]
NOTE = "<!-- Written by ci/reference.py from manifests/schema. Edit the schemas, not this page. -->"
PATHS = "paths are JSON Pointers, in which `*` stands for any element and `NAME` for any name."
MANIFESTS_INTRODUCTION = (
    "JSON files that say what there shall be; unknown fields are errors. `dssbatch schema KIND` prints the "
    f"schema that editors complete and check with. Below, {PATHS}"
)
EVENTS_INTRODUCTION = (
    "With `--json`, standard output has one event a line. Whoever reads them passes over events and "
    f"fields that they do not know: both are added to. Below, {PATHS}"
)


def schema(kind: str) -> Schema:
    """A published schema."""
    found: Schema = json.loads(
        (ROOT / f"manifests/schema/{kind}.schema.json").read_text()
    )
    return found


def resolved(part: Schema, whole: Schema) -> Schema:
    """A part of a schema with what it refers to."""
    if "$ref" not in part:
        return part
    target: Any = whole
    for name in part["$ref"].removeprefix("#/").split("/"):
        target = target[name]
    return resolved(target, whole) | {k: v for k, v in part.items() if k != "$ref"}


def fields(
    part: Schema, whole: Schema, path: str = ""
) -> Iterator[tuple[str, Schema, bool]]:
    """Every field at any depth: its path, its schema, whether it has to be there."""
    part = resolved(part, whole)
    for name, field in part.get("properties", {}).items():
        if not isinstance(field, dict):
            continue
        field = resolved(field, whole)
        yield f"{path}/{name}", field, name in part.get("required", [])
        yield from fields(field, whole, f"{path}/{name}")
    for form in part.get("oneOf", []):
        yield from fields(form, whole, path)
    for name, place in (("items", "*"), ("additionalProperties", "NAME")):
        if isinstance(part.get(name), dict):
            yield from fields(part[name], whole, f"{path}/{place}")


def code(value: Any) -> str:
    """A value as JSON, as one cell of a table can hold it."""
    text = json.dumps(value, ensure_ascii=False).replace("|", "\\|")
    return f"`{text}`"


def kind(field: Schema, whole: Schema) -> str:
    """What a field may be, in words."""
    field = resolved(field, whole)
    if "const" in field:
        return code(field["const"])
    if "enum" in field:
        return " or ".join(code(value) for value in field["enum"])
    if "oneOf" in field:
        return " or ".join(dict.fromkeys(kind(form, whole) for form in field["oneOf"]))
    names = field.get("type", "anything")
    text = " or ".join([names] if isinstance(names, str) else names)
    if text == "array" and isinstance(field.get("items"), dict):
        text = f"array of {kind(field['items'], whole)}"
    if "minimum" in field and "maximum" in field:
        text += f", {field['minimum']} to {field['maximum']}"
    elif "minimum" in field:
        text += f", at least {field['minimum']}"
    return text


def cell(text: str) -> str:
    """A text as one cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def table(part: Schema, whole: Schema, *, examples: bool) -> list[str]:
    """The rows of all fields of an object."""
    columns = ["Field", "Type", "Required"]
    columns += ["Default", "Example"] if examples else []
    lines = [
        f"| {' | '.join([*columns, 'What it is'])} |",
        "|" + "---|" * (len(columns) + 1),
    ]
    for path, field, required in fields(part, whole):
        row = [f"`{path}`", kind(field, whole), "yes" if required else ""]
        if examples:
            row.append(code(field["default"]) if "default" in field else "")
            row.append("<br>".join(code(one) for one in field.get("examples", [])))
        row.append(cell(field.get("description", "")))
        lines.append(f"| {' | '.join(row)} |")
    return lines


def manifests() -> str:
    """The page of the manifests' fields."""
    lines = [
        "# Manifests",
        "",
        NOTE,
        "",
        MANIFESTS_INTRODUCTION,
    ]
    for name in MANIFESTS:
        whole = schema(name)
        lines += ["", f"## `{name}`", ""]
        lines += table(whole, whole, examples=True)
    return "\n".join(lines) + "\n"


def events() -> str:
    """The page of what `--json` prints."""
    whole = schema("events")
    lines = [
        "# Events",
        "",
        NOTE,
        "",
        EVENTS_INTRODUCTION,
    ]
    for form in whole["oneOf"]:
        named = form["properties"]["event"]
        names = named.get("enum", [named.get("const")])
        lines += ["", f"## {', '.join(f'`{name}`' for name in names)}", ""]
        if "description" in form:
            lines += [form["description"], ""]
        lines += table(form, whole, examples=False)
    return "\n".join(lines) + "\n"


PAGES = {"manifests.md": manifests, "events.md": events}


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page())


if __name__ == "__main__":
    main()

"""The `batch` section of a buildspec: the tasks of a build graph.

Source: https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
"""

from __future__ import annotations

import graphlib
from dataclasses import dataclass, field
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

KINDS = ("build-graph", "build-list", "build-matrix", "build-fanout")

_IDENTIFIER = {"type": "string", "pattern": r"^[A-Za-z0-9_]{1,128}\Z"}
_TEXT = {"type": "string", "minLength": 1}
_TASK = {
    "type": "object",
    "required": ["identifier"],
    "additionalProperties": False,
    "properties": {
        "identifier": _IDENTIFIER,
        "buildspec": _TEXT,
        "debug-session": {"type": "boolean"},
        "depend-on": {"type": "array", "items": _IDENTIFIER, "uniqueItems": True},
        "ignore-failure": {"type": "boolean"},
        "env": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "compute-type": _TEXT,
                "fleet": _TEXT,
                "image": _TEXT,
                "privileged-mode": {"type": "boolean"},
                "type": _TEXT,
                "variables": {
                    "type": "object",
                    "propertyNames": {"type": "string", "minLength": 1},
                    "additionalProperties": {"type": ["string", "number", "boolean"]},
                },
            },
        },
    },
}
# The sections beside `batch` belong to whatever runs a build.
SCHEMA = {
    "type": "object",
    "required": ["version", "batch"],
    "properties": {
        # A number: CodeBuild cannot read the text "0.2" where there is a batch.
        "version": {"const": 0.2},
        "batch": {
            "type": "object",
            "additionalProperties": False,
            "required": ["build-graph"],
            "properties": {
                "fast-fail": {"type": "boolean"},
                "build-graph": {"type": "array", "minItems": 1, "items": _TASK},
            },
        },
    },
}


class BatchSpecError(Exception):
    """What is wrong with a buildspec's `batch`, and where."""


@dataclass(frozen=True)
class Task:
    """One build of a batch; what is None is as the batch has it."""

    identifier: str
    buildspec: str | None = None
    depends_on: tuple[str, ...] = ()
    ignore_failure: bool = False
    debug_session: bool = False
    compute_type: str | None = None
    fleet: str | None = None
    image: str | None = None
    environment_type: str | None = None
    privileged_mode: bool | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchSpec:
    """The tasks in their order, and whether the first failure stops the rest."""

    tasks: list[Task]
    fast_fail: bool = False


class _Number(float):
    """A number that knows how it is written: a variable `1.10` is not `1.1`."""

    text: str

    def __repr__(self) -> str:
        return self.text


class _Loader(yaml.SafeLoader):
    """YAML without dates, with numbers as written, and each key of a mapping once."""


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> _Number:
    is_integer = node.tag.endswith(":int")
    construct = loader.construct_yaml_int if is_integer else loader.construct_yaml_float
    number = _Number(construct(node))
    number.text = node.value
    return number


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise yaml.constructor.ConstructorError(
            None, None, f"key `{min(twice)}` is there twice", node.start_mark
        )
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_scalar)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def parse(text: str) -> BatchSpec:
    """Return the tasks of a buildspec, YAML or JSON.

    Raises BatchSpecError where it is not one, or one whose batch is not carried out here.
    """
    try:
        document = yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BatchSpecError(f"no YAML: {error}") from error
    _check_kind(document)
    error = best_match(Draft202012Validator(SCHEMA).iter_errors(document))
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path) or "buildspec"
        raise BatchSpecError(f"{place}: {error.message}")
    batch = document["batch"]
    tasks = [_task(entry) for entry in batch["build-graph"]]
    _check_graph(tasks)
    return BatchSpec(tasks, batch.get("fast-fail", False))


def _check_kind(document: Any) -> None:
    batch = document.get("batch") if isinstance(document, dict) else None
    if not isinstance(batch, dict):
        raise BatchSpecError("the buildspec has no mapping `batch`")
    kinds = [kind for kind in KINDS if kind in batch]
    if len(kinds) != 1:
        found = f"not {' and '.join(kinds)}" if kinds else "and has none"
        raise BatchSpecError(f"batch: needs one of {', '.join(KINDS)}, {found}")
    if kinds[0] != "build-graph":
        raise BatchSpecError(
            f"batch/{kinds[0]}: the local cloud carries out only `build-graph`"
        )


def _task(entry: dict[str, Any]) -> Task:
    env = entry.get("env", {})
    if "fleet" in env and "compute-type" in env:
        raise BatchSpecError(
            f"task `{entry['identifier']}` has both `compute-type` and `fleet`"
        )
    variables = env.get("variables", {})
    return Task(
        entry["identifier"],
        entry.get("buildspec"),
        tuple(entry.get("depend-on", ())),
        entry.get("ignore-failure", False),
        entry.get("debug-session", False),
        env.get("compute-type"),
        env.get("fleet"),
        env.get("image"),
        env.get("type"),
        env.get("privileged-mode"),
        {name: _text(value) for name, value in variables.items()},
    )


def _text(value: str | _Number | bool) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.text if isinstance(value, _Number) else value


def _check_graph(tasks: list[Task]) -> None:
    identifiers = [task.identifier for task in tasks]
    for identifier in identifiers:
        if identifiers.count(identifier) > 1:
            raise BatchSpecError(f"two tasks have the identifier `{identifier}`")
    for task in tasks:
        for needed in task.depends_on:
            if needed not in identifiers:
                raise BatchSpecError(
                    f"task `{task.identifier}` depends on `{needed}`, which is no task"
                )
    try:
        graph = {task.identifier: task.depends_on for task in tasks}
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " -> ".join(f"`{name}`" for name in error.args[1])
        raise BatchSpecError(f"tasks depend on each other: {circle}") from error

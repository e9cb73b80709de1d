"""The published schemas of manifests and the program that reads them agree on made-up documents."""

from __future__ import annotations

import copy
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import reference
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from .cloud import ROOT
from .program import binary

EXAMPLES = 25
SEED = 20261128
MATRIX_BASE = "release.json"


def draft7(schema: Any) -> Any:
    """The same schema in the draft that hypothesis-jsonschema knows."""
    if isinstance(schema, list):
        return [draft7(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {"$defs": "definitions", "prefixItems": "items"}
    derived = {renamed.get(name, name): draft7(part) for name, part in schema.items()}
    if isinstance(derived.get("$ref"), str):
        derived["$ref"] = derived["$ref"].replace("#/$defs/", "#/definitions/")
    if derived.get("$schema") == "https://json-schema.org/draft/2020-12/schema":
        derived["$schema"] = "http://json-schema.org/draft-07/schema#"
    return derived


def texts(value: Any) -> Iterator[str]:
    """Every text in a document, names too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from texts(part)


def is_plain(document: Any) -> bool:
    """Whether Python's `$`, which a line break may follow, means what it means to others."""
    return not any("\n" in text for text in texts(document))


def fit(document: dict[str, Any]) -> dict[str, Any]:
    """The document with what no schema can say put right: files, addresses, other fields."""
    document = copy.deepcopy(document)
    document.pop("results", None)
    if document["kind"] == "release":
        document["provision"]["playbook"] = "ansible/sandbox.yml"
        instance = document["instance"]
        if "ingressCidr" in instance:
            instance["ingressCidr"] = "192.0.2.0/24"
        others = instance.get("types", [])
        instance["types"] = [name for name in others if name != instance["type"]]
        if "docker" in document:
            document["docker"] |= {"repository": "a/b", "baseImage": "ubuntu:24.04"}
            document["versions"]["sandbox"] = "1.0"
        # Numbers of any size are JSON, and letters of any script are a tag's.
        document["provision"].pop("variables", None)
        tags = document.get("tags", {}).items()
        document["tags"] = dict([(k, v) for k, v in tags if (k + v).isascii()][:7])
    if document["kind"] == "infrastructure":
        for number, stack in enumerate(document["stacks"].values()):
            stack |= {"name": f"stack-{number}", "template": "cfn/ec2.yaml"}
            parameters = stack.get("parameters", {})
            # What other stacks give is checked beyond the schema: whether they are there.
            stack["parameters"] = {
                name: value
                for name, value in parameters.items()
                if not isinstance(value, dict)
            }
    if document["kind"] == "matrix":
        document["base"] = MATRIX_BASE
        variants = {one["assetId"]: one for one in document["variants"]}
        document["variants"] = [
            {"assetId": name, "set": {"/instance/volumeGiB": 20}}
            for name in list(variants)[:3]
        ]
    return document


def spoilt(document: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The document with one thing changed at a place of chance."""
    document = copy.deepcopy(document)
    places: list[tuple[Any, Any]] = []

    def collect(value: Any) -> None:
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            places.append((value, key))
            if isinstance(value[key], (dict, list)):
                collect(value[key])

    collect(document)
    holder, key = dice.choice(places)
    kind = dice.randrange(4)
    if kind == 0 and isinstance(holder, dict):
        holder["unknown field"] = 1
    elif kind == 1:
        del holder[key]
    else:
        others = [None, True, -1, 10**6, "", "..", "a\tb", [], {}, ["VHD", "VHD"]]
        holder[key] = dice.choice(others)
    return document


class Reader:
    """The program, asked what it thinks of a manifest."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in ("ansible", "checks", "cfn", "manifests"):
            shutil.copytree(ROOT / name, folder / name)

    def refusal(self, document: dict[str, Any]) -> str | None:
        """The code that it refuses a document with; nothing where it takes it."""
        path = self.folder / "manifests/made-up.json"
        path.write_text(json.dumps(document, ensure_ascii=False))
        answer = subprocess.run(
            [str(binary()), "graph", str(path), "--json", *self._options(document)],
            env={"HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if answer.returncode == 0:
            return None
        assert answer.returncode == 2, answer.stderr
        code: str = json.loads(answer.stdout.splitlines()[-1])["code"]
        return code

    @staticmethod
    def _options(document: dict[str, Any]) -> list[str]:
        if document.get("kind") != "matrix":
            return []
        variants = document.get("variants")
        one = variants[0] if isinstance(variants, list) and variants else None
        name = one.get("assetId") if isinstance(one, dict) else None
        return ["--asset-id", name] if isinstance(name, str) and name else []


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("manifests") / "project")


@pytest.mark.parametrize("kind", reference.MANIFESTS)
def test_schema_and_program_agree(reader: Reader, kind: str) -> None:
    schema = reference.schema(kind)
    derived = draft7(schema)
    jsonschema.Draft7Validator.check_schema(derived)
    real, other = (
        jsonschema.Draft202012Validator(schema),
        jsonschema.Draft7Validator(derived),
    )
    dice = random.Random(SEED)
    taken, refused = [], []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(from_schema(derived, allow_x00=False).filter(is_plain), st.none())
    def agree(document: dict[str, Any], _: None) -> None:
        assert real.is_valid(document) and other.is_valid(document)
        good = fit(document)
        assert real.is_valid(good)
        assert reader.refusal(good) is None, good
        taken.append(good)
        bad = spoilt(good, dice)
        assert real.is_valid(bad) == other.is_valid(bad), bad
        if not real.is_valid(bad):
            code = reader.refusal(bad)
            assert code is not None, f"only the schema refuses {bad}"
            refused.append(code)

    agree()
    # Made-up documents are of many shapes, and most changes spoil one.
    assert len(taken) == EXAMPLES or len(taken) > EXAMPLES / 2
    assert len(refused) > len(taken) / 3
    assert len({json.dumps(one, sort_keys=True) for one in taken}) > len(taken) / 4

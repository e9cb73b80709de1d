"""A matrix in a test's project: its manifest, its results and its summary."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from .program import Outcome
from .project import Project

FILE = "manifests/many.json"
MATRIX = {"kind": "matrix", "base": "release.json"}


class Matrix:
    """A project with a matrix of variants `<asset id>-a`, `-b` and so on."""

    def __init__(self, project: Project, letters: str = "abc"):
        self.project = project
        self.ids = [f"{project.asset_id}-{letter}" for letter in letters]
        self.write(
            {id: {"/instance/volumeGiB": 20 + i} for i, id in enumerate(self.ids)}
        )

    def write(self, variants: dict[str, dict[str, Any]], **members: Any) -> None:
        """Write the manifest: what each asset sets."""
        listed = [{"assetId": id, "set": values} for id, values in variants.items()]
        self.path.write_text(json.dumps(MATRIX | {"variants": listed} | members))

    def change(self, asset_id: str, pointer: str, value: Any) -> None:
        """Let one variant set something else."""
        manifest = json.loads(self.path.read_text())
        for variant in manifest["variants"]:
            if variant["assetId"] == asset_id:
                variant["set"][pointer] = value
        self.path.write_text(json.dumps(manifest))

    @property
    def path(self) -> Path:
        """The manifest."""
        return self.project.root / FILE

    def run(self, *options: str, check: int | None = 0, **settings: Any) -> Outcome:
        """`dssbatch manifests/many.json --json`."""
        return self.project.dssbatch(FILE, "--json", *options, check=check, **settings)

    def plan(self, *options: str) -> dict[str, dict[str, str]]:
        """The state that a plan gives each stage, by asset."""
        outcome = self.project.dssbatch("plan", FILE, "--json", *options, check=0)
        return {
            event["assetId"]: {s["stage"]: s["state"] for s in event["stages"]}
            for event in outcome.events("plan")
        }

    def stale(self, *options: str) -> set[str]:
        """The assets that a plan does not call fresh."""
        return {
            id
            for id, states in self.plan(*options).items()
            if set(states.values()) != {"fresh"}
        }

    def folder(self, asset_id: str) -> Path:
        """The results of one asset."""
        return self.project.root / "out" / asset_id

    def summary(self) -> dict[str, Any]:
        """The summary."""
        return json.loads(self.folder("many").joinpath("summary.json").read_text())


def started(outcome: Outcome) -> set[tuple[str, str]]:
    """Asset and stage of everything that a run began."""
    return {(e["assetId"], e["stage"]) for e in outcome.events("stage-started")}


def spread(matrix: Matrix, source: str, targets: list[str]) -> None:
    """Record for other assets what one asset's release recorded, as if each had been made."""
    results = {
        path.stem: json.loads(path.read_text())
        for path in matrix.folder(source).glob("*.json")
        if "." not in path.stem and path.stem != "release"
    }
    documents = {
        name: (matrix.folder(source) / name).read_text()
        for name in (
            "release.json",
            "artifacts.md",
            "ami.inventory.json",
            "ami.cdx.json",
        )
    }
    for target in targets:
        folder = matrix.folder(target)
        folder.mkdir(parents=True)
        text = json.dumps(results).replace(source, target)
        for name, before in documents.items():
            after = before.replace(source, target)
            (folder / name).write_text(after)
            # Results tell what documents they belong to.
            text = text.replace(sha256(before), sha256(after))
        copies: dict[str, Any] = json.loads(text)
        outputs = {
            f"stage:{stage}": digest(result["outputs"])
            for stage, result in copies.items()
        }
        for stage, result in copies.items():
            settings = {
                f"setting:{pointer}": digest(value)
                for pointer, value in result.get("settings", {}).items()
            }
            for name in result["inputs"]:
                result["inputs"][name] = (outputs | settings).get(
                    name, result["inputs"][name]
                )
            material = {
                "kind": "durable",
                "stage": stage,
                "revision": result["revisions"],
                "inputs": result["inputs"],
            }
            result["key"] = digest(material)
            (folder / f"{stage}.json").write_text(json.dumps(result))


def sha256(text: str) -> str:
    """The digest of a text's bytes, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(value: Any) -> str:
    """The digest of a value's canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{sha256(text)}"

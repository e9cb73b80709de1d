"""The one release with real machines, disks and a real Docker engine that all slow tests share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .cloud import ROOT, Cloud
from .project import MANIFEST
from .registry import Registry

# Five times what a small machine without KVM takes.
FIRST_RUN_TIMEOUT_SECONDS = 4 * 3600
# What the local cloud's machines and containers have where nobody says anything else.
PASSWORD = "dss"
USER = "ubuntu"


class RealRelease:
    """What `bin/quickstart` made, its Docker image pushed to a registry of the tests'."""

    def __init__(self, folder: Path, registry: Registry):
        self.folder = folder
        self.home = folder / "cloud"
        self.results = folder / "out"
        self.registry = registry
        self.repository = f"{registry.address}/tests/sandbox"
        self._second_plays = folder / "second-plays.ndjson"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "DSS_", "DOCKER_"))
        } | {
            "DSS_LOCALCLOUD_HOME": str(self.home),
            "DOCKER_REGISTRY_PASSWORD": registry.password,
            "DSS_ANSIBLE_RUNNER": str(self._runner()),
            "DSS_TEST_RUNNER": str(ROOT / ".venv/bin/ansible-runner"),
            "DSS_TEST_SECOND_PLAYS": str(self._second_plays),
        }

    def _runner(self) -> Path:
        """The stand-in that plays twice, started by the Python that runs these tests."""
        runner = self.folder / "ansible-runner"
        source = (Path(__file__).parent / "second_play.py").read_text()
        runner.write_text(source.replace("/usr/bin/env python3", sys.executable, 1))
        runner.chmod(0o755)
        return runner

    @property
    def options(self) -> list[str]:
        """What makes the shipped manifest push to the tests' registry."""
        settings = {
            "/docker/repository": self.repository,
            "/docker/publish": "true",
            "/docker/registryUser": self.registry.user,
        }
        return [
            "--results",
            str(self.results),
            *(word for k, v in settings.items() for word in ("--set", f"{k}={v}")),
        ]

    def quickstart(
        self, *options: str, timeout_seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `bin/quickstart` with results of its own."""
        return self._run("bin/quickstart", *options, timeout_seconds=timeout_seconds)

    def dssbatch(
        self, *options: str, timeout_seconds: float, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the program on the shipped manifest and the local cloud."""
        return self._run(
            "bin/dssbatch",
            "--local",
            MANIFEST,
            *options,
            timeout_seconds=timeout_seconds,
            **environment,
        )

    def _run(
        self, program: str, *options: str, timeout_seconds: float, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(ROOT / program), *self.options, *options],
            check=False,
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
        )

    @property
    def cloud(self) -> Cloud:
        """The local cloud that it was made on."""
        return Cloud(self.home)

    @property
    def asset_id(self) -> str:
        """The shipped manifest's asset id."""
        return json.loads((ROOT / MANIFEST).read_text())["assetId"]

    @property
    def versions(self) -> dict[str, str]:
        """The shipped manifest's versions."""
        return json.loads((ROOT / MANIFEST).read_text())["versions"]

    def document(self, name: str) -> dict[str, Any]:
        """Return a JSON file of the results."""
        return json.loads((self.results / self.asset_id / name).read_text())

    def outputs(self, stage: str) -> dict[str, Any]:
        """Return the recorded outputs of a stage."""
        return self.document(f"{stage}.json")["outputs"]

    def second_plays(self) -> dict[str, dict[str, Any]]:
        """Return what each second play of the installation changed, by connection."""
        lines = self._second_plays.read_text().splitlines()
        return {(line := json.loads(text))["connection"]: line for text in lines}

"""A project folder of a test's own, with the real manifests, playbooks and templates."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from localcloud.paper.programs import install_ansible_runner

from .cloud import ROOT, AssetView, Cloud
from .program import RUN_TIMEOUT_SECONDS, Outcome, RunningProgram

COPIED = ("manifests", "ansible", "checks", "cfn")
LINKED = ("bin", "ci")
MANIFEST = "manifests/release.json"
# Unlike anything else, so that a search of every file and stream proves that they leak nowhere.
PASSWORDS = {
    "DSS_DEFAULT_PASSWORD": f"machine-{secrets.token_hex(8)}",
    "DSS_JUPYTER_PASSWORD": f"jupyter-{secrets.token_hex(8)}",
}
DURABLE = (
    "source-ami",
    "ami",
    "ami-public",
    "export-vhd",
    "export-vmdk",
    "export-inventory",
    "release-notes",
    "retire",
)
MACHINE = ("instance", "install", "check", "reset-password", "ami")
# Which playbooks make a machine, in order.
PLAYBOOKS = ["sandbox.yml", "machine.yml", "reset-password.yml"]
EXPORTS = {"export-vhd", "export-vmdk", "export-inventory"}
MACHINE_CALLS = {
    "ec2:RunInstances",
    "ec2:CreateImage",
    "ec2:ImportKeyPair",
    "cloudformation:CreateChangeSet",
}

_stream_numbers = count(1)


class Project:
    """A copy of the project, and ways to run the program in it."""

    def __init__(self, folder: Path, cloud: Cloud):
        self.folder = folder
        self.cloud = cloud
        self.root = folder / "project"
        self.tools = folder / "tools"
        self.temporary = folder / "tmp"
        self.manifest_path = self.root / MANIFEST
        self.environment = self._default_environment()
        self._running: list[RunningProgram] = []

    def fill(self, asset_id: str, ssh_port: int) -> None:
        """Copy the project there, with a manifest for the paper cloud."""
        self.root.mkdir(parents=True)
        for name in COPIED:
            shutil.copytree(ROOT / name, self.root / name)
        for name in LINKED:
            (self.root / name).symlink_to(ROOT / name)
        self._make_surroundings()

        def change(manifest: dict[str, Any]) -> None:
            manifest["assetId"] = asset_id
            manifest["instance"]["sshPort"] = ssh_port
            # Paper disks do not boot, and no engine runs beside every test.
            manifest["export"]["verify"] = False
            manifest.pop("docker", None)

        self.edit_manifest(change)

    def copy_to(self, folder: Path) -> Project:
        """Return a copy elsewhere, recorded results included."""
        copy = Project(folder, self.cloud)
        shutil.copytree(self.root, copy.root, symlinks=True)
        copy._make_surroundings()
        # Whoever works there has worked here before: the account of the key is known.
        cache = self.folder / "home/.cache"
        if cache.is_dir():
            shutil.copytree(cache, copy.folder / "home/.cache")
        return copy

    def _make_surroundings(self) -> None:
        self.tools.mkdir()
        self.environment |= install_ansible_runner(self.tools)
        for name in ("tmp", "home", "streams"):
            (self.folder / name).mkdir()
        self._calls.touch()

    @property
    def _calls(self) -> Path:
        return self.tools / "calls.ndjson"

    def _default_environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.temporary),
            "DSS_LOCALCLOUD_HOME": str(self.cloud.home),
            "DSS_PYTHON": sys.executable,
            **PASSWORDS,
            **self.cloud.environment,
        }

    # Running

    def start(
        self, *arguments: str, env: dict[str, str | None] | None = None
    ) -> RunningProgram:
        """Start the program; `None` in `env` takes a variable away."""
        changes = env or {}
        environment = self.environment | {
            k: v for k, v in changes.items() if v is not None
        }
        for name, value in changes.items():
            if value is None:
                environment.pop(name, None)
        streams = self.folder / "streams" / f"{next(_stream_numbers):04}"
        running = RunningProgram(list(arguments), environment, self.root, streams)
        self._running.append(running)
        return running

    def dssbatch(
        self,
        *arguments: str,
        env: dict[str, str | None] | None = None,
        check: int | None = None,
        timeout_seconds: float = RUN_TIMEOUT_SECONDS,
    ) -> Outcome:
        """Run the program to its end; `check` is the exit status it must have."""
        outcome = self.start(*arguments, env=env).outcome(timeout_seconds)
        if check is not None:
            assert outcome.status == check, str(outcome)
        return outcome

    def run(self, *options: str, check: int | None = 0, **settings: Any) -> Outcome:
        """`dssbatch --json manifests/release.json`."""
        return self.dssbatch(MANIFEST, "--json", *options, check=check, **settings)

    def plan(self, *options: str, **settings: Any) -> dict[str, dict[str, Any]]:
        """Return what a plan says of each stage, by name."""
        outcome = self.dssbatch(
            "plan", MANIFEST, "--json", *options, check=0, **settings
        )
        return outcome.plan()

    def states(self, *options: str) -> dict[str, str]:
        """Return the state that a plan gives each stage."""
        return {name: stage["state"] for name, stage in self.plan(*options).items()}

    def stale(self, *options: str) -> dict[str, list[str]]:
        """Return the reasons of each stage that a plan does not call fresh."""
        plan = self.plan(*options)
        return {
            n: stage["reasons"]
            for n, stage in plan.items()
            if stage["state"] != "fresh"
        }

    def wait_for_playbook(self, running: RunningProgram) -> None:
        """Wait until a run has come to its first playbook."""
        running.wait_until(lambda: bool(self.runner_calls()), "the playbook")

    def end_processes(self) -> None:
        """Kill what a failed test left running."""
        for running in self._running:
            if running.process.poll() is None:
                os.killpg(running.process.pid, signal.SIGKILL)
                running.process.wait(timeout=300)

    # Files

    @property
    def asset_id(self) -> str:
        """The manifest's asset id."""
        return json.loads(self.manifest_path.read_text())["assetId"]

    @property
    def results(self) -> Path:
        """The folder of this asset's result files."""
        return self.root / "out" / self.asset_id

    def result(self, stage: str) -> dict[str, Any]:
        """Return the result file of a stage."""
        return json.loads((self.results / f"{stage}.json").read_text())

    def result_stages(self) -> set[str]:
        """Return the stages that have a result file."""
        stems = {path.stem for path in self.results.glob("*.json")}
        # Documents such as `ami.cdx.json` are no results.
        return {stem for stem in stems if "." not in stem} - {"release"}

    def edit_manifest(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change the manifest's values."""
        manifest = json.loads(self.manifest_path.read_text())
        change(manifest)
        self.manifest_path.write_text(
            json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        )

    def set(self, *path: str, value: Any) -> None:
        """Set one value of the manifest."""

        def change(manifest: dict[str, Any]) -> None:
            for name in path[:-1]:
                manifest = manifest[name]
            manifest[path[-1]] = value

        self.edit_manifest(change)

    def snapshot(self) -> dict[str, tuple[int, int, str]]:
        """Return size, modification time and digest of every file, links not followed."""
        return {
            str(path.relative_to(self.root)): _fingerprint(path)
            for path in _files(self.root)
        }

    # The stand-in for ansible-runner

    def set_runner(self, **knobs: Any) -> None:
        """Set how the stand-in behaves; see ci/localcloud/paper/ansible_runner.py."""
        by_playbook = knobs
        if not any(name.endswith(".yml") for name in knobs):
            by_playbook = {"*": knobs}
            if knobs.keys() == {"seconds"}:
                # One long playbook is enough to look into.
                by_playbook = {"sandbox.yml": knobs}
        # A runner may read it at any moment.
        fresh = self.tools / "knobs.new"
        fresh.write_text(json.dumps(by_playbook))
        fresh.replace(self.tools / "knobs.json")

    def runner_calls(self) -> list[dict[str, Any]]:
        """Return how the stand-in was called, oldest first."""
        return [json.loads(line) for line in self._calls.read_text().splitlines()]

    # Judging

    @property
    def view(self) -> AssetView:
        """What the cloud holds of this asset."""
        return AssetView(self.cloud, self.asset_id)

    def private_keys(self) -> list[Path]:
        """Return files with a private key below this test's folders."""
        return self.files_with(b"PRIVATE KEY-----")

    def files_with(self, text: bytes) -> list[Path]:
        """Return the files of this test, streams included, that hold a text."""
        return [path for path in _files(self.folder) if text in path.read_bytes()]

    def assert_secrets_kept(self, *places: Path) -> None:
        """Assert that no password is in any file, result or stream, and keys in `places` only."""
        secret_texts = [
            *PASSWORDS.values(),
            self.cloud.environment["AWS_SECRET_ACCESS_KEY"],
        ]
        for text in secret_texts:
            assert self.files_with(text.encode()) == []
        keys = self.private_keys()
        assert [k for k in keys if not any(k.is_relative_to(p) for p in places)] == []


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _fingerprint(path: Path) -> tuple[int, int, str]:
    status = path.stat()
    return (
        status.st_mode,
        status.st_mtime_ns,
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def reason_texts(stale: dict[str, list[str]]) -> set[str]:
    """Return every reason, whichever stage it is given for."""
    return {reason for reasons in stale.values() for reason in reasons}

"""How a command is started in the matrix, and what is looked at when it has ended."""

from __future__ import annotations

import json
import secrets
from abc import ABC, abstractmethod
from collections import Counter
from pathlib import Path

from ..cloud import AssetView, Cloud
from ..program import Outcome, RunningProgram
from ..project import MANIFEST, Project
from ..sshserver import SSHServer
from .proxy import FaultProxy

FOLDER, S3 = "folder", "s3"


class Scene(ABC):
    """A project of its own behind proxies of its own, on a cloud that many share."""

    arguments: tuple[str, ...] = (MANIFEST,)

    def __init__(self, cloud: Cloud, folder: Path, place: str):
        self.cloud, self.place = cloud, place
        self.project = Project(folder, cloud)
        asset_id = f"f{secrets.token_hex(5)}"
        self.address = f"s3://{cloud.bucket}/results/{asset_id}"
        host, _, port = cloud.url.rpartition("://")[2].partition(":")
        self.aws = FaultProxy((host, int(port)))
        self.proxies = [self.aws]
        self.prepare(asset_id)
        self.project.environment["AWS_ENDPOINT_URL"] = self.aws.address

    def prepare(self, asset_id: str) -> None:
        """Fill the project."""
        self.project.fill(asset_id, SSHServer(self.cloud).port)

    @property
    def options(self) -> list[str]:
        """Where the results are."""
        return ["--results", self.address] if self.place == S3 else []

    def start(self) -> RunningProgram:
        """Start the command."""
        return self.project.start(*self.arguments, "--json", *self.options)

    def stale(self) -> set[str]:
        """Return what a plan does not call fresh, the command having ended well."""
        outcome = self.project.dssbatch(
            "plan", *self.arguments, "--json", *self.options, check=0
        )
        return {
            stage["stage"]
            for event in outcome.events("plan")
            for stage in event["stages"]
            if stage["state"] != "fresh"
        }

    @abstractmethod
    def check(self, ended: list[Outcome], has_lost: bool) -> None:
        """Assert that all is there, once; `has_lost` where a run was killed in between."""

    def check_results(self, *asset_ids: str) -> None:
        """Assert that no run holds the results, and that its journal is closed."""
        for asset_id in asset_ids:
            files = self.files(asset_id)
            open_entries: set[str] = set()
            for line in files.get("journal.ndjson", b"").decode().splitlines():
                entry = json.loads(line)
                if entry["line"] == "intent":
                    open_entries.add(entry["entry"])
                elif entry["line"] in ("gone", "kept"):
                    open_entries.discard(entry["entry"])
            assert not open_entries, f"open in the journal: {open_entries}"
            if self.place == S3:
                assert ".lock" not in files, "the lock was left"

    def files(self, asset_id: str) -> dict[str, bytes]:
        """Return the files of an asset's results."""
        if self.place == FOLDER:
            folder = self.project.root / "out" / asset_id
            return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
        client, start = self.cloud.client("s3"), f"results/{self.project.asset_id}/"
        place = {"Bucket": self.cloud.bucket, "Prefix": f"{start}{asset_id}/"}
        return {
            thing["Key"].rpartition("/")[2]: client.get_object(
                Bucket=self.cloud.bucket, Key=thing["Key"]
            )["Body"].read()
            for thing in self.cloud.every("s3", "list_objects_v2", **place)
        }

    def close(self) -> None:
        """End all that it started."""
        self.project.end_processes()
        for proxy in self.proxies:
            proxy.close()


def check_asset(cloud: Cloud, asset_id: str) -> None:
    """Assert that a release left one of everything, and nothing that runs."""
    view = AssetView(cloud, asset_id)
    view.assert_nothing_runs()
    images = [image["ImageId"] for image in view.images()]
    assert len(images) == 1, f"images: {images}"
    snapshots = [snapshot["SnapshotId"] for snapshot in view.snapshots()]
    assert len(snapshots) == 1, f"snapshots: {snapshots}"
    exported = Counter(key.rpartition(".")[2] for key in view.exported())
    assert exported == {"vhd": 1, "vmdk": 1}, f"objects: {[*view.exported()]}"

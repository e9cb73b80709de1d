"""A running paper cloud is all that `--local` needs: no variable leads to anything else."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from pathlib import Path

from .cloud import ROOT, Cloud
from .program import RUN_TIMEOUT_SECONDS, binary
from .project import MANIFEST


def test_the_shipped_manifest_is_released_whole(cloud: Cloud, tmp_path: Path) -> None:
    asset_id, results = f"paper-{secrets.token_hex(3)}", tmp_path / "out"
    command = [binary(), "--local", "--results", results, "--asset-id", asset_id]
    outcome = subprocess.run(
        [*command, ROOT / MANIFEST],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
            "DSS_LOCALCLOUD_HOME": str(cloud.home),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=RUN_TIMEOUT_SECONDS,
    )
    assert outcome.returncode == 0, outcome.stderr
    document = json.loads((results / asset_id / "release.json").read_text())
    assert {image["format"] for image in document["images"]} == {"VHD", "VMDK"}
    for stage in ("verify-vhd", "verify-vmdk", "docker-image", "check"):
        result = json.loads((results / asset_id / f"{stage}.json").read_text())
        assert result["status"] == "succeeded", stage
    assert list(tmp_path.iterdir()) == [results]

"""The shipped manifest on real machines: images that qemu accepts, then nothing to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import ROOT, AssetView, Cloud, control
from .project import MANIFEST

FIRST_RUN_TIMEOUT_SECONDS = 2400
SECOND_RUN_TIMEOUT_SECONDS = 300

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="machines need root"),
    pytest.mark.skipif(
        not shutil.which("qemu-img"), reason="`qemu-img` judges the images"
    ),
]


class RealRelease:
    """What `bin/quickstart` made."""

    def __init__(self, folder: Path):
        self.home = folder / "cloud"
        self.results = folder / "out"
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "DSS_"))
        } | {"DSS_LOCALCLOUD_HOME": str(self.home)}

    def quickstart(
        self, *options: str, timeout_seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run `bin/quickstart` with results of its own."""
        return subprocess.run(
            [str(ROOT / "bin/quickstart"), "--results", str(self.results), *options],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
        )

    @property
    def asset_id(self) -> str:
        """The shipped manifest's asset id."""
        return json.loads((ROOT / MANIFEST).read_text())["assetId"]

    def outputs(self, stage: str) -> dict:
        """Return the recorded outputs of a stage."""
        path = self.results / self.asset_id / f"{stage}.json"
        return json.loads(path.read_text())["outputs"]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRelease]:
    release = RealRelease(tmp_path_factory.mktemp("real"))
    result = release.quickstart(timeout_seconds=FIRST_RUN_TIMEOUT_SECONDS)
    try:
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-8000:]
        yield release
    finally:
        control(release.home, "reset")


@pytest.mark.parametrize(
    ("stage", "image_format"), [("export-vhd", "vpc"), ("export-vmdk", "vmdk")]
)
def test_qemu_accepts_the_image(
    real: RealRelease, tmp_path: Path, stage: str, image_format: str
) -> None:
    outputs = real.outputs(stage)
    path = tmp_path / "image"
    Cloud(real.home).client("s3").download_file(
        outputs["bucket"], outputs["key"], str(path)
    )
    assert path.stat().st_size == outputs["bytes"]
    digest = subprocess.run(
        ["sha256sum", str(path)], check=True, capture_output=True, text=True
    ).stdout.split()[0]
    assert digest == outputs["sha256"]
    info = subprocess.run(
        ["qemu-img", "info", "--output=json", "-f", image_format, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    document = json.loads(info.stdout)
    assert document["format"] == image_format
    assert document["virtual-size"] > 1 << 30
    checked = subprocess.run(
        ["qemu-img", "check", "-f", image_format, str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    # 63: the format knows no consistency checks.
    assert checked.returncode in (0, 63), checked.stdout + checked.stderr


def test_ami_is_tagged_and_nothing_runs(real: RealRelease) -> None:
    view = AssetView(Cloud(real.home), real.asset_id)
    (image,) = view.images()
    assert image["ImageId"] == real.outputs("ami")["imageId"]
    assert len(view.exported()) == 2
    view.assert_nothing_runs()
    assert not list((real.home / "machines").glob("i-*"))


def test_second_quickstart_does_nothing(real: RealRelease) -> None:
    cloud = Cloud(real.home)
    mark, started = cloud.mark(), time.monotonic()
    result = real.quickstart("--json", timeout_seconds=SECOND_RUN_TIMEOUT_SECONDS)
    assert result.returncode == 0, result.stderr[-4000:]
    assert cloud.operations(mark, "creating") == []
    assert cloud.operations(mark, "deleting") == []
    assert '"stage-started"' not in result.stdout
    assert time.monotonic() - started < SECOND_RUN_TIMEOUT_SECONDS

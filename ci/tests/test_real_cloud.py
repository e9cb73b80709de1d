"""The shipped manifest on real machines: images that qemu accepts, then nothing to do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from .cloud import AssetView
from .real_release import RealRelease

SECOND_RUN_TIMEOUT_SECONDS = 1800

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("stage", "image_format"), [("export-vhd", "vpc"), ("export-vmdk", "vmdk")]
)
def test_qemu_accepts_the_image(
    real: RealRelease, tmp_path: Path, stage: str, image_format: str
) -> None:
    outputs = real.outputs(stage)
    path = tmp_path / "image"
    real.cloud.client("s3").download_file(outputs["bucket"], outputs["key"], str(path))
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
    view = AssetView(real.cloud, real.asset_id)
    (image,) = view.images()
    assert image["ImageId"] == real.outputs("ami")["imageId"]
    assert len(view.exported()) == 2
    view.assert_nothing_runs()
    assert not list((real.home / "machines").glob("i-*"))


def test_second_quickstart_does_nothing(real: RealRelease) -> None:
    cloud = real.cloud
    mark = cloud.mark()
    result = real.quickstart("--json", timeout_seconds=SECOND_RUN_TIMEOUT_SECONDS)
    assert result.returncode == 0, result.stderr[-4000:]
    assert cloud.operations(mark, "creating") == []
    assert cloud.operations(mark, "deleting") == []
    assert '"stage-started"' not in result.stdout


def test_second_play_of_the_installation_changes_nothing(real: RealRelease) -> None:
    plays = real.second_plays()
    assert set(plays) == {"ssh", "community.docker.docker_api"}
    for connection, play in plays.items():
        assert play["status"] == 0, (connection, play)
        assert play["changed"] == [], connection
        assert set(play["stats"]["changed"].values()) <= {0}, connection
        assert play["stats"]["failures"] == play["stats"]["dark"] == {}

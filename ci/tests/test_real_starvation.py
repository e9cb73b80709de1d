"""The real disks where machines get a fifth of a processor and others keep this one busy."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .real_release import RealRelease

TIMEOUT_SECONDS = 12 * 3600
BUSY_LOOPS = 2
VERIFICATIONS = ("verify-vhd", "verify-vmdk")

pytestmark = pytest.mark.exhaustive


@pytest.fixture
def busy_loops() -> Iterator[None]:
    """Keep the processors busy with something else."""
    command = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(command) for _ in range(BUSY_LOOPS)]
    yield
    for loop in loops:
        loop.kill()
        loop.wait(timeout=300)


@pytest.fixture
def starved_qemu(tmp_path: Path) -> Iterator[Path]:
    """A `qemu` whose machines hardly get a processor; its control groups go afterwards."""
    program = tmp_path / "qemu"
    source = (Path(__file__).parent / "starved_qemu.py").read_text()
    program.write_text(source.replace("/usr/bin/env python3", sys.executable, 1))
    program.chmod(0o755)
    yield program
    for machine in machines(program):
        group = Path(machine["by"])
        if group.is_dir():
            group.rmdir()


def machines(program: Path) -> list[dict]:
    """Return what machines were starved, and by what."""
    path = program.parent / "starved.ndjson"
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_good_disk_is_good_on_a_starved_machine(
    real: RealRelease, starved_qemu: Path, busy_loops: None
) -> None:
    forced = [word for stage in VERIFICATIONS for word in ("--force", stage)]
    result = real.dssbatch(
        *("--only", "verify", *forced, "--json"),
        timeout_seconds=TIMEOUT_SECONDS,
        DSS_QEMU=str(starved_qemu),
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-8000:]
    assert len(machines(starved_qemu)) >= 2 * len(VERIFICATIONS)
    for stage in VERIFICATIONS:
        assert len(real.outputs(stage)["boots"]) == 2

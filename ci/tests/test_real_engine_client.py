"""The Swift client of the Docker engine, against the local cloud's engine and a real registry."""

from __future__ import annotations

import subprocess

import pytest

from .cloud import ROOT
from .real_release import RealRelease

TIMEOUT_SECONDS = 3600

pytestmark = pytest.mark.slow


def test_the_client_speaks_to_a_real_engine(real: RealRelease) -> None:
    result = subprocess.run(
        [
            *("swift", "test", "--package-path", str(ROOT), "--skip-build"),
            *("-c", "release", "-Xswiftc", "-enable-testing"),
            *("--filter", "LiveEngineTests"),
        ],
        env=real.environment
        | {
            "DOCKER_HOST": real.cloud.stand_ins["DOCKER_HOST"],
            "DSS_TEST_DOCKER": "1",
            "DSS_TEST_DOCKER_IMAGE": "ubuntu:22.04",
            "DSS_TEST_REGISTRY": real.registry.address,
            "DSS_TEST_REGISTRY_USER": real.registry.user,
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    said = result.stdout + result.stderr
    assert result.returncode == 0, said[-4000:]
    # Without its variables it would be skipped, and the run would pass all the same.
    assert "Suite LiveEngineTests passed" in said

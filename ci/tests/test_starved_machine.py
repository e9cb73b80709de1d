"""A machine that gets hardly any processor time says nothing of the disk that it boots."""

from __future__ import annotations

import pytest

from .fake_qemu import FakeQemu
from .project import Project

VERIFICATIONS = {"verify-vhd", "verify-vmdk"}
VERIFY = ("--set", "/export/verify=true")


@pytest.fixture
def qemu(released: Project) -> FakeQemu:
    return FakeQemu(released)


def test_a_machine_that_got_too_little_is_asked_once_more_alone(
    released: Project, qemu: FakeQemu
) -> None:
    qemu.set(starved=True)
    outcome = released.run(*VERIFY)
    assert set(outcome.stages("succeeded")) >= VERIFICATIONS
    warnings = [
        e for e in outcome.events("warning") if "processor time" in e["message"]
    ]
    assert len(warnings) == 2 * len(VERIFICATIONS)
    machines = qemu.machines()
    counted = [machine for machine in machines if "-icount" in machine]
    assert len(machines) == 8
    assert len(counted) == 4
    # The first disk's two begin side by side, then each runs by itself.
    assert [("-icount" in machine) for machine in machines[:4]] == [False] * 2 + [
        True
    ] * 2
    for stage in VERIFICATIONS:
        outputs = released.result(stage)["outputs"]
        assert outputs["acceleration"] == "tcg-counted"
        assert [boot["acceleration"] for boot in outputs["boots"]] == [
            "tcg-counted"
        ] * 2
    assert released.run(*VERIFY).started() == set()


def test_a_bad_disk_is_bad_on_a_starved_machine(
    released: Project, qemu: FakeQemu
) -> None:
    qemu.set(starved=True, status=1, message="no such disk")
    outcome = released.run(*VERIFY, "-k", check=1)
    assert set(outcome.stages("failed")) == VERIFICATIONS
    assert released.result("verify-vhd")["error"]["code"] == "qemu.ended"
    assert any("-icount" in machine for machine in qemu.machines())

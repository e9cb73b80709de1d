"""Stages `check` and `verify-*`: what they are asked for, what they stop, what they leave."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from .cloud import Cloud
from .fake_qemu import FakeQemu
from .project import MACHINE, MANIFEST, Project

VERIFICATIONS = {"verify-vhd", "verify-vmdk"}
VERIFY = ("--set", "/export/verify=true")


@pytest.fixture
def qemu(released: Project) -> FakeQemu:
    return FakeQemu(released)


def folders(project: Project) -> list[Path]:
    """Return what verifications left in the temporary folder."""
    return sorted(project.temporary.glob("dss-*"))


def test_local_runs_verify_and_others_do_only_where_asked(project: Project) -> None:
    project.edit_manifest(lambda m: m["export"].pop("verify"))
    assert VERIFICATIONS & set(project.plan()) == set()
    assert set(project.plan("--local")) >= VERIFICATIONS
    assert set(project.plan(*VERIFY)) >= VERIFICATIONS
    project.set("export", "verify", value=False)
    assert VERIFICATIONS & set(project.plan("--local")) == set()


def test_each_disk_is_booted_by_both_firmwares(
    released: Project, qemu: FakeQemu
) -> None:
    outcome = released.run(*VERIFY)
    assert outcome.started() == {
        *VERIFICATIONS,
        "ami-public",
        "release-notes",
        "retire",
    }
    machines = qemu.machines()
    assert len(machines) == 4
    assert sum("-bios" in machine for machine in machines) == 2
    assert all("tcg,thread=multi" in machine for machine in machines)
    outputs = released.result("verify-vmdk")["outputs"]
    assert outputs["acceleration"] == "tcg"
    assert {boot["firmware"] for boot in outputs["boots"]} == {"BIOS", "UEFI"}
    assert {check["what"] for check in outputs["checks"]} == {
        "the console of UEFI shows a login prompt",
        "all is well",
        "two machines from the image have ssh host keys of their own",
    }
    assert folders(released) == []
    released.assert_secrets_kept()
    assert released.run(*VERIFY).started() == set()


def test_the_first_login_gets_a_fresh_password(
    released: Project, qemu: FakeQemu
) -> None:
    released.run(*VERIFY)
    calls = [c for c in released.runner_calls() if c["playbook"] == "disk.yml"]
    assert len(calls) == 2
    digests = [call["passwordDigests"] for call in calls]
    assert all(len(set(found.values())) == 3 for found in digests)
    assert len({found["DSS_NEW_PASSWORD"] for found in digests}) == 2
    for call in calls:
        assert "ansible_ssh_private_key_file" not in call["inventory"]
        assert call["extravars"]["jupyter_url"].startswith("http://127.0.0.1:")


def accelerations(qemu: FakeQemu) -> list[str]:
    """Return who executed each machine, oldest first."""
    return [
        machine[machine.index("-accel") + 1].partition(",")[0]
        for machine in qemu.machines()
    ]


@pytest.mark.parametrize(
    ("guests", "reason"),
    [
        ("refuses", "status 134"),
        ("stops", "internal-error"),
        ("hangs", "stands still"),
    ],
)
def test_where_kvm_carries_no_real_guest_a_good_disk_is_good(
    released: Project, qemu: FakeQemu, guests: str, reason: str
) -> None:
    qemu.set(kvm=True, guests=guests)
    outcome = released.run(*VERIFY, env={"DSS_BOOT_STILL_SECONDS": "2"})
    assert set(outcome.stages("succeeded")) >= VERIFICATIONS
    (warning,) = (e for e in outcome.events("warning") if "KVM" in e["message"])
    assert reason in warning["message"]
    assert "longer" in warning["message"]
    used = accelerations(qemu)
    # The first disk's machines begin with KVM, side by side; nothing else does.
    assert used.count("tcg") == 4
    assert 1 <= used.count("kvm") <= 2
    assert "kvm" not in used[-2:]
    for stage in VERIFICATIONS:
        outputs = released.result(stage)["outputs"]
        assert outputs["acceleration"] == "tcg"
        assert [boot["acceleration"] for boot in outputs["boots"]] == ["tcg", "tcg"]
    assert folders(released) == []
    assert released.run(*VERIFY).started() == set()


def test_where_kvm_works_nothing_else_is_used(
    released: Project, qemu: FakeQemu
) -> None:
    qemu.set(kvm=True)
    outcome = released.run(*VERIFY)
    assert set(accelerations(qemu)) == {"kvm"}
    assert not [e for e in outcome.events("warning") if "KVM" in e["message"]]
    boots = released.result("verify-vhd")["outputs"]["boots"]
    assert [boot["acceleration"] for boot in boots] == ["kvm", "kvm"]


@pytest.mark.parametrize(
    ("knobs", "code"),
    [
        ({"status": 1, "message": "no such disk"}, "qemu.ended"),
        (
            {"kvm": True, "status": 1, "message": "no such disk"},
            "qemu.ended",
        ),
        (
            {
                "kvm": True,
                "console": "Kernel panic - not syncing: VFS: Unable to mount root fs\r\n",
            },
            "qemu.guest-panicked",
        ),
        ({"same_key": True}, "verify.same-host-keys"),
    ],
)
def test_a_bad_disk_stops_what_publishes(
    released: Project, qemu: FakeQemu, knobs: dict, code: str
) -> None:
    qemu.set(**knobs)
    released.set("ami", "public", value=True)
    outcome = released.run(*VERIFY, "-k", check=1)
    assert set(outcome.stages("failed")) == VERIFICATIONS
    if knobs.get("kvm"):
        # Nobody calls an image bad before it failed without acceleration.
        assert "tcg" in accelerations(qemu)
    assert "ami-public" not in outcome.stages("succeeded")
    result = released.result("verify-vhd")
    assert result["error"]["code"] == code
    assert "s3://" in result["error"]["message"]
    (image,) = released.view.images()
    assert not image["Public"]
    assert folders(released) == []


def test_a_check_that_fails_on_the_disk_names_it(
    released: Project, qemu: FakeQemu
) -> None:
    released.set_runner(
        **{"disk.yml": {"message": "Jupyter answers 500 instead of 200"}}
    )
    outcome = released.run(*VERIFY, check=1)
    assert "Jupyter answers 500" in outcome.stdout
    assert "ami-public" not in outcome.started()
    assert folders(released) == []


def test_a_killed_verification_leaves_no_machine(
    released: Project, qemu: FakeQemu
) -> None:
    released.set_runner(**{"disk.yml": {"seconds": 600}})
    running = released.start(MANIFEST, *VERIFY)
    running.wait_until(lambda: len(qemu.machines()) >= 2, "the machines")
    running.send(signal.SIGKILL)
    assert running.outcome().status == -signal.SIGKILL
    assert folders(released)
    released.set_runner()
    released.run(*VERIFY)
    assert folders(released) == []
    left = [
        path
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if str(released.temporary).encode() in _read(path)
    ]
    assert left == []


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_without_qemu_nothing_is_started(released: Project) -> None:
    released.environment["DSS_QEMU"] = str(released.tools / "no-such-program")
    released.set("export", "prefix", value="elsewhere")
    outcome = released.run(*VERIFY, check=2)
    assert "qemu-system-x86" in outcome.stderr
    assert outcome.started() == set()


def test_another_check_makes_no_image_stale(released: Project, qemu: FakeQemu) -> None:
    released.run(*VERIFY)
    playbook = released.root / "checks/disk.yml"
    playbook.write_text(playbook.read_text() + "# another check\n")
    stale = released.stale(*VERIFY)
    assert set(stale) & {*MACHINE, "export-vhd", "export-vmdk"} == set()
    assert stale["verify-vhd"] == ["file checks/disk.yml changed"]


def test_a_failed_check_ends_before_an_image_is_paid_for(
    project: Project, cloud: Cloud
) -> None:
    project.set_runner(
        **{"machine.yml": {"message": "Poetry is 1.8.4 instead of 1.8.5"}}
    )
    mark = cloud.mark()
    outcome = project.run(check=1)
    assert outcome.stages("failed") == ["check"]
    assert "Poetry is 1.8.4" in outcome.stdout
    assert "ec2:CreateImage" not in cloud.operations(mark)
    project.view.assert_nothing_runs()


def test_inventory_that_is_none_fails_the_check(project: Project) -> None:
    project.set_runner(**{"machine.yml": {"inventory": {"schema": "other/1"}}})
    outcome = project.run(check=1)
    assert outcome.stages("failed") == ["check"]
    assert project.result("check")["error"]["hint"]


def test_documents_are_uploaded_and_named_in_the_release(released: Project) -> None:
    document = json.loads((released.results / "release.json").read_text())
    for name in ("inventory", "sbom"):
        item = document["inventory"][name]
        assert item["bytes"] > 0
        assert released.view.objects()[item["key"]] == item["bytes"]
    assert document["inventory"]["sbom"]["key"].endswith(".cdx.json")

"""The exported disks: what the program says of them, and what a plain qemu shows."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from .real_release import PASSWORD, USER, RealRelease
from .sshserver import free_port

BOOT_TIMEOUT_SECONDS = 3600
STEP_TIMEOUT_SECONDS = 1200
NEW_PASSWORD = "Correct-Horse-7-Battery"
# What a user would meet; a check may say more than these words.
PROMISED = (
    "login prompt",
    "key login is refused",
    "default password has to be changed",
    "new password works",
    "Jupyter",
    "Poetry",
    "clone",
    "DHCP",
    "container of a local image",
    "host keys",
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("image_format", ["vhd", "vmdk"])
def test_every_promise_was_checked_on_the_disk(
    real: RealRelease, image_format: str
) -> None:
    outputs = real.outputs(f"verify-{image_format}")
    checks = {check["what"]: check["seconds"] for check in outputs["checks"]}
    for promise in PROMISED:
        assert any(promise in what for what in checks), (promise, list(checks))
    assert all(seconds >= 0 for seconds in checks.values())
    assert {boot["firmware"] for boot in outputs["boots"]} == {"BIOS", "UEFI"}
    assert all(boot["sshSeconds"] > 0 for boot in outputs["boots"])
    exported = real.outputs(f"export-{image_format}")
    assert outputs["etag"] == exported["etag"]
    verified = {
        image["format"].lower(): image["verified"]
        for image in real.document("release.json")["images"]
    }
    assert verified[image_format]["checks"] == len(outputs["checks"])


def test_the_machine_was_checked_before_its_image(real: RealRelease) -> None:
    checks = [check["what"] for check in real.outputs("check")["checks"]]
    for promise in ("Jupyter", "Poetry", "clone"):
        assert any(promise in what for what in checks), (promise, checks)


class Machine:
    """The exported VMDK in a virtual machine that only these tests describe."""

    def __init__(self, folder: Path, disk: Path):
        self.ssh_port, self.jupyter_port = free_port(), free_port()
        self.known_hosts = folder / "known_hosts"
        self._console = folder / "console.log"
        self._errors = folder / "qemu.log"
        forwards = f"hostfwd=tcp:127.0.0.1:{self.ssh_port}-:22"
        forwards += f",hostfwd=tcp:127.0.0.1:{self.jupyter_port}-:8888"
        command = [
            *("qemu-system-x86_64", "-accel", "tcg", "-m", "2048", "-smp", "2"),
            *("-display", "none", "-serial", f"file:{self._console}"),
            *("-bios", "/usr/share/ovmf/OVMF.fd"),
            *("-drive", f"file={disk},format=vmdk,if=virtio,snapshot=on"),
            *("-nic", f"user,model=virtio-net-pci,{forwards}"),
        ]
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
            )

    def jupyter(self, path: str) -> bytes:
        """Return what Jupyter answers, once it does."""
        url = f"http://127.0.0.1:{self.jupyter_port}{path}"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + BOOT_TIMEOUT_SECONDS
        while True:
            assert self._process.poll() is None, self._errors.read_text()
            try:
                with opener.open(url, timeout=600) as answer:
                    return answer.read()
            except OSError:
                assert time.monotonic() < deadline, self._console.read_text()[-3000:]
                time.sleep(1)

    def ssh(self, *command: str) -> pexpect.spawn:
        """Log in as a person would."""
        options = [
            f"UserKnownHostsFile={self.known_hosts}",
            "StrictHostKeyChecking=accept-new",
            "PubkeyAuthentication=no",
            "NumberOfPasswordPrompts=1",
        ]
        words = [word for option in options for word in ("-o", option)]
        return pexpect.spawn(
            "ssh",
            [*words, "-t", "-p", str(self.ssh_port), f"{USER}@127.0.0.1", *command],
            timeout=STEP_TIMEOUT_SECONDS,
            encoding="utf-8",
        )

    def stop(self) -> None:
        """Switch it off."""
        self._process.kill()
        self._process.wait(timeout=300)


@pytest.fixture(scope="module")
def machine(real: RealRelease, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    folder = tmp_path_factory.mktemp("machine")
    outputs, disk = real.outputs("export-vmdk"), folder / "disk.vmdk"
    real.cloud.client("s3").download_file(outputs["bucket"], outputs["key"], str(disk))
    machine = Machine(folder, disk)
    yield machine
    machine.stop()
    shutil.rmtree(folder)


def test_the_disk_serves_jupyter_where_nobody_prepared_it(machine: Machine) -> None:
    assert b"version" in machine.jupyter("/api")
    assert b"password" in machine.jupyter("/login")
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(
            f"http://127.0.0.1:{machine.jupyter_port}/api/contents", timeout=600
        )
    assert refused.value.code == 403


def test_the_first_login_has_to_change_the_password(
    real: RealRelease, machine: Machine
) -> None:
    machine.jupyter("/api")
    first = machine.ssh()
    first.expect("assword:")
    first.sendline(PASSWORD)
    first.expect("(?i)you (must|are required to) change your password")
    first.expect("(?i)current( unix)? password")
    first.sendline(PASSWORD)
    for prompt in ("(?i)new password", "(?i)retype new password"):
        first.expect(prompt)
        first.sendline(NEW_PASSWORD)
    first.expect("(?i)password updated successfully")
    first.expect(pexpect.EOF)
    second = machine.ssh("poetry --version; id -nG; cat /etc/machine-id; ls -A ~")
    second.expect("assword:")
    second.sendline(NEW_PASSWORD)
    second.expect(pexpect.EOF)
    assert real.versions["poetry"] in second.before
    assert "docker" in second.before
    assert ".ssh" not in second.before.split()
    third = machine.ssh("true")
    third.expect("assword:")
    third.sendline(PASSWORD)
    third.expect("Permission denied")
    third.expect(pexpect.EOF)


def test_the_login_message_goes_once_jupyter_has_another_password(
    machine: Machine,
) -> None:
    message = "/etc/update-motd.d/90-dss-jupyter"
    change = "~/jupyterenv/bin/jupyter server password"
    session = machine.ssh(f"{message}; {change} && {message} && echo the end")
    session.expect("assword:")
    session.sendline(NEW_PASSWORD)
    session.expect("port 8888 of this machine")
    for prompt in ("Enter password:", "Verify password:"):
        session.expect(prompt)
        session.sendline("another-notebook-password")
    session.expect(pexpect.EOF)
    assert "the end" in session.before
    assert "8888" not in session.before

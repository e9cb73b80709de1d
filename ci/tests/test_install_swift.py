"""ci/install-swift.sh: only a toolchain that the pinned key has signed is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .cloud import ROOT

SCRIPT = ROOT / "ci/install-swift.sh"
FAKE_CURL = """#!/bin/sh
while [ $# -gt 1 ]; do
  if [ "$1" = --output ]; then file=$2; fi
  shift
done
cp -- "$SERVED/${1##*.}" "$file"
"""


class Download:
    """What swift.org would serve, and a copy of the script that trusts a key of the test's."""

    def __init__(self, folder: Path):
        self.folder, self.served = folder, folder / "served"
        self.home = folder / "swift"
        self.tools = folder / "tools"
        for made in (
            self.served,
            self.tools,
            folder / "gpg",
            folder / "swift-x/usr/bin",
        ):
            made.mkdir(parents=True)
        (folder / "gpg").chmod(0o700)
        for name, text in (("curl", FAKE_CURL), ("apt-get", "#!/bin/sh\n")):
            (self.tools / name).write_text(text)
            (self.tools / name).chmod(0o755)
        program = folder / "swift-x/usr/bin/swift"
        program.write_text("#!/bin/sh\necho Swift\n")
        program.chmod(0o755)
        with tarfile.open(self.served / "gz", "w:gz") as archive:
            archive.add(folder / "swift-x", "swift-x")

    def gpg(self, *arguments: str) -> str:
        """Run gpg with the test's own keys."""
        settings = os.environ | {"GNUPGHOME": str(self.folder / "gpg")}
        command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback"]
        command += ["--passphrase", "", *arguments]
        return subprocess.run(
            command,
            env=settings,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    def make_key(self, name: str) -> str:
        """Make a key and return its fingerprint."""
        self.gpg("--quick-generate-key", name, "ed25519", "sign", "never")
        listed = self.gpg("--with-colons", "--list-keys", name)
        return re.search(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)[1]

    def sign(self, key: str) -> None:
        """Sign the archive and serve the signature and all keys."""
        signature = self.served / "sig"
        self.gpg(
            "--local-user", key, "--output", str(signature), "--detach-sign",
            str(self.served / "gz"),
        )  # fmt: skip
        (self.served / "asc").write_text(self.gpg("--armor", "--export"))

    def install(self, trusted: str) -> subprocess.CompletedProcess[str]:
        """Run the script as if `trusted` were the pinned key."""
        script = self.folder / "install-swift.sh"
        text, count = re.subn(
            r"^key=[0-9A-F]{40}$",
            f"key={trusted}",
            SCRIPT.read_text(),
            flags=re.MULTILINE,
        )
        assert count == 1
        script.write_text(text)
        settings = os.environ | {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "SERVED": str(self.served),
            "DSS_SWIFT_HOME": str(self.home),
        }
        return subprocess.run(
            ["bash", str(script)],
            env=settings, check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip


@pytest.fixture
def download(tmp_path: Path) -> Iterator[Download]:
    if shutil.which("gpg") is None:
        pytest.skip("gpg is not installed")
    yield Download(tmp_path)
    # The agent that gpg starts would stay for as long as the folder does.
    kill = ["gpgconf", "--homedir", str(tmp_path / "gpg"), "--kill", "all"]
    subprocess.run(kill, check=True, timeout=20)


def test_a_signed_toolchain_is_installed_once(download: Download) -> None:
    key = download.make_key("release")
    download.sign(key)
    result = download.install(key)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"{download.home}/usr/bin\n"
    assert (download.home / "usr/bin/swift").is_file()
    shutil.rmtree(download.served)
    assert download.install(key).stdout == result.stdout


def test_a_toolchain_signed_by_another_key_is_refused(download: Download) -> None:
    key, other = download.make_key("release"), download.make_key("other")
    download.sign(other)
    result = download.install(key)
    assert result.returncode == 1
    assert "is not signed by the key" in result.stderr
    assert not download.home.exists()


def test_a_changed_toolchain_is_refused(download: Download) -> None:
    key = download.make_key("release")
    download.sign(key)
    with (download.served / "gz").open("ab") as archive:
        archive.write(b"more")
    assert download.install(key).returncode == 1
    assert not download.home.exists()

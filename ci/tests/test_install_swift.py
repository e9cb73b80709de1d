"""A missing toolchain: what `bin/setup` and `ci/install-swift.sh` install of it, and when."""

from __future__ import annotations

import contextlib
import http.server
import os
import pty
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from .cloud import ROOT

LIBRARIES = ("bin/lib/swift.sh", "bin/lib/packages.sh", "bin/lib/build.sh")
SCRIPTS = ("bin/setup", "ci/packages.txt", *LIBRARIES)
KEY_LINE = re.compile(r"^key=[0-9A-F]{40}$", re.MULTILINE)
# Nothing of the system is to be changed: every package is there, and pip only says that it ran.
TOOLS = {
    "dpkg-query": "printf installed",
    "apt-get": 'echo "apt-get $*" >>"$SAID"',
}
PYTHON = 'echo "pip $3" >>"$SAID"'
SWIFT = "#!/bin/sh\necho Swift version 6.3.1\n"
OLD_SWIFT = "#!/bin/sh\necho Swift version 5.10\n"
TIMEOUT_SECONDS = 600


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def translate_path(self, path: str) -> str:
        """Serve by the ending alone, as the folders name system and version."""
        self.server.asked.append(path)
        return f"{self.directory}/{urlsplit(path).path.rpartition('.')[2]}"

    def copyfile(self, source, outputfile) -> None:
        """Break off in the middle where that is wished for."""
        if self.server.is_cut and self.path.endswith(".gz"):
            outputfile.write(source.read(100))
            self.close_connection = True
        else:
            super().copyfile(source, outputfile)


class Download:
    """A loopback swift.org, and a project folder that trusts a key of the test's."""

    def __init__(self, folder: Path):
        self.folder, self.served = folder, folder / "served"
        self.project, self.tools = folder / "project", folder / "tools"
        self.cache, self._said = folder / "cache", folder / "said"
        for made in (self.served, self.tools, folder / "gpg", folder / "x/usr/bin"):
            made.mkdir(parents=True)
        (folder / "gpg").chmod(0o700)
        for name in SCRIPTS:
            (self.project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.project / name)
        for name, text in TOOLS.items():
            write_program(self.tools / name, f"#!/bin/sh\n{text}\n")
        for name in ("python", "pip"):
            program = self.project / ".venv/bin" / name
            text = f"{PYTHON}\n# {self.project}/.venv/bin/python"
            write_program(program, f"#!/bin/sh\n{text}\n")
        write_program(folder / "x/usr/bin/swift", SWIFT)
        with tarfile.open(self.served / "gz", "w:gz") as archive:
            archive.add(folder / "x", "swift-x")
        self._said.touch()
        self.key = self.make_key("release")
        self._trust(self.key)
        self.sign(self.key)
        self._serve()

    def _serve(self) -> None:
        def handler(*arguments: object) -> _Handler:
            return _Handler(*arguments, directory=str(self.served))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.asked, self.server.is_cut = [], False
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _trust(self, key: str) -> None:
        text = (ROOT / "ci/install-swift.sh").read_text()
        changed, count = KEY_LINE.subn(f"key={key}", text)
        assert count == 1
        write_program(self.project / "ci/install-swift.sh", changed)

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
            timeout=TIMEOUT_SECONDS,
        ).stdout

    def make_key(self, name: str) -> str:
        """Make a key and return its fingerprint."""
        self.gpg("--quick-generate-key", name, "ed25519", "sign", "never")
        listed = self.gpg("--with-colons", "--list-keys", name)
        return re.search(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)[1]

    def sign(self, key: str) -> None:
        """Sign the archive and serve the signature and all keys."""
        signature = self.served / "sig"
        signature.unlink(missing_ok=True)
        self.gpg(
            "--local-user", key, "--output", str(signature), "--detach-sign",
            str(self.served / "gz"),
        )  # fmt: skip
        (self.served / "asc").write_text(self.gpg("--armor", "--export"))

    @property
    def environment(self) -> dict[str, str]:
        """What the scripts run with: a system without Swift."""
        folders = [
            folder
            for folder in os.environ["PATH"].split(":")
            if not (Path(folder) / "swift").exists()
        ]
        return {
            "PATH": ":".join([str(self.tools), *folders]),
            "HOME": str(self.folder),
            "SAID": str(self._said),
            "DSS_CACHE_DIR": str(self.cache),
            "DSS_SWIFT_DOWNLOADS": f"http://127.0.0.1:{self.server.server_port}",
            "NO_PROXY": "127.0.0.1",
        }

    def run(
        self, *command: str, stdin: int = subprocess.DEVNULL, stderr: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a script of the project; without a terminal, unless one is given."""
        return subprocess.run(
            [str(self.project / command[0]), *command[1:]],
            env=self.environment,
            cwd=self.folder,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr or subprocess.PIPE,
            check=False,
            text=True,
            timeout=TIMEOUT_SECONDS,
        )

    def answer(self, text: str) -> subprocess.CompletedProcess[str]:
        """Run `bin/setup` at a terminal where somebody types an answer."""
        terminal, end = pty.openpty()
        os.write(terminal, text.encode())
        threading.Thread(target=_drain, args=[terminal], daemon=True).start()
        try:
            return self.run("bin/setup", stdin=end, stderr=end)
        finally:
            # The other side then reads its end, and is closed by nobody's hand meanwhile.
            os.close(end)

    @property
    def installed(self) -> list[Path]:
        """What there is below the cache."""
        return sorted(self.cache.glob("*")) if self.cache.exists() else []

    def said(self) -> list[str]:
        """What packages and Python tools were asked for."""
        return self._said.read_text().splitlines()


def _drain(terminal: int) -> None:
    """Take what is shown, as a terminal does; nobody could write on otherwise."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 4096):
            pass


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def download(tmp_path: Path) -> Iterator[Download]:
    if shutil.which("gpg") is None or shutil.which("curl") is None:
        pytest.skip("gpg or curl is not installed")
    download = Download(tmp_path)
    yield download
    download.server.shutdown()
    download.server.server_close()
    # The agent that gpg starts would stay for as long as the folder does.
    kill = ["gpgconf", "--homedir", str(tmp_path / "gpg"), "--kill", "all"]
    subprocess.run(kill, check=True, timeout=300)


def test_a_signed_toolchain_is_installed_once(download: Download) -> None:
    first = download.run("bin/setup", "--yes")
    assert first.returncode == 0, first.stderr
    for words in ("downloading", "checking its signature", "unpacking"):
        assert words in first.stderr
    (home,) = download.installed
    assert (home / "usr/bin/swift").is_file()
    asked = list(download.server.asked)
    assert any("/swift-6.3.1-release/" in path for path in asked)
    again = download.run("bin/setup")
    assert (again.returncode, again.stderr) == (0, "")
    assert download.server.asked == asked
    assert download.said().count("pip install") == 1


def test_later_commands_find_what_was_installed(download: Download) -> None:
    download.run("bin/setup", "--yes")
    script = 'source "$1/bin/lib/build.sh"; use_swift; swift --version'
    outcome = subprocess.run(
        ["bash", "-euc", script, "test", download.project],
        env=download.environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=TIMEOUT_SECONDS,
    )
    assert outcome.stdout == "Swift version 6.3.1\n"


@pytest.mark.parametrize("is_old", [False, True])
def test_without_a_terminal_nothing_is_installed(
    download: Download, is_old: bool
) -> None:
    if is_old:
        write_program(download.tools / "swift", OLD_SWIFT)
    outcome = download.run("bin/setup")
    assert outcome.returncode == 1
    problem = "Swift 5.10 on the PATH is too old" if is_old else "no `swift` on the"
    assert problem in outcome.stderr
    assert "hint: `bin/setup --yes` installs Swift 6.3.1" in outcome.stderr
    assert "GB" in outcome.stderr
    assert (download.installed, download.said(), download.server.asked) == ([], [], [])


def test_one_that_is_new_enough_is_left_alone(download: Download) -> None:
    write_program(download.tools / "swift", SWIFT.replace("6.3.1", "6.10"))
    outcome = download.run("bin/setup", "--yes")
    assert outcome.returncode == 0, outcome.stderr
    assert (download.installed, download.server.asked) == ([], [])


@pytest.mark.parametrize(("text", "is_installed"), [("y\n", True), ("\n", False)])
def test_at_a_terminal_the_answer_counts(
    download: Download, text: str, is_installed: bool
) -> None:
    outcome = download.answer(text)
    assert (outcome.returncode == 0) == is_installed
    assert bool(download.installed) == is_installed
    assert bool(download.said()) == is_installed


def test_a_toolchain_signed_by_another_key_is_refused(download: Download) -> None:
    download.sign(download.make_key("other"))
    outcome = download.run("bin/setup", "--yes")
    assert outcome.returncode == 1
    assert "is not signed by the key" in outcome.stderr
    assert (download.installed, download.said()) == ([], [])


def test_a_changed_toolchain_is_refused(download: Download) -> None:
    with (download.served / "gz").open("ab") as archive:
        archive.write(b"more")
    outcome = download.run("bin/setup", "--yes")
    assert outcome.returncode == 1
    assert "is not signed by the key" in outcome.stderr
    assert download.installed == []


def test_a_truncated_toolchain_is_refused_and_then_installed(
    download: Download,
) -> None:
    download.server.is_cut = True
    outcome = download.run("bin/setup", "--yes")
    assert outcome.returncode == 1
    assert "could not be downloaded whole" in outcome.stderr
    assert "hint: " in outcome.stderr
    assert (download.installed, download.said()) == ([], [])
    download.server.is_cut = False
    assert download.run("bin/setup", "--yes").returncode == 0
    assert len(download.installed) == 1


def test_the_script_prints_where_its_programs_are(download: Download) -> None:
    for _ in range(2):
        outcome = subprocess.run(
            [download.project / "ci/install-swift.sh"],
            env=download.environment | {"DSS_SWIFT_HOME": str(download.folder / "s")},
            capture_output=True,
            text=True,
            check=True,
            timeout=TIMEOUT_SECONDS,
        )
        assert outcome.stdout == f"{download.folder}/s/usr/bin\n"
        assert (download.folder / "s/usr/bin/swift").is_file()

"""The Debian package: what it holds, what it needs, and that it works where there is no Swift."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from localcloud.machines import apt_sources

from .program import binary

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_SECONDS = 1800
MANIFEST = "/usr/share/dssbatch/manifests/release.json"


def called(*command: str | Path, status: int = 0) -> str:
    """Return what a command printed."""
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == status, done
    return done.stdout


def made(folder: Path) -> Path:
    """Make the package of the program under test."""
    script = ROOT / "bin" / "package-deb"
    (line,) = called(script, "--program", binary(), folder).splitlines()
    return Path(line)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package."""
    return made(tmp_path_factory.mktemp("package"))


def field(package: Path, name: str) -> str:
    """Return a field of the package's control file."""
    return called("dpkg-deb", "--field", package, name).strip()


def test_lintian_finds_nothing(package: Path) -> None:
    assert called("lintian", "--fail-on", "warning", package) == ""


def test_the_same_program_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    assert made(tmp_path).read_bytes() == package.read_bytes()


def test_it_holds_what_a_release_reads_and_nothing_else(
    package: Path, tmp_path: Path
) -> None:
    called("dpkg-deb", "--extract", package, tmp_path)
    shared = tmp_path / "usr/share/dssbatch"
    tracked = called("git", "-C", ROOT, "ls-files", "ansible", "cfn", "checks")
    for name in tracked.splitlines():
        assert (shared / name).read_bytes() == (ROOT / name).read_bytes()
    assert {path.name for path in shared.iterdir()} == {
        *("ansible", "cfn", "checks", "manifests")
    }
    secrets = [p for p in tmp_path.rglob("*") if p.is_file() and ".pyc" in p.name]
    assert secrets == []
    owners = called("dpkg-deb", "--contents", package)
    assert {line.split()[1] for line in owners.splitlines()} == {"root/root"}


@pytest.fixture(scope="module")
def installed(
    package: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, ...]:
    """A Debian with the package and what that asks for; how a command is called there."""
    folder = tmp_path_factory.mktemp("debian")
    sources = folder / "build.sources"
    sources.write_text(apt_sources.host_sources())
    needed = [
        choice.split("|")[0].split("(")[0].strip()
        for choice in field(package, "Depends").split(",")
    ]
    called(
        "mmdebstrap",
        "--mode=root",
        "--variant=minbase",
        '--aptopt=Acquire::Retries "3"',
        f"--include={','.join(needed)}",
        f"--customize-hook=upload {package} /dssbatch.deb",
        # Refused where anything is missing that it needs.
        '--customize-hook=chroot "$1" dpkg --install /dssbatch.deb',
        apt_sources.host_codename(),
        str(folder / "root"),
        str(sources),
    )
    # The program reads its arguments there.
    enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
    bare = ("env", "-i", "PATH=/usr/bin", "HOME=/root")
    return ("unshare", "--mount", "sh", "-c", enter, str(folder / "root"), *bare)


def test_it_works_where_there_is_no_swift(installed: tuple[str, ...]) -> None:
    version = called(*installed, "dssbatch", "--version").strip()
    assert version == called(binary(), "--version").strip()
    libraries = called(*installed, "ldd", "/usr/bin/dssbatch")
    assert "not found" not in libraries
    assert "swift" not in libraries
    results = ("--results", "/tmp/results")
    plan = called(*installed, "dssbatch", "plan", MANIFEST, *results, "--json")
    states = {
        stage["stage"]: stage["state"]
        for line in plan.splitlines()
        for stage in json.loads(line).get("stages", [])
    }
    assert states["ami"] == "run"
    # The first request finds the library that a plan does not need.
    asked = (
        *installed,
        "AWS_ENDPOINT_URL=http://127.0.0.1:9",
        "AWS_REGION=eu-central-1",
    )
    asked += ("AWS_ACCESS_KEY_ID=AKIAEXAMPLEEXAMPLE00", "AWS_SECRET_ACCESS_KEY=x")
    said = called(
        *asked, "dssbatch", "show-aws-assets", "--manifest", MANIFEST, status=1
    )
    assert "libcurl" not in said


def test_bash_completes_its_commands(installed: tuple[str, ...]) -> None:
    script = (
        "source /usr/share/bash-completion/completions/dssbatch; "
        "COMP_WORDS=(dssbatch pl); COMP_CWORD=1; COMP_LINE='dssbatch pl'; COMP_POINT=11; "
        '_dssbatch; echo "${COMPREPLY[@]}"'
    )
    assert "plan" in called(*installed, "bash", "-c", script).split()

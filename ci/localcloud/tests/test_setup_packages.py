"""bin/lib/packages.sh: what `bin/setup` installs, and what it keeps from running."""

import os
import shutil
import subprocess

import pytest

from .conftest import PROJECT

FAKES = {
    "dpkg-query": 'case " $INSTALLED " in *" ${!#} "*) printf installed ;; *) exit 1 ;; esac',
    "apt-get": 'echo "apt-get ${*: -$#}" >>"$LOG"; [ "${*: -1}" != broken ]',
    "systemctl": 'echo "systemctl $*" >>"$LOG"; [ "$1" != cat ] || [ "$2" = "$KNOWN_UNIT" ]',
    "id": "echo 0",
}
SCRIPT = """
set -euo pipefail
fail() { printf 'error: %s\\n\\nhint: %s\\n' "$1" "$2" >&2; exit 1; }
say() { :; }
source "$PROJECT/bin/lib/packages.sh"
systemd_state=$SYSTEMD
install_missing "$1"
"""


def write_programs(folder, programs):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in programs.items():
        path = folder / name
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def install(tmp_path):
    """Run `install_missing` with fake programs; return its status and what they were asked."""
    write_programs(tmp_path, FAKES)

    def install(wanted, installed="", systemd=True, known_unit=""):
        log = tmp_path / "log"
        log.write_text("")
        result = subprocess.run(
            ["bash", "-c", SCRIPT, "test", wanted],
            env=os.environ
            | {
                "PATH": f"{tmp_path}:{os.environ['PATH']}",
                "PROJECT": str(PROJECT),
                "INSTALLED": installed,
                "LOG": str(log),
                "SYSTEMD": str(tmp_path if systemd else tmp_path / "none"),
                "KNOWN_UNIT": known_unit,
            },
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        return result, log.read_text().splitlines()

    return install


def installed_by(log):
    lines = [line for line in log if " install " in line]
    return [line.rpartition("--no-install-recommends ")[2] for line in lines]


def test_nothing_is_done_where_nothing_is_missing(install):
    result, log = install("git docker.io|docker-ce", installed="git docker-ce")
    assert (result.returncode, log) == (0, [])


def test_the_first_alternative_is_installed_where_none_is_there(install):
    result, log = install("git docker.io|docker-ce make", installed="make")
    assert result.returncode == 0, result.stderr
    assert installed_by(log) == ["git docker.io"]


def test_services_are_masked_meanwhile_and_disabled_afterwards(install):
    _, log = install("docker.io", known_unit="containerd.service")
    steps = [line for line in log if " cat " not in line and " update" not in line]
    services = "docker.service docker.socket docker-registry.service"
    assert steps[0] == f"systemctl --runtime mask {services}"
    assert steps[1].endswith("docker.io")
    assert steps[2] == f"systemctl --runtime unmask {services}"
    assert steps[3] == f"systemctl --quiet disable {services}"


def test_a_failed_installation_leaves_no_mask_and_says_so(install):
    result, log = install("broken")
    assert result.returncode == 1
    assert "hint: look at its message above" in result.stderr
    assert any(line.startswith("systemctl --runtime unmask") for line in log)


def test_without_systemd_nothing_is_masked(install):
    _, log = install("docker.io", systemd=False)
    assert not [line for line in log if line.startswith("systemctl")]


def test_a_cached_environment_does_not_stand_for_packages(tmp_path):
    project, programs, log = (tmp_path / n for n in ("project", "path", "log"))
    swift = {"swift": "echo Swift version 6.3.1"}
    write_programs(programs, FAKES | swift)
    venv = project / ".venv/bin"
    write_programs(
        venv, {"python": f'echo "pip $3" >>"{log}"', "pip": f"{venv}/python"}
    )
    libraries = ("bin/lib/packages.sh", "bin/lib/swift.sh")
    for name in ("bin/setup", *libraries, "ci/packages.txt"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, project / name)
    settings = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "INSTALLED": "",
        "LOG": str(log),
        "KNOWN_UNIT": "",
    }
    for pips in (1, 0):
        log.write_text("")
        subprocess.run(
            [project / "bin/setup"], env=os.environ | settings, check=True, timeout=600
        )
        lines = log.read_text().splitlines()
        assert lines.count("pip install") == pips
        (packages,) = installed_by(lines)
        assert "libjansson-dev" in packages

"""What containers of the engine need of this machine, mounted so that no image keeps it."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path

from localcloud.machines.injection import (
    CA_VARIABLES,
    host_apt_proxies,
    host_ca_bundle,
    host_pip_settings,
    host_proxies,
    pip_configuration,
)

# `/dev` is never part of an image: a mount point there leaves nothing behind in a commit.
GUEST_FOLDER = "/dev/localcloud"
WRAPPER = Path(__file__).with_name("runtime_wrapper.py")


def injected_files(environment: dict[str, str]) -> dict[str, str]:
    """Return the files to mount, by name; `environment.json` is what containers get to see.

    There is nothing where this machine reaches its package sources directly. The containers
    share this machine's network, so that addresses need no translation.
    """
    files: dict[str, str] = {}
    variables = host_proxies(environment)
    apt, pip = host_apt_proxies(), host_pip_settings()
    if bundle := host_ca_bundle(environment):
        path = f"{GUEST_FOLDER}/ca-bundle.crt"
        files["ca-bundle.crt"] = bundle.read_text()
        variables |= dict.fromkeys(CA_VARIABLES, path)
        pip["cert"] = path
        apt.append(f'Acquire::https::CaInfo "{path}";')
    if apt:
        files["apt.conf"] = "\n".join([*apt, ""])
        variables["APT_CONFIG"] = f"{GUEST_FOLDER}/apt.conf"
    if pip:
        files["pip.conf"] = pip_configuration(pip)
        variables["PIP_CONFIG_FILE"] = f"{GUEST_FOLDER}/pip.conf"
    if variables:
        files["environment.json"] = json.dumps(variables)
    return files


def write_runtime(folder: Path, environment: dict[str, str]) -> Path | None:
    """Write the OCI runtime that adds the files to each container, if there are any.

    It is runc, behind a script that changes only what creates a container or a process in it.
    """
    injected, runc = folder / "injected", shutil.which("runc")
    shutil.rmtree(injected, ignore_errors=True)
    files = injected_files(environment)
    if not files or runc is None:
        return None
    injected.mkdir()
    for name, content in files.items():
        (injected / name).write_text(content)
    runtime = folder / "runtime"
    runtime.write_text(runtime_script(injected, runc))
    runtime.chmod(0o755)
    return runtime


def runtime_script(injected: Path, runc: str) -> str:
    """Return the script; Python costs its start-up only where there is something to add."""
    wrapper = [sys.executable, "-I", "-S", str(WRAPPER), str(injected), GUEST_FOLDER]
    return (
        "#!/bin/sh\n"
        'case " $* " in\n'
        f'  *" create "* | *" exec "*) {shlex.join(wrapper)} "$@" || exit 1 ;;\n'
        "esac\n"
        f'exec {shlex.quote(runc)} "$@"\n'
    )

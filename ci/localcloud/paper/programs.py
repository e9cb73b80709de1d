"""Puts the programs that stand in for others into a folder that holds what they read and leave."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

SOURCES = Path(__file__).parent
# Beside the file name of the stand-in: how Python starts it. `-S` spares what only packages need.
ANSIBLE_RUNNER = ("ansible_runner.py", "-ESs")
QEMU = ("qemu.py", "-Es")
PLAYBOOK_VERSION = "ansible-playbook [core 2.17 (a stand-in)]"


def install_ansible_runner(folder: Path) -> dict[str, str]:
    """Install `ansible-runner`; return the variable that makes `dssbatch` use it."""
    program = _install(folder / "ansible-runner", *ANSIBLE_RUNNER)
    # The runner would start the one beside it; only its version is ever asked for.
    _write(folder / "ansible-playbook", f"echo {shlex.quote(PLAYBOOK_VERSION)}")
    return {"DSS_ANSIBLE_RUNNER": str(program)}


def install_qemu(folder: Path) -> dict[str, str]:
    """Install `qemu-system-x86_64`; return the variable that makes `dssbatch` use it."""
    return {"DSS_QEMU": str(_install(folder / "qemu-system-x86_64", *QEMU))}


def _install(program: Path, source: str, flags: str) -> Path:
    # A script rather than a first line with Python's path, which may hold blanks.
    words = [sys.executable, flags, str(SOURCES / source), str(program.parent)]
    _write(program, f'exec {shlex.join(words)} "$@"')
    return program


def _write(program: Path, command: str) -> None:
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)

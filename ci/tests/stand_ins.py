"""Stand-ins for the project's programs, over which the commands of a CI service run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SAY = '#!/bin/sh\nprintf "%s\\n" "${0##*/}" "$@" >>"$SAID"\n'
SWIFT = "/opt/swift/usr/bin"


class StandIns:
    """A project folder whose programs only say with which words they were called."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._said = folder / "said"
        for program in ("setup", "test", "dssbatch"):
            self._write(f"bin/{program}", SAY)
        self._write("ci/lint", SAY)
        self._write("path/aws", SAY)
        self._write("path/sudo", '#!/bin/sh\nexec "$@"\n')
        self._write("ci/install-swift.sh", f"#!/bin/sh\necho {SWIFT}\n")

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def run(self, commands: str, **variables: str) -> None:
        """Run commands in the folder; the first that fails ends them, and the test."""
        search = {"PATH": f"{self.folder / 'path'}:{os.environ['PATH']}"}
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=self.folder,
            env=os.environ | {"SAID": str(self._said)} | search | variables,
            check=True,
            timeout=600,
        )

    def said(self) -> list[str]:
        """Return the words of all calls."""
        return self._said.read_text().splitlines()

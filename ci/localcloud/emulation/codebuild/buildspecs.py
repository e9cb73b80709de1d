"""Buildspecs of CodeBuild, as far as builds here need them.

Source: https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

import yaml

DEFAULT_FILE = "buildspec.yml"
# By their names in the file.
PHASES = ("install", "pre_build", "build", "post_build")


class BuildspecError(Exception):
    """What is wrong with a buildspec."""


@dataclass
class Phase:
    """The commands of one phase."""

    name: str
    commands: list[str] = field(default_factory=list)
    finally_commands: list[str] = field(default_factory=list)
    continues: bool = False


@dataclass
class Buildspec:
    """One buildspec, version 0.2."""

    shell: str
    variables: dict[str, str]
    phases: list[Phase]
    cached: list[str]

    def script(self) -> str:
        """Return a shell script that runs all phases, and says on descriptor 3 how it goes."""
        return "\n".join([PRELUDE, *(phase_script(p) for p in self.phases), "exit 0\n"])


# Every command is run by the one shell, so that what it sets is there for the next.
PRELUDE = r"""
run_command() {
  printf '[Container] %s Running command %s\n' "$(date -u '+%Y/%m/%d %H:%M:%S.%6N')" "$1"
  printf 'command %s\n' "$(printf %s "$1" | head -n 1)" >&3
  eval "$1" 3>&-
}
"""


def phase_script(phase: Phase) -> str:
    """Return the part of one phase."""
    name = phase.name.upper()
    runs = " && ".join(f"run_command {shlex.quote(c)}" for c in phase.commands) or ":"
    last = "\n".join(f"run_command {shlex.quote(c)}" for c in phase.finally_commands)
    # A build that failed still has its last phase; one that failed earlier has no other.
    goes_on = phase.continues or phase.name in ("build", "post_build")
    return f"""
printf 'begin {name}\\n' >&3
status=0
{{ {runs}; }} || status=$?
{last or ":"}
printf 'end {name} %s\\n' "$status" >&3
if [ "$status" != 0 ]; then
  CODEBUILD_BUILD_SUCCEEDING={1 if phase.continues else 0}
  {":" if goes_on else "exit 0"}
fi
"""


def is_text(given: str) -> bool:
    """Return whether a buildspec is given as text, and not as a file of the source."""
    return "\n" in given or ": " in given or given.lstrip().startswith("{")


def parse(text: str) -> Buildspec:
    """Read a buildspec.

    Raises:
        BuildspecError: it is none, or asks for something that is not known here.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildspecError(f"YAML syntax: {error}") from error
    if not isinstance(document, dict) or str(document.get("version")) != "0.2":
        raise BuildspecError("a buildspec of version 0.2 is needed")
    env = document.get("env") or {}
    shell = env.get("shell", "sh")
    if shell not in ("bash", "sh"):
        raise BuildspecError(f"no shell `{shell}`")
    phases = document.get("phases") or {}
    if unknown := set(phases) - set(PHASES):
        raise BuildspecError(f"no phase {sorted(unknown)}")
    return Buildspec(
        shell=shell,
        variables={k: str(v) for k, v in (env.get("variables") or {}).items()},
        phases=[_phase(name, phases[name] or {}) for name in PHASES if name in phases],
        cached=_cached(document.get("cache") or {}),
    )


def _phase(name: str, members: dict[str, Any]) -> Phase:
    commands = [str(c) for c in members.get("commands") or []]
    last = [str(c) for c in members.get("finally") or []]
    return Phase(name, commands, last, members.get("on-failure") == "CONTINUE")


def _cached(cache: dict[str, Any]) -> list[str]:
    """Return the folders that are kept: `.build` for `.build/**/*`."""
    folders = []
    for path in cache.get("paths") or []:
        folder = path.split("/*", 1)[0]
        if folder.startswith(("/", "..")) or not folder:
            raise BuildspecError(f"only folders of the source are cached, not `{path}`")
        folders.append(folder)
    return folders

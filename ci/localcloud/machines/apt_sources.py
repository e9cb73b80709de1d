"""This machine's own Debian package sources: the base machine takes its packages from them."""

from __future__ import annotations

import platform
import re
from pathlib import Path


class AptSourcesError(Exception):
    """This machine names no Debian package source to build a machine from."""


def host_codename() -> str:
    """Return this machine's Debian release name, `bookworm` for instance."""
    return platform.freedesktop_os_release().get("VERSION_CODENAME", "")


def host_sources(etc_apt: Path = Path("/etc/apt")) -> str:
    """Return this machine's sources of its own release as one deb822 text.

    Other vendors' sources are left out: their keys are not in the new machine.
    """
    codename = host_codename()
    stanzas = []
    for path in sorted(etc_apt.glob("sources.list.d/*.sources")):
        stanzas += [
            s for s in _stanzas(path.read_text()) if _is_of_release(s, codename)
        ]
    for path in [
        etc_apt / "sources.list",
        *sorted(etc_apt.glob("sources.list.d/*.list")),
    ]:
        if path.is_file():
            stanzas += _from_one_line_style(path.read_text(), codename)
    if not stanzas:
        raise AptSourcesError(
            f"no apt source for `{codename}` under `{etc_apt}`: machines are built on Debian only"
        )
    return "\n\n".join(stanzas) + "\n"


def _stanzas(text: str) -> list[str]:
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return [
        part.strip() for part in re.split(r"\n\s*\n", "\n".join(lines)) if part.strip()
    ]


def _is_of_release(stanza: str, codename: str) -> bool:
    fields = dict(re.findall(r"^([A-Za-z-]+):[ \t]*(.*)$", stanza, flags=re.MULTILINE))
    suites = fields.get("Suites", "").split()
    return (
        "deb" in fields.get("Types", "").split()
        and fields.get("Enabled", "yes").lower() != "no"
        and any(
            re.fullmatch(rf"{re.escape(codename)}(-\w+)*", suite) for suite in suites
        )
    )


def _from_one_line_style(text: str, codename: str) -> list[str]:
    stanzas = []
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[([^]]*)]\s+)?(\S+)\s+(\S+)\s+(.+)", line.strip())
        if match is None or not re.fullmatch(
            rf"{re.escape(codename)}(-\w+)*", match[3]
        ):
            continue
        stanza = (
            f"Types: deb\nURIs: {match[2]}\nSuites: {match[3]}\nComponents: {match[4]}"
        )
        for option in (match[1] or "").split():
            name, _, value = option.partition("=")
            if name == "signed-by":
                stanza += f"\nSigned-By: {value}"
        stanzas.append(stanza)
    return stanzas

"""Which of a machine's packages and files a container's base image has: the least that works."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

# apt is what a base image has beyond what dpkg calls required.
ROOTS = ("apt",)
DPKG = "var/lib/dpkg"
MERGED_INTO_USR = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Folders whose content no package owns and a machine made for itself; the folders stay.
EMPTIED = frozenset(
    {
        "boot",
        "dev",
        *(f"etc/rc{level}.d" for level in "0123456S"),
        "etc/systemd/system",
        "etc/systemd/user",
        "proc",
        "root",
        "run",
        "sys",
        "tmp",
        "var/cache/apt",
        "var/lib/apt/lists",
        "var/lib/cloud",
        "var/lib/systemd",
        "var/log",
        "var/tmp",
    }
)
# Docker mounts its own over some; what the others name is not there.
LEFT_OUT = frozenset(
    {
        "etc/.resolv.conf.systemd-resolved.bak",
        "etc/hostname",
        "etc/hosts",
        "etc/mtab",
        "etc/resolv.conf",
        "initrd.img",
        "initrd.img.old",
        "vmlinuz",
        "vmlinuz.old",
    }
)
DPKG_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Package:
    """What the choice depends on; each dependency is a list of alternatives."""

    is_required: bool
    dependencies: list[list[str]] = field(default_factory=list)
    provides: list[str] = field(default_factory=list)


def installed_packages(root: Path) -> dict[str, Package]:
    """Return the packages of a root file system by name."""
    fields = ("Package", "Essential", "Priority", "Pre-Depends", "Depends", "Provides")
    output = subprocess.run(
        [
            "dpkg-query",
            f"--admindir={root / DPKG}",
            "--show",
            "--showformat=" + "\\t".join(f"${{{name}}}" for name in fields) + "\\n",
        ],
        capture_output=True,
        text=True,
        timeout=DPKG_TIMEOUT_SECONDS,
        check=True,
    ).stdout
    packages = {}
    for line in output.splitlines():
        name, essential, priority, *relations = line.split("\t")
        before, depends, provides = map(parse_relations, relations)
        packages[name] = Package(
            essential == "yes" or priority == "required",
            before + depends,
            [provided for alternatives in provides for provided in alternatives],
        )
    return packages


def parse_relations(text: str) -> list[list[str]]:
    """Return the names of `a (>= 1) | b, c:any`, versions and architectures left out."""
    return [
        [re.split(r"[ :(\[]", part.strip())[0] for part in group.split("|")]
        for group in text.split(",")
        if group.strip()
    ]


def container_packages(packages: dict[str, Package]) -> set[str]:
    """Return the required packages, `ROOTS`, and all that those depend on."""
    providers: dict[str, list[str]] = {name: [name] for name in packages}
    for name, package in packages.items():
        for provided in package.provides:
            providers.setdefault(provided, []).append(name)
    wanted = [name for name, package in packages.items() if package.is_required]
    wanted += [name for name in ROOTS if name in packages]
    kept: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in kept:
            continue
        kept.add(name)
        for alternatives in packages[name].dependencies:
            # As apt does, the first alternative that is there.
            there = [p for choice in alternatives for p in providers.get(choice, [])]
            wanted += there[:1]
    return kept


def container_paths(root: Path, kept: set[str], left_out: set[str]) -> Iterator[str]:
    """Yield the relative paths of a base image: the kept packages' and what no package owns."""
    ours, theirs = _owned(root, kept), _owned(root, left_out)
    excluded = theirs - ours

    def walk(folder: str) -> Iterator[str]:
        with os.scandir(root / folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if path in excluded or path in LEFT_OUT:
                    continue
                if folder in EMPTIED and path not in ours:
                    continue
                yield path
                if entry.is_dir(follow_symlinks=False):
                    yield from walk(path)

    for path in walk(""):
        if not _is_dpkg_info_of(path, left_out):
            yield path


def _owned(root: Path, names: set[str]) -> set[str]:
    links = {top for top in MERGED_INTO_USR if (root / top).is_symlink()}
    paths = set()
    for listing in (root / DPKG / "info").glob("*.list"):
        if package_of(listing.stem) in names:
            for line in listing.read_text().splitlines():
                path = line.strip("/")
                is_link = path.partition("/")[0] in links and "/" in path
                paths.add(f"usr/{path}" if is_link else path)
    return paths - {"", "."}


def _is_dpkg_info_of(path: str, names: set[str]) -> bool:
    folder, _, name = path.rpartition("/")
    return folder == f"{DPKG}/info" and package_of(name.rpartition(".")[0]) in names


def package_of(name: str) -> str:
    """Return the package of `name:architecture`, as dpkg names files and packages."""
    return name.partition(":")[0]


def without_stanzas(status: str, names: set[str]) -> str:
    """Return dpkg's status file without some packages."""
    stanzas = [stanza for stanza in status.split("\n\n") if stanza.strip()]
    return "".join(
        stanza.strip("\n") + "\n\n"
        for stanza in stanzas
        if re.search(r"^Package: (\S+)$", stanza, re.MULTILINE)[1] not in names
    )


def without_triggers(lines: Iterable[str], names: set[str]) -> str:
    """Return one of dpkg's trigger files without some packages, which come last in a line."""
    kept = []
    for line in lines:
        words = line.split()
        if words and package_of(words[-1].partition("/")[0]) not in names:
            kept.append(f"{line}\n")
    return "".join(kept)

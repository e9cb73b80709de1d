"""Writes down what is installed on this machine, the same bytes for the same machine.

inventory.py FILE [--environment GLOB]... [--repository FOLDER]...
"""

import argparse
import glob
import json
import os
import platform
import re
import subprocess
from importlib import metadata
from urllib.parse import urlsplit, urlunsplit

TIMEOUT_SECONDS = 1800
APT_FIELDS = {
    "name": "Package",
    "version": "Version",
    "architecture": "Architecture",
    "source": "source:Package",
    "sourceVersion": "source:Version",
}
KERNEL = re.compile(r"linux-image-(?:unsigned-)?(\d.*)")


def output(*command: str) -> str:
    """Returns what a command writes, or fails as it does."""
    result = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT_SECONDS
    )
    return result.stdout


def apt_packages() -> list[dict[str, str]]:
    """Returns the packages that dpkg has installed."""
    fields = "\t".join(f"${{{field}}}" for field in APT_FIELDS.values())
    listed = output(
        "dpkg-query", "--show", f"--showformat=${{db:Status-Status}}\t{fields}\n"
    )
    rows = [line.split("\t") for line in listed.splitlines()]
    packages = [dict(zip(APT_FIELDS, row[1:])) for row in rows if row[0] == "installed"]
    return sorted(
        packages, key=lambda package: (package["name"], package["architecture"])
    )


def kernel(packages: list[dict[str, str]]) -> str:
    """Returns the newest kernel that is installed; a container has none."""
    found = (KERNEL.fullmatch(package["name"]) for package in packages)
    releases = [match.group(1) for match in found if match]
    return max(
        releases, key=lambda r: [int(n) for n in re.findall(r"\d+", r)], default=""
    )


def system(packages: list[dict[str, str]]) -> dict[str, str]:
    """Returns what the distribution says of itself."""
    release = platform.freedesktop_os_release()
    return {
        "id": release["ID"],
        "versionId": release.get("VERSION_ID", ""),
        "prettyName": release.get("PRETTY_NAME", ""),
        "kernel": kernel(packages),
        "architecture": output("dpkg", "--print-architecture").strip(),
    }


def environments(patterns: list[str]) -> list[str]:
    """Returns the Python environments that the patterns name."""
    found = {path for pattern in patterns for path in glob.glob(pattern)}
    return sorted(path for path in found if os.path.isfile(f"{path}/pyvenv.cfg"))


def pip_packages(environment: str) -> list[dict[str, str]]:
    """Returns the packages of a Python environment, by their normalised names."""
    folders = glob.glob(f"{environment}/lib/python3*/site-packages")
    packages = {
        re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower(): found.version
        for found in metadata.distributions(path=folders)
    }
    return [{"name": name, "version": packages[name]} for name in sorted(packages)]


def without_account(url: str) -> str:
    """Returns a URL without the user and password that may stand in it."""
    parts = urlsplit(url)
    if not parts.scheme:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def repository(path: str) -> dict[str, object]:
    """Returns where a clone comes from and what is checked out."""
    git = ("git", "-C", path)
    lines = output(
        *git,
        "submodule",
        "--quiet",
        "foreach",
        "--recursive",
        'echo "$sha1 $displaypath"',
    ).splitlines()
    submodules = [dict(zip(("commit", "path"), line.split(" ", 1))) for line in lines]
    return {
        "path": path,
        "url": without_account(output(*git, "remote", "get-url", "origin").strip()),
        "commit": output(*git, "rev-parse", "HEAD").strip(),
        "describe": output(*git, "describe", "--tags", "--always").strip(),
        "submodules": sorted(submodules, key=lambda submodule: submodule["path"]),
    }


def main() -> None:
    """Writes the inventory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--environment", action="append", default=[])
    parser.add_argument("--repository", action="append", default=[])
    arguments = parser.parse_args()
    apt = apt_packages()
    inventory = {
        "schema": "dssbatch.inventory/1",
        "system": system(apt),
        "apt": apt,
        "pip": [
            {"environment": path, "packages": pip_packages(path)}
            for path in environments(arguments.environment)
        ],
        "repositories": [
            repository(path)
            for path in sorted(arguments.repository)
            if os.path.isdir(path)
        ],
    }
    with open(arguments.file, "w", encoding="utf-8") as file:
        json.dump(inventory, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()

"""Input that makes no sense: status 2, an error that points at the place, nothing started."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .program import Outcome, assert_error
from .project import MANIFEST, Project

Change = Callable[[dict[str, Any]], None]


def assert_at(outcome: Outcome, place: str) -> None:
    """Assert that the error points at a place."""
    places = [
        line.strip()
        for line in outcome.stderr.splitlines()
        if line.startswith("  at: ")
    ]
    assert places, str(outcome)
    assert any(place in found for found in places), f"{place} in {places}"


# The text


def line_and_column(text: str, needle: str) -> str:
    """Return `line:column` of a piece of text."""
    before = text[: text.index(needle)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_syntax_error_names_line_and_column(bad: Project) -> None:
    text = bad.manifest_path.read_text().replace(
        '"kind": "release"', '"kind" "release"'
    )
    bad.manifest_path.write_text(text)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    line = line_and_column(text, '"kind"').partition(":")[0]
    assert_at(outcome, f"manifests/release.json:{line}:")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"region":', '"region": "eu-west-1", "region":'),
        ('"name":', '"n\\u0061me": "x", "name":'),
    ],
)
def test_duplicate_key(bad: Project, old: str, new: str) -> None:
    text = bad.manifest_path.read_text()
    assert old in text
    bad.manifest_path.write_text(text.replace(old, new, 1))
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2, old.strip('":'))
    assert_at(outcome, "manifests/release.json:")


@pytest.mark.parametrize("tail", ["x", "{}", "]", "// comment", "\x00"])
def test_trailing_garbage(bad: Project, tail: str) -> None:
    bad.manifest_path.write_text(bad.manifest_path.read_text() + tail)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    assert_at(outcome, "manifests/release.json:")


@pytest.mark.parametrize(
    "wrong", [b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"]
)
def test_bad_utf8(bad: Project, wrong: bytes) -> None:
    content = bad.manifest_path.read_bytes()
    bad.manifest_path.write_bytes(content.replace(b"Exasol", b"Exa" + wrong, 1))
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    assert_at(outcome, "manifests/release.json:")


@pytest.mark.parametrize(
    "content", [b"", b" \n", b"[", b"{", b"null", b"[]", b'"release"', b"7"]
)
def test_not_an_object(bad: Project, content: bytes) -> None:
    bad.manifest_path.write_bytes(content)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    assert_at(outcome, "manifests/release.json")


@pytest.mark.parametrize("depth", [200, 100_000])
def test_absurd_depth(bad: Project, depth: int) -> None:
    bad.manifest_path.write_text("[" * depth + "]" * depth)
    assert_error(bad.dssbatch(MANIFEST), 2)


# The values


def set_value(*path: str, value: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        manifest[path[-1]] = value

    return change


def drop(*path: str) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        del manifest[path[-1]]

    return change


BAD_VALUES: dict[str, tuple[Change, str, list[str]]] = {
    "unknown field": (
        set_value("regoin", value="x"),
        "#/regoin",
        ["`regoin`", "`region`"],
    ),
    "unknown nested field": (
        set_value("instance", "typ", value="x"),
        "#/instance/typ",
        ["`typ`", "`type`"],
    ),
    "unknown format": (
        set_value("export", "formats", value=["VHD", "VDMK"]),
        "#/export/formats/1",
        ["VDMK", "VMDK"],
    ),
    "format in lower case": (
        set_value("export", "formats", value=["vhd"]),
        "#/export/formats/0",
        ["vhd", "VHD"],
    ),
    "format twice": (
        set_value("export", "formats", value=["VHD", "VHD"]),
        "#/export/formats",
        [],
    ),
    "text for a number": (
        set_value("instance", "volumeGiB", value="100"),
        "#/instance/volumeGiB",
        ["100"],
    ),
    "number for a text": (set_value("region", value=3), "#/region", []),
    "text for a flag": (set_value("ami", "public", value="yes"), "#/ami/public", []),
    "object for an array": (
        set_value("export", "formats", value={}),
        "#/export/formats",
        [],
    ),
    "null": (set_value("assetId", value=None), "#/assetId", []),
    "fraction": (
        set_value("instance", "volumeGiB", value=10.5),
        "#/instance/volumeGiB",
        [],
    ),
    "port out of range": (
        set_value("instance", "sshPort", value=65536),
        "#/instance/sshPort",
        [],
    ),
    "missing section": (drop("ami"), "manifests/release.json", ["`ami`"]),
    "missing field": (drop("ami", "namePrefix"), "#/ami", ["`namePrefix`"]),
    "missing kind": (drop("kind"), "manifests/release.json", ["`kind`"]),
    "other kind": (
        set_value("kind", value="relaese"),
        "#/kind",
        ["relaese", "release"],
    ),
    "missing playbook": (
        set_value("provision", "playbook", value="ansible/absent.yml"),
        "#/provision/playbook",
        ["ansible/absent.yml"],
    ),
    "folder as playbook": (
        set_value("provision", "playbook", value="ansible"),
        "#/provision/playbook",
        [],
    ),
    "bad region": (set_value("region", value="Frankfurt"), "#/region", ["Frankfurt"]),
    "bad region to copy to": (
        set_value("ami", "copyToRegions", value=["us-east-1", "moon"]),
        "#/ami/copyToRegions/1",
        ["moon"],
    ),
    "bad address range": (
        set_value("instance", "ingressCidr", value="10.0.0.0/33"),
        "#/instance/ingressCidr",
        ["10.0.0.0/33"],
    ),
    "bad base": (
        set_value("ami", "base", value={"id": "i-0123"}),
        "#/ami/base/id",
        ["i-0123"],
    ),
    "two bases": (
        set_value("ami", "base", value={"id": "ami-0123abcd", "name": "x"}),
        "#/ami/base",
        [],
    ),
    "bad checksum": (
        set_value("export", "checksum", value="md5"),
        "#/export/checksum",
        ["md5"],
    ),
    "bucket without role": (
        set_value("export", "bucket", value="some-bucket"),
        "#/export",
        ["`role`"],
    ),
    "unknown bucket field": (
        set_value("export", "bucket", value={"stak": "x"}),
        "#/export/bucket",
        ["`stak`", "`stack`"],
    ),
}


@pytest.mark.parametrize("name", BAD_VALUES)
def test_bad_value_points_at_the_place(bad: Project, name: str) -> None:
    change, place, fragments = BAD_VALUES[name]
    bad.edit_manifest(change)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2, *fragments)
    assert_at(outcome, place)
    assert "Fatal error" not in outcome.stderr


@pytest.mark.parametrize("command", ["plan", "status", "graph"])
def test_every_command_checks_the_manifest(bad: Project, command: str) -> None:
    bad.set("regoin", value="x")
    assert_error(bad.dssbatch(command, MANIFEST), 2, "`regoin`", "`region`")


@pytest.mark.parametrize(
    "asset_id",
    [
        "",
        " leading",
        "-dash",
        ".",
        "../up",
        "a/b",
        "a*",
        "é",
        "a\nb",
        "x" * 65,
        "${x}",
        "a\tb",
    ],
)
def test_bad_asset_id(bad: Project, asset_id: str) -> None:
    bad.set("assetId", value=asset_id)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    assert_at(outcome, "#/assetId")


@pytest.mark.parametrize("asset_id", ["", "../up", "a/b"])
def test_bad_asset_id_on_the_command_line(bad: Project, asset_id: str) -> None:
    assert_error(bad.dssbatch(MANIFEST, f"--asset-id={asset_id}"), 2)


@pytest.mark.parametrize("prefix", ["", "/a", "a/", "a//b", "./a", "a/../b", ".."])
def test_bad_prefix(bad: Project, prefix: str) -> None:
    bad.set("export", "prefix", value=prefix)
    outcome = bad.dssbatch(MANIFEST)
    assert_error(outcome, 2)
    assert_at(outcome, "#/export/prefix")

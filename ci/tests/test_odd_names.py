"""Names with every character that is allowed: they are signed, encoded and stored as they are."""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Callable

import pytest

from .cloud import AssetView, Cloud
from .project import Project


@pytest.mark.parametrize(
    ("asset_id", "prefix"),
    [
        pytest.param(
            "Odd 1.0+b=1@x-y_z", "data_science_sandbox", marks=pytest.mark.slow
        ),
        ("Odd 2.0+b=1@x-y_z", "blanks and + signs/é*~/(a)@'b'!,;:=$&"),
        ("odd 3+x", "日本/~tilde/100%/a?b#c/[x]{y}|^`\\"),
        pytest.param("4", "~", marks=pytest.mark.slow),
    ],
)
def test_whole_release(
    make_project: Callable[..., Project], cloud: Cloud, asset_id: str, prefix: str
) -> None:
    project = make_project(asset_id)
    project.set("export", "prefix", value=prefix)
    mark = cloud.mark()
    project.run()
    assert {request["signature"] for request in cloud.requests(mark)} == {"ok"}
    view = AssetView(cloud, asset_id)
    folder = f"{prefix}/{asset_id}"
    expected = {
        f"{folder}/exasol-data-science-sandbox-{asset_id}.{e}" for e in ("vhd", "vmdk")
    }
    assert set(view.exported(prefix)) == expected
    view.assert_nothing_runs()
    (image,) = view.images()
    assert image["Name"].startswith("Exasol-Data-Science-Sandbox-")
    assert len(image["Name"]) == len(f"Exasol-Data-Science-Sandbox-{asset_id}")
    for stage in ("export-vhd", "export-vmdk"):
        outputs = project.result(stage)["outputs"]
        url = urllib.parse.urlsplit(outputs["url"])
        assert url.query == url.fragment == ""
        assert urllib.parse.unquote(url.path) == "/" + outputs["key"]
        assert outputs["url"].isascii()
        assert " " not in outputs["url"]
    document = json.loads((project.results / "release.json").read_text())
    assert document["assetId"] == asset_id
    mark = cloud.mark()
    assert project.run().started() == set()
    assert cloud.operations(mark) == []


@pytest.mark.slow
def test_project_folder_with_odd_characters(project: Project) -> None:
    moved = project.folder / "a b'c\"d $(x) é *"
    project.root.rename(moved)
    project.root = moved
    project.manifest_path = moved / "manifests/release.json"
    project.run()
    assert len(project.view.exported()) == 2
    assert project.stale() == {}

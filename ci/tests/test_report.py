"""`dssbatch report`: one release from its recorded files alone, judged by other readers."""

from __future__ import annotations

import getpass
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import html5lib
import pytest

from .cloud import Cloud
from .matrix import FILE, Matrix
from .project import MANIFEST, Project
from .schemas import check

# What an element may load something by.
LOADING = ("src", "srcset", "data", "poster", "action", "background")


def report(project: Project, *options: str, manifest: str = MANIFEST) -> str:
    """What the program prints."""
    return project.dssbatch("report", manifest, *options, check=0).stdout


def document(project: Project, *options: str, manifest: str = MANIFEST) -> Any:
    """The report as JSON, of its published form."""
    found = json.loads(report(project, "--format", "json", *options, manifest=manifest))
    check("report", found)
    return found


def page(text: str) -> ElementTree.Element:
    """A page as a strict parser of the standard reads it."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: ElementTree.Element = parser.parse(text)
    return root


def test_tells_what_was_made_by_whom_and_where(released: Project) -> None:
    found = document(released)
    assert found["standing"] == "fresh" and found["failures"] == []
    names = {thing["name"]: thing for thing in found["made"]}
    assert released.result("ami")["outputs"]["imageId"] in names
    for stage in ("export-vhd", "export-vmdk"):
        outputs = released.result(stage)["outputs"]
        thing = names[outputs["url"]]
        assert thing["checksum"] == f"sha256:{outputs['sha256']}"
        assert thing["bytes"] == outputs["bytes"]
    (run,) = found["runs"]
    assert run["runId"] == released.result("ami")["runId"]
    assert run["by"] == {"user": getpass.getuser(), "host": socket.gethostname()}
    assert {step["stage"] for step in run["stages"]} == released.result_stages()
    tasks = {task["stage"] for task in found["slowestTasks"]}
    assert tasks == {"install", "reset-password"}


def test_what_an_older_program_did_not_record_is_unknown(released: Project) -> None:
    for path in released.results.glob("*.json"):
        record = json.loads(path.read_text())
        if record.pop("by", None):
            path.write_text(json.dumps(record))
    assert document(released)["runs"][0]["by"] is None
    assert "by unknown" in report(released)


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_needs_nobody_and_changes_nothing(
    released: Project, cloud: Cloud, form: str
) -> None:
    mark, before = cloud.mark(), released.snapshot()
    strangers = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
    }
    outcome = released.dssbatch(
        "report", MANIFEST, "--format", form, env=strangers, check=0
    )
    assert released.result("ami")["outputs"]["imageId"] in outcome.stdout
    assert outcome.stderr == ""
    assert cloud.requests(mark) == []
    assert released.snapshot() == before


def test_what_is_stale_is_told_with_its_reason(released: Project) -> None:
    released.set("export", "prefix", value="elsewhere")
    found = document(released)
    assert found["standing"] == "stale"
    stages = {stage["stage"]: stage for stage in found["stages"]}
    assert stages["ami"]["state"] == "fresh"
    assert stages["export-vmdk"]["state"] == "run"
    assert "/export/prefix" in stages["export-vmdk"]["reasons"][0]


def test_a_failure_is_told_with_hint_and_log(own_release: Project) -> None:
    (own_release.root / "ansible/sandbox.yml").write_text("# changed\n")
    own_release.set_runner(message="no <space> left | at all")
    own_release.run(check=1)
    found = document(own_release)
    assert found["standing"] == "failed" and len(found["runs"]) == 2
    (failure,) = found["failures"]
    assert failure["stage"] == "install"
    assert failure["error"] == own_release.result("install")["error"]
    text = "".join(page(report(own_release, "--format", "html")).itertext())
    assert "no <space> left | at all" in text


def test_a_log_is_told_by_its_path(own_release: Project) -> None:
    path = own_release.results / "install.json"
    record = json.loads(path.read_text())
    record |= {
        "status": "failed",
        "error": {"code": "a.b", "message": "m", "log": "install.log"},
    }
    path.write_text(json.dumps(record))
    (run, *_) = document(own_release)["runs"]
    assert {step["stage"]: step["status"] for step in run["stages"]}[
        "install"
    ] == "failed"
    own_release.set("ami", "namePrefix", value="Other")
    (failure,) = document(own_release)["failures"]
    assert failure["error"]["log"] == str(own_release.results / "install.log")


def test_packages_are_told_against_the_newest_older_release(released: Project) -> None:
    assert document(released)["packages"]["since"] is None
    inventory = json.loads((released.results / "ami.inventory.json").read_text())
    for name, day, version in (("a", 1, "0.1"), ("b", 2, "0.2"), ("c", 30, "0.3")):
        folder = released.results.parent / name
        folder.mkdir()
        made = {"createdAt": f"20{25 if day < 30 else 99}-01-{day:02}T00:00:00.000Z"}
        (folder / "release.json").write_text(json.dumps(made))
        package = inventory["apt"][0] | {"sourceVersion": version}
        (folder / "ami.inventory.json").write_text(
            json.dumps(inventory | {"apt": [package]})
        )
    packages = document(released)["packages"]
    assert packages["since"] == "b"
    source = inventory["apt"][0]
    change = {
        "name": source["source"],
        "before": "0.2",
        "after": source["sourceVersion"],
    }
    assert change in packages["images"][0]["changes"]


def test_results_in_s3_and_their_neighbours(released: Project, cloud: Cloud) -> None:
    client, prefix = cloud.client("s3"), f"reports/{released.asset_id}"
    for path in released.results.iterdir():
        if path.suffix in (".json", ".md"):
            client.upload_file(
                str(path), cloud.bucket, f"{prefix}/{released.asset_id}/{path.name}"
            )
    old = json.loads((released.results / "release.json").read_text())
    client.put_object(
        Bucket=cloud.bucket,
        Key=f"{prefix}/old/release.json",
        Body=json.dumps(old | {"createdAt": "2020-01-01T00:00:00.000Z"}).encode(),
    )
    client.upload_file(
        str(released.results / "ami.inventory.json"),
        cloud.bucket,
        f"{prefix}/old/ami.inventory.json",
    )
    found = document(released, "--results", f"s3://{cloud.bucket}/{prefix}")
    assert found["standing"] == "fresh"
    assert found["packages"]["since"] == "old"


def test_the_page_is_good_html_and_loads_nothing(released: Project) -> None:
    text = report(released, "--format", "html")
    root = page(text)
    for element in root.iter():
        assert element.tag not in ("link", "img", "iframe", "object", "embed", "base")
        assert not set(LOADING) & set(element.attrib), element.attrib
    assert "@import" not in text and "url(http" not in text
    judged = subprocess.run(
        ["tidy", "-quiet", "-errors", "--show-warnings", "yes"],
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    # It takes a drawing's title for the page's, and knows no SVG within HTML.
    said = [line.lower() for line in judged.stderr.splitlines()]
    unknown = ("svg", '<title> proprietary attribute "id"')
    assert [line for line in said if not any(part in line for part in unknown)] == []


def test_the_page_has_landmarks_captions_and_headers(released: Project) -> None:
    root = page(report(released, "--format", "html"))
    assert root.attrib["lang"] == "en"
    for landmark in ("header", "nav", "main", "footer"):
        assert len(root.findall(f".//{landmark}")) == 1, landmark
    tables = root.findall(".//table")
    assert len(tables) >= 4
    for table in tables:
        assert table.find("caption") is not None
        assert all(th.attrib["scope"] == "col" for th in table.findall("thead/tr/th"))
        for row in table.findall("tbody/tr"):
            assert row[0].tag == "th" and row[0].attrib["scope"] == "row"
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))


def test_a_matrix_is_a_table_of_its_releases(released: Project) -> None:
    matrix = Matrix(released, "ab")
    shutil.copytree(released.results, matrix.folder(matrix.ids[0]))
    found = document(released, manifest=FILE)
    assert [row["assetId"] for row in found["releases"]] == matrix.ids
    assert found["releases"][1]["status"] == "never ran"
    assert found["releases"][0]["formats"] == ["VHD", "VMDK"]
    assert page(report(released, "--format", "html", manifest=FILE)) is not None
    one = document(released, "--asset-id", matrix.ids[1], manifest=FILE)
    assert one["kind"] == "release" and one["assetId"] == matrix.ids[1]


@pytest.mark.parametrize("kind", ["release", "matrix"])
def test_a_job_of_github_actions_gets_the_report(
    make_project: Callable[..., Project], tmp_path: Path, kind: str
) -> None:
    project = make_project()
    manifest = MANIFEST if kind == "release" else str(Matrix(project, "a").path)
    summary = tmp_path / "summary.md"
    summary.write_text("# before\n")
    variables = {"GITHUB_STEP_SUMMARY": str(summary)}
    project.dssbatch(manifest, "--only", "source-ami", env=variables, check=0)
    written = summary.read_text()
    assert written.startswith("# before\n# Release")
    assert project.asset_id in written
    unwritable = {"GITHUB_STEP_SUMMARY": str(tmp_path / "none/summary.md")}
    outcome = project.dssbatch(
        manifest, "--only", "source-ami", env=unwritable, check=0
    )
    assert "warning: the job's summary gets no report" in outcome.stderr

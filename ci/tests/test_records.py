"""What is recorded is what is there, and what a newer program wrote is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .program import assert_error
from .project import MACHINE_CALLS, MANIFEST, Project

UPLOADED = ("ami.inventory.json", "ami.cdx.json")
WRITTEN = ("release.json", "artifacts.md")
COMMANDS = (
    (MANIFEST,),
    ("plan", MANIFEST),
    ("status", MANIFEST),
    ("clean", MANIFEST, "--yes"),
    ("update-release", "--release-id", "7"),
)


def gone(path: Path) -> None:
    path.unlink()


def torn(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def edited(path: Path) -> None:
    path.write_text(path.read_text() + "\n")


@pytest.mark.parametrize("spoil", [gone, torn, edited])
@pytest.mark.parametrize("name", WRITTEN)
def test_a_written_document_is_written_again(
    released: Project, name: str, spoil: Callable[[Path], None]
) -> None:
    path = released.results / name
    before = json.loads((released.results / "ami.json").read_text())
    spoil(path)
    word = "is gone" if spoil is gone else "was changed"
    assert released.stale()["release-notes"] == [f"document {name} {word}"]
    assert "ami" not in released.stale()
    mark = released.cloud.mark()
    outcome = released.run()
    assert outcome.stages("succeeded")[0] == "release-notes"
    assert path.is_file()
    assert not MACHINE_CALLS & set(released.cloud.operations(mark))
    assert json.loads((released.results / "ami.json").read_text()) == before
    assert released.stale() == {}


@pytest.mark.parametrize("spoil", [gone, torn])
@pytest.mark.parametrize("name", UPLOADED)
def test_an_uploaded_document_comes_back_from_the_bucket(
    released: Project, name: str, spoil: Callable[[Path], None]
) -> None:
    path = released.results / name
    before = path.read_bytes()
    spoil(path)
    assert next(iter(released.stale())) == "export-inventory"
    assert released.states()["ami"] == "fresh"
    mark = released.cloud.mark()
    released.run()
    assert path.read_bytes() == before
    assert not MACHINE_CALLS & set(released.cloud.operations(mark))
    assert released.stale() == {}


def test_what_is_nowhere_is_no_success(own_release: Project) -> None:
    name = UPLOADED[0]
    uploaded = own_release.result("export-inventory")["outputs"]
    own_release.cloud.client("s3").delete_object(
        Bucket=uploaded["bucket"], Key=uploaded["inventory"]["key"]
    )
    (own_release.results / name).unlink()
    outcome = own_release.dssbatch(MANIFEST)
    assert_error(outcome, 1, name, "is gone or was changed")


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_newer_result_stops_everything(
    released: Project, command: tuple[str, ...]
) -> None:
    path = released.results / "ami.json"
    record = json.loads(path.read_text())
    record["schema"] = "dssbatch.result/2"
    path.write_text(json.dumps(record))
    mark = released.cloud.mark()
    outcome = released.dssbatch(*command)
    assert_error(outcome, 2, "written by a newer dssbatch", str(path.name))
    assert not MACHINE_CALLS & set(released.cloud.operations(mark))
    assert json.loads(path.read_text()) == record


def test_a_journal_line_of_a_newer_program_stays(released: Project) -> None:
    line = {"line": "handed-over", "entry": "run/1", "to": "somebody"}
    path = released.results / "journal.ndjson"
    with path.open("a") as file:
        file.write(json.dumps(line) + "\n")
    released.run("--force", "release-notes")
    kept = [json.loads(text) for text in path.read_text().splitlines()]
    assert line in kept


def test_absurd_times_and_sizes_in_a_record_crash_nothing(project: Project) -> None:
    project.run()
    for stage in ("export-vhd", "export-vmdk"):
        path = project.results / f"{stage}.json"
        record = json.loads(path.read_text())
        record["seconds"] = 1e300
        record["outputs"]["bytes"] = (1 << 63) - 1
        path.write_text(json.dumps(record))
    for command in ("plan", "status", "report"):
        for options in ((), ("--json",)):
            project.dssbatch(command, MANIFEST, *options, check=0)
    project.dssbatch("plan", MANIFEST, "--force", "export", check=0)


def test_a_failure_keeps_its_causes(project: Project) -> None:
    project.set_runner(message="no space left on device")
    project.run(check=1)
    error = project.result("install")["error"]
    assert "no space left on device" in " ".join(error["causes"])
    stage = project.dssbatch("why", MANIFEST, "install", check=0).stdout
    for word in (error["message"], error["hint"], *error["causes"]):
        assert word in stage
    row = project.dssbatch("status", MANIFEST, "--json", check=0)
    (status,) = [x for x in row.events("status") if x["error"]]
    assert (status["stage"], status["error"]) == ("install", error)
    assert error["hint"]

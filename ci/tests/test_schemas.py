"""What the program writes is what its published schemas say, by jsonschema."""

from __future__ import annotations

import json

import jsonschema
import pytest

from .cloud import Cloud
from .program import assert_error
from .project import MANIFEST, Project
from .schemas import FOLDER, check, check_event, schema

KINDS = sorted(path.name.partition(".")[0] for path in FOLDER.glob("*.schema.json"))


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_schemas(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_prints_the_published_one(released: Project, kind: str) -> None:
    outcome = released.dssbatch("schema", kind, check=0)
    assert json.loads(outcome.stdout) == schema(kind)


def test_every_kind_is_offered(released: Project) -> None:
    outcome = released.dssbatch("schema", "--help", check=0)
    said = " ".join(outcome.stdout.split())
    kinds = said.partition("Kinds: ")[2].partition(".")[0].split(", ")
    assert sorted(kinds) == KINDS


def test_documents_of_a_release(released: Project) -> None:
    for kind, name in (
        ("release-document", "release.json"),
        ("inventory", "ami.inventory.json"),
    ):
        check(kind, json.loads((released.results / name).read_text()))


def test_a_plan_file(released: Project) -> None:
    released.dssbatch("plan", MANIFEST, "--force", "ami", "--output", "p", check=0)
    document = json.loads((released.root / "p").read_text())
    check("plan", document)
    assert any(stage["state"] == "run" for stage in document["stages"])


def test_lines_of_a_journal(own_release: Project) -> None:
    (own_release.root / "ansible/sandbox.yml").write_text("# changed\n")
    own_release.set_runner(message="it does not work")
    own_release.run(check=1)
    text = (own_release.results / "journal.ndjson").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        check("journal", line)
    assert {"intent", "created", "gone"} <= {line["line"] for line in lines}


def test_events_name_run_and_asset(session_release: Project) -> None:
    stream = min((session_release.folder / "streams").glob("*.out"))
    events = [json.loads(line) for line in stream.read_text().splitlines()]
    for event in events:
        check_event(event)
    recorded = session_release.result("ami")
    assert {event["runId"] for event in events} == {recorded["runId"]}
    assert {event["assetId"] for event in events} == {recorded["assetId"]}


@pytest.mark.parametrize(
    ("line", "status", "code"),
    [
        (["run", "--json", "--frce", "ami", MANIFEST], 2, "usage"),
        (["--json", "manifests/absent.json"], 2, "json.unreadable"),
        (["why", MANIFEST, "amii", "--json"], 2, "graph.unknown-selection"),
    ],
)
def test_an_error_that_ends_a_command_is_an_event(
    released: Project, cloud: Cloud, line: list[str], status: int, code: str
) -> None:
    outcome = released.dssbatch(*line)
    assert_error(outcome, status, "")
    event = outcome.events()[-1]
    check_event(event)
    assert event["event"] == "error" and event["code"].startswith(code)
    assert event["message"] in outcome.stderr


@pytest.mark.parametrize("command", ["status", "plan", "doctor", "show-aws-assets"])
def test_other_commands_write_events_of_known_forms(
    released: Project, command: str
) -> None:
    manifest = [MANIFEST] if command != "show-aws-assets" else []
    outcome = released.dssbatch(command, *manifest, "--json")
    events = outcome.events()
    assert events != []
    for event in events:
        check_event(event)

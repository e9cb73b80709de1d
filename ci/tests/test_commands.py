"""The commands beside `run` and `plan`: why, adopt, graph, schema, unlock, help."""

from __future__ import annotations

import shutil
import subprocess
from xml.etree import ElementTree

import pytest

from .cloud import Cloud
from .program import assert_error
from .project import DURABLE, MACHINE, MANIFEST, Project

COMMANDS = (
    "run",
    "plan",
    "status",
    "why",
    "adopt",
    "unlock",
    "graph",
    "report",
    "schema",
)


# why


def test_why_names_the_lowest_cause_and_the_chain(released: Project) -> None:
    playbook = released.root / "ansible/sandbox.yml"
    playbook.write_text(playbook.read_text() + "# changed\n")
    outcome = released.dssbatch("why", MANIFEST, "export-vhd", check=0)
    assert "file ansible/sandbox.yml changed" in outcome.stdout
    assert outcome.stdout.count("sha256:") >= 2
    for stage in ("install", "ami", "export-vhd"):
        assert stage in outcome.stdout


def test_why_of_a_fresh_stage(released: Project) -> None:
    outcome = released.dssbatch("why", MANIFEST, "export-vhd", check=0)
    assert "fresh" in outcome.stdout


def test_why_of_an_unknown_stage(released: Project) -> None:
    assert_error(released.dssbatch("why", MANIFEST, "export-vdh"), 2, "export-vhd")


# adopt


def test_adopt_an_image_and_an_object(own_release: Project, cloud: Cloud) -> None:
    image = own_release.result("ami")["outputs"]
    exported = own_release.result("export-vhd")["outputs"]
    shutil.rmtree(own_release.results)
    own_release.run("--only", "source-ami")
    own_release.dssbatch("adopt", MANIFEST, "ami", "--id", image["imageId"], check=0)
    adopted = own_release.result("ami")
    assert adopted["origin"] == "adopted"
    assert adopted["outputs"]["imageId"] == image["imageId"]
    assert own_release.states()["ami"] == "fresh"
    own_release.dssbatch(
        "adopt", MANIFEST, "export-vhd", "--id", exported["key"], check=0
    )
    assert own_release.result("export-vhd")["outputs"]["sha256"] == exported["sha256"]
    mark = cloud.mark()
    outcome = own_release.run()
    assert "ec2:CreateImage" not in cloud.operations(mark)
    assert cloud.operations(mark).count("ec2:ExportImage") == 1
    assert "export-vhd" not in outcome.started()


def test_adopt_checks_that_it_exists(released: Project) -> None:
    before = released.result("ami")
    outcome = released.dssbatch(
        "adopt", MANIFEST, "ami", "--id", "ami-0123456789abcdef0"
    )
    assert_error(outcome, 2, "ami-0123456789abcdef0")
    outcome = released.dssbatch(
        "adopt", MANIFEST, "export-vhd", "--id", "no/such/key.vhd"
    )
    assert_error(outcome, 2, "no/such/key.vhd")
    assert released.result("ami") == before


def test_a_machine_cannot_be_adopted(released: Project) -> None:
    outcome = released.dssbatch(
        "adopt", MANIFEST, "instance", "--id", "i-0123456789abcdef0"
    )
    assert_error(outcome, 2, "`instance`")


# graph, schema, help


def test_graph_as_text(released: Project) -> None:
    outcome = released.dssbatch("graph", MANIFEST, check=0)
    for stage in (*DURABLE, *MACHINE):
        assert stage in outcome.stdout


def test_graph_as_dot(released: Project) -> None:
    outcome = released.dssbatch("graph", MANIFEST, "--format", "dot", check=0)
    assert outcome.stdout.startswith("digraph")
    assert outcome.stdout.count("{") == outcome.stdout.count("}")
    if shutil.which("dot"):
        subprocess.run(
            ["dot", "-Tplain"],
            input=outcome.stdout,
            text=True,
            check=True,
            capture_output=True,
        )
    for stage in (*DURABLE, *MACHINE):
        assert stage in outcome.stdout
    assert "->" in outcome.stdout


def test_graph_as_mermaid(released: Project) -> None:
    outcome = released.dssbatch("graph", MANIFEST, "--format", "mermaid", check=0)
    assert outcome.stdout.split()[0] in ("flowchart", "graph")
    assert "-->" in outcome.stdout


def test_graph_as_svg_is_xml_that_says_all(released: Project) -> None:
    outcome = released.dssbatch("graph", MANIFEST, "--format", "svg", check=0)
    name = "{http://www.w3.org/2000/svg}"
    root = ElementTree.fromstring(outcome.stdout)
    assert root.tag == f"{name}svg" and root.find(f"{name}title") is not None
    shown = {text.text for text in root.iter(f"{name}text")}
    described = root.findtext(f"{name}desc")
    assert described is not None
    for stage in (*DURABLE, *MACHINE):
        assert stage in shown and stage in described


def test_graph_refuses_other_formats(released: Project) -> None:
    assert_error(released.dssbatch("graph", MANIFEST, "--format", "jpeg"), 2, "jpeg")


def test_schema_of_an_unknown_kind(released: Project) -> None:
    assert_error(released.dssbatch("schema", "relaese"), 2, "release")


def test_version(released: Project) -> None:
    outcome = released.dssbatch("--version", check=0)
    assert outcome.stdout.strip()
    assert outcome.stderr == ""
    assert released.result("ami")["tool"].endswith(outcome.stdout.split()[-1])


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(released: Project, command: str) -> None:
    outcome = released.dssbatch(*command.split(), "--help", check=0)
    assert "USAGE: dssbatch" in outcome.stdout
    assert outcome.stderr == ""
    if not command:
        for name in COMMANDS:
            assert name in outcome.stdout


def test_run_can_be_named(released: Project) -> None:
    assert released.dssbatch("run", MANIFEST, check=0).stdout == ""


def test_other_folder_as_working_directory(released: Project) -> None:
    outcome = released.dssbatch("plan", str(released.manifest_path), "--json", check=0)
    assert {stage["state"] for stage in outcome.plan().values()} == {"fresh"}


def test_asset_id_and_results_from_the_command_line(
    released: Project, cloud: Cloud
) -> None:
    states = released.states("--asset-id", "another")
    assert states["ami"] == "run"
    states = released.states("--results", str(released.folder / "other"))
    assert states["ami"] == "run"


# unlock


def test_unlock_where_nothing_is_locked(released: Project) -> None:
    outcome = released.dssbatch("unlock", MANIFEST, "--run-id", "nobody")
    assert outcome.status in (1, 2), str(outcome)
    assert_error(outcome, outcome.status)

"""Where results may be: a folder, one of the local cloud's own, or S3 and no other address."""

from __future__ import annotations

import json

import pytest

from .matrix import FILE, Matrix
from .program import assert_error
from .project import MANIFEST, Project

LOOKUP = ("--only", "source-ami")


@pytest.mark.parametrize(
    "place",
    [
        "S3://bucket/x",
        "s3:/bucket",
        "file:out",
        "http://x/y",
        "https:x",
        "$HOME/x",
        "~nobody-is-called-so/x",
        "",
    ],
)
def test_an_address_that_is_none_is_a_usage_error(bad: Project, place: str) -> None:
    for command in ([MANIFEST], ["plan", MANIFEST]):
        outcome = bad.dssbatch(*command, "--results", place)
        assert_error(outcome, 2, "neither a folder nor an address in S3")


@pytest.mark.parametrize("place", ["~/x", "$HOME/x", "file:x", "s3://bucket/x"])
@pytest.mark.parametrize(
    "command",
    [
        ["plan", MANIFEST, "--output"],
        [MANIFEST, "--plan"],
        ["distribute", "manifests/matrix.json", "--output"],
        ["show-aws-assets", "--output"],
        ["show-aws-assets", "--manifest"],
        ["setup-vm-bucket", "--manifest"],
        ["setup-ec2", "--ec2-key-name", "k", "--ec2-key-file"],
        ["reset-password", "--host-name", "h", "--ssh-private-key", "k"]
        + ["--password-file"],
        ["install-dependencies", "--host-name", "h", "--ssh-private-key"],
    ],
    ids=lambda command: f"{command[0]} {command[-1]}",
)
def test_no_option_takes_what_a_shell_left_for_the_name_of_a_file(
    bad: Project, command: list[str], place: str
) -> None:
    before = sorted(bad.root.iterdir())
    outcome = bad.dssbatch(*command[:-1], f"{command[-1]}={place}")
    assert_error(outcome, 2, command[-1], "./")
    assert sorted(bad.root.iterdir()) == before


def test_a_folder_may_begin_at_home(project: Project) -> None:
    project.run(*LOOKUP, "--results", "~/results")
    assert (project.folder / "home/results" / project.asset_id).is_dir()
    assert not (project.root / "~").exists()


def test_a_manifests_place_is_read_in_the_same_way(bad: Project) -> None:
    bad.set("results", value="file:///tmp/x")
    assert_error(
        bad.dssbatch(MANIFEST), 2, "neither a folder nor", "release.json#/results"
    )


def test_a_local_run_keeps_its_results_apart(project: Project) -> None:
    bare = {name: None for name in project.cloud.environment}
    project.run("--local", *LOOKUP, env=bare)
    assert (project.root / "out-local" / project.asset_id).is_dir()
    assert not (project.root / "out").exists()
    project.run("--local", *LOOKUP, "--results", "given", env=bare)
    assert (project.root / "given" / project.asset_id).is_dir()
    assert not (project.root / "given-local").exists()


def test_a_local_run_says_once_where_an_older_program_recorded(
    project: Project,
) -> None:
    bare = {name: None for name in project.cloud.environment}
    project.run("--local", *LOOKUP, "--results", "out", env=bare)
    result = project.root / "out" / project.asset_id / "source-ami.json"
    document = json.loads(result.read_text())
    hint = f"`out/{project.asset_id}` holds results of an older program"
    # Those that say whose they are somebody has put there on purpose.
    assert hint not in project.dssbatch("plan", MANIFEST, "--local", env=bare).stderr
    del document["realm"]
    result.write_text(json.dumps(document))
    outcome = project.dssbatch("plan", MANIFEST, "--local", env=bare, check=0)
    (line,) = [row for row in outcome.stderr.splitlines() if hint in row]
    assert "--results out" in line
    for options in (("--results", "out"), ("--results", "other")):
        outcome = project.dssbatch("plan", MANIFEST, "--local", *options, env=bare)
        assert hint not in outcome.stderr
    project.run("--local", *LOOKUP, env=bare)
    assert hint not in project.dssbatch("plan", MANIFEST, "--local", env=bare).stderr


def test_a_local_run_of_a_matrix_says_so_too(project: Project) -> None:
    bare = {name: None for name in project.cloud.environment}
    matrix = Matrix(project)
    old = (MANIFEST, "--local", *LOOKUP, "--results", "out")
    project.dssbatch(*old, "--asset-id", matrix.ids[1], env=bare, check=0)
    result = matrix.folder(matrix.ids[1]) / "source-ami.json"
    document = json.loads(result.read_text())
    del document["realm"]
    result.write_text(json.dumps(document))
    hint = f"`out/{matrix.ids[1]}` holds results of an older program"
    for command in (["plan", FILE], ["status", FILE], [FILE, "--dry-run"]):
        outcome = project.dssbatch(*command, "--local", env=bare, check=0)
        assert outcome.stderr.count(hint) == 1
    one = ("--asset-id", matrix.ids[0])
    assert hint not in project.dssbatch("plan", FILE, "--local", *one, env=bare).stderr
    others = ("--results", "out")
    assert (
        hint not in project.dssbatch("plan", FILE, "--local", *others, env=bare).stderr
    )

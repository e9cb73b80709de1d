"""`clean` removes what is left and nothing else, and says what it cannot remove."""

from __future__ import annotations

import json
import secrets
import shlex
import signal
from collections.abc import Callable

import pexpect
import pytest

from .asset_search import Found, existing, find_tagged, make_things, without_ended
from .cloud import REGION, Cloud
from .program import RUN_TIMEOUT_SECONDS, Outcome, assert_error, binary
from .project import MANIFEST, Project
from .test_interruptions import MOMENTS, interrupt

OTHER_REGION = "eu-west-1"
DELETING = ("Delete", "Deregister", "Terminate", "Abort", "Cancel", "Put", "Create")


def clean(project: Project, *options: str, check: int = 0) -> Outcome:
    return project.dssbatch("clean", *options, check=check)


def changes(cloud: Cloud, since: int) -> list[str]:
    """Return the calls since a mark that change anything."""
    return [
        name
        for name in cloud.operations(since)
        if name.partition(":")[2].startswith(DELETING)
    ]


def left_of(cloud: Cloud, asset_id: str) -> Found:
    return without_ended(cloud, find_tagged(cloud, asset_id))


def removed(outcome: Outcome) -> set[str]:
    return {event["id"] for event in outcome.events("resource-deleted")}


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("key-imported", set()),
        ("playbook", set()),
        ("image-pending", set()),
        ("exports-active", {"ami", "snapshot", "object"}),
        ("copy-begun", {"ami", "snapshot", "object"}),
        pytest.param("change-set-pending", set(), marks=pytest.mark.slow),
        pytest.param("stack-in-progress", set(), marks=pytest.mark.slow),
        pytest.param(
            "stack-being-deleted", {"ami", "snapshot"}, marks=pytest.mark.slow
        ),
        pytest.param(
            "documents-uploaded", {"ami", "snapshot", "object"}, marks=pytest.mark.slow
        ),
        pytest.param(
            "copy-ended", {"ami", "snapshot", "object"}, marks=pytest.mark.slow
        ),
    ],
)
def test_clean_after_a_kill(
    project: Project, cloud: Cloud, name: str, stays: set[str]
) -> None:
    assert interrupt(project, cloud, MOMENTS[name], signal.SIGKILL) == -signal.SIGKILL
    cloud.settle()
    before = find_tagged(cloud, project.asset_id)
    assert before
    mark = cloud.mark()
    plan = clean(project, "--dry-run", "--json")
    assert changes(cloud, mark) == []
    planned = {
        (event["type"], event["id"])
        for event in plan.events("asset")
        if event["action"] == "remove"
    }
    outcome = clean(project, "--yes", "--json")
    left = left_of(cloud, project.asset_id)
    assert {kind for kind, _ in left} <= stays, left
    assert removed(outcome) <= {id_ for _, id_ in planned}
    assert without_ended(cloud, before) - left <= planned
    project.view.assert_nothing_runs()
    assert project.private_keys() == []
    mark = cloud.mark()
    assert "nothing to remove" in clean(project, "--yes").stderr
    assert changes(cloud, mark) == []
    clean(project, "--all", "--yes")
    assert left_of(cloud, project.asset_id) == set()


def test_run_after_clean(project: Project, cloud: Cloud) -> None:
    assert interrupt(project, cloud, MOMENTS["copy-begun"], signal.SIGKILL) != 0
    clean(project, "--yes")
    project.run()
    assert project.stale() == {}
    assert len(project.view.images()) == 1
    assert sorted(k.rpartition(".")[2] for k in project.view.exported()) == [
        "vhd",
        "vmdk",
    ]


def test_others_are_untouched(project: Project, cloud: Cloud) -> None:
    name = f"Exasol-Data-Science-Sandbox-{project.asset_id}"
    other = f"{project.asset_id}x"
    safe = {
        region: make_things(cloud, other, region, f"{name}x")
        | make_things(cloud, None, region, f"{name} copy")
        for region in (REGION, OTHER_REGION)
    }
    mine = make_things(cloud, project.asset_id, OTHER_REGION, name)
    folder = f"data_science_sandbox/{project.asset_id}"
    untagged = [f"{folder}/notes.txt", f"{folder}/export-ami-0123456789abcdef0.vhd"]
    s3 = cloud.client("s3")
    for key in untagged:
        s3.put_object(Bucket=cloud.bucket, Key=key, Body=b"mine")
    upload = s3.create_multipart_upload(
        Bucket=cloud.bucket,
        Key=f"{folder}/exasol-data-science-sandbox-{project.asset_id}.vhd",
    )["UploadId"]
    stacks = cloud.every("cloudformation", "describe_stacks")
    options = ("--all", "--yes", "--older-than", "0", "--region", "all")
    outcome = clean(project, *options, "--json")
    assert removed(outcome) == {id_ for _, id_ in mine}
    assert existing(cloud, mine, OTHER_REGION) == set()
    for region, things in safe.items():
        assert existing(cloud, things, region) == things
    assert set(project.view.objects()) == set(untagged)
    assert [u["UploadId"] for u in project.view.uploads()] == [upload]
    (kept,) = [e for e in outcome.events("asset") if e["action"] == "keep"]
    assert kept["id"] == upload
    assert shlex.split(kept["removeCommand"])[2] == "abort-multipart-upload"
    after = cloud.every("cloudformation", "describe_stacks")
    assert {s["StackId"] for s in after} == {s["StackId"] for s in stacks}


def test_age_of_what_only_its_tag_names(project: Project, cloud: Cloud) -> None:
    things = make_things(cloud, project.asset_id, REGION, project.asset_id)
    leftovers = {thing for thing in things if thing[0] not in ("ami", "snapshot")}
    mark = cloud.mark()
    outcome = clean(project, "--yes", "--json")
    assert changes(cloud, mark) == []
    reasons = {e["type"]: e["reason"] for e in outcome.events("asset")}
    assert "younger than 12h" in reasons["volume"]
    assert "--all" in reasons["ami"]
    clean(project, "--yes", "--older-than", "7d")
    assert existing(cloud, things, REGION) == things
    outcome = clean(project, "--yes", "--older-than", "0", "--json")
    assert removed(outcome) == {id_ for _, id_ in leftovers}
    assert existing(cloud, things, REGION) == things - leftovers


def test_all_takes_the_release_and_its_results(
    own_release: Project, cloud: Cloud
) -> None:
    before = find_tagged(cloud, own_release.asset_id)
    assert {"ami", "snapshot", "object"} <= {kind for kind, _ in before}
    mark = cloud.mark()
    assert "nothing to remove" in clean(own_release, "--yes").stderr
    assert changes(cloud, mark) == []
    assert own_release.stale() == {}
    outcome = clean(own_release, "--all", "--yes", "--json")
    assert left_of(cloud, own_release.asset_id) == set()
    assert removed(outcome) == {id_ for kind, id_ in before if kind != "export-task"}
    status = own_release.dssbatch("status", MANIFEST, "--json", check=0)
    words = {e["stage"]: e["status"] for e in status.events()}
    assert words["ami"] == words["export-vhd"] == words["release-notes"] == "removed"
    assert words["source-ami"] == "fresh"
    text = own_release.dssbatch("status", MANIFEST, check=0).stdout
    assert "removed by `dssbatch clean`" in text
    own_release.run()
    assert own_release.stale() == {}
    assert len(own_release.view.images()) == 1
    assert len(own_release.view.exported()) == 2


@pytest.mark.parametrize(
    ("operation", "kind", "command"),
    [
        ("ec2:DeleteVolume", "volume", "delete-volume"),
        ("ec2:DeregisterImage", "ami", "deregister-image"),
        ("ec2:DeleteKeyPair", "key-pair", "delete-key-pair"),
    ],
)
def test_what_cannot_be_removed_is_named(
    project: Project, cloud: Cloud, operation: str, kind: str, command: str
) -> None:
    things = make_things(cloud, project.asset_id, REGION, f"{project.asset_id} it's")
    (id_,) = [i for k, i in things if k == kind]
    cloud.add_faults(
        {"operation": operation, "status": 403, "code": "UnauthorizedOperation"}
    )
    options = ("--all", "--yes", "--older-than", "0")
    outcome = clean(project, *options, "--json", check=1)
    assert_error(outcome, 1, f"{kind} `", command)
    (error,) = [e for e in outcome.events("error") if kind in e["message"]]
    words = shlex.split(error["hint"].partition(": ")[2])
    assert words[:3] == ["aws", "ec2", command]
    assert f"{project.asset_id} it's" in words or id_ in words
    left = existing(cloud, things, REGION)
    assert (kind, id_) in left
    assert len(left) == (2 if kind == "ami" else 1), "the rest was not removed"
    clean(project, *options)
    assert existing(cloud, things, REGION) == set()


def test_dependencies_are_waited_for(project: Project, cloud: Cloud) -> None:
    things = make_things(cloud, project.asset_id, REGION, project.asset_id)
    cloud.add_faults(
        {
            "operation": "ec2:DeleteSecurityGroup",
            "status": 400,
            "code": "DependencyViolation",
            "count": 2,
        }
    )
    clean(project, "--yes", "--older-than", "0", "--all")
    assert cloud.unused_faults() == []
    assert existing(cloud, things, REGION) == set()


def test_journal_entry_stays_where_its_thing_stays(
    project: Project, cloud: Cloud
) -> None:
    assert interrupt(project, cloud, MOMENTS["key-imported"], signal.SIGKILL) != 0
    cloud.add_faults(
        {
            "operation": "ec2:DeleteKeyPair",
            "status": 403,
            "code": "UnauthorizedOperation",
        }
    )
    clean(project, "--yes", check=1)
    assert len(project.view.key_pairs()) == 1
    clean(project, "--yes")
    assert project.view.key_pairs() == []
    assert (project.results / "journal.ndjson").read_text() == ""


def begin_in_journal(project: Project, resource: str, name: str) -> None:
    """Let an interrupted run have begun something."""
    line = {
        "line": "intent",
        "entry": "r/1",
        "stage": "ami",
        "resource": resource,
        "region": REGION,
        "name": name,
        "assetId": project.asset_id,
        "runId": "r",
        "time": "2026-01-01T00:00:00.000Z",
    }
    project.results.mkdir(parents=True, exist_ok=True)
    (project.results / "journal.ndjson").write_text(json.dumps(line) + "\n")


def test_what_the_journal_names_and_another_made_stays(
    project: Project, cloud: Cloud
) -> None:
    name = f"{project.asset_id}-theirs"
    theirs = make_things(cloud, f"{project.asset_id}x", REGION, name)
    begin_in_journal(project, "ec2:image", name)
    outcome = clean(project, "--yes", "--json", check=1)
    (warning,) = [e["message"] for e in outcome.events("warning")]
    assert warning == (
        f"ec2:image `{name}` of the journal is not ours: left (it does not carry the "
        f"tag `exa_dss_id` of `{project.asset_id}`)"
    )
    assert removed(outcome) == set()
    assert existing(cloud, theirs, REGION) == theirs
    assert (project.results / "journal.ndjson").read_text() == ""
    assert "nothing to remove" in clean(project, "--yes").stderr


def test_what_another_version_began_stays_in_the_journal(
    project: Project, cloud: Cloud
) -> None:
    begin_in_journal(project, "lambda:function", "f")
    journal = (project.results / "journal.ndjson").read_text()
    mark = cloud.mark()
    outcome = clean(project, "--yes", check=1)
    assert_error(outcome, 1, "unknown `f`", "`lambda:function`", "with that one")
    assert changes(cloud, mark) == []
    assert (project.results / "journal.ndjson").read_text() == journal


def test_a_run_that_goes_on_is_left_alone(project: Project, cloud: Cloud) -> None:
    project.set_runner(seconds=900)
    running = project.start(MANIFEST)
    project.wait_for_playbook(running)
    mark = cloud.mark()
    outcome = project.dssbatch("clean", "--yes")
    assert_error(outcome, 75, "holds the lock")
    assert changes(cloud, mark) == []
    # Results elsewhere know nothing of that run: its machine is too young.
    elsewhere = str(project.folder / "elsewhere")
    cloud.see_all()
    outcome = clean(project, "--yes", "--results", elsewhere, "--json")
    kept = {e["type"] for e in outcome.events("asset") if e["action"] == "keep"}
    assert {"stack", "instance", "key-pair", "security-group"} <= kept
    warned = clean(project, "--dry-run")
    assert "holds the lock" in warned.stderr
    project.set_runner()
    assert running.outcome().status == 0


def test_without_a_terminal(bad: Project) -> None:
    assert_error(bad.dssbatch("clean"), 2, "--yes", "--dry-run")


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (["--older-than", "6"], "`6h`"),
        (["--older-than", "soon"], "is no age"),
        (["--asset-id", "3.*x"], "asset id"),
        (["no-such-file.json"], "no-such-file.json"),
    ],
)
def test_bad_options(bad: Project, options: list[str], fragment: str) -> None:
    assert_error(bad.dssbatch("clean", "--yes", *options), 2, fragment)


def test_dry_run_writes_nothing(project: Project, cloud: Cloud) -> None:
    things = make_things(cloud, project.asset_id, REGION, project.asset_id)
    mark, files = cloud.mark(), project.snapshot()
    outcome = clean(project, "--dry-run", "--all", "--older-than", "0")
    assert changes(cloud, mark) == []
    assert project.snapshot() == files
    lines = outcome.stdout.splitlines()
    assert len([line for line in lines if line.startswith("remove ")]) == len(things)
    assert existing(cloud, things, REGION) == things


@pytest.fixture
def ask(project: Project) -> Callable[[str], int]:
    """Run `clean` on a terminal, answer its question, and return the exit status."""

    def answer(text: str) -> int:
        child = pexpect.spawn(
            str(binary()),
            ["clean", "--older-than", "0"],
            env=project.environment | {"TERM": "dumb"},
            cwd=str(project.root),
            timeout=RUN_TIMEOUT_SECONDS,
        )
        child.expect(r"these \d+\? \[y/N\] ")
        child.sendline(text)
        child.expect(pexpect.EOF)
        child.close()
        return child.exitstatus

    return answer


@pytest.mark.parametrize("text", ["", "n", "yess"])
def test_any_other_answer_is_no(
    project: Project, cloud: Cloud, ask: Callable[[str], int], text: str
) -> None:
    things = make_things(cloud, project.asset_id, REGION, project.asset_id)
    assert ask(text) == 1
    assert existing(cloud, things, REGION) == things


def test_yes_on_the_terminal(
    project: Project, cloud: Cloud, ask: Callable[[str], int]
) -> None:
    name = f"ask-{secrets.token_hex(3)}"
    things = make_things(cloud, project.asset_id, REGION, name)
    assert ask("y") == 0
    left = existing(cloud, things, REGION)
    assert {kind for kind, _ in left} == {"ami", "snapshot"}


def test_a_disabled_image_is_found_with_its_snapshot(
    project: Project, cloud: Cloud
) -> None:
    project.run("--only", "ami")
    (image,) = project.view.images()
    ec2 = cloud.client("ec2")
    ec2.disable_image(ImageId=image["ImageId"])
    # An artifact, and so is its snapshot, though EC2 hides the image.
    clean(project, "--yes", "--older-than", "0")
    assert len(project.view.snapshots()) == 1
    clean(project, "--yes", "--older-than", "0", "--all")
    assert project.view.snapshots() == []
    mine = [{"Name": "tag:exa_dss_id", "Values": [project.asset_id]}]
    everything = ec2.describe_images(Filters=mine, IncludeDisabled=True)
    assert everything["Images"] == []

"""What makes stages stale, what does not, and what then runs."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .cloud import Cloud
from .project import EXPORTS, MACHINE, MACHINE_CALLS, MANIFEST, Project, reason_texts


def add_raw(project: Project) -> None:
    project.set("export", "formats", value=["VHD", "VMDK", "RAW"])


def role_file(project: Project) -> Path:
    """Return a task file of a role."""
    files = sorted(project.root.glob("ansible/roles/*/tasks/main.yml"))
    assert files, "the project has no roles"
    return files[0]


# A further format


def test_another_format_is_exported_from_the_recorded_ami(
    released: Project, cloud: Cloud
) -> None:
    add_raw(released)
    plan = {name for name, state in released.states().items() if state != "fresh"}
    assert plan == {"export-raw", "release-notes", "retire"}
    mark = cloud.mark()
    outcome = released.run()
    assert outcome.started() == {"export-raw", "release-notes", "retire"}
    assert MACHINE_CALLS & set(cloud.operations(mark)) == set()
    assert cloud.operations(mark).count("ec2:ExportImage") == 1
    document = (released.results / "release.json").read_text()
    assert released.result("export-raw")["outputs"]["sha256"] in document
    assert released.result("export-raw")["outputs"]["key"].endswith(".raw")
    assert released.stale() == {}


def test_only_export_starts_no_machine_and_no_notes(
    released: Project, cloud: Cloud
) -> None:
    add_raw(released)
    mark = cloud.mark()
    outcome = released.run("--only", "export")
    assert outcome.started() == {"export-raw"}
    assert MACHINE_CALLS & set(cloud.operations(mark)) == set()
    assert set(released.stale()) == {"release-notes", "retire"}


def test_a_format_taken_away_leaves_the_rest_alone(
    released: Project, cloud: Cloud
) -> None:
    released.set("export", "formats", value=["VHD"])
    mark = cloud.mark()
    assert released.run().started() == {"release-notes", "retire"}
    assert cloud.operations(mark, "creating") == []
    document = json.loads((released.results / "release.json").read_text())
    assert ".vmdk" not in json.dumps(document)


# Files


def test_an_edited_role_is_named_and_remakes_the_machine(released: Project) -> None:
    path = role_file(released)
    path.write_text(path.read_text() + "# changed\n")
    name = path.relative_to(released.root)
    outcome = released.dssbatch("plan", MANIFEST, "--explain", check=0)
    assert f"file {name} changed" in outcome.stdout
    states = released.states()
    assert {states[stage] for stage in MACHINE} == {"run"}
    # An image always comes out different.
    assert {states[stage] for stage in EXPORTS} == {"run"}
    assert states["source-ami"] == "fresh"
    assert states["release-notes"] == "run"


def test_an_edited_role_runs_from_the_instance_to_the_exports(
    own_release: Project,
) -> None:
    path = role_file(own_release)
    path.write_text(path.read_text() + "# changed\n")
    outcome = own_release.run()
    behind = {"ami-public", *EXPORTS, "release-notes", "retire"}
    assert outcome.started() == {*MACHINE, *behind} | {
        stage for stage in outcome.started() if stage.startswith("ami-")
    }
    assert own_release.stale() == {}
    view = own_release.view
    assert len(view.images()) == 1
    assert len(view.snapshots()) == 1
    # What is replaced stays a day for whoever downloads it.
    assert len(view.exported()) == 4
    view.assert_nothing_runs()


def test_a_touched_file_is_no_change(released: Project) -> None:
    os.utime(role_file(released))
    os.utime(released.root / "cfn/ec2.yaml")
    os.utime(released.manifest_path)
    assert released.stale() == {}


def test_a_change_taken_back_is_no_change(released: Project) -> None:
    path = role_file(released)
    content = path.read_bytes()
    path.write_bytes(content + b"# changed\n")
    assert released.stale() != {}
    path.write_bytes(content)
    assert released.stale() == {}


def test_an_edit_of_the_same_size_with_the_old_time_is_noticed(
    released: Project,
) -> None:
    path = role_file(released)
    released.run()
    status, content = path.stat(), path.read_bytes()
    changed = content.replace(b"e", b"a", 1)
    assert changed != content
    path.write_bytes(changed)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert path.stat().st_mtime_ns == status.st_mtime_ns
    reason = f"file {path.relative_to(released.root)} changed"
    assert reason in reason_texts(released.stale())


def test_an_edit_right_after_a_run_is_noticed(released: Project) -> None:
    path = role_file(released)
    content = path.read_bytes()
    for number in range(5):
        path.write_bytes(content + b"# fresh\n")
        path.write_bytes(content)
        assert released.run().started() == set()
        path.write_bytes(content.replace(b"e", b"a", 1))
        assert released.stale() != {}, f"round {number}"


@pytest.mark.parametrize("pause_seconds", [0, 1.2])
def test_an_edit_between_two_plans_is_noticed(
    released: Project, pause_seconds: float
) -> None:
    path = role_file(released)
    assert released.stale() == {}
    time.sleep(pause_seconds)
    path.write_bytes(path.read_bytes().replace(b"e", b"a", 1))
    assert released.stale() != {}


def test_added_and_removed_files_are_noticed(released: Project) -> None:
    added = released.root / "ansible/roles/extra/tasks/main.yml"
    added.parent.mkdir(parents=True)
    added.write_text("[]\n")
    removed = role_file(released)
    removed.unlink()
    reasons = reason_texts(released.stale())
    assert "file ansible/roles/extra/tasks/main.yml added" in reasons
    assert f"file {removed.relative_to(released.root)} removed" in reasons


def test_a_changed_execution_bit_is_noticed(released: Project) -> None:
    path = role_file(released)
    path.chmod(0o755)
    assert f"file {path.relative_to(released.root)} changed" in reason_texts(
        released.stale()
    )


def test_a_renamed_file_is_noticed(released: Project) -> None:
    path = role_file(released)
    path.rename(path.with_name("other.yml"))
    name = path.relative_to(released.root)
    reasons = reason_texts(released.stale())
    assert {
        f"file {name} removed",
        f"file {name.with_name('other.yml')} added",
    } <= reasons


def test_an_edited_template_remakes_the_machine(released: Project) -> None:
    path = released.root / "cfn/ec2.yaml"
    path.write_text(path.read_text() + "# changed\n")
    states = released.states()
    assert {states[stage] for stage in MACHINE} == {"run"}
    assert "file cfn/ec2.yaml changed" in reason_texts(released.stale())


def test_a_file_that_nothing_reads_is_no_input(released: Project) -> None:
    (released.root / "README.md").write_text("words\n")
    (released.root / "cfn/other.yaml").write_text("words\n")
    assert released.stale() == {}


# Looking up again


def test_refresh_with_the_same_answer_changes_nothing(
    released: Project, cloud: Cloud
) -> None:
    assert released.states("--refresh")["source-ami"] == "run"
    mark = cloud.mark()
    outcome = released.run("--refresh")
    assert outcome.started() == {"source-ami"}
    assert cloud.operations(mark, "creating") == []
    assert released.stale() == {}


@pytest.mark.slow
def test_refresh_with_a_newer_image_remakes_the_machine(
    own_release: Project, cloud: Cloud, base_images: Callable[[str], str]
) -> None:
    own_release.set(
        "ami",
        "base",
        value={"owner": "self", "architecture": "x86_64", "name": "e2e-base-*"},
    )
    first = base_images("e2e-base-1")
    own_release.run()
    assert own_release.result("source-ami")["outputs"]["imageId"] == first
    second = base_images("e2e-base-2")
    assert own_release.stale() == {}
    outcome = own_release.run("--refresh")
    assert own_release.result("source-ami")["outputs"]["imageId"] == second
    assert {*MACHINE, *EXPORTS} <= outcome.started()
    assert len(own_release.view.images()) == 1


@pytest.fixture
def base_images(cloud: Cloud) -> Any:
    """Make base images of one's own, newer ones each time."""
    made: list[str] = []

    def make(name: str) -> str:
        ec2 = cloud.client("ec2")
        time.sleep(1.1)  # creation dates are of whole seconds
        source = ec2.describe_images(Owners=["099720109477"])["Images"][0]["ImageId"]
        instance = ec2.run_instances(
            ImageId=source, MinCount=1, MaxCount=1, InstanceType="t3.medium"
        )["Instances"][0]["InstanceId"]
        image = ec2.create_image(InstanceId=instance, Name=name)["ImageId"]
        ec2.terminate_instances(InstanceIds=[instance])
        ec2.describe_images(ImageIds=[image])
        made.append(image)
        return image

    yield make
    for image in made:
        cloud.client("ec2").deregister_image(ImageId=image)


# Early cutoff


def test_a_rerun_with_the_same_outputs_leaves_dependents_fresh(
    released: Project, cloud: Cloud
) -> None:
    assert released.states("--force", "ami-public")["release-notes"] == "maybe"
    outcome = released.run("--force", "ami-public")
    assert outcome.started() == {"ami-public"}
    assert "release-notes" in outcome.stages("fresh")

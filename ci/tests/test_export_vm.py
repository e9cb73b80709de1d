"""`export-vm` and `create-vm`: images of what is there, and of what is made."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .cloud import REGION, Cloud
from .machines import (
    SETUP_AND_INSTALL,
    detached,
)
from .program import assert_error
from .project import EXPORTS, PASSWORDS, PLAYBOOKS, Project
from .sshserver import SSHServer


class TestExportVM:
    """`export-vm` of a stack, an instance and an AMI."""

    def reference(self, how: str, event: dict[str, Any]) -> list[str]:
        if how == "stack":
            return ["--stack-name", event["stackName"]]
        return ["--instance-id", event["instanceId"]]

    @pytest.mark.parametrize("how", ["stack", "instance"])
    def test_a_detached_machine_becomes_images(
        self, project: Project, how: str
    ) -> None:
        event = detached(project, SETUP_AND_INSTALL)
        project.dssbatch("export-vm", *self.reference(how, event), check=0)
        (image,) = project.view.images()
        assert {Path(key).suffix for key in project.view.exported()} == {
            ".vhd",
            ".vmdk",
        }
        record = project.result("ami")
        assert record["outputs"]["imageId"] == image["ImageId"]
        assert record["origin"] == "adopted" and record["own"]
        # The machine is not the command's own: it stays.
        assert len(project.view.instances()) == 1

    def test_complete_exports_mean_a_new_image_and_others_go_on(
        self, project: Project
    ) -> None:
        event = detached(project)
        options = self.reference("stack", event)
        project.dssbatch("export-vm", *options, check=0)
        (first,) = project.view.images()
        project.dssbatch("export-vm", *options, "--vm-image-format", "RAW", check=0)
        (second,) = project.view.images()
        assert second["ImageId"] == first["ImageId"]
        assert len(project.view.exported()) == 3
        project.dssbatch("export-vm", *options, check=0)
        # What it replaced was made for this asset too, and goes like any other.
        third = project.result("ami")["outputs"]["imageId"]
        images = {image["ImageId"] for image in project.view.images()}
        assert images == {first["ImageId"], third}
        assert third != first["ImageId"]
        (replaced,) = project.result("ami")["replaced"]
        assert replaced["outputs"]["imageId"] == first["ImageId"]
        # The release answers for it alone.
        machine = json.loads((project.results / "machine/ami.json").read_text())
        assert machine["outputs"]["imageId"] == third
        assert first["ImageId"] not in json.dumps(machine)
        project.dssbatch("clean", "--yes", check=0)
        (image,) = project.view.images()
        assert image["ImageId"] == third

    def test_what_is_published_is_replaced_with_consent_only(
        self, cloud: Cloud, own_release: Project
    ) -> None:
        own_release.set("ami", "public", value=True)
        own_release.run()
        old = own_release.result("ami")["outputs"]["imageId"]
        event = detached(own_release)
        options = self.reference("stack", event)
        mark = cloud.mark()
        for way in (options, ("--ami-id", "ami-0123456789abcdef0")):
            outcome = own_release.dssbatch("export-vm", *way)
            assert_error(outcome, 2, f"image {old} (public", "--replace-published")
        assert cloud.operations(mark, "creating") == []
        # The image that it has is nobody's successor.
        own_release.dssbatch("export-vm", "--ami-id", old, check=0)
        own_release.dssbatch("export-vm", *options, "--replace-published", check=0)
        new = own_release.result("ami")["outputs"]["imageId"]
        assert new != old
        images = {image["ImageId"] for image in own_release.view.images()}
        assert images == {old, new}
        outcome = own_release.dssbatch(
            "adopt", "manifests/release.json", "ami", "--id", old
        )
        assert outcome.status == 0, "nothing public names the new one yet"

    @pytest.mark.parametrize(
        ("model", "operation"),
        [
            ("ec2::image", "ec2:CreateImage"),
            ("ec2::exportimagetask", "ec2:ExportImage"),
        ],
    )
    def test_a_killed_export_goes_on(
        self, cloud: Cloud, project: Project, model: str, operation: str
    ) -> None:
        event = detached(project)
        options = self.reference("instance", event)
        cloud.set_speed(model, progression="time", seconds=2)
        mark = cloud.mark()
        running = project.start("export-vm", *options)
        running.wait_until(lambda: operation in cloud.operations(mark), operation)
        running.send(signal.SIGKILL)
        running.outcome()
        project.dssbatch("export-vm", *options, check=0)
        assert cloud.operations(mark).count("ec2:CreateImage") == 1
        assert len(project.view.exported()) == 2

    def test_an_ami_is_exported_as_it_is(self, cloud: Cloud, released: Project) -> None:
        ec2 = cloud.client("ec2")
        made = released.result("ami")["outputs"]["imageId"]
        image = ec2.copy_image(
            SourceImageId=made, SourceRegion=REGION, Name="somebody"
        )["ImageId"]
        ec2.get_waiter("image_available").wait(ImageIds=[image])
        mark = cloud.mark()
        asset_id = f"{released.asset_id}-copy"
        released.dssbatch(
            "export-vm",
            *("--asset-id", asset_id, "--ami-id", image, "--vm-image-format", "vmdk"),
            check=0,
        )
        assert "ec2:CreateImage" not in cloud.operations(mark)
        assert "cloudformation:CreateChangeSet" not in cloud.operations(mark)
        keys = cloud.client("s3").list_objects_v2(
            Bucket=cloud.bucket, Prefix=f"data_science_sandbox/{asset_id}/"
        )["Contents"]
        assert [Path(item["Key"]).suffix for item in keys] == [".vmdk"]
        # It had no tag, and belongs to the asset now.
        tags = ec2.describe_images(ImageIds=[image])["Images"][0]["Tags"]
        assert {"Key": "exa_dss_id", "Value": asset_id} in tags
        other = ("--asset-id", f"{asset_id}-2", "--ami-id", image)
        refusal = released.dssbatch("export-vm", *other)
        assert_error(refusal, 2, f"it belongs to `{asset_id}`")

    def test_results_that_name_anothers_image_touch_nothing(
        self, cloud: Cloud, own_release: Project
    ) -> None:
        ec2 = cloud.client("ec2")
        theirs = ec2.copy_image(
            SourceImageId=own_release.result("ami")["outputs"]["imageId"],
            SourceRegion=REGION,
            Name=f"theirs-{own_release.asset_id}",
        )["ImageId"]
        ec2.get_waiter("image_available").wait(ImageIds=[theirs])
        file = own_release.results / "ami.json"
        document = file.read_text()
        made = own_release.result("ami")["outputs"]["imageId"]
        file.write_text(document.replace(made, theirs))
        mark = cloud.mark()
        outcome = own_release.dssbatch(
            "manifests/release.json", "--only", "export", "--only", "ami-public"
        )
        assert outcome.status == 1
        assert "is not this release's to work with" in outcome.stderr
        changing = (
            "ExportImage",
            "ModifyImageAttribute",
            "DeregisterImage",
            "CreateTags",
        )
        made_calls = cloud.operations(mark)
        assert not [n for n in made_calls if n.rpartition(":")[2] in changing]

    @pytest.mark.parametrize(
        ("options", "status", "fragment"),
        [
            ((), 2, "one of --stack-name"),
            (("--ami-id", "ami-1", "--instance-id", "i-1"), 2, "one of --stack-name"),
            (("--stack-name", "no-such-stack"), 2, "`no-such-stack` does not exist"),
            (("--instance-id", "i-0123456789abcdef0"), 2, "no instance `i-0123"),
            (("--ami-id", "ami-0123456789abcdef0"), 2, "no image `ami-0123"),
            (("--ami-id", "ami-1", "--vm-image-format", "QCOW"), 2, "QCOW"),
        ],
    )
    def test_bad_references(
        self, project: Project, options: tuple[str, ...], status: int, fragment: str
    ) -> None:
        outcome = project.dssbatch("export-vm", *options)
        assert_error(outcome, status, fragment)
        assert project.view.images() == []


class TestCreateVM:
    """`create-vm`: the release's stages without Docker image and GitHub."""

    def test_ami_and_images(self, project: Project) -> None:
        project.dssbatch("create-vm", "--vm-image-format", "raw", check=0)
        (image,) = project.view.images()
        assert image["Public"] is False
        assert {Path(key).suffix for key in project.view.exported()} == {".raw"}
        assert [call["playbook"] for call in project.runner_calls()] == PLAYBOOKS
        project.view.assert_nothing_runs()
        assert (project.results / "release.json").is_file()

    def test_no_vm(self, project: Project) -> None:
        project.dssbatch("create-vm", "--no-vm", "--make-ami-public", check=0)
        (image,) = project.view.images()
        assert image["Public"] is True
        assert project.view.objects() == {}
        assert project.result_stages() & EXPORTS == set()

    def test_a_finished_release_needs_nothing(self, released: Project) -> None:
        outcome = released.dssbatch("create-vm", "--json", check=0)
        assert outcome.started() == set()

    def test_own_key_pair(
        self, project: Project, own_pair: tuple[str, Path], cloud: Cloud
    ) -> None:
        name, key_file = own_pair
        options = ("--ec2-key-name", name, "--ec2-key-file", str(key_file))
        project.dssbatch("create-vm", "--no-vm", *options, check=0)
        assert project.runner_calls()[0]["keyPath"] == str(key_file)
        assert cloud.client("ec2").describe_key_pairs(KeyNames=[name])["KeyPairs"]
        # Who gets in to install changes nothing about what is installed.
        again = project.dssbatch("create-vm", "--no-vm", "--json", check=0)
        assert again.started() == set()

    def test_formats_and_no_vm_exclude_each_other(self, bad: Project) -> None:
        outcome = bad.dssbatch("create-vm", "--no-vm", "--vm-image-format", "RAW")
        assert_error(outcome, 2, "exclude each other")


def test_verify_asks_for_what_the_selected_stages_will_read(
    own_release: Project, cloud: Cloud
) -> None:
    (image,) = own_release.view.images()
    cloud.client("ec2").deregister_image(ImageId=image["ImageId"])
    only = ("--only", "export-vmdk", "--verify")
    assert own_release.states(*only) == {"export-vmdk": "fresh"}
    forced = own_release.states(*only, "--force", "export-vmdk")
    assert forced["ami"] == "run"


def test_one_step_after_the_other_makes_a_release_of_a_machine(
    project: Project, sshd: SSHServer, make_project: Callable[..., Project]
) -> None:
    """The way of the guide: set up, install, reset the password, export, look at the record."""
    event = detached(project)
    host = [
        *("--host-name", event["host"], "--port", str(event["port"])),
        *("--ssh-private-key", event["privateKeyPath"]),
    ]
    project.dssbatch("install-dependencies", *host, check=0)
    project.dssbatch("reset-password", *host, check=0)
    project.dssbatch("export-vm", "--stack-name", event["stackName"], check=0)
    assert [call["playbook"] for call in project.runner_calls()] == [
        "sandbox.yml",
        "reset-password.yml",
    ]
    assert len(project.view.exported()) == 2
    # The release goes on from the image that is recorded.
    assert "ami" not in project.stale()
    for password in PASSWORDS.values():
        assert project.files_with(password.encode()) == []

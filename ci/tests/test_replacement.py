"""Nothing published is lost: what replaces it is there first, and it goes last."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .cloud import Cloud
from .github_server import GitHubServer
from .program import assert_error
from .project import MANIFEST, Project
from .test_staleness import role_file
from .test_update_release import update

CONSENT = "--replace-published"
POLL_SECONDS = 0.05


def edit_role(project: Project) -> None:
    """Change something that makes the image stale."""
    path = role_file(project)
    path.write_text(path.read_text() + "# changed\n")


def outputs(project: Project, stage: str) -> dict[str, Any]:
    """Return the recorded outputs of a stage, those before a failure too."""
    result = project.result(stage)
    return result.get("outputs") or result["previous"]["outputs"]


def tags(cloud: Cloud, key: str) -> dict[str, str]:
    """Return the tags of an object of the image bucket."""
    found = cloud.client("s3").get_object_tagging(Bucket=cloud.bucket, Key=key)
    return {tag["Key"]: tag["Value"] for tag in found["TagSet"]}


def publish(project: Project) -> None:
    """Make the release's image public."""
    project.set("ami", "public", value=True)
    project.run()


@dataclass
class Watch:
    """What somebody outside sees of a release while it is replaced."""

    cloud: Cloud
    image: str
    objects: dict[str, bytes]
    document: Path
    gaps: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self, successors: set[str]) -> None:
        """Note what is missing: a public image, what the document names, an object, a byte."""
        self.looks += 1
        named = self.document.read_bytes()
        found = self.cloud.client("ec2").describe_images(Owners=["self"])["Images"]
        usable = {item["ImageId"] for item in found if item["State"] == "available"}
        public = {item["ImageId"] for item in found if item["Public"]} & usable
        if not ({self.image} | successors) & public:
            self.gaps.append(f"no public image: {usable}")
        self.look_for_named(named, usable)
        for key, body in self.objects.items():
            try:
                now = self.cloud.client("s3").get_object(
                    Bucket=self.cloud.bucket, Key=key
                )["Body"]
            except ClientError as error:
                self.gaps.append(f"{key}: {error}")
                continue
            if now.read() != body:
                self.gaps.append(f"{key} has other bytes")

    def look_for_named(self, text: bytes, usable: set[str]) -> None:
        """Note what a document names that is not there, unless it was written anew meanwhile."""
        document = json.loads(text)
        missing = set(document["ami"]["regions"].values()) - usable
        for item in document["images"]:
            try:
                self.cloud.client("s3").head_object(
                    Bucket=item["bucket"], Key=item["key"]
                )
            except ClientError:
                missing.add(item["key"])
        if missing and self.document.read_bytes() == text:
            self.gaps.append(f"named, and not there: {missing}")


@contextmanager
def watched(project: Project, cloud: Cloud) -> Iterator[Watch]:
    """Look at the release every 50 ms, and assert that nothing was ever missing."""
    client = cloud.client("s3")
    image = outputs(project, "ami")["imageId"]
    keys = [outputs(project, stage)["key"] for stage in ("export-vhd", "export-vmdk")]
    watch = Watch(
        cloud,
        image,
        {
            key: client.get_object(Bucket=cloud.bucket, Key=key)["Body"].read()
            for key in keys
        },
        project.results / "release.json",
    )
    ended = threading.Event()

    def successors() -> set[str]:
        now = outputs(project, "ami")["imageId"]
        return {now} - {image}

    def poll() -> None:
        while not ended.wait(POLL_SECONDS):
            # What is recorded has to be there already.
            watch.look(successors())

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()
    assert watch.looks > 0
    assert watch.gaps == []


def test_a_public_release_is_replaced_without_a_gap(
    own_release: Project, cloud: Cloud
) -> None:
    publish(own_release)
    old = outputs(own_release, "ami")
    key = outputs(own_release, "export-vmdk")["key"]
    edit_role(own_release)
    text = own_release.dssbatch("plan", MANIFEST, check=0).stdout
    assert f"replaces image {old['imageId']} (public in 1 region since 20" in text
    assert f"replaces s3://{cloud.bucket}/{key}" in text
    assert "replaces 3" in text.splitlines()[-1]
    mark = cloud.mark()
    outcome = own_release.dssbatch(MANIFEST, check=2)
    assert_error(outcome, 2, f"image {old['imageId']}", CONSENT)
    assert cloud.operations(mark, "creating") == []
    with watched(own_release, cloud):
        own_release.run(CONSENT)
    new = outputs(own_release, "ami")
    assert new["name"] == f"{old['name']}-r2"
    (image,) = own_release.view.images()
    assert image["ImageId"] == new["imageId"] and image["Public"]
    fresh = outputs(own_release, "export-vmdk")["key"]
    assert fresh == key.removesuffix(".vmdk") + "-r2.vmdk"
    head = cloud.client("s3").head_object(Bucket=cloud.bucket, Key=fresh)
    assert head["CacheControl"] == "public, max-age=31536000, immutable"
    sbom = outputs(own_release, "export-inventory")["sbom"]["key"]
    head = cloud.client("s3").head_object(Bucket=cloud.bucket, Key=sbom)
    assert head["CacheControl"] == "no-cache"
    assert "exa_dss_retired" in tags(cloud, key)
    retired = outputs(own_release, "retire")
    assert [thing["id"] for thing in retired["removed"]] == [old["imageId"]]
    assert {item["thing"]["key"] for item in retired["retired"]} >= {key}
    assert "replaced" not in own_release.result("ami")
    assert own_release.stale() == {}
    assert own_release.run().started() == set()
    # A third image is the third revision, though the first one's name is free again.
    edit_role(own_release)
    own_release.run(CONSENT)
    assert outputs(own_release, "ami")["name"] == f"{old['name']}-r3"


KILLED_AT = (
    "ec2:CreateImage",
    "ec2:ExportImage",
    "s3:CompleteMultipartUpload",
    "s3:PutObject",
    "ec2:ModifyImageAttribute",
    "ec2:DeregisterImage",
    "s3:PutObjectTagging",
)


@pytest.mark.parametrize(
    "operation",
    [
        name
        if name in ("ec2:CreateImage", "ec2:DeregisterImage")
        else pytest.param(name, marks=pytest.mark.slow)
        for name in KILLED_AT
    ],
)
def test_a_killed_replacement_leaves_the_release_whole(
    own_release: Project, cloud: Cloud, operation: str
) -> None:
    publish(own_release)
    old = outputs(own_release, "ami")["imageId"]
    edit_role(own_release)
    with watched(own_release, cloud):
        # Carried out, and not answered before the end.
        cloud.add_faults({"operation": operation, "delaySeconds": 2, "count": 9})
        mark = cloud.mark()
        running = own_release.start(MANIFEST, CONSENT)
        running.wait_until(
            lambda: operation in cloud.operations(mark) or begun(cloud, operation, 9),
            operation,
        )
        running.send(signal.SIGKILL)
        running.outcome(40)
        cloud.restore()
        cloud.settle()
        if operation == "ec2:CreateImage":
            # Consent is given at every run.
            assert_error(own_release.dssbatch(MANIFEST), 2, f"image {old}")
        own_release.run(CONSENT)
    assert len(own_release.view.images()) == 1
    assert own_release.stale() == {}
    own_release.view.assert_nothing_runs()


def begun(cloud: Cloud, operation: str, count: int) -> bool:
    """Return whether a fault of so many requests has met one."""
    left = [r["count"] for r in cloud.unused_faults() if r["operation"] == operation]
    return left != [count]


def test_what_the_document_names_stays_until_it_is_written_anew(
    own_release: Project, cloud: Cloud
) -> None:
    publish(own_release)
    old = outputs(own_release, "ami")["imageId"]
    edit_role(own_release)
    with watched(own_release, cloud):
        own_release.run(CONSENT, "--skip", "release-notes")
        # The next run knows what was replaced.
        own_release.run("--skip", "release-notes")
        kept = outputs(own_release, "retire")["kept"]
        assert {"`release.json` names it"} == {item["reason"] for item in kept}
        assert old in {item["thing"]["id"] for item in kept}
        own_release.dssbatch("clean", "--yes", check=0)
        assert len(own_release.view.images()) == 2
        assert own_release.run().started() == {"release-notes", "retire"}
    assert len(own_release.view.images()) == 1


def test_documents_that_keep_their_names_come_after_the_images(
    own_release: Project, cloud: Cloud
) -> None:
    edit_role(own_release)
    mark = cloud.mark()
    own_release.run()
    made = cloud.operations(mark)
    assert made.index("s3:PutObject") > max(
        place
        for place, operation in enumerate(made)
        if operation == "s3:CompleteMultipartUpload"
    )


def test_a_plan_file_is_consent(own_release: Project) -> None:
    publish(own_release)
    edit_role(own_release)
    file = own_release.root / "plan.json"
    own_release.dssbatch("plan", MANIFEST, "--output", str(file), check=0)
    assert "public in 1 region" in file.read_text()
    own_release.run("--plan", str(file))
    assert own_release.stale() == {}


def test_what_a_release_page_names_stays_until_it_names_it_no_more(
    own_release: Project, cloud: Cloud, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="")
    update(own_release, hub, page)
    old = outputs(own_release, "ami")["imageId"]
    key = outputs(own_release, "export-vhd")["key"]
    edit_role(own_release)
    outcome = own_release.dssbatch(MANIFEST)
    assert_error(outcome, 2, old, key, f"release {page.id} of")
    own_release.run(CONSENT)
    kept = {
        item["thing"]["id"]: item for item in outputs(own_release, "retire")["kept"]
    }
    assert f"release {page.id}" in kept[old]["reason"]
    assert {image["ImageId"] for image in own_release.view.images()} >= {old}
    assert own_release.stale() == {}
    assert "exa_dss_retired" not in tags(cloud, key)
    # Somebody tells the world, and then nobody names the old image any more.
    update(own_release, hub, page)
    assert set(own_release.stale()) == {"retire"}
    own_release.run()
    assert old not in {image["ImageId"] for image in own_release.view.images()}
    assert "exa_dss_retired" in tags(cloud, key)


def test_skipping_leaves_what_was_replaced(own_release: Project, cloud: Cloud) -> None:
    old = outputs(own_release, "ami")["imageId"]
    edit_role(own_release)
    own_release.run("--skip", "retire")
    assert len(own_release.view.images()) == 2
    (replaced,) = own_release.result("ami")["replaced"]
    assert replaced["outputs"]["imageId"] == old
    assert own_release.run().started() == {"retire"}
    assert len(own_release.view.images()) == 1


def test_a_replaced_object_goes_after_a_day(own_release: Project, cloud: Cloud) -> None:
    own_release.run("--force", "export-vhd")
    (retired,) = outputs(own_release, "retire")["retired"]
    key = retired["thing"]["key"]
    assert own_release.stale() == {}
    past = (datetime.now(UTC) - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = tags(cloud, key) | {"exa_dss_retired": past}
    cloud.client("s3").put_object_tagging(
        Bucket=cloud.bucket,
        Key=key,
        Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in found.items()]},
    )
    path = own_release.results / "retire.json"
    path.write_text(path.read_text().replace(retired["retiredAt"], past))
    assert set(own_release.stale()) == {"retire"}
    assert own_release.run().started() == {"retire"}
    assert key not in own_release.view.objects()
    assert outputs(own_release, "retire")["retired"] == []


@pytest.mark.parametrize("is_protected", [True, False])
def test_a_refused_removal_is_kept_and_taken_later(
    own_release: Project, cloud: Cloud, is_protected: bool
) -> None:
    old = outputs(own_release, "ami")["imageId"]
    edit_role(own_release)
    ec2, mark = cloud.client("ec2"), cloud.mark()
    if is_protected:
        ec2.enable_image_deregistration_protection(ImageId=old)
    else:
        cloud.add_faults(
            {
                "operation": "ec2:DeregisterImage",
                "status": 403,
                "code": "UnauthorizedOperation",
            }
        )
    own_release.run()
    asked = "DeregisterImage" in str(cloud.operations(mark))
    assert asked is not is_protected
    ec2.disable_image_deregistration_protection(ImageId=old)
    cloud.restore()
    (kept,) = outputs(own_release, "retire")["kept"]
    assert kept["thing"]["id"] == old and kept["reason"]
    assert own_release.stale() == {}
    path = own_release.results / "retire.json"
    path.write_text(
        path.read_text().replace(kept["refusedAt"], "2026-01-01T00:00:00.000Z")
    )
    assert own_release.run().started() == {"retire"}
    assert len(own_release.view.images()) == 1


def test_results_of_the_program_of_before_end_fresh(
    own_release: Project, cloud: Cloud
) -> None:
    """It knew no stage `retire`, and images by region and name."""
    path = own_release.results / "ami.json"
    record = json.loads(path.read_text())
    record["identity"] = (
        f"{cloud.client('ec2').meta.region_name}/{record['outputs']['name']}"
    )
    path.write_text(json.dumps(record))
    (own_release.results / "retire.json").unlink()
    mark = cloud.mark()
    assert own_release.run().started() == {"retire"}
    assert cloud.operations(mark, "creating") == []
    assert len(own_release.view.images()) == 1
    edit_role(own_release)
    own_release.run()
    assert outputs(own_release, "ami")["name"] == f"{record['outputs']['name']}-r2"
    assert len(own_release.view.images()) == 1


def test_clean_takes_what_was_retired_a_day_ago(
    own_release: Project, cloud: Cloud
) -> None:
    own_release.run("--force", "export-vhd")
    (retired,) = outputs(own_release, "retire")["retired"]
    key = retired["thing"]["key"]
    own_release.dssbatch("clean", "--yes", check=0)
    assert key in own_release.view.objects()
    past = (datetime.now(UTC) - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    found = tags(cloud, key) | {"exa_dss_retired": past}
    # Somebody else's object beside it says the same of itself.
    other = key + ".other"
    cloud.client("s3").put_object(Bucket=cloud.bucket, Key=other, Body=b"")
    for name, own in ((key, found), (other, found | {"exa_dss_id": "other"})):
        cloud.client("s3").put_object_tagging(
            Bucket=cloud.bucket,
            Key=name,
            Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in own.items()]},
        )
    own_release.dssbatch("clean", "--yes", check=0)
    left = own_release.view.objects()
    assert key not in left and other in left
    assert own_release.stale() == {}


def test_clean_takes_an_image_that_was_replaced(own_release: Project) -> None:
    old = outputs(own_release, "ami")["imageId"]
    edit_role(own_release)
    own_release.run("--skip", "retire")
    plan = own_release.dssbatch("clean", "--dry-run", "--json", check=0)
    going = {e["id"] for e in plan.events("asset") if e["action"] == "remove"}
    assert old in going
    own_release.dssbatch("clean", "--yes", check=0)
    (image,) = own_release.view.images()
    assert image["ImageId"] == outputs(own_release, "ami")["imageId"] != old
    assert "replaced" not in own_release.result("ami")
    assert set(own_release.stale()) <= {"retire"}
    own_release.run()
    assert own_release.stale() == {}
    assert len(own_release.view.images()) == 1


def test_clean_takes_a_format_that_left_the_manifest(
    own_release: Project, cloud: Cloud, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="")
    update(own_release, hub, page)
    key = outputs(own_release, "export-vhd")["key"]
    own_release.set("export", "formats", value=["VMDK"])
    own_release.run()
    text = own_release.dssbatch("plan", MANIFEST, check=0).stdout
    assert "export-vhd is no longer asked for" in text.splitlines()[-1]
    status = own_release.dssbatch("status", MANIFEST, "--json", check=0)
    words = {e["stage"]: e["status"] for e in status.events()}
    assert words["export-vhd"] == "superseded" and words["export-vmdk"] == "fresh"
    listed = own_release.dssbatch("show-aws-assets", "--format", "json", check=0)
    roles = {a["id"]: a["role"] for a in json.loads(listed.stdout)["assets"]}
    assert roles[f"s3://{cloud.bucket}/{key}"] == "artifact"
    # The release's page still names it.
    own_release.dssbatch("clean", "--yes", check=0)
    assert key in own_release.view.objects()
    update(own_release, hub, page)
    listed = own_release.dssbatch("show-aws-assets", "--format", "json", check=0)
    roles = {a["id"]: a["role"] for a in json.loads(listed.stdout)["assets"]}
    assert roles[f"s3://{cloud.bucket}/{key}"] == "superseded"
    own_release.dssbatch("clean", "--yes", check=0)
    assert key not in own_release.view.objects()
    assert outputs(own_release, "export-vmdk")["key"] in own_release.view.objects()
    # What is asked for again is made again.
    own_release.set("export", "formats", value=["VHD", "VMDK"])
    assert "export-vhd" in own_release.run().started()
    assert outputs(own_release, "export-vhd")["key"] in own_release.view.objects()


def test_a_format_that_only_a_command_line_asked_for_stays(
    own_release: Project,
) -> None:
    """No manifest has ceased to ask for it: `clean --all` takes it, and nothing else."""
    own_release.run("--set", '/export/formats=["VHD","VMDK","RAW"]')
    key = outputs(own_release, "export-raw")["key"]
    text = own_release.dssbatch("plan", MANIFEST, check=0).stdout
    assert "no longer asked for" not in text
    own_release.dssbatch("clean", "--yes", check=0)
    assert key in own_release.view.objects()
    own_release.dssbatch("clean", "--all", "--yes", check=0)
    assert own_release.view.objects() == {}


def test_making_public_asks_before_it_exports_anew_what_a_page_names(
    own_release: Project, cloud: Cloud, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="")
    update(own_release, hub, page)
    key = outputs(own_release, "export-vhd")["key"]
    # The image is public once its exports are verified, and these are to lie elsewhere.
    own_release.set("export", "verify", value=True)
    own_release.set("export", "prefix", value=f"moved-{own_release.asset_id}")
    mark = cloud.mark()
    outcome = own_release.dssbatch("make-ami-public")
    assert_error(outcome, 2, key, f"release {page.id} of", CONSENT)
    assert cloud.operations(mark, "creating") == []
    outcome = own_release.dssbatch("make-ami-public", "--json", CONSENT, check=None)
    assert {"export-vhd", "export-vmdk"} <= outcome.started()
    assert "publish.protected" not in outcome.stdout

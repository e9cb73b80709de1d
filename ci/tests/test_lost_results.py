"""A lost result loses nothing published: what is there is offered for adoption first."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pexpect

from .cloud import Cloud
from .github_server import GitHubServer
from .matrix import FILE, Matrix
from .program import RUN_TIMEOUT_SECONDS, Outcome, assert_error, binary
from .project import MANIFEST, Project
from .test_replacement import CONSENT, outputs, publish
from .test_update_release import update


def commands(outcome: Outcome) -> list[list[str]]:
    """Return the `adopt` commands that the hint names, without the program's name."""
    (hint,) = re.findall(r"^hint: (.*)$", outcome.stderr, re.MULTILINE)
    found = re.findall(r"`(dssbatch adopt [^`]*)`", hint)
    return [shlex.split(command)[1:] for command in found]


def refused(project: Project, cloud: Cloud, *fragments: str) -> list[list[str]]:
    """Assert that a run refuses before it makes anything; return the commands it names."""
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST)
    assert_error(outcome, 2, *fragments, CONSENT)
    assert cloud.operations(mark, "creating") == []
    return commands(outcome)


def test_a_lost_result_of_a_public_image(own_release: Project, cloud: Cloud) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    images, objects = own_release.view.images(), own_release.view.objects()
    lost = own_release.results / "ami.json"
    whole = lost.read_text()
    for text in (None, whole[: len(whole) // 2]):
        if text is None:
            lost.unlink()
        else:
            lost.write_text(text)
        mark = cloud.mark()
        plan = own_release.dssbatch("plan", MANIFEST, check=0).stdout
        command = f"dssbatch adopt {MANIFEST} ami --id {image}"
        assert f"replaces image {image} (public in 1 region since 20" in plan
        assert f"`{command}`" in plan
        assert cloud.requests(mark) == []
        (named,) = refused(own_release, cloud, f"image {image}")
        assert named == shlex.split(command)[1:]
        own_release.dssbatch(*named, check=0)
        assert own_release.result("ami")["origin"] == "adopted"
        assert own_release.stale() == {}
        assert own_release.run().started() == set()
    assert own_release.view.images() == images
    assert images[0]["Public"]
    assert own_release.view.objects() == objects


def test_another_image_is_not_adopted_in_its_place(
    own_release: Project, cloud: Cloud
) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    (own_release.results / "ami.json").unlink()
    other = cloud.client("ec2").copy_image(
        Name=f"copy-of-{image}",
        SourceImageId=image,
        SourceRegion=cloud.client("ec2").meta.region_name,
    )["ImageId"]
    outcome = own_release.dssbatch("adopt", MANIFEST, "ami", "--id", other)
    assert_error(outcome, 2, f"image {image}", CONSENT)
    assert not (own_release.results / "ami.json").exists()
    own_release.dssbatch("adopt", MANIFEST, "ami", "--id", image, check=0)
    assert own_release.stale() == {}


def test_what_is_gone_is_not_offered(own_release: Project, cloud: Cloud) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    (own_release.results / "ami.json").unlink()
    cloud.client("ec2").deregister_image(ImageId=image)
    own_release.run()
    (found,) = own_release.view.images()
    assert found["ImageId"] == outputs(own_release, "ami")["imageId"] != image
    assert found["Public"]


def test_all_results_are_lost(own_release: Project, cloud: Cloud) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    shutil.rmtree(own_release.results)
    (named,) = refused(own_release, cloud, f"image {image}", "public, made on 20")
    assert named == ["adopt", MANIFEST, "ami", "--id", image]
    text = own_release.dssbatch("plan", MANIFEST, "--verify", check=0).stdout
    assert shlex.join(["dssbatch", *named]) in text
    own_release.dssbatch(*named, check=0)
    # Nobody names the exports: they are made anew beside those that are there.
    objects = own_release.view.objects()
    own_release.run()
    assert outputs(own_release, "ami")["imageId"] == image
    assert [found["ImageId"] for found in own_release.view.images()] == [image]
    assert objects.keys() <= own_release.view.objects().keys()
    assert own_release.stale() == {}


def test_consent_makes_another(own_release: Project) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    (own_release.results / "ami.json").unlink()
    own_release.run(CONSENT)
    ids = {found["ImageId"] for found in own_release.view.images()}
    assert ids == {image, outputs(own_release, "ami")["imageId"]} and len(ids) == 2


def test_what_a_release_page_names(
    own_release: Project, cloud: Cloud, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="")
    update(own_release, hub, page)
    image = outputs(own_release, "ami")["imageId"]
    key = outputs(own_release, "export-vmdk")["key"]
    images, objects = own_release.view.images(), own_release.view.objects()
    for stage in ("ami", "export-vmdk"):
        (own_release.results / f"{stage}.json").unlink()
    named = refused(own_release, cloud, f"image {image}", key, f"release {page.id} of")
    assert named == [
        ["adopt", MANIFEST, "ami", "--id", image],
        ["adopt", MANIFEST, "export-vmdk", "--id", key],
    ]
    for command in named:
        own_release.dssbatch(*command, check=0)
    assert own_release.stale() == {}
    assert own_release.view.images() == images
    assert own_release.view.objects() == objects


def test_a_variant_of_a_matrix(project: Project, cloud: Cloud) -> None:
    matrix = Matrix(project, "ab")
    project.set("ami", "public", value=True)
    matrix.run()
    lost = project.root / "out" / matrix.ids[1] / "ami.json"
    image = json.loads(lost.read_text())["outputs"]["imageId"]
    lost.unlink()
    wanted = ["adopt", FILE, "ami", "--id", image, "--asset-id", matrix.ids[1]]
    for options in ((), ("--asset-id", matrix.ids[1])):
        mark = cloud.mark()
        outcome = project.dssbatch(FILE, *options)
        assert_error(outcome, 2, f"image {image}", CONSENT)
        assert cloud.operations(mark, "creating") == []
        assert shlex.join(["dssbatch", *wanted]) in outcome.stderr
    plan = project.dssbatch(
        "plan", FILE, "--asset-id", matrix.ids[1], "--verify", check=0
    )
    assert shlex.join(["dssbatch", *wanted]) in plan.stdout
    project.dssbatch(*wanted, check=0)
    assert matrix.stale() == set()


def test_an_image_that_is_gone_stops_no_matrix(project: Project, cloud: Cloud) -> None:
    matrix = Matrix(project, "ab")
    project.set("ami", "public", value=True)
    matrix.run()
    lost = project.root / "out" / matrix.ids[0] / "ami.json"
    image = json.loads(lost.read_text())["outputs"]["imageId"]
    lost.unlink()
    cloud.client("ec2").deregister_image(ImageId=image)
    matrix.run()
    assert matrix.stale() == set()


def test_a_plan_file_agrees_to_no_more_than_it_names(own_release: Project) -> None:
    publish(own_release)
    shutil.rmtree(own_release.results)
    saved = str(own_release.folder / "plan.json")
    own_release.dssbatch("plan", MANIFEST, "--output", saved, check=0)
    images = own_release.view.images()
    outcome = own_release.dssbatch(MANIFEST, "--plan", saved)
    assert_error(outcome, 2, "what stage ami replaces changed", "--verify")
    assert own_release.view.images() == images
    own_release.dssbatch("plan", MANIFEST, "--verify", "--output", saved, check=0)
    own_release.dssbatch(MANIFEST, "--plan", saved, check=0)
    assert len(own_release.view.images()) == len(images) + 1


def test_spoiled_documents_keep_no_image_from_being_adopted(
    own_release: Project,
) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    for name in ("ami.json", "release.json", "ami.inventory.json"):
        path = own_release.results / name
        path.write_text(path.read_text()[:99])
    own_release.dssbatch("adopt", MANIFEST, "ami", "--id", image, check=0)
    assert own_release.result("ami")["origin"] == "adopted"


def at_a_terminal(project: Project) -> pexpect.spawn:
    """Start a run that may ask."""
    return pexpect.spawn(
        str(binary()),
        [MANIFEST],
        env=project.environment | {"TERM": "dumb"},
        cwd=str(project.root),
        timeout=RUN_TIMEOUT_SECONDS,
    )


def test_ctrl_c_ends_the_question(own_release: Project) -> None:
    publish(own_release)
    (own_release.results / "ami.json").unlink()
    child = at_a_terminal(own_release)
    child.expect(r"made\? \[y/N\] ")
    # It would wait for half an hour, longer than this test.
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert not (own_release.results / "ami.json").exists()


def test_the_question_at_a_terminal(own_release: Project) -> None:
    publish(own_release)
    image = outputs(own_release, "ami")["imageId"]
    (own_release.results / "ami.json").unlink()
    for answer, status in (("n", 2), ("y", 0)):
        child = at_a_terminal(own_release)
        child.expect(rf"{image} \(public.*made\? \[y/N\] ")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == status
    assert own_release.stale() == {}
    assert [found["ImageId"] for found in own_release.view.images()] == [image]

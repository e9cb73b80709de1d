"""Many releases of one matrix: planned and run together, judged by files, boto3 and requests."""

from __future__ import annotations

import json
import re
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .cloud import AssetView, Cloud
from .matrix import FILE, Matrix, spread, started
from .program import assert_error
from .project import Project
from .schemas import check
from .sshserver import SSHServer


@pytest.fixture
def matrix(project: Project) -> Matrix:
    return Matrix(project)


@pytest.fixture(scope="module")
def first_made(
    session_cloud: Cloud, sshd: SSHServer, tmp_path_factory: pytest.TempPathFactory
) -> Matrix:
    """A matrix whose releases are made, once for each worker; tests get copies of it."""
    session_cloud.restore()
    project = Project(tmp_path_factory.mktemp("matrix"), session_cloud)
    project.fill(f"shared-{secrets.token_hex(3)}", sshd.port)
    matrix = Matrix(project)
    matrix.run()
    return matrix


@pytest.fixture
def made(first_made: Matrix, cloud: Cloud, tmp_path: Path) -> Iterator[Matrix]:
    """A matrix whose releases are made; for tests that make no new AMI."""
    copy = Matrix(first_made.project.copy_to(tmp_path / "made"))
    # What was copied is sealed by a run that finds nothing to do.
    assert started(copy.run()) == set()
    yield copy
    copy.project.end_processes()


def test_the_shipped_matrix_makes_a_release_of_each_ubuntu(
    project: Project, cloud: Cloud
) -> None:
    file = "manifests/matrix.json"
    document = json.loads((project.root / file).read_text())
    check("matrix", document)
    project.dssbatch(file, "--json", check=0)
    bases = {}
    for variant in document["variants"]:
        folder = project.root / "out" / variant["assetId"]
        assert (folder / "release.json").is_file()
        source = json.loads((folder / "source-ami.json").read_text())["outputs"]
        bases[variant["assetId"]] = source["name"]
        AssetView(cloud, variant["assetId"]).assert_nothing_runs()
    assert [name.split("ubuntu-")[1].split("-")[0] for name in bases.values()] == [
        "jammy",
        "noble",
    ]
    again = project.dssbatch(file, "--json", check=0)
    assert started(again) == set()


def test_all_releases_are_made_and_shared_stages_run_once(
    matrix: Matrix, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = matrix.run()
    ran = started(outcome)
    lookups = [
        request
        for request in cloud.requests(mark)
        if request["operation"] == "ec2:DescribeImages"
        and "Owner" in json.dumps(request)
    ]
    assert len(lookups) <= 1
    for asset_id in matrix.ids:
        assert {(asset_id, "source-ami"), (asset_id, "ami")} <= ran
        release = json.loads(
            matrix.folder(asset_id).joinpath("release.json").read_text()
        )
        view = AssetView(cloud, asset_id)
        (image,) = view.images()
        assert release["assetId"] == asset_id
        assert release["ami"]["regions"] == {"eu-central-1": image["ImageId"]}
        assert len(view.exported()) == 2
        view.assert_nothing_runs()
    sources = {
        json.loads(matrix.folder(id).joinpath("source-ami.json").read_text())[
            "outputs"
        ]["imageId"]
        for id in matrix.ids
    }
    assert len(sources) == 1
    (end,) = [e for e in outcome.events("run-finished") if "assetId" not in e]
    assert end["status"] == "succeeded"
    assert {e["assetId"] for e in outcome.events("run-finished") if "assetId" in e} == {
        *matrix.ids
    }
    matrix.project.assert_secrets_kept()


def test_the_summary_holds_every_release(made: Matrix) -> None:
    summary = made.summary()
    check("matrix-summary", summary)
    assert summary["counts"] == {"fresh": 3, "stale": 0, "failed": 0, "never ran": 0}
    assert [v["assetId"] for v in summary["variants"]] == made.ids
    for variant in summary["variants"]:
        path = made.folder(variant["assetId"]) / "release.json"
        assert variant["release"] == json.loads(path.read_text())
    check("matrix", json.loads(made.path.read_text()))


def test_the_next_run_does_nothing_and_says_so(made: Matrix, cloud: Cloud) -> None:
    before, mark = made.project.snapshot(), cloud.mark()
    outcome = made.run()
    assert started(outcome) == set()
    assert cloud.operations(mark) == []
    assert {e["assetId"] for e in outcome.events("plan")} == {*made.ids}
    (event,) = outcome.events("matrix-collected")
    assert event["counts"]["fresh"] == 3 and event["stale"] == []
    after = made.project.snapshot()
    lock = "out/many/.lock"
    assert after.pop(lock) and before.pop(lock)
    assert after == before
    text = made.project.dssbatch(FILE, check=0)
    assert "3 variants: 3 fresh" in text.stderr


def test_a_plan_writes_nothing_and_says_the_same_with_and_without_seals(
    made: Matrix,
) -> None:
    before = made.project.snapshot()
    sealed = made.plan()
    assert made.project.dssbatch("plan", FILE, "--detailed-exitcode").status == 0
    assert made.project.snapshot() == before
    made.folder("many").joinpath("seals.txt").unlink()
    assert made.plan() == sealed
    # `--what-if` looks at everything, whatever is sealed.
    assert made.stale("--what-if", "ansible") == {*made.ids}
    text = made.project.dssbatch("plan", FILE, check=0).stdout
    for asset_id in made.ids:
        assert f"{asset_id}: everything is fresh\n" in text
    assert len(text.splitlines()) == 4
    assert text.endswith("3 variants: everything is fresh\n")
    whole = made.project.dssbatch("plan", FILE, "--explain", check=0).stdout
    for asset_id in made.ids:
        assert f"{asset_id}: everything is fresh\n  fresh    source-ami\n" in whole


def spoil_result(matrix: Matrix) -> None:
    """Write over a file in place, as an editor may, leaving its size."""
    path = matrix.folder(matrix.ids[1]) / "ami.json"
    text = path.read_text()
    path.write_text(text.replace('"succeeded"', '"succeedet"'))


def remove_result(matrix: Matrix) -> None:
    """Lose a result."""
    (matrix.folder(matrix.ids[1]) / "export-vmdk.json").unlink()


def leave_intent(matrix: Matrix) -> None:
    """Let an interrupted run have begun something."""
    line = {
        "line": "intent",
        "entry": "e",
        "stage": "ami",
        "resource": "ec2:image",
        "region": "eu-central-1",
        "name": "x",
        "assetId": matrix.ids[1],
        "runId": "r",
        "time": "2026-01-01T00:00:00.000Z",
    }
    with (matrix.folder(matrix.ids[1]) / "journal.ndjson").open("a") as file:
        file.write(json.dumps(line) + "\n")


def set_otherwise(matrix: Matrix) -> None:
    """Change the manifest of one variant."""
    matrix.change(matrix.ids[1], "/export/prefix", "elsewhere")


@pytest.mark.parametrize(
    "change", [spoil_result, remove_result, leave_intent, set_otherwise]
)
def test_what_changes_about_one_release_makes_that_one_stale(
    made: Matrix, change: Any
) -> None:
    change(made)
    assert made.stale() == {made.ids[1]}
    outcome = made.project.dssbatch("plan", FILE, "--detailed-exitcode")
    assert outcome.status == 10
    assert "3 variants: 1 stale; " in outcome.stdout


def test_a_plans_last_line_sums_the_time(made: Matrix) -> None:
    for stage in ("export-vhd", "export-vmdk"):
        for asset_id in made.ids:
            path = made.project.results.parent / asset_id / f"{stage}.json"
            result = json.loads(path.read_text())
            path.write_text(json.dumps(result | {"seconds": 600.0}))
    outcome = made.project.dssbatch("plan", FILE, "--force", "export", check=0)
    last = outcome.stdout.rstrip().splitlines()[-1]
    assert "3 variants: 3 stale; " in last
    minutes = re.search(r"about (\d+) min", last)
    assert minutes and 30 <= int(minutes[1]) <= 32, last
    assert "one after the other" in last


def test_only_what_is_stale_runs_again(made: Matrix) -> None:
    set_otherwise(made)
    outcome = made.run()
    assert {asset_id for asset_id, _ in started(outcome)} == {made.ids[1]}
    assert "ami" not in {stage for _, stage in started(outcome)}
    assert made.stale() == set()


def test_a_shared_file_makes_all_stale_and_its_return_fresh(made: Matrix) -> None:
    path = made.project.root / "ansible/sandbox.yml"
    text = path.read_text()
    path.write_text(text + "# another\n")
    assert made.stale() == {*made.ids}
    path.write_text(text)
    assert made.stale() == set()


def test_the_base_counts_for_all(made: Matrix) -> None:
    made.project.set("ami", "deprecateAfterDays", value=30)
    plan = made.plan()
    for asset_id in made.ids:
        assert plan[asset_id]["ami-deprecation"] == "run"
        assert plan[asset_id]["ami"] == "fresh"


def test_one_asset_is_worked_on_like_any_release(made: Matrix) -> None:
    first, second = made.ids[:2]
    assert made.stale("--asset-id", first, "--force", "ami") == {first}
    outcome = made.run(
        "--asset-id", first, "--only", "export", "--force", "export-vmdk"
    )
    assert started(outcome) == {(first, "export-vmdk")}
    made.run("--asset-id", first)
    assert made.stale("--asset-id", f"{first},{second}", "--force", "ami") == {
        first,
        second,
    }
    pattern = f"{made.project.asset_id}-*"
    assert made.stale("--asset-id", pattern, "--force", "ami") == {*made.ids}
    why = made.project.dssbatch("why", FILE, "ami", "--asset-id", second, check=0)
    assert "fresh" in why.stdout
    status = made.project.dssbatch("status", FILE, check=0)
    assert [line.split() for line in status.stdout.splitlines()] == [
        [asset_id, "fresh"] for asset_id in made.ids
    ]


@pytest.mark.parametrize(
    "command", [["why", FILE, "ami"], ["graph", FILE], ["doctor", FILE]]
)
def test_a_command_for_one_release_asks_which(
    matrix: Matrix, command: list[str]
) -> None:
    outcome = matrix.project.dssbatch(*command)
    assert_error(outcome, 2, "3 variants", f"--asset-id {matrix.ids[0]}")


def test_a_plan_of_one_release_is_written_and_carried_out(made: Matrix) -> None:
    first = made.ids[0]
    one = ("--asset-id", first, "--force", "export-vmdk", "--only", "export-vmdk")
    made.project.dssbatch("plan", FILE, *one, "--output", "plan.json", check=0)
    outcome = made.run("--asset-id", first, "--plan", "plan.json")
    assert outcome.started() == {"export-vmdk"}
    refused = made.project.dssbatch("plan", FILE, "--output", "plan.json")
    assert_error(refused, 2, "works on one release", "--asset-id")


def test_a_local_run_tells_its_passwords_once(matrix: Matrix) -> None:
    bare: dict[str, str | None] = {
        name: None for name in matrix.project.environment if name.startswith("AWS_")
    }
    bare |= {"DSS_DEFAULT_PASSWORD": None, "DSS_JUPYTER_PASSWORD": None}
    said = "local run: DSS_DEFAULT_PASSWORD is `dss`"
    local = ("--local", "--set", "/export/verify=false")
    first = matrix.project.dssbatch(FILE, *local, env=bare, check=0)
    assert first.stderr.count(said) == 1
    again = matrix.project.dssbatch(FILE, *local, env=bare, check=0)
    assert said not in again.stderr


def test_a_failure_stops_what_has_not_begun(matrix: Matrix) -> None:
    bad = matrix.ids[0]
    matrix.write(
        {bad: {"/ami/base/name": "no-such-image"}} | {id: {} for id in matrix.ids[1:]},
        atOnce=1,
    )
    outcome = matrix.run(check=1)
    assert {asset_id for asset_id, _ in started(outcome)} == {bad}
    assert "2 variants were not begun" in outcome.stderr
    (error,) = outcome.events("error")
    assert (error["assetId"], error["code"]) == (bad, "source-ami.no-match")
    assert matrix.summary()["counts"]["failed"] == 1
    (entry,) = [v for v in matrix.summary()["variants"] if v["status"] == "failed"]
    assert entry["errors"][0]["code"] == "source-ami.no-match"
    check("matrix-summary", matrix.summary())
    outcome = matrix.run("--keep-going", check=1)
    assert matrix.summary()["counts"] == {
        "fresh": 2,
        "stale": 0,
        "failed": 1,
        "never ran": 0,
    }
    text = matrix.project.dssbatch(FILE, check=1).stderr
    assert f"{bad}: error: no image of owner" in text


def test_an_interrupted_run_is_continued(matrix: Matrix, cloud: Cloud) -> None:
    matrix.project.set_runner(seconds=900)
    running = matrix.project.start(FILE, "--json")
    matrix.project.wait_for_playbook(running)
    running.send(signal.SIGINT)
    outcome = running.outcome()
    assert outcome.status == 130, str(outcome)
    for asset_id in matrix.ids:
        AssetView(cloud, asset_id).assert_nothing_runs()
    matrix.project.set_runner(seconds=0)
    again = matrix.run()
    # The base image was looked up already.
    assert {stage for _, stage in started(again)}.isdisjoint({"source-ami"})
    assert matrix.summary()["counts"]["fresh"] == 3


def test_a_killed_run_is_continued(matrix: Matrix, cloud: Cloud) -> None:
    matrix.project.set_runner(seconds=900)
    running = matrix.project.start(FILE, "--json")
    matrix.project.wait_for_playbook(running)
    running.send(signal.SIGKILL)
    running.outcome()
    matrix.project.set_runner(seconds=0)
    matrix.run()
    for asset_id in matrix.ids:
        view = AssetView(cloud, asset_id)
        view.assert_nothing_runs()
        assert len(view.images()) == 1
    assert matrix.summary()["counts"]["fresh"] == 3


def test_a_locked_release_is_told_and_the_others_are_made(matrix: Matrix) -> None:
    matrix.project.set_runner(seconds=900, stays=True)
    locked = matrix.ids[1]
    running = matrix.project.start(FILE, "--json", "--asset-id", locked)
    matrix.project.wait_for_playbook(running)
    matrix.project.set_runner(seconds=0)
    outcome = matrix.run("-k", check=75)
    assert {e["assetId"] for e in outcome.events("error")} == {locked}
    assert matrix.stale() == {locked}
    running.send(signal.SIGINT)
    assert running.outcome().status == 130


def test_results_in_s3_hold_the_same(matrix: Matrix, cloud: Cloud) -> None:
    prefix = f"results/{matrix.project.asset_id}"
    place = ("--results", f"s3://{cloud.bucket}/{prefix}")
    matrix.run(*place)
    client = cloud.client("s3")

    def read(name: str) -> Any:
        found = client.get_object(Bucket=cloud.bucket, Key=f"{prefix}/{name}")
        return json.loads(found["Body"].read())

    summary = read("many/summary.json")
    assert summary["counts"]["fresh"] == 3
    for variant in summary["variants"]:
        assert variant["release"] == read(f"{variant['assetId']}/release.json")
    mark = cloud.mark()
    assert matrix.stale(*place) == set()
    # Sealed: no result is read, only that nothing became another.
    reads = cloud.operations(mark).count("s3:GetObject")
    assert reads == 1
    assert not matrix.project.root.joinpath("out").exists()


BAD: list[tuple[dict[str, Any], str]] = [
    ({"base": "none.json"}, "there is no file"),
    ({"base": "infrastructure.json"}, "needs a manifest of kind `release`"),
    ({"base": "many.json"}, "needs a manifest of kind `release`"),
    ({"variants": []}, "0 elements"),
    ({"variants": [{}]}, "`assetId` is missing"),
    ({"variants": [{"assetId": "a"}, {"assetId": "a"}]}, "#/variants/1/assetId"),
    ({"variants": [{"assetId": "many"}]}, "where the matrix itself records"),
    ({"variants": [{"assetId": "a/b"}]}, "asset id `a/b` is not allowed"),
    ({"variants": [{"assetId": "a", "set": {"ami": 1}}]}, "is no JSON Pointer"),
    (
        {"variants": [{"assetId": "a", "set": {"/results": "x"}}]},
        "cannot set `/results`",
    ),
    ({"variants": [{"assetId": "a", "set": {"/kind": "x"}}]}, "cannot set `/kind`"),
    ({"variants": [{"assetId": "a", "set": {"": {}}}]}, "cannot set"),
    ({"variants": [{"assetId": "a", "set": {"/nope": 1}}]}, "unknown field `nope`"),
    (
        {"variants": [{"assetId": "a", "set": {"/region/x": 1}}]},
        "cannot set `/region/x`",
    ),
    ({"variants": [{"assetId": "a+b"}, {"assetId": "a=b"}]}, "both make image"),
    (
        {"variants": [{"assetId": "a"}, {"assetId": "a-r2"}]},
        "revisions of the same names",
    ),
    (
        {"variants": [{"assetId": "a-r12"}, {"assetId": "a"}]},
        "revisions of the same names",
    ),
    (
        {"variants": [{"assetId": "a+b"}, {"assetId": "a=b-r3"}]},
        "revisions of the same",
    ),
    ({"atOnce": 0}, "out of range"),
    ({"assetId": "a"}, "unknown field `assetId`"),
]


@pytest.mark.parametrize(("members", "complaint"), BAD)
def test_a_bad_matrix_starts_nothing(
    project: Project, cloud: Cloud, members: dict[str, Any], complaint: str
) -> None:
    matrix = Matrix(project)
    matrix.path.write_text(json.dumps(json.loads(matrix.path.read_text()) | members))
    mark = cloud.mark()
    for command in ([FILE], ["plan", FILE]):
        outcome = project.dssbatch(*command)
        assert_error(outcome, 2, complaint)
    assert cloud.operations(mark) == []
    assert not project.root.joinpath("out").exists()


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--asset-id", "nobody"], "no variant `nobody`"),
        (["--only", "nothing"], "no stage, group or glob `nothing`"),
        (["--set", "/nope=1"], "unknown field `nope`"),
        (["--plan", "x.json"], "works on one release"),
    ],
)
def test_a_bad_option_starts_nothing(
    matrix: Matrix, cloud: Cloud, options: list[str], complaint: str
) -> None:
    mark = cloud.mark()
    assert_error(matrix.project.dssbatch(FILE, *options), 2, complaint)
    assert cloud.operations(mark) == []


def test_consent_is_asked_for_all_before_any_begins(
    released: Project, cloud: Cloud
) -> None:
    matrix = Matrix(released, "ab")
    matrix.write({id: {} for id in matrix.ids})
    spread(matrix, released.asset_id, matrix.ids)
    # The last one is public, as far as is recorded.
    path = matrix.folder(matrix.ids[1]) / "ami-public.json"
    image = json.loads(path.with_name("ami.json").read_text())["outputs"]["imageId"]
    public = json.loads(path.read_text())
    public["outputs"] |= {"public": True, "images": {"eu-central-1": image}}
    path.write_text(json.dumps(public))
    mark = cloud.mark()
    for options in ((), ("-k",)):
        outcome = matrix.run("--force", "ami", *options, check=2)
        assert_error(
            outcome, 2, f"{matrix.ids[1]}: stage ami replaces", "--replace-published"
        )
        assert matrix.ids[0] not in outcome.stderr
        assert started(outcome) == set()
    assert cloud.operations(mark, "creating") == []


def test_formats_that_left_the_manifest_are_shown(released: Project) -> None:
    matrix = Matrix(released, "ab")
    matrix.write({id: {} for id in matrix.ids})
    spread(matrix, released.asset_id, matrix.ids)
    matrix.change(matrix.ids[1], "/export/formats", ["VMDK"])
    words = "export-vhd is no longer asked for"
    for command in ("plan", "status"):
        text = released.dssbatch(command, FILE, check=0).stdout
        assert [words in line for line in text.splitlines()].count(True) == 1
        (line,) = (line for line in text.splitlines() if words in line)
        assert line.startswith(matrix.ids[1])
    outcome = released.dssbatch("status", FILE, "--json", check=0)
    assert [e.get("superseded") for e in outcome.events()] == [None, ["export-vhd"]]


def test_two_images_cannot_have_one_tag(project: Project) -> None:
    matrix = Matrix(project, "ab")
    docker = {"repository": "example/sandbox", "tags": ["lts"]}
    matrix.write(
        {
            id: {"/docker": docker, "/versions/sandbox": f"{number}.0"}
            for number, id in enumerate(matrix.ids)
        }
    )
    outcome = matrix.run(check=2)
    assert_error(outcome, 2, "example/sandbox:lts", "/docker/tags")
    matrix.change(matrix.ids[1], "/docker", docker | {"tags": ["0.0"]})
    assert_error(matrix.run(check=2), 2, "example/sandbox:0.0")


def test_two_releases_of_github_cannot_be_one(project: Project) -> None:
    matrix = Matrix(project, "ab")
    matrix.write({id: {"/release/id": 7} for id in matrix.ids})
    assert_error(project.dssbatch(FILE), 2, "both make release 7 of")


def test_a_thousand_releases_are_planned(project: Project) -> None:
    matrix = Matrix(project, "a")
    matrix.run()
    first = matrix.ids[0]
    ids = [f"{project.asset_id}-{number:04}" for number in range(999)]
    matrix.write({id: {"/instance/volumeGiB": 20} for id in [first, *ids]})
    spread(matrix, first, ids)
    plan = matrix.plan()
    assert len(plan) == 1000
    assert sum(len(stages) for stages in plan.values()) > 10_000
    assert {state for stages in plan.values() for state in stages.values()} == {"fresh"}
    project.dssbatch("collect", FILE, check=0)
    assert matrix.plan() == plan
    path = matrix.folder(ids[500]) / "export-vhd.json"
    path.write_text(path.read_text().replace('"succeeded"', '"failed"', 1))
    assert matrix.stale() == {ids[500]}
    outcome = project.dssbatch("collect", FILE)
    assert outcome.status == 1
    assert f"{ids[500]}: stale: export-vhd: failed last time" in outcome.stderr

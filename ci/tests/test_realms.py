"""Whose results they are: another account's, endpoint's or local cloud's are never fresh here."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .cloud import Cloud, control
from .matrix import FILE, Matrix, spread
from .program import Outcome, assert_error
from .project import MANIFEST, Project
from .stacks import MANIFEST as INFRASTRUCTURE
from .stacks import Stacks
from .test_credentials import bare, profile_text, write_configuration

OTHER = "000011112222"
LOOKUP = ("--only", "source-ami")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A second local cloud, beside the first."""
    home = tmp_path_factory.mktemp("other")
    control(home, "up", "--paper")
    yield Cloud(home)
    control(home, "down")


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """The home of a local cloud that the test starts and ends."""
    home = tmp_path / "own-cloud"
    control(home, "up", "--paper")
    yield home
    control(home, "down")


def local(home: Path) -> dict[str, str | None]:
    """Return an environment that names a local cloud's home and nothing of AWS."""
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    return {name: None for name in names} | {"DSS_LOCALCLOUD_HOME": str(home)}


def other_account(project: Project, cloud: Cloud) -> dict[str, str | None]:
    """Let a profile assume a role of another account; return the environment that uses it."""
    role = f"arn:aws:iam::{OTHER}:role/other"
    config = f"[profile other]\nrole_arn = {role}\nsource_profile = base\n"
    write_configuration(project, config, profile_text("base", cloud))
    return bare(cloud, AWS_PROFILE="other", AWS_REGION="eu-central-1")


def without_account(project: Project, cloud: Cloud) -> dict[str, str | None]:
    """Return an environment with no credentials, and nothing remembered."""
    return bare(cloud, XDG_CACHE_HOME=str(project.folder / "empty"))


def assert_refused(outcome: Outcome, *fragments: str) -> None:
    """Assert that the results are somebody else's, and that nothing was begun."""
    assert_error(outcome, 2, "belong to", *fragments)
    assert outcome.stderr.count("error: ") == 1
    assert "stage-started" not in outcome.stdout


def forget_realms(folder: Path) -> None:
    """Leave results as a program that knew of no realms left them."""
    for path in folder.glob("*.json"):
        result = json.loads(path.read_text())
        if result.pop("realm", None):
            path.write_text(json.dumps(result, indent=2))


def test_another_endpoint_is_refused_before_anything_is_asked(
    released: Project, other: Cloud
) -> None:
    mark, before = other.mark(), released.snapshot()
    for command in ([MANIFEST], ["plan", MANIFEST], ["status", MANIFEST]):
        outcome = released.dssbatch(*command, env=dict(other.environment))
        assert_refused(outcome, released.cloud.url.removeprefix("http://"))
    assert other.requests(mark) == []
    # The journal may have been made shorter by what had ended long ago.
    passing = (".lock", "journal.ndjson")
    after = released.snapshot()
    for name, fingerprint in before.items():
        assert name.endswith(passing) or after[name] == fingerprint, name


def test_another_account_is_refused_and_a_plan_knows_it_from_the_profile(
    released: Project, cloud: Cloud
) -> None:
    env = other_account(released, cloud)
    mark = cloud.mark()
    assert_refused(released.dssbatch("plan", MANIFEST, env=env), OTHER, cloud.account)
    assert_refused(released.dssbatch(MANIFEST, env=env), OTHER)
    assert_refused(released.dssbatch(MANIFEST, "--force", "source-ami", env=env), OTHER)
    assert_refused(released.dssbatch("clean", "--yes", "--all", env=env), OTHER)
    assert {n for n in cloud.operations(mark) if not n.startswith("sts:")} == set()
    assert len(released.view.images()) == 1


def test_what_compares_nothing_needs_no_account(
    released: Project, cloud: Cloud
) -> None:
    env = other_account(released, cloud)
    released.dssbatch("why", MANIFEST, "ami", env=env, check=0)


def test_without_credentials_nothing_is_fresh(released: Project, cloud: Cloud) -> None:
    env = without_account(released, cloud)
    outcome = released.dssbatch(MANIFEST, "--json", env=env)
    assert_error(outcome, 2, "whose credentials these are", "no AWS credentials")
    planned = released.dssbatch("plan", MANIFEST, env=env, check=0)
    assert "account not compared" in planned.stdout
    (event,) = released.dssbatch("plan", MANIFEST, "--json", env=env).events("plan")
    assert event["notes"] == ["account not compared"]


def test_wrong_credentials_are_one_error(project: Project) -> None:
    env: dict[str, str | None] = {"AWS_ACCESS_KEY_ID": "AKIAWRONGWRONGWRONG0"}
    outcome = project.dssbatch(MANIFEST, "--json", env=env)
    assert_error(outcome, 2, "InvalidClientTokenId")
    assert outcome.stderr.count("error: ") == 1
    assert outcome.started() == set()


def test_a_fresh_run_asks_once_and_remembers_in_a_private_file(
    released: Project, cloud: Cloud
) -> None:
    cache = released.folder / "cache"
    env: dict[str, str | None] = {"XDG_CACHE_HOME": str(cache)}
    mark = cloud.mark()
    released.run(env=env)
    assert cloud.operations(mark) == ["sts:GetCallerIdentity"]
    mark = cloud.mark()
    released.run(env=env)
    assert cloud.operations(mark) == []
    file = cache / "dssbatch/accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cloud.account in file.read_text()
    assert cloud.environment["AWS_ACCESS_KEY_ID"] not in file.read_text()
    # What others may read may be written by others.
    file.chmod(0o644)
    released.run(env=env)
    assert cloud.operations(mark) == ["sts:GetCallerIdentity"]


def test_the_manifests_account_is_the_only_one(project: Project, cloud: Cloud) -> None:
    project.set("account", value=OTHER)
    mark = cloud.mark()
    outcome = project.dssbatch(MANIFEST, "--json")
    assert_error(outcome, 2, OTHER, cloud.account, "release.json#/account")
    assert cloud.operations(mark) == ["sts:GetCallerIdentity"]
    # Now the key's account is remembered.
    assert_error(project.dssbatch("plan", MANIFEST), 2, OTHER, cloud.account)
    assert len(cloud.requests(mark)) == 1
    project.dssbatch("plan", MANIFEST, "--local", env=local(cloud.home), check=0)
    project.set("account", value=cloud.account)
    project.run(*LOOKUP)
    mark = cloud.mark()
    project.run(*LOOKUP, env=without_account(project, cloud))
    assert cloud.requests(mark) == []


@pytest.mark.parametrize("account", ["12345", "12345678901x", 123456789012])
def test_what_is_no_account_is_a_manifest_error(bad: Project, account: object) -> None:
    bad.set("account", value=account)
    assert_error(bad.dssbatch(MANIFEST), 2, "release.json#/account")


def test_a_local_run_has_results_of_its_own(project: Project, own_home: Path) -> None:
    env = local(own_home)
    project.run("--local", *LOOKUP, env=env)
    assert (project.root / "out-local" / project.asset_id).is_dir()
    assert not (project.root / "out").exists()
    # AWS is asked for nothing: without credentials this cannot be fresh.
    missing = {"AWS_EC2_METADATA_DISABLED": "true"}
    outcome = project.dssbatch(MANIFEST, *LOOKUP, env=env | missing)
    assert_error(outcome, 2, "no AWS credentials")
    place = ("--results", "out-local")
    outcome = project.dssbatch(MANIFEST, *LOOKUP, *place, env=env | missing)
    assert_refused(outcome, "the local cloud at", "this command is for AWS")
    outcome = project.run("--local", *LOOKUP, *place, env=env)
    assert outcome.started() == set()


def test_a_restarted_local_cloud_has_made_nothing(
    project: Project, own_home: Path
) -> None:
    env = local(own_home)
    project.run("--local", *LOOKUP, env=env)
    assert project.run("--local", *LOOKUP, env=env).started() == set()
    control(own_home, "down")
    gone = {"source-ami": ["its local cloud is gone"]}
    for command in (None, "up"):
        if command:
            control(own_home, command, "--paper")
        plan = project.plan("--local", *LOOKUP, env=env)
        assert {n: s["reasons"] for n, s in plan.items()} == gone
        assert plan["source-ami"]["state"] == "run"
    assert project.run("--local", *LOOKUP, env=env).started() == {"source-ami"}


def test_an_entry_of_a_local_cloud_that_is_gone_ends_without_a_call(
    project: Project, own_home: Path
) -> None:
    env = local(own_home)
    project.set_runner(seconds=60)
    running = project.start(MANIFEST, "--local", "--json", env=env)
    project.wait_for_playbook(running)
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait(timeout=300)
    journal = project.root / "out-local" / project.asset_id / "journal.ndjson"
    assert "cloudformation:stack" in journal.read_text()
    control(own_home, "down")
    control(own_home, "up", "--paper")
    cloud = Cloud(own_home)
    mark = cloud.mark()
    outcome = project.run("--local", *LOOKUP, env=env)
    assert outcome.started() == {"source-ami"}
    assert not outcome.events("resource-deleted")
    assert {
        n for n in cloud.operations(mark) if "Stack" in n or "KeyPair" in n
    } == set()
    assert '"line":"intent"' not in journal.read_text().rpartition('"line":"gone"')[2]


def test_two_local_clouds_side_by_side_are_two_realms(
    project: Project, own_home: Path, other: Cloud
) -> None:
    project.run("--local", *LOOKUP, env=local(own_home))
    outcome = project.dssbatch(MANIFEST, "--local", *LOOKUP, env=local(other.home))
    assert_refused(outcome, other.url.removeprefix("http://"))


def test_older_results_are_bound_where_they_are_found(
    released: Project, cloud: Cloud
) -> None:
    forget_realms(released.results)
    plan = released.plan()
    for name in ("source-ami", "ami", "ami-public", "export-vmdk", "release-notes"):
        assert plan[name]["state"] == "maybe", name
    assert plan["ami"]["reasons"] == ["not bound to an account"]
    text = released.dssbatch("plan", MANIFEST, check=0).stdout
    assert "not bound to an account" in text
    env = other_account(released, cloud)
    assert_error(released.dssbatch(MANIFEST, env=env), 2, OTHER, "no account yet")
    assert "realm" not in released.result("ami")
    mark = cloud.mark()
    outcome = released.run()
    assert outcome.started() == set()
    assert cloud.operations(mark, "creating") == []
    assert "ec2:DescribeImages" in cloud.operations(mark)
    assert cloud.account in released.result("ami")["realm"]
    assert released.stale() == {}


def test_results_in_s3_belong_to_an_account_too(project: Project, cloud: Cloud) -> None:
    place = ("--results", f"s3://{cloud.bucket}/results/{project.asset_id}")
    project.run(*LOOKUP, *place)
    assert project.run(*LOOKUP, *place).started() == set()
    s3, folder = cloud.client("s3"), f"results/{project.asset_id}/"
    for listed in s3.list_objects_v2(Bucket=cloud.bucket, Prefix=folder)["Contents"]:
        if listed["Key"].endswith(".json"):
            text = s3.get_object(Bucket=cloud.bucket, Key=listed["Key"])["Body"].read()
            s3.put_object(
                Bucket=cloud.bucket,
                Key=listed["Key"],
                Body=text.replace(cloud.account.encode(), OTHER.encode()),
            )
    assert_refused(project.dssbatch(MANIFEST, *LOOKUP, *place), OTHER)


def test_a_matrix_is_compared_by_its_seals(
    released: Project, cloud: Cloud, other: Cloud
) -> None:
    matrix = Matrix(released, "ab")
    matrix.write({id: {} for id in matrix.ids})
    spread(matrix, released.asset_id, matrix.ids)
    matrix.run()
    mark = cloud.mark()
    matrix.run()
    assert cloud.requests(mark) == []
    for command in ([FILE], ["plan", FILE], ["collect", FILE]):
        outcome = released.dssbatch(*command, env=dict(other.environment))
        assert_refused(outcome, other.url.removeprefix("http://"))
    env = without_account(released, cloud)
    plan = released.dssbatch("plan", FILE, env=env, check=0)
    assert "account not compared" in plan.stdout
    assert_error(released.dssbatch(FILE, env=env), 2, "whose credentials these are")


def test_stacks_belong_to_an_account_too(
    make_project: Callable[..., Project], cloud: Cloud, other: Cloud
) -> None:
    stacks = Stacks(make_project())
    stacks.run()
    mark = other.mark()
    outcome = stacks.project.dssbatch(INFRASTRUCTURE, env=dict(other.environment))
    assert_refused(outcome)
    assert other.requests(mark) == []
    forget_realms(stacks.project.root / "out/infrastructure")
    env = other_account(stacks.project, cloud)
    outcome = stacks.project.dssbatch(INFRASTRUCTURE, env=env)
    assert_error(outcome, 2, "no account yet")
    assert stacks.run().started() == set()
    assert cloud.account in stacks.result("first")["realm"]


def test_a_plan_file_is_for_one_realm(project: Project, other: Cloud) -> None:
    project.run(*LOOKUP)
    project.dssbatch("plan", MANIFEST, *LOOKUP, "--output", "plan.json", check=0)
    env = dict(other.environment)
    place = ("--results", "elsewhere")
    outcome = project.dssbatch(MANIFEST, "--plan", "plan.json", *place, env=env)
    assert_error(outcome, 2, "the plan was made for")
    project.run("--plan", "plan.json")


def test_assets_of_another_account_are_left_out(
    released: Project, cloud: Cloud
) -> None:
    env = other_account(released, cloud)
    outcome = released.dssbatch("show-aws-assets", env=env)
    assert "is left out" in outcome.stderr
    assert released.result("ami")["outputs"]["imageId"] not in outcome.stdout


def test_doctor_tells_whose_results_are_recorded(
    released: Project, cloud: Cloud, own_home: Path
) -> None:
    def line(*options: str, env: dict[str, str | None] | None = None) -> dict:
        outcome = released.dssbatch("doctor", MANIFEST, "--json", *options, env=env)
        (check,) = (e for e in outcome.events("check") if e["name"] == "results")
        return check

    assert line()["status"] == "ok"
    foreign = line(env=other_account(released, cloud))
    assert foreign["status"] == "failed"
    assert OTHER in foreign["message"] and cloud.account in foreign["message"]
    env = local(own_home)
    place = ("--local", "--results", "mine")
    assert "nothing is recorded" in line(*place, env=env)["message"]
    released.run(*place, *LOOKUP, env=env)
    assert line(*place, env=env)["status"] == "ok"
    control(own_home, "down")
    control(own_home, "up", "--paper")
    gone = line(*place, env=env)
    assert gone["status"] == "warning" and "is gone" in gone["message"]


def test_one_variant_of_another_account_ends_the_whole_matrix(
    released: Project, cloud: Cloud
) -> None:
    matrix = Matrix(released, "abc")
    matrix.write({id: {} for id in matrix.ids})
    spread(matrix, released.asset_id, matrix.ids)
    foreign = matrix.folder(matrix.ids[2])
    for path in foreign.glob("*.json"):
        path.write_text(path.read_text().replace(cloud.account, OTHER))
    mark = cloud.mark()
    force = ("--force", "release-notes")
    for command in (
        [FILE, *force],
        ["plan", FILE],
        ["status", FILE],
        ["collect", FILE],
    ):
        assert_refused(released.dssbatch(*command), OTHER)
    assert_refused(matrix.run(*force, check=None), OTHER)
    assert set(cloud.operations(mark)) <= {"sts:GetCallerIdentity"}
    # Where only the question who asks tells, it is asked before any begins.
    forget_realms(matrix.folder(matrix.ids[2]))
    env = other_account(released, cloud)
    outcome = released.dssbatch(FILE, "--json", *force, env=env)
    assert_refused(outcome, OTHER)

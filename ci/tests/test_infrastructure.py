"""The permanent stacks: created and updated through change sets, shown first, fed and recorded."""

from __future__ import annotations

import re
import signal

import pytest

from .cloud import Cloud
from .program import assert_error
from .project import Project
from .sshserver import free_port
from .stacks import MANIFEST, Stacks


@pytest.fixture
def stacks(project: Project) -> Stacks:
    """Two stacks that nobody has deployed yet."""
    return Stacks(project)


@pytest.fixture
def deployed(stacks: Stacks) -> Stacks:
    """The two stacks, deployed."""
    stacks.run()
    return stacks


# Creating and updating


def test_stacks_are_created_in_order_and_recorded(stacks: Stacks) -> None:
    outcome = stacks.run()
    assert outcome.stages("succeeded") == ["first", "second"]
    for stage in ("first", "second"):
        assert stacks.status(stage) == "CREATE_COMPLETE"
        recorded = stacks.result(stage)["outputs"]
        assert recorded["outputs"] == stacks.outputs(stage)
        assert recorded["stackId"] == stacks.stack(stage)["StackId"]
        assert recorded["region"] == stacks.regions[stage]
        assert stacks.waiting_change_sets(stage) == []
    parameters = stacks.stack("second")["Parameters"]
    values = {p["ParameterKey"]: p["ParameterValue"] for p in parameters}
    assert values["Upstream"] == stacks.outputs("first")["GroupName"]


def test_permanent_stacks_carry_no_asset_id(deployed: Stacks) -> None:
    assert deployed.stack("first").get("Tags", []) == []


def test_events_are_shown_once_oldest_first(stacks: Stacks) -> None:
    stacks.slow(3)
    outcome = stacks.run("--only", "first")
    messages = [event["message"] for event in outcome.events("stage-progress")]
    name = stacks.names["first"]
    shown = [m for m in messages if re.match(rf"({name}|Group) \(", m)]
    assert shown == [
        f"{name} (AWS::CloudFormation::Stack) CREATE_IN_PROGRESS - User Initiated",
        *[m for m in shown if m.startswith("Group (AWS::Logs::LogGroup) CREATE_")],
        f"{name} (AWS::CloudFormation::Stack) CREATE_COMPLETE",
    ]
    assert len(set(shown)) == len(shown) >= 4


def test_second_run_makes_no_request(deployed: Stacks, cloud: Cloud) -> None:
    mark = cloud.mark()
    assert deployed.run().started() == set()
    assert cloud.requests(mark) == []


def test_changed_parameter_updates_that_stack_alone(
    deployed: Stacks, cloud: Cloud
) -> None:
    deployed.edit(lambda m: m["stacks"]["second"]["parameters"].update(Days=30))
    mark = cloud.mark()
    outcome = deployed.run()
    assert outcome.started() == {"second"}
    assert cloud.operations(mark).count("cloudformation:ExecuteChangeSet") == 1
    assert deployed.status("second") == "UPDATE_COMPLETE"
    assert deployed.groups("second") == {"one": 30}
    messages = [event["message"] for event in outcome.events("stage-progress")]
    assert any(m.startswith("Modify  Group") and "7 -> 30" in m for m in messages)


def test_unchanged_outputs_leave_the_next_stack_fresh(deployed: Stacks) -> None:
    deployed.edit_template("first", "Default: 7", "Default: 14")
    outcome = deployed.run()
    assert outcome.started() == {"first"}
    assert deployed.groups("first") == {"group": 14}


def test_comment_in_a_template_costs_one_comparison(
    deployed: Stacks, cloud: Cloud
) -> None:
    deployed.edit_template("second", "\nResources:", "\n# a comment\nResources:")
    before, mark = deployed.result("second")["outputs"], cloud.mark()
    deployed.run()
    operations = cloud.operations(mark)
    assert operations.count("cloudformation:CreateChangeSet") == 1
    assert "cloudformation:ExecuteChangeSet" not in operations
    assert deployed.result("second")["outputs"] == before
    assert deployed.waiting_change_sets("second") == []
    mark = cloud.mark()
    assert deployed.run().started() == set()
    assert cloud.requests(mark) == []


def test_lost_results_cost_a_comparison_each(deployed: Stacks, cloud: Cloud) -> None:
    for path in (deployed.project.root / "out/infrastructure").glob("*.json"):
        path.unlink()
    mark = cloud.mark()
    assert deployed.run().stages("succeeded") == ["first", "second"]
    assert "cloudformation:ExecuteChangeSet" not in cloud.operations(mark)


def test_verify_finds_a_deleted_stack(deployed: Stacks) -> None:
    deployed.client("second").delete_stack(StackName=deployed.names["second"])
    assert deployed.run().started() == set()
    outcome = deployed.run("--verify")
    assert outcome.started() == {"second"}
    assert deployed.status("second") == "CREATE_COMPLETE"


# Failures


def test_failed_creation_tells_its_cause_and_is_replaced(
    stacks: Stacks, cloud: Cloud
) -> None:
    cloud.add_faults(
        {"outcome": "fail-resource", "key": "Group", "message": "quota of groups"}
    )
    outcome = stacks.run("--only", "first", check=1)
    assert "Group: quota of groups" in outcome.stderr
    assert stacks.status("first") == "ROLLBACK_COMPLETE"
    failed = stacks.stack("first")["StackId"]
    outcome = stacks.run()
    assert "ROLLBACK_COMPLETE (Group: quota of groups)" in outcome.stderr
    assert stacks.status("first") == "CREATE_COMPLETE"
    assert stacks.stack("first")["StackId"] != failed


def test_failed_update_leaves_the_stack_as_it_was(
    deployed: Stacks, cloud: Cloud
) -> None:
    deployed.edit(lambda m: m["stacks"]["second"]["parameters"].update(Days=30))
    cloud.add_faults(
        {"outcome": "fail-resource", "key": "Group", "message": "no such retention"}
    )
    outcome = deployed.run(check=1)
    assert_error(outcome, 1, "Group: no such retention", "UPDATE_ROLLBACK_COMPLETE")
    assert deployed.groups("second") == {"one": 7}
    deployed.run()
    assert deployed.groups("second") == {"one": 30}


def test_failed_rollback_is_explained(deployed: Stacks, cloud: Cloud) -> None:
    deployed.edit_template("second", 'Sub "${Upstream}-other"', 'Sub "${Upstream}-x"')
    deployed.edit(lambda m: m["stacks"]["second"]["parameters"].update(Days=30))
    cloud.add_faults(
        {"outcome": "fail-resource", "key": "Other", "message": "quota of groups"},
        {"outcome": "fail-rollback", "key": "Group", "message": "no access"},
    )
    deployed.run(check=1)
    assert deployed.status("second") == "UPDATE_ROLLBACK_FAILED"
    outcome = deployed.run(check=1)
    name, region = deployed.names["second"], deployed.regions["second"]
    assert_error(
        outcome,
        1,
        "Other: quota of groups",
        "stuck: Group",
        f"aws cloudformation continue-update-rollback --region {region} "
        f"--stack-name {name} --resources-to-skip Group",
    )
    assert deployed.status("second") == "UPDATE_ROLLBACK_FAILED"


def test_failed_rollback_of_a_creation_is_explained(
    stacks: Stacks, cloud: Cloud
) -> None:
    cloud.add_faults(
        {"outcome": "fail-resource", "key": "Other", "message": "quota of groups"},
        {"outcome": "fail-rollback", "key": "Group", "message": "no access"},
    )
    stacks.run(check=1)
    assert stacks.status("second") == "ROLLBACK_FAILED"
    assert_error(stacks.run(check=1), 1, "delete-stack", "ROLLBACK_FAILED")
    assert stacks.status("second") == "ROLLBACK_FAILED"


def test_rejected_template_leaves_no_stack(stacks: Stacks) -> None:
    stacks.edit(lambda m: m["stacks"]["first"].update(parameters={"Dais": "1"}))
    assert_error(stacks.run(check=1), 1, stacks.names["first"], "Dais")
    assert stacks.status("first") is None
    stacks.edit(lambda m: m["stacks"]["first"].pop("parameters"))
    stacks.run()


def test_missing_output_is_named(deployed: Stacks) -> None:
    upstream = {"stack": "first", "output": "GroupNam"}
    deployed.edit(
        lambda m: m["stacks"]["second"]["parameters"].update(Upstream=upstream)
    )
    assert_error(deployed.run(check=1), 1, "`GroupNam`", "`GroupName`")


# Interruptions


def test_a_killed_creation_is_waited_for(stacks: Stacks, cloud: Cloud) -> None:
    stacks.slow(6)
    running = stacks.project.start(MANIFEST, "--only", "first")
    running.wait_until(
        lambda: stacks.status("first") == "CREATE_IN_PROGRESS", "a creation"
    )
    running.send(signal.SIGKILL)
    running.outcome()
    begun = stacks.stack("first")["StackId"]
    mark = cloud.mark()
    outcome = stacks.run("--only", "first")
    assert "waiting for its end" in outcome.stderr
    assert "cloudformation:ExecuteChangeSet" not in cloud.operations(mark)
    assert "cloudformation:DeleteStack" not in cloud.operations(mark)
    assert stacks.stack("first")["StackId"] == begun
    assert stacks.result("first")["outputs"]["outputs"] == stacks.outputs("first")


@pytest.mark.parametrize("only", ["first", "second"])
def test_a_change_set_that_was_never_carried_out_is_removed(
    stacks: Stacks, cloud: Cloud, only: str
) -> None:
    """By the stage itself where it runs again, else by recovery."""
    cloud.set_speed("cloudformation::changeset", progression="time", seconds=30)
    running = stacks.project.start(MANIFEST, "--only", "first")
    running.wait_until(
        lambda: stacks.status("first") == "REVIEW_IN_PROGRESS", "a change set"
    )
    journal = stacks.project.root / "out/infrastructure/journal.ndjson"
    running.wait_until(lambda: '"created"' in journal.read_text(), "its id")
    running.send(signal.SIGKILL)
    running.outcome()
    cloud.set_speed("cloudformation::changeset", progression="immediate")
    if only == "second":
        # Somebody else needs the first stack no longer.
        stacks.edit(
            lambda m: m["stacks"]["second"].update(parameters={"Upstream": "u"})
        )
    stacks.run("--only", only)
    expected = "CREATE_COMPLETE" if only == "first" else None
    assert stacks.status("first") == expected


def test_recovery_never_deletes_a_stack_that_is_there(
    deployed: Stacks, cloud: Cloud
) -> None:
    deployed.edit(lambda m: m["stacks"]["second"]["parameters"].update(Days=30))
    deployed.slow(4)
    running = deployed.project.start(MANIFEST)
    running.wait_until(
        lambda: deployed.status("second") == "UPDATE_IN_PROGRESS", "an update"
    )
    running.send(signal.SIGKILL)
    running.outcome()
    mark = cloud.mark()
    deployed.run("--only", "first")
    assert "cloudformation:DeleteStack" not in cloud.operations(mark)
    deployed.run()
    assert "cloudformation:DeleteStack" not in cloud.operations(mark)
    assert deployed.groups("second") == {"one": 30}


# Plans


def test_plan_shows_the_change_set_and_leaves_nothing(
    deployed: Stacks, cloud: Cloud
) -> None:
    deployed.edit(
        lambda m: m["stacks"]["second"]["parameters"].update(Days=30, Suffix="two")
    )
    before, mark = deployed.project.snapshot(), cloud.mark()
    outcome = deployed.project.dssbatch("plan", MANIFEST, check=0)
    assert "fresh    first" in outcome.stdout
    assert re.search(
        r"^  Replace +Group +AWS::Logs::LogGroup +.*7 -> 30",
        outcome.stdout,
        re.MULTILINE,
    )
    assert "cloudformation:ExecuteChangeSet" not in cloud.operations(mark)
    assert deployed.status("second") == "CREATE_COMPLETE"
    assert deployed.waiting_change_sets("second") == []
    assert deployed.project.snapshot() == before
    event = deployed.change_sets()["second"]
    assert event["action"] == "update"
    (change,) = event["changes"]
    assert (change["action"], change["resource"]) == ("Replace", "Group")
    places = {d["place"]: (d["before"], d["after"]) for d in change["details"]}
    assert places["RetentionInDays"] == ("7", "30")


def test_plan_of_new_stacks_leaves_nothing(stacks: Stacks) -> None:
    before = stacks.project.snapshot()
    events = stacks.change_sets()
    assert events["first"]["action"] == "create"
    assert [c["action"] for c in events["first"]["changes"]] == ["Add"]
    assert events["second"]["action"] == "later"
    assert events["second"]["parameters"] == {"Upstream": "known after first"}
    assert stacks.status("first") is None
    assert stacks.project.snapshot() == before
    text = stacks.project.dssbatch("plan", MANIFEST, check=0).stdout
    assert "decided after first" in text
    text = stacks.project.dssbatch(MANIFEST, "--dry-run", check=0).stdout
    assert f"create stack {stacks.names['first']}" in text
    assert stacks.status("first") is None


def test_an_interrupted_plan_leaves_nothing(stacks: Stacks, cloud: Cloud) -> None:
    cloud.set_speed("cloudformation::changeset", progression="time", seconds=4)
    running = stacks.project.start("plan", MANIFEST)
    running.wait_until(
        lambda: stacks.status("first") == "REVIEW_IN_PROGRESS", "a change set"
    )
    running.send(signal.SIGINT)
    assert running.outcome().status == 130
    assert stacks.status("first") is None


def test_plan_of_a_rejected_template_warns_and_leaves_nothing(stacks: Stacks) -> None:
    stacks.edit(lambda m: m["stacks"]["first"].update(parameters={"Dais": "1"}))
    outcome = stacks.project.dssbatch("plan", MANIFEST, check=0)
    assert "Dais" in outcome.stderr
    assert stacks.status("first") is None


def test_plan_where_all_is_fresh_or_offline_asks_nobody(
    deployed: Stacks, cloud: Cloud
) -> None:
    mark = cloud.mark()
    assert deployed.change_sets() == {}
    deployed.edit_template("first", "Default: 7", "Default: 14")
    assert deployed.change_sets("--offline") == {}
    assert cloud.requests(mark) == []


def test_plan_without_credentials_warns_and_is_printed(stacks: Stacks) -> None:
    bare: dict[str, str | None] = {
        name: None for name in stacks.cloud.environment if name.startswith("AWS_")
    }
    bare |= {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    bare |= {"AWS_EC2_METADATA_DISABLED": "true"}
    outcome = stacks.project.dssbatch("plan", MANIFEST, env=bare, check=0)
    assert "run      first" in outcome.stdout
    assert "warning: first: what would change cannot be shown" in outcome.stderr


# Manifests


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("stacks",), {}, "#/stacks"),
        (("stacks", "first", "nam"), "x", "#/stacks/first/nam"),
        (("stacks", "first", "template"), "cfn/no.yaml", "#/stacks/first/template"),
        (("stacks", "first", "region"), "Mars", "#/stacks/first/region"),
        (("stacks", "first", "name"), "a b", "#/stacks/first/name"),
        (
            ("stacks", "second", "parameters", "Upstream", "stack"),
            "frist",
            "#/stacks/second/parameters/Upstream/stack",
        ),
        (
            ("stacks", "first", "parameters"),
            {"Days": {"stack": "second", "output": "GroupName"}},
            "#/stacks",
        ),
        (("stacks", "first", "parameters"), {"Days": None}, "/parameters/Days"),
        (("stacks", "first", "parameters"), {"Days": ["1,2"]}, "/parameters/Days/0"),
        (("stacks", "first", "capabilities"), ["IAM"], "/capabilities/0"),
        (("assetId",), "1", "#/assetId"),
    ],
)
def test_bad_manifest(
    stacks: Stacks, cloud: Cloud, path: tuple[str, ...], value: object, place: str
) -> None:
    def change(manifest: dict) -> None:
        for name in path[:-1]:
            manifest = manifest[name]
        manifest[path[-1]] = value

    stacks.edit(change)
    mark = cloud.mark()
    outcome = stacks.run(check=None)
    assert_error(outcome, 2)
    assert place in outcome.stderr
    assert cloud.requests(mark) == []


def test_commands_of_a_release_refuse_it(stacks: Stacks) -> None:
    outcome = stacks.project.dssbatch("create-docker-image", "--manifest", MANIFEST)
    assert_error(outcome, 2, "`release`", "`infrastructure`")
    assert_error(stacks.run("--asset-id", "1", check=None), 2, "--asset-id")


def test_other_commands_work_on_it(deployed: Stacks) -> None:
    project = deployed.project
    assert "second" in project.dssbatch("status", MANIFEST, "--verify", check=0).stdout
    assert "first" in project.dssbatch("graph", MANIFEST, check=0).stdout
    deployed.edit_template("first", "Default: 7", "Default: 14")
    why = project.dssbatch("why", MANIFEST, "second", check=0).stdout
    assert "file cfn/first.yaml changed" in why
    outcome = project.dssbatch("adopt", MANIFEST, "first", "--id", "x")
    assert_error(outcome, 2, "--only first")

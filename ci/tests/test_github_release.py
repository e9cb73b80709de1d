"""Stage `github-release` as part of a whole release, and what changed since the one before."""

from __future__ import annotations

import json

from .cloud import Cloud
from .github_server import TOKEN, GitHubServer
from .program import assert_error
from .project import DURABLE, MANIFEST, Project
from .test_update_release import BEGIN, FILES, assert_published, update


def test_a_release_with_an_id_is_published_and_then_fresh(
    project: Project, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="Mine.")
    setting = ("--set", f"/release/id={page.id}")
    outcome = project.run(*setting, env=hub.environment())
    assert set(outcome.stages("succeeded")) >= {*DURABLE, "github-release"}
    assert_published(project, hub, page)
    assert page.body.startswith(f"Mine.\n\n{BEGIN}")
    assert "github-release" not in project.states()
    assert set(project.states(*setting).values()) == {"fresh"}
    # The other way to say it, and the other command: the same stage, the same key.
    mark = len(hub.log)
    variable = {"DSS_RELEASE_ID": str(page.id)}
    assert project.run(env=hub.environment() | variable).started() == set()
    assert len(hub.log) == mark
    outcome = update(project, hub, page, "--json")
    assert outcome.started() == set()
    assert set(project.states(*setting).values()) == {"fresh"}
    assert project.files_with(TOKEN.encode()) == []


def test_a_wrong_id_is_known_before_a_machine_starts(
    project: Project, hub: GitHubServer, cloud: Cloud
) -> None:
    mark = cloud.mark()
    outcome = project.run("--set", "/release/id=5", check=2, env=hub.environment())
    assert_error(outcome, 2, "there is no such thing")
    assert cloud.operations(mark, "creating") == []


def test_verify_sees_what_was_changed_on_the_page(
    released: Project, hub: GitHubServer
) -> None:
    page = hub.add("3.4.0", body="")
    update(released, hub, page)
    setting = ("--set", f"/release/id={page.id}")
    look = (*setting, "--verify")
    env = hub.environment()
    assert released.plan(*look, env=env)["github-release"]["state"] == "fresh"
    right = page.body
    page.body = page.body.replace("Component", "Bauteil")
    plan = released.plan(*look, env=env)["github-release"]
    assert plan["state"] == "run" and "section" in plan["reasons"][0]
    page.body = right
    page.assets.remove(page.asset("ami.cdx.json"))
    plan = released.plan(*look, env=env)["github-release"]
    assert plan["state"] == "run" and "ami.cdx.json" in plan["reasons"][0]
    hub.releases.clear()
    plan = released.plan(*look, env=env)["github-release"]
    assert plan["state"] == "run" and f"release {page.id}" in plan["reasons"][0]


def test_what_the_local_cloud_made_goes_to_no_real_github(released: Project) -> None:
    outcome = released.dssbatch(
        *("run", MANIFEST, "--local", "--set", "/release/id=5"),
        *("--only", "github-release"),
        env={"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": "https://github.invalid/api/v3"},
    )
    assert_error(outcome, 2, "local cloud", "/release/id")


def test_a_bad_id_in_the_manifest_is_refused(bad: Project) -> None:
    for value in ("0", "-1", "v3.4.0", "1.5"):
        outcome = bad.run("--set", f"/release/id={value}", check=2)
        assert_error(outcome, 2, "/release/id")


# What changed


def older_inventory(project: Project) -> dict:
    """An inventory that differs from the present one in one way of each kind."""
    inventory = json.loads((project.results / "ami.inventory.json").read_text())
    first = inventory["apt"][0]
    first |= {"sourceVersion": "0.1", "version": "0.1"}
    gone = {
        "name": "oldlib",
        "version": "9",
        "architecture": "amd64",
        "source": "oldlib",
        "sourceVersion": "9",
    }
    inventory["apt"].append(gone)
    return inventory


def publish_older(
    project: Project, hub: GitHubServer, tag: str, **fields: bool
) -> None:
    release = hub.add(tag, body="older", **({"draft": False} | fields))
    document = json.loads((project.results / "release.json").read_text())
    document["versions"]["poetry"] = f"0.0.{tag}"
    release.add("release.json", json.dumps(document).encode(), "application/json")
    inventory = json.dumps(older_inventory(project)).encode()
    release.add("ami.inventory.json", inventory, "application/json")


def test_the_notes_tell_what_changed_since_the_release_before(
    released: Project, hub: GitHubServer
) -> None:
    publish_older(released, hub, "1")
    publish_older(released, hub, "2")
    publish_older(released, hub, "3-draft", draft=True)
    publish_older(released, hub, "4-beta", prerelease=True)
    page = hub.add("5", body="")
    publish_older(released, hub, "6-later")
    page.draft = False
    update(released, hub, page)
    assert_published(released, hub, page)
    assert "(was 0.0.2)" in page.body
    first = older_inventory(released)["apt"][0]["source"]
    assert f"- `{first}` 0.1 → " in page.body
    assert "- `oldlib` 9 (removed)" in page.body
    assert page.body.count("<details>") == page.body.count("</details>") > 0
    assert "/releases/tag/2)" in page.body
    for other in ("3-draft", "4-beta", "6-later"):
        assert other not in page.body


def test_a_long_list_of_changes_is_cut(released: Project, hub: GitHubServer) -> None:
    release = hub.add("1", draft=False)
    inventory = older_inventory(released)
    for number in range(6000):
        inventory["apt"].append(inventory["apt"][-1] | {"source": f"gone-{number:05}"})
    content = json.dumps(inventory).encode()
    release.add("ami.inventory.json", content, "application/json")
    page = hub.add("2", body="By hand.\r\n")
    update(released, hub, page)
    assert 120_000 < len(page.body) <= 125_000
    assert "more: see the inventories" in page.body
    assert page.body.count("<details>") == page.body.count("</details>")
    assert_published(released, hub, page)


def test_an_unreadable_release_before_is_left_out_with_a_warning(
    released: Project, hub: GitHubServer
) -> None:
    release = hub.add("1", draft=False)
    release.add("release.json", b"<html>", "text/html")
    release.add("ami.inventory.json", b"{}", "application/json")
    page = hub.add("2", body="")
    outcome = update(released, hub, page, "--json")
    warnings = [event["message"] for event in outcome.events("warning")]
    assert len(warnings) == 2 and all("release `1`" in text for text in warnings)
    assert_published(released, hub, page)
    assert "<details>" not in page.body
    assert {asset.name for asset in page.assets} == FILES

"""`update-release` when GitHub, the network or the program itself fails halfway."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from .github_server import GitHubServer, Release
from .program import assert_error
from .project import Project
from .test_update_release import FILES, assert_published, update

BODY = "By hand.\n"
OLD = b"of an earlier run"


@pytest.fixture
def page(hub: GitHubServer) -> Release:
    """A release that has every asset already, with other contents."""
    release = hub.add("3.4.0", body=BODY)
    for name in sorted(FILES):
        release.add(name, OLD, "text/plain")
    return release


def state(release: Release) -> tuple[str, dict[str, bytes], int]:
    """Return all that a run changes, ids left out."""
    return release.body, release.contents(), len(release.assets)


def writing_calls(hub: GitHubServer) -> int:
    return len(hub.calls("POST", "PATCH", "DELETE"))


@pytest.mark.parametrize("kind", ["hold", "hold-after"])
def test_killed_at_any_call_the_next_run_ends_the_same(
    released: Project, hub: GitHubServer, kind: str
) -> None:
    def fresh() -> Release:
        release = hub.add("3.4.0", body=BODY)
        for name in sorted(FILES):
            release.add(name, OLD, "text/plain")
        return release

    reference = fresh()
    update(released, hub, reference)
    wanted, calls = state(reference), writing_calls(hub)
    # Up, old one away, renamed, for each file; then the text.
    assert calls == 3 * len(FILES) + 1
    (released.results / "github-release.json").unlink()
    for number in range(calls):
        release = fresh()
        fault = hub.fail(kind, method="writing", skip=number)
        running = released.start(
            "update-release",
            "--release-id",
            str(release.id),
            env=dict.fromkeys(released.cloud.environment) | hub.environment(),
        )
        assert fault.reached.wait(20), running.stderr()
        running.send(signal.SIGKILL)
        assert running.outcome().status == -signal.SIGKILL
        fault.release.set()
        # At no time is a file neither there under its own name nor under a temporary one.
        for name in FILES:
            assert any(a.name.startswith(name) for a in release.assets)
        assert release.body.startswith(BODY)
        update(released, hub, release)
        assert state(release) == wanted, f"killed at call {number}"
        (released.results / "github-release.json").unlink()


PASSING: dict[str, Callable[[GitHubServer], object]] = {
    "read-502": lambda hub: hub.fail("status", method="GET", status=502, count=2),
    "read-lost": lambda hub: hub.fail("drop", method="GET", path="/assets$"),
    "upload-lost-before": lambda hub: hub.fail("drop", method="POST"),
    "upload-lost-after": lambda hub: hub.fail("drop-after", method="POST"),
    "upload-502-after": lambda hub: hub.fail("status-after", method="POST"),
    "half-upload": lambda hub: hub.fail("half-upload", method="POST", count=2),
    "delete-lost-after": lambda hub: hub.fail("drop-after", method="DELETE"),
    "rename-lost-after": lambda hub: hub.fail("drop-after", path="/assets/\\d+$"),
    "text-lost-after": lambda hub: hub.fail(
        "drop-after", method="PATCH", path="/releases/\\d+$"
    ),
    "text-503": lambda hub: hub.fail("status", method="PATCH", status=503),
}


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_passes_is_overcome_in_one_run(
    released: Project, hub: GitHubServer, page: Release, name: str
) -> None:
    PASSING[name](hub)
    update(released, hub, page)
    assert_published(released, hub, page)
    assert len(page.assets) == len(FILES)


def test_half_uploads_of_earlier_runs_are_removed(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    for name in ("release.json", "artifacts.md"):
        half = page.add(f"{name}.dssbatch-0123456789abcdef", b"", "text/plain")
        half.state = "starter"
    page.add("artifacts.md.dssbatch-aaaaaaaaaaaaaaaa", b"other", "text/plain")
    page.add("artifacts.md.dssbatch-notes", b"of a person", "text/plain")
    page.asset("release.json").state = "starter"
    update(released, hub, page)
    assert {a.name for a in page.assets} == FILES | {"artifacts.md.dssbatch-notes"}
    assert page.contents()["release.json"] != OLD


def test_an_upload_that_never_arrives_is_given_up(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    hub.fail("half-upload", method="POST")
    hub.fail("status", method="POST", count=99)
    outcome = update(released, hub, page, check=1)
    assert_error(outcome, 1, "nobody knows", "same command again")
    assert len(FILES) < len(hub.calls("POST")) < 20
    # The old file is still there: nothing was deleted for one that never came.
    assert page.contents() == dict.fromkeys(FILES, OLD)


# Rate limits


def test_a_used_up_limit_is_waited_for(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    hub.rate_limit = hub.rate_used = 4
    hub.rate_reset = time.time() + 2
    outcome = update(released, hub, page, check=None)
    assert "rate limit of GitHub is used up: waiting" in outcome.stderr
    # Used up again a few calls later, and not to be filled within an hour.
    assert_error(outcome, 1, "take too long")
    hub.rate_limit = 5000
    update(released, hub, page)
    assert_published(released, hub, page)


@pytest.mark.parametrize("status", [403, 429])
def test_a_secondary_limit_is_waited_for_as_long_as_it_says(
    released: Project, hub: GitHubServer, page: Release, status: int
) -> None:
    said = "You have exceeded a secondary rate limit."
    for method in ("GET", "POST", "PATCH"):
        hub.fail(
            "status",
            method=method,
            status=status,
            message=said,
            headers={"Retry-After": "1"},
        )
    outcome = update(released, hub, page)
    assert outcome.stderr.count("rate limit of GitHub is used up: waiting 1 s") == 3
    assert outcome.seconds >= 3
    assert_published(released, hub, page)


def test_nobody_waits_for_an_hour(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    hub.rate_used = hub.rate_limit
    outcome = update(released, hub, page, check=1)
    assert_error(outcome, 1, "take too long", "run the same command again at 2")
    # Waiting would outlast this test.


def test_asking_again_costs_nothing(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    update(released, hub, page)
    asked = [entry for entry in hub.log if entry["headers"].get("if-none-match")]
    assert any(entry["status"] == 304 for entry in asked)
    reads = [entry for entry in hub.log if entry["method"] == "GET"]
    assert hub.rate_used < len(hub.log) and len(asked) < len(reads)


def test_an_immutable_release_keeps_its_assets(
    released: Project, hub: GitHubServer, page: Release
) -> None:
    page.immutable, page.draft = True, False
    outcome = update(released, hub, page, check=1)
    assert_error(outcome, 1, "immutable")
    assert hub.calls("POST", "PATCH", "DELETE") == []

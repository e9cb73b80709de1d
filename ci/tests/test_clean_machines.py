"""`clean` and the developer's machines."""

from __future__ import annotations

import signal
from pathlib import Path

from .machines import (
    SETUP,
    detached,
    ready,
)
from .project import Project


class TestClean:
    """What `clean` does about such machines."""

    def test_a_machine_that_was_to_last_goes_with_its_files(
        self, project: Project
    ) -> None:
        event = detached(project)
        # A machine takes minutes to come up: nothing of it is new by then.
        project.cloud.see_all()
        outcome = project.dssbatch("clean", "--yes", check=0)
        assert event["stackName"] in outcome.stderr
        project.view.assert_nothing_runs()
        assert not Path(event["privateKeyPath"]).exists()
        assert not Path(event["knownHostsPath"]).exists()
        project.assert_secrets_kept()
        again = detached(project)
        assert again["instanceId"] != event["instanceId"]

    def test_a_machine_that_somebody_works_with_is_left(self, project: Project) -> None:
        running = project.start(SETUP, "--json")
        event = ready(running)
        outcome = project.dssbatch("clean", "--yes", "--older-than", "0", check=0)
        assert "worked with now" in outcome.stderr
        assert len(project.view.stacks()) == len(project.view.instances()) == 1
        assert Path(event["privateKeyPath"]).is_file()
        running.send(signal.SIGINT)
        assert running.outcome().status == 0

    def test_what_a_killed_one_left_goes_at_once(self, project: Project) -> None:
        running = project.start(SETUP, "--json")
        ready(running)
        running.send(signal.SIGKILL)
        running.outcome()
        project.dssbatch("clean", "--yes", check=0)
        project.view.assert_nothing_runs()
        project.assert_secrets_kept()
        assert list(project.temporary.iterdir()) == []

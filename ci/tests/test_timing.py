"""How long a release takes on a slow cloud, and how often it asks."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import Any, Self

import pytest

from .cloud import Cloud
from .project import Project

IMAGE_SECONDS = 15
EXPORT_SECONDS = 30
EXPORT_STEPS = 3
FORMATS = 2
LOOK_SECONDS = 0.2
# What two quick requests take where nothing else happens.
USUAL_SECONDS = 0.1

pytestmark = pytest.mark.slow


class Clockwork:
    """Looks at images and exports all the time, so that their states change when they should.

    The paper cloud moves a thing on only when somebody looks at it.
    """

    def __init__(self, cloud: Cloud, asset_id: str):
        self._ec2 = cloud.client("ec2")
        self._filter = [{"Name": "tag:exa_dss_id", "Values": [asset_id]}]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.looks = 0
        # How much longer the looks took than they should: the machine was busy with other things.
        self.held_up_seconds = 0.0
        self.available_at: float | None = None
        self.completed_at: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=600)

    def _look(self) -> None:
        last = time.monotonic()
        while not self._stop.wait(LOOK_SECONDS):
            last, before = time.monotonic(), last
            late = last - before - LOOK_SECONDS - USUAL_SECONDS
            self.held_up_seconds += max(0, late)
            images = self._ec2.describe_images(Owners=["self"], Filters=self._filter)[
                "Images"
            ]
            if (
                images
                and images[0]["State"] == "available"
                and self.available_at is None
            ):
                self.available_at = time.time()
            answer = self._ec2.describe_export_image_tasks(Filters=self._filter)
            self.looks += 1
            for task in answer["ExportImageTasks"]:
                if task["Status"] == "completed":
                    self.completed_at.setdefault(task["ExportImageTaskId"], time.time())


def seconds(request: dict[str, Any]) -> float:
    """Return when a logged request was answered."""
    return datetime.fromisoformat(request["time"]).timestamp()


def first(requests: list[dict[str, Any]], operation: str, key: str = "") -> float:
    """Return when an operation was first answered."""
    return seconds(
        next(
            r
            for r in requests
            if r["operation"] == operation and key in r.get("key", "")
        )
    )


def test_waits_overlap_and_their_ends_are_noticed(
    project: Project, cloud: Cloud
) -> None:
    cloud.set_speed("ec2::image", progression="time", seconds=IMAGE_SECONDS)
    cloud.set_speed(
        "ec2::exportimagetask",
        progression="time",
        seconds=EXPORT_SECONDS / EXPORT_STEPS,
    )
    project.set_runner(seconds=2)
    mark, started = cloud.mark(), time.time()
    with Clockwork(cloud, project.asset_id) as clockwork:
        outcome = project.run(timeout_seconds=1800)
    requests = cloud.requests(mark)
    machine = first(requests, "ec2:CreateImage") - started
    # The program has three times as much to do as who looks.
    slack = 3 * clockwork.held_up_seconds
    # EC2 exports an image in one format after the other.
    path = machine + IMAGE_SECONDS + FORMATS * EXPORT_SECONDS
    allowed = 1.1 * path + slack
    assert outcome.seconds <= allowed, (
        f"{outcome.seconds:.1f} s, allowed are {allowed:.1f} s"
    )

    assert clockwork.available_at is not None
    late = first(requests, "ec2:ExportImage") - clockwork.available_at
    assert late <= max(2, 0.05 * IMAGE_SECONDS) + slack, (
        f"image noticed {late:.1f} s late"
    )
    assert len(clockwork.completed_at) == FORMATS
    for task, completed_at in clockwork.completed_at.items():
        late = first(requests, "s3:HeadObject", key=task) - completed_at
        assert late <= max(2, 0.05 * EXPORT_SECONDS) + slack, (
            f"export noticed {late:.1f} s late"
        )
    polls = (
        sum(r["operation"] == "ec2:DescribeExportImageTasks" for r in requests)
        - clockwork.looks
    )
    assert polls < FORMATS * 25, f"{polls} polls for two exports"


def test_recorded_length_saves_polls(project: Project, cloud: Cloud) -> None:
    """The second export of a kind knows how long the first took."""
    cloud.set_speed(
        "ec2::exportimagetask",
        progression="time",
        seconds=EXPORT_SECONDS / EXPORT_STEPS,
    )
    project.set("export", "formats", value=["VHD"])
    polls = []
    for options in ([], ["--force", "export-vhd"]):
        mark = cloud.mark()
        with Clockwork(cloud, project.asset_id) as clockwork:
            project.run(*options, timeout_seconds=1800)
        requests = cloud.requests(mark)
        asked = sum(r["operation"] == "ec2:DescribeExportImageTasks" for r in requests)
        polls.append(asked - clockwork.looks)
        assert polls[-1] < 25
    assert polls[1] <= polls[0]

"""The life of the engine: started with the server, ended with it, however that ends."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

import docker
from docker.errors import APIError, DockerException
from requests.exceptions import RequestException

from localcloud.engine.base_image import REPOSITORY, TAG, ensure_base_image
from localcloud.engine.image_mirror import ImageMirror
from localcloud.engine.injected import write_runtime
from localcloud.engine.settings import (
    RUN,
    SHUTDOWN_SECONDS,
    engine_command,
    engine_id,
    engine_settings,
    socket_path,
)
from localcloud.home import CloudHome, give_to_invoker
from localcloud.machines.base_machine import base_folder
from localcloud.processes import ProcessRecord, end_through_children

# The first that the kernel can do; the second only copies files.
STORAGE_DRIVERS = ("overlay2", "vfs")
READY_TIMEOUT_SECONDS = 120
STOP_GRACE_SECONDS = SHUTDOWN_SECONDS + 5
CALL_TIMEOUT_SECONDS = 60
PULL_TIMEOUT_SECONDS = 600
# `up` waits that long for the base image, which is then the quicker to be had.
IMAGE_WAIT_SECONDS = 10
LOG_TAIL_LINES = 3
CGROUPS = Path("/sys/fs/cgroup")


class EngineError(Exception):
    """There is no engine on this machine; the text says why and what to do."""


class DockerEngine:
    """The engine of one cloud home. Its methods belong to the main thread.

    The kernel ends the engine with the thread that started it.
    """

    def __init__(self, home: CloudHome):
        self._folder = home.docker
        self._configuration = self._folder / "daemon.json"
        self._runtime: Path | None = None
        self._command: list[str] = []
        self._process: subprocess.Popen | None = None
        self._mirror = ImageMirror(ensure_base_image)
        self._drivers = list(STORAGE_DRIVERS)
        self._socket = socket_path(self._folder)
        self.environment = {"DOCKER_HOST": f"unix://{self._socket}"}

    def begin(self) -> None:
        """Start it, without waiting for it.

        Raises `EngineError`.
        """
        dockerd, init = shutil.which("dockerd"), shutil.which("docker-init")
        if dockerd is None:
            raise EngineError(
                "there is no Docker engine: `dockerd` is not installed\n"
                "hint: run `bin/setup`; until then, Docker images cannot be made here"
            )
        for folder in {self._folder, self._socket.parent}:
            folder.mkdir(exist_ok=True)
            # The user behind `sudo` reaches the socket in it.
            folder.chmod(0o711)
        self._runtime = write_runtime(self._folder, dict(os.environ))
        self._mirror.start()
        self._command = engine_command(self._configuration, dockerd, init)
        self._launch()

    def _launch(self) -> None:
        driver, url = self._drivers.pop(0), self._mirror.url
        settings = engine_settings(self._folder, driver, url, self._runtime)
        self._configuration.write_text(json.dumps(settings, indent=2))
        self._socket.unlink(missing_ok=True)
        with (self._folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        ProcessRecord.of(self._process.pid).write(self._folder / "engine.pid")

    def finish_start(self) -> None:
        """Wait until it answers, and shortly for its base image if that needs no building.

        Raises `EngineError`.
        """
        while not self._answers():
            # One that is merely slow has nothing against the driver.
            is_refused = not self._runs()
            self._end()
            if not (is_refused and self._drivers):
                self._mirror.stop()
                raise EngineError(self._complaint())
            self._launch()
        give_to_invoker(self._socket)
        self._remove_containers()
        if (base_folder() / "root").is_dir():
            pull = threading.Thread(target=self._pull_base_image, daemon=True)
            pull.start()
            pull.join(IMAGE_WAIT_SECONDS)

    def _answers(self) -> bool:
        deadline = time.monotonic() + READY_TIMEOUT_SECONDS
        while time.monotonic() < deadline and self._runs():
            with (
                contextlib.suppress(DockerException, RequestException),
                self._client() as client,
            ):
                return client.ping()
            time.sleep(0.1)
        return False

    def _runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _client(
        self, timeout_seconds: float = CALL_TIMEOUT_SECONDS
    ) -> contextlib.closing[docker.DockerClient]:
        url = self.environment["DOCKER_HOST"]
        return contextlib.closing(docker.DockerClient(url, timeout=timeout_seconds))

    def _complaint(self) -> str:
        log = self._folder / "engine.log"
        tail = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return (
            "there is no Docker engine: `dockerd` does not run on this machine\n"
            + "".join(f"  {line}\n" for line in tail)
            + f"hint: the whole log is `{log}`; Docker images cannot be made here"
        )

    def _pull_base_image(self) -> None:
        """Get what a client would get by asking: an image that is up to date is left alone."""
        try:
            with self._client(PULL_TIMEOUT_SECONDS) as client:
                client.images.pull(REPOSITORY, tag=TAG)
        except (DockerException, RequestException):
            # Whoever needs the image asks for it again, and gets to see the error.
            traceback.print_exc(file=sys.stderr)

    def _remove_containers(self) -> None:
        """Remove every container: as instances do, they live as long as the server."""
        with self._client() as client:
            for container in client.containers.list(all=True, ignore_removed=True):
                with contextlib.suppress(APIError):
                    container.remove(force=True, v=True)

    def stop(self) -> None:
        """End it and its containers; its images stay."""
        if self._runs():
            with contextlib.suppress(DockerException, RequestException):
                self._remove_containers()
        self._end()
        self._mirror.stop()

    def _end(self) -> None:
        end_engine(self._folder)
        if self._process is not None:
            self._process.wait(STOP_GRACE_SECONDS)


def end_engine(folder: Path) -> None:
    """End the engine that a folder records, if it runs, and what it has outside the folder."""
    try:
        record = ProcessRecord.read(folder / "engine.pid")
    except (FileNotFoundError, ValueError, KeyError):
        record = None
    if record is not None:
        end_through_children(record, signal.SIGTERM, STOP_GRACE_SECONDS)
        (folder / "engine.pid").unlink(missing_ok=True)
    name = engine_id(folder)
    shutil.rmtree(RUN / name, ignore_errors=True)
    for pattern in (name, f"*/{name}"):
        for group in CGROUPS.glob(pattern):
            _remove_control_group(group)


def _remove_control_group(group: Path) -> None:
    """Remove an empty tree of control groups, whose files only the kernel removes."""
    for folder, _, _ in os.walk(group, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(folder)

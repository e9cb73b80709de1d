"""Real mode: instances are containers, images root file systems and bootable disks."""

from __future__ import annotations

import shutil
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud import runtime
from localcloud.emulation.ec2.base_images import CANONICAL
from localcloud.emulation.ec2.instances import set_state
from localcloud.faults import FaultRule
from localcloud.home import CloudHome
from localcloud.machines.base_machine import ensure_base_machine
from localcloud.machines.disk import make_bootable_disk
from localcloud.machines.injection import remove_traces
from localcloud.machines.launch import describe_instance, tcp_ports
from localcloud.machines.machine import Machine, copy_tree
from localcloud.machines.network import loopback_address
from localcloud.machines.real_export import RealExport

# Copies, disks and conversions that run at once; the rest waits its turn.
CONCURRENT_JOBS = 2
CONCURRENT_EXPORTS = 3
RESET_TIMEOUT_SECONDS = 45
# Nothing of a terminated machine is kept, so little is lost by force.
TERMINATION_GRACE_SECONDS = 8


class RealMachines:
    """The containers and disks of one cloud home.

    Every method returns at once; what takes time happens in a thread of its own and shows
    in the state of the instance or image.
    """

    mode = "real"

    def __init__(self, home: CloudHome):
        self._home = home
        self._machines: dict[str, Machine] = {}
        self._busy: dict[str, threading.RLock] = {}
        self._jobs = threading.Semaphore(CONCURRENT_JOBS)
        self._exports = threading.Semaphore(CONCURRENT_EXPORTS)
        self._images: dict[str, Path] = {}

    # Instances

    def launch(self, instance: Any) -> None:
        """Boot a new machine."""
        instance.localcloud_address = loopback_address(instance.id)
        instance.localcloud_dns_name = instance.localcloud_address
        folder = self._home.machines / instance.id
        ports = tcp_ports(instance)
        machine = Machine(folder, instance.id, instance.localcloud_address, ports)
        self._machines[instance.id] = machine
        self._busy[instance.id] = threading.RLock()
        self._in_background(instance, lambda: self._boot_new(instance, machine))

    def _boot_new(self, instance: Any, machine: Machine) -> None:
        try:
            source = self._source(instance)
            with self._jobs:
                machine.create(source)
            self._boot(instance, machine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the instance must say it
            traceback.print_exc(file=sys.stderr)
            self._fail(instance, f"Server.InternalError: {error}")

    def _source(self, instance: Any) -> Path:
        if instance.architecture != "x86_64":
            raise RuntimeError(
                f"the local cloud boots no `{instance.architecture}` machine"
            )
        if (folder := self._images.get(instance.image_id)) is not None:
            return folder / "root"
        return ensure_base_machine()

    def _boot(self, instance: Any, machine: Machine) -> None:
        if instance.state != "pending":
            return
        machine.start(
            lambda: describe_instance(instance),
            lambda wants_reboot: self._ended(instance, machine, wants_reboot),
        )
        with runtime.current().lock:
            if instance.state == "pending":
                set_state(instance, "running", 16)

    def _ended(self, instance: Any, machine: Machine, wants_reboot: bool) -> None:
        """A machine ended by itself: rebooted, or shut down from within."""
        with self._busy[instance.id]:
            if wants_reboot:
                machine.restart_container()
                return
            with runtime.current().lock:
                reason = "Client.InstanceInitiatedShutdown"
                if instance.instance_initiated_shutdown_behavior == "terminate":
                    instance.terminate()
                else:
                    instance.stop()
                instance.state_reason.code = reason
                instance.state_reason.message = f"{reason}: Instance initiated shutdown"

    def _fail(self, instance: Any, message: str) -> None:
        with runtime.current().lock:
            instance.terminate()
            instance.state_reason.code = "Server.InternalError"
            instance.state_reason.message = message

    def stop(self, instance: Any) -> None:
        """Power a machine off; its root file system stays."""
        set_state(instance, "stopping", 64)
        self._in_background(instance, lambda: self._stop(instance))

    def _stop(self, instance: Any) -> None:
        self._machines[instance.id].stop()
        with runtime.current().lock:
            if instance.state == "stopping":
                set_state(instance, "stopped", 80)

    def start(self, instance: Any) -> None:
        """Boot a stopped machine again."""
        set_state(instance, "pending", 0)
        machine = self._machines[instance.id]

        def boot() -> None:
            try:
                self._boot(instance, machine)
            except Exception as error:  # noqa: BLE001 - the instance must say it
                traceback.print_exc(file=sys.stderr)
                self._fail(instance, f"Server.InternalError: {error}")

        self._in_background(instance, boot)

    def reboot(self, instance: Any) -> None:
        """Power a machine off and boot it again."""
        machine = self._machines.get(instance.id)
        if machine is not None:
            self._in_background(instance, lambda: self._reboot(machine))

    def _reboot(self, machine: Machine) -> None:
        if machine.is_running():
            machine.stop_container()
            machine.restart_container()

    def terminate(self, instance: Any) -> None:
        """End a machine and remove all of it."""
        set_state(instance, "shutting-down", 32)
        self._in_background(instance, lambda: self._terminate(instance))

    def _terminate(self, instance: Any) -> None:
        machine = self._machines.pop(instance.id, None)
        try:
            if machine is not None:
                instance.localcloud_console = machine.console()
                machine.stop(TERMINATION_GRACE_SECONDS)
                if machine.folder.exists():
                    machine.remove()
        finally:
            with runtime.current().lock:
                set_state(instance, "terminated", 48)

    def console(self, instance: Any) -> str:
        """Return what the console has shown, also of a machine that is gone."""
        machine = self._machines.get(instance.id)
        if machine is not None:
            return machine.console()
        return instance.__dict__.get("localcloud_console", "")

    def _in_background(self, instance: Any, work: Callable[[], None]) -> None:
        """Run work on one machine; works on the same machine follow one another."""
        busy = self._busy[instance.id]

        def run() -> None:
            with busy:
                try:
                    work()
                except Exception:  # noqa: BLE001 - a thread has nobody to raise to
                    traceback.print_exc(file=sys.stderr)

        threading.Thread(target=run, name=instance.id, daemon=True).start()

    # Images

    def capture(self, image: Any, instance: Any, failure: FaultRule | None) -> None:
        """Copy a machine's root file system and make a bootable disk of it."""
        image.state = "pending"
        machine = self._machines[instance.id]
        self._in_background(
            instance, lambda: self._copy(image, instance, machine, failure)
        )

    def _copy(self, image: Any, instance: Any, machine: Machine, failure: Any) -> None:
        folder = self._home.images / image.id
        try:
            folder.mkdir(parents=True)
            was_running = machine.is_running()
            if was_running and not image.localcloud_no_reboot:
                machine.stop_container()
            with self._jobs:
                copy_tree(machine.root, folder / "root")
            if was_running and not machine.is_running() and instance.state == "running":
                machine.restart_container()
        except Exception as error:  # noqa: BLE001 - the image must say it
            self._image_failed(image, error)
            return
        threading.Thread(
            target=self._make_disk, args=[image, folder, failure], daemon=True
        ).start()

    def _make_disk(self, image: Any, folder: Path, failure: FaultRule | None) -> None:
        try:
            with self._jobs:
                remove_traces(folder / "root")
                make_bootable_disk(folder / "root", folder / "disk.raw")
            if failure is not None:
                raise RuntimeError(failure.message)
            with runtime.current().lock:
                self._images[image.id] = folder
                image.state = "available"
        except Exception as error:  # noqa: BLE001 - the image must say it
            self._image_failed(image, error)

    def _image_failed(self, image: Any, error: Exception) -> None:
        traceback.print_exception(error, file=sys.stderr)
        with runtime.current().lock:
            image.state_reason = {"Code": "Server.InternalError", "Message": str(error)}
            image.state = "failed"
        shutil.rmtree(self._home.images / image.id, ignore_errors=True)

    def copy_image(self, image: Any, source: Any) -> None:
        """Share the source's disk with the copy: neither is ever changed."""
        image.state = "available"
        if source.id in self._images:
            self._images[image.id] = self._images[source.id]

    def forget_image(self, image_id: str) -> None:
        """Remove an image's disk once no copy uses it."""
        folder = self._images.pop(image_id, None)
        if folder is not None and folder not in self._images.values():
            threading.Thread(target=shutil.rmtree, args=[folder], daemon=True).start()

    def export(self, task: Any, failure: FaultRule | None) -> RealExport:
        """Begin to convert an image's disk and put it into S3."""
        if task.image.owner_id == CANONICAL or task.image.id not in self._images:
            raise RuntimeError(f"image {task.image.id} has no disk here")
        return RealExport(
            task,
            self._images[task.image.id] / "disk.raw",
            self._home.machines / task.id,
            self._exports,
            runtime.current().lock,
            failure,
        )

    def reset(self) -> None:
        """End every machine, side by side, and remove every image."""
        threads = []
        for machine in list(self._machines.values()):
            thread = threading.Thread(
                target=_stop_and_remove, args=[machine], daemon=True
            )
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(RESET_TIMEOUT_SECONDS)
        self._machines.clear()
        self._images.clear()
        shutil.rmtree(self._home.images, ignore_errors=True)


def _stop_and_remove(machine: Machine) -> None:
    machine.stop(TERMINATION_GRACE_SECONDS)
    if machine.folder.exists():
        machine.remove()

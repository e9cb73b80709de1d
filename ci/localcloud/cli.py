"""The command `bin/localcloud`."""

from __future__ import annotations

import argparse
import json
import os
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence

from localcloud.home import CloudHome
from localcloud.locking import LockTimeoutError, exclusive_lock
from localcloud.log_told import log_told
from localcloud.models import hurry
from localcloud.processes import ProcessRecord, end, is_alive

# An engine may be started twice, each time on a machine that others keep busy.
UP_TIMEOUT_SECONDS = 300
# Machines get some seconds to shut down when their cloud goes, and end side by side.
DOWN_GRACE_SECONDS = 60
LOG_TAIL_LINES = 15
MACHINE_TOOLS = [
    "grub-mkimage",
    "ip",
    "mcopy",
    "mke2fs",
    "mmdebstrap",
    "qemu-img",
    "sgdisk",
    "slirp4netns",
    "systemd-nspawn",
]
# Stacks of `cfn/` whose roles programs work with.
ROLES = ["release-codebuild"]
LOST = "instances, images, buckets and stacks live in its memory"


class CommandError(Exception):
    """A command that cannot do what it was asked; the text says what to do next."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    home = CloudHome.from_environment()
    try:
        return options.run(home, options)
    except (CommandError, LockTimeoutError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="localcloud", description="the project's own local AWS"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    up = commands.add_parser(
        "up", help="start it where it does not run, and wait until it answers"
    )
    up.add_argument("--paper", action="store_true", help="no machines; needs no root")
    up.add_argument(
        "--port", type=int, default=0, help="the port; any free one by default"
    )
    up.add_argument(
        "--quick",
        action="store_true",
        help="with --paper: what takes AWS minutes is done at the first look",
    )
    up.add_argument(
        "--role",
        metavar="STACK",
        choices=ROLES,
        help="let programs work with the role of that stack alone: " + ", ".join(ROLES),
    )
    up.set_defaults(run=_up)
    status = commands.add_parser("status", help="say whether it runs, and where")
    status.add_argument(
        "--json", action="store_true", help="print cloud.json's content"
    )
    status.set_defaults(run=_status)
    commands.add_parser("down", help=f"stop it: {LOST}").set_defaults(run=_down)
    commands.add_parser("reset", help="stop it and remove all it kept").set_defaults(
        run=_reset
    )
    commands.add_parser("env", help="print export lines for a shell").set_defaults(
        run=_env
    )
    commands.add_parser(
        "base", help="build the base machine where it is missing, and print its path"
    ).set_defaults(run=_base)
    return parser


def _up(home: CloudHome, options: argparse.Namespace) -> int:
    mode = "paper" if options.paper else "real"
    if mode == "real":
        if options.quick:
            raise CommandError(
                "machines take the time that they take\nhint: `--quick` goes with `--paper`"
            )
        _check_root()
        _check_tools()
    home.prepare()
    with exclusive_lock(home.lock, UP_TIMEOUT_SECONDS + DOWN_GRACE_SECONDS):
        description = home.read_description()
        if description is not None:
            _check_matches(description, mode, options)
        else:
            # One whose `up` was killed may still be starting.
            _stop(home)
            description = _start(home, mode, options)
    if options.quick:
        hurry(description["endpointUrl"])
    print(
        f"local cloud ({description['mode']}) at {description['endpointUrl']}",
        file=sys.stderr,
    )
    for warning in description["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    return 0


def _check_root() -> None:
    if os.geteuid() == 0:
        return
    raise CommandError(
        "machines need root, and this is neither root nor has passwordless `sudo`\n"
        "hint: `bin/localcloud up --paper` needs none, but boots no machine"
    )


def _check_tools() -> None:
    missing = [tool for tool in MACHINE_TOOLS if shutil.which(tool) is None]
    if missing:
        raise CommandError(
            f"machines need `{'`, `'.join(missing)}`, which this machine has not\n"
            "hint: run `bin/setup`, or `bin/localcloud up --paper` without machines"
        )


def _check_matches(description: dict, mode: str, options: argparse.Namespace) -> None:
    url, port = description["endpointUrl"], options.port
    if description["mode"] != mode:
        raise CommandError(
            f"a local cloud in {description['mode']} mode already runs at {url}\n"
            "hint: `bin/localcloud down` stops it, or set `DSS_LOCALCLOUD_HOME` to another folder"
        )
    if port and not url.endswith(f":{port}"):
        raise CommandError(
            f"a local cloud already runs at {url}, not at port {port}\n"
            "hint: `bin/localcloud down` stops it"
        )
    if options.role and description.get("role") != options.role:
        raise CommandError(
            f"a local cloud without role `{options.role}` already runs at {url}\n"
            "hint: `bin/localcloud down` stops it"
        )


def _start(home: CloudHome, mode: str, options: argparse.Namespace) -> dict:
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "localcloud.server", mode, str(options.port)]
    with home.server_log.open("ab") as log:
        process = subprocess.Popen(
            [*command, str(writing), options.role or ""],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[writing],
            start_new_session=True,
            cwd="/",
        )
    os.close(writing)
    record = ProcessRecord.of(process.pid)
    # From now on `down` ends it, whatever becomes of this command.
    record.write(home.server_record)
    try:
        readable, _, _ = select.select([reading], [], [], UP_TIMEOUT_SECONDS)
        answered = bool(readable) and os.read(reading, 1) == b"1"
    except BaseException:
        _stop(home)
        raise
    finally:
        os.close(reading)
    description = home.read_description() if answered else None
    if description is None:
        end(record)
        lines = home.server_log.read_text(errors="replace").splitlines()[
            -LOG_TAIL_LINES:
        ]
        raise CommandError(
            "the local cloud did not start\n"
            + "\n".join(f"  {line}" for line in lines)
            + f"\nhint: the whole log is `{home.server_log}`"
        )
    return description


def _clean_up_after_dead_server(home: CloudHome) -> None:
    home.description.unlink(missing_ok=True)
    home.server_record.unlink(missing_ok=True)
    shutil.rmtree(home.paper, ignore_errors=True)
    if home.machines.is_dir() or home.docker.is_dir():
        from localcloud.machines.leftovers import remove_leftovers

        try:
            remove_leftovers(home)
        except PermissionError as error:
            raise CommandError(
                f"`{error.filename}` was left by a server that ran as root\n"
                "hint: `sudo bin/localcloud down` removes it"
            ) from error


def _status(home: CloudHome, options: argparse.Namespace) -> int:
    description = home.read_description()
    if options.json:
        print(json.dumps(description or {"mode": None}, indent=2))
    elif description is None:
        print("the local cloud does not run: `bin/localcloud up` starts it")
    else:
        pid = description["pid"]
        print(
            f"{description['mode']} mode at {description['endpointUrl']}, process {pid}"
        )
    return 0 if description is not None else 3


def _stop(home: CloudHome) -> bool:
    try:
        record = ProcessRecord.read(home.server_record)
    except (OSError, ValueError, KeyError):
        record = None
    runs = record is not None and is_alive(record)
    if runs:
        end(record, DOWN_GRACE_SECONDS)
    _clean_up_after_dead_server(home)
    return runs


def _down(home: CloudHome, options: argparse.Namespace) -> int:
    if not home.folder.is_dir():
        print("the local cloud does not run", file=sys.stderr)
        return 0
    with exclusive_lock(home.lock, UP_TIMEOUT_SECONDS + DOWN_GRACE_SECONDS):
        runs = _stop(home)
    message = (
        f"stopped; its state is gone: {LOST}"
        if runs
        else "the local cloud does not run"
    )
    print(message, file=sys.stderr)
    return 0


def _reset(home: CloudHome, options: argparse.Namespace) -> int:
    if home.folder.is_dir():
        with exclusive_lock(home.lock, UP_TIMEOUT_SECONDS + DOWN_GRACE_SECONDS):
            _stop(home)
            for path in home.folder.iterdir():
                if path == home.lock:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
    print(f"`{home.folder}` is empty", file=sys.stderr)
    return 0


def _env(home: CloudHome, options: argparse.Namespace) -> int:
    description = home.read_description()
    if description is None:
        raise CommandError(
            "the local cloud does not run\nhint: `bin/localcloud up` starts it"
        )
    for name, value in description["environment"].items():
        print(f"export {name}={shlex.quote(value)}")
    return 0


def _base(home: CloudHome, options: argparse.Namespace) -> int:
    from localcloud.machines import base_machine
    from localcloud.machines.apt_sources import AptSourcesError

    _check_root()
    started = time.monotonic()
    is_built = (base_machine.base_folder() / "root").is_dir()
    if not is_built:
        print("building the base machine: about four minutes", file=sys.stderr)
    try:
        with log_told(base_machine.log_file()):
            root = base_machine.ensure_base_machine()
    except (base_machine.BaseMachineError, AptSourcesError) as error:
        raise CommandError(str(error)) from error
    if not is_built:
        print(f"built in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(root)
    return 0

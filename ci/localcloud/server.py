"""The background server: puts gate, emulation and machines together, and serves."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.control import ControlArea
from localcloud.faults import Faults
from localcloud.home import PROJECT, CloudHome, CloudState, write_atomically
from localcloud.processes import ProcessRecord
from localcloud.repository import make_repository
from localcloud.requestlog import RequestLog

# moto reads these when it is first imported.
MOTO_SETTINGS = {
    "MOTO_ENABLE_AMI_VALIDATION": "true",
    "MOTO_ALLOW_NONEXISTENT_REGION": "false",
    "MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION": "true",
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "true",
}


def _use_account(account_id: str) -> None:
    """Let the account be the one of whoever uses no role of another account.

    moto has a constant for it, which its modules import by name; what is imported later takes the
    changed one. `MOTO_ACCOUNT_ID` would make it the account of every other role too.
    """
    import moto.core

    modules = [m for name, m in sys.modules.items() if name.split(".")[0] == "moto"]
    for module in modules:
        if hasattr(module, "DEFAULT_ACCOUNT_ID"):
            module.DEFAULT_ACCOUNT_ID = account_id
    assert moto.core.DEFAULT_ACCOUNT_ID == account_id


def _load_emulation(account_id: str) -> None:
    os.environ.update(MOTO_SETTINGS)
    # With it, jsonschema, which moto's API Gateway imports, would build the grammars of forty
    # kinds of names that nobody asks for here: more than a third of the time of a start.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    _use_account(account_id)
    # Its modules import moto's, which look at what was set above.
    from localcloud.emulation import catalogue

    catalogue.install()


def _application() -> Any:
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        create_backend_app,
    )

    from localcloud.emulation.failures import shape_failures

    def create(service: Any) -> Any:
        application = create_backend_app(service)
        # S3 keys may hold `//`, which werkzeug would redirect to `/`.
        application.url_map.merge_slashes = False
        application.debug = False
        shape_failures(application)
        return application

    return DomainDispatcherApplication(create)


def _request_handler() -> type:
    from werkzeug.serving import WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        """HTTP/1.1 with kept connections, and no line per request in the server's log."""

        protocol_version = "HTTP/1.1"
        # A client that holds a connection open without a word gives its thread back.
        timeout = 300

        def log_request(self, *args: Any, **kwargs: Any) -> None:
            """The request log has it."""

        def setup(self) -> None:
            super().setup()
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    return Handler


def _machines(mode: str, home: CloudHome) -> Any:
    if mode == "paper":
        from localcloud.machines.paper import PaperMachines

        return PaperMachines()
    from localcloud.machines.real import RealMachines

    return RealMachines(home)


class _Engine:
    """The Docker engine; without one the rest works, and says what is missing.

    In paper mode it comes with the other stand-ins.
    """

    def __init__(self, mode: str, home: CloudHome):
        self._engine: Any = None
        self._warnings: list[str] = []
        if mode == "real":
            from localcloud.engine.docker_engine import DockerEngine

            self._engine = DockerEngine(home)
        else:
            from localcloud.paper.surroundings import PaperSurroundings

            self._engine = PaperSurroundings(home)
        self._try(self._engine.begin)

    def describe_in(self, description: dict) -> None:
        """Wait until it runs, and say in `cloud.json` how to reach it."""
        if self._engine is not None:
            self._try(self._engine.finish_start)
        if self._engine is not None:
            description["environment"] |= self._engine.environment
        description["warnings"] = self._warnings

    def _try(self, work: Callable[[], None]) -> None:
        from localcloud.engine.docker_engine import EngineError

        try:
            work()
        except EngineError as error:
            self._warnings.append(str(error))
            self._engine = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._engine is not None:
            self._engine.stop()


def serve(mode: str, port: int, ready: int, role: str = "") -> None:
    """Serve until TERM; writes `cloud.json` and a byte to the descriptor `ready` when up.

    With a role, whoever reads `cloud.json` has that role's permissions and no others.
    """
    from werkzeug.serving import make_server

    home = CloudHome.from_environment()
    home.prepare()
    # Meanwhile the emulation is loaded.
    engine = _Engine(mode, home)
    state = CloudState.begin()
    _load_emulation(state.account_id)
    from localcloud import runtime
    from localcloud.gate import Gate
    from localcloud.keys import KeyRing
    from localcloud.permanent_stacks import deploy, deploy_role

    machines, faults = _machines(mode, home), Faults()
    shared = runtime.Runtime(machines, faults, home.folder)
    runtime.install(shared)
    control = ControlArea(
        faults,
        lambda: {
            "status": "ok",
            "mode": mode,
            "pid": os.getpid(),
            **state.document,
            "requestsInFlight": gate.in_flight.count,
        },
    )
    from localcloud.emulation.codebuild import (
        build_control,
        build_execution,
        build_runner,
        builds,
    )
    from localcloud.emulation.ec2 import (
        capacity,
        consistency,
        export_limits,
        quotas,
        tag_policy,
    )
    from localcloud.emulation.iam import roles, web_identity

    control.add_route("quotas", quotas.answer)
    control.add_route("capacity", capacity.answer)
    control.add_route(
        "exports", lambda method, body: export_limits.switches.answer(method, body)
    )
    control.add_route(
        "consistency",
        lambda method, body: consistency.visibility.answer(method, body),
    )
    control.add_route("tag-policy", tag_policy.answer)
    control.add_route("builds", build_control.answer)
    control.add_route("role", lambda method, body: roles.answer(body))
    if mode == "paper":
        control.add_route("instances", machines.answer_instances)
    keys = KeyRing(state.access_key_id, home.secret_key())
    log = RequestLog(home.request_log)
    gate = Gate(_application(), control, keys.find, faults, log, shared.lock)
    gate.add_policy(tag_policy.refusal)
    gate.add_policy(web_identity.refusal)
    server = make_server(
        "127.0.0.1", port, gate, threaded=True, request_handler=_request_handler()
    )
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, lambda *_: stop.set())
    make_repository(home.repository)
    description = home.describe(mode, os.getpid(), server.port, state)
    deploy(description["environment"])
    consistency.visibility.settle()
    engine.describe_in(description)
    host = build_execution.BuildHost(home.builds, description["environment"], PROJECT)
    runner = build_runner.BuildRunner(host, is_on=mode == "real")
    builds.use_runner(runner)
    if role:
        arn = deploy_role(description["environment"], role)
        with shared.lock:
            session = roles.session(arn)
        description["role"] = role
        description["environment"] = description["environment"] | session
    builds.read_source_file = runner.read_source_file
    ProcessRecord.of(os.getpid()).write(home.server_record)
    write_atomically(home.description, description)
    os.write(ready, b"1")
    os.close(ready)
    stop.wait()
    home.description.unlink(missing_ok=True)
    build_execution.end_all()
    server.shutdown()
    engine.stop()
    machines.reset()
    home.server_record.unlink(missing_ok=True)


def main() -> None:
    """Run as `python -m localcloud.server MODE PORT READY_DESCRIPTOR [ROLE]`."""
    mode, port, ready, *role = (
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        *sys.argv[4:],
    )
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    serve(mode, port, ready, *role)


if __name__ == "__main__":
    main()

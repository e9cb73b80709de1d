"""The cloud home: where one local cloud keeps its state and says how to reach it."""

from __future__ import annotations

import json
import os
import secrets
import string
from dataclasses import dataclass
from pathlib import Path

from localcloud.processes import ProcessRecord, is_alive

PROJECT = Path(__file__).resolve().parents[2]
REGION = "eu-central-1"
KEY_CHARACTERS = string.ascii_uppercase + "234567"


@dataclass(frozen=True)
class CloudState:
    """What tells one state from every other; each server begins a new one.

    An account of its own, so that nothing of an earlier state can be taken for something of this
    one; and, as AWS's access keys belong to one account for ever, a key of its own.
    """

    account_id: str
    state_id: str
    access_key_id: str

    @classmethod
    def begin(cls) -> CloudState:
        """Return a state that nobody had before."""
        return cls(
            account_id="".join(secrets.choice(string.digits) for _ in range(12)),
            state_id=secrets.token_hex(8),
            access_key_id="AKIA"
            + "".join(secrets.choice(KEY_CHARACTERS) for _ in range(16)),
        )

    @property
    def document(self) -> dict[str, str]:
        """What `cloud.json` and `/localcloud/health` say of it."""
        return {"accountId": self.account_id, "stateId": self.state_id}


@dataclass(frozen=True)
class CloudHome:
    """The folder `.localcloud/`, or the one that `DSS_LOCALCLOUD_HOME` names."""

    folder: Path

    @classmethod
    def from_environment(cls) -> CloudHome:
        """Return the home of this checkout, unless the environment names another."""
        configured = os.environ.get("DSS_LOCALCLOUD_HOME")
        return cls(
            Path(configured).resolve() if configured else PROJECT / ".localcloud"
        )

    @property
    def description(self) -> Path:
        """The file that says where the cloud is."""
        return self.folder / "cloud.json"

    @property
    def lock(self) -> Path:
        """The file that serialises `up`, `down` and `reset`."""
        return self.folder / "cloud.lock"

    @property
    def server_log(self) -> Path:
        """What the server prints."""
        return self.folder / "server.log"

    @property
    def request_log(self) -> Path:
        """One line a request."""
        return self.folder / "requests.ndjson"

    @property
    def machines(self) -> Path:
        """The folder of running machines."""
        return self.folder / "machines"

    @property
    def images(self) -> Path:
        """The folder of images made here."""
        return self.folder / "images"

    @property
    def builds(self) -> Path:
        """The folder of builds that are carried out, and of what they keep."""
        return self.folder / "codebuild"

    @property
    def docker(self) -> Path:
        """The folder of the Docker engine: images, configuration, socket, log."""
        return self.folder / "docker"

    @property
    def paper(self) -> Path:
        """The folder of paper mode's stand-ins: programs, host key, the engine's socket."""
        return self.folder / "paper"

    @property
    def repository(self) -> Path:
        """The git repository that stands in for script-languages-release."""
        return self.folder / "script-languages-release"

    @property
    def server_record(self) -> Path:
        """The server's pid and start time."""
        return self.folder / "server.pid"

    def prepare(self) -> None:
        """Make the folder, readable by its owner only: it holds keys."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        give_to_invoker(self.folder)

    def secret_key(self) -> str:
        """Return the secret of this home's access keys, made at random the first time."""
        path = self.folder / "keys.json"
        if not path.exists():
            write_atomically(path, {"secret": secrets.token_urlsafe(30)})
        return json.loads(path.read_text())["secret"]

    def read_description(self) -> dict | None:
        """Return `cloud.json` of a server that is alive, else `None`."""
        try:
            record = ProcessRecord.read(self.server_record)
            description = json.loads(self.description.read_text())
        except (OSError, ValueError, KeyError):
            return None
        return description if is_alive(record) else None

    def describe(self, mode: str, pid: int, port: int, state: CloudState) -> dict:
        """Return what `cloud.json` says of a server."""
        url = f"http://127.0.0.1:{port}"
        return {
            "mode": mode,
            "pid": pid,
            "endpointUrl": url,
            **state.document,
            "environment": {
                "AWS_ENDPOINT_URL": url,
                "AWS_ACCESS_KEY_ID": state.access_key_id,
                "AWS_SECRET_ACCESS_KEY": self.secret_key(),
                "AWS_REGION": REGION,
                "DSS_CHECKIP_URL": f"{url}/localcloud/checkip",
                "DSS_SCRIPT_LANGUAGES_RELEASE_URL": str(self.repository),
            },
        }


def write_atomically(path: Path, document: dict) -> None:
    """Write JSON that a reader sees whole or not at all, for the owner's eyes only."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        json.dump(document, handle, indent=2)
        handle.write("\n")
        handle.flush()
        os.fsync(handle.fileno())
    give_to_invoker(temporary)
    temporary.replace(path)


def give_to_invoker(path: Path) -> None:
    """Let the user behind `sudo` read what only its owner may read."""
    if os.geteuid() == 0 and "SUDO_UID" in os.environ and "SUDO_GID" in os.environ:
        os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"]))

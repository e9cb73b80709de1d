"""Logs in to a machine as its first user does: first_login.py HOST PORT USER CHECK.

Environment: DSS_DEFAULT_PASSWORD, DSS_NEW_PASSWORD, and ANSIBLE_SSH_ARGS with ssh's options.
"""

import os
import shlex
import subprocess
import sys
import tempfile

import pexpect

# An emulated machine takes its time for each answer.
ANSWER_TIMEOUT_SECONDS = 900
DEFAULT = os.environ["DSS_DEFAULT_PASSWORD"]
NEW = os.environ["DSS_NEW_PASSWORD"]
CONSOLE_HINT = (
    "log in at the machine's console and look at `sshd -T` and /etc/ssh/sshd_config.d"
)


def refuse(expected: str, found: str, hint: str) -> None:
    """Ends with what was expected, what was found and what to do."""
    for secret in (NEW, DEFAULT):
        found = found.replace(secret, "********")
    found = " | ".join(line.strip() for line in found.splitlines() if line.strip())
    sys.exit(f"expected: {expected}\nfound: {found or 'nothing'}\nhint: {hint}")


def ssh_command(method: str, *more: str) -> list[str]:
    """Returns the command of a login by one method; ssh takes the first value of an option."""
    host, port, user = sys.argv[1:4]
    options = [
        "ControlMaster=no",
        "ControlPath=none",
        f"BatchMode={'yes' if method == 'publickey' else 'no'}",
        "IdentitiesOnly=yes",
        "NumberOfPasswordPrompts=1",
        "ConnectTimeout=300",
        f"PreferredAuthentications={method}",
        f"PubkeyAuthentication={'yes' if method == 'publickey' else 'no'}",
    ]
    inherited = shlex.split(os.environ.get("ANSIBLE_SSH_ARGS", ""))
    chosen = [f"-o{option}" for option in options]
    return [
        "ssh",
        "-F/dev/null",
        *chosen,
        *inherited,
        *more,
        "-p",
        port,
        f"{user}@{host}",
    ]


def converse(command: list[str], answers: list[tuple[str, str]]) -> tuple[str, bool]:
    """Answers questions in order; returns what was said, and whether it came to the end."""
    child = pexpect.spawn(
        command[0], command[1:], timeout=ANSWER_TIMEOUT_SECONDS, encoding="utf-8"
    )
    said = ""
    try:
        for question, answer in answers:
            index = child.expect([question, pexpect.EOF, pexpect.TIMEOUT])
            said += child.before + (child.after if index == 0 else "")
            if index != 0:
                return said, False
            # ssh and passwd switch the echo off just before they ask.
            child.waitnoecho(timeout=ANSWER_TIMEOUT_SECONDS)
            child.sendline(answer)
        is_end = child.expect([pexpect.EOF, pexpect.TIMEOUT]) == 0
        return said + child.before, is_end
    finally:
        child.close(force=True)


def key_is_refused() -> None:
    """A key that the machine has never seen opens nothing."""
    with tempfile.TemporaryDirectory(prefix="dss-check-") as folder:
        key = f"{folder}/key"
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key]
        subprocess.run(command, check=True, timeout=600)
        result = subprocess.run(
            [*ssh_command("publickey", "-i", key), "true"],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_TIMEOUT_SECONDS,
        )
    if result.returncode != 255 or "Permission denied" not in result.stderr:
        found = f"status {result.returncode}: {result.stderr[-500:]}"
        refuse("`Permission denied` for a key", found, CONSOLE_HINT)


def default_has_to_be_changed() -> None:
    """The first login asks for a new password, and ends."""
    said, is_end = converse(
        ssh_command("password,keyboard-interactive", "-tt"),
        [
            ("(?i)password: *$", DEFAULT),
            ("(?i)current.*password: *$", DEFAULT),
            ("(?i)new password: *$", NEW),
            ("(?i)retype new password: *$", NEW),
        ],
    )
    if not is_end or "updated successfully" not in said:
        hint = "the image's password must be `DSS_DEFAULT_PASSWORD`, expired by the last playbook"
        refuse("a login that asks for a new password, and ends", said[-600:], hint)


def new_one_works() -> None:
    """The new password logs in, the default one no longer does."""
    command = [*ssh_command("password,keyboard-interactive"), "echo logged; echo in"]
    said, _ = converse(command, [("(?i)password: *$", NEW)])
    if said.split()[-2:] != ["logged", "in"]:
        refuse("a login with the new password", said[-600:], CONSOLE_HINT)
    said, _ = converse(command, [("(?i)password: *$", DEFAULT)])
    if "Permission denied" not in said:
        refuse(
            "`Permission denied` for the default password", said[-600:], CONSOLE_HINT
        )


CHECKS = {
    "key-is-refused": key_is_refused,
    "default-has-to-be-changed": default_has_to_be_changed,
    "new-one-works": new_one_works,
}

if __name__ == "__main__":
    CHECKS[sys.argv[4]]()

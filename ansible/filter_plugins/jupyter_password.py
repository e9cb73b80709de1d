"""Filter `jupyter_password`: the hash of a password as Jupyter stores it."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleFilterError

try:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerifyMismatchError
except ImportError as error:
    raise AnsibleFilterError(
        "filter `jupyter_password` needs `argon2-cffi` beside Ansible; `bin/setup` installs it"
    ) from error

PREFIX = "argon2:"


def jupyter_password(password: str, present: str = "") -> str:
    """Hashes a password; a present hash that fits is kept, so that a second run changes nothing."""
    # Jupyter's own cost parameters.
    hasher = PasswordHasher(memory_cost=10240, time_cost=10, parallelism=8)
    try:
        if present and hasher.verify(present.removeprefix(PREFIX), password):
            return present
    except (InvalidHashError, VerifyMismatchError):
        pass  # Another password, or no such hash: the new one replaces it.
    return PREFIX + hasher.hash(password)


class FilterModule:
    """Tells Ansible which filters this file brings."""

    def filters(self) -> dict[str, Any]:
        return {"jupyter_password": jupyter_password}
